"""Reading many pages in other processes: one that crashes or hangs costs its page, never the run.

Batches go to any ``concurrent.futures.Executor``: a pool of processes here, a Dask cluster elsewhere. A page may make
its process die (the parsers are C) or never end; a watchdog thread of C ends the process then, since no signal or
exception gets into a loop of C. When a process dies, the pool is made anew and the pages that were under way are read
one at a time; the one that kills its process again is told as ``crashed``.
"""

from __future__ import annotations

import datetime as dt
import faulthandler
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from atlas.discover.reading import Page, Reading, read_page

BATCH = 8
"""Pages in one task: enough that sending costs nothing beside reading, few enough that little is read twice."""

AHEAD = 3
"""Batches under way for each process: none waits for work, and little is in memory."""

PAGE_S = 30.0
"""A page that takes longer hangs: the slowest of 181 real ones takes half a second."""


class Read(Protocol):
    """How a page is read; must be known to other processes by its name."""

    def __call__(self, page: Page, catalogue: Path, today: dt.date) -> Reading:
        """The reading of one page."""


@dataclass(frozen=True)
class Crew:
    """Where pages are read: ``open_executor`` gives an executor, and a new one after the old one broke.

    ``None`` instead of an executor reads here, one page after the other, unprotected.
    """

    catalogue: Path
    today: dt.date
    open_executor: Callable[[], Executor | None]
    jobs: int = 1
    read: Read = read_page
    page_s: float = PAGE_S

    def read_all(self, pages: Iterable[Page]) -> Iterator[Reading]:
        """The reading of every page, in no fixed order; pages are taken only as fast as they are read."""
        opened = self.open_executor()
        if opened is None:
            for page in pages:
                yield self.read(page, self.catalogue, self.today)
        else:
            yield from self._read_in(opened, pages)

    def _read_in(self, executor: Executor, pages: Iterable[Page]) -> Iterator[Reading]:
        batches = _batches(pages)
        running: dict[Future[list[Reading]], list[Page]] = {}
        try:
            while True:
                for batch in islice(batches, max(0, AHEAD * self.jobs - len(running))):
                    running[self._submit(executor, batch)] = batch
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                broken: list[Page] = []
                for future in done:
                    batch = running.pop(future)
                    if _has_crashed(future):
                        broken += batch
                    else:
                        yield from future.result()
                if broken:
                    executor = yield from self._carefully(executor, broken, running)
        finally:
            executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, executor: Executor, batch: Sequence[Page]) -> Future[list[Reading]]:
        try:
            return executor.submit(_read_batch, self.read, list(batch), self.catalogue, self.today, self.page_s)
        except BrokenExecutor as error:
            failed: Future[list[Reading]] = Future()
            failed.set_exception(error)
            return failed

    def _carefully(
        self, executor: Executor, broken: list[Page], running: dict[Future[list[Reading]], list[Page]]
    ) -> Generator[Reading, None, Executor]:
        """Read the pages of a broken pool one at a time; gives the pool to go on with."""
        for future, batch in list(running.items()):
            with suppress(Exception):
                future.result(timeout=self.page_s * BATCH)
            if _has_crashed(future):
                broken += batch
                del running[future]
        executor.shutdown(wait=False, cancel_futures=True)
        executor = self._again()
        for page in broken:
            future = self._submit(executor, [page])
            wait([future])
            if _has_crashed(future):
                yield Reading(page.url, "crashed", page.owner, page.is_primary, page.feed_title)
                executor.shutdown(wait=False, cancel_futures=True)
                executor = self._again()
            else:
                yield from future.result()
        return executor

    def _again(self) -> Executor:
        executor = self.open_executor()
        if executor is None:
            raise RuntimeError("the executor cannot be opened again")
        return executor


def _batches(pages: Iterable[Page]) -> Iterator[list[Page]]:
    rest = iter(pages)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _has_crashed(future: Future[list[Reading]]) -> bool:
    """Whether a task's process died; Dask tells that by an error of its own. Other errors are ours and are raised."""
    error = future.exception() if future.done() and not future.cancelled() else None
    return future.cancelled() or isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _read_batch(read: Read, pages: list[Page], catalogue: Path, today: dt.date, page_s: float) -> list[Reading]:
    """Read pages in this process, which ends itself when one of them hangs."""
    readings = []
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        for page in pages:
            faulthandler.dump_traceback_later(page_s, exit=True, file=nowhere)
            try:
                readings.append(read(page, catalogue, today))
            finally:
                faulthandler.cancel_dump_traceback_later()
    return readings
