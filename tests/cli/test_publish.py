"""Commands that publish: build, serve, draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import TODAY, Atlas


def test_a_site_is_built_and_built_again_from_the_cache(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """The second time nothing is rendered; without the cache everything is."""
    out = tmp_path / "site"
    arguments = ("build", "--out", out, "--catalogue", own, "--today", TODAY, "--no-search")
    first = atlas(*arguments)
    assert first.code == 0
    assert "1 systems (1 rendered anew)" in first.out
    assert (out / "systems" / "tiny" / "index.html").is_file()
    assert not (out / "pagefind").exists()
    assert "(0 rendered anew)" in atlas(*arguments).out
    assert "(1 rendered anew)" in atlas(*arguments, "--no-cache", "--jobs", 1).out


def test_what_the_site_leaves_out_is_said(atlas: Atlas, own: Path, document: Path, tmp_path: Path) -> None:
    """A broken vocabulary and a document in the wrong place: the site is built, the exit code is 1."""
    (own / "vocabulary").mkdir()
    (own / "vocabulary" / "planes.yaml").write_text("[")
    document.with_suffix(".yml").write_text("")
    arguments = ("build", "--out", tmp_path / "site", "--catalogue", own, "--today", TODAY, "--no-search")
    outcome = atlas(*arguments)
    assert outcome.code == 1
    assert "vocabulary/planes.yaml:" in outcome.err
    assert "tiny.yml:1:1: error DOC014" in outcome.err
    assert "1 systems" in outcome.out


def test_the_public_address_stands_in_the_sitemap(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """A site under a path of its own."""
    arguments = ("build", "--out", tmp_path / "site", "--catalogue", own, "--today", TODAY, "--no-search")
    assert atlas(*arguments, "--base-url", "https://example.org/atlas/").code == 0
    assert "https://example.org/atlas/systems/tiny/" in (tmp_path / "site" / "sitemap.xml").read_text()


def test_a_broken_document_is_left_out_and_told(atlas: Atlas, own: Path, document: Path, tmp_path: Path) -> None:
    """The rest is built; exit code 1."""
    document.with_name("broken.yaml").write_text("id: [")
    outcome = atlas("build", "--out", tmp_path / "site", "--catalogue", own, "--today", TODAY, "--no-search")
    assert outcome.code == 1
    assert "broken could not be read" in outcome.err
    assert (tmp_path / "site" / "systems" / "tiny" / "index.html").is_file()


def test_a_folder_that_is_not_ours_stays(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """Nothing is deleted that atlas build did not write."""
    out = tmp_path / "mine"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    outcome = atlas("build", "--out", out, "--catalogue", own, "--today", TODAY)
    assert outcome.code == 2
    assert "not written by atlas build" in outcome.err
    assert "--out" in outcome.err
    assert [p.name for p in out.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("below", ["file", "file/site"])
def test_a_folder_that_cannot_be_written_is_refused(atlas: Atlas, own: Path, tmp_path: Path, below: str) -> None:
    """A file stands in the way: exit code 2 with the mend."""
    (tmp_path / "file").write_text("")
    outcome = atlas("build", "--out", tmp_path / below, "--catalogue", own, "--today", TODAY, "--no-search")
    assert outcome.code == 2
    assert "--out" in outcome.err


def test_a_cache_that_cannot_be_written_is_refused(
    atlas: Atlas, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With how to name another; the folder of the site is not touched."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ATLAS_CACHE", str(tmp_path / "file"))
    for command in (("build", "--out", tmp_path / "site"), ("serve", "--port", "0")):
        outcome = atlas(*command, "--catalogue", own, "--today", TODAY)
        assert outcome.code == 2, command
        assert "ATLAS_CACHE" in outcome.err
    assert not (tmp_path / "site").exists()


def test_an_address_that_is_not_ours_is_refused(atlas: Atlas, own: Path) -> None:
    """Before anything is built."""
    outcome = atlas("serve", "--host", "192.0.2.1", "--catalogue", own)
    assert outcome.code == 2
    assert "not an address of this machine" in outcome.err


def test_a_diagram_is_drawn_printed_and_listed(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """As SVG, as Mermaid text, tall, into a file; codes in any case."""
    listed = atlas("draw", "tiny", "--catalogue", own)
    codes = [each["code"] for each in atlas("draw", "tiny", "--json", "--catalogue", own).json]
    assert [line.split()[0] for line in listed.out.splitlines()] == codes
    assert "L0" in codes
    drawn = atlas("draw", "tiny", "l0", "--catalogue", own)
    assert drawn.code == 0
    assert drawn.out.startswith("<svg")
    assert "accTitle" in atlas("draw", "tiny", "L0", "--mermaid", "--catalogue", own).out
    assert atlas("draw", "tiny", "L0", "--tall", "--catalogue", own).out.startswith("<svg")
    out = tmp_path / "l0.svg"
    assert atlas("draw", "tiny", "L0", "--out", out, "--catalogue", own).code == 0
    assert out.read_text() == drawn.out.removesuffix("\n")
    assert atlas("draw", "tiny", "L0", "--out", tmp_path / "no" / "l0.svg", "--catalogue", own).code == 2


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [(("tinny", "L0"), "did you mean tiny?"), (("tiny", "L00"), "did you mean L0?"), (("tiny", "?"), "there are: L0")],
)
def test_an_unknown_system_or_diagram_gets_the_nearest(
    atlas: Atlas, own: Path, arguments: tuple[str, ...], mend: str
) -> None:
    """Exit code 2."""
    outcome = atlas("draw", *arguments, "--catalogue", own)
    assert outcome.code == 2
    assert mend in outcome.err
