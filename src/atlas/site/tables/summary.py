"""Table 1, the system summary: identity, patterns, guarantees, heat, scale, objectives, evidence."""

from __future__ import annotations

from atlas.site.figure import EvidenceBook
from atlas.site.names import CONFIDENCE_WORDS, TOPOLOGY, held, of_what, organisation, term, term_link
from atlas.site.parts import BREAK, NOT_PUBLIC, Cell, Given, Link, Part, Words, cell, joined, parts_of
from atlas.site.planes import heat
from atlas.site.table import Row, Table, columns
from atlas.site.tables.said import basis, component_names

_SIGNALS = {
    "Requests per second": ("rate", "rate-per-node"),
    "Concurrency": ("concurrency", "connections"),
    "Data": ("storage", "records", "storage-per-node"),
    "Fan-out": ("fanout", "deliveries"),
}
_OBJECTIVES = ("p50", "p95", "p99", "p999", "availability")


def summary(book: EvidenceBook, confidence: str) -> Table:
    """One row for each field that the specification of the summary names; gaps say that they are gaps."""
    document, words = book.system.document, book.system.vocabulary
    category = term(words, "categories", document.category)
    rows: list[tuple[str, Cell]] = [
        (
            "Organisation, domain",
            cell(f"{organisation(book.system)}; ", Link(category, f"categories/#{document.category}")),
        ),
        *_pattern_rows(book),
        ("Guarantees", _guarantees(book)),
        ("Heat of the planes", cell(", ".join(f"{c.plane} {c.text}" for c in heat(book.system)))),
        *((label, _signal(book, metrics)) for label, metrics in _SIGNALS.items()),
        ("Objectives", _objectives(book)),
        ("Regions", _regions(book)),
        ("Innovations", _innovations(book)),
        ("Sources", _sources(book)),
        ("Last verified", cell(str(document.last_verified), sub=document.verified_by)),
        ("Licence", cell(document.license, sub=document.attribution, empty=Words("not stated", "nil"))),
        ("Confidence", cell(f"{confidence}, {CONFIDENCE_WORDS[confidence]}", sub=document.confidence_because)),
    ]
    return Table(
        "summary",
        "System summary",
        columns("Field", "Value"),
        tuple(Row((cell(label), value)) for label, value in rows),
        number=1,
        is_wordy=False,
        is_narrow=True,
    )


def _pattern_rows(book: EvidenceBook) -> list[tuple[str, Cell]]:
    patterns, words = book.system.document.patterns, book.system.vocabulary
    if patterns is None:
        return [("Primary pattern", cell()), ("Overlays", cell())]
    links = [term_link(words, "patterns", p) for p in patterns.overlays]
    return [
        ("Primary pattern", cell(term_link(words, "patterns", patterns.primary))),
        ("Overlays", cell(joined(links), empty=Words("none", "nil"))),
    ]


def _guarantees(book: EvidenceBook) -> Cell:
    system = book.system
    items: list[Given] = []
    for use in system.document.guarantees:
        scope = f" per {use.scope}" if use.scope else f" on {component_names(system, use.on)}" if use.on else ""
        items.append((term_link(system.vocabulary, "guarantees", use.id), scope))
    return cell(joined(items, BREAK))


def _signal(book: EvidenceBook, metrics: tuple[str, ...]) -> Cell:
    """The figures of these metrics, usable ones first, at most four; each says what it is of."""
    claims = [c for c in book.system.claims.values() if c.claim.metric in metrics]
    shown = book.system.document.scale.show if book.system.document.scale else ()
    claims.sort(
        key=lambda c: (not c.is_usable, c.id not in shown, metrics.index(c.claim.metric), c.claim.of != "system")
    )
    return cell(joined((described(book, view.id) for view in claims[:4]), BREAK))


def described(book: EvidenceBook, claim: str) -> Given:
    """A figure with what it measures, its scope, and the year in which it held."""
    view = book.system.claims[claim]
    scope = f" ({view.claim.scope})" if view.claim.scope else ""
    when = f", {held(view)}" if held(view) else ""
    return (book.claim(claim), f" {of_what(book.system, view)}{scope}", Words(when, "quiet"))


def _objectives(book: EvidenceBook) -> Cell:
    lines: list[Given] = []
    for flow_id, flow in book.system.document.flows.items():
        named = (
            (name, book.value(f"flows.{flow_id}.slo.{name}", f"{name} objective, {flow.name}")) for name in _OBJECTIVES
        )
        items: list[Given] = [(f"{name} ", figure) for name, figure in named if figure]
        if items:
            lines.append((f"{flow.name}: ", joined(items)))
    return cell(joined(lines, BREAK))


def _regions(book: EvidenceBook) -> Cell:
    regions = book.system.document.regions
    if regions is None:
        return cell()
    count = book.value("regions.count", "regions")
    topology = TOPOLOGY[regions.topology]
    named: tuple[Part, ...] = parts_of("; ", ", ".join(regions.names)) if regions.names else ()
    return cell(
        topology,
        parts_of(", ", count, " regions") if count and regions.topology != "single" else None,
        named,
        sub=(regions.strategy, *_space(basis(book.system, regions))),
    )


def _innovations(book: EvidenceBook) -> Cell:
    found = book.system.document.innovations
    return (
        cell(joined((f"{i.text} ({i.year})" if i.year else i.text for i in found), BREAK))
        if found
        else cell(NOT_PUBLIC)
    )


def _sources(book: EvidenceBook) -> Cell:
    sources = [s for s in book.system.document.sources.values() if s.role != "seed"]
    first = sum(s.role == "primary" for s in sources)
    years = sorted(s.published[:4] for s in sources if s.published != "unknown")
    span = f", {years[0]} to {years[-1]}" if years else ""
    return cell(Link(f"{len(sources)} sources", f"systems/{book.system.slug}/#sources"), f", {first} first hand{span}")


def _space(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return (Words(" "), *parts) if parts else ()
