"""At least one source is the organisation's own, and was read.

Fact: a source with role primary whose access is not `unread`.
Bounds: one; an error once published, a warning in a draft.

Fails: only press reports and seeds.
Mend: cite the engineering blog, the paper, the talk by its engineers, or the filing.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """The sources of a draft or published system."""
    if case.document.status == "stub":
        return
    if not any(s.role == "primary" and s.access != "unread" for s in case.document.sources.values()):
        yield Breach(
            "sources",
            "no primary source was read",
            actual="0",
            expected="at least 1",
            tip="Cite what the organisation itself published.",
            level=Level.ERROR if case.is_published else Level.WARNING,
        )


CHECK = Check("EVI003", "primary_source", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
