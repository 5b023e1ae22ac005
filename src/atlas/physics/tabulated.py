"""Distributions given by tables (of so many the time is at most …), placed on lattices: many at once, a row each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atlas.physics.lattice import Axis, Each, Floats, Ints, Spread, masses_of


@dataclass(frozen=True, slots=True)
class Tables:
    """Distribution functions F by their knots, a row each: straight in between, and 1 beyond the last knot."""

    times: Floats
    """Of the knots (s), rising in each row."""
    below: Floats
    """F behind each knot."""
    slope: Floats
    """Of F behind each knot (0 in a segment without width)."""
    first: Floats
    """∫ F up to each knot."""
    second: Floats
    """∫∫ F up to each knot."""
    mean: Floats
    """Column of the means (s)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Which tables are placed, one on each row of an axis, and what happens to their times before."""

    table: Ints
    stretch: Each = 1.0
    """Factor on all times."""
    delay_s: Each = 0.0
    """Added to all times."""


def tables_of(times: Floats, below: Floats) -> Tables:
    """Tables from their knots (a row, or several); ``below`` is common to all rows or has as many."""
    at = np.atleast_2d(times)
    share = np.broadcast_to(below, at.shape)
    width = at[:, 1:] - at[:, :-1]
    slope = np.zeros_like(at)
    np.divide(share[:, 1:] - share[:, :-1], width, out=slope[:, :-1], where=width > 0)
    first, second = np.zeros_like(at), np.zeros_like(at)
    np.cumsum(width * (share[:, :-1] + share[:, 1:]) / 2, axis=1, out=first[:, 1:])
    parts = (first[:, :-1] + (share[:, :-1] / 2 + slope[:, :-1] * width / 6) * width) * width
    np.cumsum(parts, axis=1, out=second[:, 1:])
    behind = share.copy()
    behind[:, -1] = 1.0
    return Tables(at, behind, slope, first, second, at[:, -1:] - first[:, -1:])


def placed(axis: Axis, tables: Tables, rows: Rows) -> Spread:
    """The distributions themselves."""
    inside, past, _ = _located(axis, tables, rows)
    masses = _masses(axis, _once(tables, inside, past) * (rows.stretch / axis.step))
    return Spread(axis, masses, None, np.ones((len(masses), 1)) if masses.ndim > 1 else 1.0)


def residual(axis: Axis, tables: Tables, rows: Rows) -> Spread:
    """What is left of each time when looked at in its course: density (1 − F(t))/E."""
    inside, past, points = _located(axis, tables, rows)
    slope, below = tables.slope.take(inside), tables.below.take(inside)
    twice = tables.second.take(inside) + (tables.first.take(inside) + (below / 2 + slope / 6 * past) * past) * past
    per_step = rows.stretch / (axis.step * tables.mean[rows.table])
    return Spread(axis, _masses(axis, (points * points / 2 - twice) * per_step))


def share_left(axis: Axis, tables: Tables, rows: Rows) -> Floats:
    """Probability that what is left of a time in its course is longer than each point: ∫ (1 − F)/E beyond it.

    The axis has one point more than its count.
    """
    inside, past, points = _located(axis, tables, rows)
    left: Floats = 1 - (points - _once(tables, inside, past)) / tables.mean[rows.table]
    return np.clip(left, 0.0, 1.0, out=left)


def _located(axis: Axis, tables: Tables, rows: Rows) -> tuple[Ints, Floats, Floats]:
    """Of each point, and one beyond: the last knot that is not after it, the time since then, and its own time.

    Times are those of the tables, before they are stretched.
    """
    count, number = axis.count + 2, len(rows.table)
    per_step, delay = rows.stretch / axis.step, rows.delay_s / axis.step
    times = tables.times[rows.table] * per_step + delay
    steps = np.minimum(np.ceil(times, out=times), count - 1, out=times).astype(np.int64)
    steps += np.arange(number)[:, None] * count
    last = np.bincount(steps.ravel(), minlength=number * count).reshape(number, count)[:, :-1].cumsum(axis=1) - 1
    inside = np.maximum(last, 0, out=last) + rows.table[:, None] * tables.times.shape[1]
    points = np.maximum((np.arange(count - 1) - delay) / per_step, 0.0)
    past = points - tables.times.take(inside)
    return inside, np.maximum(past, 0.0, out=past), points


def _once(tables: Tables, inside: Ints, past: Floats) -> Floats:
    """∫ F up to the points."""
    result: Floats = (tables.below.take(inside) + tables.slope.take(inside) / 2 * past) * past
    result += tables.first.take(inside)
    return result


def _masses(axis: Axis, integrals: Floats) -> Floats:
    """Masses from integrals at the points and one beyond; before the first there is nothing."""
    return masses_of(np.pad(integrals, ((0, 0), (1, 0)))).reshape(axis.shape)
