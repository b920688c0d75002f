"""The models at hand: read from the database once, each form made once."""

from datetime import datetime
from difflib import get_close_matches

from app.catalogue import queries
from app.catalogue.cards import ReadyCards
from app.catalogue.listing import Listed
from app.catalogue.queries import Model
from app.catalogue.usage import Usages
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

    def __init__(self, database: Database, host: str = "") -> None:
        """host: where the RunComfy is whose catalogue these are kept in step with."""
        self.host = host
        self.usages = Usages(database)
        self.cards = ReadyCards()
        self._database = database
        self._models: dict[str, Model] = {}
        self._forms: dict[str, Form] = {}
        self._listed: Listed | None = None
        self.version = 0
        # When the catalogue was last read whole, and why it could not be read since.
        self.synced_at: datetime | None = None
        self.trouble: str | None = None

    async def load(self) -> None:
        """Read what the database has; called at the start and after each change."""
        async with self._database.read() as tx:
            found = await queries.all_models(tx)
            self.synced_at = (await queries.catalogue(tx, self.host)).synced_at
        models = {model.model_id: model for model in found}
        if models != self._models:
            self._models = models
            self._listed = None
            self.version += 1

    @property
    def listed(self) -> Listed:
        """The models made ready for searching; done when it is first asked for."""
        if self._listed is None:
            self._listed = Listed(self.all())
        return self._listed

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
            raise NoSuchModel(model_id, self._near(model_id))
        return model

    def _near(self, model_id: str) -> list[Model]:
        offered = [model.model_id for model in self.all() if model.removed_at is None]
        close = get_close_matches(model_id, offered, n=5, cutoff=0.4)
        return [self._models[near] for near in close]

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
