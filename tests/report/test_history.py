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


def _git(folder: Path, *arguments: str, day: str = "2026-10-01", who: str = "a@example.org", moment: str = "") -> None:
    moment = moment or f"{day}T12:00:00Z"
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


def test_a_day_is_one_of_utc_wherever_it_was_committed(repository: Path) -> None:
    """A change of the last evening of a month, far in the west, lies in the next month for everybody."""
    (repository / "systems" / "social" / "new.yaml").write_text("e")
    _git(repository, "add", ".")
    _git(repository, "commit", "-q", "-m", "late", moment="2026-10-31T20:00:00-07:00")
    november = read_changes(repository, dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert [(c.slug, c.day) for c in november or ()] == [("new", dt.date(2026, 11, 1))]


def test_an_author_in_another_encoding_is_still_one(repository: Path) -> None:
    """Git hands on bytes; what is no UTF-8 is counted, not stumbled over."""
    (repository / "systems" / "social" / "new.yaml").write_text("f")
    _git(repository, "add", ".")
    _git(repository, "commit", "-q", "-m", "x", who=os.fsdecode(b"j\xf6@example.org"))
    changes = read_changes(repository, dt.date(2026, 10, 1), dt.date(2026, 10, 1))
    assert [c.slug for c in changes or ()] == ["new"]
