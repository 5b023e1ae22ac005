"""Mechanisms that fight each other do not act at the same place.

Fact: no two mechanisms that the vocabulary calls conflicting (a lock and partitioning, a lock and event-driven work)
are named at the same component.
Bounds: a warning.

Fails: `lock` and `p1_partitioning` both at the store.
Mend: say where each acts; the lock is usually of one partition.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each pair of named mechanisms."""
    vocabulary = case.system.vocabulary
    uses = [(vocabulary.canonical("mechanisms", m.id) or m.id, m) for m in case.document.mechanisms]
    for index, (name, use) in enumerate(uses):
        entry = vocabulary.mechanisms.get(name)
        for other, second in uses:
            shared = set(use.at) & set(second.at)
            if entry is not None and other in entry.conflicts and shared:
                yield Breach(
                    f"mechanisms.{index}.at",
                    f"{name} and {other} fight each other at {', '.join(sorted(shared))}",
                    tip="Say where each acts.",
                )


CHECK = Check("VOC003", "mechanism_conflicts", Scope.SYSTEM, Level.WARNING, Family.VOCABULARY, run)
