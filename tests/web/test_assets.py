"""What the pages are dressed with: small, complete, and cached for good."""

import hashlib
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from app.paths import STATIC, TEMPLATES
from app.web.assets import Assets, smaller


def client_of(assets: Assets) -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/static/{address:path}", assets.answer)])
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://playground")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "css/10-first.css": "@layer a, b; /* first */",
        "css/20-second.css": 'p { background: url("fonts/inter.woff2"); }',
        "vendor/htmx.min.js": "htmx()",
        "js/page.js": "page()",
        "js/form.js": "form()",
        "fonts/inter.woff2": "letters",
        "fonts/OFL.txt": "licence",
        "icons/sprite.svg": "<svg/>" * 40,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


async def test_an_address_carries_the_hash_of_what_it_serves() -> None:
    assets = Assets()

    async with client_of(assets) as client:
        for name in ("app.css", "app.js", "fonts/inter.woff2", "icons/sprite.svg"):
            served = await client.get(assets.url(name))
            stem, suffix = name.rsplit(".", 1)
            digits = hashlib.sha256(served.content).hexdigest()[:12]
            assert assets.url(name) == f"/static/{stem}.{digits}.{suffix}"
            assert served.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_types_are_right_since_browsers_do_not_guess(folder: Path) -> None:
    assets = Assets(folder)

    async with client_of(assets) as client:
        found = {
            name: (await client.get(assets.url(name))).headers["content-type"]
            for name in ("app.css", "app.js", "fonts/inter.woff2", "icons/sprite.svg")
        }

    assert found == {
        "app.css": "text/css; charset=utf-8",
        "app.js": "text/javascript; charset=utf-8",
        "fonts/inter.woff2": "font/woff2",
        "icons/sprite.svg": "image/svg+xml",
    }


def test_a_change_gives_a_new_address(folder: Path) -> None:
    before = Assets(folder).url("app.js")
    (folder / "js/page.js").write_text("page(2)")

    assert Assets(folder).url("app.js") != before


def test_addresses_stand_below_the_sub_path(folder: Path) -> None:
    assets = Assets(folder, prefix="/tools/play")

    assert assets.url("app.css").startswith("/tools/play/static/app.")


async def test_sheets_and_scripts_are_joined_in_the_order_of_their_names(folder: Path) -> None:
    assets = Assets(folder)

    async with client_of(assets) as client:
        sheet = (await client.get(assets.url("app.css"))).text
        script = (await client.get(assets.url("app.js"))).text

    assert sheet.index("@layer a,b") < sheet.index("p{")
    assert script.index("htmx()") < script.index("form()") < script.index("page()")


async def test_a_font_is_named_in_the_sheet_by_an_address_that_serves_it(folder: Path) -> None:
    assets = Assets(folder, prefix="/tools/play")

    async with client_of(assets) as client:
        path = assets.url("app.css").removeprefix("/tools/play")
        sheet = await client.get(path)
        named = re.findall(r'url\("(.+?)"\)', sheet.text)
        font = await client.get(sheet.url.join(named[0]))

    assert font.text == "letters"


def test_a_sheet_that_names_a_missing_file_stops_the_start(folder: Path) -> None:
    (folder / "fonts/inter.woff2").unlink()

    with pytest.raises(KeyError, match=r"fonts/inter\.woff2"):
        Assets(folder)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, br", "gzip"),
        ("br;q=1.0, gzip;q=0.5", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_text_is_compressed_for_those_who_take_it(accepted: str, encoding: str) -> None:
    assets = Assets()

    async with client_of(assets) as client:
        url = assets.url("app.css")
        answer = await client.get(url, headers={"accept-encoding": accepted})
        plain = await client.get(url, headers={"accept-encoding": "identity"})

    assert answer.headers.get("content-encoding") == encoding
    assert answer.content == plain.content
    assert answer.headers["vary"] == "accept-encoding"
    if encoding:
        assert answer.headers["etag"] != plain.headers["etag"]
        assert int(answer.headers["content-length"]) < len(plain.content) / 3


async def test_a_browser_that_has_it_gets_no_body() -> None:
    assets = Assets()

    async with client_of(assets) as client:
        first = await client.get(assets.url("app.js"))
        tag = first.headers["etag"]
        again = await client.get(
            assets.url("app.js"), headers={"if-none-match": f'"other", W/{tag}'}
        )
        stale = await client.get(assets.url("app.js"), headers={"if-none-match": '"other"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert stale.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "app.css",
        "app.000000000000.css",
        "fonts/OFL.txt",
        "vendor/htmx.min.js",
        "css/10-first.css",
        "../app/main.py",
        "%2e%2e/pyproject.toml",
        "",
    ],
)
async def test_nothing_else_of_the_folder_is_served(folder: Path, path: str) -> None:
    async with client_of(Assets(folder)) as client:
        assert (await client.get(f"/static/{path}")).status_code == 404


def test_a_smaller_sheet_means_the_same() -> None:
    sheet = """
        /* gone */
        a > b, a :hover , .x:is(.y, .z) { width: calc(100% - 2px + var(--a)) ;  margin : 0 ; }
        @media (max-width: 860px) and (pointer: coarse) { p::before { content: "/* ;} a,  b */" } }
    """

    assert smaller(sheet) == (
        "a > b,a :hover,.x:is(.y,.z){width:calc(100% - 2px + var(--a));margin :0}"
        '@media (max-width:860px) and (pointer:coarse){p::before{content:"/* ;} a,  b */"}}'
    )


async def test_what_every_page_loads_stays_small() -> None:
    assets = Assets()

    async with client_of(assets) as client:
        weights = {
            name: int((await client.get(assets.url(name))).headers["content-length"])
            for name in ("app.css", "app.js", "fonts/inter.woff2", "fonts/mono.woff2")
        }

    assert weights["fonts/inter.woff2"] <= 30_000
    assert weights["fonts/mono.woff2"] <= 12_000
    # The page itself, the icons and the headers have the rest of 100 KB.
    assert sum(weights.values()) <= 80_000


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    drawn = re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons/sprite.svg").read_text("utf-8"))
    named = {
        name
        for template in TEMPLATES.rglob("*.html")
        for name in re.findall(r"icon\([\"']([^\"']+)[\"']\)", template.read_text("utf-8"))
    }

    assert "search" in named
    assert named <= set(drawn)


def test_what_came_from_elsewhere_is_what_was_checked() -> None:
    vendor = STATIC / "vendor"
    for line in (vendor / "SHA256SUMS").read_text("utf-8").splitlines():
        digits, name = line.split()
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digits, name
