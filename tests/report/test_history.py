"""Contributions, read from a git history."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path

import pytest

from atlas.report import read_changes
from atlas.report.history import activity

pytestmark = pytest.mark.usefixtures("git")


def _git(folder: Path, *arguments: str, day: str = "2026-10-01", who: str = "a@example.org") -> None:
    moment = f"{day}T12:00:00Z"
    about = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment, "GIT_CONFIG_GLOBAL": os.devnull}
    people = {f"GIT_{role}_{what}": who for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=folder, env=os.environ | about | people, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two systems: one came in September, one in October and was changed twice by two people."""
    systems = tmp_path / "catalogue" / "systems" / "social"
    systems.mkdir(parents=True)
    _git(tmp_path, "init", "-q")
    for day, name, text, who in (
        ("2026-09-10", "old", "a", "a@example.org"),
        ("2026-10-05", "new", "b", "a@example.org"),
        ("2026-10-06", "new", "c", "b@example.org"),
        ("2026-10-20", "old", "d", "b@example.org"),
    ):
        (systems / f"{name}.yaml").write_text(text)
        (tmp_path / "README.md").write_text(text)
        _git(tmp_path, "add", ".")
        _git(tmp_path, "commit", "-q", "-m", "change", day=day, who=who)
    return tmp_path / "catalogue"


def test_work_of_a_month_is_counted(repository: Path) -> None:
    """Commits, people, what is new and what changed; a document that came within the month is new only."""
    changes = read_changes(repository, dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert changes is not None
    work = activity(changes)
    assert (work.commits, work.people, work.added, work.changed) == (3, 2, ("new",), ("old",))


def test_days_outside_are_left_out(repository: Path) -> None:
    """Both ends of the time belong to it."""
    changes = read_changes(repository, dt.date(2026, 9, 10), dt.date(2026, 10, 5))
    assert [(c.slug, c.is_new) for c in changes or ()] == [("old", True), ("new", True)]


def test_without_a_repository_nothing_is_claimed(tmp_path: Path) -> None:
    """No history is not the same as no work."""
    assert read_changes(tmp_path, dt.date(2026, 1, 1), dt.date(2026, 12, 31)) is None
