"""Sample pictures: each is there, and a model always has the same one."""

import pytest

from app.catalogue import samples
from app.web.assets import Assets
from tests.support.playground import EDIT, FLASH


def test_every_sample_shown_is_served() -> None:
    assets = Assets()

    for name, *_ in samples.SHOWN:
        assert assets.url(f"samples/{name}")


@pytest.mark.parametrize("model_id", [FLASH, EDIT, "some/model", "other/model", ""])
def test_a_model_s_face_is_served_and_stays_the_same(model_id: str) -> None:
    face = samples.face(model_id)

    assert Assets().url(f"samples/{face}")
    assert samples.face(model_id) == face
