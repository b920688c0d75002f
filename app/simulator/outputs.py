"""What a request yields: its files, the JSON around them, and the drawing of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.simulator import asked, colours, edits, moving, pictures, sounds
from app.simulator.canvas import Picture, Size
from app.simulator.ledger import Accepted
from app.simulator.models import JsonObject
from app.simulator.wish import Wish

_VIDEO, _AUDIO = "video/mp4", "audio/wav"
_LONGEST_SECONDS = 6.0


@dataclass(frozen=True)
class Given:
    """An input picture as it is used: its pixels, or a stand-in with the reason for it."""

    picture: Picture
    address: str = ""
    instead_because: str = ""


def names(request: Accepted) -> list[str]:
    """The file names of a request's output, in order."""
    plays = _plays(request)
    if plays == "images":
        count = asked.count(request.model, request.inputs)
        return [f"{place}.{_format(request)}" for place in range(count)]
    if plays == "video":
        return ["0.mp4"]
    if plays == "audio":
        return ["0.wav"]
    if plays == "odd":
        return ["0.png", "1.jpeg", "2.json"]
    if plays == "text":
        return ["0.txt"]
    if plays == "several":
        return ["0.mp4", "1.wav", "2.png"]
    return [f"0.{_format(request)}"]


def _plays(request: Accepted) -> str:
    return str(request.model.get("plays", "image"))


def _format(request: Accepted) -> str:
    form = asked.value(request.model, request.inputs, "output_format", "outputFormat", "format")
    form = {"jpg": "jpeg"}.get(str(form).lower(), str(form).lower())
    if form in pictures.FORMATS:
        return form
    return "jpeg" if _plays(request) == "edit" else "png"


def output(request: Accepted, links: Sequence[str]) -> JsonObject:
    """The `output` of a result; `links` are the addresses of its files."""
    plays = _plays(request)
    if plays == "images":
        return {"images": list(links)}
    if plays == "odd":
        return {
            "study": {
                "about": request.inputs.get("prompt"),
                "views": [
                    {"label": "wide", "file": {"url": links[0], "width": 640, "height": 360}},
                    {"label": "detail", "file": {"url": links[1], "width": 512, "height": 512}},
                ],
                "palette": ["#" + bytes(hue).hex() for hue in list(colours.NAMED.values())[:3]],
            },
            "report": {"href": links[2]},
            "notes": ["The shape of this output is unlike the others.", None],
            "score": 0.87,
        }
    if plays == "text":
        return {"text": _described(request), "file": links[0]}
    if plays == "several":
        return {"video": links[0], "audio": links[1], "images": [links[2]]}
    return {plays if plays in ("video", "audio") else "image": links[0]}


def _described(request: Accepted) -> str:
    seen = len(request.inputs)
    return f"A description that the simulator made up. It was given {seen} inputs: " + ", ".join(
        sorted(request.inputs)
    )


def draw(
    request: Accepted, name: str, given: Sequence[Given], *, rough: bool = False
) -> tuple[bytes, str]:
    """The bytes of one file and its media type; the same each time.

    given: the input pictures, for what starts from one. rough: as `pictures.draw` has it.
    """
    plays = _plays(request)
    wish = _wish(request)
    number, _, form = name.partition(".")
    if form == "mp4":
        seconds = asked.seconds(request.model, request.inputs)
        over = next((one.picture for one in given if not one.instead_because), None)
        return moving.video(wish.sized(_moving_size(request)), _shown(seconds), over), _VIDEO
    if form == "wav":
        return sounds.sound(wish), _AUDIO
    if form == "txt":
        return _described(request).encode(), "text/plain; charset=utf-8"
    if plays == "odd":
        return _odd(wish, name)
    size = asked.size(request.model, request.inputs)
    if plays == "edit" and given:
        picture = _edit(wish, size, given)
        picture = edits.widened(picture, wish, asked.margins(request.model, request.inputs))
    else:
        usual = pictures.SIZES["square" if plays == "images" else "landscape_4_3"]
        # Each of several pictures has a seed of its own, counted up from the first.
        wish = replace(wish, seed=wish.seed + int(number))
        picture = pictures.draw(wish.sized(pictures.size_of(size, usual)), rough=rough)
    return pictures.encode(picture, form), pictures.media_type(form)


def _wish(request: Accepted) -> Wish:
    return Wish(
        request.words,
        pictures.SIZES["landscape_4_3"],
        request.seed,
        asked.guidance(request.model, request.inputs),
    )


def _moving_size(request: Accepted) -> Size:
    ratio = asked.value(request.model, request.inputs, "aspect_ratio", "aspectRatio", "ratio")
    return moving.SIZES.get(str(ratio), moving.SIZES["16:9"])


def _shown(seconds: float) -> int:
    """How long a video really is: each second of it costs this machine some work."""
    return round(min(_LONGEST_SECONDS, max(1.0, seconds)))


def _edit(wish: Wish, wanted: object, given: Sequence[Given]) -> Picture:
    size = None if wanted in (None, "auto") else pictures.size_of(wanted)
    picture = edits.edited(wish, [one.picture for one in given], size)
    missing = [one for one in given if one.instead_because]
    if not missing:
        return picture
    # On the result, where no change of its colours can hide it.
    return edits.stand_in(
        picture,
        [missing[0].instead_because, *(one.address for one in missing[:3])],
    )


def _odd(wish: Wish, name: str) -> tuple[bytes, str]:
    if name == "2.json":
        about = {"about": wish.prompt, "seed": wish.seed, "measured": [0.25, 0.5, 1]}
        return json.dumps(about, indent=1).encode(), "application/json"
    size, form = ((640, 360), "png") if name == "0.png" else ((512, 512), "jpeg")
    return pictures.encode(pictures.draw(wish.sized(size)), form), pictures.media_type(form)
