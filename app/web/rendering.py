"""Templates -> answers: one environment, one way to make a page or a fragment."""

import gzip
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.routing import Router

from app.paths import TEMPLATES
from app.web import words
from app.web.assets import Assets

# Below this a page travels in two packets at most; compressing it saves nobody anything.
_WORTH_COMPRESSING = 2_000
# Where Python keeps this module compiled, templates are kept so too: starting takes half the time.
_COMPILED = Path(__file__).with_name("__pycache__")


class Renderer:
    """Makes pages and fragments. `common()` gives what every page shows, such as the strips."""

    def __init__(
        self, router: Router, assets: Assets, prefix: str, common: Callable[[], dict[str, Any]]
    ) -> None:
        self._router = router
        self._prefix = prefix
        self._common = common
        self._patterns: dict[str, str] = {}
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            bytecode_cache=_Compiled(str(_COMPILED), "%s.jinja"),
        )
        self._environment.globals |= {
            "path_for": self.path_for,
            "asset": assets.url,
            "icon": _icon_from(assets.url("icons/sprite.svg")),
            "icons": assets.url("icons/sprite.svg"),
        }
        self._environment.filters |= words.FILTERS

    def add(self, *, filters: dict[str, Callable[..., Any]], **names: Any) -> None:
        """Give templates what a room has for them."""
        self._environment.globals |= names
        self._environment.filters |= filters

    def path_for(self, route: str, **parameters: str) -> str:
        """The path of a route by its name, the sub-path included."""
        pattern = self._patterns.get(route)
        if pattern is None:
            # A gallery page asks a hundred times; the router would look through its routes each.
            named = {name: f"{{{name}}}" for name in parameters}
            pattern = self._prefix + str(self._router.url_path_for(route, **named))
            self._patterns[route] = pattern
        return pattern.format_map({name: quote(value) for name, value in parameters.items()})

    def text(self, template: str, **context: Any) -> str:
        """A template filled in."""
        return self._environment.get_template(template).render(self._common() | context)

    def piece(self, template: str, **context: Any) -> Markup:
        """A template filled in, to stand in another one: its own escaping has been done."""
        return Markup(self.text(template, **context))  # noqa: S704  # what a template made

    def page(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        """A whole page or a fragment as an answer, compressed when that is worth it."""
        return html(request, self.text(template, **context), status=status)

    def load_all(self) -> None:
        """Compile every template now rather than under the first visitor."""
        for name in self._environment.list_templates(extensions=["html"]):
            self._environment.get_template(name)


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates; where nothing can be written, each start compiles them anew."""

    # How they are compiled is said here, in the environment's options.
    _options = Path(__file__).read_text(encoding="utf-8")

    def get_source_checksum(self, source: str) -> str:
        """What a template was compiled from."""
        return super().get_source_checksum(source + self._options)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, if that can be done."""
        with suppress(OSError):
            _COMPILED.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


def _icon_from(sprite: str) -> Callable[[str], Markup]:
    drawing = Markup('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>')
    return lambda name: drawing.format(sprite, name)


def html(request: Request, text: str, *, status: int = 200) -> Response:
    """HTML as an answer, compressed when that is worth it."""
    body = text.encode()
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "private, no-cache",
        "vary": "HX-Request, Accept-Encoding",
    }
    if len(body) > _WORTH_COMPRESSING and takes_gzip(request):
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, status_code=status, headers=headers)


def takes_gzip(request: Request) -> bool:
    """Whether the visitor's browser reads gzip."""
    return "gzip" in request.headers.get("accept-encoding", "")


def renderer(request: Request) -> Renderer:
    """The app's renderer."""
    found: Renderer = request.app.state.renderer
    return found
