"""A whole catalogue, checked by one process or by several, says what it says when it is loaded at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from bench.synthetic import write_catalogue

from atlas.catalogue import load_catalogue
from atlas.check import check_catalogue, load_excuses, run_checks
from atlas.diagnostic import Level

TODAY = dt.date(2026, 11, 21)
SYSTEMS = 18


@pytest.fixture
def synthetic(tmp_path: Path) -> Path:
    """A catalogue with enough systems for several processes, some of them spoiled."""
    root = write_catalogue(tmp_path, SYSTEMS)
    files = sorted((root / "systems").glob("*/*.yaml"))
    spoil(files[2], "technology: ", "technology: no-such-")
    spoil(files[9], "published: 2025-06-12", "published: 2027-06-12")
    spoil(files[15], "status: published", "status: finished")
    return root


def spoil(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("only", [(), ("evidence",)])
def test_processes_find_the_same(synthetic: Path, jobs: int, only: tuple[str, ...]) -> None:
    """However many processes share the files, the findings and their order are those of one."""
    loaded = load_catalogue(synthetic)
    expected = run_checks(loaded, today=TODAY, only=only, exceptions=load_excuses(synthetic))
    found, systems = check_catalogue(synthetic, today=TODAY, only=only, jobs=jobs)
    assert found == expected
    assert len(found) >= 1
    assert systems == len(loaded.systems) == SYSTEMS - 1


def test_sources_are_compared_across_processes(synthetic: Path) -> None:
    """The same address with two dates is found, although no process saw both files."""
    first, *_, last = sorted((synthetic / "systems").glob("*/*.yaml"))
    for path in (first, last):
        url = next(line for line in path.read_text("utf-8").splitlines() if "how-" in line)
        spoil(path, url, "    url: https://posts.loadworks.example/one/keeps-in-order")
    spoil(last, "published: 2025-06-12", "published: 2025-06-13")
    found, _ = check_catalogue(synthetic, today=TODAY, jobs=2)
    noted = [f for f in found if f.position.file.endswith(last.name) and f.level is not Level.INFO]
    assert [f.code for f in noted] == ["EVI019"]


def test_two_files_of_one_system(synthetic: Path) -> None:
    """A system that is described twice is said once, and its findings are not doubled."""
    first, second, *_ = sorted((synthetic / "systems").glob("*/*.yaml"))
    ident = next(line for line in first.read_text("utf-8").splitlines() if line.startswith("id: "))
    other = next(line for line in second.read_text("utf-8").splitlines() if line.startswith("id: "))
    spoil(second, other, ident)
    found, _ = check_catalogue(synthetic, today=TODAY, jobs=2)
    assert found == run_checks(load_catalogue(synthetic), today=TODAY)
    assert any("already described" in f.message for f in found)


def test_progress_counts_every_file(synthetic: Path) -> None:
    """Progress ends at the number of files, broken ones included."""
    seen: list[tuple[int, int]] = []
    check_catalogue(synthetic, today=TODAY, jobs=2, progress=lambda done, total, _: seen.append((done, total)))
    assert seen == [(n, SYSTEMS) for n in range(1, SYSTEMS + 1)]
