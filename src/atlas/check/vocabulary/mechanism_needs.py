"""A mechanism comes with the ones it needs.

Fact: for each mechanism that is named, the ones that the vocabulary says it requires are named too, or can be read off
the components and calls (retries give p8, replication p2, and so on).
Bounds: a warning.

Fails: p8_timeout_retry on writes with p7_idempotency nowhere.
Mend: name the missing mechanism where it acts, or correct the one that is named.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.mechanism import present
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each named mechanism."""
    vocabulary, there = case.system.vocabulary, present(case)
    for index, use in enumerate(case.document.mechanisms):
        entry = vocabulary.mechanisms.get(vocabulary.canonical("mechanisms", use.id) or "")
        for needed in entry.requires if entry else ():
            if needed not in there:
                yield Breach(
                    f"mechanisms.{index}.id",
                    f"{use.id} needs {needed}",
                    actual=f"{needed} is nowhere",
                    expected=f"{needed} among the mechanisms",
                    tip=f"Name {needed} where it acts, or correct {use.id}.",
                )


CHECK = Check("VOC001", "mechanism_needs", Scope.SYSTEM, Level.WARNING, Family.VOCABULARY, run)
