"""Every check has an asset that fails it and one that passes it.

An asset is a patch on the base document, a list of patches (a catalogue of several systems), ``system: SLUG`` for a
system of the real catalogue, or ``drawings``, ``kept`` outcomes of drills and ``visits`` that stand in for those that
are computed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from atlas.catalogue import Catalogue, LoadedFile, read_yaml
from atlas.catalogue.visits import Visited
from atlas.check import Case, all_checks, run_checks
from atlas.check.runner import check_case
from atlas.compile import BOTH, Playbook, Trial
from atlas.compile.kept import Kept, document_key
from atlas.compile.verdict import Judgement
from atlas.diagnostic import Finding
from atlas.draw import Diagram, Picture
from atlas.model import Vocabulary

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "check"
TODAY = dt.date(2026, 11, 21)
BESIDE = ("drawings", "kept", "visits")
"""What an asset gives beside the document."""
Patch = dict[str, Any]
Build = Callable[[Patch], LoadedFile]
CHECKS = {check.code: check for check in all_checks()}


def case_of(patch: Patch, build: Build, catalogue: Catalogue) -> Case:
    """The system that a patch describes, with its file; it must be readable."""
    if "system" in patch:
        system = catalogue.systems[patch["system"]]
        return Case(system, TODAY, catalogue.sources[system.file])
    file = build({path: value for path, value in patch.items() if path not in BESIDE})
    assert file.system is not None, [f"{f.path}: {f.message}" for f in file.findings]
    return Case(file.system, TODAY, file.source)


def drawing(row: dict[str, Any]) -> Diagram:
    """A drawing as an asset writes it: its Mermaid text, or a number of boxes."""
    boxes = "\n".join(f'  n{i}["component {i}"]' for i in range(row.get("boxes", 1)))
    text = row.get("mermaid", f"flowchart LR\n{boxes}")
    words = {"title": "A title", "description": "", **{k: v for k, v in row.items() if k not in ("boxes", "mermaid")}}
    return Diagram(id="cs-relay-l0", name="Global flow", mermaid=text, wide=Picture(text), **words)


def findings(code: str, side: str, build: Build, vocabulary: Vocabulary, catalogue: Catalogue) -> list[Finding]:
    """What one check says of one side of its asset."""
    asset = read_yaml(ASSETS / f"{code}.yaml", code).data[side]
    if isinstance(asset, list):
        systems = [case_of(patch, build, catalogue).system for patch in asset]
        together = Catalogue(Path("catalogue"), vocabulary, {s.slug: s for s in systems})
        return run_checks(together, today=TODAY, only=[code])
    case = case_of(asset, build, catalogue)
    if "drawings" in asset:
        case.__dict__["drawings"] = tuple(drawing(row) for row in asset["drawings"])
    if "kept" in asset:
        case = replace(case, root=Path("catalogue"))
        case.__dict__["kept"] = outcomes(case, asset["kept"])
    if "visits" in asset:
        case.__dict__["visits"] = tuple(Visited(**row) for row in asset["visits"])
    return list(check_case(case, [CHECKS[code]]))


def outcomes(case: Case, drills: Mapping[str, Mapping[str, list[str]]]) -> Kept:
    """Kept outcomes as an asset writes them: the engines on which a drill holds, and fails without its mitigation."""

    def judged(holds: bool) -> tuple[Judgement, ...]:
        return (Judgement("read", "goodput", ">= 95 %", float(holds), holds),)

    trials = [
        Trial(
            drill, drill, engine, 1.0, "c", judged(engine in told["holds"]), judged(engine not in told["fails"]),
            judged(holds=True), "",
        )
        for drill, told in drills.items()
        for engine in BOTH
    ]  # fmt: skip
    return Kept(Playbook(case.system.slug, BOTH, tuple(trials)), None, 1, document_key(case.system), "")


def test_no_check_is_without_assets() -> None:
    """The assets and the checks name each other one to one."""
    assert sorted(p.stem for p in ASSETS.glob("*.yaml") if p.stem != "base") == sorted(CHECKS)


@pytest.mark.parametrize("code", CHECKS)
def test_a_check_fails_what_it_should(code: str, build: Build, vocabulary: Vocabulary, catalogue: Catalogue) -> None:
    """The failing asset gives at least one finding with this code and a place."""
    found = findings(code, "fails", build, vocabulary, catalogue)
    assert found, f"{code} lets its failing asset pass"
    assert all(f.code == code and f.position.file and f.message for f in found)


@pytest.mark.parametrize("code", CHECKS)
def test_a_check_passes_what_it_should(code: str, build: Build, vocabulary: Vocabulary, catalogue: Catalogue) -> None:
    """The passing asset gives no finding with this code."""
    assert findings(code, "passes", build, vocabulary, catalogue) == []


def test_the_base_document_is_clean(build: Build) -> None:
    """The document that assets are patches of has no finding at all, so that each asset has one known fault."""
    file = build({})
    assert file.system is not None
    assert [*file.findings, *check_case(Case(file.system, TODAY), CHECKS.values())] == []
