"""What can be set: environment variables or `.env`, typed and checked at the start."""

import ipaddress
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import InvalidSettings

RUNCOMFY = "https://model-api.runcomfy.net"


class Settings(BaseSettings):
    """Every setting of the playground; README.md has the same table for people."""

    model_config = SettingsConfigDict(
        env_prefix="PLAYGROUND_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
    )

    runcomfy_token: Annotated[SecretStr | None, Field(validation_alias="RUNCOMFY_TOKEN")] = None
    """The token the server holds. Unset, with the base URL left alone: the simulator."""

    runcomfy_base_url: Annotated[str, Field(validation_alias="RUNCOMFY_BASE_URL")] = RUNCOMFY
    """Where RunComfy's API is. Plain http is accepted on loopback only."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """The port to listen on."""

    data_dir: Path = Path("data")
    """Everything the embedded default keeps."""

    database_url: str = ""
    """SQLite in the data folder when empty, or `postgresql://…`."""

    storage_url: str = ""
    """A folder in the data folder when empty, or `s3://bucket/prefix`."""

    address: str = ""
    """The address that people use, path included; `http://host:port` when empty."""

    auth: Literal["open", "accounts", "oidc", "proxy"] = "open"
    """Who may use it. Only `open` is built so far; it refuses to listen beyond loopback."""

    open_to_network: bool = False
    """Lets `open` listen beyond loopback; every page says so."""

    poll_seconds: Annotated[float, Field(ge=0.5, le=60)] = 2.0
    """Shortest wait between two questions about one run, in seconds."""

    @field_validator("runcomfy_token", "runcomfy_base_url", mode="before")
    @classmethod
    def _pasted(cls, value: object) -> object:
        """Without the line end that comes along when it is pasted."""
        return value.strip() or None if isinstance(value, str) else value

    @field_validator("runcomfy_base_url", mode="after")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @property
    def simulated(self) -> bool:
        """No token and no other RunComfy named: the built-in simulator answers."""
        return self.runcomfy_token is None and self.runcomfy_base_url == RUNCOMFY

    @property
    def people_address(self) -> str:
        """The address that people use, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.address or f"http://{host}:{self.port}").rstrip("/")

    @property
    def prefix(self) -> str:
        """The sub-path that a proxy serves the playground under, such as `/tools/play`, or ""."""
        return urlsplit(self.people_address).path

    @property
    def on_sqlite(self) -> bool:
        """Whether everything is kept in a file of the data folder."""
        return not self.database_url

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.auth != "open":
            raise ValueError(
                f"PLAYGROUND_AUTH={self.auth} is not built yet. Leave it at open, which listens"
                " on this machine alone."
            )
        if not is_loopback(self.host) and not self.open_to_network:
            raise ValueError(
                f"PLAYGROUND_HOST={self.host} would let anyone on the network in without signing"
                " in. Use 127.0.0.1, or set PLAYGROUND_OPEN_TO_NETWORK=1 if that is meant."
            )
        _check_token(self.runcomfy_token)
        _check_base_url(self.runcomfy_base_url, self.runcomfy_token)
        _check_database_url(self.database_url)
        _check_storage_url(self.storage_url)
        _check_address(self.address)
        return self


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`. Raises InvalidSettings, a sentence for each wrong value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise InvalidSettings("\n".join(_sentence(found) for found in error.errors())) from None


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


# Asked on every request.
@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_token(token: SecretStr | None) -> None:
    value = "" if token is None else token.get_secret_value()
    # Said without the value: an error on the screen is no place for a secret.
    if not value.isascii() or any(not c.isprintable() or c == " " for c in value):
        raise ValueError(
            "RUNCOMFY_TOKEN holds characters that no token has. Copy it whole from RunComfy, or"
            " leave it out to use the simulator."
        )


def _check_base_url(url: str, token: SecretStr | None) -> None:
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise ValueError(
            f"RUNCOMFY_BASE_URL is not a plain address. Leave it out, or use {RUNCOMFY}."
        )
    on_loopback = is_loopback(parts.hostname)
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not on_loopback):
        raise ValueError(
            "RUNCOMFY_BASE_URL must begin with https:// (plain http is accepted on this machine"
            " only), because the token travels with every request."
        )
    if url != RUNCOMFY and token is None and not on_loopback:
        raise ValueError("RUNCOMFY_BASE_URL is set, but RUNCOMFY_TOKEN is not. Set the token too.")


def _check_database_url(url: str) -> None:
    if url and (urlsplit(url).scheme not in ("postgresql", "postgres") or not _has_a_port(url)):
        raise ValueError(
            "PLAYGROUND_DATABASE_URL must be postgresql://user@host/name. Leave it out to keep"
            " everything in the data folder."
        )


def _has_a_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _check_storage_url(url: str) -> None:
    if url and (urlsplit(url).scheme != "s3" or not urlsplit(url).netloc):
        raise ValueError(
            "PLAYGROUND_STORAGE_URL must be s3://bucket/prefix. Leave it out to keep files in the"
            " data folder."
        )


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
        raise ValueError(
            "PLAYGROUND_ADDRESS must be the whole address that people use, such as"
            " https://example.com/playground."
        )


def _sentence(found: Mapping[str, Any]) -> str:
    message = str(found["msg"]).removeprefix("Value error, ")
    if not found["loc"]:
        return message
    name = str(found["loc"][0]).upper()
    if not name.startswith("RUNCOMFY_"):
        name = f"PLAYGROUND_{name}"
    return f"{name} cannot be “{found['input']}”: {message[0].lower()}{message[1:]}."
