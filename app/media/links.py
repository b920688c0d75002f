"""Handing a kept file over to RunComfy: a signed link, a bucket's link, or inside the request."""

import asyncio
import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from itsdangerous import BadData, URLSafeTimedSerializer

from app.data_folder import signing_key
from app.errors import PlaygroundError
from app.media.queries import Copy, Media
from app.media.store import Store
from app.settings import Settings
from app.web.words import size

Way = Literal["link", "bucket", "inside"]

LINK_SECONDS = 24 * 3600
"""No run lasts longer; a link that got into wrong hands is worth nothing the next day."""

# RunComfy does not say how much it takes inside a request. Its official nodes send no more than
# this of a file, and no longer request (runcomfy-com/ComfyUI-RunComfy-API, inputs.py).
_MIB = 1024 * 1024
_MOST_INSIDE = {"image": 6 * _MIB, "video": 32 * _MIB, "audio": 16 * _MIB}
_MOST_INSIDE_TOGETHER = 63 * _MIB
_ONE = {"image": "picture", "video": "video", "audio": "sound"}
_SET = (
    "To send larger ones, set PLAYGROUND_PUBLIC_URL to an https address at which RunComfy can"
    " reach this server."
)


class TooLargeInside(PlaygroundError):
    """The files of a run do not fit into its request, and there is no other way."""

    status = 422
    code = "too_large_inside"


@dataclass(frozen=True)
class Held:
    """What a signed link stands for."""

    key: str
    media_type: str


class Links:
    """Makes what RunComfy is given in a file's place, in the one way that this server can."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._public_url = settings.public_url
        self._signer = URLSafeTimedSerializer(signing_key(settings), salt="handed-over file")
        self.way: Way = "inside"
        if settings.public_url:
            self.way = "link"
        elif settings.storage_public:
            self.way = "bucket"

    @property
    def words(self) -> str:
        """How files are handed over, for whoever runs the server."""
        if self.way == "inside":
            most = _MOST_INSIDE["image"] // _MIB
            return f"Files travel inside the request: pictures of up to {most} MB. {_SET}"
        if self.way == "bucket":
            return "RunComfy fetches files from the bucket, by links that end after a day."
        return "RunComfy fetches files from this server, by links that end after a day."

    def limit(self, kind: str, most_mb: int) -> str:
        """How large a file may be, for the person at the form. most_mb: what is kept at all."""
        least = _MOST_INSIDE.get(kind, _MOST_INSIDE["image"]) // _MIB
        if self.way != "inside" or least >= most_mb:
            return f"Up to {most_mb} MB each"
        return f"Up to {least} MB each, as they travel inside the request"

    def trouble(self, media: Media) -> str | None:
        """Why a file cannot be handed over; None when it can."""
        most = _MOST_INSIDE.get(media.kind, _MOST_INSIDE["image"])
        if self.way != "inside" or media.sent.size_bytes <= most:
            return None
        what = _ONE.get(media.kind, "file")
        return (
            f"This {what} is {size(media.sent.size_bytes)}; {most // _MIB} MB fit inside a"
            f" request. {_SET}"
        )

    def carried_bytes(self, files: Iterable[Media]) -> int:
        """How much files add to a request."""
        if self.way != "inside":
            return 0
        return sum(media.sent.size_bytes * 4 // 3 + 100 for media in files)

    def trouble_together(self, files: Iterable[Media]) -> str | None:
        """Why files that pass alone cannot be handed over together."""
        carried = self.carried_bytes(files)
        if carried <= _MOST_INSIDE_TOGETHER:
            return None
        return (
            f"Together the files are {size(carried * 3 // 4)}; about"
            f" {_MOST_INSIDE_TOGETHER * 3 // 4 // _MIB} MB fit inside a request. {_SET}"
        )

    async def address(self, media: Media) -> str:
        """What stands in the request for a file. Raises MissingFile, StorageUnavailable."""
        if self.way == "inside":
            return await self._inside(media.sent)
        # A link to nothing would be found out by RunComfy, after the request is paid.
        await self._store.size(media.sent.key)
        return await self.address_of(Held(media.sent.key, media.sent.media_type))

    async def address_of(self, held: Held) -> str:
        """A link to one file, good for a day, where files are handed over by links."""
        if self.way == "bucket":
            return await self._store.link(held.key, timedelta(seconds=LINK_SECONDS))
        token = self._signer.dumps([held.key, held.media_type])
        # Some who fetch go by the ending. What its owner calls the file is nobody's business.
        return f"{self._public_url}/files/{token}/file.{held.key.rsplit('.', 1)[-1]}"

    def open(self, token: str) -> Held | None:
        """What a link stands for; None when it is not ours, or has ended."""
        try:
            key, media_type = self._signer.loads(token, max_age=LINK_SECONDS)
        except BadData:
            return None
        return Held(key, media_type)

    async def _inside(self, copy: Copy) -> str:
        content = await self._store.read_range(copy.key, 0, copy.size_bytes)
        packed = await asyncio.to_thread(base64.b64encode, content)
        return f"data:{copy.media_type};base64,{packed.decode()}"
