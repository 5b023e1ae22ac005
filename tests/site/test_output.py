"""The output folder: only ours is replaced, in one step, and a killed build loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from atlas.site import fonts
from atlas.site.cache import Cache
from atlas.site.output import MARKER, OutputError, staged, write_changed, write_files
from atlas.site.shared_files import warm_assets


def _site(out: Path, text: str) -> None:
    with staged(out) as stage:
        write_files(stage, {"index.html": text})


def _broken_build(out: Path) -> float:
    with staged(out) as stage:
        write_files(stage, {"index.html": "half"})
        return 1 / 0


def test_the_new_site_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """A second build replaces the first, and nothing is left beside it."""
    _site(tmp_path / "out", "one")
    _site(tmp_path / "out", "two")
    assert (tmp_path / "out" / "index.html").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failed_build_leaves_the_old_site_whole(tmp_path: Path) -> None:
    """An error in the middle keeps what stood there and removes what was begun."""
    _site(tmp_path / "out", "one")
    with pytest.raises(ZeroDivisionError):
        _broken_build(tmp_path / "out")
    assert (tmp_path / "out" / "index.html").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A folder with files and without the marker is never touched."""
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("years of work")
    with pytest.raises(OutputError, match="was not written by atlas build"):
        _site(other, "mine")
    assert (other / "chapter.txt").read_text() == "years of work"


@pytest.mark.parametrize("place", ["catalogue", "catalogue/systems/site", "."])
def test_a_site_and_its_catalogue_never_lie_in_each_other(place: str, tmp_path: Path) -> None:
    """What a build replaces can never be what it reads."""
    source = tmp_path / "catalogue"
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    (tmp_path / place / MARKER).write_text("")
    with pytest.raises(OutputError, match="lie in each other"), staged(tmp_path / place, source):
        pass
    assert source.is_dir() or place == "."


def test_a_repository_made_in_a_site_is_never_lost(tmp_path: Path) -> None:
    """Somebody who publishes from the folder itself keeps what was committed there."""
    _site(tmp_path / "out", "one")
    (tmp_path / "out" / ".git").mkdir()
    with pytest.raises(OutputError, match=r"\.git"):
        _site(tmp_path / "out", "two")
    assert (tmp_path / "out" / ".git").is_dir()


def test_a_file_is_refused(tmp_path: Path) -> None:
    """An output that is a file gives a clear error."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="is a file"):
        _site(tmp_path / "out", "mine")


def test_a_parent_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """An output below a file names the place that cannot be written."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match="cannot be"):
        _site(tmp_path / "file" / "below" / "out", "mine")


def test_an_empty_folder_is_accepted(tmp_path: Path) -> None:
    """A new and empty folder becomes a site."""
    (tmp_path / "out").mkdir()
    _site(tmp_path / "out", "one")
    assert (tmp_path / "out" / MARKER).is_file()


def test_a_killed_build_leaves_the_old_site_and_is_cleared_away(tmp_path: Path) -> None:
    """After kill -9 the old site is whole; the next build removes what was left."""
    _site(tmp_path / "out", "one")
    program = textwrap.dedent(
        f"""
        import pathlib, sys, time
        from atlas.site.output import staged, write_files
        with staged(pathlib.Path({str(tmp_path / "out")!r})) as stage:
            write_files(stage, {{"index.html": "half"}})
            print("begun", flush=True)
            time.sleep(60)
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "begun"
        os.kill(process.pid, signal.SIGKILL)
    assert (tmp_path / "out" / "index.html").read_text() == "one"
    assert len(list(tmp_path.iterdir())) == 2
    _site(tmp_path / "out", "two")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "index.html").read_text() == "two"


def test_a_build_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    """The folder of a build in another process that is alive is not removed."""
    busy = tmp_path / f".out.building-{os.getppid()}-x"
    busy.mkdir()
    (busy / MARKER).write_text("")
    _site(tmp_path / "out", "one")
    assert busy.is_dir()


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    """Unchanged files keep their time; changed ones are named."""
    write_files(tmp_path, {"a.html": "same", "b/c.html": "old"})
    before = (tmp_path / "a.html").stat().st_mtime_ns
    time.sleep(0.01)
    assert write_changed(tmp_path, {"a.html": "same", "b/c.html": "new"}) == ["b/c.html"]
    assert (tmp_path / "a.html").stat().st_mtime_ns == before


def test_two_builds_may_make_the_same_font_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both lack it in the cache they share, both write it, and neither takes the other's half-written file."""
    replace, others = Path.replace, [b"made by the other"]

    def after_the_other(self: Path, target: Path) -> Path:
        if others:
            others.pop()
            warm_assets(tmp_path)
        return replace(self, target)

    monkeypatch.setattr(fonts, "subset", lambda weight: f"font {weight}".encode())
    monkeypatch.setattr(Path, "replace", after_the_other)
    warm_assets(tmp_path)
    assert sorted(file.read_bytes() for file in tmp_path.iterdir()) == [b"font 400", b"font 700"]


def test_an_entry_that_another_build_removed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two builds may clear one cache at the same time."""
    there = [tmp_path / f"{n:032x}" for n in range(70)]
    for folder in there[1:]:
        folder.mkdir()
    monkeypatch.setattr(Cache, "_others", lambda *_: iter(there))
    Cache(tmp_path).prune([])
    assert 3 <= len(list(tmp_path.iterdir())) < 69
