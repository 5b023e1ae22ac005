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
from atlas.site.build import Job, Scan, beside_of, keep, past_metrics, plan_jobs, read_excuses, scan, words_hash
from atlas.site.cache import Cache
from atlas.site.digest import Digest
from atlas.site.frame import Site
from atlas.site.index_pages import Context, IndexPages
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
        self._words_state: object = None
        self._scans: dict[Path, tuple[object, Scan]] = {}
        self._index = IndexPages()
        self._shown: dict[str, tuple[str, Digest]] = {}
        self._own: dict[str, set[str]] = {}
        for job in self._plan():
            if digest := self.store.digest(job.key):
                self._shown[job.path.stem] = (job.key, digest)
                self._own[job.path.stem] = self.store.names(job.key)
        self._past = past_metrics(root)[0]
        self._about_many = set(self._index_files())

    @property
    def digests(self) -> Mapping[str, Digest]:
        """The systems that have pages now."""
        return {slug: digest for slug, (_, digest) in self._shown.items()}

    def update(self) -> Update:
        """Bring the pages up to date with the files of the catalogue, vocabularies included."""
        plan = {job.path.stem: job for job in self._plan()}
        changed = [job for slug, job in plan.items() if self._shown.get(slug, ("",))[0] != job.key]
        gone = tuple(slug for slug in self._shown if slug not in plan)
        past = past_metrics(self.root)[0]
        if not changed and not gone and past == self._past:
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
        self._past = past
        written += self._write_index()
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

    def _plan(self) -> list[Job]:
        """Jobs for the files as they are now; only what has another time or size is read again."""
        folder = vocabulary_folder(self.root)
        state = [_state(path) for path in sorted(folder.iterdir())]
        if state != self._words_state:
            self._vocabulary = load_vocabulary(folder)[0]
            self._words, self._words_state = words_hash(self._vocabulary), state
        before, self._scans = self._scans, {}
        for path in system_files(self.root):
            now = (_state(path), *(_state(beside) for beside in beside_of(path)))
            kept = before.get(path)
            self._scans[path] = kept if kept and kept[0] == now else (now, scan(path))
        return plan_jobs(
            {path: found for path, (_, found) in self._scans.items()},
            self._words,
            self.site,
            read_excuses(self.root)[0],
        )

    def _index_files(self) -> dict[str, str]:
        systems = [digest for _, digest in self._shown.values()]
        context = Context(self._vocabulary, self.site, self.today, self.store.folder, self._past)
        return self._index.files(systems, context)

    def _write_index(self) -> list[str]:
        """Write the pages about many systems that differ, and take away those that are not made any more."""
        files = self._index_files()
        own = tuple(f"systems/{slug}/" for slug in self._shown)
        for name in self._about_many - files.keys():
            if not name.startswith(own):  # an old name may have become a system
                (self.out / name).unlink(missing_ok=True)
        self._about_many = set(files)
        return write_changed(self.out, files)

    def _show(self, job: Job, findings: list[Finding]) -> list[str] | None:
        """Render one system and write what differs; ``None`` when its document is broken."""
        slug = job.path.stem
        rendered = render_file(job.path, self.root, self._vocabulary, job.known, self.today, self.site, job.excuses)
        findings += rendered.findings
        if rendered.digest is None:
            return None
        keep(self.store, job, rendered)
        before, self._own[slug] = self._own.get(slug, set()), {*rendered.files}
        self._shown[slug] = (job.key, rendered.digest)
        for name in before - self._own[slug]:
            (self.out / name).unlink(missing_ok=True)
        return write_changed(self.out, rendered.files)

    def _remove(self, slug: str) -> None:
        """Take a system that has no document any more off the site."""
        del self._shown[slug], self._own[slug]
        for folder in (f"systems/{slug}", f"embed/{slug}", f"api/v1/systems/{slug}"):
            shutil.rmtree(self.out / folder, ignore_errors=True)
        (self.out / f"api/v1/systems/{slug}.json").unlink(missing_ok=True)


def _state(path: Path) -> object:
    """What changes when a file is written: its name, time and size; only the name of a link that leads nowhere."""
    try:
        found = path.stat()
    except OSError:
        return path
    return (path, found.st_mtime_ns, found.st_size)
