"""What a drill expects holds when it is run, and its counterfactual is well without the fault.

Fact: each drill on the fluid engine, with its mitigation and without it, and the latter again while nothing is broken.
Bounds: the drill's own expectations; without the fault the good answers that `atlas run` calls well.

Fails: a drill that expects 99 % good answers of a service that loses half its instances at 80 % load.
Mend: examine the model and its assumptions; where the engines cannot show what the system does, say so in
`drill.not_reproduced` with the reason.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each drill that is not marked as not reproduced."""
    asked = [(i, f) for i, f in enumerate(case.document.failures) if f.drill is not None and not f.drill.not_reproduced]
    if not asked or case.source is None:
        return
    from atlas.compile import Case as Runnable  # noqa: PLC0415 - only costly checks load the engines
    from atlas.compile import run_drills  # noqa: PLC0415 - the engines again
    from atlas.compile.report import shown  # noqa: PLC0415 - the engines again

    runnable = Runnable(case.system, case.source.data)
    drilled = run_drills(runnable, [failure for _, failure in asked])
    for (index, failure), done in zip(asked, drilled, strict=True):
        path = f"failures.{index}.drill"
        if done.reason:
            yield Breach(path, f"the drill of {failure.id} cannot be run: {done.reason}")
        for judgement in done.judgements:
            if not judgement.holds:
                message = f"{failure.id}: {judgement.measure} of {judgement.flow} is not what is expected"
                yield Breach(f"{path}.expect", message, shown(judgement), judgement.bound)
        for judgement in done.health:
            if not judgement.holds:
                message = (
                    f"{failure.id}: without the mitigation {judgement.flow} is sick also without the fault, so that "
                    "the counterfactual proves nothing"
                )
                measured = f"{judgement.measure} {shown(judgement)}"
                yield Breach(f"{path}.without", message, measured, judgement.bound, level=Level.WARNING)


CHECK = Check("MOD002", "drills_hold", Scope.SYSTEM, Level.ERROR, Family.MODEL, run, is_costly=True)
