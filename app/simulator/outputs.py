"""What a request yields: its files, the JSON around them, and the drawing of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.simulator import colours, edits, models, moving, pictures, sounds
from app.simulator.canvas import Picture
from app.simulator.ledger import Accepted
from app.simulator.models import JsonObject
from app.simulator.wish import Wish

_VIDEO, _AUDIO = "video/mp4", "audio/wav"


@dataclass(frozen=True)
class Given:
    """An input picture as it is used: its pixels, or a stand-in with the reason for it."""

    picture: Picture
    address: str = ""
    instead_because: str = ""


def names(request: Accepted) -> list[str]:
    """The file names of a request's output, in order."""
    plays, inputs = _plays(request), request.inputs
    if plays == "images":
        return [f"{place}.png" for place in range(inputs.get("num_images") or 4)]
    if plays == "video":
        return ["0.mp4"]
    if plays == "audio":
        return ["0.wav"]
    if plays == "odd":
        return ["0.png", "1.jpeg", "2.json"]
    return [f"0.{_format(request)}"]


def _plays(request: Accepted) -> str:
    model = models.found(request.model_id)
    return "image" if model is None else str(model["plays"])


def _format(request: Accepted) -> str:
    asked = request.inputs.get("output_format")
    return asked if isinstance(asked, str) else "jpeg" if _plays(request) == "edit" else "png"


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
    return {plays if plays in ("video", "audio") else "image": links[0]}


def draw(request: Accepted, name: str, given: Sequence[Given]) -> tuple[bytes, str]:
    """The bytes of one file and its media type; the same each time.

    given: the input pictures, for an edit.
    """
    plays = _plays(request)
    wish = _wish(request)
    if plays == "video":
        ratio = request.inputs.get("aspect_ratio") or "16:9"
        return moving.video(
            wish.sized(moving.SIZES[ratio]), request.inputs.get("duration") or 2
        ), _VIDEO
    if plays == "audio":
        return sounds.sound(wish), _AUDIO
    if plays == "odd":
        return _odd(wish, name)
    asked = request.inputs.get("image_size")
    if plays == "edit" and given:
        picture = _edit(wish, asked, given)
    else:
        usual = pictures.SIZES["square" if plays == "images" else "landscape_4_3"]
        # Each of several pictures has a seed of its own, counted up from the first.
        place = int(name.partition(".")[0])
        wish = replace(wish, seed=wish.seed + place)
        picture = pictures.draw(wish.sized(pictures.size_of(asked, usual)))
    form = name.rpartition(".")[2]
    return pictures.encode(picture, form), pictures.media_type(form)


def _wish(request: Accepted) -> Wish:
    guidance = request.inputs.get("guidance_scale")
    return Wish(
        str(request.inputs.get("prompt", "")),
        pictures.SIZES["landscape_4_3"],
        request.seed,
        2.5 if guidance is None else float(guidance),
    )


def _edit(wish: Wish, asked: object, given: Sequence[Given]) -> Picture:
    size = None if asked in (None, "auto") else pictures.size_of(asked)
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
