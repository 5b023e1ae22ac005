"""Published figures of real systems live together: a cross-check that flags them would be wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atlas.catalogue import LoadedFile, read_yaml
from atlas.check import Family, all_checks
from atlas.check.case import Case
from atlas.check.runner import check_case

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "published_figures.yaml"
SETS: dict[str, Any] = read_yaml(GOLDEN, GOLDEN.name).data
CHECKS = [c for c in all_checks() if c.family is Family.PHYSICS or c.code == "EVI001"]


@pytest.mark.parametrize("name", SETS)
def test_true_figures_are_not_flagged(name: str, build: Callable[[dict[str, Any]], LoadedFile]) -> None:
    """Only what is rightly flagged is, and nothing of the base document comes along."""
    claims = {k: {"source": "stores", "as_of": "2023", **c} for k, c in SETS[name]["claims"].items()}
    patch = {
        "claims": claims,
        "scale": None,
        "components.store.instances": {"sized": "50 %"},
        "components.store.operations.read": "2 ms",
        "flows.send.rate": {"assumed": "1k/s", "because": "not under test"},
        "flows.read.rate": {"assumed": "1k/s", "because": "not under test"},
    }
    file = build(patch)
    assert file.system is not None, file.findings
    found = list(check_case(Case(file.system, dt.date(2026, 11, 21)), CHECKS))
    assert sorted({f.code for f in found}) == SETS[name].get("codes", []), [f.message for f in found]
