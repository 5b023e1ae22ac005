"""Every source is used, and every claim has one that was read.

Fact: a source is referred to by a claim or a statement; a source that nothing refers to belongs to `related.reading`.
Bounds: seeds are left out.

Fails: a source in the list that no figure and no statement names.
Mend: cite it where it was used, or move it to related.reading.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def referred(case: Case) -> set[str]:
    """Ids of the sources that claims and statements refer to."""
    found: set[str] = set()
    for place in case.written:
        if place.field == "source":
            found.update(place.value if isinstance(place.value, tuple) else (str(place.value),))
    return found


def run(case: Case) -> Iterator[Breach]:
    """Each source of a draft or published system."""
    used = referred(case)
    for ident, source in case.document.sources.items():
        if source.role != "seed" and ident not in used:
            yield Breach(
                f"sources.{ident}",
                f"nothing refers to {ident}",
                tip="Cite it where it was used, or move it to related.reading.",
            )


CHECK = Check("EVI014", "sources_used", Scope.SYSTEM, Level.WARNING, Family.EVIDENCE, run)
