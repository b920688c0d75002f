"""Every SQL statement of the chores."""

from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Table,
    column,
    delete,
    func,
    insert,
    literal_column,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chores.contents import Entry
from app.chores.rows import as_written, tables
from app.db.columns import utc_now
from app.db.tables import chores, media, models, pins, replicas, runs
from app.errors import PlaygroundError

# A row may hold 8 MB: few are in memory at once.
_ROWS_AT_ONCE = 50
# So long after its last sign of life a server may still be at work.
_ALIVE_SECONDS = 10


class DoesNotFit(PlaygroundError):
    """The database refuses a row."""

    code = "does_not_fit"


async def count(tx: AsyncConnection, table: Table) -> int:
    """How many rows a table has."""
    return await tx.scalar(select(func.count()).select_from(table)) or 0


async def every_row(tx: AsyncConnection, table: Table) -> AsyncIterator[dict[str, Any]]:
    """Each row of a table, by its key; its JSON as text."""
    written = as_written(table)
    query = select(written).order_by(*(written.c[one.name] for one in table.primary_key))
    async with tx.stream(query.execution_options(yield_per=_ROWS_AT_ONCE)) as found:
        async for row in found.mappings():
            yield dict(row)


async def files_named(tx: AsyncConnection) -> tuple[int, int]:
    """How many files the media name, and how many bytes of them are known of."""
    named = _files_named().subquery()
    row = (await tx.execute(select(func.count(), func.sum(named.c.size_bytes)))).one()
    return row[0], int(row[1] or 0)


async def each_file_named(tx: AsyncConnection) -> AsyncIterator[Entry]:
    """Every file that the media name: each once, in the order of the keys' bytes."""
    # Postgres would sort by the rules of some language, which pass over the slashes.
    by_key = "key" if tx.dialect.name == "sqlite" else 'key collate "C"'
    query = _files_named().order_by(literal_column(by_key))
    async with tx.stream(query.execution_options(yield_per=1000)) as found:
        async for row in found:
            size_bytes = row.size_bytes
            yield Entry(row.key, row.sha256, None if size_bytes is None else int(size_bytes))


def _files_named() -> Any:
    key: ColumnClause[str] = column("key")
    sha256: ColumnClause[str | None] = column("sha256")
    size_bytes: ColumnClause[int | None] = column("size_bytes")
    each = union_all(
        select(media.c.storage_key.label("key"), media.c.sha256, media.c.size_bytes),
        select(media.c.prepared_key, media.c.prepared_sha256, media.c.prepared_size).where(
            media.c.prepared_key.is_not(None)
        ),
        select(media.c.thumbnail_key, null(), null()).where(media.c.thumbnail_key.is_not(None)),
    ).subquery()
    return (
        select(key, func.min(sha256).label("sha256"), func.min(size_bytes).label("size_bytes"))
        .select_from(each)
        .group_by(key)
    )


async def named_among(tx: AsyncConnection, keys: Collection[str]) -> set[str]:
    """Those of some keys that the media name."""
    each = union_all(
        *(
            select(one).where(one.in_(list(keys)))
            for one in (media.c.storage_key, media.c.prepared_key, media.c.thumbnail_key)
        )
    )
    return set(await tx.scalars(each))


async def is_empty(tx: AsyncConnection) -> bool:
    """Whether the database holds nothing that anybody has made."""
    kept: Iterable[Any] = (
        select(runs.c.id).limit(1),
        select(media.c.id).limit(1),
        select(pins.c.model_id).limit(1),
        select(models.c.model_id).where(models.c.source == "imported").limit(1),
    )
    return not any([(await tx.execute(one)).first() for one in kept])


async def is_served(tx: AsyncConnection) -> bool:
    """Whether a server has given a sign of life, by the database's own clock."""
    if tx.dialect.name == "sqlite":
        return False  # its servers hold the data folder
    lately = func.now() - text(f"interval '{_ALIVE_SECONDS} seconds'")
    alive = select(replicas.c.id).where(replicas.c.state != "gone", replicas.c.beat_at > lately)
    return (await tx.execute(alive.limit(1))).first() is not None


async def keep_servers_out(tx: AsyncConnection) -> None:
    """Let a server that starts now wait with its first sign of life until the end."""
    if tx.dialect.name != "sqlite":
        await tx.execute(text("lock table replicas in share row exclusive mode"))


async def remove_all(tx: AsyncConnection) -> None:
    """Empty every table that is part of a backup: a server that was only started left models."""
    for table in reversed(tables()):
        await tx.execute(delete(table))


async def put_rows(tx: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Write rows as they were read; their JSON is text. Raises DoesNotFit."""
    if not rows:
        return
    try:
        await tx.execute(insert(as_written(table)), rows)
    except (DataError, IntegrityError, StatementError, OverflowError) as error:
        if getattr(error, "connection_invalidated", False):
            raise
        raise DoesNotFit(
            f"The archive holds a row of {table.name} that the database does not take."
        ) from error


async def note_chore(tx: AsyncConnection, name: str, told: dict[str, Any]) -> None:
    """Write down what a chore has done, in the place of its last time."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    values = {"at": utc_now(), "told": told}
    await tx.execute(
        dialect.insert(chores)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=[chores.c.name], set_=values)
    )


async def kept_bytes(tx: AsyncConnection) -> tuple[int, int]:
    """How many media there are, and the bytes of them and of what is sent of them."""
    size_bytes = func.sum(media.c.size_bytes + func.coalesce(media.c.prepared_size, 0))
    row = (await tx.execute(select(func.count(), size_bytes).select_from(media))).one()
    return row[0], int(row[1] or 0)
