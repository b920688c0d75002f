"""All models made ready for the list: searched, narrowed, put in order; pure."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime
from functools import cached_property
from typing import Any

from app.catalogue.kinds import makes, takes
from app.catalogue.queries import Model
from app.catalogue.search import Index, Scores
from app.catalogue.usage import Usage
from app.catalogue.wanted import Wanted


class Listed:
    """The models of one version of the shelf, and what of them is worked out once."""

    def __init__(self, models: list[Model]) -> None:
        self.models = models
        self.offered = [model for model in models if model.removed_at is None]
        # What to begin with: those that everything starts from, then the others by name.
        self.beginnings = sorted(self.offered, key=lambda model: model.source != "shipped")
        self.kinds = Counter(
            kind for model in self.offered for kind in dict.fromkeys(model.categories)
        )
        self._known = {model.model_id: model for model in models}
        self._places = {model.model_id: place for place, model in enumerate(models)}
        self._told = [
            model for model in models if model.new_at or model.changed_at or model.removed_at
        ]

    def news(self, now: datetime) -> Counter[str]:
        """How many models are new, changed and removed at present."""
        return Counter(filter(None, (model.news(now) for model in self._told)))

    def find(
        self, wanted: Wanted, now: datetime, usage: Usage, pinned: Collection[str]
    ) -> list[Model]:
        """The models that are wanted, in the order that is."""
        scores = self._index.search(wanted.q) if wanted.q else None
        found = self.models if wanted.show else self.offered
        if scores is not None:
            found = [model for model in found if model.model_id in scores]
        for fits in self._tests(wanted, now, pinned):
            found = [model for model in found if fits(model)]
        return sorted(found, key=self._order(wanted, usage, pinned, scores))

    def near(self, text: str, *, limit: int = 5) -> list[Model]:
        """The offered models whose names are spelt most like a text."""
        near = [self._known[one] for one in self._index.near(text, limit=2 * limit)]
        return [model for model in near if model.removed_at is None][:limit]

    @cached_property
    def _index(self) -> Index:
        return Index(self.models)

    @cached_property
    def _takes(self) -> dict[str, frozenset[str]]:
        return {model.model_id: takes(model) for model in self.models}

    @cached_property
    def _makes(self) -> dict[str, frozenset[str]]:
        return {model.model_id: makes(model) for model in self.models}

    def _tests(
        self, wanted: Wanted, now: datetime, pinned: Collection[str]
    ) -> list[Callable[[Model], bool]]:
        """What each model that is shown has to pass."""
        tests: list[Callable[[Model], bool]] = []
        if wanted.show == "pinned":
            tests.append(lambda model: model.model_id in pinned)
        elif wanted.show:
            tests.append(lambda model: model.news(now) == wanted.show)
        if wanted.kind:
            tests.append(lambda model: wanted.kind in model.categories)
        if wanted.takes:
            tests.append(lambda model: wanted.takes in self._takes[model.model_id])
        if wanted.makes:
            tests.append(lambda model: wanted.makes in self._makes[model.model_id])
        if wanted.price:
            most = wanted.most_usd
            tests.append(
                lambda model: (
                    model.price_usd is not None and (most is None or model.price_usd <= most)
                )
            )
        return tests

    def _order(
        self, wanted: Wanted, usage: Usage, pinned: Collection[str], scores: Scores | None
    ) -> Callable[[Model], Any]:
        """What the list is sorted by; what is not known comes last, and names decide the rest."""
        places = self._places

        def by_price(model: Model) -> Any:
            return model.price_usd is None, model.price_usd or 0, places[model.model_id]

        def by_seconds(model: Model) -> Any:
            usual = usage.usual.get(model.model_id)
            return usual is None, sum(usual or ()), places[model.model_id]

        def by_use(model: Model) -> Any:
            one = model.model_id
            score = 0 if scores is None else -scores[one]
            # Until anything was made here, those that everything starts from come first.
            later = model.source != "shipped"
            return score, one not in pinned, -usage.times.get(one, 0), later, places[one]

        def by_name(model: Model) -> Any:
            return places[model.model_id]

        named = {"cheapest": by_price, "fastest": by_seconds, "name": by_name}
        return named.get(wanted.sort, by_use)
