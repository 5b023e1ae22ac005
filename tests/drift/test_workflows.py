"""Scheduled workflows: their steps are run here, as the runner would run them, without its services."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from atlas.cli.main import app

DAY = "2026-11-21"


def _steps(root: Path, name: str) -> list[dict[str, Any]]:
    flow = yaml.safe_load((root / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))
    return [step for job in flow["jobs"].values() for step in job["steps"] if "run" in step]


def _run(step: dict[str, Any], folder: Path, day: str = "01", **given: str) -> None:
    """One step in bash, with the tools of this environment and a clock that stands still."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    clock = tools / "date"
    clock.write_text(f"#!/bin/sh\ncase $2 in +%d) echo {day};; +%m) echo 10;; *) echo {DAY};; esac\n")
    clock.chmod(0o755)
    path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=os.environ | {"PATH": path, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")} | given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _hosted(clone: Path) -> Path:
    """A bare repository as the origin of a clone, and a host that opens pull requests of anything."""
    origin = clone.parent / "origin.git"
    subprocess.run(["git", "init", "-q", "--bare", str(origin)], check=True)
    subprocess.run(["git", "remote", "add", "origin", str(origin)], cwd=clone, check=True)
    host = clone.parent / "tools" / "gh"
    host.write_text("#!/bin/sh\nexit 0\n")
    host.chmod(0o755)
    return origin


def _branches(repository: Path) -> list[str]:
    done = subprocess.run(["git", "branch"], cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.split()


@pytest.fixture
def clone(root: Path, tmp_path: Path, git: str) -> Path:
    """A repository that holds the catalogue and nothing else."""
    folder = tmp_path / "clone"
    shutil.copytree(root / "catalogue", folder / "catalogue")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"],
    ):
        subprocess.run([git, *command], cwd=folder, check=True, capture_output=True)
    return folder


def test_the_reports_are_made(root: Path, clone: Path) -> None:
    """On the first of a quarter all three are written, and the metrics of the day are recorded."""
    for step in _steps(root, "reports"):
        if step.get("name") in ("Weekly", "Monthly and quarterly", "Show"):
            _run(step, clone)
    made = sorted(p.name for p in (clone / "reports").iterdir())
    assert made == ["monthly.md", "quarterly.md", "weekly.html", "weekly.md"]
    assert (clone / "summary.md").read_text("utf-8").startswith("# Weekly report")
    assert "systems,8" in (clone / "catalogue" / "progress.csv").read_text("utf-8")


def test_nothing_is_proposed_when_nothing_was_recorded(root: Path, clone: Path) -> None:
    """On any other day only the weekly report is written, and no branch is made."""
    for step in _steps(root, "reports"):
        if "name" in step:
            _run(step, clone, day="09")
    assert sorted(p.name for p in (clone / "reports").iterdir()) == ["weekly.html", "weekly.md"]
    branches = subprocess.run(["git", "branch"], cwd=clone, check=True, capture_output=True, text=True).stdout
    assert len(branches.splitlines()) == 1


def test_sources_are_visited_and_the_result_is_proposed(root: Path, clone: Path) -> None:
    """Hosts that do not exist are out of reach: that is recorded, the step goes on, and a branch is to be pushed."""
    for system in (clone / "catalogue" / "systems").glob("*/*.yaml"):
        if system.stem == "discord":
            text = re.sub(r"(url: https://)([^/\s]+)", r"\1\2.invalid", system.read_text("utf-8"))
            system.write_text(text, "utf-8")
        else:
            system.unlink()
    steps = {step["name"]: step for step in _steps(root, "sources") if "name" in step}
    given = {"ATLAS_DATA": str(clone.parent / "data"), "CONTACT": "https://example.org/atlas"}
    _run(steps["Lint the registry"], clone, **given)
    _run(steps["Find every figure again"], clone, **given)
    kept = json.loads((clone / "catalogue" / "visits" / "discord.json").read_text("utf-8"))["visits"]
    assert len(kept) > 50
    assert {visit["state"] for visit in kept} == {"unreachable"}
    assert "unreachable" in (clone / "summary.md").read_text("utf-8")
    origin = _hosted(clone)
    _run(steps["Propose what was found"], clone, **given)
    assert _branches(origin) == [f"visits-{DAY}"]


def test_feeds_are_followed_and_candidates_are_pushed(root: Path, clone: Path) -> None:
    """Feeds out of reach make no candidate and no failure; each branch of a candidate is pushed, no other."""
    registry = clone / "catalogue" / "sources.yaml"
    registry.write_text(re.sub(r"(https://)([^/\s]+)", r"\1\2.invalid", registry.read_text("utf-8")), "utf-8")
    steps = {step["name"]: step for step in _steps(root, "discovery") if "name" in step}
    given = {"ATLAS_DATA": str(clone.parent / "data"), "CONTACT": "https://example.org/atlas"}
    _run(steps["Follow the feeds"], clone, **given)
    assert "0 candidates" in (clone / "summary.md").read_text("utf-8")
    origin = _hosted(clone)
    for name in ("candidate/how-we-scale", "other"):
        subprocess.run(["git", "branch", name], cwd=clone, check=True)
    _run(steps["Open pull requests"], clone, **given)
    assert _branches(origin) == ["candidate/how-we-scale"]
    _run(steps["Propose the days of reading"], clone, **given)
    assert _branches(origin) == ["candidate/how-we-scale", f"feeds-{DAY}"], "the registry was changed above"


def test_no_day_is_proposed_when_no_feed_was_read(root: Path, clone: Path) -> None:
    """A registry that did not change makes no branch."""
    (step,) = (s for s in _steps(root, "discovery") if s.get("name") == "Propose the days of reading")
    _run(step, clone)
    assert len(_branches(clone)) == 2, "the mark of the present branch, and its name"


def test_every_command_of_every_workflow_exists(root: Path) -> None:
    """A workflow never calls a command that was renamed."""
    known = {command.name or (command.callback and command.callback.__name__) for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    files = (root / ".github" / "workflows").glob("*.yml")
    lines = [line for path in files for step in _steps(root, path.stem) for line in step["run"].splitlines()]
    called = [line.split()[1] for line in lines if line.split()[:1] == ["atlas"]]
    assert called
    assert {*called} <= known
