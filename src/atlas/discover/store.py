"""The folder and the database of discovery: one writer at a time, nothing lost when it is killed.

Everything that must agree (a page is done, where the archive keeps it, which pages it led to) is written in one
transaction of SQLite in write-ahead mode.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_SCHEMA = """
CREATE TABLE IF NOT EXISTS address (
    url TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    due_at TEXT,
    found_at TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    final_url TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    is_read INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS address_due ON address (state, due_at);
CREATE TABLE IF NOT EXISTS visit (
    url TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL, status INTEGER NOT NULL,
    sha256 TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS visit_url ON visit (url, at);
CREATE TABLE IF NOT EXISTS robots (
    origin TEXT PRIMARY KEY, status INTEGER NOT NULL, text TEXT NOT NULL, read_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS warc (file TEXT PRIMARY KEY, length INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS record (
    sha256 TEXT PRIMARY KEY, file TEXT NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
    url TEXT NOT NULL, fetched_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS anchor (
    system TEXT NOT NULL, claim TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL, at TEXT NOT NULL,
    anchoring TEXT NOT NULL, figure TEXT NOT NULL, detail TEXT NOT NULL, sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS anchor_claim ON anchor (system, claim, source, at);
"""


_locks: set[IO[str]] = set()
"""Of the stores that this process has open."""


def _let_go() -> None:
    """In a process that was forked: the lock is the parent's, and must not outlive it in a worker that hangs."""
    while _locks:
        _locks.pop().close()


os.register_at_fork(after_in_child=_let_go)


class StoreError(Exception):
    """The folder cannot be used; the message says why."""


def data_folder(environment: Mapping[str, str]) -> Path:
    """Where discovery keeps what it fetched: ``ATLAS_DATA``, else the user's data folder."""
    given = environment.get("ATLAS_DATA")
    if given:
        return Path(given)
    home = Path(environment.get("HOME") or Path.home())
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "atlas-systems"


class Store:
    """An open folder: its path and its database."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self.folder = folder
        self.database = database

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing of it; within another one, a part of that."""
        if self.database.in_transaction:
            yield self.database
            return
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield self.database
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """Open (or begin) the folder for one writer; raises ``StoreError`` where another one is at work in it.

    Fetched pages belong to those who wrote them: the folder is readable by its owner only, and never inside a
    repository, from which it could be published.
    """
    _refuse_repository(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / "lock").open("a") as lock:
        _lock(lock, folder)
        _locks.add(lock)
        database = sqlite3.connect(folder / "discover.sqlite", isolation_level=None, timeout=30)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("PRAGMA foreign_keys=ON")
            database.executescript(_SCHEMA)
            yield Store(folder, database)
        finally:
            _locks.discard(lock)
            database.close()


def _lock(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StoreError(f"another run is at work in {folder}") from None


def _refuse_repository(folder: Path) -> None:
    here = Path(os.path.abspath(folder))  # noqa: PTH100 - the folder need not exist, and links are not followed
    home = Path.home()
    for parent in (here, *here.parents):
        if parent != home and (parent / ".git").exists():
            raise StoreError(f"{folder} lies in the repository {parent}: what is fetched is private, choose another")
