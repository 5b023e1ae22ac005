"""A published system has five failures, each with a drill that can be run.

Fact: five failures with a fault and an expectation each.
Bounds: exactly five (more are refused when read), at status published.

Fails: three failures, one of them without a drill.
Mend: add what breaks in a region, in a store, in a dependency, under a hot key, and under overload.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

WANTED = 5


def run(case: Case) -> Iterator[Breach]:
    """The failures of a published system."""
    drilled = [f for f in case.document.failures if f.drill is not None and f.drill.fault and f.drill.expect]
    if case.is_published and len(drilled) < WANTED:
        yield Breach("failures", "too few failures with a drill", str(len(drilled)), str(WANTED))


CHECK = Check("REC006", "five_failures", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
