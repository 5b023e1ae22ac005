"""The figure of a claim still stood in its source when that was last visited.

Formula: the last visit kept in visits/ found the printed figure, or found nothing that speaks against it.
Bounds: a visit counts until the claim's figure is edited or its source is read again; an unreachable page does not.

Fails: a claim of "177 nodes" whose source says "72 nodes" since.
Mend: read the source. Correct the claim, date it with as_of, or set accessed if it stands there after all.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Every claim that a source no longer prints."""
    document = case.document
    for visit in case.visits:
        claim, source = document.claims.get(visit.claim), document.sources.get(visit.source)
        if claim is None or source is None or not visit.is_gone or not visit.is_about(claim, source.accessed):
            continue
        yield Breach(
            f"claims.{visit.claim}.figure",
            f"its source no longer prints the figure ({visit.state})",
            actual=visit.now or "nothing like it",
            expected=claim.figure or "",
            because=(visit.claim,),
            tip=f"Read {source.url or visit.source}: visited on {visit.day}. {visit.detail}".strip(),
        )


CHECK = Check("EVI020", "figure_stands", Scope.SYSTEM, Level.WARNING, Family.EVIDENCE, run)
