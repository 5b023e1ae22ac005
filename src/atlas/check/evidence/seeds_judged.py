"""A statement that only a seed makes has a verdict.

Fact: a claim whose sources are all seeds says `unfound` or `contradicted`, or cites where it was found.
Bounds: an error once published, a warning in a draft; a stub may collect statements.

Fails: a peak of 25M/s from the specification, with nothing else to support it.
Mend: look for it; then write the verdict, or add the source.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each claim that only seeds carry."""
    if case.document.status == "stub":
        return
    for name, view in case.system.claims.items():
        only_seeds = bool(view.sources) and all(s.role == "seed" for s in view.sources.values())
        if only_seeds and view.claim.verdict == "found":
            yield Breach(
                f"claims.{name}",
                f"{name} is a seed's statement without a verdict",
                actual="no verdict",
                expected="unfound or contradicted, or a source",
                because=(name,),
                tip="Look for it, then write the verdict or add the source.",
                level=Level.ERROR if case.is_published else Level.WARNING,
            )


CHECK = Check("EVI017", "seeds_judged", Scope.SYSTEM, Level.WARNING, Family.EVIDENCE, run)
