"""Search as one types: words, beginnings of words, and words spelt almost so; pure."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import WRatio

from app.catalogue.queries import Model, in_words
from app.web.searching import plain

_MOST_WORDS = 12
_LONGEST_WORD = 40
# Where a word stands says how much it tells of the model.
_IN_NAME, _IN_ID, _IN_CATEGORY, _IN_DESCRIPTION = 8.0, 6.0, 4.0, 1.0
_WHOLE, _BEGINS, _WITHIN, _ALMOST = 1.0, 0.8, 0.4, 0.3
_STARTS_WITH_IT = 100.0
_NEAR_ENOUGH = 55.0

Scores = dict[str, float]


class Index:
    """Every word of every model, and where it stands."""

    def __init__(self, models: Iterable[Model]) -> None:
        self._names: dict[str, str] = {}
        self._standing: dict[str, Scores] = defaultdict(dict)
        starts: list[tuple[str, str]] = []
        for model in models:
            name, model_id = plain(model.display_name), plain(model.model_id)
            # “flux2” finds FLUX.2, and the last part of an id is a beginning too.
            parts = {name, model_id, _squashed(name), *model_id.split("/")[1:]}
            starts += [(part, model.model_id) for part in parts]
            self._names[model.model_id] = name
            self._place(model.model_id, [*_words(name), _squashed(name)], _IN_NAME)
            self._place(model.model_id, _words(model_id), _IN_ID)
            categories = " ".join((*model.categories, *map(in_words, model.categories)))
            self._place(model.model_id, _words(plain(categories)), _IN_CATEGORY)
            self._place(model.model_id, _words(plain(model.description)), _IN_DESCRIPTION)
        self._starts = sorted(starts)
        self._vocabulary = list(self._standing)
        self._named = [
            word
            for word, standing in self._standing.items()
            if max(standing.values()) > _IN_DESCRIPTION
        ]
        self._begun: dict[int, list[str]] = {}

    def search(self, text: str) -> Scores:
        """The models that have every word of a text, by id; the better, the higher."""
        asked = plain(text).strip()
        words = [word[:_LONGEST_WORD] for word in _words(asked)[:_MOST_WORDS]]
        if not words:
            return {}
        found = _in_all([self._as_written(word) or self._almost(word) for word in words])
        if not found:
            # A word that is found somewhere may still be a slip of another one.
            found = _in_all([self._as_written(word) | self._almost(word) for word in words])
        begins: Scores = {}
        for start in {asked, _squashed(asked)}:
            for part, model_id in self._starting(start):
                _raise(begins, {model_id: _STARTS_WITH_IT}, 2 if part == start else 1)
        for model_id, gain in begins.items():
            found[model_id] = found.get(model_id, 0.0) + gain
        return found

    def near(self, text: str, *, limit: int) -> list[str]:
        """The ids of models whose names are spelt most alike, for when nothing was found."""
        close = process.extract(
            plain(text)[:100], self._names, scorer=WRatio, limit=limit, score_cutoff=_NEAR_ENOUGH
        )
        return [model_id for _, _, model_id in close]

    def _place(self, model_id: str, words: Iterable[str], weight: float) -> None:
        for word in words:
            standing = self._standing[word]
            standing[model_id] = max(weight, standing.get(model_id, 0.0))

    def _starting(self, start: str) -> Iterable[tuple[str, str]]:
        """The names, ids and last parts of ids that begin so, each with its model's id."""
        for place in range(bisect_left(self._starts, (start, "")), len(self._starts)):
            if not self._starts[place][0].startswith(start):
                return
            yield self._starts[place]

    def _as_written(self, word: str) -> Scores:
        """Where a word stands, whole, as a beginning, or within a longer one."""
        scores: Scores = {}
        # With the first letters of a word nobody means what stands in descriptions.
        for other in self._vocabulary if len(word) > 2 else self._named:
            if word in other:
                if other.startswith(word):
                    _raise(scores, self._standing[other], _WHOLE if other == word else _BEGINS)
                elif len(word) > 2:
                    _raise(scores, self._standing[other], _WITHIN)
        return scores

    def _almost(self, word: str) -> Scores:
        """Where words stand that are spelt almost so, or that begin almost so."""
        slips = 0 if len(word) < 4 else 1 if len(word) < 6 else 2
        if not slips:
            return {}
        scores: Scores = {}
        begun = self._begun.get(len(word))
        if begun is None:
            begun = [other[: len(word)] for other in self._vocabulary]
            self._begun[len(word)] = begun
        for choices in (self._vocabulary, begun):
            close = process.extract_iter(word, choices, scorer=OSA.distance, score_cutoff=slips)
            for _, distance, place in close:
                nearness = _ALMOST / (1 + distance)
                _raise(scores, self._standing[self._vocabulary[place]], nearness)
        return scores


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _squashed(text: str) -> str:
    return "".join(_words(text))


def _raise(scores: Scores, standing: Mapping[str, float], closeness: float) -> None:
    known = scores.get
    for model_id, weight in standing.items():
        score = weight * closeness
        if score > known(model_id, 0.0):
            scores[model_id] = score


def _in_all(found: list[Scores]) -> Scores:
    first, *others = sorted(found, key=len)
    if not others:
        return first
    return {
        model_id: score + sum(other[model_id] for other in others)
        for model_id, score in first.items()
        if all(model_id in other for other in others)
    }
