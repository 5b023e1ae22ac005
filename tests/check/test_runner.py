"""Running checks: positions, selection, exceptions that ratchet, and speed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atlas.catalogue import Catalogue, LoadedFile, load_text
from atlas.catalogue.fix import fix_text as fix
from atlas.check import Case, Excuse, ExcuseError, all_checks, check_system, load_excuses, run_checks
from atlas.check.runner import check_case
from atlas.diagnostic import Finding, Level
from atlas.model import Vocabulary

TODAY = dt.date(2026, 11, 21)
Build = Callable[[dict[str, Any]], LoadedFile]
MISTAKE = {"claims.store-nodes.value": 36}


def together(vocabulary: Vocabulary, *files: LoadedFile) -> Catalogue:
    """A catalogue of these documents."""
    systems = {f.system.slug: f.system for f in files if f.system is not None}
    return Catalogue(Path("catalogue"), vocabulary, systems)


def excuse(**changes: str) -> Excuse:
    """An exception for the mistake, changed where a test needs it."""
    words = {"code": "EVI001", "system": "CS-RELAY", "path": "claims.store-nodes.value", "because": "known"}
    return Excuse.model_validate({**words, "since": "2026-11-01", **changes})


def test_a_finding_has_its_place_claims_and_mend(build: Build) -> None:
    """Everything a person needs to mend it stands in the finding."""
    system = build(MISTAKE).system
    assert system is not None
    (finding,) = check_system(system, today=TODAY)
    assert (finding.code, finding.level, finding.system) == ("EVI001", Level.ERROR, "CS-RELAY")
    assert finding.because == ("store-nodes",)
    assert finding.tip
    assert finding.position.line > 1
    assert finding.position.column > 1


def test_findings_stand_in_the_order_of_the_file(build: Build) -> None:
    """They are mended from top to bottom."""
    system = build({**MISTAKE, "last_verified": "2024-01-01"}).system
    assert system is not None
    found = check_system(system, today=TODAY)
    assert [f.code for f in found] == ["EVI008", "EVI001"]


@pytest.mark.parametrize("only", ["EVI001", "value_in_figure", "evidence"])
def test_checks_are_chosen_by_code_name_or_family(only: str, build: Build, vocabulary: Vocabulary) -> None:
    """What is not chosen does not run."""
    catalogue = together(vocabulary, build({**MISTAKE, "flows.send.idempotent": False}))
    assert [f.code for f in run_checks(catalogue, today=TODAY, only=[only])] == ["EVI001"]


def test_systems_are_chosen_by_slug(build: Build, vocabulary: Vocabulary) -> None:
    """Only the system in scope is checked."""
    catalogue = together(vocabulary, build(MISTAKE), build({**MISTAKE, "id": "CS-OTHER"}))
    found = run_checks(catalogue, today=TODAY, scope=["other"])
    assert {f.system for f in found} == {"CS-OTHER"}


def test_an_exception_takes_its_finding_away(build: Build, vocabulary: Vocabulary) -> None:
    """The debt is known, argued and dated."""
    catalogue = together(vocabulary, build(MISTAKE))
    assert run_checks(catalogue, today=TODAY, exceptions=[excuse()]) == []


def test_an_exception_no_longer_needed_is_an_error(build: Build, vocabulary: Vocabulary) -> None:
    """Debt can only shrink."""
    catalogue = together(vocabulary, build({}))
    (finding,) = run_checks(catalogue, today=TODAY, exceptions=[excuse()])
    assert (finding.code, finding.level) == ("EXC001", Level.ERROR)
    assert "EVI001" in finding.message


def test_an_exception_for_a_code_that_does_not_exist_is_an_error(build: Build, vocabulary: Vocabulary) -> None:
    """It can excuse nothing."""
    catalogue = together(vocabulary, build({}))
    assert [f.code for f in run_checks(catalogue, today=TODAY, exceptions=[excuse(code="XXX001")])] == ["EXC001"]


def test_an_exception_is_not_judged_by_what_did_not_run(build: Build, vocabulary: Vocabulary) -> None:
    """Neither other checks, nor other systems, nor costly checks that were left out tell whether it is needed."""
    catalogue = together(vocabulary, build({}), build({"id": "CS-OTHER"}))
    assert run_checks(catalogue, today=TODAY, only=["PHY001"], exceptions=[excuse()]) == []
    assert run_checks(catalogue, today=TODAY, scope=["other"], exceptions=[excuse()]) == []
    assert run_checks(catalogue, today=TODAY, exceptions=[excuse(code="DIA001")]) == []


def test_exceptions_are_read_from_the_catalogue(tmp_path: Path) -> None:
    """No file is no exception; a file is a list with reasons and days."""
    assert load_excuses(tmp_path) == []
    text = "exceptions:\n  - {code: EVI001, system: CS-RELAY, because: known, since: 2026-11-01}\n"
    (tmp_path / "exceptions.yaml").write_text(text, encoding="utf-8")
    (found,) = load_excuses(tmp_path)
    assert found.since == dt.date(2026, 11, 1)


@pytest.mark.parametrize("text", ["exceptions: [{code: EVI001}]\n", "exceptions: [\n", "code: EVI001\n", "- a\n"])
def test_a_broken_file_of_exceptions_is_refused(text: str, tmp_path: Path) -> None:
    """An exception without a reason is none."""
    (tmp_path / "exceptions.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ExcuseError, match=r"exceptions\.yaml"):
        load_excuses(tmp_path)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{code: EVI001, system: CS-A, because: x, since: 2026-13-01}", "exceptions.yaml:2:53"),
        ("{code: EVI001, sytem: CS-A, because: x, since: 2026-11-01}", "did you mean 'system'?"),
        ("[]", "exceptions.yaml:2:5"),
    ],
)
def test_a_fault_of_the_exceptions_is_said_with_its_place(entry: str, said: str, tmp_path: Path) -> None:
    """The words are the project's own, with line, column and mend."""
    (tmp_path / "exceptions.yaml").write_text(f"exceptions:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(ExcuseError) as caught:
        load_excuses(tmp_path)
    assert said in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_severity_grows_with_age(build: Build) -> None:
    """A warning after a year without a look at the sources, an error after two."""
    system = build({"last_verified": "2025-11-01"}).system
    assert system is not None
    levels = []
    for year in (2026, 2027):
        (finding,) = [f for f in check_system(system, today=dt.date(year, 11, 21)) if f.code == "EVI008"]
        levels.append(finding.level)
    assert levels == [Level.WARNING, Level.ERROR]


def test_costly_checks_run_only_when_asked_for(build: Build, vocabulary: Vocabulary) -> None:
    """A published system without anything public is not drawn unless somebody asks."""
    catalogue = together(vocabulary, build({"status": "published"}))
    assert not [f for f in run_checks(catalogue, today=TODAY) if f.code == "DIA002"]
    assert [f for f in run_checks(catalogue, today=TODAY, costly=True) if f.code == "DIA002"]


def errors(findings: list[Finding]) -> list[str]:
    """Errors and warnings in one line each."""
    return [f"{f.position} {f.code} {f.message}" for f in findings if f.level is not Level.INFO]


def test_the_catalogue_is_clean(catalogue: Catalogue) -> None:
    """Unmutated, nothing is flagged: no error and no warning in what is published."""
    assert errors(run_checks(catalogue, today=TODAY, exceptions=load_excuses(catalogue.root))) == []


def test_a_system_is_checked_in_a_blink(catalogue: Catalogue) -> None:
    """The checks of one system take at most 75 ms (three times what 125 systems in 3 s leave)."""
    system = catalogue.systems["discord"]
    checks = [c for c in all_checks() if not c.is_costly]
    best = min(_seconds(lambda: check_system(system, today=TODAY, checks=checks)) for _ in range(3))
    assert best < 0.075


def _seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def test_what_is_called_fixable_is_fixed(build: Build) -> None:
    """A finding that says so is gone after the fixers ran."""
    file = build({})
    assert file.system is not None
    checks = [c for c in all_checks() if c.fixable]
    before = {f.code for f in check_case(Case(file.system, TODAY, file.source), checks)}
    mended = load_text(fix(file.source.text), file.system.vocabulary, file.source.file)
    assert mended.system is not None
    assert before == {"REC016"}
    assert list(check_case(Case(mended.system, TODAY, mended.source), checks)) == []


def test_the_diagrams_of_the_catalogue_pass(catalogue: Catalogue) -> None:
    """All fifteen are drawn, small enough, mostly public, and have words for those who do not see them."""
    assert errors(run_checks(catalogue, today=TODAY, only=["diagrams"])) == []


def test_a_file_that_cannot_be_read_is_never_passed_over(build: Build, vocabulary: Vocabulary) -> None:
    """Whatever is chosen, a file that gave no system is reported, and only in its scope."""
    broken = build({"id": "CS-BROKEN", "claims.store-nodes.value": "many"})
    assert broken.system is None
    good = together(vocabulary, build({}))
    catalogue = Catalogue(good.root, vocabulary, good.systems, broken.findings)
    for choice in ({}, {"only": ["PHY001"]}, {"scope": ["broken"]}):
        assert [f.code for f in run_checks(catalogue, today=TODAY, **choice)] == ["DOC009"]  # type: ignore[arg-type]
    assert run_checks(catalogue, today=TODAY, scope=["relay"]) == []
