"""A statement about a published system is stated by a source, or marked as inferred.

Fact: every statement that can carry a source has one (its own, or that of the entry it stands in), or says
`basis: inferred`.
Bounds: none, at status published.

Fails: an on-call practice without source and without basis.
Mend: cite the source, or write basis: inferred.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.field import Model

OWNERS = frozenset({
    "Said", "Innovation", "Decision", "Lesson", "Era", "Saving", "Brownout", "AppliedPattern", "MultiRegion",
    "Failure", "Monitoring", "Migration", "Component", "GuaranteeUse",
})  # fmt: skip


def is_below(path: str, places: set[str]) -> bool:
    """Whether a path or one of its ancestors is among the places."""
    parts = path.split(".")
    return any(".".join(parts[:count]) in places for count in range(len(parts), 0, -1))


def run(case: Case) -> Iterator[Breach]:
    """Each statement of a published system."""
    if not case.is_published:
        return
    supported: set[str] = set()
    for place in case.written:
        if not isinstance(place.value, Model):
            continue
        if getattr(place.value, "source", None) or getattr(place.value, "claim", None):
            supported.add(place.path)
        if type(place.value).__name__ not in OWNERS or getattr(place.value, "basis", "stated") != "stated":
            continue
        if not is_below(place.path, supported):
            yield Breach(
                place.path,
                "a statement without a source",
                actual="stated, by nobody",
                expected="a source, or basis: inferred",
                tip="Cite the source, or write basis: inferred.",
            )


CHECK = Check("REC013", "statements_supported", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
