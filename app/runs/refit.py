"""An earlier run's settings in today's form, or in the form as the run had it."""

from dataclasses import dataclass, replace

from app.catalogue import queries
from app.catalogue.queries import Model, SchemaVersion
from app.errors import NotFound
from app.inputs.changes import Change, changes
from app.inputs.fit import Fitted, fit
from app.inputs.form import Form
from app.inputs.schema import JsonObject
from app.runs.queries import Run
from app.runs.services import Services


@dataclass(frozen=True)
class Changed:
    """What has become of a run's settings since its model changed, and what changed in the model.

    version: the schema that the run was made with.
    """

    model: Model
    run: Run
    version: SchemaVersion
    fitted: Fitted
    changes: list[Change]

    @property
    def is_of_another(self) -> bool:
        """Whether the run was made with another model altogether."""
        return self.run.model_id != self.model.model_id

    @property
    def to_look_at(self) -> int:
        """How many values of the run do not stand as they were."""
        return self.fitted.of_the_run - self.fitted.as_it_was


async def form_asked(
    services: Services, model: Model, schema_id: str | None
) -> tuple[Model, Form, SchemaVersion | None]:
    """The model as one version of its schema has it; without an id, as it is today.

    Raises NotFound for a version of another model, or of none.
    """
    if not schema_id or schema_id == model.schema_id:
        return model, services.shelf.form(model), None
    version = await _version(services, schema_id)
    if version is None or version.model_id != model.model_id:
        raise NotFound("This version of the model’s inputs is not known here.")
    earlier = replace(model, schema_id=schema_id, input_schema=version.input_schema)
    return earlier, await services.shelf.form_of(schema_id), version


async def refitted(
    services: Services, model: Model, run: Run, inputs: JsonObject
) -> Changed | None:
    """A run's inputs fitted to today's schema; None when it was made with this very one."""
    if run.schema_id == model.schema_id:
        return None
    version = await _version(services, run.schema_id)
    if version is None:
        return None
    new, old = services.shelf.form(model), await services.shelf.form_of(run.schema_id)
    fitted = fit(old, new, inputs, services.loopback_origin)
    return Changed(model, run, version, fitted, changes(old, new))


async def _version(services: Services, schema_id: str) -> SchemaVersion | None:
    async with services.database.read() as tx:
        return await queries.schema_version(tx, schema_id)
