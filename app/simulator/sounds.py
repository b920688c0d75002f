"""Short sounds: a few soft chords."""

import io
import math
import wave
from array import array

from app.simulator.wish import Wish

_RATE = 16_000
_SECONDS_EACH = 0.8
_SCALE = (0, 2, 4, 7, 9)
"""Semitones of the pentatonic scale: any of them sound well together."""


def sound(wish: Wish) -> bytes:
    """Four chords as a WAV file, one channel of 16 bits; same wish, same bytes."""
    random = wish.random()
    root = 196.0 * 2 ** (random.randrange(8) / 12)
    samples = array("h")
    length = int(_RATE * _SECONDS_EACH)
    for _ in range(4):
        steps = random.sample(_SCALE, 3)
        turns = [math.tau * root * 2 ** (step / 12) / _RATE for step in steps]
        for place in range(length):
            # Struck quickly, and dying away before the next.
            strength = min(1.0, place / 300) * (1 - place / length) ** 1.6
            value = sum(math.sin(turn * place) for turn in turns) / len(turns)
            samples.append(round(22_000 * strength * value))
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
    return kept.getvalue()
