"""Kept outcomes of drills are of the documents as they are, and say what running the drills says."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas.catalogue import Catalogue
from atlas.compile import case_of, run_playbook
from atlas.compile.kept import Kept, read_kept

SLUGS = sorted(p.stem for p in (Path(__file__).resolve().parents[2] / "catalogue" / "systems").glob("*/*.yaml"))


def kept_of(catalogue: Catalogue, slug: str) -> Kept:
    """What is kept of a system."""
    kept = read_kept(catalogue.root, slug)
    assert kept is not None, f"run: atlas drills {slug}"
    return kept


def test_every_document_has_the_outcomes_of_its_present_state(catalogue: Catalogue) -> None:
    """A number or a drill that changed needs its drills run again."""
    late = [slug for slug in catalogue.systems if not kept_of(catalogue, slug).is_of(catalogue.systems[slug])]
    assert late == [], f"run: atlas drills {' '.join(late)}"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_fluid_engine_says_what_is_kept(catalogue: Catalogue, slug: str) -> None:
    """Every drill run again: the same expectations, the same verdicts."""
    kept = kept_of(catalogue, slug).playbook
    found = run_playbook(case_of(catalogue, slug), ("fluid",))
    told = {t.drill: t for t in kept.trials if t.engine == "fluid"}
    assert list(told) == list(found.drills)
    for trial in found.trials:
        before = told[trial.drill]
        assert [(j.flow, j.measure, j.bound) for j in trial.judgements] == [
            (j.flow, j.measure, j.bound) for j in before.judgements
        ]
        assert (trial.holds, trial.is_proven) == (before.holds, before.is_proven), f"run: atlas drills {slug}"
