"""A model as its card shows it to one person."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.catalogue.queries import Made, Model
from app.catalogue.usage import Mine, Recent, Usage

Draw = Callable[..., Markup]
_CARDS_KEPT = 5_000


@dataclass(frozen=True)
class Card:
    """made: what the person made last with it. usual: seconds it mostly takes here, from and to."""

    model: Model
    news: str | None
    made: Made | None
    usual: tuple[float, float] | None
    used: bool
    pinned: bool


def cards_of(
    models: Iterable[Model], now: datetime, usage: Usage, mine: Mine, pinned: Collection[str]
) -> list[Card]:
    """The cards of some models, in their order."""
    return [
        Card(
            model,
            model.news(now),
            mine.faces.get(model.model_id),
            usage.usual.get(model.model_id),
            model.model_id in usage.times,
            model.model_id in pinned,
        )
        for model in models
    ]


class ReadyCards:
    """Cards as they were last drawn, right until the shelf or something on them changes."""

    def __init__(self) -> None:
        self._version = 0
        self._drawn: dict[object, Markup] = {}

    def drawn(self, cards: Iterable[Card], version: int, draw: Draw) -> list[Markup]:
        """The markup of some cards. version: of the shelf that they are from."""
        if version != self._version or len(self._drawn) > _CARDS_KEPT:
            self._drawn.clear()
            self._version = version
        return [self._one(card, draw) for card in cards]

    def _one(self, card: Card, draw: Draw) -> Markup:
        made = card.made and card.made.media_id
        about = (card.model.model_id, card.news, made, card.usual, card.used, card.pinned)
        markup = self._drawn.get(about)
        if markup is None:
            markup = self._drawn[about] = draw("catalogue/_model.html", card=card)
        return markup


def known_recents(find: Callable[[str], Model | None], mine: Mine) -> list[tuple[Recent, Model]]:
    """What the person used last, each with its model, unless that has been forgotten since."""
    found = [(recent, find(recent.made.model_id)) for recent in mine.recents]
    return [(recent, model) for recent, model in found if model is not None]
