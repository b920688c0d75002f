"""Folds of silk, very near."""

from app.simulator import canvas, colours
from app.simulator.canvas import BICUBIC, Picture, clamped, compute, most, wave
from app.simulator.colours import Colour
from app.simulator.wish import Wish

_CLOTHS: tuple[Colour, ...] = (
    (16, 132, 88),
    (34, 40, 190),
    (226, 128, 20),
    (206, 196, 198),
    (188, 26, 58),
    (112, 60, 170),
)


def draw(wish: Wish) -> Picture:
    random = wish.random()
    chosen = random.choice(_CLOTHS)
    cloth = chosen if wish.colour is None else colours.mix(chosen, wish.colour, wish.literalness)
    width, height = wish.size
    # Folds are soft everywhere: half the size is enough, and a quarter of the work.
    # The rim where the slopes are unknown is cut off at the end.
    half = (max(32, width // 2) + 4, max(32, height // 2) + 4)
    long = max(half)
    x = canvas.row([(i - half[0] / 2) / long for i in range(half[0])], half)
    y = canvas.column([(i - half[1] / 2) / long for i in range(half[1])], half)

    cells = (3.6 * half[0] / long, 3.6 * half[1] / long)
    drift = canvas.noise(random, half, cells)
    bend = canvas.noise(random, half, (cells[0] * 1.6, cells[1] * 1.6))
    across, along = random.uniform(-1.3, 1.3), random.choice((-1, 1)) * random.uniform(0.6, 1.3)
    phase = compute(
        lambda x, y, d, b: x * across + y * along + d * 1.25 + b * 0.3, x, y, drift, bend
    )
    relief = compute(
        lambda p, d: wave(p) + wave(p * 2.0 + d * 0.35) * 0.24 + wave(p * 3.0 - d) * 0.07,
        phase,
        drift,
    )

    steep = long * 0.026
    right = canvas.slope(relief, 1, 0)
    below = canvas.slope(relief, 0, 1)
    facing = compute(
        lambda r, b: 1.0 / (1.0 + (r * r + b * b) * (steep * steep)) ** 0.5, right, below
    )
    # Light from the upper left, before the cloth: L = (-0.5, -0.55, 0.67).
    lit = compute(
        lambda r, b, f: most((r * steep * 0.5 + b * steep * 0.55 + 0.67) * f, 0.0),
        right,
        below,
        facing,
    )
    body = compute(lambda l, h: clamped(l * 0.78 + h * 0.13 + 0.03), lit, relief)  # noqa: E741
    picture = canvas.ramp(
        body,
        [
            (0, colours.darker(cloth, 0.86)),
            (0.38, colours.darker(cloth, 0.45)),
            (0.72, cloth),
            (1, colours.lighter(cloth, 0.45)),
        ],
    )
    sheen = compute(lambda l: clamped((l - 0.62) * 2.7) ** 5.0 * 0.85, lit)  # noqa: E741
    picture = canvas.shine(picture, colours.lighter(cloth, 0.8), sheen)
    # The turned edge catches a little of the room.
    rim = compute(lambda f: clamped(0.62 - f) * 0.5, facing)
    return canvas.shine(picture, colours.lighter(cloth, 0.3), rim).resize(
        wish.size, BICUBIC, box=(2, 2, half[0] - 2, half[1] - 2)
    )
