"""Charts: HTML dot plots for up to eight values, Altair drawings where a chart needs axes.

A dot plot keeps its text at one size at every width; positions are attributes of a small SVG, so that a strict
content security policy has nothing to refuse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from atlas.model import ClaimView
from atlas.quantity import Quantity, format_quantity
from atlas.site.figure import EvidenceBook
from atlas.site.names import measure, subject
from atlas.site.parts import Part, parts_of

MOST_VALUES = 8


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One value or one range on the axis; ``a`` and ``width`` are percentages of it."""

    name: str
    a: str
    width: str
    value: tuple[Part, ...]
    is_span: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """A dot plot: what it shows, the unit, the rows, and the two ends of the axis."""

    title: str
    unit: str
    rows: tuple[PlotRow, ...]
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Point:
    """What is plotted: a name, an interval in base units, and the parts that stand for it."""

    name: str
    quantity: Quantity
    value: tuple[Part, ...]
    is_now: bool = False


def plot(title: str, points: Sequence[Point], unit: str = "from 0") -> Plot | None:
    """A plot of two to eight values on one axis from zero; ``None`` when there is nothing to compare."""
    if not 2 <= len(points) <= MOST_VALUES:
        return None
    ends = [p.quantity.high if math.isfinite(p.quantity.high) else p.quantity.mid for p in points]
    top = max(ends)
    if top <= 0:
        return None
    rows = tuple(_row(point, end, top) for point, end in zip(points, ends, strict=True))
    largest = points[ends.index(top)].quantity
    shown = Quantity(top, top, top, largest.dimension, largest.unit)
    return Plot(title, unit, rows, "0", format_quantity(shown))


def series_plot(book: EvidenceBook) -> Plot | None:
    """The longest series of one fact over time in a system: same metric, subject, statistic and scope."""
    facts: dict[tuple[str, str, str, str], list[ClaimView]] = {}
    for view in book.system.claims.values():
        if view.is_usable and view.as_of_span:
            key = (view.claim.metric, view.claim.of, view.claim.stat, view.claim.scope or "")
            facts.setdefault(key, []).append(view)
    longest = max(facts.values(), key=len, default=[])
    if len({v.as_of for v in longest}) < 2:
        return None
    longest.sort(key=lambda v: (v.as_of_span.start if v.as_of_span else None, v.id))
    first = longest[0]
    points = [
        Point(view.as_of, view.quantity, parts_of(book.claim(view.id)), is_now=view is longest[-1])
        for view in longest[-MOST_VALUES:]
    ]
    scope = f" ({first.claim.scope})" if first.claim.scope else ""
    return plot(
        f"{measure(first).capitalize()}, {subject(book.system, first.claim.of)}{scope}",
        points,
        "by the date it held, from 0",
    )


def _row(point: Point, end: float, top: float) -> PlotRow:
    low = point.quantity.low if point.quantity.low > 0 or point.quantity.is_exact else point.quantity.mid
    is_span = end - low > top * 0.02 and point.quantity.form.value == "range"
    at = low if is_span else point.quantity.mid
    return PlotRow(point.name, _percent(at / top), _percent((end - low) / top), point.value, is_span, point.is_now)


def _percent(share: float) -> str:
    return f"{min(max(share, 0.0), 1.0) * 100:.4g}"
