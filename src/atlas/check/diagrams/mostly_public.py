"""At most four of the fifteen diagrams are mainly *not public*.

Fact: a diagram is mainly not public when more than half of what it must show is not.
Bounds: four of fifteen, at status published.

Fails: a system whose costs, regions, operations, novelties and failures are all unknown.
Mend: find talks and papers for the missing sides, or keep the system a draft.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

MOST = 4


def run(case: Case) -> Iterator[Breach]:
    """The fifteen diagrams of a published system."""
    from atlas.draw import CODES  # noqa: PLC0415 - only costly checks load the renderer

    if not case.is_published:
        return
    empty = [d.code for d in case.drawings if d.code in CODES and d.is_mainly_not_public]
    if len(empty) > MOST:
        yield Breach("not_public", "too many diagrams show nothing", ", ".join(empty), f"at most {MOST}")


CHECK = Check("DIA002", "mostly_public", Scope.SYSTEM, Level.ERROR, Family.DIAGRAMS, run, is_costly=True)
