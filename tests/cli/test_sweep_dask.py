"""Sweeps on a real Dask cluster, which the test starts on loopback."""

from __future__ import annotations

import importlib
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atlas.catalogue import load_catalogue
from atlas.compile import case_of
from atlas.compile.sweep import Base, plan_sweep, read_axis, run_sweep

from .conftest import Atlas

distributed: Any = importlib.import_module("distributed")  # it has no types
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and one worker process with two threads, without a dashboard."""
    settings = {"n_workers": 1, "threads_per_worker": 2, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**settings, host="127.0.0.1", scheduler_port=0, silence_logs=50) as started:
        yield started


def test_a_cluster_gives_the_same_bytes(cluster: Any, root: Path) -> None:
    """The table of a sweep through Dask is that of one made here, to the last digit."""
    case = case_of(load_catalogue(root / "tests" / "assets" / "catalogue"), "tiny")
    axes = [read_axis(text, case) for text in ("load=0.5x..2.9x:4", "retries=0,2")]
    plan = plan_sweep(case, axes, Base("discrete", for_s=5.0), seeds=2)
    with distributed.Client(cluster) as client:
        there = run_sweep(plan, executor=client.get_executor(pure=False))
    assert there.to_csv() == run_sweep(plan).to_csv()
    assert len(list(there.rows())) == 4 * 2 * 2 * 2


def test_the_command_goes_to_a_cluster(cluster: Any, atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """By the scheduler's address; what the command keeps is what processes here would have kept."""
    address = cluster.scheduler_address.removeprefix("tcp://")
    words = ("sweep", "tiny", "--catalogue", own, "--vary", "load=1x,2x,2.9x", "--for", "3 s", "--seeds", 2)
    outcome = atlas(*words, "--executor", f"dask://{address}", "--out", tmp_path / "there.csv")
    assert outcome.code == 0, outcome.err
    assert "2 at a time" in outcome.err
    here = atlas(*words, "--executor", "serial", "--again", "--out", tmp_path / "here.csv")
    assert here.code == 0
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()


def test_a_cluster_that_is_not_there(atlas: Atlas, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No scheduler at that address, no address at all, no Dask: exit code 2 and what would mend it."""
    words = ("sweep", "tiny", "--catalogue", own, "--vary", "load=1x", "--executor")
    monkeypatch.setattr("atlas.cli.executor._CONNECT_S", 1)
    with socket.socket() as taken:  # a port that is taken and not listened to answers nobody
        taken.bind(("127.0.0.1", 0))
        outcome = atlas(*words, f"dask://127.0.0.1:{taken.getsockname()[1]}")
    assert outcome.code == 2
    assert "no Dask scheduler answers" in outcome.err
    outcome = atlas(*words, "dask://somewhere")
    assert outcome.code == 2
    assert "HOST:PORT" in outcome.err
    monkeypatch.setitem(sys.modules, "distributed", None)
    outcome = atlas(*words, "dask://127.0.0.1:8786")
    assert outcome.code == 2
    assert "atlas-systems[dask]" in outcome.err
