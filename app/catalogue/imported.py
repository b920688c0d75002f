"""Models that a person has described: kept until they are forgotten."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.catalogue import queries
from app.catalogue.importing import shipped
from app.catalogue.queries import Model
from app.db.columns import utc_now
from app.db.engine import Database
from app.errors import Conflict
from app.runcomfy.reading import JsonObject


class NotImported(Conflict):
    """Only what a person has imported can be forgotten."""

    code = "not_imported"

    def __init__(self, model: Model) -> None:
        super().__init__(f"“{model.display_name}” was not imported, so it cannot be forgotten.")


@dataclass(frozen=True)
class Import:
    """A model as a person wants it kept. price_usd: per `price_unit`, `output` or `second`."""

    model_id: str
    display_name: str
    description: str
    category: str
    price_usd: Decimal | None
    price_unit: str | None
    input_schema: JsonObject


async def save(database: Database, wanted: Import) -> None:
    """Keep an imported model; the schema it had before stays for the runs made with it."""
    async with database.begin() as tx:
        before = {model.model_id: model for model in await queries.all_models(tx)}.get(
            wanted.model_id
        )
        model = Model(
            model_id=wanted.model_id,
            display_name=wanted.display_name,
            description=wanted.description,
            categories=[wanted.category],
            price_usd=wanted.price_usd,
            price_unit=wanted.price_unit if wanted.price_usd is not None else None,
            pricing_note=None,
            schema_id=queries.schema_id(wanted.model_id, wanted.input_schema),
            input_schema=wanted.input_schema,
            updated_at=utc_now(),
            source="imported",
        )
        if before is not None:
            model = replace(model, listed_at=before.listed_at, pricing_note=before.pricing_note)
        if before is not None and before.listed_at and wanted.price_usd is None:
            model = replace(model, price_usd=before.price_usd, price_unit=before.price_unit)
        await queries.put_model(tx, model)


async def forget(database: Database, model: Model) -> None:
    """Drop what a person imported. A shipped model is as it was shipped again.

    One with runs stays for them, as removed; the catalogue's next reading brings it back if it
    is listed. Raises NotImported.
    """
    if model.source != "imported":
        raise NotImported(model)
    ours = next((one for one in shipped() if one.model_id == model.model_id), None)
    async with database.begin() as tx:
        if ours is not None:
            back = replace(
                ours,
                price_usd=model.price_usd,
                price_unit=model.price_unit,
                listed_at=model.listed_at,
                updated_at=utc_now(),
            )
            await queries.put_model(tx, back)
        elif not await queries.drop_unused(tx, model.model_id):
            gone = replace(model, source="catalogue", removed_at=utc_now(), updated_at=utc_now())
            await queries.put_model(tx, gone)
