"""Help: there for every command, with examples that can be typed, and at once."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from bench.calibration import Calibration
from typer.main import get_command

from atlas import __version__
from atlas.cli.main import app
from atlas.cli.reference import commands

from .conftest import Atlas, process

HEAVY = ("pydantic", "numpy", "altair", "fastapi", "jinja2", "yaml", "uvicorn", "starlette", "mermaid_render", "ruamel")
NAMES = {
    "check", "explain", "stats", "find", "diff", "schema", "new", "fix", "import seed-yaml", "build", "serve", "draw",
    "plan", "run", "sweep", "drills",
    "sources list",
    "sources lint",
    "sources stats",
    "sources import",
    "sources verify",
    "sources archive",
    "discover",
    "candidates list",
    "candidates show",
    "candidates accept",
    "candidates reject",
    "report",
}  # fmt: skip
COMMANDS = dict(commands())
HELP_S = 0.3 * 3
"""``atlas --help`` is to answer within 0.3 s; tests allow three times that."""


def examples(command: Any) -> list[str]:
    """The lines that the help text of a command offers to type."""
    found = re.search(r"Examples?: (.*)", command.help, re.DOTALL)
    return [each.strip() for each in found[1].replace("\n", " ").split(" · ")] if found else []


def test_every_command_is_there() -> None:
    """Those that the project promises, and no others."""
    assert {name.removeprefix("atlas ") for name in COMMANDS} == NAMES


def test_help_answers_at_once_and_reads_nothing_heavy() -> None:
    """The best of five runs, on the reference machine; nothing is imported that help does not need."""
    code = (
        "import sys\ntry:\n    from atlas.cli import main; main()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    )
    times = []
    calibration = Calibration()
    for _ in range(5):
        slowness = max(1.0, calibration.slowness())
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code, "--help"], capture_output=True, text=True, timeout=60, check=True
        )
        times.append((time.perf_counter() - began) / slowness)
        assert "serve" in done.stdout
        assert not {name.partition(".")[0] for name in done.stderr.split()} & {*HEAVY}
    assert min(times) < HELP_S


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_command_says_what_it_does_with_examples(atlas: Atlas, name: str) -> None:
    """Its own words, its options, and at least one line to type."""
    outcome = atlas(*name.split(), "--help")
    assert outcome.code == 0
    assert f"atlas {name.split(maxsplit=1)[0]}" in " ".join(outcome.out.split())
    command = COMMANDS[f"atlas {name}"]
    assert examples(command)
    for parameter in command.params:
        if parameter.name != "help":
            assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_example_can_be_typed(name: str) -> None:
    """Its commands, options and values are known."""
    for example in examples(COMMANDS[f"atlas {name}"]):
        words = shlex.split(example)
        assert words[: len(name.split()) + 1] == ["atlas", *name.split()]
        COMMANDS[f"atlas {name}"].make_context(name, words[len(name.split()) + 1 :])


def test_a_typing_error_is_exit_code_2() -> None:
    """Unknown commands, unknown options and wrong values."""
    for words in (["chekc"], ["check", "--nope"], ["check", "--format", "xml"], ["serve", "--port", "70000"], ["diff"]):
        done = process(*words)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr


def test_the_version_is_said(atlas: Atlas) -> None:
    """That of the package."""
    assert atlas("--version").out.strip() == f"atlas {__version__}"


def test_without_a_command_help_is_shown(atlas: Atlas) -> None:
    """A person who only types the name learns what there is."""
    outcome = atlas()
    assert "Usage" in outcome.out + outcome.err


def test_a_closed_pipe_is_no_traceback(root: Path) -> None:
    """``atlas explain | head -1`` ends silently."""
    command = f"{sys.executable} -m atlas.cli explain | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=root, timeout=60, check=True)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_the_application_can_be_walked() -> None:
    """The reference and the tests see the same commands as people do."""
    assert {"check", "import"} <= {*get_command(app).commands}  # type: ignore[attr-defined]
