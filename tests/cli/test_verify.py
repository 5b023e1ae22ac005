"""``atlas sources verify`` from end to end, over a web on loopback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.discover.web.host import Page, Web, running_web

import atlas.cli.verify
from atlas.discover.fetcher import Fetcher
from atlas.discover.frontier import Frontier

from .conftest import Atlas


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A web to which the command's fetcher is led."""
    with running_web() as running:

        def fetcher(_contact: str | None, frontier: Frontier, now: Callable[[], dt.datetime]) -> Fetcher:
            return Fetcher(running.settings(), now, frontier, running.resolver())

        monkeypatch.setattr(atlas.cli.verify, "open_fetcher", fetcher)
        yield running


@pytest.fixture
def cited(web: Web, document: Path) -> Path:
    """The small catalogue, its sources moved to the web of the test."""
    lines, number = [], 0
    text = "<p>{}</p>"
    for line in document.read_text().splitlines():
        head, found, _ = line.partition("url: ")
        is_source = bool(found) and "url:" in line.split("#")[0]
        number += is_source
        lines.append(f"{head}url: {web.url('tiny.example', f'/{number}')}" if is_source else line)
    document.write_text("\n".join(lines) + "\n")
    figures = [ln.partition("figure: ")[2] for ln in lines if "figure: " in ln]
    body = "".join(text.format(f.strip(" \"'}").split(", near")[0]) for f in figures)
    web.site("tiny.example", {f"/{n}": Page(body + _near(lines)) for n in range(1, number + 1)})
    return document.parents[2]


def _near(lines: list[str]) -> str:
    return " ".join(ln.partition("near: ")[2].strip("[]}") for ln in lines if "near: " in ln)


def test_unchanged_sources_are_clean(atlas: Atlas, cited: Path, tmp_path: Path) -> None:
    """Every figure is found: exit code 0, and the same from JSON."""
    found = atlas("sources", "verify", "tiny", "-c", cited, "--data", tmp_path / "data", "--json")
    assert found.json
    assert {v["anchoring"] for v in found.json} == {"unchanged"}
    assert found.code == 0


def test_what_is_gone_is_listed(atlas: Atlas, cited: Path, web: Web, tmp_path: Path) -> None:
    """Pages that answer without their figures fail the command, and the table says which."""
    for path in [p for p in web.sites["tiny.example"].pages if p != "/robots.txt"]:
        web.sites["tiny.example"].pages[path] = Page("<p>Nothing left.</p>")
    before = (cited / "systems" / "developer" / "tiny.yaml").read_text()
    found = atlas("sources", "verify", "-c", cited, "--data", tmp_path / "data")
    assert found.code == 1
    assert "vanished" in found.out
    assert (cited / "systems" / "developer" / "tiny.yaml").read_text() == before


def test_an_unknown_system_is_refused(atlas: Atlas, cited: Path, tmp_path: Path) -> None:
    """With the nearest name, before anything is fetched."""
    found = atlas("sources", "verify", "tyni", "-c", cited, "--data", tmp_path / "data")
    assert found.code == 2
    assert "did you mean tiny?" in found.err


def test_nobody_fetches_without_a_contact(
    atlas: Atlas, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says how to give one; nothing is sent."""
    monkeypatch.delenv("ATLAS_CONTACT", raising=False)
    found = atlas("sources", "verify", "-c", own, "--data", tmp_path / "data")
    assert found.code == 2
    assert "--contact" in found.err


def test_the_data_stays_out_of_repositories(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """A folder inside a repository is refused."""
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    found = atlas("sources", "verify", "-c", own, "--data", tmp_path / "clone" / "data", "--contact", "me@example.org")
    assert found.code == 2
    assert "repository" in found.err
