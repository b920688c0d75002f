"""Faults have variants without number; some of each kind, through the whole playground."""

from html import unescape

import pytest

from tests.runs.variants import (
    ENDLESS,
    HARMLESS,
    IN_DOUBT,
    NOT_HAD,
    NOTHING,
    ODD_OUTPUT,
    TOKEN,
    Variants,
    try_variants,
)


@pytest.fixture(scope="module")
async def variants(tmp_path_factory: pytest.TempPathFactory) -> Variants:
    return await try_variants(tmp_path_factory.mktemp("variants"))


async def test_every_paid_request_left_once(variants: Variants) -> None:
    assert set(variants.sent.values()) == {1}


@pytest.mark.parametrize(("words", "status"), IN_DOUBT)
async def test_an_answer_that_nobody_can_use_leaves_the_run_in_doubt(
    variants: Variants, words: str, status: int | None
) -> None:
    run = variants.runs[words]

    assert (run.state, run.http_status) == ("unknown", status)
    assert run.words
    page = unescape(variants.pages[words])
    assert run.words in page or "The connection broke at" in page


@pytest.mark.parametrize("words", HARMLESS)
async def test_an_oddity_on_the_way_keeps_nobody_from_the_result(
    variants: Variants, words: str
) -> None:
    run = variants.runs[words]

    assert (run.state, run.words) == ("completed", None)
    assert len(variants.media[words]) == 1
    assert variants.files[words].headers["content-type"] == "image/png"


@pytest.mark.parametrize(("words", "reason"), NOT_HAD)
async def test_a_file_that_cannot_be_had_is_named_with_its_reason(
    variants: Variants, words: str, reason: str
) -> None:
    run = variants.runs[words]

    assert (run.state, variants.media[words]) == ("failed", [])
    assert [reason in item["reason"] for item in run.missing or []] == [True]
    assert run.missing is not None
    assert run.missing[0]["reason"] in variants.pages[words].replace("&#39;", "'")


@pytest.mark.parametrize("words", NOTHING)
async def test_an_output_with_nothing_usable_in_it_says_so(variants: Variants, words: str) -> None:
    assert variants.runs[words].state == "failed"
    assert "sent nothing usable" in variants.pages[words]


async def test_of_an_odd_list_the_good_are_kept_and_the_bad_are_named(
    variants: Variants,
) -> None:
    assert variants.runs[ODD_OUTPUT].state == "completed"
    assert len(variants.media[ODD_OUTPUT]) == 2
    named = "images 1: null, images 2: 5, images 5: {}"
    assert (
        f'also sent 3 that are no file: <span class="words">{named}' in variants.pages[ODD_OUTPUT]
    )
    assert "RunComfy’s whole answer, as JSON" in variants.pages[ODD_OUTPUT]


async def test_an_answer_that_drips_holds_up_no_other_run(variants: Variants) -> None:
    assert variants.runs[ENDLESS].state == "queued"


async def test_nothing_at_another_origin_was_asked(variants: Variants) -> None:
    assert variants.strays == []


async def test_an_odd_request_id_is_shown_as_text(variants: Variants) -> None:
    run, page = variants.runs["[odd id]"], variants.pages["[odd id]"]

    assert run.request_id is not None
    assert '/../"<b>' in run.request_id
    assert "<b>&\u00e9" not in page


async def test_nothing_of_a_files_false_dress_is_passed_on(variants: Variants) -> None:
    headers = variants.files["[typed file]"].headers

    assert "set-cookie" not in headers
    assert "<b>" not in headers.get("content-disposition", "")
    assert ".." not in headers.get("content-disposition", "")
    assert headers["x-content-type-options"] == "nosniff"


async def test_no_page_holds_the_token(variants: Variants) -> None:
    assert [words for words, page in variants.pages.items() if TOKEN in page] == []
