"""The parts of a cost make up the whole.

Formula: sum of `costs.by` / `costs.total`.
Bounds: 0.5 to 1.02: parts may be missing, but never exceed the whole by more than rounding; below 0.5 a warning.

Fails: parts of 500M, 300M, 200M and 250M USD under a total of 1B.
Mend: correct the total, or name what is counted twice.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.interval import Interval
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """The costs of one system, where parts and whole are given."""
    costs = case.document.costs
    total = case.value("costs.total")
    if costs is None or total is None or not costs.by:
        return
    parts = [v for name in costs.by if (v := case.value(f"costs.by.{name}")) is not None]
    low, high = sum(p.quantity.low for p in parts), sum(p.quantity.high for p in parts)
    least, most = 0.5 * total.quantity.low, 1.02 * total.quantity.high
    if low > most or high < least:
        yield Breach(
            "costs.total",
            "the parts do not make up the total",
            actual=f"parts of {Interval(low, high).text()} USD/s in {total.text}",
            expected="50 % to 102 % of the total",
            because=tuple(c for p in (total, *parts) for c in p.claims),
            tip="Correct the total, or look for what is counted twice.",
            level=Level.ERROR if low > most else Level.WARNING,
        )


CHECK = Check("PHY039", "cost_parts", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
