"""Pages and fragments: compressed where that is worth it, whole, and safe to show."""

import gzip
import re
from html.parser import HTMLParser

import pytest

from tests.support.playground import EDIT, FLASH, SMALL, Playground

VOID = {"meta", "link", "img", "input", "br", "hr", "source", "col", "wbr"}
PAGES = ("/", "/models", f"/models/{FLASH}", f"/models/{EDIT}", "/gallery", "/runs", "/nothing")
MARKUP = "</textarea></title><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"


class Balance(HTMLParser):
    """Finds tags that are not closed in order, and ids that stand twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


def balance(text: str) -> Balance:
    """A page read by a parser that forgives nothing."""
    found = Balance()
    found.feed(text)
    found.wrong += found.open
    return found


@pytest.mark.parametrize("path", PAGES)
async def test_every_tag_is_closed_and_every_id_stands_once(shared: Playground, path: str) -> None:
    found = balance((await shared.client.get(path)).text)

    assert found.wrong == []
    assert len(found.ids) == len(set(found.ids))


@pytest.mark.parametrize("path", PAGES)
async def test_what_a_label_or_a_link_points_to_is_there(shared: Playground, path: str) -> None:
    text = (await shared.client.get(path)).text
    ids = set(balance(text).ids)

    pointed = re.findall(r' (?:for|aria-labelledby|aria-describedby|list)="([^"]+)"', text)
    pointed += re.findall(r' href="#([^"]+)"', text)

    assert {one for group in pointed for one in group.split()} - ids == set()


async def test_a_page_is_compressed_for_those_who_take_it(shared: Playground) -> None:
    packed = await shared.client.get("/models", headers={"accept-encoding": "gzip"})
    plain = await shared.client.get("/models", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_a_ready_page_compressed_for_the_second_time_is_still_whole(
    shared: Playground,
) -> None:
    path = f"/models/{FLASH}"
    async with shared.client.stream("GET", path, headers={"accept-encoding": "gzip"}) as first:
        packed = b"".join([piece async for piece in first.aiter_raw()])

    assert "</html>" in gzip.decompress(packed).decode()
    assert "</html>" in (await shared.client.get(path)).text


async def test_a_page_is_never_kept_by_anything_between(shared: Playground) -> None:
    answer = await shared.client.get("/gallery")

    assert answer.headers["cache-control"] == "private, no-cache"
    assert "HX-Request" in answer.headers["vary"]


async def test_markup_in_a_prompt_is_shown_as_typed_everywhere(shared: Playground) -> None:
    run_id = await shared.run(prompt=MARKUP, **SMALL)
    await shared.until(run_id)
    page = await shared.page(f"/runs/{run_id}")
    picture = re.search(r'href="(/gallery/[0-9A-Z]{26})"', await shared.page("/gallery"))
    assert picture is not None
    places = [
        page,
        await shared.page(picture[1]),
        await shared.page("/gallery"),
        await shared.page("/"),
        await shared.page("/runs"),
        await shared.page(f"/models/{FLASH}"),
        await shared.page(f"/models/{FLASH}?_from={run_id}"),
        (
            await shared.client.post(f"/models/{FLASH}/runs", data={"prompt": MARKUP, "seed": "x"})
        ).text,
        (await shared.client.get("/models", params={"q": MARKUP})).text,
        (await shared.client.get(f"/models/{FLASH}", params={"prompt": MARKUP})).text,
    ]

    for text in places:
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert balance(text).wrong == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page


async def test_a_path_is_built_by_its_route_and_quoted(shared: Playground) -> None:
    made = shared.app.state.renderer.path_for("show_model", model_id="some/odd model?")

    assert made == "/models/some/odd%20model%3F"
