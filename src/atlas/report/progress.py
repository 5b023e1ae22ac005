"""The metrics over time: one line of ``progress.csv`` in the catalogue for each day and metric that was recorded."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from atlas.report.metric import Metric

FILE = "progress.csv"
_COLUMNS = ["day", "metric", "value"]


class ProgressError(ValueError):
    """The file of past values cannot be read; ``str`` says the line."""


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a metric on a day."""

    day: dt.date
    metric: str
    value: float


def read_progress(root: Path) -> tuple[Point, ...]:
    """All values recorded in a catalogue, by day; none where there is no file. Raises ``ProgressError``."""
    path = root / FILE
    if not path.is_file():
        return ()
    try:
        rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProgressError(f"{FILE} cannot be read: {error}") from error
    if rows[:1] != [_COLUMNS]:
        raise ProgressError(f"{FILE}:1: the first line must be {','.join(_COLUMNS)}")
    points = [_point(row, number) for number, row in enumerate(rows[1:], 2)]
    return tuple(sorted(points, key=lambda p: (p.day, p.metric)))


def _point(row: Sequence[str], number: int) -> Point:
    try:
        day, metric, value = row
        if not math.isfinite(float(value)):
            raise ValueError(value)
        return Point(dt.date.fromisoformat(day), metric, float(value))
    except ValueError as error:
        raise ProgressError(f"{FILE}:{number}: expected such as 2026-10-31,systems,8") from error


def record(root: Path, day: dt.date, metrics: Iterable[Metric]) -> tuple[Point, ...]:
    """Write today's values into the file, in place of those of the same day; returns all points."""
    now = {m.id: Point(day, m.id, m.value) for m in metrics if m.value is not None}
    kept = [p for p in read_progress(root) if p.day != day or p.metric not in now]
    points = sorted([*kept, *now.values()], key=lambda p: (p.day, p.metric))
    path = root / FILE
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows((p.day.isoformat(), p.metric, f"{p.value:.6g}") for p in points)
    partial.replace(path)
    return tuple(points)


def trend(points: Sequence[Point], metric: str) -> tuple[Point, ...]:
    """The values of one metric, the oldest first."""
    return tuple(p for p in points if p.metric == metric)


def change(points: Sequence[Point], metric: str, before: dt.date) -> float | None:
    """The newest value minus the last one recorded before a day; ``None`` where either is missing."""
    values = trend(points, metric)
    earlier = [p for p in values if p.day < before]
    return values[-1].value - earlier[-1].value if earlier and values[-1].day >= before else None
