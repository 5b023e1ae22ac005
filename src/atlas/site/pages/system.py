"""The page of one system: at a glance, challenge, layers, diagrams, tables, record, evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atlas.catalogue.visits import UNCHANGED, Visited
from atlas.diagnostic import Finding
from atlas.model import System
from atlas.quantity import Form
from atlas.site.drawings import Drawing
from atlas.site.figure import VISIT_WORDS, Evidence, EvidenceBook
from atlas.site.frame import Site, render
from atlas.site.names import (
    CONFIDENCE_WORDS,
    OLD_YEARS,
    grade,
    held_year,
    measure,
    plain,
    subject,
    technology,
    term,
    verdict_words,
)
from atlas.site.parts import Figure, Given, Link, Part, Words, parts_of
from atlas.site.planes import heat, layers
from atlas.site.sections import Section, record_sections
from atlas.site.table import Table, data_files
from atlas.site.tables import backpressure, capacity, cloud, evidence, failures, patterns, record, regions, summary

MOST_FIGURES = 8
FIGURES_IN_A_ROW = 4
_BAR = (
    ("glance", "At a glance"),
    ("overview", "Layers"),
    ("diagrams", "Diagrams"),
    ("run", "Run it"),
    ("tables", "Tables"),
    ("decisions", "Decisions"),
    ("timeline", "Timeline"),
    ("incidents", "Incidents"),
    ("lessons", "Lessons"),
    ("operations", "Operations"),
    ("costs", "Costs"),
    ("try", "Try it"),
    ("sources", "Sources"),
)


@dataclass(frozen=True, slots=True)
class HeroFigure:
    """A figure of the opening grid: number and unit apart, what it is, its origin and year."""

    figure: Figure
    evidence: Evidence
    number: str
    unit: str
    what: str
    words: str
    year: str
    is_old: bool


def system_pages(
    system: System,
    pictures: Sequence[Drawing],
    book: EvidenceBook,
    found: Sequence[Finding],
    site: Site,
    known: Mapping[str, str],
    *,
    drills: int = 0,
    has_outcomes: bool = False,
) -> dict[str, str]:
    """The overview page of a system and the CSV and JSON file of every table on it.

    ``known`` maps the ids of systems that exist to their slugs, for links to comparisons; ``drills`` is how many
    the run panel has (none: there is no panel), ``has_outcomes`` whether there is a page of their outcomes.
    """
    path = f"systems/{system.slug}/index.html"
    confidence = grade(system)
    glance = record.glance(book)
    standard = standard_tables(book, confidence)
    sections = record_sections(book, known)
    ends = [evidence.sources(book), evidence.claims(book)]
    findings = evidence.findings(found)
    view = {
        **_head(system, confidence, found),
        "figures": hero_figures(book),
        "glance": glance,
        "heat": heat(system) if system.traffic.plane_share else (),
        "layers": _layers(system),
        "drawings": pictures,
        "first_drawing": pictures[0].wide if pictures else "",
        "standard": standard,
        "pressure_words": backpressure.admission_and_brownouts(book),
        "record": sections,
        "findings": findings,
        "sources": ends[0],
        "claims": ends[1],
        "struck": _struck(book),
        "about": _about(book, confidence),
        "sections": _bar(system, sections, pictures, has_runs=drills > 0),
        "drill_count": drills,
        "has_outcomes": has_outcomes,
    }
    tables = [glance, *standard, *(t for s in sections for t in s.tables), *ends, *([findings] if findings else [])]
    return {path: render("system.html", path, site, **view), **table_files(system.slug, tables)}


def standard_tables(book: EvidenceBook, confidence: str) -> tuple[Table, ...]:
    """The seven, in order."""
    return (
        summary.summary(book, confidence),
        patterns.patterns(book),
        failures.failures(book),
        regions.regions(book),
        backpressure.backpressure(book),
        capacity.capacity(book),
        cloud.cloud(book),
    )


def table_files(slug: str, tables: Sequence[Table]) -> dict[str, str]:
    """CSV and JSON of each table, under ``systems/<slug>/tables/``."""
    return data_files(f"systems/{slug}/tables/", tables, slug)


def hero_figures(book: EvidenceBook) -> tuple[HeroFigure, ...]:
    """The figures that the document shows first, then other published ones, eight at most."""
    system = book.system
    scale = system.document.scale
    wanted = [*scale.show, *scale.bar.values()] if scale else []
    wanted += [c.id for c in system.claims.values() if c.is_usable]
    chosen = [c for c in dict.fromkeys(wanted) if c in system.claims and system.claims[c].is_usable]
    full_rows = len(chosen) // FIGURES_IN_A_ROW * FIGURES_IN_A_ROW
    return tuple(_hero(book, claim) for claim in chosen[: min(full_rows or len(chosen), MOST_FIGURES)])


def _hero(book: EvidenceBook, claim: str) -> HeroFigure:
    view = book.system.claims[claim]
    figure = book.claim(claim)
    number, _, unit = figure.text.rpartition(" ")
    is_vague = view.quantity.form is Form.VAGUE  # "hundreds of thousands" is no number with a unit
    if is_vague or not number or not unit[0].isalpha() or (unit[0] in "kMBT" and len(unit) == 1):
        number, unit = figure.text, ""
    year, age = held_year(view), view.age_years(book.today)
    of = "" if view.claim.of == "system" else f", {subject(book.system, view.claim.of)}"
    scope = f" ({view.claim.scope})" if view.claim.scope else ""
    words = "published" if view.is_primary else "published, second hand"
    return HeroFigure(
        figure,
        book.of_claim(claim),
        number,
        unit,
        f"{measure(view)}{of}{scope}",
        words,
        str(year or ""),
        age is not None and age >= OLD_YEARS,
    )


def _head(system: System, confidence: str, found: Sequence[Finding]) -> dict[str, Any]:
    document = system.document
    usable = [c for c in system.claims.values() if c.is_usable]
    struck = sum(c.claim.verdict != "found" for c in system.claims.values())
    count = f"{len(usable)} published figures, {sum(c.is_primary for c in usable)} first hand"
    return {
        "slug": system.slug,
        "id": system.id,
        "name": document.name,
        "title": f"{document.name} architecture",
        "description": document.summary,
        "summary": document.summary,
        "challenge": document.challenge,
        "status": document.status,
        "category": document.category,
        "category_name": term(system.vocabulary, "categories", document.category),
        "component_count": len(document.components),
        "plane_count": len({c.plane for c in document.components.values()}),
        "claim_count": count + (f", {struck} not supported and struck out." if struck else "."),
        "facts": _facts(system, confidence, found, count),
    }


def _facts(
    system: System, confidence: str, found: Sequence[Finding], count: str
) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    document = system.document
    sources = [s for s in document.sources.values() if s.role != "seed"]
    newest = max((s.published for s in sources if s.published != "unknown"), default="")
    model = document.model
    rows: list[tuple[str, Given]] = [
        ("Confidence", (confidence, Words(f" {CONFIDENCE_WORDS[confidence]}", "quiet"))),
        ("Verified", str(document.last_verified)),
        ("Figures", count),
        ("Sources", f"{len(sources)}, newest {newest}" if newest else str(len(sources))),
        ("Findings", _finding_words(system.slug, found)),
        ("Model of", model.as_of if model else None),
    ]
    return tuple((label, parts) for label, given in rows if (parts := parts_of(given)))


def _finding_words(slug: str, found: Sequence[Finding]) -> Given:
    if not found:
        return "none"
    counts = {level: sum(f.level == level for f in found) for level in ("error", "warning", "info")}
    words = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "info": ("remark", "remarks")}
    text = ", ".join(f"{n} {words[level][n != 1]}" for level, n in counts.items() if n)
    return Link(text, f"systems/{slug}/#table-findings")


def _about(book: EvidenceBook, confidence: str) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    system = book.system
    document = system.document
    model = document.model
    rows: list[tuple[str, Given]] = [
        ("Last verified", str(document.last_verified)),
        ("Verified by", document.verified_by),
        ("Sources visited", _visits(book.visits)),
        (
            "Confidence",
            (
                f"{confidence}, {CONFIDENCE_WORDS[confidence]}",
                f": {document.confidence_because}" if document.confidence_because else None,
            ),
        ),
        ("Model", f"{model.boundary} As of {model.as_of}." if model else None),
        ("Not modelled", ", ".join(model.not_modelled) if model else None),
        ("Not public", ", ".join(plain(n) for n in document.not_public)),
        ("Kept because", document.legacy.because if document.legacy else None),
        ("Rights", document.license),
        ("Based on", document.attribution),
        ("Correct it", f"one file: {system.file}"),
    ]
    return tuple((label, parts) for label, given in rows if (parts := parts_of(given)))


def _visits(visits: Sequence[Visited]) -> Given:
    """Of the figures that were looked for in their sources again, how many stand there."""
    if not visits:
        return None
    counts = Counter(visit.state for visit in visits)
    found = f"{max(v.day for v in visits)}: {counts.pop(UNCHANGED, 0)} of {len(visits)} figures found again"
    others = [f"{n} {VISIT_WORDS.get(state, (state, ''))[0]}" for state, n in counts.most_common()]
    return "; ".join([found, *others])


def _struck(book: EvidenceBook) -> tuple[tuple[Part, ...], ...]:
    """Figures that circulate and that no source supports: kept in sight, struck out."""
    found = (v for v in book.system.claims.values() if v.claim.verdict != "found")
    return tuple(
        parts_of(book.claim(v.id), f" {measure(v)}, {subject(book.system, v.claim.of)}: {verdict_words(v.claim)}")
        for v in found
    )


def _layers(system: System) -> list[dict[str, Any]]:
    """The four layers with a card for each component."""
    components = system.document.components
    if not components:
        return []
    return [
        {
            "name": name,
            "meaning": meaning,
            "components": [
                {
                    "name": components[i].name,
                    "plane": components[i].plane,
                    "built": _built(system, i),
                    "does": components[i].does,
                }
                for i in idents
            ],
        }
        for _, name, meaning, idents in layers(system)
    ]


def _built(system: System, ident: str) -> str:
    component = system.document.components[ident]
    value = system.value(f"components.{ident}.instances")
    size = f"× {value.text}" if value and value.origin == "claim" else ""
    name = technology(system.vocabulary, component.technology) if component.technology else ""
    return f"{name} {size}".strip()


def _bar(
    system: System, sections: Sequence[Section], pictures: Sequence[Drawing], *, has_runs: bool
) -> tuple[tuple[str, str], ...]:
    present = {s.id for s in sections} | {"glance", "tables", "sources"} | ({"run"} if has_runs else set())
    if system.document.components:
        present.add("overview")
    if pictures:
        present.add("diagrams")
    here = tuple((f"#{anchor}", label) for anchor, label in _BAR if anchor in present)
    return (*here, ("evidence/", "Evidence"))
