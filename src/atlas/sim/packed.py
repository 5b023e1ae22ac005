"""A plan as a few kilobytes of plain data, from which a page makes every run of it, to the bit.

``atlas.sim.browser`` writes one run out in full. Here stands what is common to all runs of a site (:func:`shared`)
apart from what is a plan's own (:func:`packed`), and a plan can be told as its difference from another
(:func:`difference`). Tables of service times, the bulk of a run, are told by a few numbers: the page repeats their
calculation (``atlas.sim.portable``); where a bit of the result would differ, the difference is told too.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from functools import cache
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from atlas.physics.distribution import Shape
from atlas.sim.builder import Call, PlanBuilder, Service, Stage
from atlas.sim.kernel import WORDS, run_values
from atlas.sim.plan import Floats, Plan
from atlas.sim.portable import exp
from atlas.sim.quantile_table import CELLS, quantile_table, survival_grid
from atlas.sim.record import HISTOGRAM_BITS, HISTOGRAM_CELLS, HISTOGRAM_OFFSET, Count

OUTS: Final = (
    *("flow_latency", "station_latency", "site_latency", "flow_series", "station_area", "station_series"),
    *("cache_series", "counts"),
)
_OF_THE_RUN: Final = {"seed_a", "seed_b", "for_s", "warmup_s", "bin_s", "bins", "by_site", "exponential", "quantiles"}
"""Words that the page sets for each run, or that are common to all."""


def shared() -> dict[str, Any]:
    """What all runs share: the words in order with their kinds, two base tables, sizes of what is recorded.

    Kinds: ``i`` and ``f`` a number, ``I`` and ``F`` an array of numbers (64 bits each), empty: set by the page.
    """
    return {
        "words": [[name, _kinds().get(name, "")] for name in WORDS],
        "cells": CELLS,
        "scores": encoded(_scores()),
        "exponential": encoded(quantile_table("exponential", 1.0, 1.0)),
        "histogram": {"cells": HISTOGRAM_CELLS, "bits": HISTOGRAM_BITS, "offset": HISTOGRAM_OFFSET},
        "counts": [c.name.lower() for c in Count if c is not Count.LAST],
    }


def packed(plan: Plan) -> dict[str, Any]:
    """The plan's own words by name, and its tables: ``units`` (see :func:`unit`) and rows of (unit, mean)."""
    values = run_values(plan, (0, 1), 1.0, 0.0)
    words = {n: _plain(v) for n, v in values.items() if n in WORDS and n not in _OF_THE_RUN}
    units: list[dict[str, Any]] = []
    rows: list[list[float]] = []
    known: dict[tuple[Shape, float], int] = {}
    for row, shape in enumerate(plan.tables.shape):
        cv, mean = float(plan.tables.cv[row]), float(plan.tables.mean[row])
        if (shape, cv) not in known:
            known[shape, cv] = len(units)
            units.append(unit(shape, cv))
        rows.append([known[shape, cv], mean])
    return {"words": words, "units": units, "rows": rows}


def difference(plan: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The same as :func:`packed` gave, without what the base has the same."""
    words = {n: v for n, v in plan["words"].items() if base["words"].get(n) != v}
    rest = {n: plan[n] for n in ("units", "rows") if plan[n] != base[n]}
    return {"words": words, **rest}


@cache
def unit(shape: Shape, cv: float) -> dict[str, Any]:
    """How to make the table of mean 1 of a shape and a spread.

    ``{"exponential": true}`` and ``{"constant": true}`` are themselves; a lognormal one is
    ``exp(sigma · score − shift) / mean`` with its first entry set apart, ``bits`` (where need be) being added to the
    bits of the result; any other shape is sent whole (``table``).
    """
    if shape == "exponential":
        return {"exponential": True}
    if shape == "constant" or cv == 0:
        return {"constant": True}
    table = quantile_table(shape, 1.0, cv)
    if shape != "lognormal":
        return {"table": encoded(table)}
    sigma = math.sqrt(math.log1p(cv * cv))
    shift = sigma * sigma / 2
    values = exp(sigma * _scores() - shift)
    values[0] = max(0.0, 2 * values[0] - values[1])
    # The mean as the engine counts it: the table that the engine has is a multiple of this one.
    made = {"sigma": sigma, "shift": shift, "mean": _mean(values)}
    bits = table.view(np.int64) - (values / made["mean"]).view(np.int64)
    if (abs(bits) > 127).any():
        return {"table": encoded(table)}
    return {**made, "bits": base64.b64encode(bits.astype(np.int8).tobytes()).decode("ascii")} if bits.any() else made


def encoded(array: NDArray[Any]) -> str:
    """An array's bytes, little-endian, as base64."""
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return base64.b64encode(np.ascontiguousarray(little).tobytes()).decode("ascii")


def _mean(values: Floats) -> float:
    return float((-np.diff(survival_grid()) * (values[1:] + values[:-1]) / 2).sum())


@cache
def _scores() -> Floats:
    """Standard normal scores where a table is evaluated: in the middle of its first cell, then at the edges."""
    grid = survival_grid()
    normal = NormalDist()
    return np.array([-normal.inv_cdf(p) for p in [(1 + float(grid[1])) / 2, *grid[1:].tolist()]])


@cache
def _kinds() -> dict[str, str]:
    builder = PlanBuilder()
    builder.station("s", instances=1, slots=1)
    builder.flow("f", Call(stages=(Stage((Call("s", Service(1.0)),)),)))
    builder.source("f", "f", rate_per_s=0.1)
    values = run_values(builder.build(), (0, 1), 1.0, 0.0)
    return {name: _kind(values[name]) for name in values if name in WORDS and name not in _OF_THE_RUN}


def _kind(value: int | float | NDArray[Any]) -> str:
    if isinstance(value, np.ndarray):
        return "F" if value.dtype == np.float64 else "I"
    return "f" if isinstance(value, float) else "i"


def _plain(value: int | float | NDArray[Any]) -> Any:
    return value.reshape(-1).tolist() if isinstance(value, np.ndarray) else value
