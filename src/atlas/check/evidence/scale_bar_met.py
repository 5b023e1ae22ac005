"""A system is as large as it says: each bar is met by a cited claim.

Fact: at least one bar, and each bar's claim is found, of a metric of that bar, and satisfies one of its lines
(`scale_bars.yaml`) with the high end of its interval.
Bounds: those of the vocabulary; an error once published, a warning in a draft.

Fails: `concurrency: users-2017` with 400k users at once.
Mend: cite a claim that meets the bar, or drop the bar.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.system import ClaimView
from atlas.model.vocabulary import ScaleBar


def is_met(bar: ScaleBar, view: ClaimView) -> bool:
    """Whether a claim satisfies one line of a bar."""
    for line in bar.any:
        fits = line.metric == view.claim.metric and line.stat in (None, view.claim.stat)
        if fits and line.at_least.dimension == view.quantity.dimension and view.quantity.high >= line.at_least.mid:
            return True
    return False


def run(case: Case) -> Iterator[Breach]:
    """Each bar that is claimed."""
    scale = case.document.scale
    level = Level.ERROR if case.is_published else Level.WARNING
    if scale is None or not scale.bar:
        if case.document.status != "stub":
            yield Breach("scale", "no scale bar is met by a claim", "none", "at least one bar", level=level)
        return
    for name, claim in scale.bar.items():
        bar, view = case.system.vocabulary.scale_bars.get(name), case.system.claims.get(claim)
        if bar is None or view is None:
            continue
        wrong = "was not found in its source" if view.claim.verdict != "found" else "does not meet the bar"
        if view.claim.verdict != "found" or not is_met(bar, view):
            lines = (f"{x.metric} {x.stat or ''} ≥ {x.at_least.text}".replace("  ", " ") for x in bar.any)
            yield Breach(
                f"scale.bar.{name}",
                f"{claim} {wrong}",
                actual=f"{view.claim.metric} {view.claim.stat} {view.text}",
                expected=" or ".join(lines),
                because=(claim,),
                tip="Cite a claim that meets the bar, or drop the bar.",
                level=level,
            )


CHECK = Check("EVI010", "scale_bar_met", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
