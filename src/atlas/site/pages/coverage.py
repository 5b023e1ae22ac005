"""Coverage: what is known of each system, how well, and what is missing; and all sources in one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from atlas.draw import CODES
from atlas.model import Vocabulary
from atlas.report.metric import show
from atlas.site.digest import Digest, SourceDigest
from atlas.site.figure import ACCESS_WORDS
from atlas.site.frame import Site, render
from atlas.site.names import plain
from atlas.site.pages.index_tables import system_link, year_part
from atlas.site.pages.listing import list_pages
from atlas.site.parts import Given, Link, Words, cell, joined
from atlas.site.table import Row, Table, columns, data_files
from atlas.site.vega import bars_by_year

_ORIGINS = {
    "published": "claim",
    "derived": "derived",
    "sized": "sized",
    "default": "default",
    "design": "design",
    "assumed": "assumed",
}
_ROLES = {"primary": "first hand", "supporting": "second hand", "seed": "to be checked"}


def coverage_pages(
    systems: Sequence[Digest], vocabulary: Vocabulary, site: Site, this_year: int, cache: Path
) -> dict[str, str]:
    """The coverage page with its data files; ``cache`` keeps its chart."""
    ordered = sorted(systems, key=lambda s: s.name)
    by_system = _by_system(ordered, this_year)
    counts = _years(ordered)
    years = _years_table(counts)
    view: dict[str, Any] = {
        "title": "Coverage",
        "description": "What is known of each system, how well, and what is missing.",
        "totals": _totals(ordered),
        "by_system": by_system,
        "codes": CODES,
        "matrix": [(s, _states(s, CODES)) for s in ordered],
        "origins_table": _origins(ordered),
        "years": years,
        "years_chart": bars_by_year(counts, _years_words(counts), cache) if counts else (),
        "categories": _categories(ordered, vocabulary),
    }
    return {
        "coverage/index.html": render("coverage.html", "coverage/index.html", site, **view),
        **data_files("coverage/", [by_system, years]),
    }


def source_pages(systems: Sequence[Digest], site: Site) -> dict[str, str]:
    """Every source of every system, newest first."""
    found = [(s, source) for s in systems for source in s.sources if source.role != "seed"]
    found.sort(
        key=lambda pair: (pair[1].published == "unknown", _descending(pair[1].published), pair[0].name, pair[1].title)
    )
    rows = tuple(_source(system, source) for system, source in found)
    table = Table("sources", "Sources", columns("Source", "System", "Published", "Role", "Read", "#Claims"), rows)
    lead = f"{len(rows)} publications, {sum(s.role == 'primary' for _, s in found)} of them first hand. Newest first."
    return list_pages("sources/index.html", "Sources", lead, [table], site)


def _source(system: Digest, source: SourceDigest) -> Row:
    title: Given = Link(source.title, source.url) if source.url else source.title
    published: Given = source.published if source.published != "unknown" else Words("unknown", "nil")
    return Row(
        (
            cell(title, sub=source.type),
            cell(system_link(system)),
            cell(published),
            cell(_ROLES[source.role]),
            cell(ACCESS_WORDS[source.access]),
            cell(Link(str(source.claims), f"systems/{system.slug}/#source-{source.id}")),
        )
    )


def _totals(systems: Sequence[Digest]) -> list[tuple[str, str]]:
    usable = [c for s in systems for c in s.usable]
    first = sum(c.is_primary for c in usable)
    struck = sum(s.struck for s in systems)
    drawn = sum(len(s.drawings) for s in systems)
    share = show(first / len(usable), is_share=True) if usable else "0 %"
    return [
        (str(len(systems)), f"systems, {sum(s.status == 'published' for s in systems)} of them published"),
        (str(len(usable)), f"published figures with a source; {struck} more struck out"),
        (share, f"first hand ({first} of {len(usable)})"),
        (str(drawn), f"diagrams, {sum(d.state == 'drawn' for s in systems for d in s.drawings)} with nothing missing"),
    ]


def _by_system(systems: Sequence[Digest], this_year: int) -> Table:
    heads = columns(
        "System",
        "#Published",
        "#First hand",
        "#Struck out",
        "#Sources",
        "#Components",
        "Newest",
        "Findings",
        "Not public",
    )
    rows = []
    for system in systems:
        usable = system.usable
        first = sum(c.is_primary for c in usable)
        findings = ", ".join(f"{n} {level}" for level, n in system.findings.items())
        rows.append(
            Row(
                (
                    cell(system_link(system)),
                    cell(str(len(usable))),
                    cell(show(first / len(usable), is_share=True) if usable else "–"),
                    cell(str(system.struck)),
                    cell(str(sum(s.role != "seed" for s in system.sources))),
                    cell(str(system.components)),
                    cell(year_part(system.newest, this_year), empty=Words("–", "quiet")),
                    cell(findings, empty=Words("none", "quiet")),
                    cell(joined(plain(n) for n in system.not_public), empty=Words("nothing", "quiet")),
                )
            )
        )
    return Table("systems", "By system", heads, tuple(rows))


def _states(system: Digest, codes: Sequence[str]) -> list[str]:
    """A word for each code: drawn, partly, gap, or a dot where there is no diagram."""
    known = {d.code: "gap" if d.state == "not public" else d.state for d in system.drawings}
    return [known.get(code, "·") for code in codes]


def _origins(systems: Sequence[Digest]) -> Table:
    """How many numbers of each model are published, derived, assumed and so on."""
    heads = columns("System", *(f"#{o.capitalize()}" for o in _ORIGINS), "#All")
    rows = []
    for system in systems:
        counts = [system.origins.get(key, 0) for key in _ORIGINS.values()]
        rows.append(Row((cell(system_link(system)), *(cell(str(n)) for n in counts), cell(str(sum(counts))))))
    return Table("origins", "Origins", heads, tuple(rows), is_wordy=False)


def _years(systems: Sequence[Digest]) -> list[tuple[int, int, int]]:
    """Year, figures first hand, figures second hand: when what is published held."""
    found: dict[int, list[int]] = {}
    for claim in (c for s in systems for c in s.usable if c.year):
        found.setdefault(claim.year or 0, [0, 0])[0 if claim.is_primary else 1] += 1
    return [(year, first, second) for year, (first, second) in sorted(found.items())]


def _years_table(counts: Sequence[tuple[int, int, int]]) -> Table:
    rows = tuple(Row((cell(str(y)), cell(str(a)), cell(str(b)), cell(str(a + b)))) for y, a, b in counts)
    heads = columns("Year", "#First hand", "#Second hand", "#All")
    return Table("years", "Published figures by the year they held", heads, rows, is_wordy=False, is_narrow=True)


def _years_words(counts: Sequence[tuple[int, int, int]]) -> str:
    most = max(counts, key=lambda row: row[1] + row[2])
    span = f"{counts[0][0]} to {counts[-1][0]}"
    return f"Published figures by the year they held, {span}; most, {most[1] + most[2]}, in {most[0]}"


def _categories(systems: Sequence[Digest], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    counts = Counter(s.category for s in systems)
    most = max(counts.values(), default=1)
    return [
        {
            "id": ident,
            "name": category.name,
            "systems": counts[ident],
            "share": counts[ident] / most,
            "figures": sum(len(s.usable) for s in systems if s.category == ident),
        }
        for ident, category in vocabulary.categories.items()
    ]


def _descending(date: str) -> tuple[int, ...]:
    """A key that puts later dates first."""
    return tuple(-int(part) for part in date.split(" ", maxsplit=1)[0].split("-") if part.isdigit())
