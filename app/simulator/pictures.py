"""From words, a seed and a size to a picture's bytes."""

import hashlib
import io
import re
from collections.abc import Callable

from app.simulator import canvas
from app.simulator.canvas import Picture, Size
from app.simulator.finish import finished
from app.simulator.scenes import (
    aurora,
    courtyard,
    dunes,
    flowers,
    mountains,
    product,
    sea,
    silk,
    still_life,
)
from app.simulator.wish import Wish

SIZES: dict[str, Size] = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
SMALLEST, LARGEST = 64, 2048
_ROUGHLY = 8

Scene = Callable[[Wish], Picture]

# The first scene that a word of the prompt names; things before places.
_SCENES: tuple[tuple[Scene, str], ...] = (
    (still_life.draw, "rose vase cup mug teacup bouquet peony peonies jug coffee"),
    (product.draw, "product bottle perfume plinth podium cosmetic cosmetics flask"),
    (courtyard.draw, "courtyard pool arch archway villa casa house patio architecture"),
    (flowers.draw, "flower poppy poppies cosmos cornflower meadow daisy daisies sunflower tulip"),
    (silk.draw, "silk satin fabric cloth fold drapery abstract liquid"),
    (aurora.draw, "aurora northern polar star galaxy fjord"),
    (dunes.draw, "dune desert sahara sand"),
    (mountains.draw, "mountain peak alps alpine ridge valley forest snow summit"),
    (sea.draw, "sea ocean beach coast sunset sunrise dusk dawn water lake wave sun moon"),
)
FORMATS = ("jpeg", "png", "webp")
_MEDIA_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def size_of(asked: object, otherwise: Size = SIZES["landscape_4_3"]) -> Size:
    """Pixels of a size as it stands in a request: a name, or `{"width": w, "height": h}`.

    A ratio such as `16:9` is a size of that shape. A size too large or too small is held to
    what can be drawn; `auto` and anything unknown is `otherwise`.
    """
    if isinstance(asked, str):
        return SIZES.get(asked) or _of_ratio(asked) or otherwise
    if isinstance(asked, dict):
        sides = [asked.get("width"), asked.get("height")]
        numbers = [side for side in sides if isinstance(side, int | float) and side == side]
        if len(numbers) == 2:
            wide, high = (int(min(LARGEST, max(SMALLEST, number))) for number in numbers)
            return wide, high
    return otherwise


def _of_ratio(asked: str) -> Size | None:
    found = re.fullmatch(r"([1-9][0-9]?):([1-9][0-9]?)", asked)
    if found is None:
        return None
    wide, high = int(found[1]), int(found[2])
    scale = 1024 / max(wide, high)
    return max(SMALLEST, round(wide * scale)), max(SMALLEST, round(high * scale))


def draw(wish: Wish, *, rough: bool = False) -> Picture:
    """The picture of a wish: same wish, same pixels.

    rough: drawn small and enlarged, at a fraction of the work.
    """
    if rough:
        wide, high = (max(SMALLEST, side // _ROUGHLY) for side in wish.size)
        return draw(wish.sized((wide, high))).resize(wish.size, canvas.BICUBIC)
    return finished(scene_of(wish)(wish), wish)


def scene_of(wish: Wish) -> Scene:
    """What the words call for; words that call for nothing get a scene by their hash."""
    for scene, named in _SCENES:
        if wish.names(*named.split()):
            return scene
    digest = hashlib.sha256(wish.prompt.encode(errors="surrogatepass")).digest()
    return _SCENES[digest[0] % len(_SCENES)][0]


def encode(picture: Picture, output_format: str) -> bytes:
    """The picture as `jpeg`, `png` or `webp`."""
    kept = io.BytesIO()
    if output_format == "jpeg":
        picture.save(kept, "JPEG", quality=90, subsampling=0)
    elif output_format == "webp":
        picture.save(kept, "WEBP", quality=88, method=2)
    else:
        # Grain does not compress: a higher level costs time and saves a hundredth.
        picture.save(kept, "PNG", compress_level=1)
    return kept.getvalue()


def media_type(output_format: str) -> str:
    return _MEDIA_TYPES[output_format]


SAMPLES: dict[str, Wish] = {
    "roses": Wish("yellow-orange roses in a white vase, a yellow cup", (1024, 768), 1),
    "dusk": Wish("sea at dusk", (1152, 648), 1),
    "dunes": Wish("golden dunes", (768, 1024), 1),
    "peaks": Wish("violet mountain peaks at dawn", (1024, 768), 8),
    "aurora": Wish("aurora over a lake", (1152, 648), 5),
    "silk": Wish("cobalt silk", (1024, 1024), 3),
    "courtyard": Wish("pink courtyard with a pool", (768, 1024), 2),
    "bottle": Wish("a product on a plinth", (1024, 1024), 1),
    "poppies": Wish("a meadow of poppies", (1152, 768), 5),
}


def sample(name: str) -> bytes:
    """One of the samples as JPEG; KeyError when there is none of this name."""
    return encode(draw(SAMPLES[name]), "jpeg")
