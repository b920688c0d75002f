"""Who may ask: whoever has the token, and nobody who sends a cookie."""

import secrets

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.simulator import answers


class Bearer:
    """Asks for the token on the API's own paths, and takes no cookie anywhere.

    Files and samples need no token.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "cookie" in Request(scope).headers:
            await answers.error(400, "Nobody sends cookies here.")(scope, receive, send)
            return
        if self._token is not None and scope["type"] == "http" and _guarded(scope["path"]):
            sent = Request(scope).headers.get("authorization", "")
            expected = f"Bearer {self._token}"
            if not secrets.compare_digest(sent.encode(), expected.encode()):
                words = "Unauthorized: the token is missing or not valid."
                refused = answers.error(401, words, answers.UNAUTHORISED)
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _guarded(path: str) -> bool:
    return path.startswith(("/v1/", "/prod/"))
