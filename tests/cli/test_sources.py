"""The commands about sources."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import TODAY, Atlas

LIST = (
    '<opml version="2.0"><body><outline text="Netflix" xmlUrl="https://netflixtechblog.com/other"/>'
    '<outline text="N" xmlUrl="https://netflixtechblog.com/feed"/></body></opml>'
)


@pytest.fixture
def with_registry(own: Path, root: Path) -> Path:
    """A small catalogue with the project's registry."""
    shutil.copyfile(root / "catalogue" / "sources.yaml", own / "sources.yaml")
    return own


def test_feeds_are_listed_by_owner(atlas: Atlas) -> None:
    """A table for people, JSON for programs; an unknown owner is answered with what was meant."""
    shown = atlas("sources", "list", "discord", "infoq")
    assert shown.code == 0
    assert "https://discord.com/blog/rss.xml" in shown.out
    assert "netflix" not in shown.out
    rows = atlas("sources", "list", "--json").json
    assert {"primary", "supporting"} == {row["role"] for row in rows}
    wrong = atlas("sources", "list", "dicsord")
    assert wrong.code == 2
    assert "did you mean discord?" in wrong.err


def test_lint_fails_on_errors_only(atlas: Atlas, with_registry: Path) -> None:
    """The project's registry passes; a plain http address fails with its place."""
    assert atlas("sources", "lint", "-c", with_registry, "--today", TODAY).code == 0
    path = with_registry / "sources.yaml"
    path.write_text(path.read_text().replace("https://netflixtechblog.com/feed", "http://netflixtechblog.com/feed"))
    found = atlas("sources", "lint", "-c", with_registry, "--today", TODAY)
    assert found.code == 1
    assert "SRC003" in found.out
    assert any(f["code"] == "SRC003" for f in atlas("sources", "lint", "-c", with_registry, "--json").json)


def test_a_file_of_another_form_cannot_be_worked_on(atlas: Atlas, with_registry: Path) -> None:
    """Its findings are printed, and the exit code says that nothing was done."""
    (with_registry / "sources.yaml").write_text("sources:\n  - org: discord\n    colour: red\n")
    found = atlas("sources", "list", "-c", with_registry)
    assert found.code == 2
    assert "colour" in found.err


def test_a_catalogue_without_a_registry_is_told(atlas: Atlas, own: Path) -> None:
    """The error names the file that is missing."""
    found = atlas("sources", "stats", "-c", own)
    assert found.code == 2
    assert "sources.yaml" in found.err


def test_stats_count_organisations_and_say_who_has_no_feed(atlas: Atlas) -> None:
    """Counts in both forms agree, and every organisation without a feed has its reason."""
    counted = atlas("sources", "stats", "--json").json
    shown = atlas("sources", "stats").out
    assert f"{counted['followed']} of {counted['organisations']}" in shown
    assert all(org in shown and why in shown for org, why in counted["without"].items())


def test_a_list_is_imported_once(atlas: Atlas, with_registry: Path, tmp_path: Path) -> None:
    """First it is only told, then written, then there is nothing to add; the rest of the file is as it was."""
    file, path = tmp_path / "list.opml", with_registry / "sources.yaml"
    file.write_text(LIST)
    before = path.read_text()
    told = atlas("sources", "import", file, "-c", with_registry)
    assert (told.code, path.read_text()) == (1, before)
    assert "would add netflix: https://netflixtechblog.com/other" in told.out
    written = atlas("sources", "import", file, "-c", with_registry, "--write", "--seen", "my list")
    assert written.code == 0
    assert path.read_text() != before
    assert 'seen: "my list"' in path.read_text()
    lines = iter(path.read_text().splitlines())
    assert all(line in lines for line in before.splitlines())
    assert atlas("sources", "import", file, "-c", with_registry).code == 0


def test_what_is_no_list_is_refused(atlas: Atlas, with_registry: Path, tmp_path: Path) -> None:
    """The error says what it is instead."""
    (tmp_path / "page.html").write_text("<html></html>")
    found = atlas("sources", "import", tmp_path / "page.html", "-c", with_registry)
    assert found.code == 2
    assert "not OPML" in found.err
