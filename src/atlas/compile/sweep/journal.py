"""The journal of a sweep: every finished run on disk the moment it is there, so that nothing is ever run twice.

A file of JSON lines, named by everything that decides a result besides the point and the seed: the program's own code,
the document, the engine and its settings. Its first line says so in words; each further line is one finished run. A run
that was being written when the power went is a torn last line: it is cut off and run again. Since the points stand in
the lines and not in the name, a wider grid or more seeds use what is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO, Any, Final

from atlas.compile.overlay import Case
from atlas.compile.sweep.point import Base, PlainRow, Point

FORMAT: Final = 1
_PARTS = ("quantity", "physics", "sim", "model", "catalogue", "compile")


class JournalError(OSError):
    """A journal that another sweep is writing to."""


class Journal:
    """Finished runs by their points: in memory, and in a file where there is one."""

    def __init__(self, file: IO[bytes] | None = None) -> None:
        self._file = file
        self._done: dict[str, tuple[list[PlainRow], float]] = {}

    @property
    def path(self) -> Path | None:
        """Where it is kept."""
        return Path(self._file.name) if self._file else None

    def __contains__(self, point: Point) -> bool:
        return _key(point) in self._done

    def __len__(self) -> int:
        return len(self._done)

    def rows(self, point: Point) -> list[PlainRow]:
        """The rows of a finished run. Raises ``KeyError`` for another."""
        return self._done[_key(point)][0]

    def took_s(self, point: Point) -> float:
        """Seconds that a finished run took."""
        return self._done[_key(point)][1]

    def put(self, point: Point, rows: list[PlainRow], took_s: float) -> None:
        """Keep a finished run; when this returns, it is on the disk."""
        if point in self:
            return
        self._done[_key(point)] = (rows, took_s)
        if self._file is None:
            return
        line = {"at": point.knobs, "seed": point.seed, "took_s": round(took_s, 4), "rows": rows}
        self._file.write((json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def read(self, lines: Iterator[bytes]) -> None:
        """Take in what a file holds; a line that is no finished run is left out, and so run again."""
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                data = json.loads(line)
                point = Point(tuple(data["at"].items()), int(data["seed"]))
                self._done[_key(point)] = ([dict(row) for row in data["rows"]], float(data["took_s"]))


@contextmanager
def open_journal(folder: Path, case: Case, base: Base, *, again: bool = False) -> Iterator[Journal]:
    """The journal of a system and its settings in a folder; with ``again`` an empty one.

    Raises ``JournalError`` where another process has it open, ``OSError`` where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{case.system.slug}-{fingerprint(case, base)}.jsonl"
    with path.open("a+b") as file:
        _lock(file, path)
        if again:
            file.truncate(0)
        journal = Journal(file)
        _cut_torn_line(file)
        file.seek(0)
        head = file.readline()
        if not head:
            about = {"sweep": FORMAT, "system": case.system.slug, "base": asdict(base)}
            file.write((json.dumps(about, ensure_ascii=False) + "\n").encode())
            file.flush()
        journal.read(iter(file.readline, b""))
        file.seek(0, os.SEEK_END)
        yield journal


def fingerprint(case: Case, base: Base) -> str:
    """A hash of everything that decides the results of a sweep, besides points and seeds."""
    state = hashlib.sha256(f"{FORMAT} {code_hash()}".encode())
    state.update(json.dumps(case.data, sort_keys=True, default=str).encode())
    state.update(case.system.vocabulary.model_dump_json().encode())
    state.update(json.dumps(asdict(base), sort_keys=True).encode())
    return state.hexdigest()[:16]


@cache
def code_hash() -> str:
    """A hash of the modules that a result is made by: another engine gives other numbers, and so another journal."""
    package = Path(str(files("atlas")))
    state = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((package / part).rglob("*")):
            if path.suffix in (".py", ".c", ".h", ".inc") and path.is_file():
                state.update(str(path.relative_to(package)).encode())
                state.update(path.read_bytes())
    return state.hexdigest()


def _key(point: Point) -> str:
    """A point's name, whatever the order of its axes."""
    at: Mapping[str, Any] = point.knobs
    return json.dumps([sorted(at.items()), point.seed], ensure_ascii=False)


def _cut_torn_line(file: IO[bytes]) -> None:
    file.seek(0)
    data = file.read()
    if data and not data.endswith(b"\n"):
        file.truncate(data.rfind(b"\n") + 1)


def _lock(file: IO[bytes], path: Path) -> None:
    """One sweep at a time writes to a journal; the system lets go of the lock however that one ends."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system; where it is not, nobody looks after this
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise JournalError(f"another sweep of the same kind is writing to {path}") from None
