"""Synthetic catalogues: the same for the same seed, whole, and without a finding."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from bench.synthetic import TODAY, documents, write_catalogue

from atlas.catalogue import load_catalogue
from atlas.check import run_checks
from atlas.draw import CODES, diagrams


def test_same_seed_same_documents() -> None:
    """The seed alone decides; another one gives other figures."""
    assert documents(14) == documents(14)
    assert documents(14, seed=1) != documents(14, seed=2)


def test_every_check_passes(tmp_path: Path) -> None:
    """One system of each category, published, and nothing to be said of any: not even a note."""
    catalogue = load_catalogue(write_catalogue(tmp_path, 13))
    assert run_checks(catalogue, today=dt.date.fromisoformat(TODAY)) == []
    assert {s.document.status for s in catalogue.systems.values()} == {"published"}
    assert len({s.document.category for s in catalogue.systems.values()}) == 13


def test_documents_are_of_the_size_of_real_ones(tmp_path: Path) -> None:
    """About twenty components, three flows, twenty claims, five failures with drills, and all fifteen diagrams."""
    (system,) = load_catalogue(write_catalogue(tmp_path, 1)).systems.values()
    document = system.document
    assert (len(document.components), len(document.flows), len(document.claims)) == (19, 3, 21)
    assert sum(failure.drill is not None for failure in document.failures) == 5
    drawn = {d.code: d for d in diagrams(system)}
    assert set(CODES) <= set(drawn)
    assert not any(drawn[code].is_mainly_not_public for code in CODES)


def test_names_are_distinct_and_readable() -> None:
    """A thousand systems have a thousand names and ids, and none of them needs more than letters and hyphens."""
    paths = list(documents(1250))
    assert len({Path(path).stem for path in paths}) == 1250
    assert all(re.fullmatch(r"[a-z]+/[a-z]+(-[a-z]+)?\.yaml", path) for path in paths)
