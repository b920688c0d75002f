"""The models at hand: read from the database once, each form made once."""

from difflib import get_close_matches

from app.catalogue import queries
from app.catalogue.queries import Model
from app.db.engine import Database
from app.errors import NotFound
from app.inputs.fields import make_form
from app.inputs.form import Form


class NoSuchModel(NotFound):
    """Nobody has described a model of this id; `near` are ids spelt alike."""

    code = "no_such_model"

    def __init__(self, model_id: str, near: list[Model]) -> None:
        self.model_id = model_id
        self.near = near
        super().__init__(f"There is no model “{model_id[:200]}” here.")


class Shelf:
    """The models of one database, in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._models: dict[str, Model] = {}
        self._forms: dict[str, Form] = {}
        self.version = 0

    async def load(self) -> None:
        """Read what the database has; called at the start and after each change."""
        async with self._database.read() as tx:
            found = await queries.all_models(tx)
        self._models = {model.model_id: model for model in found}
        self.version += 1

    def all(self) -> list[Model]:
        """Every model, by name."""
        return list(self._models.values())

    def find(self, model_id: str) -> Model | None:
        """One model, or None."""
        return self._models.get(model_id)

    def get(self, model_id: str) -> Model:
        """One model. Raises NoSuchModel."""
        model = self._models.get(model_id)
        if model is None:
            close = get_close_matches(model_id, self._models, n=5, cutoff=0.4)
            raise NoSuchModel(model_id, [self._models[near] for near in close])
        return model

    def form(self, model: Model) -> Form:
        """The model's form as its schema in force has it."""
        form = self._forms.get(model.schema_id)
        if form is None:
            form = self._forms[model.schema_id] = make_form(model.input_schema)
        return form

    async def form_of(self, schema_id: str) -> Form:
        """The form of one version of a schema, such as an old run was made with."""
        form = self._forms.get(schema_id)
        if form is None:
            async with self._database.read() as tx:
                schema = await queries.input_schema(tx, schema_id)
            form = self._forms[schema_id] = make_form(schema or {})
        return form
