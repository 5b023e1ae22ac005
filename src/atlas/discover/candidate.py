"""Candidates: what discovery proposes, and what a curator decided, with the reason.

They stand in the database of the store, so that a page is marked as read and its candidate is written in one
transaction: killed at any moment, nothing is lost and nothing comes twice. A rejected page does not come back, neither
at its address nor, nearly the same, at another one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from atlas.discover.near_duplicate import Known
from atlas.discover.store import Store

Kind = Literal["new", "update"]
State = Literal["open", "accepted", "rejected"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS candidate (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    url TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    org TEXT NOT NULL,
    slug TEXT NOT NULL,
    category TEXT NOT NULL,
    score INTEGER NOT NULL,
    published TEXT NOT NULL,
    found_on TEXT NOT NULL,
    fingerprint TEXT NOT NULL DEFAULT '',
    document TEXT NOT NULL,
    detail TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    decided_on TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS announced (
    url TEXT PRIMARY KEY, title TEXT NOT NULL, published TEXT NOT NULL, feed TEXT NOT NULL, is_primary INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS passed_by (
    url TEXT PRIMARY KEY, why TEXT NOT NULL, score INTEGER NOT NULL, on_day TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS proposal (id TEXT PRIMARY KEY, branch TEXT NOT NULL, on_day TEXT NOT NULL) STRICT;
"""
_COLUMNS = (
    "id, kind, state, url, title, org, slug, category, score, published, found_on, fingerprint, document, detail,"
    " reason, decided_on"
)


class CandidateError(Exception):
    """There is no such candidate, or it was decided already."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal. ``slug`` names the system's file; ``document`` is a whole stub, or what an update adds to it.

    ``detail`` holds the terms of the score and, for an update, the changes, in words.
    """

    id: str
    kind: Kind
    url: str
    title: str
    org: str
    slug: str
    category: str
    score: int
    published: str
    found_on: str
    document: str
    detail: tuple[str, ...]
    fingerprint: int | None = None
    state: State = "open"
    reason: str = ""
    decided_on: str = ""

    @property
    def path(self) -> str:
        """Where its document stands, from the catalogue's folder."""
        return f"systems/{self.category}/{self.slug}.yaml"


@dataclass(frozen=True, slots=True)
class Announced:
    """What a feed said of a page."""

    url: str
    title: str
    published: str
    feed: str
    is_primary: bool


class Candidates:
    """The candidates of an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.database.executescript(_SCHEMA)

    def announce(self, entries: Iterable[Announced]) -> None:
        """Remember what feeds said of pages; what was said first stays."""
        rows = [(e.url, e.title, e.published, e.feed, int(e.is_primary)) for e in entries]
        with self._store.transaction() as database:
            database.executemany("INSERT OR IGNORE INTO announced VALUES (?, ?, ?, ?, ?)", rows)

    def announced(self, url: str) -> Announced | None:
        """What a feed said of a page."""
        row = self._store.database.execute("SELECT * FROM announced WHERE url = ?", (url,)).fetchone()
        return Announced(row[0], row[1], row[2], row[3], bool(row[4])) if row else None

    def add(self, candidate: Candidate) -> bool:
        """Put a candidate on the list; false where its page has been there, whatever was decided."""
        print_ = "" if candidate.fingerprint is None else f"{candidate.fingerprint:016x}"
        with self._store.transaction() as database:
            if database.execute("SELECT 1 FROM candidate WHERE url = ?", (candidate.url,)).fetchone():
                return False
            ident = self._free(candidate.id)
            values = (
                *(ident, candidate.kind, "open", candidate.url, candidate.title, candidate.org, candidate.slug),
                *(candidate.category, candidate.score, candidate.published, candidate.found_on, print_),
                *(candidate.document, json.dumps(candidate.detail), "", ""),
            )
            marks = ", ".join("?" for _ in values)
            database.execute(f"INSERT INTO candidate ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608
        return True

    def pass_by(self, url: str, why: str, score: int, today: dt.date) -> None:
        """Write down why a page became no candidate."""
        row = (url, why, score, today.isoformat())
        with self._store.transaction() as database:
            database.execute("INSERT OR REPLACE INTO passed_by VALUES (?, ?, ?, ?)", row)

    def list(self, state: State | None = "open") -> list[Candidate]:
        """Candidates of a state (or all), best first."""
        query = f"SELECT {_COLUMNS} FROM candidate WHERE state = COALESCE(?, state) ORDER BY score DESC, id"  # noqa: S608
        return [_candidate(row) for row in self._store.database.execute(query, (state,))]

    def unproposed(self) -> Sequence[Candidate]:
        """Open candidates without a branch, best first."""
        made = {ident for (ident,) in self._store.database.execute("SELECT id FROM proposal")}
        return [candidate for candidate in self.list("open") if candidate.id not in made]

    def note_proposal(self, ident: str, branch: str, today: dt.date) -> None:
        """Write down that a candidate has its branch."""
        with self._store.transaction() as database:
            database.execute("INSERT OR REPLACE INTO proposal VALUES (?, ?, ?)", (ident, branch, today.isoformat()))

    def get(self, ident: str) -> Candidate:
        """A candidate by its id; raises ``CandidateError``."""
        row = self._store.database.execute(f"SELECT {_COLUMNS} FROM candidate WHERE id = ?", (ident,)).fetchone()  # noqa: S608
        if row is None:
            raise CandidateError(f"there is no candidate called {ident!r}")
        return _candidate(row)

    def decide(self, ident: str, state: State, reason: str, today: dt.date) -> Candidate:
        """Accept or reject an open candidate, with the reason; raises ``CandidateError`` where it is decided."""
        with self._store.transaction() as database:
            found = self.get(ident)
            if found.state != "open":
                raise CandidateError(f"{ident} was {found.state} on {found.decided_on}: {found.reason or 'no reason'}")
            query = "UPDATE candidate SET state = ?, reason = ?, decided_on = ? WHERE id = ?"
            database.execute(query, (state, reason, today.isoformat(), ident))
        return self.get(ident)

    def known(self) -> Known:
        """The fingerprints of all candidates, whatever was decided."""
        seen = Known()
        for ident, print_ in self._store.database.execute(
            "SELECT id, fingerprint FROM candidate WHERE fingerprint <> ''"
        ):
            seen.add(int(print_, 16), ident)
        return seen

    def slugs(self) -> set[str]:
        """The slugs that candidates would take."""
        return {slug for (slug,) in self._store.database.execute("SELECT slug FROM candidate WHERE kind = 'new'")}

    def _free(self, ident: str) -> str:
        taken = {i for (i,) in self._store.database.execute("SELECT id FROM candidate")}
        return next(i for i in (ident, *(f"{ident}-{n}" for n in range(2, 10_000))) if i not in taken)


def _candidate(row: Sequence[Any]) -> Candidate:
    values = dict(zip([name.strip() for name in _COLUMNS.split(",")], row, strict=True))
    print_ = values.pop("fingerprint")
    detail = tuple(json.loads(values.pop("detail")))
    return Candidate(**values, detail=detail, fingerprint=int(print_, 16) if print_ else None)
