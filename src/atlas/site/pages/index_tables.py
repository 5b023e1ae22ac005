"""Tables over many systems: the list of systems, and what the index pages count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from atlas.site.digest import ClaimDigest, Digest
from atlas.site.figure import evidence_page
from atlas.site.parts import Figure, Given, Link, Words, cell, joined, parts_of
from atlas.site.table import Row, Table, columns

OLD_AFTER_YEARS = 5
_STATES = {"stub": "old", "draft": "", "published": "good"}


def figure_of(system: Digest, claim: ClaimDigest) -> Figure:
    """A claim as a figure that opens its evidence."""
    high = float("inf") if claim.high is None else claim.high
    origin = "published" if claim.is_usable else "assumed"
    place = f"{evidence_page(system.slug)}claim-{claim.id}"
    return Figure(claim.text, origin, place, (claim.id,), claim.verdict != "found", (claim.low, claim.mid, high))


def system_link(system: Digest) -> Link:
    """The system's name as a link to its page."""
    return Link(system.name, f"systems/{system.slug}/")


def system_links(systems: Iterable[Digest]) -> Given:
    """Names of systems as links."""
    return joined(system_link(s) for s in systems)


def year_part(year: int | None, this_year: int) -> Given:
    """A year; one that is more than five years back carries the tag of old figures."""
    if year is None:
        return None
    return Words(str(year), "tag old") if this_year - year > OLD_AFTER_YEARS else str(year)


def leading(system: Digest, most: int = 2) -> list[ClaimDigest]:
    """The figures that stand for a system in lists: those it shows first."""
    usable = {c.id: c for c in system.usable}
    shown = [usable[c] for c in system.show if c in usable]
    return (shown or list(usable.values()))[:most]


def told(claim: ClaimDigest) -> str:
    """What a figure is of, its scope and its year: away from its page nothing else would say so."""
    scope = claim.scope if claim.scope not in claim.what else ""
    words = ", ".join(text for text in (claim.what, scope) if text)
    return f"{words}, {claim.year}" if claim.year and str(claim.year) not in words else words


def systems_table(systems: Sequence[Digest], this_year: int) -> Table:
    """All systems with a figure or two, how many figures they have, and the newest year."""
    rows = tuple(_system(system, this_year) for system in systems)
    heads = columns(
        "System",
        "Category",
        "Figures that have a source",
        "#Published figures",
        "#First hand",
        "Newest",
        "Confidence",
        "State",
    )
    return Table("systems", "Systems", heads, rows)


def _system(system: Digest, this_year: int) -> Row:
    figures: list[Given] = [(figure_of(system, c), Words(f" {told(c)}", "quiet")) for c in leading(system)]
    usable = system.usable
    return Row(
        (
            cell(system_link(system)),
            cell(Link(system.category, f"categories/#{system.category}")),
            cell(joined(figures, "; "), empty=Words("none yet", "nil")),
            cell(str(len(usable))),
            cell(str(sum(c.is_primary for c in usable))),
            cell(year_part(system.newest, this_year), empty=Words("–", "quiet")),
            cell(system.confidence),
            cell(Words(system.status, f"tag {_STATES.get(system.status, '')}".strip())),
        )
    )


def named(items: Iterable[str]) -> Given:
    """Plain words with commas, or nothing."""
    return parts_of(", ".join(items))
