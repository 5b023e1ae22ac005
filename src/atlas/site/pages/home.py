"""The home page and the list of systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atlas.site.digest import ClaimDigest, Digest
from atlas.site.frame import Site, render
from atlas.site.pages.compare import Pair
from atlas.site.pages.index_tables import figure_of, leading, systems_table, told
from atlas.site.parts import Given, Link, Part, Words, parts_of
from atlas.site.table import data_files

_TITLE = "Atlas: the architecture of the largest systems"
_DESCRIPTION = "The architecture of the world's largest systems as data you can check, draw and learn from."


def home_pages(systems: Sequence[Digest], pairs: Sequence[Pair], site: Site, this_year: int) -> dict[str, str]:
    """The front page, ``/systems/``, and the files of the table both show."""
    ordered = sorted(systems, key=lambda s: (s.status != "published", -len(s.usable), s.name))
    table = systems_table(ordered, this_year)
    view: dict[str, Any] = {
        "first": ordered[0] if ordered else None,
        "pair": _pair_of(ordered[0], pairs) if ordered else None,
        "chain": _chain(ordered[0]) if ordered else (),
        "systems": table,
        "tally": _tally(systems),
    }
    listing = {
        "heading": "Systems",
        "lead": f"{len(systems)} systems, each one document with its sources, its figures and its diagrams.",
        "crumbs": [("Atlas", ""), ("Systems", None)],
        "tables": [table],
        "at": "",
    }
    return {
        "index.html": render("home.html", "index.html", site, title=_TITLE, description=_DESCRIPTION, **view),
        "systems/index.html": render(
            "table.html", "systems/index.html", site, title="Systems", description=_DESCRIPTION, **listing
        ),
        **data_files("systems/", [table]),
    }


def _pair_of(system: Digest, pairs: Sequence[Pair]) -> Pair | None:
    """A comparison to begin with: one of this system, in its category if there is one."""
    own = (p for p in pairs if system.slug in (p.left.slug, p.right.slug))
    return next(own, None)


def _chain(system: Digest) -> tuple[tuple[str, tuple[Part, ...], str], ...]:
    """One figure from its words to its check, all from the data."""
    claims = [c for c in leading(system, 8) if c.quote and c.is_primary]
    if not claims:
        return ()
    claim = claims[0]
    rows: list[tuple[str, Given, str]] = [
        ("Figure", (figure_of(system, claim), f" {told(claim)}"), ""),
        ("Printed", f"“{claim.quote}”", ""),
        (
            "Source",
            (
                Link(claim.source_title, claim.source_url) if claim.source_url else claim.source_title,
                f", held {claim.held}" if claim.held else "",
            ),
            "",
        ),
        ("Checked", _checked(system, claim), ""),
        (
            "Drawn",
            (Link(f"{len(system.drawings)} diagrams", f"systems/{system.slug}/diagrams/"), " from the same document"),
            "",
        ),
    ]
    return tuple((step, parts_of(given), big) for step, given, big in rows)


def _checked(system: Digest, claim: ClaimDigest) -> Given:
    errors = system.findings.get("error", 0)
    state = (
        Words("holds", "tag good")
        if errors == 0
        else Words("1 error" if errors == 1 else f"{errors} errors", "tag bad")
    )
    return (f"together with {len(system.usable) - 1} other figures of {system.name} ", state)


def _tally(systems: Sequence[Digest]) -> str:
    struck = sum(s.struck for s in systems)
    text = f"{sum(len(s.usable) for s in systems)} published figures on these pages."
    if not struck:
        return text
    return f"{text} {struck} that circulate were not found in any source, or are contradicted, and are struck out."
