"""A row <-> a line of JSON that says the same whichever database it is from."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, Integer, String, Table, Text, column, table
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import TypeEngine

from app.chores.archive import DamagedArchive
from app.db.columns import Json, Money, UtcTime
from app.db.tables import metadata

# What concerns the processes at work, and this one place.
_LEFT_OUT = frozenset({"replicas", "pauses", "chores", "changes"})
_LARGEST = 2**63


def tables() -> list[Table]:
    """Every table that is part of a backup, each after those that its rows refer to."""
    return [one for one in metadata.sorted_tables if one.name not in _LEFT_OUT]


def as_written(kept: Table) -> TableClause:
    """The table with its JSON as the text that it is, so that every digit stays."""
    plain = [column(one.name, Text if isinstance(one.type, Json) else one.type) for one in kept.c]
    return table(kept.name, *plain)


def to_line(row: Mapping[str, Any]) -> bytes:
    """The line for a row."""
    values = {name: _written(value) for name, value in row.items()}
    # As ASCII: whatever stands in a database comes through, half of a letter too.
    return json.dumps(values).encode() + b"\n"


def to_row(kept: Table, line: bytes) -> dict[str, Any]:
    """The row that a line tells of, each value of its column's type. Raises DamagedArchive."""
    try:
        values = json.loads(line)
        if not isinstance(values, dict) or values.keys() != set(kept.c.keys()):
            raise ValueError
        return {
            one.name: None
            if values[one.name] is None and one.nullable
            else _read(one.type, values[one.name])
            for one in kept.c
        }
    except (ValueError, TypeError, InvalidOperation, RecursionError) as error:
        raise DamagedArchive(f"It holds a row that does not fit the table {kept.name}.") from error


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def _read(kind: TypeEngine[Any], value: Any) -> Any:
    """A value as the database takes it. Raises ValueError, TypeError, InvalidOperation."""
    if isinstance(kind, UtcTime):
        time = datetime.fromisoformat(value)
        return time if time.tzinfo is not None else _refuse()
    if isinstance(kind, Money):
        amount = Decimal(value) if isinstance(value, str) else _refuse()
        return amount if amount.is_finite() and abs(amount) < 10**9 else _refuse()
    if isinstance(kind, Boolean):
        return value if isinstance(value, bool) else _refuse()
    if isinstance(kind, Integer | BigInteger):
        return value if type(value) is int and -_LARGEST <= value < _LARGEST else _refuse()
    if isinstance(kind, Float):
        return float(value) if type(value) in (int, float) else _refuse()
    if isinstance(kind, String | Json):
        return value if isinstance(value, str) else _refuse()
    raise TypeError(f"no way to read {kind!r}")


def _refuse() -> Any:
    raise ValueError
