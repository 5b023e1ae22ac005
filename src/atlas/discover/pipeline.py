"""Discovery from end to end: feeds → pages → readings → candidates, resumable at every step.

The crawl writes down what it fetched, the reading what it read; what one run leaves the next one does. Pages of an
archive (WARC files) go the same way, without the web.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator

from atlas.catalogue import Catalogue
from atlas.discover.archive import Archive, ArchiveError
from atlas.discover.candidate import Announced, Candidate, Candidates
from atlas.discover.crew import Crew
from atlas.discover.feed import Entry, FeedError, parse_feed
from atlas.discover.frontier import Found, Frontier, Task
from atlas.discover.near_duplicate import Known
from atlas.discover.page import Fetched
from atlas.discover.reading import Page, Reading, age_days
from atlas.discover.registry import Followed
from atlas.discover.store import Store
from atlas.discover.stub import organisation_at, slug_of, stub_text
from atlas.discover.update import differences, system_of

UNREAD_AT_ONCE = 200
LARGEST_BYTES = 8_000_000

Progress = Callable[[int, int, str], None]
FeedTold = Callable[[str, bool], None]


@dataclass
class Summary:
    """What a run came to: pages by what they were, candidates by kind, and why the others are none."""

    pages: Counter[str] = field(default_factory=Counter)
    candidates: list[Candidate] = field(default_factory=list)
    passed_by: Counter[str] = field(default_factory=Counter)
    claims: int = 0


@dataclass(frozen=True)
class Discovery:
    """What discovery works with; ``today`` is the day of the run."""

    store: Store
    catalogue: Catalogue
    today: dt.date
    least: int

    def reader(
        self, feeds: Iterable[Followed], since: dt.timedelta | None, told: FeedTold = lambda _url, _is_feed: None
    ) -> Callable[[Task, Fetched], list[Found]]:
        """What a crawl does with a fetched page: a feed leads to its entries, a page to nothing.

        ``told`` hears of every feed that answered, and whether what answered is a feed.
        """
        by_address = {f.address: f for f in feeds}
        candidates = Candidates(self.store)

        def read(task: Task, page: Fetched) -> list[Found]:
            if task.kind != "feed":
                return []
            try:
                entries = parse_feed(page.body, page.final_url).entries
            except FeedError:
                told(task.url, False)
                return []
            told(task.url, True)
            followed = by_address.get(task.url)
            wanted = [e for e in entries if self._is_wanted(e, followed, since)]
            is_primary = followed.is_primary if followed else False
            candidates.announce(Announced(e.url, e.title, e.published, task.url, is_primary) for e in wanted)
            return [Found(e.url, "page", task.owner) for e in wanted]

        return read

    def _is_wanted(self, entry: Entry, followed: Followed | None, since: dt.timedelta | None) -> bool:
        """Whether an entry is worth fetching: admitted by its feed, and not older than asked; undated ones are."""
        if not entry.url.startswith(("http://", "https://")):
            return False
        if followed is not None and not followed.feed.admits(entry.title, entry.url, entry.tags):
            return False
        age = age_days(entry.published, self.today)
        return since is None or age is None or age <= since.days

    def read_fetched(self, archive: Archive, frontier: Frontier, crew: Crew, progress: Progress) -> Summary:
        """Read every page that was fetched and not yet read; candidates and marks are written together."""
        summary, candidates, known = Summary(), Candidates(self.store), Candidates(self.store).known()
        total = done = 0
        while tasks := frontier.unread(UNREAD_AT_ONCE):
            by_url = {task.url: task for task in tasks}
            total += len(tasks)
            pages = (self._page(task, archive, candidates) for task in tasks)
            for reading in crew.read_all(pages):
                with self.store.transaction():
                    self._judge(reading, summary, candidates, known)
                    frontier.mark_read(by_url[reading.url])
                done += 1
                progress(done, total, reading.url)
        return summary

    def read_archive(self, pages: Iterable[Page], crew: Crew, progress: Progress) -> Summary:
        """Read pages that were fetched elsewhere; those of known candidates are passed by."""
        summary, candidates, known = Summary(), Candidates(self.store), Candidates(self.store).known()
        for done, reading in enumerate(crew.read_all(pages), 1):
            with self.store.transaction():
                self._judge(reading, summary, candidates, known)
            progress(done, 0, reading.url)
        return summary

    def _page(self, task: Task, archive: Archive, candidates: Candidates) -> Page:
        said = candidates.announced(task.url)
        try:
            fetched = archive.read(task.sha256)
            body, content_type = fetched.body, fetched.headers.get("content-type", "")
        except ArchiveError:
            body, content_type = b"", "text/html"
        owner = task.owner
        if said is None:
            return Page(task.url, body, content_type, owner)
        return Page(task.url, body, content_type, owner, said.is_primary, said.published, said.title)

    def _judge(self, reading: Reading, summary: Summary, candidates: Candidates, known: Known) -> None:
        """Make a page a candidate, or write down why not."""
        summary.pages[reading.kind] += 1
        summary.claims += len(reading.claims)
        why = self._refusal(reading, known)
        candidate = None if why else self._candidate(reading, candidates)
        if candidate is None:
            why = why or "nothing in it that the catalogue does not have"
        elif not candidates.add(candidate):
            why = "seen before"
        if why:
            summary.passed_by[why.partition(":")[0]] += 1
            candidates.pass_by(reading.url, why, reading.relevance.score, self.today)
        elif candidate is not None:
            summary.candidates.append(candidate)
            if reading.fingerprint is not None:
                known.add(reading.fingerprint, candidate.id)

    def _refusal(self, reading: Reading, known: Known) -> str:
        if reading.kind != "article":
            return f"no article: {reading.kind}"
        if reading.relevance.score < self.least:
            return f"not relevant enough: {reading.relevance.score} of {self.least}"
        twin = known.nearest(reading.fingerprint) if reading.fingerprint is not None else None
        return f"nearly the same as a candidate: {twin}" if twin else ""

    def _candidate(self, reading: Reading, candidates: Candidates) -> Candidate | None:
        vocabulary = self.catalogue.vocabulary
        own = organisation_at(reading.url, vocabulary)
        org = own or (reading.owner if reading.owner in vocabulary.organisations else None)
        terms = [f"{t.points:+d} {t.name}: {t.because}" for t in reading.relevance.terms]
        system = system_of(reading, org, self.catalogue)
        if system is not None:
            changes, document = differences(reading, system, vocabulary, self.today)
            if not document:
                return None
            lines = [f"{c.kind} {c.claim}: {f'{c.before} → ' if c.before else ''}{c.after}" for c in changes]
            category, slug, kind = system.document.category, system.slug, "update"
            terms += lines
        else:
            slug = self._slug(reading, org, candidates)
            document = stub_text(reading, org or "self", slug, vocabulary, self.today)
            known = vocabulary.organisations.get(org or "")
            category, kind = (known.category if known and known.category else "developer"), "new"
        return Candidate(
            id=slug_of(reading.title or slug, 40),
            kind="update" if kind == "update" else "new",
            url=reading.url,
            title=reading.title,
            org=org or "self",
            slug=slug,
            category=category,
            score=reading.relevance.score,
            published=reading.published.date,
            found_on=self.today.isoformat(),
            document=document,
            detail=tuple(terms),
            fingerprint=reading.fingerprint,
        )

    def _slug(self, reading: Reading, org: str | None, candidates: Candidates) -> str:
        taken = set(self.catalogue.systems) | candidates.slugs()
        stem = slug_of(f"{org or ''} {reading.title}", 50)
        return next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if s not in taken)


def warc_pages(files: Iterable[Path], catalogue: Catalogue, limit: int | None = None) -> Iterator[Page]:
    """The HTML answers of WARC files, in order, each address once; torn ends and other records are passed over."""
    seen: set[str] = set()
    for file in files:
        with file.open("rb") as stream:
            for record in _records(stream):
                url = str(record.rec_headers.get_header("WARC-Target-URI") or "")
                headers = record.http_headers
                if headers is None or url in seen or headers.get_statuscode() != "200":
                    continue
                content_type = str(headers.get_header("Content-Type") or "")
                if "html" not in content_type:
                    continue
                seen.add(url)
                body = record.content_stream().read(LARGEST_BYTES + 1)
                org = organisation_at(url, catalogue.vocabulary)
                yield Page(url, body, content_type, org or "", org is not None)
                if limit is not None and len(seen) >= limit:
                    return


def _records(stream: IO[bytes]) -> Iterator[Any]:
    """The response records of a stream until it ends or is torn."""
    try:
        yield from (r for r in ArchiveIterator(stream) if r.rec_type == "response")
    except Exception:  # a torn end raises errors of several kinds; what stood before it was read
        return
