"""The engines show what the system's failures do: most drills hold, and most fail without their mitigations.

Fact: the outcomes that `atlas drills` keeps, of the document as it is: every drill on the fluid and on the discrete
engine.
Bounds: four of five hold on both engines; three of five, well without the fault, miss without the mitigation an
expectation which they meet with it; the others say why in `drill.not_reproduced`, and only they do.

Fails: a system of whose five drills three hold on the discrete engine.
Mend: examine the model and its assumptions, run `atlas drills SLUG` again; mark what is not reproduced, and say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

if TYPE_CHECKING:
    from atlas.compile import Playbook

TIP = "Run `atlas drills`."


def run(case: Case) -> Iterator[Breach]:
    """The kept outcomes of a system of a catalogue that has drills."""
    drilled = [f for f in case.document.failures if f.drill is not None]
    if case.root is None or not drilled:
        return
    kept = case.kept
    if kept is None:
        yield Breach("failures", "the drills were not run yet on both engines", tip=TIP)
    elif not kept.is_of(case.system):
        yield Breach("failures", "the document changed since its drills were run on both engines", tip=TIP)
    else:
        yield from _judge(case, kept.playbook)


def _judge(case: Case, book: Playbook) -> Iterator[Breach]:
    from atlas.compile.playbook import ENOUGH_FAIL, ENOUGH_HOLD  # noqa: PLC0415 - only costly checks load the engines

    count = len(book.drills)
    for found, share, what in (
        (book.holding(), ENOUGH_HOLD, "hold on both engines"),
        (book.proven(), ENOUGH_FAIL, "fail without their mitigation, and only under the fault"),
    ):
        if len(found) < share * count:
            yield Breach("failures", f"too few drills {what}", f"{len(found)} of {count}", f"{share * count:.1f}")
    still_open = book.open()
    for index, failure in enumerate(case.document.failures):
        marked = failure.drill is not None and failure.drill.not_reproduced
        if failure.id in still_open and not marked:
            yield Breach(f"failures.{index}.drill", f"{failure.id} is not reproduced, and nothing says why", tip=TIP)
        if failure.id in book.drills and failure.id not in still_open and marked:
            path = f"failures.{index}.drill.not_reproduced"
            yield Breach(path, f"{failure.id} is said not to be reproduced, and is", tip="Remove the mark.")


CHECK = Check("MOD005", "enough_drills_reproduced", Scope.SYSTEM, Level.ERROR, Family.MODEL, run, is_costly=True)
