"""What changed in the catalogue, from its git history."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 30
_MARK = "\x01"


@dataclass(frozen=True, slots=True)
class Change:
    """One document in one commit; ``author`` is only compared and counted, never shown."""

    commit: str
    day: dt.date
    author: str
    slug: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """The contributions of a period: commits, people, and documents that came or changed."""

    commits: int
    people: int
    added: tuple[str, ...]
    changed: tuple[str, ...]


def read_changes(root: Path, start: dt.date, end: dt.date) -> list[Change] | None:
    """Changes of the documents between two days of UTC, both included, the oldest first.

    ``None`` where there is no git, no repository, or a history that was not fetched.
    """
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(root), "log", "--reverse", "--no-merges", "--date=short-local", "--name-status"]
    command += [
        f"--format={_MARK}%h %cd %ce",
        f"--since={start}T00:00:00Z",
        f"--until={end}T23:59:59Z",
        "--",
        "systems",
    ]
    try:
        done = subprocess.run(  # noqa: S603 - arguments are ours, no shell
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "TZ": "UTC"},
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _parsed(done.stdout) if done.returncode == 0 else None


def activity(changes: list[Change]) -> Activity:
    """Counts over changes; a document that came within them counts as added only."""
    added = {c.slug for c in changes if c.is_new}
    changed = {c.slug for c in changes} - added
    commits, people = {c.commit for c in changes}, {c.author for c in changes}
    return Activity(len(commits), len(people), tuple(sorted(added)), tuple(sorted(changed)))


def _parsed(text: str) -> list[Change]:
    found: list[Change] = []
    for entry in text.split(_MARK)[1:]:
        head, _, rest = entry.partition("\n")
        commit, day, author = head.split(" ", 2)
        for line in rest.splitlines():
            status, _, name = line.partition("\t")
            path = Path(name.rpartition("\t")[2])
            if path.suffix == ".yaml" and status[:1] in "AMR":
                found.append(Change(commit, dt.date.fromisoformat(day), author, path.stem, status[:1] == "A"))
    return found
