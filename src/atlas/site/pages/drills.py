"""The outcomes of drills: a page for each system, and one about all of them."""

from __future__ import annotations

from collections.abc import Sequence

from atlas.compile.kept import Kept
from atlas.compile.report import seconds
from atlas.model import System
from atlas.site.digest import DrillDigest
from atlas.site.figure import EvidenceBook
from atlas.site.frame import Site, render
from atlas.site.pages.listing import list_pages
from atlas.site.parts import Link, Words, cell
from atlas.site.table import Row, Table, columns, data_files
from atlas.site.tables import drills

PATH = "drills/index.html"
_LOOKS = {w.text: w.look for w in (drills.PROVEN, drills.HOLDS, drills.MISSED, drills.OPEN, drills.NOT_RUN)}


def system_drill_pages(book: EvidenceBook, kept: Kept | None, site: Site) -> dict[str, str]:
    """The page of one system's drills with its data; nothing where they were not run."""
    if kept is None:
        return {}
    system = book.system
    folder = f"systems/{system.slug}/drills/"
    moved = kept.sensitivity
    tables = [drills.drills(system, kept), *([drills.inputs(book, moved)] if moved and moved.effects else [])]
    heading = f"{system.document.name}: drills"
    page = render(
        "drills.html",
        folder + "index.html",
        site,
        title=heading,
        description=f"What the failure drills of {system.document.name} showed when they were run.",
        heading=heading,
        lead=_lead(kept),
        crumbs=[("Systems", "systems/"), (system.document.name, f"systems/{system.slug}/"), ("Drills", None)],
        tables=tables,
        stale=_stale(system, kept),
        command=f"atlas drills {system.slug}",
        moved=_moved(system, kept),
        seed=kept.seed,
    )
    return {folder + "index.html": page, **data_files(folder, tables)}


def drill_pages(systems: Sequence[tuple[str, str, Sequence[DrillDigest]]], site: Site) -> dict[str, str]:
    """The page of all drills; ``systems`` are slug, name and drills of each."""
    rows = []
    for slug, name, found in systems:
        for one in found:
            engines = "agree" if one.agree else "differ"
            word = Words(one.outcome, _LOOKS.get(one.outcome, "tag"))
            link = cell(Link(one.name, f"systems/{slug}/drills/#drill-{one.id}"))
            owner = cell(Link(name, f"systems/{slug}/"))
            rows.append(Row((link, owner, cell(word, sub=one.because), cell(engines))))
    table = Table("drills", "All drills", columns("Failure", "System", "Outcome", "Engines"), tuple(rows))
    every = [one for _, _, found in systems for one in found]
    proven = sum(one.outcome == drills.PROVEN.text for one in every)
    lead = (
        f"{len(every)} failures were injected into {sum(bool(f) for _, _, f in systems)} systems on two engines, "
        f"with and without their mitigations. In {proven} the mitigation makes the difference on both."
    )
    return list_pages(PATH, "Drills", lead, [table], site)


def _lead(kept: Kept) -> str:
    book = kept.playbook
    count, hold, proven = len(book.drills), len(book.holding()), len(book.proven())
    return (
        f"{hold} of {count} hold on both engines; {proven} miss an expectation without their mitigation. "
        "Each was run four times: by a fluid and by a discrete engine, with the mitigation and without."
    )


def _stale(system: System, kept: Kept) -> str:
    if not kept.is_of(system):
        return "The document has changed since these drills were run."
    return ""


def _moved(system: System, kept: Kept) -> str:
    """Which answer the inputs move, in a sentence."""
    found = kept.sensitivity
    if found is None:
        return ""
    flow = system.document.flows.get(found.flow)
    name = flow.name if flow else found.flow
    now = seconds(found.p99_s)
    return f"The p99 of {name} is {now}; each input of the model was halved and doubled, the strongest stand first."
