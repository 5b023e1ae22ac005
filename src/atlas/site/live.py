"""A built site that follows its catalogue: only what a change touches is rendered and written again."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from atlas.catalogue import load_vocabulary, system_files
from atlas.catalogue.location import vocabulary_folder
from atlas.diagnostic import Finding
from atlas.site import search
from atlas.site.build import Job, keep, plan_jobs
from atlas.site.cache import Cache
from atlas.site.catalogue_pages import index_pages
from atlas.site.digest import Digest
from atlas.site.frame import Site
from atlas.site.one_system import render_file
from atlas.site.output import replace_folder, write_changed
from atlas.site.vega import warm


@dataclass(frozen=True, slots=True)
class Update:
    """What an update did: slugs that were rendered, broken or removed, files written, findings of the rendered."""

    rendered: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether any file of the site is different now."""
        return bool(self.files or self.removed)


class LiveSite:
    """A site in ``out`` that ``build`` wrote with the same catalogue, day, address and cache folder.

    A document that breaks keeps its last good pages until it is mended. Not safe for two threads at once.
    """

    def __init__(self, root: Path, out: Path, cache: Path, *, today: dt.date, base_url: str = "") -> None:
        self.root, self.out, self.store, self.today = root, out.resolve(), Cache(cache), today
        self.site = Site(base_url, today.isoformat())
        warm()
        self._vocabulary = load_vocabulary(vocabulary_folder(root))[0]
        self._shown: dict[str, tuple[str, Digest]] = {}
        for job in plan_jobs(system_files(root), self._vocabulary, self.site):
            if digest := self.store.digest(job.key):
                self._shown[job.path.stem] = (job.key, digest)

    @property
    def digests(self) -> Mapping[str, Digest]:
        """The systems that have pages now."""
        return {slug: digest for slug, (_, digest) in self._shown.items()}

    def update(self) -> Update:
        """Bring the pages up to date with the files of the catalogue, vocabularies included."""
        self._vocabulary = load_vocabulary(vocabulary_folder(self.root))[0]
        plan = {job.path.stem: job for job in plan_jobs(system_files(self.root), self._vocabulary, self.site)}
        changed = [job for slug, job in plan.items() if self._shown.get(slug, ("",))[0] != job.key]
        gone = tuple(slug for slug in self._shown if slug not in plan)
        if not changed and not gone:
            return Update()
        written: list[str] = []
        findings: list[Finding] = []
        broken: list[str] = []
        for job in changed:
            done = self._show(job, findings)
            broken += [] if done is not None else [job.path.stem]
            written += done or []
        for slug in gone:
            self._remove(slug)
        systems = [digest for _, (_, digest) in sorted(self._shown.items())]
        written += write_changed(
            self.out, index_pages(systems, self._vocabulary, self.site, self.today, self.store.folder)
        )
        rendered = tuple(job.path.stem for job in changed if job.path.stem not in broken)
        return Update(rendered, tuple(broken), gone, tuple(written), tuple(findings))

    def reindex(self) -> search.SearchIndex:
        """Make the search index again; readers keep the old one until the new one is whole."""
        with tempfile.TemporaryDirectory(prefix=".search-", dir=self.out.parent) as folder:
            new = Path(folder) / search.FOLDER
            found = search.index(self.out, new)
            if found.is_made:
                replace_folder(new, self.out / search.FOLDER)
        return found

    def _show(self, job: Job, findings: list[Finding]) -> list[str] | None:
        """Render one system and write what differs; ``None`` when its document is broken."""
        slug = job.path.stem
        rendered = render_file(job.path, self.root, self._vocabulary, job.known, self.today, self.site)
        findings += rendered.findings
        if rendered.digest is None:
            return None
        keep(self.store, job, rendered)
        before = self.store.names(self._shown[slug][0]) if slug in self._shown else set()
        self._shown[slug] = (job.key, rendered.digest)
        for name in before - rendered.files.keys():
            (self.out / name).unlink(missing_ok=True)
        return write_changed(self.out, rendered.files)

    def _remove(self, slug: str) -> None:
        """Take a system that has no document any more off the site."""
        del self._shown[slug]
        for folder in (f"systems/{slug}", f"embed/{slug}", f"api/v1/systems/{slug}"):
            shutil.rmtree(self.out / folder, ignore_errors=True)
        (self.out / f"api/v1/systems/{slug}.json").unlink(missing_ok=True)
