"""What the tests of the command line share: a runner, and a small catalogue that a test may change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.discover.web.host import Web, running_web
from typer.testing import CliRunner

from atlas.cli.main import app

TODAY = "2026-11-21"
TINY = Path(__file__).resolve().parent.parent / "assets" / "catalogue" / "systems" / "developer" / "tiny.yaml"


@dataclass(frozen=True)
class Outcome:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as data."""
        return json.loads(self.out)


Atlas = Callable[..., Outcome]


@pytest.fixture
def atlas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Atlas:
    """Run a command in this process; an error that is no exit is a failure of the test."""
    monkeypatch.setenv("ATLAS_CACHE", str(tmp_path / "cache"))

    def run(*arguments: object) -> Outcome:
        found = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
        return Outcome(found.exit_code, found.stdout, found.stderr)

    return run


@pytest.fixture
def web() -> Iterator[Web]:
    """A web of one's own."""
    with running_web() as running:
        yield running


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A catalogue of one small system."""
    target = tmp_path / "catalogue" / "systems" / "developer" / "tiny.yaml"
    target.parent.mkdir(parents=True)
    shutil.copyfile(TINY, target)
    return tmp_path / "catalogue"


@pytest.fixture
def document(own: Path) -> Path:
    """The document of the small catalogue."""
    return own / "systems" / "developer" / "tiny.yaml"


def process(*arguments: object, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command as people do, in a process of its own."""
    command = [sys.executable, "-m", "atlas.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env={**os.environ, **more}, timeout=120, check=False
    )
