"""What is still to be fetched, and what became of what was: a queue that survives any end of the process.

An address is ``waiting`` until it is due and fetched; a page is then ``done``, a feed waits for its next visit. One
that cannot be reached is asked again after growing pauses; one that is gone (410) is ``paused`` for good; one that is
refused (robots.txt, a private address, a bound) twice, a week apart, is ``refused``. Every visit is written down with
its outcome.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import urlsplit

from atlas.discover.conditional import Validators
from atlas.discover.page import Fetched
from atlas.discover.robots import Robots
from atlas.discover.store import Store

Kind = Literal["feed", "page", "source"]
"""A feed leads to pages; a page may become a candidate; a source is a page that a claim cites, visited on request."""

REVISIT = dt.timedelta(hours=20)
"""Between two visits to a feed: a daily run finds every feed due."""
LEAST_PAUSE = dt.timedelta(minutes=1)
FIRST_PAUSE = dt.timedelta(hours=1)
LONGEST_PAUSE = dt.timedelta(days=7)
MOST_REFUSALS = 2
MOST_FAILURES = 5
"""After so many failures in a row a page is given up; a feed is still asked once in ``LONGEST_PAUSE``."""


class Outcome(StrEnum):
    """What a visit came to."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    LATER = "later"
    """429 or 503: the server asked for patience."""
    MISSING = "missing"
    """404 and the other refusals of a server."""
    GONE = "gone"
    """410: the server says for good."""
    UNREACHABLE = "unreachable"
    REFUSED = "refused"

    @property
    def is_answer(self) -> bool:
        """Whether the page was there."""
        return self in (Outcome.FETCHED, Outcome.UNCHANGED)

    @property
    def is_failure(self) -> bool:
        """Whether the page could not be had, for a reason that lies with its server."""
        return self in (Outcome.MISSING, Outcome.GONE, Outcome.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Found:
    """An address to fetch. ``owner`` is whose it is: an organisation or an aggregator of the registry."""

    url: str
    kind: Kind = "page"
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """An address that is due, with what is known of it."""

    url: str
    kind: Kind
    owner: str
    host: str
    validators: Validators
    sha256: str
    failures: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit and what it came to; ``until`` is when the server asked to be left alone until."""

    outcome: Outcome
    at: dt.datetime
    status: int = 0
    page: Fetched | None = None
    reason: str = ""
    until: dt.datetime | None = None


class Frontier:
    """The queue of an open store; also where robots.txt files are remembered."""

    def __init__(self, store: Store, *, revisit: dt.timedelta = REVISIT) -> None:
        self._store = store
        self._revisit = revisit

    def add(self, found: Iterable[Found], now: dt.datetime) -> int:
        """Put addresses in the queue; those already known stay as they are. Gives how many were new."""
        rows = [(f.url, host_of(f.url), f.kind, f.owner, now.isoformat(), now.isoformat()) for f in found]
        with self._store.transaction() as database:
            before = database.total_changes
            database.executemany(
                "INSERT INTO address (url, host, kind, owner, due_at, found_at) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (url) DO NOTHING",
                rows,
            )
            return database.total_changes - before

    def ask_again(self, url: str, now: dt.datetime) -> None:
        """Make a known address due now, whatever became of it before."""
        with self._store.transaction() as database:
            query = "UPDATE address SET state = 'waiting', due_at = ?, failures = 0 WHERE url = ?"
            database.execute(query, (now.isoformat(), url))

    def next(
        self,
        now: dt.datetime,
        busy: Collection[str] = (),
        kind: Kind | None = None,
        among: Collection[str] | None = None,
    ) -> Task | None:
        """The address that has been due longest, at a host that is not busy; feeds before pages, sources on request.

        With ``among``, one of these addresses.
        """
        marks, chosen = ", ".join("?" for _ in busy), ", ".join("?" for _ in among or ())
        only = f"AND url IN ({chosen}) " if among is not None else ""
        query = (
            "SELECT url, kind, owner, host, etag, last_modified, sha256, failures FROM address "  # noqa: S608
            f"WHERE state = 'waiting' AND due_at <= ? AND host NOT IN ({marks}) AND kind = COALESCE(?, kind) "
            f"AND (kind <> 'source' OR ? = 'source') {only}ORDER BY kind, due_at, rowid LIMIT 1"
        )
        row = self._store.database.execute(query, (now.isoformat(), *busy, kind, kind, *(among or ()))).fetchone()
        return _task(row) if row is not None else None

    def task(self, url: str) -> Task | None:
        """What is known of an address, due or not."""
        query = "SELECT url, kind, owner, host, etag, last_modified, sha256, failures FROM address WHERE url = ?"
        row = self._store.database.execute(query, (url,)).fetchone()
        return _task(row) if row is not None else None

    def record(self, task: Task, visit: Visit, found: Iterable[Found] = ()) -> int:
        """Write down a visit and the addresses that its page led to, all or nothing; gives how many were new."""
        with self._store.transaction() as database:
            sha256 = visit.page.sha256 if visit.page is not None and visit.outcome.is_answer else ""
            database.execute(
                "INSERT INTO visit (url, at, outcome, status, sha256, reason) VALUES (?, ?, ?, ?, ?, ?)",
                (task.url, visit.at.isoformat(), visit.outcome, visit.status, sha256, visit.reason[:500]),
            )
            state, due = self._after(task, visit)
            has_failed = visit.outcome.is_failure or visit.outcome is Outcome.REFUSED
            failures = 0 if visit.outcome.is_answer else task.failures + has_failed
            moment = due.isoformat() if due is not None else None
            database.execute(
                "UPDATE address SET state = ?, due_at = ?, failures = ?, reason = ? WHERE url = ?",
                (state, moment, failures, visit.reason[:500], task.url),
            )
            if visit.outcome is Outcome.LATER and moment is not None:
                query = "UPDATE address SET due_at = ? WHERE host = ? AND state = 'waiting' AND due_at < ?"
                database.execute(query, (moment, task.host, moment))  # who asks for patience means all its pages
            if visit.page is not None and visit.outcome is Outcome.FETCHED:
                self._keep_version(database, task.url, visit.page)
            return self.add(found, visit.at)

    @staticmethod
    def _keep_version(database: sqlite3.Connection, url: str, page: Fetched) -> None:
        validators = Validators.of(page.headers)
        database.execute(
            "UPDATE address SET etag = ?, last_modified = ?, final_url = ?, is_read = 0, sha256 = ? WHERE url = ?",
            (validators.etag, validators.last_modified, page.final_url, page.sha256, url),
        )

    def _after(self, task: Task, visit: Visit) -> tuple[str, dt.datetime | None]:
        """The state after a visit, and when the address is due again."""
        match visit.outcome:
            case Outcome.FETCHED | Outcome.UNCHANGED:
                return ("waiting", visit.at + self._revisit) if task.kind == "feed" else ("done", None)
            case Outcome.LATER:
                least = visit.at + LEAST_PAUSE  # "Retry-After: 0" is no invitation to ask again at once
                return "waiting", max(visit.until, least) if visit.until else visit.at + FIRST_PAUSE
            case Outcome.GONE:
                return "paused", None
            case Outcome.REFUSED:
                # a robots.txt changes its mind, a broken name server lies: a week later it is asked once more
                if task.kind != "feed" and task.failures + 1 >= MOST_REFUSALS:
                    return "refused", None
                return "waiting", visit.at + LONGEST_PAUSE
            case _:
                if task.kind != "feed" and task.failures + 1 >= MOST_FAILURES:
                    return "given up", None
                pause = min(FIRST_PAUSE * 2 ** min(task.failures, 20), LONGEST_PAUSE)
                return "waiting", visit.at + pause

    def unread(self, limit: int = 1_000) -> list[Task]:
        """Pages that were fetched and whose text has not been read yet, oldest first."""
        query = (
            "SELECT url, kind, owner, host, etag, last_modified, sha256, failures FROM address "
            "WHERE kind = 'page' AND sha256 <> '' AND is_read = 0 ORDER BY rowid LIMIT ?"
        )
        return [_task(row) for row in self._store.database.execute(query, (limit,))]

    def mark_read(self, task: Task) -> None:
        """The version of the page that the task names has been read; a newer one has not."""
        with self._store.transaction() as database:
            query = "UPDATE address SET is_read = 1 WHERE url = ? AND sha256 = ?"
            database.execute(query, (task.url, task.sha256))

    def counts(self) -> dict[str, int]:
        """How many addresses are in each state."""
        query = "SELECT state, COUNT(*) FROM address GROUP BY state ORDER BY state"
        return {str(state): int(count) for state, count in self._store.database.execute(query)}

    def next_due(self) -> dt.datetime | None:
        """When the next address is due; ``None`` for an empty queue."""
        query = "SELECT MIN(due_at) FROM address WHERE state = 'waiting'"
        (moment,) = self._store.database.execute(query).fetchone()
        return dt.datetime.fromisoformat(moment) if moment is not None else None

    def robots(self, origin: str) -> Robots | None:
        """The robots.txt that was last read at an origin."""
        query = "SELECT status, text, read_at FROM robots WHERE origin = ?"
        row = self._store.database.execute(query, (origin,)).fetchone()
        return Robots(int(row[0]), str(row[1]), dt.datetime.fromisoformat(row[2])) if row is not None else None

    def keep_robots(self, origin: str, robots: Robots) -> None:
        """Remember a robots.txt."""
        with self._store.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO robots (origin, status, text, read_at) VALUES (?, ?, ?, ?)",
                (origin, robots.status, robots.text, robots.read_at.isoformat()),
            )


def _task(row: Sequence[Any]) -> Task:
    url, kind, owner, host, etag, last_modified, sha256, failures = row
    return Task(url, kind, owner, host, Validators(etag, last_modified), sha256, failures)


def host_of(url: str) -> str:
    """The host and port of an address in small letters; the whole text where it cannot be read."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower() or url
    except ValueError:
        return url
