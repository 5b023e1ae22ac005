"""A claim's date lies in the era that it names.

Fact: `as_of` and the span of the era overlap.
Bounds: exact, at the precision written.

Fails: era `cassandra` (2017 to 2022) on a figure of 2024.
Mend: correct the era or the date.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.text import span


def run(case: Case) -> Iterator[Breach]:
    """Each claim with a date and an era of its own."""
    eras = {e.id: e for e in case.document.timeline}
    for name, view in case.system.claims.items():
        era = eras.get(view.claim.era or "")
        held = span(view.claim.as_of) if view.claim.as_of else None
        if era is None or held is None:
            continue
        begins, ends = span(era.from_), span(era.to) if era.to else None
        if (begins is not None and held.end < begins.start) or (ends is not None and held.start > ends.end):
            yield Breach(
                f"claims.{name}.era",
                f"{name} held in {view.claim.as_of}, outside the era {era.id}",
                actual=view.claim.as_of or "",
                expected=f"{era.from_} to {era.to or 'now'}",
                because=(name,),
                tip="Correct the era or the date.",
            )


CHECK = Check("EVI018", "claim_in_era", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
