"""Pictures for the double to hand out, drawn so that they compress like photographs."""

import random
from pathlib import Path

from PIL import Image


def make_pictures(
    folder: Path, *, count: int, width: int, height: int, suffix: str = "png", grain: float = 8
) -> Path:
    """Write so many different pictures into a new folder; `grain` is the noise in each."""
    folder.mkdir()
    for number in range(count):
        picture = draw(width, height, seed=number, grain=grain)
        picture.save(folder / f"{number:02d}.{suffix}")
    return folder


def draw(width: int, height: int, *, seed: int, grain: float) -> Image.Image:
    """Soft patches of colour under a little noise."""
    dice = random.Random(seed)
    patches = Image.frombytes("RGB", (8, 6), dice.randbytes(8 * 6 * 3))
    soft = patches.resize((width, height), Image.Resampling.BICUBIC)
    noise = Image.effect_noise((width, height), grain).convert("RGB")
    return Image.blend(soft, noise, 0.5)
