"""Systems to draw: one in which everything is known, one in which nearly nothing is, one without parts, the real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas.catalogue import Catalogue, load_text
from atlas.draw import Diagram, diagrams
from atlas.model import System, Vocabulary


def read(root: Path, name: str, vocabulary: Vocabulary) -> System:
    """An asset as a system; it may have findings (its organisation is invented), but it must load."""
    loaded = load_text((root / "tests" / "assets" / "draw" / f"{name}.yaml").read_text(), vocabulary, f"{name}.yaml")
    assert loaded.system is not None, [finding.message for finding in loaded.findings]
    return loaded.system


@pytest.fixture(scope="session")
def rich(root: Path, vocabulary: Vocabulary) -> System:
    """Everything is known."""
    return read(root, "rich", vocabulary)


@pytest.fixture(scope="session")
def poor(root: Path, vocabulary: Vocabulary) -> System:
    """Two parts, one flow, nothing else."""
    return read(root, "poor", vocabulary)


@pytest.fixture(scope="session")
def nothing(root: Path, vocabulary: Vocabulary) -> System:
    """A stub without parts."""
    return read(root, "nothing", vocabulary)


@pytest.fixture(scope="session")
def drawn(rich: System, poor: System, nothing: System, catalogue: Catalogue) -> tuple[Diagram, ...]:
    """Every diagram of every system."""
    return tuple(d for system in (rich, poor, nothing, *catalogue.systems.values()) for d in diagrams(system))
