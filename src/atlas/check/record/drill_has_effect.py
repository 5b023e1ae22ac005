"""A drill injects something that lasts, and its counterfactual changes something.

Fact: faults last longer than zero and shorter than a day, shares lie between 0 and 100 %, factors are not 1, and
`without` is not the value that is written already.
Bounds: exact.

Fails: a fault of kind slow with factor 1.
Mend: correct the fault, or remove it.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.failure import Fault

DAY_S = 86_400.0


def problem(fault: Fault) -> str:
    """Why a fault does nothing; empty where it does something."""
    if fault.for_ is not None and not 0 < fault.for_.mid <= DAY_S:
        return "lasts no sensible time"
    if fault.factor is not None and fault.factor.mid == 1:
        return "has the factor 1"
    if fault.share is not None and not 0 <= fault.share.mid <= 1:
        return "has a share outside 0 to 100 %"
    full = fault.share is not None and fault.share.mid == 1
    empty = fault.share is not None and fault.share.mid == 0
    if (fault.kind == "capacity" and full) or (fault.kind in ("error", "cache_loss") and empty):
        return "takes nothing away"
    return ""


def run(case: Case) -> Iterator[Breach]:
    """Each fault of each drill."""
    for index, failure in enumerate(case.document.failures):
        for place, fault in enumerate(failure.drill.fault if failure.drill else ()):
            if wrong := problem(fault):
                yield Breach(
                    f"failures.{index}.drill.fault.{place}",
                    f"the fault of {failure.id} {wrong}",
                    tip="Correct the fault, or remove it.",
                )


CHECK = Check("REC015", "drill_has_effect", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
