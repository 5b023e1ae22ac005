"""Table 6, capacity and latency: Little's law, percentiles, hedging and pools of every tier."""

from __future__ import annotations

from atlas.model import Distribution, Load
from atlas.model.component import Component
from atlas.quantity import COUNT, Quantity, format_quantity, parse
from atlas.site.figure import EvidenceBook
from atlas.site.parts import Figure, Given, Words, cell, joined
from atlas.site.table import Row, Table, columns
from atlas.site.tables.patterns import calls

_LEAST_SHARE = 0.001
NONE = Words("–", "nil")
UNLIMITED = Words("unlimited", "quiet")
UNKNOWN = Words("not known", "nil")
BY_OPERATION = Words("by operation", "quiet")


def capacity(book: EvidenceBook) -> Table:
    """One row for each component with a load, and one more for each of its operations that has its own times."""
    system = book.system
    rows: list[Row] = []
    for ident, component in system.document.components.items():
        load = system.traffic.components.get(ident)
        if load is None or load.peak == 0:
            continue
        rows.append(_tier(book, ident, component, load))
        rows += [_operation(book, ident, component, name) for name in component.operations]
    return Table(
        "capacity",
        "Capacity and latency budget",
        columns("Tier", "Work in progress, L = λ × W", "#p95", "#p99", "Hedging", "#Slots", "#Busy at peak"),
        tuple(rows),
        number=6,
        note="At the peak rate of the described flows, without waiting.",
    )


def _tier(book: EvidenceBook, ident: str, component: Component, load: Load) -> Row:
    times = book.system.service_time(ident) if not component.operations else None
    missing = BY_OPERATION if component.operations else UNKNOWN
    return Row(
        (
            cell(component.name, sub=_explained(load)),
            cell(_little(book, ident, component, load)),
            cell(_percentile(book, times, "p95", component.name), empty=missing),
            cell(_percentile(book, times, "p99", component.name), empty=missing),
            cell(_hedging(book, ident), empty=NONE),
            cell(_slots(book, ident, component, load), empty=UNLIMITED),
            cell(_busy(book, ident, component, load), empty=Words("–", "quiet")),
        )
    )


def _operation(book: EvidenceBook, ident: str, component: Component, name: str) -> Row:
    times = book.system.service_time(ident, name)
    rate = book.system.traffic.operations.get(f"{ident}.{name}")
    label = f"{component.name}, {name.replace('-', ' ')}"
    flow = f"λ {_rate(rate.peak)}" if rate and rate.peak else "not called by a described flow"
    empty = Words("", "quiet")
    return Row(
        (
            cell(label),
            cell(flow),
            cell(_percentile(book, times, "p95", label), empty=UNKNOWN),
            cell(_percentile(book, times, "p99", label), empty=UNKNOWN),
            *(cell(empty=empty) for _ in range(3)),
        )
    )


def _little(book: EvidenceBook, ident: str, component: Component, load: Load) -> Given:
    text = _count(load.busy)
    how = f"{_rate(load.peak)} × {_time(load.hold_s)} held = {text} at once"
    figure = book.computed(text, how, f"work in progress, {component.name}", f"little-{ident}", _claims(book, ident))
    return (figure, f" = {_rate(load.peak)} × {_time(load.hold_s)}")


def _percentile(book: EvidenceBook, times: Distribution | None, name: str, label: str) -> Given:
    if times is None:
        return None
    written = times.value(name)
    if written:
        return book.resolved(written, f"{name} of {label}")
    seconds: float = getattr(times, name)
    base = ", ".join(f"{k} {v.text}" for k, v in times.written.items()) or f"mean {_time(times.mean)}"
    claims = tuple(dict.fromkeys(c for v in times.written.values() for c in v.claims))
    key = times.path.replace(".", "-") + f"-{name}"
    figure = book.computed(
        _time(seconds), f"{times.shape} with {base}, cv {times.cv:.3g}", f"{name} of {label}", key, claims
    )
    return Figure(figure.text, "derived" if claims else _origin(times), figure.evidence, claims)


def _origin(times: Distribution) -> str:
    return "published" if times.origin == "claim" else times.origin


def _hedging(book: EvidenceBook, ident: str) -> str:
    found = []
    for call in calls(book.system):
        if call.target == ident and call.hedge:
            after = call.hedge.after if isinstance(call.hedge.after, str) else format_quantity(call.hedge.after)
            found.append(
                f"after {after}" + (f", budget {format_quantity(call.hedge.budget)}" if call.hedge.budget else "")
            )
    return "; ".join(dict.fromkeys(found))


def _slots(book: EvidenceBook, ident: str, component: Component, load: Load) -> Given:
    instances = book.value(f"components.{ident}.instances", f"instances, {component.name}")
    slots = book.value(f"components.{ident}.concurrency", f"slots of one instance, {component.name}")
    if load.slots is None or instances is None or slots is None:
        return None
    return joined((instances, slots), " × ")


def _busy(book: EvidenceBook, ident: str, component: Component, load: Load) -> Given:
    if load.utilisation is None or load.slots is None:
        return None
    text = f"{load.utilisation * 100:.3g} %" if load.utilisation >= _LEAST_SHARE else "< 0.1 %"
    how = f"{_count(load.busy)} busy of {_count(load.slots)} slots"
    return book.computed(text, how, f"utilisation at peak, {component.name}", f"busy-{ident}", _claims(book, ident))


def _explained(load: Load) -> str:
    if load.explained is None or load.claimed is None:
        return ""
    return f"the flows explain {load.explained * 100:.3g} % of the published {_rate(load.claimed)}"


def _claims(book: EvidenceBook, ident: str) -> tuple[str, ...]:
    prefix = f"components.{ident}."
    used = (c for path, v in book.system.values.items() if path.startswith(prefix) for c in v.claims)
    return tuple(dict.fromkeys(used))


def _plain(value: float, sample: str) -> str:
    dimension = parse(sample).dimension
    return format_quantity(Quantity(value, value, value, dimension), 3)


def _rate(per_s: float) -> str:
    return _plain(per_s, "1/s")


def _time(seconds: float) -> str:
    return _plain(seconds, "1 s")


def _count(number: float) -> str:
    return format_quantity(Quantity(number, number, number, COUNT), 3)
