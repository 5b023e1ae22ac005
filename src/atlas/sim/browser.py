"""A run as plain data for the WebAssembly kernel: what a page needs to make the same run, to the bit.

The page lays the arrays into the kernel's memory in the order of the words, gives the kernel an arena, and calls
``atlas_start`` and then ``atlas_run`` for some events at a time, so that it never freezes (tests/sim/wasm_run.mjs is
the whole of it). Tables of service times are sent once for each shape and spread, as tables of mean 1, and multiplied
by their means on the page: the products are the same bits.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.sim.build_kernel import source_hash
from atlas.sim.discrete import seeds_of
from atlas.sim.kernel import WORDS, record_values, run_values
from atlas.sim.plan import Plan
from atlas.sim.quantile_table import CELLS, quantile_table
from atlas.sim.record import new_record
from atlas.sim.validation import check_duration, validate


def to_browser(
    plan: Plan, seed: int, for_s: float, *, warmup_s: float = 0.0, bin_s: float = 1.0, by_site: bool = False
) -> dict[str, Any]:
    """One replication of a plan as JSON-ready data. PlanError as ``simulate`` raises it.

    ``words`` has for each word of the kernel, in order: ``{"bits": text}`` (a number as its 64 bits),
    ``{"data": text}`` (an array, little-endian, base64), ``{"tables": [[unit, mean] …]}`` (rows: one of ``units``
    times a mean), or ``{"out": name, "bytes": n}`` (zeros that the run fills). ``shapes`` says how to read those.
    """
    validate(plan)
    check_duration(for_s, warmup_s)
    record = new_record(plan, for_s, bin_s, by_site=by_site)
    outs = record_values(record)
    values = run_values(plan, seeds_of(seed, 0), for_s, warmup_s) | outs
    units, rows = _tables(plan)
    words = [_word(name, values.get(name, 0), is_out=name in outs) for name in WORDS]
    words[WORDS.index("quantiles")] = {"tables": rows}
    return {
        "source_hash": f"{source_hash():016x}",
        "words": words,
        "units": [_encoded(table) for table in units],
        "cells": CELLS,
        "shapes": {name: list(value.shape) for name, value in outs.items() if isinstance(value, np.ndarray)},
        "flows": list(plan.flows.name),
        "stations": list(plan.stations.name),
        "caches": list(plan.caches.name),
    }


def _word(name: str, value: int | float | NDArray[Any], *, is_out: bool) -> dict[str, Any]:
    if isinstance(value, np.ndarray):
        return {"out": name, "bytes": value.nbytes} if is_out else {"data": _encoded(value)}
    bits = np.float64(value).view(np.uint64) if isinstance(value, float) else np.uint64(value)
    return {"bits": str(int(bits))}


def _encoded(array: NDArray[Any]) -> str:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return base64.b64encode(np.ascontiguousarray(little).tobytes()).decode("ascii")


def _tables(plan: Plan) -> tuple[list[NDArray[np.float64]], list[list[float]]]:
    """The different tables of mean 1, and for each table of the plan its unit and mean (or itself, and 1)."""
    units: dict[tuple[str, float], int] = {}
    tables: list[NDArray[np.float64]] = []
    rows: list[list[float]] = []
    for row, shape in enumerate(plan.tables.shape):
        cv, mean = float(plan.tables.cv[row]), float(plan.tables.mean[row])
        unit = quantile_table(shape, 1.0, cv)
        if not np.array_equal(unit * mean, plan.tables.quantiles[row]):  # a table made by hand
            tables.append(plan.tables.quantiles[row])
            rows.append([len(tables) - 1, 1.0])
            continue
        if (shape, cv) not in units:
            units[shape, cv] = len(tables)
            tables.append(unit)
        rows.append([units[shape, cv], mean])
    return tables, rows
