"""The files that results link to, the samples, and where input pictures come from."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.simulator.conftest import EDIT, Caller, calling, data_uri

RED = Image.new("RGB", (300, 200), (200, 30, 30))


def mean(picture: Image.Image) -> list[float]:
    return ImageStat.Stat(picture.convert("RGB")).mean


def detail(picture: Image.Image) -> float:
    """How far neighbouring pixels are from each other."""
    edges = picture.convert("L").filter(ImageFilter.FIND_EDGES)
    return ImageStat.Stat(edges).mean[0]


def brightest(grey: Image.Image) -> int:
    return max(level for level, count in enumerate(grey.histogram()) if count)


async def test_the_samples_are_pictures_of_several_shapes(instant: Caller) -> None:
    addresses = (await instant.http.get("/samples")).json()["samples"]
    shapes = set()
    for address in addresses[:3]:
        answer = await instant.http.get(address)
        picture = Image.open(io.BytesIO(answer.content))
        assert answer.headers["content-type"] == "image/jpeg"
        assert min(picture.size) >= 600
        shapes.add(picture.size)

    assert len(addresses) >= 8
    assert len(shapes) > 1
    assert (await instant.http.get("/samples/nothing.jpg")).status_code == 404


async def test_the_size_and_format_asked_for_are_those_of_the_file(instant: Caller) -> None:
    for size, form, expected in (
        ("square", "png", (512, 512)),
        ("portrait_16_9", "jpeg", (576, 1024)),
        ({"width": 320, "height": 200}, "webp", (320, 200)),
        ({"width": 9, "height": 100}, "png", (64, 100)),
    ):
        picture = await instant.picture(prompt="silk", image_size=size, output_format=form)
        assert (picture.size, picture.format) == (expected, form.upper())


async def test_a_rough_picture_is_like_the_fine_one_and_holds_less(
    instant: Caller, tmp_path: Path
) -> None:
    inputs: dict[str, Any] = {"prompt": "silk", "seed": 4, "image_size": "square"}
    fine = await instant.picture(**inputs)
    async with calling(tmp_path, queue_seconds=0, run_seconds=0, rough=True) as sketching:
        rough = await sketching.picture(**inputs)

    assert (rough.size, rough.format) == (fine.size, fine.format)
    pairs = zip(mean(rough), mean(fine), strict=True)
    assert all(abs(one - other) < 12 for one, other in pairs)
    assert detail(rough) < detail(fine) / 2


async def test_without_a_seed_each_run_is_another_and_its_file_stays_the_same(
    instant: Caller,
) -> None:
    inputs: dict[str, Any] = {"prompt": "silk", "image_size": "square", "seed": None}
    one = (await instant.result(await instant.accepted(**inputs)))["output"]["image"]
    other = (await instant.result(await instant.accepted(**inputs)))["output"]["image"]

    bytes_of_one = (await instant.http.get(one)).content

    assert bytes_of_one != (await instant.http.get(other)).content
    assert bytes_of_one == (await instant.http.get(one)).content


async def test_a_file_is_not_there_before_its_time(patient: Caller) -> None:
    request_id = await patient.accepted(prompt="silk")

    assert (await patient.http.get(f"/files/{request_id}/0.png")).status_code == 404


async def test_several_pictures_differ_and_are_paid_for_one_by_one(instant: Caller) -> None:
    request_id = await instant.accepted(
        "simulated/many/text-to-image",
        prompt="silk",
        num_images=3,
        image_size={"width": 128, "height": 96},
    )

    result = await instant.result(request_id)

    files = [(await instant.http.get(link)).content for link in result["output"]["images"]]
    assert len(set(files)) == 3
    assert result["cost"] == 0.03


async def test_a_video_plays_for_two_seconds(instant: Caller) -> None:
    answer = await instant.file("simulated/moving/text-to-video", prompt="sea", seed=1)

    with av.open(io.BytesIO(answer.content), "r") as video:
        stream = video.streams.video[0]
        frames = list(video.decode(stream))
        assert (stream.codec_context.name, len(frames)) == ("h264", 48)
    again = await instant.file("simulated/moving/text-to-video", prompt="sea", seed=1)
    assert answer.headers["content-type"] == "video/mp4"
    assert again.content == answer.content


async def test_a_sound_can_be_heard(instant: Caller) -> None:
    answer = await instant.file("simulated/sound/text-to-audio", prompt="rain")

    with av.open(io.BytesIO(answer.content), "r") as sound:
        assert sound.duration is not None
        assert 2 < sound.duration / 1_000_000 < 5
    assert answer.headers["content-type"] == "audio/wav"


async def test_an_odd_output_hides_its_links_in_an_unfamiliar_shape(instant: Caller) -> None:
    request_id = await instant.accepted("simulated/odd/anything", prompt="silk")

    result = await instant.result(request_id)

    output = result["output"]
    wide = await instant.http.get(output["study"]["views"][0]["file"]["url"])
    report = await instant.http.get(output["report"]["href"])
    assert Image.open(io.BytesIO(wide.content)).size == (640, 360)
    assert report.json()["about"] == "silk"
    assert "cost" not in result


async def test_an_edit_keeps_the_shape_of_its_input_and_changes_its_colours(
    instant: Caller,
) -> None:
    blue = await instant.picture(EDIT, prompt="cobalt blue", image_urls=[data_uri(RED)])
    grey = await instant.picture(EDIT, prompt="black and white", image_urls=[data_uri(RED)])
    sized = await instant.picture(
        EDIT, prompt="night", image_urls=[data_uri(RED)], image_size="square"
    )

    assert (blue.size, blue.format) == ((300, 200), "JPEG")
    assert mean(blue)[2] > mean(blue)[0]
    assert max(mean(grey)) - min(mean(grey)) < 3
    assert sized.size == (512, 512)
    assert sum(mean(sized)) < sum(mean(RED))


async def test_further_inputs_are_seen_in_the_result(instant: Caller) -> None:
    green = data_uri(Image.new("RGB", (90, 90), (0, 255, 0)))
    alone = await instant.picture(EDIT, prompt="warm", image_urls=[data_uri(RED)], seed=1)
    both = await instant.picture(EDIT, prompt="warm", image_urls=[data_uri(RED), green], seed=1)

    assert brightest(ImageChops.difference(alone, both).getchannel("G")) > 150


async def test_data_uris_are_kept_as_files_and_journalled_by_their_hash(
    instant: Caller,
) -> None:
    await instant.accepted(EDIT, prompt="night", image_urls=[data_uri(RED), data_uri(RED)])

    one, other = instant.journal()[0]["inputs"]["image_urls"]
    assert one == other
    kept = instant.folder / "inputs" / one.removeprefix("sha256:")
    assert Image.open(io.BytesIO(kept.read_bytes())).size == (300, 200)


async def test_data_uris_that_hold_no_picture_are_refused(instant: Caller) -> None:
    for uri in ("data:image/png;base64,AAAA", "data:image/png;base64,%%%", "data:image/png"):
        answer = await instant.submit(EDIT, prompt="night", image_urls=[uri])
        assert (answer.status_code, answer.json()["error_code"]) == (422, 422001)


async def test_its_own_addresses_are_worked_on_without_a_caption(instant: Caller) -> None:
    base = str(instant.http.base_url).rstrip("/")
    drawn = (await instant.result(await instant.accepted(prompt="silk", image_size="square")))[
        "output"
    ]["image"]

    of_sample = await instant.picture(
        EDIT, prompt="black and white", image_urls=[f"{base}/samples/dunes.jpg"]
    )
    of_result = await instant.picture(EDIT, prompt="black and white", image_urls=[drawn])

    assert of_sample.size == (768, 1024)
    assert of_result.size == (512, 512)
    for entry in instant.journal():
        assert not list((instant.folder / "inputs").glob(f"{entry['request_id']}*.missing"))


@dataclass
class Elsewhere:
    """A server of the test's own with one picture, `red.png`, and what was asked of it."""

    origin: str
    asked: list[str]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:

    class Quiet(SimpleHTTPRequestHandler):
        def log_request(self, code: object = "-", size: object = "-") -> None:
            asked.append(self.path)

    asked: list[str] = []
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    RED.save(folder / "red.png")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Elsewhere(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_an_origin_that_may_be_fetched_is_fetched(
    tmp_path: Path, elsewhere: Elsewhere
) -> None:
    async with calling(
        tmp_path / "s", queue_seconds=0, run_seconds=0, fetch_origins=[elsewhere.origin]
    ) as caller:
        picture = await caller.picture(
            EDIT, prompt="warm", image_urls=[f"{elsewhere.origin}/red.png"]
        )

    assert picture.size == (300, 200)
    assert elsewhere.asked == ["/red.png"]


async def test_any_other_address_gets_a_stand_in_and_is_not_fetched(
    tmp_path: Path, elsewhere: Elsewhere
) -> None:
    async with calling(
        tmp_path / "s", queue_seconds=0, run_seconds=0, fetch_origins=["http://127.0.0.1:1"]
    ) as caller:
        request_id = await caller.accepted(
            EDIT, prompt="warm", image_urls=[f"{elsewhere.origin}/red.png"]
        )
        link = (await caller.result(request_id))["output"]["image"]
        picture = Image.open(io.BytesIO((await caller.http.get(link)).content))

        reason = (caller.folder / "inputs" / f"{request_id}-0.missing").read_text()
        assert reason == "The simulator fetches nothing from outside."
        assert elsewhere.asked == []
        assert picture.size == (1024, 768)
        # The caption: a dark band along the foot, with light letters on it.
        band = picture.convert("L").crop((0, 700, 1024, 768))
        assert ImageStat.Stat(band).mean[0] < 110
        assert brightest(band) > 220


async def test_an_address_that_cannot_be_had_gets_a_stand_in_too(
    tmp_path: Path, elsewhere: Elsewhere
) -> None:
    async with calling(
        tmp_path / "s", queue_seconds=0, run_seconds=0, fetch_origins=[elsewhere.origin]
    ) as caller:
        request_id = await caller.accepted(
            EDIT, prompt="warm", image_urls=[f"{elsewhere.origin}/nothing.png"]
        )
        link = (await caller.result(request_id))["output"]["image"]

        assert (await caller.http.get(link)).status_code == 200
        reason = (caller.folder / "inputs" / f"{request_id}-0.missing").read_text()
        assert reason == "The address answers with HTTP 404."
