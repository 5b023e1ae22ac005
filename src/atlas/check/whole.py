"""Check a whole catalogue on several cores.

Each process reads and checks its share of the files; only findings, and what a survey asks of a system, come back.
"""

from __future__ import annotations

import datetime as dt
import gc
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

from atlas.catalogue import load_catalogue, load_file, load_vocabulary, system_files
from atlas.catalogue.load import misplaced
from atlas.catalogue.location import vocabulary_folder
from atlas.check.case import Case, Cited, Survey, cited
from atlas.check.excused import Excuse, apply_excuses
from atlas.check.orphan import end_with_parent
from atlas.check.registry import Check
from atlas.check.runner import Judge, check_case, check_survey, chosen_checks, of_reading, run_checks
from atlas.diagnostic import Finding, sort_findings
from atlas.model import Vocabulary

Progress = Callable[[int, int, str], None]
_FEW = 12
"""Up to this many files other processes would cost more than they bring."""
_FIRST = 1
_SHARE = 4
"""Files that a process takes at a time."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: what reading it and checking it found; ``system`` is ``None`` where it could not be read."""

    slug: str
    system: Cited | None
    read: tuple[Finding, ...]
    found: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What every file of a run is read and checked with."""

    root: Path
    vocabulary: Vocabulary
    only: tuple[str, ...]
    today: dt.date

    def check(self, path: Path) -> Checked:
        """Read and check one file."""
        loaded = load_file(path, self.vocabulary, self.root)
        if loaded.system is None:
            return Checked(path.stem, None, loaded.findings, ())
        case = Case(loaded.system, self.today, loaded.source, self.root)
        found = tuple(check_case(case, self.checks))
        return Checked(loaded.system.slug, cited(loaded.system), loaded.findings, found)

    @property
    def checks(self) -> list[Check]:
        """The checks of the run."""
        return chosen_checks(self.only)


def check_catalogue(
    root: Path,
    *,
    today: dt.date,
    only: Collection[str] = (),
    exceptions: Iterable[Excuse] = (),
    jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[list[Finding], int]:
    """What ``run_checks`` finds in the whole catalogue at ``root``, and how many systems it has.

    ``jobs`` is the number of processes; ``only`` limits to these codes, names or families.
    """
    vocabulary, left_out = load_vocabulary(vocabulary_folder(root))
    left_out += misplaced(root)
    task, paths = Task(root, vocabulary, tuple(only), today), system_files(root)
    files = []
    for checked in _in_processes(task, paths, jobs):
        files.append(checked)
        if progress is not None:
            progress(len(files), len(paths), checked.slug)
    systems = {file.slug: file.system for file in files if file.system is not None}
    if len({s.id for s in systems.values()}) < sum(file.system is not None for file in files):
        # Two files describe one system: the whole is needed to say which, and nobody waits for speed then.
        loaded = load_catalogue(root)
        return run_checks(loaded, today=today, only=only, exceptions=exceptions), len(loaded.systems)
    found = [finding for file in files for finding in file.found]
    read = [*left_out, *(finding for file in files for finding in file.read)]
    found += of_reading(read, {s.file for s in systems.values()}, only)
    found += check_survey(Survey(systems, today), task.checks)
    judge = Judge(task.checks, {s.id for s in systems.values()}, is_whole=True, is_everything=not only)
    return sort_findings(apply_excuses(found, exceptions, root, judge.is_judged)), len(systems)


def _in_processes(task: Task, paths: Sequence[Path], jobs: int) -> Iterator[Checked]:
    """Every file in order. The first ones are checked here: what they load, the other processes need not."""
    yield from map(task.check, paths[:_FIRST])
    rest = paths[_FIRST:]
    if jobs <= 1 or len(rest) <= _FEW:
        yield from map(task.check, rest)
        return
    # A process that has threads must not be forked; a new interpreter costs a second and is always safe.
    context = get_context("fork" if threading.active_count() == 1 and "fork" in get_all_start_methods() else "spawn")
    with ProcessPoolExecutor(jobs, context, _take, (task,)) as pool:
        yield from pool.map(_check, rest, chunksize=_SHARE)


_task: Task | None = None


def _take(task: Task) -> None:
    """Begin a process: keep what all files are checked with, and let the collector forget what is there to stay."""
    global _task  # noqa: PLW0603 - a process of a pool has no other place to keep something between its tasks
    _task = task
    end_with_parent()
    gc.freeze()


def _check(path: Path) -> Checked:
    if _task is None:
        raise RuntimeError("a process of the pool begins with _take")
    return _task.check(path)
