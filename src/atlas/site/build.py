"""The whole site: every system rendered once, then the pages about many, then the search index.

Systems are rendered in parallel and kept in a cache by content hash; the pages about many are made from small
digests, so a build with nothing changed reads no document at all.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import hashlib
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from atlas.catalogue import find_catalogue, load_vocabulary, system_files
from atlas.catalogue.load import is_slug, misplaced
from atlas.catalogue.location import vocabulary_folder
from atlas.catalogue.visits import FOLDER as VISITS
from atlas.catalogue.yaml_source import read_bounded
from atlas.check.excused import FILE as EXCUSES
from atlas.check.excused import Excuse, ExcuseError, load_excuses
from atlas.check.orphan import end_with_parent
from atlas.compile.kept import FOLDER as RUNS
from atlas.diagnostic import Finding, Level, Position
from atlas.diagnostic.code import SCHEMA
from atlas.model import Vocabulary
from atlas.report import Point, read_progress
from atlas.report.progress import FILE as PROGRESS
from atlas.report.progress import ProgressError
from atlas.site import search
from atlas.site.cache import Cache, key
from atlas.site.digest import Digest
from atlas.site.frame import Site
from atlas.site.index_pages import Context, stream
from atlas.site.one_system import Rendered, render_file
from atlas.site.output import staged, write_files
from atlas.site.shared_files import assets, warm_assets

Progress = Callable[[int, int, str], None]
_ID = re.compile(rb"^id:[ \t]*['\"]?(CS-[A-Z0-9-]+)", re.MULTILINE)
_NAMED = re.compile(rb"CS-[A-Z0-9-]+")
_FEW = 2
"""Up to this many systems are rendered without starting other processes."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document to render: its place, the key of its result, the systems it may link to, what is excused of it."""

    path: Path
    key: str
    known: Mapping[str, str]
    excuses: tuple[Excuse, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``broken`` are slugs whose document could not be read; they have no page.

    ``left_out`` says which files and entries of the catalogue no page knows of, besides those documents.
    """

    out: Path
    systems: int
    rendered: int
    files: int
    broken: tuple[str, ...]
    findings: tuple[Finding, ...]
    search_problem: str = ""
    left_out: tuple[Finding, ...] = ()
    digests: Mapping[str, Digest] = field(default_factory=dict, repr=False)


def build(
    catalogue_root: Path | None,
    out: Path,
    *,
    today: dt.date,
    base_url: str = "",
    jobs: int = 1,
    cache: Path | None = None,
    progress: Progress | None = None,
    with_search: bool = True,
) -> BuildReport:
    """Build the site into ``out``, which is replaced in one step when all is done.

    ``cache`` keeps rendered systems between builds (none: a temporary one). Raises OutputError when ``out`` cannot
    be written, is not ours or lies in the catalogue, CatalogueNotFoundError when there is no catalogue. Broken
    documents are left out and reported; everything else is built.
    """
    root = find_catalogue(catalogue_root)
    with staged(out, root) as stage, tempfile.TemporaryDirectory() as scratch:
        store = Cache(cache or Path(scratch))
        vocabulary, left_out = load_vocabulary(vocabulary_folder(root))
        left_out += misplaced(root)
        site = Site(base_url, today.isoformat())
        scans = {path: scan(path) for path in system_files(root)}
        excuses, unread = read_excuses(root)
        left_out += unread
        plan = plan_jobs(scans, words_hash(vocabulary), site, excuses)
        kept = {job.key: store.digest(job.key) for job in plan}
        missing = [job for job in plan if kept[job.key] is None]
        given = _Given(root, store.folder, stage, site, today)
        outcome = _render_all(missing, given, jobs, _from(progress, len(plan) - len(missing), len(plan)))
        count = sum(done.files for done in outcome)
        count += sum(store.copy(job.key, stage) for job in plan if kept[job.key] is not None)
        kept |= {job.key: store.digest(job.key) for job in missing}
        digests = {job.path.stem: found for job in plan if (found := kept[job.key])}
        past, unread = past_metrics(root)
        left_out += unread
        count += _write_shared(list(digests.values()), Context(vocabulary, site, today, store.folder, past), stage)
        searched = _search(stage, store, plan) if with_search else search.SearchIndex(is_made=False)
        if cache is not None:
            store.prune([job.key for job in plan])
    broken = tuple(job.path.stem for job in plan if job.path.stem not in digests)
    findings = (*left_out, *(f for done in outcome for f in done.findings))
    return BuildReport(
        out, len(digests), len(missing), count, broken, findings, searched.problem, tuple(left_out), digests
    )


@dataclass(frozen=True, slots=True)
class Scan:
    """What planning needs of a document: a hash of its text and of what is kept beside it, its id, every id of a system
    that it names.
    """

    text: str
    own: str
    named: frozenset[str]


def scan(path: Path) -> Scan:
    """Read one document, without parsing it; of one that cannot be read, rendering says why.

    Raises FileNotFoundError where it has been taken away meanwhile.
    """
    try:
        data = read_bounded(path)
    except OSError:
        if not os.path.lexists(path):
            raise
        data = b""
    beside = b"".join(one.read_bytes() for one in beside_of(path) if one.is_file())
    own = _ID.search(data)
    named = frozenset(ident.decode() for ident in _NAMED.findall(data))
    return Scan(hashlib.sha256(data + beside).hexdigest(), own[1].decode() if own else "", named)


def beside_of(path: Path) -> tuple[Path, Path]:
    """Where the outcomes of a document's drills and the visits to its sources are kept."""
    root, name = path.parents[2], f"{path.stem}.json"
    return root / RUNS / name, root / VISITS / name


def read_excuses(root: Path) -> tuple[tuple[Excuse, ...], list[Finding]]:
    """The findings that the catalogue tolerates; a file that cannot be read excuses nothing, and that is said."""
    try:
        return tuple(load_excuses(root)), []
    except ExcuseError as error:
        place = Position(EXCUSES)
        tip = "run atlas check: it says what is wrong with the file"
        return (), [Finding(SCHEMA, Level.ERROR, str(error).splitlines()[0], place, tip=tip)]


def past_metrics(root: Path) -> tuple[tuple[Point, ...], list[Finding]]:
    """The success metrics that were recorded; a file that cannot be read is left out, and that is said."""
    try:
        return read_progress(root), []
    except ProgressError as error:
        return (), [Finding(SCHEMA, Level.ERROR, str(error), Position(PROGRESS), tip="mend or remove the line")]


def plan_jobs(scans: Mapping[Path, Scan], words: str, site: Site, excuses: Sequence[Excuse] = ()) -> list[Job]:
    """A job for each document; ``words`` is a hash of the vocabularies.

    A result depends on the document, the words, the code, the day, what is excused, and on which of the systems it
    names exist.
    """
    slugs = {found.own: path.stem for path, found in scans.items() if found.own and is_slug(path.stem)}
    plan = []
    for path, found in scans.items():
        known = {ident: slugs[ident] for ident in sorted(found.named & slugs.keys())}
        place = f"{path.parent.name}/{path.stem}"
        own = tuple(excuse for excuse in excuses if excuse.system == found.own)
        name = key(found.text, place, words, site.base_url, site.data_date, repr(known), repr(own))
        plan.append(Job(path, name, known, own))
    return plan


def words_hash(vocabulary: Vocabulary) -> str:
    """A hash of all vocabularies."""
    return hashlib.sha256(vocabulary.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Given:
    """What every process of a build is given: the catalogue, the cache, the site as it grows, and what pages share."""

    root: Path
    cache: Path
    stage: Path
    site: Site
    today: dt.date


@dataclass(frozen=True, slots=True)
class _Done:
    """One document rendered: what its checks say, and how many files it has in the site."""

    findings: tuple[Finding, ...]
    files: int


def _render_all(missing: Sequence[Job], given: _Given, jobs: int, progress: Progress) -> list[_Done]:
    """Render what the cache lacks, in as many processes as asked, into the cache and into the site."""
    tasks = [(job, given) for job in missing]
    found = []
    if jobs <= 1 or len(missing) <= _FEW:
        for task in tasks:
            found.append(_render_one(task))
            progress(len(found), len(tasks), task[0].path.stem)
        return found
    # A process that has threads must not be forked; a new interpreter costs a second and is always safe.
    context = get_context("fork" if threading.active_count() == 1 else "spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker) as pool:
        fonts = pool.submit(warm_assets, given.cache)  # two seconds of one core, while the other renders
        for task, done in zip(tasks, pool.map(_render_one, tasks), strict=True):
            found.append(done)
            progress(len(found), len(tasks), task[0].path.stem)
        fonts.result()
    return found


def _render_one(task: tuple[Job, _Given]) -> _Done:
    job, given = task
    words = _vocabulary(given.root)
    rendered = render_file(job.path, given.root, words, job.known, given.today, given.site, job.excuses)
    store = Cache(given.cache)
    keep(store, job, rendered)
    return _Done(rendered.findings, store.copy(job.key, given.stage) if rendered.digest is not None else 0)


def _write_shared(digests: Sequence[Digest], context: Context, stage: Path) -> int:
    """Write the pages about many systems and the files that all pages share; how many."""
    count = 0
    for shared in chain(stream(digests, context), [assets(context.cache)]):
        write_files(stage, shared)
        count += len(shared)
    return count


def keep(store: Cache, job: Job, rendered: Rendered) -> None:
    """Put what was rendered into the cache; a broken document leaves nothing there."""
    if rendered.digest is not None:
        store.put(job.key, rendered.digest, rendered.files)


def _search(stage: Path, store: Cache, plan: Sequence[Job]) -> search.SearchIndex:
    """The search index; the one that was made for the same systems is used again."""
    kept = store.folder / f"{search.FOLDER}-{key(*sorted(job.key for job in plan))}"
    if kept.is_dir():
        shutil.copytree(kept, stage / search.FOLDER)
        os.utime(kept)
        return search.SearchIndex(is_made=True)
    found = search.index(stage)
    if found.is_made:
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=store.folder))
        shutil.copytree(stage / search.FOLDER, partial, dirs_exist_ok=True)
        with contextlib.suppress(OSError):  # another build was first
            partial.rename(kept)
        shutil.rmtree(partial, ignore_errors=True)
    return found


def _start_worker() -> None:
    """A process that renders and ends need not look for cycles after every few hundred objects."""
    gc.set_threshold(100_000, 50, 50)
    end_with_parent()


@cache
def _vocabulary(root: Path) -> Vocabulary:
    return load_vocabulary(vocabulary_folder(root))[0]


def _from(progress: Progress | None, done: int, total: int) -> Progress:
    """Progress that counts what the cache held as done."""
    if progress is None:
        return lambda _done, _total, _name: None
    if done:
        progress(done, total, "unchanged")
    return lambda more, _total, name: progress(done + more, total, name)
