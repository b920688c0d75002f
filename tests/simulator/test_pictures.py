"""What is drawn: the same for the same wish, and different where the wish differs."""

import hashlib
import subprocess
import sys

import pytest
from PIL import ImageChops, ImageStat

from app.simulator import colours, pictures
from app.simulator.canvas import Picture
from app.simulator.wish import Wish

SMALL = (192, 144)
SCENES = ["roses", "product", "courtyard", "flowers", "silk", "aurora", "dunes", "mountains", "sea"]


def drawn(prompt: str, seed: int = 1, guidance: float = 2.5) -> Picture:
    return pictures.draw(Wish(prompt, SMALL, seed, guidance))


def distance(one: Picture, other: Picture) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_the_same_for_the_same_words_and_seed_only(scene: str) -> None:
    picture = drawn(scene)

    assert picture.tobytes() == drawn(scene).tobytes()
    assert distance(picture, drawn(scene, seed=2)) > 3
    # Something is drawn: light and dark are far apart.
    assert ImageStat.Stat(picture.convert("L")).stddev[0] > 12


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", [(64, 2048), (2048, 64)])
def test_a_scene_can_be_drawn_in_the_most_extreme_sizes(scene: str, size: tuple[int, int]) -> None:
    assert pictures.draw(Wish(scene, size, 3)).size == size


def test_another_process_draws_the_same_bytes() -> None:
    script = (
        "import hashlib; from app.simulator import pictures; from app.simulator.wish import Wish;"
        f"data = pictures.encode(pictures.draw(Wish('roses', {SMALL}, 7)), 'jpeg');"
        "print(hashlib.sha256(data).hexdigest())"
    )

    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )

    here = pictures.encode(pictures.draw(Wish("roses", SMALL, 7)), "jpeg")
    assert told.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_each_word_calls_its_own_scene() -> None:
    called = [pictures.scene_of(Wish(scene, SMALL)) for scene in SCENES]

    assert len(set(called)) == len(SCENES)
    # Words are compared whole: teal is no tea, a season no sea.
    assert pictures.scene_of(Wish("teal peaks", SMALL)) is called[SCENES.index("mountains")]


def test_guidance_changes_contrast_and_colour() -> None:
    pale, plain, loud = (drawn("poppies", guidance=value) for value in (0, 2.5, 20))

    strength = [
        ImageStat.Stat(picture.convert("HSV").getchannel("S")).mean[0]
        for picture in (pale, plain, loud)
    ]
    assert strength[0] < strength[1] < strength[2]
    assert distance(pale, loud) > 40


def test_a_colour_in_the_prompt_is_seen() -> None:
    red, _, blue = ImageStat.Stat(drawn("cobalt blue silk")).mean
    assert blue > red * 1.5
    red, _, blue = ImageStat.Stat(drawn("crimson silk")).mean
    assert red > blue * 1.5


def test_colours_belong_to_the_things_they_stand_before() -> None:
    prompt = "Yellow-orange garden roses on a black cloth. A cobalt blue cup, the wall is plain"

    assert colours.of(prompt, "roses") == colours.mix(
        colours.NAMED["yellow"], colours.NAMED["orange"], 0.5
    )
    assert colours.of(prompt, "cloth") == colours.NAMED["black"]
    assert colours.of(prompt, "wall") is None
    assert colours.of(prompt, "vase") is None


def test_any_text_can_be_drawn() -> None:
    for prompt in ("", "🦁" * 100, "\ud800", "ورد", "x" * 100_000):
        assert drawn(prompt).size == SMALL


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ("square_hd", (1024, 1024)),
        ("portrait_4_3", (768, 1024)),
        ("auto", (1024, 768)),
        (None, (1024, 768)),
        ({"width": 10**30, "height": 1}, (2048, 64)),
        ({"width": 640.9, "height": 480}, (640, 480)),
        ({"width": "640"}, (1024, 768)),
    ],
)
def test_sizes_are_held_to_what_can_be_drawn(asked: object, size: tuple[int, int]) -> None:
    assert pictures.size_of(asked) == size
