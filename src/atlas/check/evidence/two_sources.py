"""A system rests on at least two publications.

Fact: two sources that are not seeds and were read (`access` is not `unread`).
Bounds: two; an error once published, a warning in a draft.

Fails: a draft that cites one blog post.
Mend: find a paper, a talk, a filing or a second post.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

LEAST = 2


def run(case: Case) -> Iterator[Breach]:
    """The sources of a draft or published system."""
    if case.document.status == "stub":
        return
    read = [s for s in case.document.sources.values() if s.role != "seed" and s.access != "unread"]
    if len(read) < LEAST:
        yield Breach(
            "sources",
            "too few publications were read",
            actual=str(len(read)),
            expected=f"at least {LEAST}",
            tip="Add a paper, a talk, a filing or a second post; seeds do not count.",
            level=Level.ERROR if case.is_published else Level.WARNING,
        )


CHECK = Check("EVI002", "two_sources", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
