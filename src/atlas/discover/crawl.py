"""Works through the frontier: several hosts at once, one page at a time of each, every page written down at once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from atlas.discover.archive import Archive, ArchiveError
from atlas.discover.fetcher import Fetcher, FetchError, NotAllowedError
from atlas.discover.frontier import Found, Frontier, Kind, Outcome, Task, Visit
from atlas.discover.page import Fetched
from atlas.discover.politeness import retry_after
from atlas.discover.store import Store

HOSTS_AT_ONCE = 8

Reader = Callable[[Task, Fetched], Iterable[Found]]
Progress = Callable[[Task, Visit], None]


def leads_nowhere(_task: Task, _page: Fetched) -> Iterable[Found]:
    """A reader that finds no further addresses."""
    return ()


@dataclass(frozen=True)
class Crawl:
    """What a crawl works with. ``read`` says which addresses a page leads to; it runs between two requests."""

    store: Store
    frontier: Frontier
    archive: Archive
    fetcher: Fetcher
    clock: Callable[[], dt.datetime]
    read: Reader = leads_nowhere
    progress: Progress | None = None
    hosts_at_once: int = HOSTS_AT_ONCE


@dataclass
class _Run:
    left: int
    kind: Kind | None
    among: Collection[str] | None
    busy: set[str] = field(default_factory=set)
    outcomes: Counter[Outcome] = field(default_factory=Counter)


async def crawl(
    work: Crawl, *, limit: int, kind: Kind | None = None, among: Collection[str] | None = None
) -> Counter[Outcome]:
    """Fetch what is due, at most ``limit`` addresses (of one kind, of these, where given); counts each outcome.

    It ends when nothing more is due now; what is due later waits for the next run.
    """
    run = _Run(limit, kind, among)
    pending: set[asyncio.Task[None]] = set()
    try:
        while True:
            while len(pending) < work.hosts_at_once and (task := _take(work, run)) is not None:
                pending.add(asyncio.create_task(_visit(work, run, task)))
            if not pending:
                return run.outcomes
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
    finally:
        for each in pending:
            each.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


def _take(work: Crawl, run: _Run) -> Task | None:
    if run.left <= 0:
        return None
    task = work.frontier.next(work.clock(), run.busy, run.kind, run.among)
    if task is not None:
        run.left -= 1
        run.busy.add(task.host)
    return task


async def _visit(work: Crawl, run: _Run, task: Task) -> None:
    visit = await visit_once(work, task)
    write_down(work, task, visit)
    run.outcomes[visit.outcome] += 1
    run.busy.discard(task.host)
    if work.progress is not None:
        work.progress(task, visit)


async def visit_once(work: Crawl, task: Task) -> Visit:
    """One visit, nothing written down yet."""
    has_copy = bool(task.sha256) and task.sha256 in work.archive
    at = work.clock()
    try:
        page = await work.fetcher.fetch(task.url, task.validators if has_copy else None)
    except NotAllowedError as error:
        return Visit(Outcome.REFUSED, at, reason=str(error))
    except FetchError as error:
        return Visit(Outcome.UNREACHABLE, at, reason=str(error))
    return _judge(work, task, page)


def _judge(work: Crawl, task: Task, page: Fetched) -> Visit:
    at, status = page.fetched_at, page.status
    if status == 304:
        try:
            kept = work.archive.read(task.sha256)
        except ArchiveError as error:
            return Visit(Outcome.UNREACHABLE, at, status, reason=str(error))
        return Visit(
            Outcome.UNCHANGED, at, status, replace(kept, url=task.url, final_url=page.final_url, fetched_at=at)
        )
    if status == 200:
        outcome = Outcome.UNCHANGED if page.sha256 == task.sha256 else Outcome.FETCHED
        return Visit(outcome, at, status, page)
    if status in (429, 503):
        until = retry_after(page.headers, at)
        return Visit(Outcome.LATER, at, status, reason=f"the server answered {status}", until=until)
    outcome = Outcome.GONE if status == 410 else Outcome.MISSING if 400 <= status < 500 else Outcome.UNREACHABLE
    return Visit(outcome, at, status, reason=f"the server answered {status}")


def write_down(work: Crawl, task: Task, visit: Visit) -> int:
    """Archive, frontier and what the page leads to, in one transaction; gives how many addresses were new.

    A feed that did not change is read again: what is wanted of it may have.
    """
    with work.store.transaction():
        found: Iterable[Found] = ()
        if visit.page is not None and visit.outcome.is_answer:
            if visit.outcome is Outcome.FETCHED:
                work.archive.keep(visit.page)
            found = work.read(task, visit.page)
        return work.frontier.record(task, visit, found)
