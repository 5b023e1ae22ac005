"""``atlas discover`` and ``atlas candidates``: from an archive to decisions, on the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import copytree
from uuid import NAMESPACE_URL, uuid5

import pytest
from tests.discover.posts import HIRING, STORE
from typer.testing import CliRunner

from atlas.cli.main import app
from atlas.discover.store import open_store

ROOT = Path(__file__).resolve().parents[2]
DAY = ["--today", "2026-11-21"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a catalogue and the pull request template."""
    top = tmp_path / "clone"
    (top / "catalogue").mkdir(parents=True)
    copytree(ROOT / "catalogue" / "vocabulary", top / "catalogue" / "vocabulary")
    (top / "catalogue" / "systems").mkdir()
    copytree(ROOT / ".github", top / ".github")
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        identity = ["-c", "user.name=A Curator", "-c", "user.email=curator@example.org"]
        subprocess.run(["git", "-C", str(top), *identity, *command], check=True)
    for key, value in (("user.name", "A Curator"), ("user.email", "curator@example.org")):
        subprocess.run(["git", "-C", str(top), "config", key, value], check=True)
    return top


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A folder with a WARC file of two pages."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    with (folder / "pages.warc").open("wb") as out:
        for post in (STORE, HIRING):
            body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + post.html().encode()
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://engineering.frostwatch.example{post.path}\r\n"
                f"WARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, post.path)}>\r\nWARC-Date: 2026-11-01T00:00:00Z\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            out.write(head.encode() + body + b"\r\n\r\n")
    return folder


def _atlas(tmp_path: Path, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, [*arguments, "--data", str(tmp_path / "data")])
    assert done.exit_code == code, done.output
    return done.output


def _discover(tmp_path: Path, repository: Path, crawl: Path, *more: str) -> str:
    place = ["--catalogue", str(repository / "catalogue"), "--executor", "serial"]
    return _atlas(tmp_path, "discover", "--warc", str(crawl), *place, *DAY, *more)


def test_an_archive_becomes_a_stub_that_atlas_check_accepts(tmp_path: Path, repository: Path, crawl: Path) -> None:
    """Discovered, shown, accepted, checked; the second run adds nothing."""
    said = _discover(tmp_path, repository, crawl)
    assert "2 pages read" in said
    assert "1 candidates" in said
    (row,) = json.loads(_atlas(tmp_path, "candidates", "list", "--json"))
    shown = _atlas(tmp_path, "candidates", "show", row["id"])
    assert "+15 scale" in shown
    root = str(repository / "catalogue")
    _atlas(tmp_path, "candidates", "accept", row["id"], "--catalogue", root, *DAY)
    checked = CliRunner().invoke(app, ["check", "--catalogue", root, *DAY])
    assert checked.exit_code == 0, checked.output
    assert "0 candidates" in _discover(tmp_path, repository, crawl)


def test_a_rejection_needs_a_reason_and_keeps_it(tmp_path: Path, repository: Path, crawl: Path) -> None:
    """And what is decided is not decided again."""
    _discover(tmp_path, repository, crawl)
    (row,) = json.loads(_atlas(tmp_path, "candidates", "list", "--json"))
    _atlas(tmp_path, "candidates", "reject", row["id"], "--reason", " ", code=2)
    _atlas(tmp_path, "candidates", "reject", row["id"], "--reason", "an invented company", *DAY)
    _atlas(tmp_path, "candidates", "reject", row["id"], "--reason", "again", code=2)
    assert "an invented company" in _atlas(tmp_path, "candidates", "list", "--state", "rejected")
    assert "0 candidates" in _discover(tmp_path, repository, crawl)


def test_a_branch_has_the_stub_and_the_working_files_stay(tmp_path: Path, repository: Path, crawl: Path) -> None:
    """One commit on the present one, with the text from the project's own template."""
    said = _discover(tmp_path, repository, crawl, "--pr")
    (row,) = json.loads(_atlas(tmp_path, "candidates", "list", "--json"))
    branch = f"candidate/{row['id']}"
    assert branch in said

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True, text=True)
        return done.stdout

    changed = git("diff", "--name-status", "main", branch).split()
    assert changed == ["A", f"catalogue/systems/{row['category']}/{row['slug']}.yaml"]
    assert "184" in git("show", f"{branch}:{changed[1]}")
    assert git("status", "--porcelain") == ""
    (text,) = (tmp_path / "data").glob("candidate-*.md")
    assert "- [ ] recency verified" in text.read_text(encoding="utf-8")
    assert row["url"] in text.read_text(encoding="utf-8")


def test_a_candidate_whose_run_was_cut_short_gets_its_branch_later(
    tmp_path: Path, repository: Path, crawl: Path
) -> None:
    """Found by a run that made no branch, proposed by the next, once; a branch that is there already will do."""
    _discover(tmp_path, repository, crawl)
    (row,) = json.loads(_atlas(tmp_path, "candidates", "list", "--json"))
    branch = f"candidate/{row['id']}"
    said = _discover(tmp_path, repository, crawl, "--pr")
    assert "0 candidates" in said
    assert branch in said
    assert branch not in _discover(tmp_path, repository, crawl, "--pr")
    with open_store(tmp_path / "data") as store:
        store.database.execute("DELETE FROM proposal")  # killed between the branch and the note of it
    assert branch in _discover(tmp_path, repository, crawl, "--pr")


def test_an_acceptance_that_was_cut_short_is_repeated(tmp_path: Path, repository: Path, crawl: Path) -> None:
    """The document that it wrote is no obstacle; one that a person wrote is, and stays as it is."""
    _discover(tmp_path, repository, crawl)
    (row,) = json.loads(_atlas(tmp_path, "candidates", "list", "--json"))
    root = ["--catalogue", str(repository / "catalogue")]
    _atlas(tmp_path, "candidates", "accept", row["id"], *root, *DAY)
    document = repository / "catalogue" / "systems" / row["category"] / f"{row['slug']}.yaml"
    written = document.read_text(encoding="utf-8")
    reopen = "UPDATE candidate SET state = 'open'"  # killed between the document and the decision
    with open_store(tmp_path / "data") as store:
        store.database.execute(reopen)
    _atlas(tmp_path, "candidates", "accept", row["id"], *root, *DAY)
    assert document.read_text(encoding="utf-8") == written
    with open_store(tmp_path / "data") as store:
        store.database.execute(reopen)
    document.write_text("# mine\n", encoding="utf-8")
    _atlas(tmp_path, "candidates", "accept", row["id"], *root, *DAY, code=2)
    assert document.read_text(encoding="utf-8") == "# mine\n"


def test_what_is_mistyped_is_told(tmp_path: Path, repository: Path) -> None:
    """An age, a folder without archives, a candidate that does not exist."""
    root = ["--catalogue", str(repository / "catalogue")]
    assert "not an age" in _atlas(tmp_path, "discover", "--since", "soon", *root, code=2)
    assert "no WARC file" in _atlas(
        tmp_path, "discover", "--warc", str(tmp_path), *root, "--executor", "serial", code=2
    )
    assert "no candidate" in _atlas(tmp_path, "candidates", "show", "nothing", code=2)
