"""Index pages of the vocabularies: categories, patterns, mechanisms, guarantees, technologies, glossary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from atlas.model import Vocabulary
from atlas.model.vocabulary import Technology
from atlas.quantity import format_quantity
from atlas.site.digest import Digest
from atlas.site.frame import Site, render
from atlas.site.names import capital, term_link
from atlas.site.pages.index_tables import figure_of, leading, system_links, told
from atlas.site.parts import Given, Link, Part, Words, joined, parts_of
from atlas.site.sections import Entry

Rows = Iterable[tuple[str, Given]]


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of entries on an index page."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""
    id: str = ""


STEADY = ("patterns", "mechanisms", "guarantees", "technologies", "glossary")
"""The pages that show no figures, and so change seldom."""


def vocabulary_pages(
    systems: Sequence[Digest], vocabulary: Vocabulary, site: Site, names: Sequence[str]
) -> dict[str, str]:
    """The pages called ``names``, one for each vocabulary that readers look things up in."""
    files = {}
    for name, (heading, lead, groups) in _PAGES.items():
        if name not in names:
            continue
        path = f"{name}/index.html"
        view = {"title": heading, "description": lead, "heading": heading, "lead": lead}
        files[path] = render("entries.html", path, site, groups=groups(systems, vocabulary), **view)
    return files


def _categories(systems: Sequence[Digest], vocabulary: Vocabulary) -> tuple[Group, ...]:
    entries = []
    for ident, category in vocabulary.categories.items():
        own = [s for s in systems if s.category == ident]
        items = tuple(_with_figure(s) for s in own)
        lead = parts_of(category.meaning, None if own else (" ", Words("none yet", "tag")))
        entries.append(Entry(category.name, lead=lead, items=items, anchor=ident))
    return (Group("All thirteen", tuple(entries), f"{len({s.category for s in systems})} have systems"),)


def _with_figure(system: Digest) -> tuple[Part, ...]:
    shown = leading(system, 1)
    figure: Given = (": ", figure_of(system, shown[0]), f" {told(shown[0])}") if shown else None
    return parts_of(Link(system.name, f"systems/{system.slug}/"), figure)


def _patterns(systems: Sequence[Digest], vocabulary: Vocabulary) -> tuple[Group, ...]:
    families: dict[str, list[Entry]] = {}
    for ident, pattern in vocabulary.patterns.items():
        main = [s for s in systems if ident in s.patterns]
        small = [s for s in systems if ident in s.micro and s not in main]
        rows: Rows = (
            ("Forces", pattern.forces),
            ("Shapes", system_links(main)),
            ("Used in", system_links(small)),
            ("Next", _terms(vocabulary, "patterns", pattern.next)),
            ("Goes with", _terms(vocabulary, "patterns", pattern.complementary)),
            ("Instead", _terms(vocabulary, "patterns", pattern.alternative)),
        )
        families.setdefault(pattern.family, []).append(_entry(ident, pattern.name, pattern.meaning, rows))
    return tuple(Group(f"{capital(name)} patterns", tuple(found), f"{len(found)}") for name, found in families.items())


def _mechanisms(systems: Sequence[Digest], vocabulary: Vocabulary) -> tuple[Group, ...]:
    numbered: list[Entry] = []
    others: list[Entry] = []
    for ident, one in vocabulary.mechanisms.items():
        rows: Rows = (
            ("Model", one.model),
            ("Needs", _terms(vocabulary, "mechanisms", one.requires)),
            ("Fights", _terms(vocabulary, "mechanisms", one.conflicts)),
            ("Used in", system_links(s for s in systems if ident in s.mechanisms)),
        )
        name = f"P{one.number} {one.name}" if one.number else one.name
        (numbered if one.number else others).append(_entry(ident, name, one.meaning, rows))
    return (Group("P1 to P12", tuple(numbered)), Group("Their relatives", tuple(others)))


def _guarantees(systems: Sequence[Digest], vocabulary: Vocabulary) -> tuple[Group, ...]:
    families: dict[str, list[Entry]] = {}
    for ident, one in vocabulary.guarantees.items():
        rows: Rows = (
            ("Needs", _terms(vocabulary, "mechanisms", one.requires)),
            ("Includes", _terms(vocabulary, "guarantees", one.implies)),
            ("Given by", system_links(s for s in systems if ident in s.guarantees)),
        )
        families.setdefault(one.category, []).append(_entry(ident, one.name, one.meaning, rows))
    return tuple(Group(capital(name), tuple(found)) for name, found in families.items())


def _technologies(systems: Sequence[Digest], vocabulary: Vocabulary) -> tuple[Group, ...]:
    families: dict[str, list[Entry]] = {}
    for ident, one in sorted(vocabulary.technologies.items(), key=lambda item: item[1].name.lower()):
        users: list[Given] = [
            (Link(s.name, f"systems/{s.slug}/"), Words(f" ({', '.join(s.technologies[ident])})", "quiet"))
            for s in systems
            if ident in s.technologies
        ]
        rows: Rows = (
            ("Used in", joined(users)),
            ("Serves as", _terms(vocabulary, "kinds", one.kinds)),
            ("Followed by", _terms(vocabulary, "technologies", one.replaced_by)),
            ("In clouds", _clouds(one)),
            ("Planning", _defaults(vocabulary, one)),
        )
        families.setdefault(one.family, []).append(_entry(ident, one.name, "", rows, one.licence, one.home))
    return tuple(Group(capital(name), tuple(found)) for name, found in sorted(families.items()))


def _defaults(vocabulary: Vocabulary, one: Technology) -> Given:
    """Planning values with where each was read: what stands in when a document says nothing."""
    items: list[Given] = []
    for name, default in one.defaults.items():
        source = vocabulary.technology_sources.get(default.source)
        read: Given = Link(source.title, source.url) if source and source.url else default.source
        items.append(
            (
                f"{name.replace('_', ' ').replace('-', ' ')} {format_quantity(default.value)} (",
                read,
                f", {default.confidence})",
            )
        )
    return joined(items, "; ")


def _clouds(one: Technology) -> str:
    return ", ".join(name for name in (one.cloud.aws, one.cloud.gcp, one.cloud.azure) if name) if one.cloud else ""


def _glossary(_: Sequence[Digest], vocabulary: Vocabulary) -> tuple[Group, ...]:
    planes = tuple(_entry(i, p.name, p.meaning, ()) for i, p in vocabulary.planes.items())
    kinds = tuple(
        _entry(f"kind-{i}", k.name, k.meaning, (("Plane", k.plane), ("Planning", k.because)))
        for i, k in vocabulary.kinds.items()
    )
    metrics = tuple(
        _entry(f"metric-{i}", capital(x.name), x.meaning, (("Dimension", x.dimension),))
        for i, x in vocabulary.metrics.items()
    )
    stats = tuple(_entry(f"stat-{i}", x.name, x.meaning, ()) for i, x in vocabulary.stats.items())
    bars = tuple(_entry(f"bar-{i}", x.name, x.meaning, ()) for i, x in vocabulary.scale_bars.items())
    stress = tuple(
        _entry(f"stressor-{i}", x.name, x.meaning, tuple(x.rubric.items())) for i, x in vocabulary.stressors.items()
    )
    return (
        Group("Planes", planes),
        Group("Scale bars", bars, "a system meets at least one"),
        Group("Stressors", stress, "scored 0 to 1"),
        Group("Statistics", stats),
        Group("Metrics", metrics),
        Group("Kinds of component", kinds),
    )


def _entry(anchor: str, title: str, meaning: str, rows: Rows, *more: str | None) -> Entry:
    licence, home = (*more, None, None)[:2]
    lead = parts_of(meaning, f"{licence}. " if licence else None, Link("Home page", home) if home else None)
    kept = tuple((label, parts) for label, given in rows if (parts := parts_of(given)))
    return Entry(title, lead=lead, rows=kept, anchor=anchor)


def _terms(vocabulary: Vocabulary, words: str, idents: Iterable[str]) -> Given:
    if words == "kinds":
        return ", ".join(vocabulary.kinds[i].name.lower() for i in idents if i in vocabulary.kinds)
    return joined(term_link(vocabulary, words, i) for i in idents)


_PAGES: dict[str, tuple[str, str, Callable[[Sequence[Digest], Vocabulary], tuple[Group, ...]]]] = {
    "categories": ("Categories", "What a system is mainly for. A system has exactly one.", _categories),
    "patterns": (
        "Patterns",
        "Arrangements that come back: when each pays, what it costs, who uses it.",
        _patterns,
    ),
    "mechanisms": (
        "Mechanisms",
        "What patterns are built from. Twelve are numbered; the others are their relatives.",
        _mechanisms,
    ),
    "guarantees": (
        "Guarantees",
        "What a caller may rely on, what it needs, and what it includes.",
        _guarantees,
    ),
    "technologies": (
        "Technologies",
        "What components are built with, who uses it, and the planning values for what nobody published.",
        _technologies,
    ),
    "glossary": (
        "Glossary",
        "The words of the data: planes, kinds of component, metrics, statistics, scale bars.",
        _glossary,
    ),
}
"""Name of the page, its heading, its lead, and what makes its groups."""
