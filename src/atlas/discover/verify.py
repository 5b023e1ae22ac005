"""Visits the sources of a catalogue's claims and finds each figure again. It reports; it changes no claim."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from atlas.catalogue.visits import Visited, few_words
from atlas.discover.anchor import Anchor, Anchoring, Wanted, find
from atlas.discover.archive import ArchiveError
from atlas.discover.crawl import Crawl, visit_once, write_down
from atlas.discover.fetcher import FetchError
from atlas.discover.frontier import Found, Outcome, Visit, host_of
from atlas.discover.link_status import ROT_FAILURES, link_status
from atlas.discover.page import Fetched
from atlas.discover.page_text import page_text
from atlas.discover.registry_lint import same_address
from atlas.discover.store import Store
from atlas.model.system import System

_ROT = "link rot"


@dataclass(frozen=True, slots=True)
class Cited:
    """A claim and one page it was read in."""

    system: str
    claim: str
    source: str
    url: str
    wanted: Wanted
    owner: str = ""
    archived: str = ""
    """Address of a public copy of the page, where the document has one."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A claim after a visit to its source. ``sha256`` names the version that was read, empty where none was."""

    system: str
    claim: str
    source: str
    url: str
    at: dt.datetime
    anchoring: Anchoring
    figure: str
    detail: str
    sha256: str


def cited_claims(system: System) -> list[Cited]:
    """The claims of a system that can be looked up: printed figures that were found, in sources with an address."""
    document = system.document
    found = []
    for ident, claim in document.claims.items():
        if claim.figure is None or claim.verdict != "found":
            continue
        for name in claim.source:
            source = document.sources.get(name)
            if source is not None and source.url is not None and source.role != "seed":
                wanted = Wanted(claim.figure, tuple(claim.near))
                found.append(Cited(system.slug, ident, name, source.url, wanted, document.org, source.archived or ""))
    return found


async def verify(work: Crawl, cited: Sequence[Cited], progress: Callable[[str], None] | None = None) -> list[Verified]:
    """Visit each address once, find its claims, write everything down; in the order of ``cited``."""
    pages: dict[str, list[Cited]] = defaultdict(list)
    for each in cited:
        pages[each.url].append(each)
    now = work.clock()
    work.frontier.add((Found(url, "source", claims[0].owner) for url, claims in pages.items()), now)
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in pages:
        hosts[host_of(url)].append(url)
    gate = asyncio.Semaphore(work.hosts_at_once)
    results: dict[tuple[str, str, str], Verified] = {}

    async def one_host(urls: Sequence[str]) -> None:
        patience = ""
        async with gate:
            for url in urls:
                found, patience = await _verify_page(work, url, pages[url], patience)
                results.update({(v.system, v.claim, v.source): v for v in found})
                if progress is not None:
                    progress(url)

    async with asyncio.TaskGroup() as group:
        for urls in hosts.values():
            group.create_task(one_host(urls))
    return [results[c.system, c.claim, c.source] for c in cited]


async def _verify_page(work: Crawl, url: str, cited: Sequence[Cited], patience: str) -> tuple[list[Verified], str]:
    """The claims of one page, and the host's request for patience, after which its other pages are not asked for."""
    task = work.frontier.task(url)
    if task is None:
        raise RuntimeError(f"{url} is not in the frontier")
    if patience:
        now, none = work.clock(), Anchor(Anchoring.UNREACHABLE, detail=patience)
        return [_verified(each, now, none, "") for each in cited], patience
    before = _kept_text(work, task.sha256)
    visit = await visit_once(work, task)
    copy = await _copy_of(work, url, visit, cited)
    with work.store.transaction():
        write_down(work, task, visit)
        found = [_judge(work, each, visit, before, copy) for each in cited]
        _keep(work.store, found)
    return found, f"not asked: {visit.reason}" if visit.outcome is Outcome.LATER else ""


def _judge(work: Crawl, cited: Cited, visit: Visit, before: str, copy: Copy | None) -> Verified:
    if visit.page is not None and visit.outcome.is_answer:
        anchor, sha256 = _anchor(cited, visit.page, before), visit.page.sha256
    else:
        anchor, sha256 = _unreachable(work, cited, visit, copy), ""
    return _verified(cited, visit.at, anchor, sha256)


def _verified(cited: Cited, at: dt.datetime, anchor: Anchor, sha256: str) -> Verified:
    place = (cited.system, cited.claim, cited.source, cited.url, at)
    return Verified(*place, anchor.anchoring, anchor.figure, anchor.detail, sha256)


def _anchor(cited: Cited, page: Fetched, before: str) -> Anchor:
    text = page_text(page)
    if text is None:
        return Anchor(Anchoring.UNREACHABLE, detail=f"{page.media_type or 'the page'} is not read as text")
    anchor = find(cited.wanted, text, before)
    here, there = (same_address(url).partition("?")[0] for url in (cited.url, page.final_url))
    if here == there:
        return anchor
    if anchor.anchoring is Anchoring.UNCHANGED:
        return Anchor(Anchoring.MOVED, anchor.figure, f"the page is now at {page.final_url}")
    return Anchor(anchor.anchoring, anchor.figure, f"{anchor.detail or 'not found'}; redirected to {page.final_url}")


def _unreachable(work: Crawl, cited: Cited, visit: Visit, copy: Copy | None) -> Anchor:
    status = link_status(work.store, cited.url, visit.at)
    if not status.is_rotten:
        return Anchor(Anchoring.UNREACHABLE, detail=f"{visit.reason} (failure {status.failures} of {ROT_FAILURES})")
    if copy is None:
        return Anchor(Anchoring.UNREACHABLE, detail=f"{_ROT}: {visit.reason}; there is no copy")
    if not copy.text:
        return Anchor(Anchoring.UNREACHABLE, detail=f"{_ROT}: {visit.reason}; {copy.name} cannot be read")
    anchor = find(cited.wanted, copy.text)
    has = "has the figure" if anchor.anchoring is Anchoring.UNCHANGED else f"says: {anchor.anchoring}"
    return Anchor(Anchoring.UNREACHABLE, anchor.figure, f"{_ROT}: {visit.reason}; {copy.name} {has}")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that stands in for a page that is gone: what it is called, and its text, empty where it has none."""

    name: str
    text: str


async def _copy_of(work: Crawl, url: str, visit: Visit, cited: Sequence[Cited]) -> Copy | None:
    """The copy to read once an address has rotted: the archive's own version, else the public one that is noted."""
    if visit.outcome.is_answer or not visit.outcome.is_failure:
        return None
    status = link_status(work.store, url, visit.at)
    if status.failures + 1 < ROT_FAILURES:  # with this visit, which is not written down yet
        return None
    if text := _kept_text(work, status.sha256):
        day = f"{status.last_answer:%Y-%m-%d}" if status.last_answer else "an earlier day"
        return Copy(f"the archive's copy of {day}", text)
    address = next((each.archived for each in cited if each.archived), "")
    if not address:
        return None
    try:
        page = await work.fetcher.fetch(address)
    except FetchError:
        return Copy(f"the copy at {address}", "")
    return Copy(f"the copy at {address}", (page_text(page) or "") if page.status == 200 else "")


def _kept_text(work: Crawl, sha256: str) -> str:
    """The text of a version in the archive; empty where there is none."""
    if not sha256 or sha256 not in work.archive:
        return ""
    try:
        return page_text(work.archive.read(sha256)) or ""
    except ArchiveError:
        return ""


def _keep(store: Store, found: Iterable[Verified]) -> None:
    store.database.executemany(
        "INSERT INTO anchor (system, claim, source, url, at, anchoring, figure, detail, sha256) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (v.system, v.claim, v.source, v.url, v.at.isoformat(), v.anchoring, v.figure, v.detail, v.sha256)
            for v in found
        ],
    )


def visited(cited: Cited, found: Verified) -> Visited:
    """A result as the catalogue keeps it beside its claims: no more words than a claim itself may have."""
    return Visited(
        claim=found.claim,
        source=found.source,
        day=found.at.date().isoformat(),
        asked=cited.wanted.figure,
        state=found.anchoring.value,
        now=few_words(found.figure) if found.anchoring is not Anchoring.UNCHANGED else "",
        detail=found.detail,
        is_rotten=found.detail.startswith(_ROT),
    )


def last_verified(store: Store) -> Mapping[tuple[str, str, str], Verified]:
    """The newest result of each claim at each of its sources."""
    query = "SELECT system, claim, source, url, at, anchoring, figure, detail, sha256 FROM anchor ORDER BY at, rowid"
    return {
        (r[0], r[1], r[2]): Verified(
            r[0], r[1], r[2], r[3], dt.datetime.fromisoformat(r[4]), Anchoring(r[5]), r[6], r[7], r[8]
        )
        for r in store.database.execute(query)
    }
