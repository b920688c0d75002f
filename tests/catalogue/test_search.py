"""Search: what is typed, half typed or mistyped finds what was meant, best first, and quickly."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.catalogue.kinds import makes, takes
from app.catalogue.listing import Listed
from app.catalogue.queries import Model
from app.catalogue.usage import Usage
from app.catalogue.wanted import Wanted, wanted_in
from tests.runs.samples import NOON

NOTHING_USED = Usage()


def model(model_id: str, name: str, category: str, description: str = "", **values: Any) -> Model:
    """A model whose inputs do not matter."""
    schema = {"type": "object", "properties": {"prompt": {"type": "string"}}}
    usual = {"price_usd": None, "price_unit": None, "pricing_note": None, "schema_id": model_id}
    return Model(
        model_id=model_id,
        display_name=name,
        description=description,
        categories=[category],
        updated_at=NOON,
        **{**usual, "input_schema": schema, **values},
    )


MODELS = [
    model("lab/flux-9/flash/text-to-image", "FLUX.9 Flash", "text-to-image", "Quick pictures."),
    model("lab/flux-9/pro/edit", "FLUX.9 Pro edit", "image-to-image", "Changes pictures."),
    model("hills/seebild/text-to-image", "Seebild 5", "text-to-image", "Like flux, but slow."),
    model("hills/seetanz/image-to-video", "Seetanz", "image-to-video", "Äußerst bewegt."),
    model("reel/motion/text-to-video", "Motion Éclair", "text-to-video"),
]


def found(q: str, models: list[Model] = MODELS) -> list[str]:
    """The names that a search finds, best first."""
    return [one.display_name for one in Listed(models).find(Wanted(q=q), NOON, NOTHING_USED, [])]


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("flux", ["FLUX.9 Flash", "FLUX.9 Pro edit", "Seebild 5"]),
        ("FLUX9", ["FLUX.9 Flash", "FLUX.9 Pro edit"]),
        ("flux.9 p", ["FLUX.9 Pro edit"]),
        ("lab/flux-9/pro", ["FLUX.9 Pro edit"]),
        ("seeb", ["Seebild 5"]),
        ("seebidl", ["Seebild 5"]),
        ("sebild", ["Seebild 5"]),
        ("flaux flahs", ["FLUX.9 Flash"]),
        ("motoin eclair", ["Motion Éclair"]),
        ("video", ["Motion Éclair", "Seetanz"]),
        ("vidoe", ["Motion Éclair", "Seetanz"]),
        ("edit images", ["FLUX.9 Pro edit"]),
        ("ausserst", ["Seetanz"]),
        ("slow", ["Seebild 5"]),
        ("wholly unlike", []),
        ("?!", []),
    ],
)
def test_what_was_meant_is_found_best_first(q: str, names: list[str]) -> None:
    assert sorted(found(q)) == sorted(names)
    assert found(q)[:1] == names[:1] or q in ("video", "vidoe")


def test_a_name_that_begins_so_comes_before_one_that_tells_of_it() -> None:
    assert found("flux")[-1] == "Seebild 5"
    assert found("seetanz")[0] == "Seetanz"


def test_names_spelt_alike_are_offered_when_nothing_is_found() -> None:
    near = Listed(MODELS).near("seetans 9000 motoin")

    assert near[0].display_name in ("Seetanz", "Motion Éclair")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"kind": "text-to-image"}, ["FLUX.9 Flash", "Seebild 5"]),
        ({"makes": "video"}, ["Motion Éclair", "Seetanz"]),
        ({"takes": "image"}, ["FLUX.9 Pro edit", "Seetanz"]),
        ({"takes": "image", "makes": "video"}, ["Seetanz"]),
        ({"price": "known"}, []),
        ({"show": "removed"}, []),
        ({"q": "see", "kind": "text-to-image"}, ["Seebild 5"]),
        ({"makes": "soup", "page": "-7", "sort": "best"}, [one.display_name for one in MODELS]),
    ],
)
def test_the_address_narrows_the_list(query: dict[str, str], names: list[str]) -> None:
    shown = Listed(MODELS).find(wanted_in(query), NOON, NOTHING_USED, [])

    assert sorted(one.display_name for one in shown) == sorted(names)


def test_each_order_puts_what_it_does_not_know_last() -> None:
    dear = model("a/dear", "Dear", "text-to-image", price_usd=Decimal(2))
    cheap = model("b/cheap", "Cheap", "text-to-image", price_usd=Decimal("0.01"))
    free = model("c/unknown", "Unknown", "text-to-image")
    listed = Listed([dear, cheap, free])
    usage = Usage(times={"a/dear": 3, "b/cheap": 9}, usual={"a/dear": (1.0, 2.0)})

    def order(sort: str, pinned: tuple[str, ...] = ()) -> str:
        shown = listed.find(Wanted(sort=sort), NOON, usage, pinned)
        return " ".join(one.display_name for one in shown)

    assert order("cheapest") == "Cheap Dear Unknown"
    assert order("fastest") == "Dear Cheap Unknown"
    assert order("") == "Cheap Dear Unknown"
    assert order("", ("c/unknown",)) == "Unknown Cheap Dear"
    assert order("name") == "Dear Cheap Unknown"  # as the shelf has them


def test_prices_are_narrowed_by_what_is_known() -> None:
    listed = Listed([model("a/b", "Cheap", "upscale", price_usd=Decimal("0.01")), *MODELS])

    assert len(listed.find(Wanted(price="0.01"), NOON, NOTHING_USED, [])) == 1
    assert len(listed.find(Wanted(price="known"), NOON, NOTHING_USED, [])) == 1


@pytest.mark.parametrize(
    ("category", "properties", "taken", "made"),
    [
        ("text-to-image", {"prompt": {}}, {"text"}, {"image"}),
        ("image-to-video", {"prompt": {}}, {"text", "image"}, {"video"}),
        ("upscale", {"clip": {"type": "string", "format": "video_uri"}}, {"video"}, {"video"}),
        ("text-to-audio", {"lyrics": {"type": "string"}}, {"text"}, {"audio"}),
        (
            "image-to-image",
            {"scenes": {"items": {"properties": {"voice": {"format": "audio_uri"}}}}},
            {"image", "audio"},
            {"image"},
        ),
    ],
)
def test_what_it_takes_and_makes_is_read_from_category_and_schema(
    category: str, properties: dict[str, Any], taken: set[str], made: set[str]
) -> None:
    named = "video" if category == "upscale" else "x"
    one = model(f"a/{named}", "X", category, input_schema={"properties": properties})

    assert takes(one) == taken
    assert makes(one) == made


def test_an_answer_among_two_thousand_models_costs_ten_milliseconds_at_most() -> None:
    words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "ei", "o", "u") for c in "lmnrst"]
    many = [
        model(
            f"{words[number % 40]}/{words[number % 283]}-{number}/text-to-image",
            f"{words[number % 283].title()} {words[number % 97]} {number}",
            ("text-to-image", "image-to-video", "image-to-image")[number % 3],
            " ".join(words[(number * step) % 288] for step in range(1, 60)),
        )
        for number in range(2000)
    ]
    listed = Listed(many)
    now = datetime.now(UTC)
    listed.find(Wanted(q="warm", takes="text"), now, NOTHING_USED, [])

    for q in ("t", "bal", "text to image", "vdieo", "nothing like it at all", "bal dam 7"):
        wanted = Wanted(q=q, takes="text", makes="image")
        times = []
        for _ in range(5):
            started = time.process_time()
            listed.find(wanted, now, NOTHING_USED, [])
            times.append(time.process_time() - started)
        # Twice the figure, for a machine that is shared; by itself it is half of it.
        assert min(times) < 0.020, (q, times)
