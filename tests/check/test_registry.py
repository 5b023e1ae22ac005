"""Checks are found by walking the package, and explain themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas.check import Family, all_checks, explain
from atlas.check.reference import main, page
from atlas.diagnostic import CODES

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "atlas" / "check"


def test_every_module_of_a_family_is_a_check() -> None:
    """A module in a family folder without a CHECK would never run."""
    modules = {p.stem for f in Family for p in (PACKAGE / f.value).glob("*.py") if p.stem != "__init__"}
    assert modules == {check.name for check in all_checks()}


def test_there_are_enough_checks() -> None:
    """At least forty in all, twenty-two of them physics."""
    checks = all_checks()
    assert len(checks) >= 40
    assert sum(check.family is Family.PHYSICS for check in checks) >= 22


def test_codes_are_unique_and_apart_from_the_readers() -> None:
    """No code is used twice, not even by the reader of files."""
    codes = [check.code for check in all_checks()]
    assert len(codes) == len(set(codes))
    assert not set(codes) & set(CODES)


@pytest.mark.parametrize("check", all_checks(), ids=lambda c: c.code)
def test_a_check_explains_itself(check: object) -> None:
    """The text asserts a fact and names its bounds, an example that fails, and the mend."""
    text = explain(check.code)  # type: ignore[attr-defined]
    assert text is not None
    for word in ("Bounds:", "Fails:", "Mend:"):
        assert word in text.text
    assert text.text.partition("\n")[0].strip().endswith(".")


def test_a_code_of_the_reader_is_explained_too() -> None:
    """Whatever code a finding bears, explain knows it; case does not matter."""
    text = explain("doc010")
    assert text is not None
    assert text.family == "reading"


def test_an_unknown_code_is_not_explained() -> None:
    """Nothing is made up."""
    assert explain("PHY999") is None


def test_a_check_is_explained_by_its_name() -> None:
    """The name works as well as the code."""
    text = explain("little_law")
    assert text is not None
    assert text.code == "PHY029"


def test_the_reference_page_is_up_to_date(root: Path) -> None:
    """The committed page is what the docstrings give."""
    assert main(["--check", str(root / "docs" / "checks.md")]) == 0


def test_the_reference_names_every_check() -> None:
    """Each code stands on the page."""
    text = page()
    assert all(check.code in text for check in all_checks())


def test_a_page_that_differs_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says which command mends it."""
    target = tmp_path / "checks.md"
    target.write_text("old", encoding="utf-8")
    assert main(["--check", str(target)]) == 1
    assert "atlas.check.reference" in capsys.readouterr().err
    assert main([str(target)]) == 0
    assert main(["--check", str(target)]) == 0
