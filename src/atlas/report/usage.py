"""Readers and embeds by month, from a server's access log or from a table that somebody exported.

A viewer is a pair of address and browser within one month. Pairs are counted through a hash with a key that is thrown
away after the run; neither addresses nor hashes are written anywhere. Programs that name themselves are left out.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_LINE = re.compile(
    r'(?P<address>\S+) \S+ \S+ \[(?P<day>\d{1,2}/\w{3}/\d{4}):[^\]]*\] "GET (?P<path>\S+)[^"]*" (?P<status>\d{3}) \S+'
    r'(?: "(?:[^"\\]|\\.)*" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
_PROGRAM = re.compile(r"bot|crawl|spider|slurp|curl|wget|python|monitor|preview", re.IGNORECASE)
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_SEEN = ("200", "304")
_COLUMNS = ("month", "viewers", "embeds")


class UsageError(ValueError):
    """A log or table that cannot be read as one; ``str`` says which line and what is expected."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Viewers and views of embedded diagrams by month (``2026-10``)."""

    viewers: Mapping[str, int] = field(default_factory=dict)
    embeds: Mapping[str, int] = field(default_factory=dict)


def read_logs(paths: Iterable[Path]) -> Usage:
    """Counts over access logs in the common or the combined format.

    Lines that are no request for a page are passed over. Raises ``UsageError`` when not one line of a file is a
    request in that format.
    """
    key = secrets.token_bytes(16)
    people: dict[str, set[bytes]] = defaultdict(set)
    embeds: dict[str, int] = defaultdict(int)
    for path in paths:
        understood = 0
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                found = _LINE.match(line)
                understood += found is not None
                if found and found["status"] in _SEEN and not _PROGRAM.search(found["agent"] or ""):
                    _count(found, key, people, embeds)
        if not understood:
            raise UsageError(f"{path}: no line is a request in the common or combined log format")
    return Usage({month: len(seen) for month, seen in sorted(people.items())}, dict(sorted(embeds.items())))


def read_table(path: Path) -> Usage:
    """A CSV with the columns month, viewers, embeds. Raises ``UsageError`` with the line that is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise UsageError(f"{path}: the first line must be {','.join(_COLUMNS)}")
        viewers: dict[str, int] = {}
        embeds: dict[str, int] = {}
        for number, row in enumerate(reader, 2):
            try:
                dt.date.fromisoformat(f"{row['month']}-01")
                viewers[row["month"]], embeds[row["month"]] = _whole(row["viewers"]), _whole(row["embeds"])
            except (ValueError, TypeError) as error:
                raise UsageError(f"{path}:{number}: expected such as 2026-10,1200,34") from error
    return Usage(viewers, embeds)


def _count(found: re.Match[str], key: bytes, people: dict[str, set[bytes]], embeds: dict[str, int]) -> None:
    _, name, year = found["day"].split("/")
    if name not in _MONTHS:
        return
    month = f"{year}-{_MONTHS[name]:02d}"
    path = found["path"].partition("?")[0]
    if "/embed/" in path:
        embeds[month] += path.endswith("/")
    elif path.endswith(("/", ".html")):
        who = f"{found['address']} {found['agent']}".encode()
        people[month].add(hashlib.blake2b(who, key=key, digest_size=8).digest())


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number
