"""A report: sections of words and tables about a period, for people to read and for programs to compare.

Weekly: what came, changed and has grown stale. Monthly: coverage against the plan, its gaps, and how good the evidence
is. Quarterly: the success metrics with their trend, and the figures, sources and technologies by year.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from atlas.catalogue import Catalogue
from atlas.catalogue.statistics import statistics
from atlas.catalogue.visits import UNCHANGED, UNREACHABLE, Visited
from atlas.model import System
from atlas.report.facts import Facts, years_old
from atlas.report.history import Activity, Change, activity
from atlas.report.metric import NOT_MEASURED, Metric, show, success_metrics
from atlas.report.period import Kind, Period, last_period
from atlas.report.planned import Planned
from atlas.report.progress import Point, change
from atlas.report.usage import Usage

STALE_DAYS = 365
_RECENT_DAYS = 30
_MOST_TECHNOLOGIES = 25
_NAMED = 12
_NEVER_VISITED = f"{NOT_MEASURED.capitalize()}: run atlas sources verify --record."


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and at most one table."""

    title: str
    words: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; ``metrics`` are its success metrics, as values."""

    title: str
    period: Period
    today: dt.date
    sections: tuple[Section, ...]
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What reports are made from, read beforehand.

    ``changes`` (``None``: no history to be had) reach back to the beginning of the period before and up to today;
    ``visits`` are the last visits to the sources of each system.
    """

    catalogue: Catalogue
    facts: Mapping[str, Facts]
    today: dt.date
    planned: Sequence[Planned] = ()
    changes: list[Change] | None = None
    usage: Usage | None = None
    points: Sequence[Point] = ()
    visits: Mapping[str, Sequence[Visited]] = field(default_factory=dict)
    extra: Sequence[Section] = field(default=())

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The success metrics of today."""
        since = self.today - dt.timedelta(days=_RECENT_DAYS)
        recent = None if self.changes is None else activity([c for c in self.changes if c.day > since])
        words = self.catalogue.vocabulary
        return success_metrics(
            list(self.facts.values()), len(words.categories), self.today, usage=self.usage, recent=recent
        )


def compose(kind: Kind, material: Material) -> Report:
    """The report of the last whole week, month or quarter before the material's day."""
    period = last_period(kind, material.today)
    sections = [make(material, period) for make in _SECTIONS[kind]]
    title = f"{kind.capitalize()} report, {period.label}"
    return Report(title, period, material.today, (*sections, *material.extra), material.metrics)


def _documents(material: Material, period: Period) -> Section:
    """New and changed systems."""
    title = "New and changed systems"
    if material.changes is None:
        return Section(title, (f"{NOT_MEASURED.capitalize()}: the catalogue stands in no git history.",))
    work = activity([c for c in material.changes if period.holds(c.day)])
    before = activity([c for c in material.changes if period.previous.holds(c.day)])
    rows = [(slug, "new") for slug in work.added] + [(slug, "changed") for slug in work.changed]
    return Section(title, (_contributions(work, before),), ("system", "what"), tuple(rows))


def _contributions(work: Activity, before: Activity) -> str:
    people = "person" if work.people == 1 else "people"
    return f"{work.commits} commits to documents by {work.people} {people}; {before.commits} in the period before."


def _stale(material: Material, _period: Period) -> Section:
    """Systems whose last check by a person is more than a year ago, or whose sources are old."""
    rows = []
    for facts in material.facts.values():
        days = (material.today - dt.date.fromisoformat(facts.last_verified)).days
        age = years_old(facts.newest_source, material.today)
        if days > STALE_DAYS:
            rows.append((facts.slug, f"verified {days} days ago"))
        elif age is not None and age > 5:
            rows.append((facts.slug, f"newest source {age:.1f} years old"))
    words = "None: every system was verified within a year and has a source of the last five." if not rows else ""
    return Section("Stale systems", (words,) if words else (), ("system", "why"), tuple(rows))


def _links(material: Material, _period: Period) -> Section:
    """Whether the pages behind the claims are still there."""
    pages: dict[tuple[str, str], Visited] = {}
    for slug, visits in material.visits.items():
        pages |= {(slug, visit.source): visit for visit in visits}
    if not pages:
        return Section("Links", (_NEVER_VISITED,))
    lost = {place: visit for place, visit in pages.items() if visit.state == UNREACHABLE}
    rotten = sum(visit.is_rotten for visit in lost.values())
    words = f"{len(pages) - len(lost)} of {len(pages)} pages answered; {rotten} are given up as rotten."
    rows = tuple((slug, source, visit.day, visit.detail) for (slug, source), visit in sorted(lost.items()))
    return Section("Links", (words,), ("system", "source", "visited", "why"), rows)


def _sources(material: Material, _period: Period) -> Section:
    """Figures that no longer stand in their sources as they did."""
    visits = [(slug, visit) for slug, found in material.visits.items() for visit in found]
    if not visits:
        return Section("Changed sources", (_NEVER_VISITED,))
    same = sum(visit.state == UNCHANGED for _, visit in visits)
    apart = [(slug, visit) for slug, visit in visits if visit.state not in (UNCHANGED, UNREACHABLE)]
    words = f"{same} of {len(visits)} figures were found again as they were; {len(apart)} are for a curator to look at."
    rows = tuple((slug, v.claim, v.state, v.asked, v.now or "–", v.day) for slug, v in apart)
    return Section("Changed sources", (words,), ("system", "claim", "state", "was", "now", "visited"), rows)


def _coverage(material: Material, _period: Period) -> Section:
    """Described against planned, by category."""
    described = Counter(f.category for f in material.facts.values() if f.status == "published")
    have = {f.id for f in material.facts.values() if f.status == "published"}
    rows = []
    for ident, category in material.catalogue.vocabulary.categories.items():
        planned = [p for p in material.planned if p.category == ident]
        missing = [p.name for p in planned if p.id not in have]
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        named = "; ".join(missing[:_NAMED]) + more
        rows.append((category.name, str(described[ident]), str(len(planned)), named or "–"))
    total = f"{len(have)} of {len(material.planned)} planned systems are published."
    return Section("Coverage and gaps", (total,), ("category", "published", "planned", "missing"), tuple(rows))


def _evidence(material: Material, _period: Period) -> Section:
    """Confidence, and where the numbers of the models come from."""
    rows = []
    for row in statistics(material.catalogue, today=material.today):
        facts = material.facts[row.slug]
        total = sum(row.origins.values()) or 1
        published = show(row.origins.get("claim", 0) / total, is_share=True)
        assumed = show(row.origins.get("assumed", 0) / total, is_share=True)
        read = show(facts.verified / facts.claims, is_share=True) if facts.claims else "–"
        rows.append((row.slug, row.confidence, str(row.claims), read, str(row.struck_claims), published, assumed))
    grades = Counter(f.confidence or "none" for f in material.facts.values())
    words = "Confidence: " + ", ".join(f"{grade} {count}" for grade, count in sorted(grades.items())) + "."
    columns = ("system", "confidence", "figures", "read in the source", "struck", "inputs published", "inputs assumed")
    return Section("Evidence", (words,), columns, tuple(rows))


def _metrics(material: Material, period: Period) -> Section:
    rows = [(m.group, m.name, m.shown, m.wanted, _met(m), _moved(m, material, period)) for m in material.metrics]
    columns = ("group", "metric", "now", "target", "met", "since the period began")
    return Section("Success metrics", (), columns, tuple(rows))


def _met(metric: Metric) -> str:
    return {True: "yes", False: "no", None: "–"}[metric.is_met]


def _moved(metric: Metric, material: Material, period: Period) -> str:
    moved = change(material.points, metric.id, period.start)
    if moved is None:
        return "not recorded"
    return f"{moved * 100:+.0f} points" if metric.is_share else f"{moved:+,.0f}"


def _years(material: Material, _period: Period) -> Section:
    """Published figures, sources and incidents by year."""
    counts: dict[str, Counter[int]] = {"figures": Counter(), "sources": Counter(), "incidents": Counter()}
    for system in material.catalogue.systems.values():
        for view in system.claims.values():
            if view.is_usable and view.as_of_span is not None:
                counts["figures"][view.as_of_span.end.year] += 1
        counts["sources"].update(_year_of(s.published) for s in system.document.sources.values() if s.role != "seed")
        counts["incidents"].update(_year_of(i.date) for i in system.document.incidents)
    years = sorted({year for counter in counts.values() for year in counter if year})
    rows = [(str(y), *(str(counter[y]) for counter in counts.values())) for y in years]
    return Section("By year", (), ("year", *counts), tuple(rows))


def _technologies(material: Material, _period: Period) -> Section:
    """Which technologies the systems are built with."""
    used: dict[str, set[str]] = {}
    for system in material.catalogue.systems.values():
        for technology in _built_with(system):
            used.setdefault(technology, set()).add(system.slug)
    words = material.catalogue.vocabulary.technologies
    ranked = sorted(used.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_TECHNOLOGIES]
    rows = tuple((words[t].name if t in words else t, str(len(s)), ", ".join(sorted(s))) for t, s in ranked)
    return Section("Technologies", (), ("technology", "systems", "where"), rows)


def _built_with(system: System) -> set[str]:
    return {part.technology for part in system.document.components.values() if part.technology}


def _year_of(day: str) -> int:
    return int(day[:4]) if day[:4].isdigit() else 0


_Maker = Callable[[Material, Period], Section]
_WEEKLY: tuple[_Maker, ...] = (_documents, _stale, _links, _sources)
_MONTHLY: tuple[_Maker, ...] = (*_WEEKLY, _coverage, _evidence)
_SECTIONS: Mapping[Kind, tuple[_Maker, ...]] = {
    "weekly": _WEEKLY,
    "monthly": _MONTHLY,
    "quarterly": (_metrics, *_MONTHLY, _years, _technologies),
}
