"""What can be set: environment variables or `.env`, typed and checked at the start."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import InvalidSettings

RUNCOMFY = "https://model-api.runcomfy.net"

_SHORTEST_KEY = 16


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

    public_url: str = ""
    """Where RunComfy can reach this server, https, for handing over files alone. Unset: files
    travel inside the request, or by the bucket."""

    storage_public: bool = False
    """RunComfy can reach the bucket by its address: files are handed over as its signed links."""

    secret_key: SecretStr | None = None
    """Signs the links. Made once and kept in the data folder when unset."""

    upload_image_mb: Annotated[int, Field(ge=1, le=1000)] = 50
    """The largest picture that is taken, in MB. RunComfy takes 50."""

    upload_video_mb: Annotated[int, Field(ge=1, le=10_000)] = 100
    """The largest video that is taken, in MB. RunComfy takes 100."""

    upload_audio_mb: Annotated[int, Field(ge=1, le=10_000)] = 100
    """The largest sound that is taken, in MB."""

    auth: Literal["open", "accounts", "oidc", "proxy"] = "open"
    """Who may use it. Only `open` is built so far; it refuses to listen beyond loopback."""

    open_to_network: bool = False
    """Lets `open` listen beyond loopback; every page says so."""

    poll_seconds: Annotated[float, Field(ge=0.5, le=60)] = 2.0
    """Shortest wait between two questions about one run, in seconds."""

    runs_at_once: Annotated[int | None, Field(ge=1)] = None
    """How many runs may be sent and not ended, at most. No limit when unset."""

    runs_per_minute: Annotated[int | None, Field(ge=1)] = None
    """How many runs may be sent within a minute, at most. No limit when unset."""

    runs_per_person: Annotated[int | None, Field(ge=1)] = None
    """How many runs of one person may be sent and not ended, at most. No limit when unset."""

    @field_validator("runcomfy_token", "runcomfy_base_url", mode="before")
    @classmethod
    def _pasted(cls, value: object) -> object:
        """Without the line end that comes along when it is pasted."""
        return value.strip() or None if isinstance(value, str) else value

    @field_validator("runcomfy_base_url", "public_url", mode="after")
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
    def upload_request_bytes(self) -> int:
        """How long a form with files may be: ten of the largest, and its texts."""
        most_mb = max(self.upload_image_mb, self.upload_video_mb, self.upload_audio_mb)
        return (10 * most_mb + 10) * 1_000_000

    @property
    def on_sqlite(self) -> bool:
        """Whether everything is kept in a file of the data folder."""
        return not self.database_url

    @property
    def secrets(self) -> list[str]:
        """Every value that no log may hold."""
        named = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        password = urlsplit(self.database_url).password or ""
        return [*named, password, unquote(password)]

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
        _check_public_url(self.public_url)
        _check_secret_key(self.secret_key)
        if self.storage_public and not self.storage_url:
            raise ValueError(
                "PLAYGROUND_STORAGE_PUBLIC is set, but files are kept in a folder. Name a bucket in"
                " PLAYGROUND_STORAGE_URL, or use PLAYGROUND_PUBLIC_URL."
            )
        return self


def load_settings(**overrides: object) -> Settings:
    """Read the environment and `.env`. Raises InvalidSettings, a sentence for each wrong value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise InvalidSettings("\n".join(_sentence(found) for found in error.errors())) from None


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


def _check_public_url(url: str) -> None:
    if not url:
        return
    parts = urlsplit(url)
    on_loopback = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("PLAYGROUND_PUBLIC_URL must be a whole address: https://example.com.")
    if parts.scheme != "https" and not on_loopback:
        raise ValueError(
            "PLAYGROUND_PUBLIC_URL must begin with https://, since RunComfy fetches nothing else."
        )


def _check_secret_key(key: SecretStr | None) -> None:
    if key is not None and len(key.get_secret_value()) < _SHORTEST_KEY:
        raise ValueError(
            f"PLAYGROUND_SECRET_KEY is shorter than {_SHORTEST_KEY} characters. Leave it out to"
            " have one made, or use a long random text."
        )


def _sentence(found: Mapping[str, Any]) -> str:
    message = str(found["msg"]).removeprefix("Value error, ")
    if not found["loc"]:
        return message
    name = str(found["loc"][0]).upper()
    if not name.startswith("RUNCOMFY_"):
        name = f"PLAYGROUND_{name}"
    return f"{name} cannot be “{found['input']}”: {message[0].lower()}{message[1:]}."
