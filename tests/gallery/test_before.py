"""An edit's result and the picture that it was made from."""

from pathlib import Path

from app.media.queries import of_run
from tests.media.samples import plain_picture
from tests.media.test_uploads import given
from tests.support.playground import EDIT, FLASH, Playground


async def result_of(play: Playground, model_id: str, **values: str) -> str:
    """The lightbox of what one run has made."""
    run = await play.until(await play.run(model_id, **values))
    assert run.state == "completed", run.words
    async with play.services.database.read() as tx:
        [made] = await of_run(tx, run.id)
    return f"/gallery/{made.id}"


async def test_a_result_is_laid_over_the_picture_it_was_made_from(
    shared: Playground, tmp_path: Path
) -> None:
    [one] = await given(shared, plain_picture(tmp_path / "roses.png"))
    lightbox = await result_of(shared, EDIT, prompt="over", image_urls=one["reference"])

    alone = await shared.page(lightbox)
    beside = await shared.page(f"{lightbox}?beside=input")

    assert f'href="{lightbox}?beside=input"' in alone
    assert "data-ab" not in alone
    assert f'src="/media/{one["id"]}/sent"' in beside
    assert 'alt="A, before: roses.png"' in beside
    assert 'type="range"' in beside
    assert "Result alone" in beside


async def test_a_picture_elsewhere_is_never_shown_from_there(shared: Playground) -> None:
    sample = (await shared.services.runcomfy.samples())[0]
    lightbox = await result_of(shared, EDIT, prompt="elsewhere", image_urls=sample)

    page = await shared.page(f"{lightbox}?beside=input")

    assert "is not kept here, so there is no before and after" in page
    assert "beside=input" not in page
    assert f'src="{sample}"' not in page


async def test_what_was_made_of_words_alone_has_no_before(shared: Playground) -> None:
    page = await shared.page(await result_of(shared, FLASH, prompt="words alone"))

    assert "beside=input" not in page
    assert "before and after" not in page
