"""Style sheet, script, fonts and icons: joined at start, served under addresses with their hash."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from app.paths import STATIC

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file as it is served; `address` is its name with the first 12 digits of its SHA-256."""

    address: str
    media_type: str
    content: bytes
    gzipped: bytes | None
    """None where gzip makes it no smaller, as for a font."""


class Assets:
    """Everything under `/static/`, held in memory.

    The names are `app.css` (every sheet of `css/`), `app.js` (htmx and every script of `js/`),
    each script of `js/apart/`, which few pages need, and `fonts/…`, `icons/…` and `samples/…` as
    they lie in the folder. Nothing else is served.
    """

    def __init__(self, folder: Path = STATIC, prefix: str = "") -> None:
        """Read and join the files of `folder`.

        prefix: the sub-path that a proxy serves the playground under, such as `/tools/play`.
        Raises KeyError when a style sheet names a file that is not there.
        """
        self._root = f"{prefix}/static/"
        self._by_name: dict[str, Asset] = {}
        kept = ("fonts/*.woff2", "icons/*.svg", "samples/*.webp")
        for path in sorted(path for pattern in kept for path in folder.glob(pattern)):
            self._add(path.relative_to(folder).as_posix(), path.read_bytes())
        self._add("app.css", self._sheet(folder).encode())
        self._add("app.js", _script(folder).encode())
        for path in sorted(folder.glob("js/apart/*.js")):
            self._add(path.name, path.read_bytes())
        self._by_address = {asset.address: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        """Return the address of a file, prefix included. Raises KeyError when there is none."""
        return self._root + self._by_name[name].address

    async def answer(self, request: Request) -> Response:
        """Serve `/static/{address:path}`: 200, 304 when the browser has it, or 404."""
        asset = self._by_address.get(request.path_params["address"])
        if asset is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        gzipped = _accepts_gzip(request.headers.get("accept-encoding", ""))
        content = asset.gzipped if gzipped and asset.gzipped else asset.content
        encoding = "gzip" if content is asset.gzipped else "identity"
        headers = {
            "cache-control": _A_YEAR,
            # Two encodings of one file are different bytes, so they need different tags.
            "etag": f'"{asset.address}-{encoding}"',
            "vary": "accept-encoding",
        }
        if headers["etag"] in _tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if encoding == "gzip":
            headers["content-encoding"] = "gzip"
        return Response(content, headers=headers, media_type=asset.media_type)

    def _add(self, name: str, content: bytes) -> None:
        stem, suffix = name.rsplit(".", 1)
        digits = hashlib.sha256(content).hexdigest()[:12]
        gzipped = gzip.compress(content, 9, mtime=0)
        self._by_name[name] = Asset(
            address=f"{stem}.{digits}.{suffix}",
            media_type=_TYPES[f".{suffix}"],
            content=content,
            gzipped=gzipped if len(gzipped) < len(content) else None,
        )

    def _sheet(self, folder: Path) -> str:
        sheets = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("css/*.css")))
        return re.sub(
            r'url\("([^":]+)"\)',
            # Relative to the sheet's own address, so the prefix does not matter.
            lambda found: f'url("{self._by_name[found[1]].address}")',
            smaller(sheets),
        )


def smaller(sheet: str) -> str:
    """Return the style sheet without comments and the white space that means nothing.

    Spaces stay where they can mean something: between selectors, and around the signs of `calc()`.
    """
    without = re.sub(r'("[^"]*")|/\*.*?\*/', lambda found: found[1] or " ", sheet, flags=re.DOTALL)
    pieces = re.split(r'("[^"]*")', without)
    # Every second piece is a string, which is left as it is.
    pieces[::2] = [
        re.sub(r"\s*([{};,])\s*|(:)\s+", r"\1\2", re.sub(r"\s+", " ", piece)).replace(";}", "}")
        for piece in pieces[::2]
    ]
    return "".join(pieces).strip()


def _script(folder: Path) -> str:
    scripts = [folder / "vendor" / "htmx.min.js", *sorted(folder.glob("js/*.js"))]
    return "\n;\n".join(path.read_text("utf-8") for path in scripts)


def _accepts_gzip(header: str) -> bool:
    for offer in header.lower().split(","):
        coding, _, quality = offer.partition(";")
        if coding.strip() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality)
    return False


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
