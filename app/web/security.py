"""What every request passes: sub-path, Host, cross-site, size; and what every answer carries."""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Forbidden, PlaygroundError, TooLarge
from app.settings import Settings, is_loopback

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        # Numbers such as a ratio stand in style attributes; no rule, no address does.
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}
_RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BODY_BYTES = 8 * 1024 * 1024
_IS_FORM = re.compile(r"/models/.+/(?:runs|form)")
_OPEN_TO_ANY_HOST = frozenset({"/healthz", "/readyz"})


class UnsupportedBody(PlaygroundError):
    """The request's body is packed in a way that is not taken."""

    status = 415
    code = "unsupported_body"


class Guard:
    """Refuses what must not pass, and puts the protective headers on every answer."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        refuse: Callable[[Scope, PlaygroundError], Awaitable[ASGIApp]],
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._prefix = settings.prefix
        self._with_files_bytes = settings.upload_request_bytes
        address = urlsplit(settings.people_address)
        self._hosts = {address.hostname}
        public = urlsplit(settings.public_url)
        self._public_host, self._public_prefix = public.hostname, public.path
        self._origins = {f"{address.scheme}://{address.netloc}".lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._strip_prefix(scope)
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = message["headers"]
                names = {name.lower() for name, _ in sent}
                sent.extend(header for header in _RAW_HEADERS if header[0] not in names)
            await send(message)

        most_bytes = self._most_bytes(scope, headers)
        try:
            self._check(scope, headers, most_bytes)
        except PlaygroundError as error:
            refusal = await self._refuse(scope, error)
            await refusal(scope, receive, send_guarded)
            return
        if scope["method"] in _SAFE:
            await self._app(scope, receive, send_guarded)
        else:
            await self._app(scope, _bounded(receive, most_bytes), send_guarded)

    def _strip_prefix(self, scope: Scope) -> None:
        path = scope["path"]
        for prefix in (self._prefix, self._public_prefix):
            if prefix and (path == prefix or path.startswith(prefix + "/")):
                scope["path"] = path[len(prefix) :] or "/"
                scope.pop("raw_path", None)
                return

    def _most_bytes(self, scope: Scope, headers: Headers) -> int:
        """How long a body may be: longer only where files are taken, which go to the disk."""
        takes_files = scope["path"] == "/uploads" or _IS_FORM.fullmatch(scope["path"])
        is_multipart = headers.get("content-type", "").lower().startswith("multipart/form-data")
        return self._with_files_bytes if takes_files and is_multipart else _BODY_BYTES

    def _check(self, scope: Scope, headers: Headers, most_bytes: int) -> None:
        # Of two, each reader between here and the browser may take another.
        host = " ".join(headers.getlist("host"))
        if not self._is_reached_as(host, scope["path"]):
            raise Forbidden(
                f"This playground is not reached as “{host[:100]}”. If it should be, set"
                " PLAYGROUND_ADDRESS to the address that people use."
            )
        if scope["method"] in _SAFE:
            return
        if _from_elsewhere(headers, self._origins | {f"http://{host}", f"https://{host}"}):
            raise Forbidden(
                "This was sent from another site, so it was refused and nothing has changed. Open"
                " the playground itself and do it there."
            )
        if headers.get("content-encoding", "identity") != "identity":
            raise UnsupportedBody("Compressed requests are not taken. Send it as it is.")
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > most_bytes:
            raise _too_large(most_bytes)

    def _is_reached_as(self, host: str, path: str) -> bool:
        if path in _OPEN_TO_ANY_HOST or self._knows(host):
            return True
        # There RunComfy fetches files, and nobody does anything else.
        name = _name_in(host)
        return path.startswith("/files/") and name is not None and name == self._public_host

    def _knows(self, host: str) -> bool:
        name = _name_in(host)
        return name is not None and (is_loopback(name) or name in self._hosts)


# Asked on every request, and nearly always about the same few names.
@lru_cache(maxsize=256)
def _name_in(host: str) -> str | None:
    """The name or address in a Host header, without the port; None when there is none."""
    if not host.isprintable() or " " in host:
        return None
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _from_elsewhere(headers: Headers, origins: set[str]) -> bool:
    """Whether a browser says that another site has sent this; no browser says neither."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.lower() not in origins


def _bounded(receive: Receive, most_bytes: int) -> Receive:
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most_bytes:
            raise _too_large(most_bytes)
        return message

    return receive_bounded


def _too_large(most_bytes: int) -> TooLarge:
    return TooLarge(
        f"That is more than the {most_bytes // (1024 * 1024)} MB a form may hold. Nothing was"
        " sent or charged."
    )
