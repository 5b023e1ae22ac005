"""Everything the site shows of one system: its pages, its files, and its digest for the pages about many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atlas.catalogue import LoadedFile
from atlas.catalogue.load import is_slug, load_file
from atlas.catalogue.visits import read_visits
from atlas.check import check_system
from atlas.check.excused import Excuse
from atlas.compile import Case
from atlas.compile.kept import read_kept
from atlas.diagnostic import Finding, Level, sort_findings
from atlas.model import Vocabulary
from atlas.site import api
from atlas.site.digest import Digest, digest
from atlas.site.drawings import drawings
from atlas.site.figure import EvidenceBook
from atlas.site.frame import Site
from atlas.site.names import grade
from atlas.site.pages.drills import system_drill_pages
from atlas.site.pages.system import system_pages
from atlas.site.pages.system_parts import component_pages, deep_dive_pages, diagram_pages, evidence_pages
from atlas.site.run_data import run_data
from atlas.site.table import dump


@dataclass(frozen=True, slots=True)
class Rendered:
    """One system, rendered; ``digest`` is ``None`` and there are no files where its document is broken."""

    digest: Digest | None
    files: Mapping[str, str]
    findings: tuple[Finding, ...]


def render_file(
    path: Path,
    root: Path,
    vocabulary: Vocabulary,
    known: Mapping[str, str],
    today: dt.date,
    site: Site,
    excuses: Sequence[Excuse] = (),
) -> Rendered:
    """Load, check, draw and render one document; ``known`` maps ids of systems that exist to their slugs.

    Findings that ``excuses`` cover are left out, as ``atlas check`` leaves them out.
    """
    return render_system(load_file(path, vocabulary, root), known, today, site, excuses, root)


def render_system(
    loaded: LoadedFile,
    known: Mapping[str, str],
    today: dt.date,
    site: Site,
    excuses: Sequence[Excuse] = (),
    root: Path | None = None,
) -> Rendered:
    """All pages and files of a loaded document; none where its file name would make no address.

    ``root`` is its catalogue: the outcomes of its drills and the visits to its sources are read from there.
    """
    system = loaded.system
    if system is None or not is_slug(system.slug):
        return Rendered(None, {}, loaded.findings)
    made = [*loaded.findings, *check_system(system, today=today, root=root)]
    found = sort_findings(f for f in made if not any(excuse.covers(f) for excuse in excuses))
    pictures = drawings(system)
    kept = read_kept(root, system.slug) if root else None
    book = EvidenceBook(system, today, found, read_visits(root, system.slug) if root else ())
    own = digest(system, pictures, found, today, grade(system), kept)
    runs = None if has_errors(loaded.findings) else run_data(Case(system, loaded.source.data))
    files = {
        **system_pages(system, pictures, book, found, site, known, drills=_drills(runs), has_outcomes=kept is not None),
        **diagram_pages(system, pictures, site),
        **component_pages(book, site),
        **deep_dive_pages(book, site),
        **system_drill_pages(book, kept, site),
        **evidence_pages(book, site),
        **api.system_files(own, system, system.vocabulary),
        **({f"systems/{system.slug}/run.json": dump(runs)} if runs else {}),
    }
    return Rendered(own, files, tuple(found))


def has_errors(findings: Sequence[Finding]) -> bool:
    """Whether a document has faults for which no plan can be made of it."""
    return any(finding.level is Level.ERROR for finding in findings)


def _drills(runs: Mapping[str, Any] | None) -> int:
    """How many drills the run panel of a page has."""
    return sum(1 for run in runs["runs"] if run["id"]) if runs else 0
