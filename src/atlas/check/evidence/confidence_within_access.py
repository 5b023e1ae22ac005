"""Nobody is surer of a figure than what was read allows.

Fact: a claim whose sources are all unread or seeds is C; one whose sources were read only second-hand is at most B.
Bounds: exact.

Fails: confidence A on a talk of which only the title was read.
Mend: read it, or lower the confidence.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.evidence import Source

RANK = {"A": 3, "B": 2, "C": 1}


def ceiling(source: Source) -> str:
    """The best confidence that a source can give."""
    if source.role == "seed" or source.access == "unread":
        return "C"
    return "B" if source.access == "secondary" else "A"


def run(case: Case) -> Iterator[Breach]:
    """Each claim that states its confidence."""
    for name, view in case.system.claims.items():
        stated = view.claim.confidence
        if stated is None or not view.sources:
            continue
        best = max((ceiling(s) for s in view.sources.values()), key=RANK.__getitem__)
        if RANK[stated] > RANK[best]:
            yield Breach(
                f"claims.{name}.confidence",
                f"{name} is surer than what was read allows",
                actual=stated,
                expected=f"at most {best}",
                because=(name,),
                tip="Read the original, or lower the confidence.",
                level=Level.ERROR if best == "C" else Level.WARNING,
            )


CHECK = Check("EVI015", "confidence_within_access", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
