"""A published system rests on three publications that were read.

Fact: at least three sources that are not seeds and were read.
Bounds: three, at status published (two are asked of every draft, see EVI002).

Fails: a published system with a post and a talk.
Mend: add a paper, a filing or an older post.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

LEAST = 3


def run(case: Case) -> Iterator[Breach]:
    """The sources of a published system."""
    read = [s for s in case.document.sources.values() if s.role != "seed" and s.access != "unread"]
    if case.is_published and len(read) < LEAST:
        yield Breach("sources", "too few sources for a published system", str(len(read)), f"at least {LEAST}")


CHECK = Check("REC001", "enough_sources", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
