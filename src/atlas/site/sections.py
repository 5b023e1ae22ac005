"""The sections of the record on a system page: decisions, patterns, timeline, incidents, lessons and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from atlas.model import Said, System
from atlas.model.record import Era, Incident, Lesson
from atlas.quantity import format_quantity
from atlas.site.charts import Plot, series_plot
from atlas.site.figure import EvidenceBook
from atlas.site.names import term_link
from atlas.site.parts import BREAK, Given, Link, Part, Words, joined, parts_of
from atlas.site.table import Table
from atlas.site.tables import patterns, record
from atlas.site.tables.record import newest
from atlas.site.tables.said import basis, component_names, sentences
from atlas.site.tables.summary import described

_FEW = 3
MOST_OF_AN_ERA = 5
"""Figures of one era on the page; the others stand on the page of evidence."""

Rows = tuple[tuple[str, tuple[Part, ...]], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One block of a section: a heading, a line, labelled rows, a list, a listing."""

    title: str
    lead: tuple[Part, ...] = ()
    rows: Rows = ()
    items: tuple[tuple[Part, ...], ...] = ()
    source: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the page; ``years`` are entries set along a line."""

    id: str
    title: str
    note: str = ""
    tables: tuple[Table, ...] = ()
    entries: tuple[Entry, ...] = ()
    years: tuple[Entry, ...] = ()
    plot: Plot | None = None


DEEP_DIVES = {
    "performance": "Performance analysis",
    "implementation": "Implementation details",
    "scaling": "Scaling journey",
    "security": "Security architecture",
    "cost": "Cost optimisation",
}


def record_sections(book: EvidenceBook, known: Mapping[str, str]) -> tuple[Section, ...]:
    """Every section that has something to say, and those whose data was looked for and is not public."""
    made = (
        _decisions(book),
        _patterns(book),
        _timeline(book),
        _incidents(book),
        _lessons(book),
        _operations(book),
        _costs(book),
        _security(book),
        _deep_dives(book),
        _try_it(book),
        _related(book, known),
    )
    return tuple(section for section in made if section)


def _decisions(book: EvidenceBook) -> Section | None:
    table = record.decisions(book)
    return Section("decisions", "Decisions", tables=(table,)) if table else _gap(book, "decisions", "Decisions")


def _patterns(book: EvidenceBook) -> Section | None:
    tables = tuple(t for t in (patterns.applied(book), patterns.guarantees(book)) if t)
    return Section("patterns", "Patterns and guarantees", tables=tables) if tables else None


def _timeline(book: EvidenceBook) -> Section | None:
    eras = book.system.document.timeline
    if not eras:
        return _gap(book, "timeline", "Timeline")
    entries = tuple(_era(book, era) for era in eras)
    migrations = tuple(
        Entry(
            f"Migration: {m.from_} to {m.to}",
            rows=_rows(
                ("Verified", joined((s.text for s in _several(m.checks)), "; ")), ("Known by", basis(book.system, m))
            ),
            items=_items(book.system, m.steps),
        )
        for m in book.system.document.migrations
    )
    return Section("timeline", "Timeline", years=entries, entries=migrations, plot=series_plot(book))


def _era(book: EvidenceBook, era: Era) -> Entry:
    facts = newest(book.system.claims[c] for c in era.scale if c in book.system.claims)
    scale: list[Given] = [described(book, view.id) for view in facts[:MOST_OF_AN_ERA]]
    if len(facts) > MOST_OF_AN_ERA:
        scale.append(Link(f"{len(facts) - MOST_OF_AN_ERA} more", f"systems/{book.system.slug}/evidence/"))
    rows = _rows(
        ("", joined(scale, BREAK)),
        ("Made of", component_names(book.system, era.components)),
        ("Broke", era.broke),
        ("Solved", era.solved),
        ("Cost", era.cost),
        ("Known by", basis(book.system, era)),
    )
    years = era.from_ if era.to is None else f"{era.from_} to {era.to}"
    return Entry(f"{years} · {era.milestone}", rows=rows, anchor=f"era-{era.id}")


def _incidents(book: EvidenceBook) -> Section | None:
    found = book.system.document.incidents
    if not found:
        return _gap(book, "incidents", "Incidents")
    return Section("incidents", "Incidents", entries=tuple(_incident(book.system, one) for one in found))


def _incident(system: System, one: Incident) -> Entry:
    names = {f.id: f.name for f in system.document.failures}
    failure = (
        Link(names[one.failure], f"systems/{system.slug}/#failure-{one.failure}") if one.failure in names else None
    )
    rows = _rows(
        ("Impact", one.impact),
        ("Lasted", format_quantity(one.duration) if one.duration else None),
        ("Cause", one.cause),
        ("Fix", one.fix),
        ("Failure", failure),
        (
            "Known by",
            Link(system.document.sources[one.source].title, f"systems/{system.slug}/#source-{one.source}")
            if one.source in system.document.sources
            else None,
        ),
    )
    return Entry(f"{one.date} · {one.title}", rows=rows)


def _lessons(book: EvidenceBook) -> Section | None:
    found = book.system.document.lessons
    if not found:
        return _gap(book, "lessons", "Lessons")
    ordered = sorted(found, key=lambda lesson: lesson.kind != "worked")
    return Section("lessons", "Lessons", entries=tuple(_lesson(book.system, one) for one in ordered))


def _lesson(system: System, one: Lesson) -> Entry:
    worked = one.kind == "worked"
    tag = Words("worked" if worked else "did not work", f"tag {'good' if worked else 'bad'}")
    return Entry(one.text, lead=(tag,), rows=_rows(("Learn", one.insight), ("Known by", basis(system, one))))


def _operations(book: EvidenceBook) -> Section | None:
    found = book.system.document.operations
    if found is None:
        return _gap(book, "operations", "Operations")
    lists = (
        ("Deployment", found.pipeline),
        ("On call", found.on_call),
        ("Chaos and reliability", found.chaos),
        ("Performance", found.performance),
    )
    entries = [Entry(title, items=_items(book.system, said)) for title, said in lists if said]
    response = _rows(
        ("Time to restore", book.value("operations.mttr", "mean time to restore")),
        ("Runbooks", _said(book.system, found.runbooks)),
        ("Post-mortems", _said(book.system, found.post_mortems)),
    )
    if response:
        entries.append(Entry("Incident response", rows=response))
    table = record.monitoring(book)
    return Section("operations", "Operations", tables=(table,) if table else (), entries=tuple(entries))


def _costs(book: EvidenceBook) -> Section | None:
    tables = tuple(t for t in (record.costs(book), record.savings(book)) if t)
    return Section("costs", "Costs", tables=tables) if tables else _gap(book, "costs", "Costs")


def _security(book: EvidenceBook) -> Section | None:
    said = book.system.document.security
    return (
        Section("security", "Security", entries=(Entry("Identity, isolation, data", items=_items(book.system, said)),))
        if said
        else None
    )


def _deep_dives(book: EvidenceBook) -> Section | None:
    found = book.system.document.deep_dives
    entries = tuple(_deep_dive(book, name, said) for name, said in found.items())
    return Section("deep-dives", "Deep dives", entries=entries) if entries else None


def _deep_dive(book: EvidenceBook, name: str, said: tuple[Said, ...]) -> Entry:
    """A few statements stand here, many only on their page, which has an address of its own in both cases."""
    is_short = len(said) <= _FEW
    page = Link("Permalink" if is_short else _statements(len(said)), f"systems/{book.system.slug}/{name}/")
    return Entry(DEEP_DIVES[name], lead=parts_of(page), items=_items(book.system, said) if is_short else ())


def _try_it(book: EvidenceBook) -> Section | None:
    found = book.system.document.try_it
    if found is None:
        return None
    links = tuple(parts_of(Link(r.title, r.url) if r.url else r.title) for r in found.resources)
    exercise = Entry("Exercise", rows=_rows(("Goal", found.goal), ("Success", found.success)), items=links)
    listing = (Entry("A minimal version: compose.yaml", source=found.minimal.rstrip()),) if found.minimal else ()
    return Section("try", "Try it", entries=(exercise, *listing))


def _related(book: EvidenceBook, known: Mapping[str, str]) -> Section | None:
    found = book.system.document.related
    if found is None:
        return None
    entries = []
    if found.systems:
        items = tuple(parts_of(_pair(book.system.slug, r.id, known), f": {r.because}") for r in found.systems)
        entries.append(Entry("Similar systems, side by side", items=items))
    if found.patterns:
        words = book.system.vocabulary
        rows = _rows(
            *(
                (label, joined(term_link(words, "patterns", p) for p in getattr(found.patterns, key)))
                for key, label in (("next", "Next step"), ("complementary", "Goes with"), ("alternative", "Instead"))
            )
        )
        entries.append(Entry("Patterns to explore", rows=rows))
    if found.reading:
        entries.append(
            Entry(
                "Further reading",
                items=tuple(parts_of(Link(r.title, r.url) if r.url else r.title) for r in found.reading),
            )
        )
    return Section("related", "Related", entries=tuple(entries)) if entries else None


def _gap(book: EvidenceBook, key: str, title: str) -> Section | None:
    """A section that was looked for and is not public says so; one nobody asked for is left out."""
    document = book.system.document
    if key not in document.not_public:
        return None
    text = f"Looked for and not found in public, {document.last_verified}."
    return Section(key, title, entries=(Entry("Not public", lead=parts_of(text)),))


def _rows(*pairs: tuple[str, Given]) -> Rows:
    return tuple((label, parts) for label, given in pairs if (parts := parts_of(given)))


def _items(system: System, said: Iterable[Said]) -> tuple[tuple[Part, ...], ...]:
    return tuple(parts_of(text, " ", known) for text, known in sentences(system, said))


def _said(system: System, said: Said | None) -> Given:
    return (said.text, " ", basis(system, said)) if said else None


def _several(said: Said | tuple[Said, ...] | None) -> tuple[Said, ...]:
    return said if isinstance(said, tuple) else (said,) if said else ()


def _statements(number: int) -> str:
    return "one statement" if number == 1 else f"{number} statements"


def _pair(slug: str, other_id: str, known: Mapping[str, str]) -> Part:
    """A link to the comparison with another system; only its name while it is not in the catalogue."""
    name = other_id.removeprefix("CS-").replace("-", " ").title()
    if other_id not in known:
        return Words(name)
    first, second = sorted((slug, known[other_id]))
    return Link(name, f"compare/{first}-vs-{second}/")
