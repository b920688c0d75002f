"""Pages are found again as they were left."""

from tests.support.playground import Playground

MANY_INPUTS = "paperlantern/invitation/text-to-image"


async def test_more_settings_open_as_the_person_left_them(shared: Playground) -> None:
    path = f"/models/{MANY_INPUTS}"
    before = await shared.page(path)

    answer = await shared.client.post("/remembered", data={"more_settings": "open"})
    opened = await shared.page(path)
    await shared.client.post("/remembered", data={"more_settings": ""})
    closed = await shared.page(path)

    assert answer.status_code == 204
    assert '<details class="more" data-more' in before
    assert '<details class="more" open data-more' in opened
    assert '<details class="more" data-more' in closed
