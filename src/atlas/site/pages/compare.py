"""Comparing two systems: what can be put side by side, and what cannot.

Figures are joined by what they measure: metric, statistic, kind of thing, scope. A pair is *comparable* when both
sides are published for times at most two years apart. The same rule runs in the reader's browser for any pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from atlas.model import Vocabulary
from atlas.quantity import parse
from atlas.site.charts import Plot, Point, plot
from atlas.site.digest import ClaimDigest, Digest
from atlas.site.frame import Site, render
from atlas.site.names import term
from atlas.site.pages.index_tables import figure_of
from atlas.site.parts import Cell, Link, Words, cell, parts_of
from atlas.site.table import Row, Table, columns, to_csv, to_json

YEARS_APART = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """Two systems in the order of their slugs, and why they are worth comparing."""

    left: Digest
    right: Digest
    because: str

    @property
    def slug(self) -> str:
        """``discord-vs-slack``."""
        return f"{self.left.slug}-vs-{self.right.slug}"

    @property
    def path(self) -> str:
        """The folder of its page."""
        return f"compare/{self.slug}/"


def related_pairs(systems: Sequence[Digest]) -> tuple[Pair, ...]:
    """Every pair that one of the two names as related; each once."""
    by_id = {s.id: s for s in systems}
    found: dict[tuple[str, str], str] = {}
    for system in systems:
        for other_id, because in system.related.items():
            if other_id in by_id and other_id != system.id:
                key = _key(system, by_id[other_id])
                found.setdefault(key, because)
    by_slug = {s.slug: s for s in systems}
    return tuple(Pair(by_slug[a], by_slug[b], because) for (a, b), because in sorted(found.items()))


def comparable(system: Digest) -> dict[str, ClaimDigest]:
    """One figure for each thing that is measured, the newest first: what can be joined with another system."""
    found: dict[str, ClaimDigest] = {}
    for claim in sorted(system.usable, key=lambda c: (-(c.year or 0), c.id)):
        found.setdefault(claim.compare_key, claim)
    return found


def verdict(left: ClaimDigest | None, right: ClaimDigest | None) -> tuple[str, str]:
    """The word for a pair of figures, and the look of its tag."""
    if left is None or right is None:
        return "one side only", ""
    if left.year and right.year and abs(left.year - right.year) > YEARS_APART:
        return "other years", "old"
    return "comparable", "good"


def compare_pages(systems: Sequence[Digest], pairs: Sequence[Pair], vocabulary: Vocabulary, site: Site) -> dict[str, str]:
    """The page that compares any two systems, and one for each related pair."""
    ordered = sorted(systems, key=lambda s: s.name)
    view = {
        "title": "Compare",
        "description": "Two systems side by side, from their data.",
        "systems": ordered,
        "pairs": pairs,
    }
    files = {"compare/index.html": render("compare.html", "compare/index.html", site, **view)}
    for pair in pairs:
        files.update(_pair_files(pair, vocabulary, site))
    return files


def _pair_files(pair: Pair, vocabulary: Vocabulary, site: Site) -> dict[str, str]:
    figures, traits = figures_table(pair), traits_table(pair, vocabulary)
    states = [row.cells[-1].text for row in figures.rows]
    view: dict[str, Any] = {
        "title": f"{pair.left.name} and {pair.right.name}",
        "description": f"{pair.left.name} and {pair.right.name} side by side: figures with sources, architecture, where the work is done.",
        "pair": pair,
        "comparable": states.count("comparable"),
        "of": len(states),
        "plots": plots(pair),
        "figures": figures,
        "traits": traits,
    }
    path = pair.path + "index.html"
    files = {path: render("pair.html", path, site, **view)}
    for table in (figures, traits):
        files[f"{pair.path}{table.id}.csv"] = to_csv(table)
        files[f"{pair.path}{table.id}.json"] = to_json(table)
    return files


def figures_table(pair: Pair) -> Table:
    """All figures of both, joined; those that both have come first."""
    left, right = comparable(pair.left), comparable(pair.right)
    keys = sorted({*left, *right}, key=lambda k: (not (k in left and k in right), k))
    rows = []
    for key in keys:
        a, b = left.get(key), right.get(key)
        word, look = verdict(a, b)
        known = a or b
        label = known.compare_label if known else key
        tag = Words(word, f"tag {look}".strip())
        rows.append(Row((cell(label), _side(pair.left, a), _side(pair.right, b), cell(tag))))
    heads = columns("Figure", pair.left.name, pair.right.name, "Comparable?")
    return Table("figures", "Figures side by side", heads, tuple(rows))


def _side(system: Digest, claim: ClaimDigest | None) -> Cell:
    if claim is None:
        return cell()
    source = Link(claim.source_title, claim.source_url) if claim.source_url else Words(claim.source_title)
    return cell(figure_of(system, claim), sub=(f"{claim.about}; held {claim.held}; " if claim.held else f"{claim.about}; ", source))


def traits(system: Digest, vocabulary: Vocabulary) -> dict[str, list[str]]:
    """What the architecture is made of, by question: the same words for every system."""
    names: dict[str, tuple[str, Sequence[str]]] = {
        "Patterns": ("patterns", system.patterns),
        "Small patterns": ("patterns", system.micro),
        "Guarantees": ("guarantees", system.guarantees),
        "Mechanisms": ("mechanisms", system.mechanisms),
        "Built with": ("technologies", tuple(system.technologies)),
    }
    found = {label: [term(vocabulary, words, i) for i in idents] for label, (words, idents) in names.items()}
    return {**found, "Regions": [system.regions] if system.regions else []}


def traits_table(pair: Pair, vocabulary: Vocabulary) -> Table:
    """The architectures side by side; what both have is named in the last column."""
    left, right = traits(pair.left, vocabulary), traits(pair.right, vocabulary)
    empty = Words("not stated", "nil")
    rows = []
    for label in left:
        both = [name for name in left[label] if name in right[label]]
        rows.append(
            Row(
                (
                    cell(label),
                    cell(", ".join(left[label]), empty=empty),
                    cell(", ".join(right[label]), empty=empty),
                    cell(", ".join(both), empty=Words("nothing", "nil")),
                )
            )
        )
    heads = columns("Question", pair.left.name, pair.right.name, "In both")
    return Table("architecture", "Architecture side by side", heads, tuple(rows))


def plots(pair: Pair) -> tuple[Plot, ...]:
    """A dot plot for each pair of figures that can stand on one axis, four at most."""
    left, right = comparable(pair.left), comparable(pair.right)
    found = []
    for key in sorted({*left} & {*right}):
        a, b = left[key], right[key]
        if verdict(a, b)[0] != "comparable" or a.dimension != b.dimension:
            continue
        points = [_point(pair.left, a, is_now=True), _point(pair.right, b)]
        made = plot(a.compare_label, points, "from 0")
        if made:
            found.append(made)
    return tuple(found[:4])


def _point(system: Digest, claim: ClaimDigest, *, is_now: bool = False) -> Point:
    value = parts_of(figure_of(system, claim), f" {claim.held}" if claim.held else None)
    return Point(system.name, parse(claim.written), value, is_now=is_now)


def _key(one: Digest, other: Digest) -> tuple[str, str]:
    return (one.slug, other.slug) if one.slug < other.slug else (other.slug, one.slug)
