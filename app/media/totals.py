"""How much is kept: one look at every file's row, so never on the way of a page."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import media


@dataclass(frozen=True)
class Amount:
    """How many files, and how many bytes they hold."""

    count: int = 0
    size_bytes: int = 0


@dataclass(frozen=True)
class Totals:
    """What is kept: results, inputs, and the copies of inputs that are sent in their place."""

    results: Amount = Amount()
    inputs: Amount = Amount()
    prepared: Amount = Amount()

    @property
    def size_bytes(self) -> int:
        """All of it. Small pictures are left out: nobody has measured them."""
        return self.results.size_bytes + self.inputs.size_bytes + self.prepared.size_bytes


async def totals(tx: AsyncConnection) -> Totals:
    """Count every file; takes about a second for a million."""
    counted = select(
        media.c.origin,
        func.count(),
        func.sum(media.c.size_bytes),
        func.count(media.c.prepared_size),
        func.sum(media.c.prepared_size),
    ).group_by(media.c.origin)
    found = {row[0]: row for row in await tx.execute(counted)}
    amounts = {origin: Amount(row[1], int(row[2])) for origin, row in found.items()}
    prepared = Amount(
        sum(row[3] for row in found.values()), sum(int(row[4] or 0) for row in found.values())
    )
    return Totals(amounts.get("output", Amount()), amounts.get("input", Amount()), prepared)
