"""The success metrics: where the catalogue stands against what it set out to be, and how that has moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from atlas.report import Metric, Point, success_metrics
from atlas.report.metric import show
from atlas.report.progress import trend
from atlas.site.digest import Digest
from atlas.site.frame import Site
from atlas.site.pages.listing import list_pages
from atlas.site.parts import Cell, Words, cell
from atlas.site.table import Row, Table, columns

PATH = "metrics/index.html"
_DAYS_SHOWN = 12
_STATES = {True: Words("met", "tag good"), False: Words("not yet", "tag old"), None: Words("–", "quiet")}


def metric_pages(
    systems: Sequence[Digest], categories: int, today: dt.date, points: Sequence[Point], site: Site
) -> dict[str, str]:
    """The page of the success metrics with its data files; ``points`` are the values recorded before.

    Readers and contributions are counted by ``atlas report``; their newest recorded values are shown.
    """
    metrics = success_metrics([s.facts for s in systems], categories, today)
    now, past = _now(metrics, points), _past(metrics, points)
    met = sum(m.is_met is True for m in metrics)
    aims = sum(m.target is not None for m in metrics)
    lead = f"{met} of {aims} targets are met. Counted from the data each time the site is built."
    return list_pages(PATH, "Success metrics", lead, [now, past] if past.rows else [now], site)


def _now(metrics: Sequence[Metric], points: Sequence[Point]) -> Table:
    rows = []
    for metric in metrics:
        before = trend(points, metric.id)
        value, day = metric.value, ""
        if value is None and before:
            value, day = before[-1].value, f"on {before[-1].day}"
        shown = cell(show(value, metric.is_share), sub=day) if value is not None else cell(Words(metric.shown, "nil"))
        name, meaning = cell(metric.name, sub=metric.meaning), cell(metric.wanted)
        moved = _moved(metric, value, before)
        rows.append(Row((name, cell(metric.group), shown, meaning, cell(_STATES[metric.is_met]), moved)))
    head = columns("Metric", "Group", "#Now", "#Target", "State", "Trend")
    return Table("metrics", "Now", head, tuple(rows))


def _moved(metric: Metric, value: float | None, before: Sequence[Point]) -> Cell:
    """How a value has moved since the first day that was recorded."""
    if value is None or not before:
        return cell(Words("not recorded yet", "quiet"))
    delta = value - before[0].value
    unit = f"{delta * 100:+.0f} points" if metric.is_share else f"{delta:+,.0f}"
    return cell(unit if delta else "unchanged", sub=f"since {before[0].day}")


def _past(metrics: Sequence[Metric], points: Sequence[Point]) -> Table:
    """The recorded values, a column for each of the last days."""
    days = sorted({p.day for p in points})[-_DAYS_SHOWN:]
    known = {(p.metric, p.day): p.value for p in points}
    rows = []
    for metric in metrics:
        values = [known.get((metric.id, day)) for day in days]
        if any(v is not None for v in values):
            cells = [cell("–" if v is None else show(v, metric.is_share)) for v in values]
            rows.append(Row((cell(metric.name), *cells)))
    return Table("history", "Recorded", columns("Metric", *(f"#{day}" for day in days)), tuple(rows), is_wordy=False)
