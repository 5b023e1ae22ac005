"""Table 5, backpressure: what each component does when more arrives than it can take."""

from __future__ import annotations

from atlas.model import Call
from atlas.model.component import Component
from atlas.model.flow import AdaptiveTimeout
from atlas.quantity import format_quantity
from atlas.site.figure import EvidenceBook
from atlas.site.parts import Given, Part, Words, cell, joined
from atlas.site.table import Row, Table, columns
from atlas.site.tables.patterns import calls
from atlas.site.tables.said import basis

NONE = Words("–", "nil")
_COLUMNS = ("Component", "Admission", "Queue", "Concurrency cap", "Timeouts", "Breakers", "Sheds")


def backpressure(book: EvidenceBook) -> Table:
    """A row for each component that some flow calls; then what the document adds in words."""
    by_target: dict[str, list[Call]] = {}
    for call in calls(book.system):
        by_target.setdefault(call.target, []).append(call)
    rows = [
        _row(book, ident, component, by_target.get(ident, []))
        for ident, component in book.system.document.components.items()
        if ident in by_target or component.limits or component.queue
    ]
    return Table(
        "backpressure", "Backpressure", columns(*_COLUMNS), tuple(rows), number=5, note="A dash: none described."
    )


def admission_and_brownouts(book: EvidenceBook) -> list[tuple[str, tuple[Part, ...]]]:
    """The statements of the document about admission and degradation, each with its basis."""
    stated = book.system.document.backpressure
    if stated is None:
        return []
    found = [(one.text, basis(book.system, one)) for one in stated.admission]
    for brownout in stated.brownouts:
        keeps = f", keeps {brownout.keeps}" if brownout.keeps else ""
        found.append((f"When {brownout.when}: drops {brownout.drops}{keeps}", basis(book.system, brownout)))
    return found


def _row(book: EvidenceBook, ident: str, component: Component, inbound: list[Call]) -> Row:
    shed = "; ".join(f"over {format_quantity(s.over)}: priority {s.priority} and below" for s in component.shed)
    return Row(
        (
            cell(component.name, sub=component.plane),
            cell(_limits(book, ident, component), empty=NONE),
            cell(_queue(book, ident, component), empty=NONE),
            cell(_cap(book, ident, component), empty=NONE),
            cell(_timeouts(inbound), empty=NONE),
            cell(_breakers(inbound), empty=NONE),
            cell(shed, empty=NONE),
        )
    )


def _limits(book: EvidenceBook, ident: str, component: Component) -> Given:
    if component.limits is None:
        return None
    rate = book.value(f"components.{ident}.limits.rate", f"rate limit, {component.name}")
    per = f" per {component.limits.per}" if component.limits.per else ""
    return (rate or "limited", per)


def _queue(book: EvidenceBook, ident: str, component: Component) -> Given:
    places = book.value(f"components.{ident}.queue.max", f"queue, {component.name}")
    if places is None:
        return None
    overflow = component.queue.overflow.replace("_", " ") if component.queue else "reject"
    return (places, f", then {overflow}")


def _cap(book: EvidenceBook, ident: str, component: Component) -> Given:
    slots = book.value(f"components.{ident}.concurrency", f"slots of one instance, {component.name}")
    pools: list[Given] = []
    for pool in component.pools:
        share = book.value(f"components.{ident}.pools.{pool}", f"pool {pool}, {component.name}")
        if share:
            pools.append((f"{pool} ", share))
    return ((slots, " per instance") if slots else None, ("; pools: ", joined(pools)) if pools else None)


def _timeouts(inbound: list[Call]) -> str:
    texts = [_timeout(c) for c in inbound if c.timeout is not None]
    retries = [
        f"{c.retry.attempts} attempts" + (f", budget {format_quantity(c.retry.budget)}" if c.retry.budget else "")
        for c in inbound
        if c.retry
    ]
    return "; ".join(dict.fromkeys((*texts, *retries)))


def _timeout(call: Call) -> str:
    if isinstance(call.timeout, AdaptiveTimeout):
        return f"{call.timeout.factor:g} × recent {call.timeout.adaptive}"
    return format_quantity(call.timeout) if call.timeout else ""


def _breakers(inbound: list[Call]) -> str:
    texts = [
        f"at {format_quantity(c.breaker.threshold)} failures per {c.breaker.per}"
        + (f", open {format_quantity(c.breaker.open)}" if c.breaker.open else "")
        for c in inbound
        if c.breaker
    ]
    return "; ".join(dict.fromkeys(texts))
