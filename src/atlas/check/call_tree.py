"""The calls of a document's flows, each with its dotted path and the calls above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from atlas.model.document import Document
from atlas.model.flow import AdaptiveTimeout, Call, CallSettings
from atlas.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Place:
    """A call in its flow: where it stands, and the calls that wait for it, nearest last."""

    flow: str
    path: str
    call: Call
    above: tuple[Call, ...]


def places(document: Document) -> Iterator[Place]:
    """Every call of every flow, outer calls first."""
    for name, flow in document.flows.items():
        for index, step in enumerate(flow.steps):
            yield from _below(name, f"flows.{name}.steps.{index}", step, ())


def _below(flow: str, path: str, call: Call, above: tuple[Call, ...]) -> Iterator[Place]:
    yield Place(flow, path, call, above)
    inner = (*above, call)
    for key in ("parallel", "choose", "then"):
        for index, child in enumerate(getattr(call, key)):
            yield from _below(flow, f"{path}.{key}.{index}", child, inner)


def timeout_s(settings: CallSettings | None) -> float | None:
    """The fixed timeout of a call in seconds; None where there is none, or it adapts."""
    if settings is None or settings.timeout is None or isinstance(settings.timeout, AdaptiveTimeout):
        return None
    return settings.timeout.mid


def attempts(settings: CallSettings | None) -> int:
    """Attempts in all, one where no retry is written."""
    return settings.retry.attempts if settings is not None and settings.retry is not None else 1


def amplification(settings: CallSettings | None) -> float:
    """The largest factor by which retries multiply calls: the attempts, or one plus the budget."""
    tries = float(attempts(settings))
    budget = settings.retry.budget if settings is not None and settings.retry is not None else None
    return min(tries, 1 + _share(budget)) if budget is not None else tries


def _share(quantity: Quantity) -> float:
    return quantity.mid
