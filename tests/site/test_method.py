"""The method page: what the engines say of themselves is what was measured."""

from __future__ import annotations

import json

from atlas.sim.agreement import measured
from atlas.sim.fidelity import STRATA
from atlas.site.pages.engines import fault_agreement, steady_agreement

from .conftest import Built


def test_every_stratum_has_its_measured_errors(site: Built) -> None:
    """Both tables have a row for each stratum, with the number of plans that it was measured on."""
    rest = json.loads((site.out / "method" / "agreement.json").read_text())
    assert [row[0]["text"].partition(";")[0] for row in rest["rows"]] == [f"({name})" for name in STRATA]
    assert [row[1]["text"] for row in rest["rows"]] == [str(one.plans) for one in measured()]
    faults = json.loads((site.out / "method" / "faults.json").read_text())
    assert len(faults["rows"]) == len(STRATA)


def test_errors_are_not_rounded_away() -> None:
    """Median and tail of each error stand in the cell with two digits of their own."""
    one = measured()[0]
    cells = steady_agreement([one]).rows[0].cells
    for name, shown in zip(("utilisation", "p50", "p95", "p99"), cells[2:], strict=True):
        low, high = (float(part.strip(" %").replace(",", "")) for part in shown.text.split("; "))
        assert abs(low - one.figures[name].median) <= 0.06 * one.figures[name].median + 1e-9
        assert abs(high - one.figures[name].p95) <= 0.06 * one.figures[name].p95 + 1e-9
    assert len(fault_agreement([one]).rows) == 1
