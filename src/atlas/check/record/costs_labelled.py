"""Costs are published, or a labelled estimate.

Fact: a cost whose numbers are assumed or derived has a `note` that says what the estimate rests on.
Bounds: none.

Fails: 12M USD a month, assumed, without a word.
Mend: say in `costs.note` which counts and prices it is computed from.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """The costs of a system."""
    costs = case.document.costs
    if costs is None or costs.note:
        return
    guessed = [p for p, v in case.system.values.items() if p.startswith("costs.") and v.origin != "claim"]
    if guessed:
        yield Breach(
            "costs",
            "the costs are an estimate that does not say so",
            actual=f"{len(guessed)} numbers without a claim",
            expected="costs.note",
            tip="Say in costs.note what the estimate rests on.",
        )


CHECK = Check("REC008", "costs_labelled", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
