"""A figure is at most eight words.

Fact: `figure` prints the number with the words around it that identify it, at most eight of them.
Bounds: eight: a figure is a fact, a sentence is somebody's text.

Fails: "we now store trillions of messages on only 72 nodes in total".
Mend: keep the number and the noun: "72 ScyllaDB nodes".
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

MOST = 8


def run(case: Case) -> Iterator[Breach]:
    """Each claim with a figure."""
    for name, view in case.system.claims.items():
        count = len((view.claim.figure or "").split())
        if count > MOST:
            yield Breach(
                f"claims.{name}.figure",
                "the figure is longer than a fact",
                actual=f"{count} words",
                expected=f"at most {MOST}",
                because=(name,),
                tip="Keep the number and the noun.",
            )


CHECK = Check("LEG001", "figure_length", Scope.SYSTEM, Level.ERROR, Family.LEGAL, run)
