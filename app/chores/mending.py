"""Files that are missing or damaged, had once more: from RunComfy, or made of what is whole."""

import tempfile
from pathlib import Path

from app.chores.place import Place
from app.errors import PlaygroundError
from app.media import queries as media_queries
from app.media.decoding import LOCATION_REMOVED, SCALED_DOWN
from app.media.folder import disk_errors_translated
from app.media.queries import Media
from app.media.room import MediaRoom
from app.media.thumbnails import make_thumbnail
from app.media.uploads import Uploads, Wish
from app.outside.trouble import CannotFetch
from app.runcomfy.download import Downloader
from app.settings import Settings
from app.simulator.beside import last_address


class NotMended(PlaygroundError):
    """A file cannot be had any more; says why."""

    code = "not_mended"


class Mending:
    """Brings files back under the keys that they had; what comes is compared with its hash."""

    def __init__(self, settings: Settings, place: Place) -> None:
        self._folder = settings.data_dir / "incoming"
        self._place = place
        self._room = MediaRoom(place.database, place.store)
        self._uploads = Uploads(self._room, settings)
        base_url: str | None = settings.runcomfy_base_url
        if settings.simulated:
            base_url = last_address(settings.data_dir / "simulator")
        self._downloader = Downloader(base_url=base_url) if base_url else None

    async def aclose(self) -> None:
        """End what was begun for it."""
        await self._room.close()
        if self._downloader is not None:
            await self._downloader.aclose()

    async def fetch_again(self, media: Media) -> None:
        """Bring a result back from RunComfy, while that still has it. Raises NotMended."""
        async with self._place.database.read() as tx:
            same = await media_queries.of_content(tx, media.sha256)
        sources = [one.source_url for one in same if one.source_url]
        if not sources or self._downloader is None:
            raise NotMended("Only a backup can bring it back.")
        with disk_errors_translated(), tempfile.TemporaryDirectory(dir=self._folder) as folder:
            path = Path(folder) / "file"
            for source in sources:
                if await self._is_there(self._downloader, source, path, media):
                    # A damaged one of the right length would be taken for the file.
                    await self._place.store.delete(media.storage_key)
                    await self._place.store.put_file(media.storage_key, path)
                    return
        raise NotMended("RunComfy does not have it any more. Only a backup can bring it back.")

    async def prepare_again(self, media: Media) -> None:
        """Make what is sent of an input from the input itself. Raises NotMended."""
        wish = Wish(
            keep_location=LOCATION_REMOVED not in media.changes,
            scale=any(change.startswith(SCALED_DOWN) for change in media.changes),
        )
        if media.copy is not None:
            await self._place.store.delete(media.copy.key)
        try:
            await self._uploads.prepare_again(media, wish)
        except PlaygroundError as error:
            raise NotMended("Send the file anew.") from error

    async def make_thumbnail(self, media: Media) -> None:
        """Make the small picture from the file. Raises NotMended."""
        if media.thumbnail is not None:
            await self._place.store.delete(media.thumbnail.key)
        try:
            made = await make_thumbnail(self._place.store, self._room.darkroom, media)
        except PlaygroundError as error:
            raise NotMended("It comes back with the file.") from error
        if made is None:
            raise NotMended("The file gives no small picture.")

    async def _is_there(
        self, downloader: Downloader, source: str, path: Path, media: Media
    ) -> bool:
        try:
            came = await downloader.download(source, path, max_bytes=media.size_bytes)
        except CannotFetch:
            return False
        return came.sha256 == media.sha256
