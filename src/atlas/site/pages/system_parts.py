"""The other pages of one system: evidence, all diagrams, components, deep dives, embeds."""

from __future__ import annotations

from collections.abc import Sequence

from atlas.model import System
from atlas.site.drawings import Drawing, on_page
from atlas.site.figure import EvidenceBook
from atlas.site.frame import Site, render
from atlas.site.pages.system import table_files
from atlas.site.sections import DEEP_DIVES
from atlas.site.tables import evidence, record
from atlas.site.tables.said import sentences

_GROUPS = {
    "published": "Published figures",
    "derived": "Worked out from the model",
    "sized": "Sized to a utilisation",
    "default": "Defaults of technologies and kinds",
    "design": "Design settings",
    "assumed": "Assumed",
}


def evidence_pages(book: EvidenceBook, site: Site) -> dict[str, str]:
    """The page of all evidence that the system's other pages refer to: call it after them."""
    system = book.system
    claims, readings = evidence.claims(book), evidence.readings(book)
    found = book.evidence
    groups = [
        {"kind": kind, "title": title, "evidence": own}
        for kind, title in _GROUPS.items()
        if (own := [e for e in found if e.kind == kind])
    ]
    path = f"systems/{system.slug}/evidence/index.html"
    name = system.document.name
    title, description = f"Evidence for {name}", f"Every figure of {name} with its source, or how it was worked out."
    page = render(
        "evidence.html",
        path,
        site,
        title=title,
        description=description,
        name=name,
        slug=system.slug,
        claims=claims,
        readings=readings,
        groups=groups,
    )
    return {path: page, **table_files(system.slug, [readings])}


def diagram_pages(system: System, pictures: Sequence[Drawing], site: Site) -> dict[str, str]:
    """All diagrams on one page, each as SVG and Mermaid files, and each alone for other sites."""
    if not pictures:
        return {}
    name, slug = system.document.name, system.slug
    folder = f"systems/{slug}/diagrams/"
    view = {"name": name, "slug": slug, "on_page": on_page}
    title, description = f"{name} in diagrams", f"All {len(pictures)} architecture diagrams of {name}."
    files = {
        folder + "index.html": render(
            "diagrams.html",
            folder + "index.html",
            site,
            title=title,
            description=description,
            drawings=pictures,
            **view,
        )
    }
    for one in pictures:
        files[f"{folder}{one.anchor}.svg"] = one.wide
        if one.tall:
            files[f"{folder}{one.anchor}-tall.svg"] = one.tall
        files[f"{folder}{one.anchor}.mmd"] = one.mermaid
        path = f"embed/{slug}/{one.anchor}/index.html"
        files[path] = render(
            "embed.html", path, site, title=one.title, description=one.description[:200], d=one, **view
        )
    return files


def component_pages(book: EvidenceBook, site: Site) -> dict[str, str]:
    """Every component as a table."""
    system = book.system
    if not system.document.components:
        return {}
    name, slug = system.document.name, system.slug
    table = record.components(book, system.document.components)
    path = f"systems/{slug}/components/index.html"
    page = render(
        "table.html",
        path,
        site,
        title=f"Components of {name}",
        description=f"What {name} is made of.",
        heading=f"Components of {name}",
        lead="What the system is made of, on which plane, and who says so.",
        crumbs=[("Systems", "systems/"), (name, f"systems/{slug}/"), ("Components", None)],
        tables=[table],
        at="../tables/",
    )
    return {path: page, **table_files(slug, [table])}


def deep_dive_pages(book: EvidenceBook, site: Site) -> dict[str, str]:
    """One page for each deep dive that the document has."""
    system = book.system
    files = {}
    for key, said in system.document.deep_dives.items():
        path = f"systems/{system.slug}/{key}/index.html"
        heading = DEEP_DIVES[key]
        name = system.document.name
        files[path] = render(
            "deep_dive.html",
            path,
            site,
            title=f"{name}: {heading.lower()}",
            description=f"{heading} of {name}.",
            name=name,
            slug=system.slug,
            heading=heading,
            statements=sentences(system, said),
        )
    return files
