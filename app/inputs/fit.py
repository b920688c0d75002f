"""A run's inputs, made with an earlier schema -> today's form, with a word on each value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from app.inputs.changes import KINDS_IN_WORDS
from app.inputs.check import check
from app.inputs.choices import text_of
from app.inputs.field import Field
from app.inputs.form import Form
from app.inputs.lossless import lost_in_form
from app.inputs.names import parts_of
from app.inputs.posted import Posted
from app.inputs.prefill import from_inputs, untouched
from app.inputs.schema import JsonObject, JsonValue
from app.inputs.validator import Validator
from app.inputs.ways import Way, spelt, way_to
from app.inputs.words import Problem

State: TypeAlias = Literal["fits", "changed", "again", "gone", "needed", "new"]

_WHOLE = re.compile(r"-?[0-9]{1,300}")
_NUMBER = re.compile(r"-?[0-9]{1,300}\.[0-9]{1,300}")


@dataclass(frozen=True, slots=True)
class Fit:
    """What became of one value.

    way: to it among the old run's inputs; label: of its control, or its name where it has none;
    before, after: the value then and now; words: go on after these; id: of its control.
    """

    way: Way
    label: str
    state: State
    before: JsonValue = None
    after: JsonValue = None
    words: str = ""
    id: str = ""

    @property
    def name(self) -> str:
        """The input's own name."""
        return spelt(self.way)

    @property
    def was(self) -> str:
        """The old value, as JSON has it: that is how it is copied."""
        return _shown(self.before)

    @property
    def now(self) -> str:
        """The value that stands in the form."""
        return _shown(self.after)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Today's form filled with old inputs: what stands in it, each value's fate, what to choose."""

    posted: Posted
    fits: list[Fit]
    problems: list[Problem]

    @property
    def to_show(self) -> list[Fit]:
        """The values that do not stand as they were, and those that are called for."""
        return [one for one in self.fits if one.state not in ("fits", "new")]

    @property
    def new(self) -> list[Fit]:
        """Inputs that the old run did not have, left at their defaults."""
        return [one for one in self.fits if one.state == "new"]

    @property
    def as_it_was(self) -> int:
        """How many values fit as they were."""
        return sum(one.state == "fits" for one in self.fits)

    @property
    def of_the_run(self) -> int:
        """How many values the old run had."""
        return sum(one.state not in ("needed", "new") for one in self.fits)


def fit(old: Form, new: Form, inputs: JsonObject, allowed_origin: str | None = None) -> Fitted:
    """Fit inputs that were made with `old` into `new`, dropping nothing silently.

    What has one clear meaning today is changed; what has not is kept where it stood, with a
    problem; what has no place any more is listed with its value.
    """
    mover = _Mover()
    fitted = mover.move(old.fields, new.fields, inputs, (), ())
    problems = check(new, fitted, allowed_origin)
    lost = lost_in_form(new, fitted)
    wrong = {way_to(one, fitted): one for one in reversed(problems)}
    fits = [_judged(one, wrong, lost) for one in mover.moves]
    posted = from_inputs(new, fitted)
    known = {one.key for one in old.fields}
    added = [one for one in new.fields if one.key not in known and one.key not in fitted]
    opened = untouched(new).texts
    posted.texts |= {
        name: texts for name, texts in opened.items() if _top(name) in {one.key for one in added}
    }
    fits += _missing(new, fitted, wrong)
    told = {one.way for one in fits}
    fits += [
        Fit((one.key,), one.label, "new", id=one.id) for one in added if (one.key,) not in told
    ]
    return Fitted(posted, fits, problems)


@dataclass(slots=True)
class _Move:
    """One value on its way: from where it stood to where it belongs today."""

    way: Way
    field: Field | None
    to: Way
    before: JsonValue
    after: JsonValue
    words: str


@dataclass(slots=True)
class _Mover:
    moves: list[_Move] = field(default_factory=list)

    def move(
        self,
        old: tuple[Field, ...],
        new: tuple[Field, ...],
        values: JsonObject,
        way: Way,
        to: Way,
    ) -> JsonObject:
        """The values of one object under today's names."""
        then = {one.key: one for one in old}
        now = {one.key: one for one in new}
        moved: JsonObject = {}
        for key, value in values.items():
            target = now.get(key) or _renamed(then.get(key), then, now)
            if target is None or (target.key != key and target.key in values):
                self.moves.append(_Move((*way, key), None, (), value, None, ""))
                continue
            here, there = (*way, key), (*to, target.key)
            earlier = then.get(key)
            if target.kind == "object" and isinstance(value, dict) and target.children and value:
                inside = earlier.children if earlier else ()
                kept = self.move(inside, target.children, value, here, there)
                if kept:
                    moved[target.key] = kept
                continue
            after = _converted(target, value)
            words = _words(earlier, target, value, after)
            self.moves.append(_Move(here, target, there, value, after, words))
            moved[target.key] = after
        return moved


def _renamed(earlier: Field | None, then: dict[str, Field], now: dict[str, Field]) -> Field | None:
    """The one new input of the same label and kind, which can only be the same under a new name."""
    if earlier is None:
        return None
    found = [
        one
        for one in now.values()
        if one.key not in then
        and one.label.casefold() == earlier.label.casefold()
        and one.kind == earlier.kind
    ]
    return found[0] if len(found) == 1 else None


def _converted(target: Field, value: JsonValue) -> JsonValue:
    """The value as today's schema wants it, where that is plain; else the value itself."""
    if _is_right(target, value):
        return value
    return next((one for one in _conversions(target, value) if _is_right(target, one)), value)


def _is_right(target: Field, value: JsonValue) -> bool:
    if target.custom_size and isinstance(value, dict):
        return True
    return bool(Validator(target.schema).is_valid(value))


def _conversions(target: Field, value: JsonValue) -> Iterator[JsonValue]:
    if isinstance(value, list):
        yield [_plainer(target.item or target, one) for one in value]
        if len(value) == 1:
            yield value[0]
            yield _plainer(target, value[0])
    else:
        plainer = _plainer(target, value)
        yield plainer
        if target.kind == "list":
            yield [value]
            yield [plainer]


def _plainer(target: Field, value: JsonValue) -> JsonValue:
    """One value in another type or spelling, as far as it means the same."""
    for choice in target.choices:
        if text_of(choice.value) == text_of(value):
            return choice.value
    alike = [one for one in target.choices if one.text.casefold() == text_of(value).casefold()]
    if len(alike) == 1:
        return alike[0].value
    if target.kind == "text" and isinstance(value, int | float) and not isinstance(value, bool):
        return text_of(value)
    if not isinstance(value, str):
        return value
    text = value.strip()
    if target.kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if target.kind in ("whole", "number") and _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if target.kind == "number" and _NUMBER.fullmatch(text) else value


def _words(earlier: Field | None, target: Field, before: JsonValue, after: JsonValue) -> str:
    words = []
    if earlier is not None and earlier.key != target.key:
        words.append(f"is called {target.key} now")
    if not _is_equal(before, after):
        was = KINDS_IN_WORDS[earlier.kind] if earlier else ""
        now = KINDS_IN_WORDS[target.kind]
        if isinstance(before, str) and isinstance(after, str):
            words.append("is spelt so now")
        elif target.kind == "choice":
            words.append(f"was {'text' if isinstance(before, str) else 'a number'}")
        elif was and was != now:
            words.append(f"was {was}, is {now} now")
        else:
            words.append(f"is {now} now")
    return ", ".join(words)


def _is_equal(one: JsonValue, other: JsonValue) -> bool:
    return type(one) is type(other) and one == other


def _judged(move: _Move, wrong: dict[Way, Problem], lost: list[Way]) -> Fit:
    if move.field is None:
        return Fit(move.way, str(move.way[-1]), "gone", move.before, words="this input is gone")
    found = [one for way, one in wrong.items() if way[: len(move.to)] == move.to]
    about = Fit(move.way, move.field.label, "fits", move.before, move.after, "", move.field.id)
    if found:
        return _as(about, "again", found[-1].message)
    if any(way[: len(move.to)] == move.to for way in lost):
        return _as(about, "gone", "a part of it has no place in today’s form")
    return _as(about, "changed", move.words) if move.words else about


def _as(about: Fit, state: State, words: str) -> Fit:
    return Fit(about.way, about.label, state, about.before, about.after, words, about.id)


def _missing(new: Form, fitted: JsonObject, wrong: dict[Way, Problem]) -> list[Fit]:
    """What today's model requires and the old run did not give."""
    return [
        Fit((one.key,), one.label, "needed", words=wrong[(one.key,)].message, id=one.id)
        for one in new.fields
        if one.key not in fitted and (one.key,) in wrong
    ]


def _top(name: str) -> str:
    return parts_of(name)[0]


def _shown(value: JsonValue) -> str:
    return text_of(value) if not isinstance(value, str) else f'"{value}"'
