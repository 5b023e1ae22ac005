"""Eras follow each other.

Fact: an era ends after it begins, and eras are written in the order in which they began.
Bounds: exact, at the precision written; eras may overlap.

Fails: an era from 2022 to 2019.
Mend: correct the years or the order.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.text import span


def run(case: Case) -> Iterator[Breach]:
    """Each era, and each with the one before it."""
    before = None
    for index, era in enumerate(case.document.timeline):
        begins, ends = span(era.from_), span(era.to) if era.to else None
        if begins is not None and ends is not None and ends.end < begins.start:
            yield Breach(f"timeline.{index}.to", f"{era.id} ends before it begins", era.to or "", f"after {era.from_}")
        if begins is not None and before is not None and begins.end < before.start:
            yield Breach(f"timeline.{index}.from", f"{era.id} began before the era above it", era.from_, "in order")
        before = begins or before


CHECK = Check("REC014", "eras_in_order", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
