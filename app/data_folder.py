"""The data folder, and the key kept in it."""

import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from app.errors import InvalidSettings
from app.settings import Settings


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder. Raises InvalidSettings when it cannot be used."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=data_dir).close()
    except OSError as error:
        raise InvalidSettings(
            f"PLAYGROUND_DATA_DIR={data_dir} cannot be used: {error.strerror}. Name a folder that"
            " this user may write to."
        ) from error


def signing_key(settings: Settings) -> str:
    """The key that signs links: the one that is set, or the one made once in the data folder.

    Raises InvalidSettings when it can be neither read nor made.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret.key"
    try:
        with suppress(FileExistsError):
            _make_key(path)
        return path.read_text()
    except OSError as error:
        raise InvalidSettings(
            f"The key in {path} can be neither read nor made: {error.strerror}. Set"
            " PLAYGROUND_SECRET_KEY, or make the data folder writable."
        ) from error


def _make_key(path: Path) -> None:
    """Write a new key whole, for this user's eyes alone; FileExistsError when there is one."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".key-") as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        # Two processes may start at once: the first link stands, and both read that one.
        path.hardlink_to(file.name)
