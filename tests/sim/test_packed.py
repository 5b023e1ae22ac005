"""Plans as a few kilobytes: everything a run reads is told, and differences lose nothing."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from atlas.sim.kernel import WORDS, record_values, run_values
from atlas.sim.packed import OUTS, difference, packed, shared, unit
from atlas.sim.portable import exp
from atlas.sim.quantile_table import CELLS, quantile_table
from atlas.sim.random_plan import random_plan
from atlas.sim.record import new_record


def floats(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers from base64."""
    return np.frombuffer(base64.b64decode(text), dtype="<f8")


def remade(told: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A table of mean 1 from what is told of it, as assets/run-kernel.js makes it."""
    if "exponential" in told:
        return floats(shared()["exponential"])
    if "constant" in told:
        return np.ones(CELLS)
    if "table" in told:
        return floats(told["table"])
    values = exp(told["sigma"] * floats(shared()["scores"]) - told["shift"])
    values[0] = max(0.0, 2 * values[0] - values[1])
    table: np.ndarray[Any, np.dtype[np.float64]] = values / told["mean"]
    if "bits" in told:
        table = (table.view(np.int64) + np.frombuffer(base64.b64decode(told["bits"]), dtype=np.int8)).view(np.float64)
    return table


@pytest.mark.parametrize("shape", ["lognormal", "exponential", "gamma", "pareto", "constant"])
@pytest.mark.parametrize("cv", [0.005, 0.3, 0.7834925100000603, 1.0, 3.0])
def test_a_table_is_made_again_to_the_bit(shape: Any, cv: float) -> None:
    """Each shape and spread: the told numbers make the very table that the engine draws from."""
    assert remade(unit(shape, cv)).tobytes() == quantile_table(shape, 1.0, cv).tobytes()


def test_every_word_of_a_run_is_told_or_set_by_the_page() -> None:
    """No word that a run reads or writes is forgotten."""
    plan = random_plan(3)
    record = new_record(plan, 5.0, 1.0, by_site=False)
    used = {*run_values(plan, (0, 1), 5.0, 1.0), *record_values(record)} & set(WORDS)
    by_page = {"seed_a", "seed_b", "for_s", "warmup_s", "bin_s", "bins", "by_site", "exponential", "quantiles", *OUTS}
    assert used == {*packed(plan)["words"]} | by_page
    kinds = dict(shared()["words"])
    for name, value in packed(plan)["words"].items():
        assert kinds[name] in {list: "IF", int: "i", float: "f"}[type(value)], name


def test_a_difference_and_its_base_make_the_whole() -> None:
    """What is left out is what the base has the same."""
    base, other = packed(random_plan(1)), packed(random_plan(2))
    told = difference(other, base)
    assert {**base["words"], **told["words"]} == {**base["words"], **other["words"]}
    assert {**base, **told, "words": 0} == {**base, **other, "words": 0}
    assert difference(base, base) == {"words": {}}
