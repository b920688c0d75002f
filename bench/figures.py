"""What a bench finds: figures with their limits, as a table and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One thing measured; the smaller the better.

    limit: the most it may be, or None for a figure that is only told. floor: the same job done by
    as little code as can be, measured in the same run.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    floor: float | None = None

    @property
    def within(self) -> bool:
        """Whether it keeps its limit."""
        return self.limit is None or self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        """The figure as it is written to the results."""
        return asdict(self) | {"within": self.within}


def table(figures: Sequence[Figure]) -> str:
    """The figures a line each; what is over its limit is marked."""
    heading = ("", "measured", "limit", "floor", "")
    rows = [heading, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of all lies; the nearest one measured."""
    ordered = sorted(values)
    return ordered[min(round(part * len(ordered)), len(ordered) - 1)]


def middle(values: Sequence[float]) -> float:
    """The median: on a machine that is shared, the mean says more about its other work."""
    return float(median(values))


def _row(figure: Figure) -> tuple[str, str, str, str, str]:
    return (
        figure.name,
        f"{_short(figure.value)} {figure.unit}",
        "" if figure.limit is None else f"{_short(figure.limit)}",
        "" if figure.floor is None else f"{_short(figure.floor)}",
        "" if figure.within else "OVER",
    )


def _short(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"
