"""Every check has an asset that fails it and one that passes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from atlas.catalogue import Catalogue
from atlas.check import all_checks, run_checks
from atlas.diagnostic import Finding
from atlas.model import Vocabulary

from .conftest import ASSETS, TODAY, Build, read

CODES = [check.code for check in all_checks()]


def findings(patches: Any, build: Build, vocabulary: Vocabulary, code: str) -> list[Finding]:
    """What one check says of the patched documents, taken together as a catalogue."""
    files = [build(patch) for patch in (patches if isinstance(patches, list) else [patches])]
    systems = {}
    for file in files:
        assert file.system is not None, [f"{f.path}: {f.message}" for f in file.findings]
        systems[file.system.slug] = file.system
    catalogue = Catalogue(Path("catalogue"), vocabulary, systems)
    return run_checks(catalogue, today=TODAY, only=[code])


def test_no_check_is_without_assets() -> None:
    """The assets and the checks name each other one to one."""
    assert sorted(p.stem for p in ASSETS.glob("*.yaml") if p.stem != "base") == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_check_fails_what_it_should(code: str, build: Build, vocabulary: Vocabulary) -> None:
    """The failing asset gives at least one finding with this code and a place."""
    found = findings(read(ASSETS / f"{code}.yaml")["fails"], build, vocabulary, code)
    assert [f.code for f in found], f"{code} lets its failing asset pass"
    assert all(f.code == code and f.position.file for f in found)


@pytest.mark.parametrize("code", CODES)
def test_a_check_passes_what_it_should(code: str, build: Build, vocabulary: Vocabulary) -> None:
    """The passing asset gives no finding with this code."""
    assert findings(read(ASSETS / f"{code}.yaml")["passes"], build, vocabulary, code) == []
