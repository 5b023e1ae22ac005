"""Table 2, patterns and mechanisms; and the patterns applied, with purpose and result."""

from __future__ import annotations

from collections.abc import Iterable

from atlas.catalogue import calls as calls_of
from atlas.model import Call, System
from atlas.quantity import format_quantity
from atlas.site.figure import EvidenceBook
from atlas.site.names import term_link
from atlas.site.parts import Given, Words, cell, joined
from atlas.site.table import Row, Table, columns
from atlas.site.tables.said import basis, component_names

NONE = Words("none", "nil")


def mechanisms_in_use(system: System) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Mechanism -> (mandatory or conditional, where), those written down and those that can be read off.

    Read off: partitions, replication, logs, consensus, retries, breakers, pools, caches, limits.
    """
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for ident, places in _read_off(system).items():
        known = _numbered(system, ident)
        if known and places:
            found[known] = ("mandatory", tuple(dict.fromkeys(places)))
    for use in system.document.mechanisms:
        known = system.vocabulary.canonical("mechanisms", use.id) or use.id
        found[known] = (use.necessity, tuple(dict.fromkeys((*use.at, *found.get(known, ("", ()))[1]))))
    return found


def patterns(book: EvidenceBook) -> Table:
    """The primary pattern and its overlays with the mechanisms that they stand on together."""
    system, document = book.system, book.system.document
    used = mechanisms_in_use(system)
    mandatory = [m for m, (necessity, _) in used.items() if necessity == "mandatory"]
    optional = [m for m, (necessity, _) in used.items() if necessity != "mandatory"]
    rows = []
    if document.patterns:
        micro = joined(term_link(system.vocabulary, "patterns", p) for p in document.patterns.micro)
        overlays = joined(term_link(system.vocabulary, "patterns", p) for p in document.patterns.overlays)
        rows.append(
            Row(
                (
                    cell(
                        term_link(system.vocabulary, "patterns", document.patterns.primary),
                        sub=("with ", overlays) if overlays else None,
                    ),
                    cell(_mechanisms(system, mandatory, used), empty=NONE),
                    cell(_mechanisms(system, optional, used), empty=NONE),
                    cell(micro, empty=NONE),
                )
            )
        )
    return Table(
        "patterns",
        "Patterns and mechanisms",
        columns("Pattern", "Required mechanisms", "Optional mechanisms", "Small patterns"),
        tuple(rows),
        number=2,
    )


def applied(book: EvidenceBook) -> Table | None:
    """Patterns applied: purpose, implementation, result."""
    document = book.system.document
    if document.patterns is None or not document.patterns.applied:
        return None
    rows = tuple(
        Row(
            (
                cell(term_link(book.system.vocabulary, "patterns", one.id), sub=basis(book.system, one)),
                cell(one.purpose),
                cell(one.implementation),
                cell(one.result, empty=Words("not public", "nil")),
            )
        )
        for one in document.patterns.applied
    )
    return Table("applied", "Patterns applied", columns("Pattern", "Purpose", "Implementation", "Result"), rows)


def guarantees(book: EvidenceBook) -> Table | None:
    """What the system guarantees: where, how it is known, and what would show it broken."""
    system = book.system
    rows = []
    for use in system.document.guarantees:
        bound = use.bound if isinstance(use.bound, str) or use.bound is None else format_quantity(use.bound)
        known = book.claim(use.claim) if use.claim and use.claim in system.claims else None
        limits = "; ".join(
            text for text in (f"per {use.scope}" if use.scope else "", f"within {bound}" if bound else "") if text
        )
        rows.append(
            Row(
                (
                    cell(term_link(system.vocabulary, "guarantees", use.id), sub=limits),
                    cell(component_names(system, use.on), empty=Words("everywhere", "quiet")),
                    cell(
                        basis(system, use),
                        (" ", known) if known else None,
                        sub=use.because,
                        empty=Words("not stated", "nil"),
                    ),
                    cell(use.test, empty=Words("no test written", "nil")),
                )
            )
        )
    heads = columns("Guarantee", "Where", "Known by", "Broken if")
    return Table("guarantees", "Guarantees", heads, tuple(rows)) if rows else None


def _mechanisms(system: System, idents: Iterable[str], used: dict[str, tuple[str, tuple[str, ...]]]) -> Given:
    items: list[Given] = []
    for ident in idents:
        where = component_names(system, used[ident][1][:3])
        items.append((term_link(system.vocabulary, "mechanisms", ident), f" ({where})" if where else ""))
    return joined(items, "; ")


def _numbered(system: System, number: str) -> str | None:
    """The slug of P1 to P12 in the vocabulary: ``p8`` -> ``p8_timeout_retry``."""
    return next((m for m in system.vocabulary.mechanisms if m.startswith(number + "_")), None)


def _read_off(system: System) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {f"p{n}": [] for n in (1, 2, 3, 5, 8, 9, 10, 11, 12)}
    for ident, one in system.document.components.items():
        has = {
            "p1": one.partitions is not None,
            "p2": one.replication is not None,
            "p3": one.kind in ("log", "event_log", "stream"),
            "p5": one.replication is not None and one.replication.mode == "consensus",
            "p10": bool(one.pools),
            "p11": one.cache is not None,
            "p12": bool(one.shed) or one.limits is not None,
        }
        for number, present in has.items():
            if present:
                found[number].append(ident)
    for call in calls(system):
        if call.retry:
            found["p8"].append(call.target)
        if call.breaker:
            found["p9"].append(call.target)
    return found


def calls(system: System) -> list[Call]:
    """Every call of every flow that names a component, callers before callees."""
    return [call for _, call in calls_of(system.document) if call.call]
