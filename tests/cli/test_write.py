"""Commands that write documents: new, fix, import."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from atlas.catalogue.fix import FIXERS

from .conftest import TODAY, Atlas

SPECIFICATION = """\
## E. PER-SYSTEM YAML SCHEMA
```yaml
id: CS-THING
name: Thing
category: messaging
org: Discord, Inc.
last_verified: 2025-03-10
confidence: A
scale: {daily_messages: "4B+", something_odd: "rather many"}
```
"""


def test_a_template_loads_at_once(atlas: Atlas, own: Path) -> None:
    """It stands where its category says, and checks without an error."""
    outcome = atlas("new", "checkout", "--category", "commerce", "--org", "shopify", "--catalogue", own)
    path = own / "systems" / "commerce" / "checkout.yaml"
    assert outcome.code == 0
    assert str(path) in outcome.out
    assert path.read_text().startswith("# yaml-language-server")
    assert atlas("check", path, "--today", TODAY).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tiny"], "already"),
        (["Not A Slug"], "not a slug"),
        (["../../escape"], "not a slug"),
        (["fine", "--category", "nothing"], "no category"),
    ],
)
def test_a_template_is_refused_with_the_reason(atlas: Atlas, own: Path, arguments: list[str], said: str) -> None:
    """Nothing is overwritten and nothing stands outside the catalogue."""
    before = {p: p.read_bytes() for p in own.parent.rglob("*") if p.is_file()}
    outcome = atlas("new", *arguments, "--catalogue", own)
    assert outcome.code == 2
    assert said in outcome.err
    assert {p: p.read_bytes() for p in own.parent.rglob("*") if p.is_file()} == before


def test_fixing_is_done_once(atlas: Atlas, own: Path, document: Path) -> None:
    """What would change is found, changed, and then nothing is left to change."""
    document.write_text(document.read_text().replace("claims:\n", "claims:   \n"))
    broken = document.read_text()
    found = atlas("fix", "--check", "--catalogue", own)
    assert (found.code, "would change" in found.out) == (1, True)
    assert document.read_text() == broken
    assert atlas("fix", "--catalogue", own).code == 0
    assert document.read_text() != broken
    again = atlas("fix", "--check", "--catalogue", own)
    assert (again.code, again.out) == (0, "")
    assert [p.name for p in document.parent.iterdir()] == ["tiny.yaml"]


def test_only_what_is_named_is_fixed(atlas: Atlas, own: Path, document: Path) -> None:
    """One fixer, one target."""
    document.write_text(document.read_text().replace("claims:\n", "claims:   \n"))
    before = document.read_text()
    assert atlas("fix", "tiny", "--only", "unit-spelling", "--catalogue", own).code == 0
    assert document.read_text() == before
    assert atlas("fix", document, "--only", "line-ends", "--catalogue", own).code == 0
    assert "claims:\n" in document.read_text()


def test_fixers_are_listed(atlas: Atlas) -> None:
    """Each with what it does."""
    outcome = atlas("fix", "--list")
    assert outcome.code == 0
    assert [line.split(":")[0] for line in outcome.out.splitlines()] == [f.name for f in FIXERS.values()]


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [(["--only", "unit-speling"], "did you mean unit-spelling?"), (["tinny"], "did you mean tiny?")],
)
def test_an_unknown_fixer_or_target_gets_the_nearest(atlas: Atlas, own: Path, arguments: list[str], mend: str) -> None:
    """Exit code 2, and nothing is changed."""
    outcome = atlas("fix", *arguments, "--catalogue", own)
    assert outcome.code == 2
    assert mend in outcome.err


def test_a_file_that_cannot_be_read_is_left_alone_and_told(atlas: Atlas, own: Path, document: Path) -> None:
    """The others are fixed; the exit code says that not all was done."""
    broken = document.with_name("broken.yaml")
    broken.write_bytes(b"\xff\xfe\x00")
    outcome = atlas("fix", "--catalogue", own)
    assert outcome.code == 2
    assert "broken.yaml: not changed" in outcome.err
    assert broken.read_bytes() == b"\xff\xfe\x00"


def test_a_document_of_the_founding_form_becomes_a_draft(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """Values are placed or listed; a file that exists is never overwritten."""
    file, out = tmp_path / "specification.md", tmp_path / "draft.yaml"
    file.write_text(SPECIFICATION)
    printed = atlas("import", "seed-yaml", file, "--catalogue", own, "--today", TODAY)
    assert printed.code == 0
    assert "over 4B/day" in printed.out
    assert "values placed" in printed.err
    assert "something_odd" in printed.err
    written = atlas("import", "seed-yaml", file, "--out", out, "--catalogue", own, "--today", TODAY)
    assert written.code == 0
    assert out.read_text() == printed.out
    again = atlas("import", "seed-yaml", file, "--out", out, "--catalogue", own, "--today", TODAY)
    assert (again.code, "exists already" in again.err) == (2, True)


@pytest.mark.parametrize("content", [b"", b"no yaml here", b"```yaml\n: [\n```", b"\xff\xfe"])
def test_what_is_no_founding_document_is_refused(atlas: Atlas, own: Path, tmp_path: Path, content: bytes) -> None:
    """Exit code 2 with a sentence."""
    file = tmp_path / "file.md"
    file.write_bytes(content)
    outcome = atlas("import", "seed-yaml", file, "--catalogue", own)
    assert outcome.code == 2
    assert outcome.err.startswith("atlas: ")
    assert atlas("import", "seed-yaml", tmp_path / "none.md", "--catalogue", own).code == 2


def test_what_never_ends_is_not_read(atlas: Atlas, own: Path, document: Path) -> None:
    """A device is refused by import, a pipe among the documents by fix."""
    outcome = atlas("import", "seed-yaml", "/dev/zero", "--catalogue", own)
    assert (outcome.code, "a folder, a pipe or a device" in outcome.err) == (2, True)
    os.mkfifo(document.with_name("pipe.yaml"))
    outcome = atlas("fix", "--check", "--catalogue", own)
    assert (outcome.code, "pipe.yaml: not changed: it is no file" in outcome.err) == (2, True)
