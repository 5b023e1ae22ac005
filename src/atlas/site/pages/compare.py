"""Comparing two systems: what can be put side by side, and what cannot.

Figures are joined by what they measure: the metric, and the kind of thing. A pair is *comparable* when statistic and
scope are the same and the times at most two years apart; of several such pairs the newest is shown. The same rule
runs in the reader's browser for any pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from atlas.model import Vocabulary
from atlas.quantity import parse
from atlas.site.charts import Plot, Point, plot
from atlas.site.digest import ClaimDigest, Digest
from atlas.site.frame import Site, render
from atlas.site.names import sentence, term
from atlas.site.pages.index_tables import figure_of, leading
from atlas.site.parts import Cell, Link, Words, cell, parts_of
from atlas.site.table import Row, Table, columns, data_files

YEARS_APART = 2
MOST_ALONE = 8
"""Figures of one side that are listed though the other side has no equal."""


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
    pairs = [Pair(by_slug[a], by_slug[b], sentence(because)) for (a, b), because in found.items()]
    return tuple(sorted(pairs, key=lambda p: (p.left.category != p.right.category, p.slug)))


def comparable(system: Digest) -> tuple[ClaimDigest, ...]:
    """The figures that can be put beside those of another system, newest first."""
    return tuple(sorted(system.usable, key=lambda c: (-(c.year or 0), c.id)))


def joined_figures(left: Digest, right: Digest) -> list[tuple[ClaimDigest | None, ClaimDigest | None]]:
    """One row for each thing both measure, the best match first; then what each shows first and the other lacks."""
    ours, theirs = _grouped(left), _grouped(right)
    both = sorted(ours.keys() & theirs.keys())
    matched = [min(product(ours[g], theirs[g]), key=lambda pair: _distance(*pair)) for g in both]
    matched.sort(key=lambda pair: _distance(*pair))
    rows: list[tuple[ClaimDigest | None, ClaimDigest | None]] = list(matched)
    rows += [(c, None) for c in leading(left, MOST_ALONE) if c.compare_key not in theirs]
    rows += [(None, c) for c in leading(right, MOST_ALONE) if c.compare_key not in ours]
    return rows


def verdict(left: ClaimDigest | None, right: ClaimDigest | None) -> tuple[str, str, str]:
    """The word for a pair of figures, the look of its tag, and the reason where there is one."""
    if left is None or right is None:
        return "one side only", "", ""
    if left.stat != right.stat:
        return "not the same thing", "old", f"{left.stat} against {right.stat}"
    if left.scope != right.scope:
        return "not the same thing", "old", "different scopes"
    if left.year and right.year and abs(left.year - right.year) > YEARS_APART:
        return "other years", "old", f"{abs(left.year - right.year)} years apart"
    return "comparable", "good", ""


def _grouped(system: Digest) -> dict[str, list[ClaimDigest]]:
    groups: dict[str, list[ClaimDigest]] = {}
    for claim in comparable(system):
        groups.setdefault(claim.compare_key, []).append(claim)
    return groups


def _distance(left: ClaimDigest, right: ClaimDigest) -> tuple[int, int, int, str]:
    """How far two figures are from being one fact of today: statistic and scope, then years apart, then age."""
    unlike = 2 * (left.stat != right.stat) + (left.scope != right.scope)
    years = left.year or 0, right.year or 0
    return unlike, max(0, max(years) - min(years) - YEARS_APART), -min(years), left.id + right.id


def choice_page(systems: Sequence[Digest], site: Site) -> dict[str, str]:
    """The page that compares any two systems, and lists the pairs that have a page of their own."""
    path = "compare/index.html"
    view: dict[str, Any] = {
        "title": "Compare",
        "description": "Two systems side by side, from their data.",
        "systems": sorted(systems, key=lambda s: s.name),
        "pairs": related_pairs(systems),
    }
    return {path: render("compare.html", path, site, **view)}


def pair_files(pair: Pair, vocabulary: Vocabulary, site: Site) -> dict[str, str]:
    """The page of one pair, with the data of its tables."""
    figures, traits = figures_table(pair), traits_table(pair, vocabulary)
    states = [row.cells[-1].parts[0].text for row in figures.rows]
    view: dict[str, Any] = {
        "title": f"{pair.left.name} and {pair.right.name}",
        "description": (
            f"{pair.left.name} and {pair.right.name} side by side: figures with sources, architecture, "
            "where the work is done."
        ),
        "pair": pair,
        "comparable": states.count("comparable"),
        "of": len(states),
        "plots": plots(pair),
        "figures": figures,
        "traits": traits,
    }
    path = pair.path + "index.html"
    files = {path: render("pair.html", path, site, **view)}
    return {**files, **data_files(pair.path, (figures, traits))}


def figures_table(pair: Pair) -> Table:
    """Figures of both, joined by what they measure; each row says whether they can be compared, and why not."""
    rows = []
    for a, b in joined_figures(pair.left, pair.right):
        word, look, reason = verdict(a, b)
        known = a or b
        label = known.compare_label if known else ""
        tag = Words(word, f"tag {look}".strip())
        rows.append(Row((cell(label), _side(pair.left, a), _side(pair.right, b), cell(tag, sub=reason))))
    heads = columns("Figure", pair.left.name, pair.right.name, "Comparable?")
    return Table("figures", "Figures side by side", heads, tuple(rows))


def _side(system: Digest, claim: ClaimDigest | None) -> Cell:
    if claim is None:
        return cell()
    source = Link(claim.source_title, claim.source_url) if claim.source_url else Words(claim.source_title)
    when = f"{claim.held}, " if claim.held else ""
    scope = f"{claim.scope}; " if claim.scope not in claim.what else None
    return cell(figure_of(system, claim), f" {claim.what}", sub=(scope, when, source))


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
    found = []
    for a, b in joined_figures(pair.left, pair.right):
        if a is None or b is None or verdict(a, b)[0] != "comparable" or a.dimension != b.dimension:
            continue
        made = plot(a.compare_label, [_point(pair.left, a, is_now=True), _point(pair.right, b)], "from 0")
        if made:
            found.append(made)
    return tuple(found[:4])


def _point(system: Digest, claim: ClaimDigest, *, is_now: bool = False) -> Point:
    value = parts_of(figure_of(system, claim), f" {claim.held}" if claim.held else None)
    return Point(system.name, parse(claim.written), value, is_now=is_now)


def _key(one: Digest, other: Digest) -> tuple[str, str]:
    return (one.slug, other.slug) if one.slug < other.slug else (other.slug, one.slug)
