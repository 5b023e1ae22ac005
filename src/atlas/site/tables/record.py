"""Tables of the record: glance, decisions, costs, monitoring, security and what else a section holds as rows."""

from __future__ import annotations

from collections.abc import Iterable

from atlas.model import ClaimView
from atlas.quantity import format_quantity
from atlas.site.figure import EvidenceBook
from atlas.site.names import capital
from atlas.site.parts import BREAK, Cell, Given, Link, Words, cell, joined
from atlas.site.table import Row, Table, columns
from atlas.site.tables.said import basis, listed
from atlas.site.tables.summary import described

_LEAST_READABLE = 0.001
"""US dollars below which a price is also told by the million."""

_GLANCE = (
    ("Scale", ("users", "concurrency", "connections", "rate", "events", "watch-time", "money-rate", "money-volume")),
    ("Data volume", ("storage", "records", "growth", "bandwidth", "retention")),
    ("Availability", ("availability", "error-rate")),
    ("Latency", ("latency", "lag")),
)


def glance(book: EvidenceBook) -> Table:
    """The specification's *at a glance*: scale, data, availability, latency, team, timeline."""
    rows = [Row((cell(label), *_glance_cells(book, metrics))) for label, metrics in _GLANCE]
    rows.append(Row((cell("Team"), cell(_team(book)), cell("size and organisation"))))
    rows.append(Row((cell("Timeline"), *_timeline(book))))
    return Table("glance", "At a glance", columns("Measure", "Value", "Context"), tuple(rows))


def _glance_cells(book: EvidenceBook, metrics: tuple[str, ...]) -> tuple[Cell, Cell]:
    """The three figures that say most, and how they have grown or how old they are."""
    shown = book.system.document.scale.show if book.system.document.scale else ()
    claims = [c for c in book.system.claims.values() if c.claim.metric in metrics and c.is_usable and not _is_low(c)]
    claims.sort(
        key=lambda c: (c.id not in shown, c.claim.of != "system", bool(c.claim.scope), metrics.index(c.claim.metric))
    )
    chosen = newest(claims)[:3]
    values = joined((described(book, c.id) for c in chosen), BREAK)
    growth = joined((g for c in chosen if (g := _growth(book, c))), BREAK)
    return cell(values), cell(growth, empty=Words("–" if chosen else "looked for and not found", "nil"))


def _is_low(view: ClaimView) -> bool:
    """The worst moment of an outage is told with the incident: at a glance it would pass for the rule."""
    return view.claim.metric == "availability" and view.claim.stat == "min"


def _growth(book: EvidenceBook, view: ClaimView) -> Given:
    """The oldest figure of the same fact: ``from 40 M/day in 2016-07``."""
    same = [
        c
        for c in book.system.claims.values()
        if c.is_usable and _fact(c) == _fact(view) and c.as_of_span and c.id != view.id
    ]
    if not same or view.as_of_span is None:
        return None
    first = min(same, key=lambda c: c.as_of)
    if first.as_of >= view.as_of:
        return None
    return ("from ", book.claim(first.id), f" in {first.as_of}")


def newest(claims: Iterable[ClaimView]) -> list[ClaimView]:
    """One figure of each fact, its newest, in the order in which the facts first come."""
    found: dict[tuple[str, str, str, str], ClaimView] = {}
    for view in claims:
        known = found.get(_fact(view))
        if known is None or view.as_of > known.as_of:
            found[_fact(view)] = view
    return list(found.values())


def _fact(view: ClaimView) -> tuple[str, str, str, str]:
    return (view.claim.metric, view.claim.of, view.claim.stat, view.claim.scope or "")


def _team(book: EvidenceBook) -> Given:
    items: list[Given] = []
    for one in book.system.document.team:
        if isinstance(one, str):
            items.append(described(book, one) if one in book.system.claims else one)
        else:
            items.append((one.text, " ", *basis(book.system, one)))
    return joined(items, BREAK)


def _timeline(book: EvidenceBook) -> tuple[Cell, Cell]:
    eras = book.system.document.timeline
    if not eras:
        return cell(), cell(Words("looked for and not found", "nil"))
    last = eras[-1]
    end = last.to or "today"
    return cell(f"{eras[0].from_} to {end}"), cell(
        Link(f"{len(eras)} architectures", f"systems/{book.system.slug}/#timeline"), f", the latest since {last.from_}"
    )


def decisions(book: EvidenceBook) -> Table | None:
    """Decision, choice, trade-off, impact."""
    found = book.system.document.decisions
    rows = tuple(
        Row((cell(d.decision, sub=basis(book.system, d)), cell(d.choice), cell(d.trade_off), cell(d.impact)))
        for d in found
    )
    return Table("decisions", "Decisions", columns("Decision", "Choice", "Trade-off", "Impact"), rows) if rows else None


def monitoring(book: EvidenceBook) -> Table | None:
    """Layer, tools, key metrics."""
    operations = book.system.document.operations
    if operations is None or not operations.monitoring:
        return None
    rows = tuple(
        Row((cell(capital(m.layer), sub=basis(book.system, m)), cell(listed(m.tools)), cell(listed(m.metrics))))
        for m in operations.monitoring
    )
    return Table("monitoring", "Monitoring", columns("Layer", "Tools", "Key metrics"), rows)


def costs(book: EvidenceBook) -> Table | None:
    """Total, per unit, by component, reserved share; each with its origin."""
    found = book.system.document.costs
    if found is None:
        return None
    components = book.system.document.components
    lines: list[tuple[str, Given]] = [
        ("Total", book.value("costs.total", "total cost")),
        (f"Per {found.unit or 'unit'}", _per_unit(book, found.unit or "unit")),
    ]
    for ident in found.by:
        name = components[ident].name if ident in components else capital(ident.replace("-", " "))
        lines.append((name, book.value(f"costs.by.{ident}", f"cost of {name}")))
    if found.purchase:
        reserved = book.value("costs.purchase.reserved", "share bought in advance")
        lines.append(("Bought in advance", (reserved, _gap(found.purchase.note))))
    rows = tuple(Row((cell(label), cell(given))) for label, given in lines)
    return Table(
        "costs", "Costs", columns("What", "#Amount"), rows, note=found.note or "", is_wordy=False, is_narrow=True
    )


def _per_unit(book: EvidenceBook, unit: str) -> Given:
    """The price of one; of what costs less than a tenth of a cent also the price of a million, which can be read."""
    value = book.system.value("costs.per_unit")
    figure = book.value("costs.per_unit", f"cost per {unit}")
    if value is None or value.mid >= _LEAST_READABLE:
        return figure
    return (figure, Words(f", a million {format_quantity(value.quantity.scaled(1e6), 3)}", "quiet"))


def savings(book: EvidenceBook) -> Table | None:
    """What was saved, and how."""
    found = book.system.document.costs
    if found is None or not found.savings:
        return None
    rows = tuple(Row((cell(s.what, sub=basis(book.system, s)), cell(s.saved))) for s in found.savings)
    return Table("savings", "Savings", columns("What was done", "What it saved"), rows)


def components(book: EvidenceBook, idents: Iterable[str]) -> Table:
    """Every component: plane, technology, size, who says that it exists."""
    system, rows = book.system, []
    for ident in idents:
        one = system.document.components[ident]
        known = system.vocabulary.canonical("technologies", one.technology) if one.technology else None
        built: Given = (
            Link(system.vocabulary.technologies[known].name, f"technologies/#{known}") if known else one.technology
        )
        instances = book.value(f"components.{ident}.instances", f"instances, {one.name}")
        rows.append(
            Row(
                (
                    cell(one.name, sub=one.does),
                    cell(one.plane),
                    cell(built),
                    cell(instances),
                    cell(basis(system, one), empty=Words("stated", "quiet")),
                )
            )
        )
    return Table(
        "components", "Components", columns("Component", "Plane", "Built with", "#Instances", "Basis"), tuple(rows)
    )


def _gap(text: str | None) -> str | None:
    return f" {text}" if text else None
