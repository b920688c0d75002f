"""What RunComfy has finished: kept as far as it can be had, and said where it cannot."""

import re
from decimal import Decimal

import pytest

from app.media.sniff import OPAQUE
from tests.runs.trials import ENDING, INERT, Trials


@pytest.mark.parametrize(("words", "state", "status", "said"), ENDING)
async def test_an_end_without_a_result_is_failed_and_says_why(
    trials: Trials, words: str, state: str, status: int | None, said: str
) -> None:
    run = trials.runs[words]

    assert run.state == state
    assert run.words
    assert said in run.words
    assert said in trials.pages[words]
    if status is not None:
        assert run.http_status == status
    assert trials.media[words] == []
    assert trials.accepted[words] == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("[missing file]", "answered 404"),
        ("[broken file]", "cut off"),
        ("[empty file]", "empty"),
        ("[foreign file]", "an address that is not fetched"),
    ],
)
async def test_a_file_that_cannot_be_had_is_named_with_the_reason(
    trials: Trials, words: str, reason: str
) -> None:
    (missing,) = trials.runs[words].missing or []

    assert reason in missing["reason"]
    assert missing["reason"] in trials.pages[words].replace("&#39;", "'")
    # What came to nothing may have been charged, and says so.
    assert "$0.005 charged" in trials.pages[words]


async def test_words_in_place_of_a_picture_can_be_read(trials: Trials) -> None:
    assert "A picture that was described rather than drawn." in trials.pages["[text result]"]


async def test_a_file_that_comes_later_mends_the_run(trials: Trials) -> None:
    run = trials.runs["[flaky file]"]

    assert (run.state, run.missing, run.words) == ("completed", None, None)
    assert len(trials.media["[flaky file]"]) == 1


async def test_of_several_pictures_those_that_came_are_kept_and_the_missing_one_is_named(
    trials: Trials,
) -> None:
    run, kept = trials.runs["[mixed] pictures"], trials.media["[mixed] pictures"]
    page = trials.pages["[mixed] pictures"]

    assert run.state == "completed"
    assert [item.position for item in kept] == [0, 2]
    assert "Done, 2 of 3 kept" in page
    assert "Image 2 could not be had." in page
    assert "Ask for image 2 again" in page


async def test_several_pictures_are_all_kept_in_their_order(trials: Trials) -> None:
    run, kept = trials.runs["several pictures"], trials.media["several pictures"]

    assert [item.position for item in kept] == [0, 1, 2]
    assert [item.source_url for item in kept] == run.output["images"]
    assert len({item.sha256 for item in kept}) == 3
    assert "3 pictures" in trials.pages["several pictures"]
    assert run.cost_usd == Decimal("0.03")


async def test_a_video_is_kept_measured_and_played_in_place(trials: Trials) -> None:
    (video,) = trials.media["a video"]

    assert (video.kind, video.media_type) == ("video", "video/mp4")
    assert video.width
    assert video.duration_seconds == pytest.approx(2, abs=0.5)
    assert "<video" in trials.pages["a video"]
    assert trials.files["a video"][1]["content-type"] == "video/mp4"


async def test_a_sound_is_kept_measured_and_played_in_place(trials: Trials) -> None:
    (sound,) = trials.media["a sound"]

    assert sound.kind == "audio"
    assert sound.duration_seconds
    assert "<audio" in trials.pages["a sound"]


async def test_an_unfamiliar_shape_shows_its_json_and_its_files(trials: Trials) -> None:
    page = trials.pages["an odd shape"]

    assert [item.kind for item in trials.media["an odd shape"]] == ["image", "image", "other"]
    assert "RunComfy’s whole answer, as JSON" in page
    assert "The shape of this output is unlike the others." in page
    assert "BIN file" in page


@pytest.mark.parametrize("words", INERT)
async def test_what_may_hold_script_or_cannot_be_shown_is_kept_for_download_alone(
    trials: Trials, words: str
) -> None:
    (item,) = trials.media[words]
    content, headers = trials.files[words]

    assert trials.runs[words].state == "completed"
    assert item.kind == "other"
    assert headers["content-type"] == OPAQUE
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert content
    page = trials.pages[words]
    assert not re.search(rf"<(img|video|iframe|object|embed)[^>]*{item.id}", page)
    assert "It can be downloaded." in page


async def test_an_odd_cost_is_left_out_and_not_called_zero(trials: Trials) -> None:
    assert trials.runs["[odd cost]"].cost_usd is None
    assert "Cost not told" in trials.pages["[odd cost]"]
    assert "$0.00 " not in trials.pages["[odd cost]"]


async def test_a_safety_refusal_advises_a_new_seed(trials: Trials) -> None:
    page = trials.pages["[nsfw]"]

    assert "A new seed often passes" in page
    assert "_seed=new" in page
