"""What the model runs on held at the moment the model describes.

Formula: distance between the claim's date and `model.as_of`, for claims that numbers of components and flows use
directly.
Bounds: 24 months; a `derived` that grows the figure is exempt, and says so. Design facts (limits, sizes, ratios) age
slowly and are exempt.

Fails: a model of 2024 on a rate of 2016.
Mend: find a newer figure, grow it by another series, or move model.as_of.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.system import Value
from atlas.model.text import Span, span

MONTHS = 24
GROWING = frozenset(
    {"rate", "concurrency", "connections", "users", "nodes", "bandwidth", "storage", "growth", "records"}
)


def months_apart(a: Span, b: Span) -> float:
    """Months between two dates, 0 where they overlap."""
    days = max(0, (b.start - a.end).days, (a.start - b.end).days)
    return days / 30.44


def run(case: Case) -> Iterator[Breach]:
    """Each number of a component or flow that is a claim itself."""
    model = case.document.model
    moment = span(model.as_of) if model is not None else None
    if moment is None:
        return
    for path, value in case.system.values.items():
        if value.origin == "claim" and path.startswith(("components.", "flows.")):
            yield from _judge(case, path, value, moment)


def _judge(case: Case, path: str, value: Value, moment: Span) -> Iterator[Breach]:
    for name in value.claims:
        view = case.system.claims.get(name)
        if view is None or view.as_of_span is None or view.claim.metric not in GROWING:
            continue
        apart = months_apart(view.as_of_span, moment)
        if apart > MONTHS:
            yield Breach(
                path,
                f"{name} is {apart:.0f} months away from the moment of the model",
                actual=view.as_of,
                expected=f"within {MONTHS} months of {case.document.model.as_of if case.document.model else ''}",
                because=(name,),
                tip="Find a newer figure, or derive it with a growth factor.",
            )


CHECK = Check("EVI011", "stale_input", Scope.SYSTEM, Level.WARNING, Family.EVIDENCE, run)
