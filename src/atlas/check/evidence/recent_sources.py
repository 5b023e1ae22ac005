"""The newest source is at most five years old, or the system says why it is still canonical.

Formula: today − the latest `published` among sources that are not seeds.
Bounds: five years; `legacy` with its reason lifts it. Living pages (`unknown`) count by the day they were read.

Fails: a system described from papers of 2006 to 2012, without `legacy`.
Mend: find what runs today, or add `legacy: {because: …}`.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.text import span

YEARS = 5


def run(case: Case) -> Iterator[Breach]:
    """The sources of a system that is not declared legacy."""
    document = case.document
    if document.legacy is not None or document.status == "stub":
        return
    dates = [span(s.published) or span(s.accessed) for s in document.sources.values() if s.role != "seed"]
    newest = max((d.end for d in dates if d is not None), default=None)
    if newest is not None and (case.today - newest).days > YEARS * 365.25:
        yield Breach(
            "sources",
            "the newest source is old, and the system is not declared legacy",
            actual=str(newest),
            expected=f"within {YEARS} years of {case.today}",
            tip="Find what runs today, or add legacy with its reason.",
        )


CHECK = Check("EVI009", "recent_sources", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
