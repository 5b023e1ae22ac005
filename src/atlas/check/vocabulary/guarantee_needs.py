"""A guarantee comes with the mechanisms that give it.

Fact: at least one of the mechanisms that the vocabulary says a guarantee requires is named, or can be read off the
components and calls.
Bounds: a warning; one of them is enough, for there are several ways to most guarantees.

Fails: G-EXO in a system with neither a durable log nor idempotency.
Mend: name the mechanism, or promise less.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.mechanism import present
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each guarantee of the system."""
    vocabulary, there = case.system.vocabulary, present(case)
    for index, use in enumerate(case.document.guarantees):
        entry = vocabulary.guarantees.get(vocabulary.canonical("guarantees", use.id) or "")
        if entry is None or not entry.requires or there & set(entry.requires):
            continue
        yield Breach(
            f"guarantees.{index}.id",
            f"nothing here gives {use.id}",
            actual="none of its mechanisms",
            expected=" or ".join(entry.requires),
            tip="Name the mechanism where it acts, or promise less.",
        )


CHECK = Check("VOC002", "guarantee_needs", Scope.SYSTEM, Level.WARNING, Family.VOCABULARY, run)
