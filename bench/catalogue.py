"""The list of models when there are 2,000: CPU time of a search, of the whole page, of the next."""

import asyncio
from pathlib import Path

from app.catalogue.queries import Model, put_models, schema_id
from app.db.columns import utc_now
from app.db.engine import Database, database_url
from app.db.migrate import migrate
from bench import processes
from bench.asking import flood
from bench.figures import Figure
from bench.turns import Target, in_turn

_MODELS = 2000
_CPU_LIMIT_MS = 10
_HEADERS = {"accept-encoding": "gzip"}
_HTMX = {**_HEADERS, "hx-request": "true", "hx-trigger-name": "q"}
_TYPED = ("b", "bal", "ballad", "balald", "text to image", "studio 7", "nothing like it at all")
_SOUNDS = ("bal", "dor", "fen", "gal", "lad", "mir", "nis", "sel", "tor", "win")
_KINDS = ("text-to-image", "image-to-image", "image-to-video", "text-to-video")


def measure() -> list[Figure]:
    """Search as one types, and open the list, over a catalogue of 2,000 models."""
    with (
        processes.folder() as home,
        processes.double(home, files=processes.empty(home), service_seconds=1) as double,
    ):
        asyncio.run(_fill(home / "data"))
        with processes.playground(home, double_port=double) as server:
            page = asyncio.run(flood(server.port, ["/models"], over=1, headers=_HEADERS))[0]
            with processes.floor(home, page=page.body) as (floor_port, floor_process):
                paths = [f"/models?q={typed.replace(' ', '+')}" for typed in _TYPED]
                search = Target(server.port, server.process_id, paths, _HTMX)
                whole = Target(server.port, server.process_id, ["/models"], _HEADERS)
                bare = Target(floor_port, floor_process, ["/page"], _HEADERS)
                in_turn([search, whole, bare], rounds=5, times=140, alone=35)
    return [
        Figure("catalogue of 2,000, a search, CPU", search.cpu, "ms", _CPU_LIMIT_MS, bare.cpu),
        Figure("catalogue of 2,000, a search, p50", search.alone, "ms", None, bare.alone),
        Figure("catalogue of 2,000, the page, CPU", whole.cpu, "ms", _CPU_LIMIT_MS, bare.cpu),
        Figure("catalogue of 2,000, the page, compressed", len(page.body) / 1000, "KB"),
    ]


async def _fill(folder: Path) -> None:
    """Write the models where the playground will find them."""
    folder.mkdir()
    url = database_url("", folder)
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    async with database.begin() as tx:
        await put_models(tx, [_model(number) for number in range(_MODELS)])
    await database.close()


def _model(number: int) -> Model:
    words = [f"{one}{other}" for one in _SOUNDS for other in _SOUNDS]
    lab, name = words[number % 37], f"{words[number % 97]} studio {number}"
    kind = _KINDS[number % len(_KINDS)]
    model_id = f"{lab}/{name.replace(' ', '-')}/{kind}"
    schema = {"type": "object", "properties": {"prompt": {"type": "string"}}}
    return Model(
        model_id=model_id,
        display_name=name.title(),
        description=" ".join(words[number * step % 100] for step in range(1, 40)),
        categories=[kind],
        price_usd=None,
        price_unit=None,
        pricing_note=None,
        schema_id=schema_id(model_id, schema),
        input_schema=schema,
        updated_at=utc_now(),
    )
