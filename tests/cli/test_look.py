"""Commands that look: check, explain, stats, find, diff, schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from atlas.catalogue import read_yaml

from .conftest import TODAY, Atlas, process

TESTS = Path(__file__).resolve().parent.parent
SEEDS = TESTS / "assets" / "seeds"


def test_the_catalogue_of_the_project_is_clean(atlas: Atlas, root: Path) -> None:
    """No finding at error level: exit code 0, and the sum on standard error."""
    outcome = atlas("check", "--catalogue", root / "catalogue", "--today", TODAY)
    assert outcome.code == 0, outcome.out
    assert "systems: 0 errors" in outcome.err


def test_the_transcribed_figures_are_flagged(atlas: Atlas) -> None:
    """Exit code 1, and every code that is expected of each transcription."""
    outcome = atlas("check", "--catalogue", SEEDS, "--today", TODAY, "--json")
    assert outcome.code == 1
    wanted = read_yaml(TESTS / "golden" / "seed_findings.yaml", "seed_findings.yaml").data
    found: dict[str, set[str]] = {}
    for finding in outcome.json:
        found.setdefault(Path(finding["file"]).stem, set()).add(finding["code"])
    for row, expected in wanted.items():
        assert found.get(expected["file"], set()) == set(expected["codes"]), row


def test_findings_have_a_place_and_a_mend_in_every_form(atlas: Atlas, own: Path, document: Path) -> None:
    """Text for people, JSON for programs, annotations for GitHub, all of the same finding."""
    document.write_text(document.read_text().replace("status: draft", "status: daft"))
    text = atlas("check", "--catalogue", own, "--today", TODAY)
    assert text.code == 1
    assert "catalogue/systems/developer/tiny.yaml:6:9: error" in text.out
    assert text.err.strip().endswith("notes")
    (found,) = atlas("check", "--catalogue", own, "--today", TODAY, "--json").json
    assert (found["line"], found["column"], found["level"]) == (6, 9, "error")
    assert atlas("check", "--catalogue", own, "--today", TODAY, "--format", "json").json == [found]
    annotated = atlas("check", "--catalogue", own, "--today", TODAY, "-f", "github")
    assert annotated.out.startswith("::error file=catalogue/systems/developer/tiny.yaml,line=6,col=9")


def test_targets_are_slugs_files_or_both(atlas: Atlas, own: Path, document: Path) -> None:
    """A broken document can be named too; everything named is checked."""
    assert atlas("check", "tiny", "--catalogue", own, "--today", TODAY).code == 0
    assert atlas("check", document, "--today", TODAY).code == 0
    broken = document.with_name("broken.yaml")
    broken.write_text("id: [")
    for target in ("broken", broken):
        outcome = atlas("check", target, "--catalogue", own, "--today", TODAY)
        assert outcome.code == 1
        assert "broken.yaml:2:1: error DOC002" in outcome.out
        assert "tiny.yaml" not in outcome.out
    both = atlas("check", broken, "tiny", "--catalogue", own, "--today", TODAY)
    assert both.code == 1
    assert both.err.startswith("2 systems")


def test_levels_decide_what_is_shown_and_what_fails(atlas: Atlas, own: Path) -> None:
    """Warnings pass by default, and fail where asked."""
    arguments = ("check", "--catalogue", own, "--today", TODAY)
    shown = atlas(*arguments)
    assert shown.code == 0
    assert ": warning " in shown.out
    assert atlas(*arguments, "--fail-on", "warning").code == 1
    assert atlas(*arguments, "--show", "error").out == ""


def test_today_is_an_argument(atlas: Atlas, own: Path) -> None:
    """In forty years the same document is out of date; a word that is no day is refused."""
    codes = {f["code"] for f in atlas("check", "--catalogue", own, "--today", TODAY, "--json").json}
    later = {f["code"] for f in atlas("check", "--catalogue", own, "--today", "2066-11-21", "--json").json}
    assert later > codes
    refused = atlas("check", "--catalogue", own, "--today", "tomorrow")
    assert (refused.code, "2026-11-21" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said", "mend"),
    [
        (("check", "tinny"), "no system called 'tinny'", "did you mean tiny?"),
        (("check", "zzzzzz"), "no system called 'zzzzzz'", "there are: tiny"),
        (("check", "no/such.yaml"), "no file no/such.yaml", ""),
        (("check", "./"), "is a folder", "--catalogue"),
        (("check", "--only", "phisics"), "called 'phisics'", "did you mean physics?"),
        (("check", "--only", "PHY999"), "called 'PHY999'", "did you mean PHY"),
        (("diff", "no-such-revision"), "neither a file, a catalogue nor a git revision", ""),
    ],
)
def test_what_cannot_be_run_is_exit_code_2_with_the_mend(
    atlas: Atlas, own: Path, arguments: tuple[str, ...], said: str, mend: str
) -> None:
    """Names that are nearly right get the right one."""
    outcome = atlas(*arguments, "--catalogue", own)
    assert outcome.code == 2
    assert said in outcome.err
    assert mend in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize("command", [["check"], ["stats"], ["find", "name"], ["schema"], ["build"], ["serve"], ["fix"]])
def test_a_missing_catalogue_is_exit_code_2(atlas: Atlas, tmp_path: Path, command: list[str]) -> None:
    """The message says where it was looked for and how to name another."""
    outcome = atlas(*command, "--catalogue", tmp_path / "nowhere")
    assert outcome.code == 2
    assert "nowhere" in outcome.err
    assert "--catalogue" in outcome.err


def test_a_broken_file_of_exceptions_is_exit_code_2(atlas: Atlas, own: Path) -> None:
    """Nothing is excused by guessing."""
    (own / "exceptions.yaml").write_text("exceptions: [{code: PHY001}]\n")
    outcome = atlas("check", "--catalogue", own, "--today", TODAY)
    assert outcome.code == 2
    assert "exceptions.yaml" in outcome.err


def test_an_exception_holds_for_a_file_too(atlas: Atlas, own: Path, document: Path) -> None:
    """Checking one file excuses what checking the catalogue excuses."""
    arguments = ("--today", TODAY, "--json")
    finding = atlas("check", "--catalogue", own, *arguments).json[0]
    entry = {k: finding[k] for k in ("code", "system", "path")} | {"because": "a test", "since": TODAY}
    (own / "exceptions.yaml").write_text(json.dumps({"exceptions": [entry]}))
    for target in ([], ["tiny"], [document]):
        assert finding not in atlas("check", *target, "--catalogue", own, *arguments).json


def test_every_code_is_listed_and_explained(atlas: Atlas) -> None:
    """By code, by name in both spellings, as text and as JSON."""
    listed = atlas("explain")
    known = atlas("explain", "--json").json
    assert len(known) >= 48
    assert len({each["code"] for each in known}) == len(known)
    assert all(each["code"] in listed.out and each["text"] for each in known)
    one = atlas("explain", "phy001")
    assert one.out.startswith("PHY001 peak-over-average\n")
    assert atlas("explain", "peak-over-average").out == one.out
    assert atlas("explain", "peak_over_average").out == one.out
    assert atlas("explain", "DOC002").out.startswith("DOC002 yaml-syntax")
    assert atlas("explain", "PHY001", "--json").json["code"] == "PHY001"


def test_an_unknown_code_gets_the_nearest(atlas: Atlas) -> None:
    """By code or by name."""
    for typed, meant in (("PHY0001", "PHY001"), ("peak-over-avrage", "peak-over-average")):
        outcome = atlas("explain", typed)
        assert outcome.code == 2
        assert f"did you mean {meant}?" in outcome.err


def test_statistics_come_as_a_table_and_as_json(atlas: Atlas, own: Path) -> None:
    """The same systems in both."""
    table = atlas("stats", "--catalogue", own, "--today", TODAY)
    assert table.out.splitlines()[0].startswith("| system")
    assert "| tiny " in table.out
    (one,) = atlas("stats", "--catalogue", own, "--today", TODAY, "--json").json
    assert (one["slug"], one["claims"], one["days_since_verified"]) == ("tiny", 4, 0)


def test_paths_are_found_with_their_lines(atlas: Atlas, own: Path) -> None:
    """Exit code 1 where nothing matches, as with grep."""
    found = atlas("find", "components.*.technology=redis", "--catalogue", own)
    assert found.code == 0
    assert "tiny.yaml:" in found.out
    assert "components.cache.technology: redis" in found.out
    (hit,) = atlas("find", "components.*.technology=redis", "--catalogue", own, "--json").json
    assert hit["value"] == "redis"
    assert atlas("find", "components.*.technology=cobol", "--catalogue", own).code == 1
    assert atlas("find", "**.figure", "--catalogue", own).err.strip() == "5 found"


def test_claims_of_two_files_are_compared(atlas: Atlas, own: Path, document: Path, tmp_path: Path) -> None:
    """Added, changed and removed, as Markdown and as JSON."""
    old = tmp_path / "old.yaml"
    old.write_text(document.read_text().replace("value: 1000/s", "value: 900/s").replace("  records:", "  rows:"))
    text = atlas("diff", old, document, "--catalogue", own)
    assert text.code == 0
    assert text.out.startswith("1 added, 1 changed, 1 removed.")
    kinds = {c["claim"]: c["kind"] for c in atlas("diff", old, document, "--catalogue", own, "--json").json}
    assert kinds == {"reads": "changed", "records": "added", "rows": "removed"}
    assert atlas("diff", document, document, "--catalogue", own).out.strip() == "No claim changed."


def test_claims_of_a_revision_are_compared_with_the_working_files(atlas: Atlas, own: Path, document: Path) -> None:
    """A git revision of the repository that the catalogue stands in."""
    git = [
        "git",
        "-C",
        str(own),
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-c",
        "init.defaultBranch=main",
    ]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    document.write_text(document.read_text().replace("value: 1000/s", "value: 2000/s"))
    outcome = atlas("diff", "HEAD", "--catalogue", own)
    assert outcome.code == 0
    assert "`reads`" in outcome.out


def test_the_committed_schema_is_up_to_date(atlas: Atlas, root: Path) -> None:
    """To mend: atlas schema."""
    assert atlas("schema", "--check", "--catalogue", root / "catalogue").code == 0


def test_a_schema_that_drifted_is_found_and_written(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """Beside the catalogue, or where told; a place that cannot be written is exit code 2."""
    assert atlas("schema", "--check", "--catalogue", own).code == 1
    for name in ("system.schema.json", "sources.schema.json"):
        path = own.parent / "schemas" / name
        assert atlas("schema", "--catalogue", own).code == 0
        assert json.loads(path.read_text())["$schema"]
        assert atlas("schema", "--check", "--catalogue", own).code == 0
        path.write_text("{}")
        outcome = atlas("schema", "--check", "--catalogue", own)
        assert (outcome.code, "atlas schema" in outcome.err, name in outcome.err) == (1, True, True)
    (tmp_path / "file").write_text("")
    assert atlas("schema", "--catalogue", own, "--out", tmp_path / "file" / "x").code == 2


def test_the_nearest_catalogue_upward_is_used(own: Path, document: Path) -> None:
    """From a folder below it, as a process."""
    done = process("stats", "--json", "--today", TODAY, cwd=document.parent)
    assert done.returncode == 0, done.stderr
    assert [s["slug"] for s in json.loads(done.stdout)] == ["tiny"]


def test_far_from_any_catalogue_the_packaged_one_is_used(tmp_path: Path) -> None:
    """An installed atlas works anywhere."""
    done = process("stats", "--json", "--today", TODAY, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "discord" in {s["slug"] for s in json.loads(done.stdout)}


def test_what_a_terminal_cannot_show_is_shown_by_its_number(own: Path, document: Path) -> None:
    """Bytes of a file name that are no text end no command, and neither does a terminal without Unicode."""
    document.rename(document.with_name(os.fsdecode(b"\xff.yaml")))
    done = process("check", "--catalogue", own, PYTHONIOENCODING="ascii:strict")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert r"\udcff" in done.stdout


# Linux has the device; elsewhere no full disk can be had without one.
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_is_full_is_said(own: Path) -> None:
    """Exit code 2 and one line."""
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "atlas.cli", "draw", "tiny", "L0", "--catalogue", str(own)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.stderr.startswith("atlas: cannot go on: ")
    assert "Traceback" not in done.stderr


def test_a_report_excuses_what_a_check_excuses(atlas: Atlas, own: Path, document: Path) -> None:
    """A legal finding that the catalogue tolerates counts neither on the site nor in a report."""
    words = "status: published\nattribution: based on posts\nlicense: CC BY 4.0, posts of Discord"
    document.write_text(document.read_text().replace("status: draft", words))

    def rights() -> Any:
        report = atlas("report", "quarterly", "--catalogue", own, "--today", TODAY, "--json").json
        return next(metric["value"] for metric in report["metrics"] if metric["id"] == "rights")

    assert rights() == 0
    found = atlas("check", "--catalogue", own, "--today", TODAY, "--only", "legal", "--json").json
    entries = [{k: f[k] for k in ("code", "system", "path")} | {"because": "a test", "since": TODAY} for f in found]
    (own / "exceptions.yaml").write_text(json.dumps({"exceptions": entries}))
    assert rights() == 1
