"""The figures of the specifications, transcribed: what contradicts itself is flagged, what is consistent passes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from atlas.catalogue import load_catalogue, read_yaml
from atlas.check import explain, run_checks
from atlas.diagnostic import Finding

TESTS = Path(__file__).resolve().parent.parent
GOLDEN = TESTS / "golden" / "seed_findings.yaml"
EXPECTED: dict[str, Any] = read_yaml(GOLDEN, GOLDEN.name).data
TODAY = dt.date(2026, 11, 21)
READERS_WORDS = {"DOC018", "DOC008"}
"""Codes with which the reader refuses a word that is not in a vocabulary or a closed list."""


@pytest.fixture(scope="module")
def found() -> dict[str, list[Finding]]:
    """The findings of the transcriptions, by file."""
    catalogue = load_catalogue(TESTS / "assets" / "seeds")
    table: dict[str, list[Finding]] = {}
    for finding in run_checks(catalogue, today=TODAY):
        table.setdefault(Path(finding.position.file).stem, []).append(finding)
    return table


def family(code: str) -> str:
    """The family that a code belongs to."""
    if code in READERS_WORDS:
        return "vocabulary"
    explanation = explain(code)
    assert explanation is not None, code
    return explanation.family


@pytest.mark.parametrize("row", EXPECTED)
def test_a_row_is_flagged_as_expected(row: str, found: dict[str, list[Finding]]) -> None:
    """A row gives exactly its codes, and one of them is of its family."""
    wanted = EXPECTED[row]
    codes = sorted({f.code for f in found.get(wanted["file"], [])})
    assert codes == wanted["codes"]
    if "family" in wanted:
        assert wanted["family"] in {family(c) for c in codes}


def test_every_transcription_belongs_to_a_row() -> None:
    """No file stands there that nothing expects."""
    files = {p.stem for p in (TESTS / "assets" / "seeds" / "systems").glob("*/*.yaml")}
    assert files == {row["file"] for row in EXPECTED.values()}


def test_a_bare_mechanism_number_is_refused_with_the_reason(found: dict[str, list[Finding]]) -> None:
    """P7 means different things in different lists, and the finding says so."""
    (finding,) = found["x24-discord-mechanism"]
    assert "p7_idempotency" in finding.tip


def test_findings_of_figures_name_the_claims(found: dict[str, list[Finding]]) -> None:
    """A physics finding says from which claims it was computed, what it found and what would fit."""
    physics = [f for own in found.values() for f in own if f.code.startswith("PHY") and f.code != "PHY044"]
    assert physics
    for finding in physics:
        assert finding.because, finding
        assert finding.actual, finding
        assert finding.expected, finding
