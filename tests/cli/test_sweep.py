"""sweep: a grid of runs as a table, kept as they come, on any executor, with errors that have a place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import Atlas

GRID = ("sweep", "tiny", "--vary", "load=1x,2x", "--vary", "retries=0,2", "--for", "4 s", "--engine", "discrete")


def test_a_grid_is_swept(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """A row for each point with what was decided beside it; a chart; the same in JSON and CSV."""
    words = (*GRID, "--catalogue", own, "--seeds", 2, "--executor", "threads:2")
    outcome = atlas(*words, "--plot", tmp_path / "heat.svg", "--out", tmp_path / "sweep.csv")
    assert outcome.code == 0
    assert outcome.out.splitlines()[2].startswith("| 1    | 0       | 100 %")
    assert "retries: after the first attempt, of 1 calls: flows.read.client.retry" in outcome.err
    assert "8 runs: 2 × 2 points × 2 seeds; one takes" in outcome.err
    assert (tmp_path / "heat.svg").read_text().startswith("<svg")
    table = (tmp_path / "sweep.csv").read_text().splitlines()
    assert table[0].startswith("load,retries,seed,flow,engine,slice,requests_per_s,good")
    assert len(table) == 1 + 8 * 2
    again = atlas(*words, "--json")
    assert "all of them are there" in again.err
    assert len(again.json["rows"]) == 8 * 2


def test_knobs_are_listed(atlas: Atlas, own: Path) -> None:
    """What can be varied, what it is now, where that comes from."""
    outcome = atlas("sweep", "tiny", "--knobs", "--catalogue", own)
    assert "components.store.instances" in outcome.out
    knobs = atlas("sweep", "tiny", "--knobs", "--catalogue", own, "--json").json
    assert {"knob": "components.store.instances", "now": "4", "about": "claim"} in knobs


def test_a_drill_is_swept(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """With the time to recovery, in Parquet too."""
    words = ("sweep", "tiny", "--vary", "load=0.5x..1x:2", "--drill", "cache-cold", "--catalogue", own)
    outcome = atlas(*words, "--executor", "serial", "--out", tmp_path / "sweep.parquet", "--measure", "recovery")
    assert outcome.code == 0
    assert "recovery" in outcome.out.splitlines()[0]
    assert (tmp_path / "sweep.parquet").read_bytes().startswith(b"PAR1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tinny", "--vary", "load=1x"), "tiny"),
        (("tiny",), "--knobs"),
        (("tiny", "--vary", "load"), "KNOB=VALUES"),
        (("tiny", "--vary", "laod=1x"), "did you mean load?"),
        (("tiny", "--vary", "components.store.instance=2"), "did you mean components.store.instances?"),
        (("tiny", "--vary", "components.store.instances=4 bananas"), "components.store.instances"),
        (("tiny", "--vary", "load=1x", "--vary", "load=2x"), "varied twice"),
        (("tiny", "--vary", "load=1x", "--drill", "cache-old"), "cache-cold"),
        (("tiny", "--vary", "load=1x", "--flow", "reed"), "did you mean read?"),
        (("tiny", "--vary", "load=1x", "--for", "soon"), "no time"),
        (("tiny", "--vary", "load=1x", "--executor", "cloud"), "dask://HOST:PORT"),
        (("tiny", "--vary", "load=1x", "--executor", "processes:0"), "between 1 and"),
        (("tiny", "--vary", "load=1x", "--executor", "threads:many"), "between 1 and"),
        (("tiny", "--vary", "load=1x", "--out", "sweep.xlsx"), ".parquet"),
        (("tiny", "--vary", "load=1x", "--plot", "sweep.gif"), ".svg"),
        (("tiny", "--vary", "load=1x", "--out", "nowhere/at/all.csv"), "no folder"),
        (("tiny", "--vary", "load=1x", "--engine", "analytic", "--drill", "cache-cold"), "knows no time"),
        (("tiny", "--vary", "load=1x..2x:9", "--seeds", "9", "--most-runs", "80", "--for", "1 s"), "81 runs"),
    ],
)
def test_what_cannot_be_swept_is_said(atlas: Atlas, own: Path, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, the reason with its place, and what would mend it."""
    outcome = atlas("sweep", *words, "--catalogue", own)
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.out == ""


def test_a_pool_that_breaks_is_no_traceback(atlas: Atlas, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies, and one with other code: exit code 2, what happened, that the rest is kept."""
    words = (*GRID, "--catalogue", own, "--executor", "processes:1")
    monkeypatch.setattr("atlas.compile.sweep.run.run_packed", lambda *_: os._exit(1))
    outcome = atlas(*words)
    assert outcome.code == 2
    assert "the executor processes:1 failed" in outcome.err
    assert "1 of 4 runs are kept" in outcome.err
    monkeypatch.setattr("atlas.compile.sweep.run.code_hash", iter("ab" * 9).__next__)
    outcome = atlas(*GRID, "--catalogue", own, "--executor", "threads:1")
    assert outcome.code == 2
    assert "another version of Atlas" in outcome.err


def _begin(own: Path, cache: Path, *more: object) -> subprocess.Popen[str]:
    """A long sweep in a process group of its own."""
    words = ("sweep", "tiny", "--catalogue", own, "--vary", "load=0.5x..2x:20", "--seeds", 3, "--engine", "discrete")
    command = [sys.executable, "-m", "atlas.cli", *map(str, (*words, "--for", "30 s", *more))]
    return subprocess.Popen(
        command,
        env={**os.environ, "ATLAS_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _kept(cache: Path) -> list[dict[str, object]]:
    """Finished runs of the journal: its whole lines after the first."""
    found = [p.read_text().rpartition("\n")[0].splitlines()[1:] for p in (cache / "sweeps").glob("*.jsonl")]
    return [json.loads(line) for lines in found for line in lines]


def _wait_for(count: int, cache: Path) -> None:
    deadline = time.monotonic() + 60
    while len(_kept(cache)) < count:
        assert time.monotonic() < deadline, "no run was kept within a minute"
        time.sleep(0.02)


@pytest.mark.parametrize("executor", ["serial", "processes:2"])
def test_a_killed_sweep_goes_on_where_it_was(own: Path, tmp_path: Path, executor: str) -> None:
    """Killed in the middle: what was finished is on the disk and not run again; the end is as without the kill."""
    cache = tmp_path / "killed"
    begun = _begin(own, cache, "--executor", executor)
    _wait_for(8, cache)
    os.killpg(begun.pid, signal.SIGKILL) if executor == "serial" else begun.kill()
    begun.communicate(timeout=30)
    before = _kept(cache)
    assert 8 <= len(before) < 60
    ended = _begin(own, cache, "--executor", executor, "--out", tmp_path / "resumed.csv")
    _, said = ended.communicate(timeout=120)
    assert ended.returncode == 0, said
    assert f"60 runs: 20 points × 3 seeds, {len(before)} of them there already" in said
    after = _kept(cache)
    assert after[: len(before)] == before
    assert len(after) == 60 == len({json.dumps([line["at"], line["seed"]]) for line in after})
    whole = _begin(own, tmp_path / "fresh", "--executor", "serial", "--out", tmp_path / "whole.csv")
    whole.communicate(timeout=120)
    assert (tmp_path / "resumed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_an_interrupt_leaves_what_can_be_gone_on_with(own: Path, tmp_path: Path) -> None:
    """Ctrl-C: exit code 130, how much is kept and where, no traceback of any process; then only the rest is run."""
    cache = tmp_path / "interrupted"
    begun = _begin(own, cache, "--executor", "processes:2")
    _wait_for(5, cache)
    os.killpg(begun.pid, signal.SIGINT)  # a terminal sends it to the whole group
    _, said = begun.communicate(timeout=60)
    assert begun.returncode == 130
    assert "of 60 runs are kept in" in said
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    kept = len(_kept(cache))
    assert f"{kept} of 60 runs" in said


def test_minutes_are_written_as_for_a_run(atlas: Atlas, own: Path) -> None:
    """``--for`` means the same in both commands."""
    words = ("sweep", "tiny", "--vary", "load=1x", "--engine", "discrete", "--executor", "serial", "--catalogue", own)
    found = [atlas(*words, "--for", length, "--json").json["base"]["for_s"] for length in ("0.1m", "6 s")]
    assert found == [6.0, 6.0]
