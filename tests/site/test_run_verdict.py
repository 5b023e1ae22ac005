"""The page judges a run as Python does: the same values and verdicts on made-up runs of every kind."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atlas.compile.fault import Window
from atlas.compile.report import percent, seconds
from atlas.compile.trace import LEVELS, FlowTrace, Trace
from atlas.compile.verdict import judge
from atlas.model.failure import Drill

from .conftest import REPOSITORY

ASSETS = REPOSITORY / "src" / "atlas" / "site" / "assets"
CASES = 200
EXPECT = {"flow": "read", "goodput": ">= 90 %", "degraded": "<= 5 %", "recover": "<= 10 s", "p99": "<= 1 s"}


def made_up(rng: np.random.Generator) -> tuple[Trace, Window]:
    """A run of few or many requests whose answers fall for a while, come back late, or never."""
    length = int(rng.integers(60, 200))
    start = int(rng.integers(10, 40))
    end = min(length - 5, start + int(rng.integers(5, 60)))
    back = int(rng.choice([end, end + int(rng.integers(0, 30)), length]))
    arrived = rng.poisson(rng.choice([2.0, 60.0, 5000.0]), length).astype(np.float64)
    level = np.full(length, rng.choice([1.0, 0.97]))
    level[start:back] *= rng.choice([0.0, 0.6, 0.985, 1.0])
    good = rng.binomial(arrived.astype(int), level).astype(np.float64)
    degraded = rng.binomial((arrived - good).astype(int), 0.5).astype(np.float64)
    failed = (arrived - good - degraded) * float(rng.integers(0, 2))
    latency = {q: float(rng.choice([0.1, 1.0, 3.0, math.nan])) for q in LEVELS}
    flow = FlowTrace(arrived, good, degraded, failed, latency)
    stays = bool(rng.integers(0, 2))
    window = Window(float(start), float(length if stays else end), float(length), stays)
    return Trace("discrete", 1, float(length), float(start), 1.0, {"read": flow}, {}, {}), window


def told(trace: Trace, window: Window, drill: Drill) -> dict[str, Any]:
    """The same as a page has it."""
    flow = trace.flows["read"]
    series = {part: getattr(flow, part).tolist() for part in ("arrived", "good", "degraded", "failed")}
    latency = [None if math.isnan(value) else value for value in flow.latency.values()]
    bounds = [(m, getattr(drill.expect[0], m)) for m in ("goodput", "degraded", "recover", "p99")]
    return {
        "expect": [{"flow": "read", "measure": m, "operator": b.operator, "bound": b.bound.mid} for m, b in bounds],
        "trace": {
            "flows": {"read": {**series, "latency": latency}},
            "bins": len(trace.at_s),
            "binS": trace.bin_s,
            "forS": trace.for_s,
        },
        "window": {"start": window.start_s, "end": window.end_s, "for": window.for_s, "stays": window.stays},
    }


@pytest.mark.node
@pytest.mark.usefixtures("node")
def test_the_page_judges_as_python_does(tmp_path: Path) -> None:
    """Values within rounding, and every verdict the same; all three kinds of recovery occur."""
    drill = Drill.model_validate(
        {
            "cadence": "weekly",
            "fault": [{"at": "10 s", "kind": "slow", "on": "db", "factor": 2, "for": "5 s"}],
            "expect": [EXPECT],
        }
    )
    runs = [made_up(np.random.default_rng(seed)) for seed in range(CASES)]
    cases, out, module = tmp_path / "cases.json", tmp_path / "out.json", tmp_path / "run-read.mjs"
    cases.write_text(json.dumps([told(trace, window, drill) for trace, window in runs]), "utf-8")
    module.write_text((ASSETS / "run-read.js").read_text("utf-8"), "utf-8")
    script = Path(__file__).with_name("judge_in_node.mjs")
    done = subprocess.run(["node", str(script), str(module), str(cases), str(out)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    kinds = set()
    for (trace, window), there in zip(runs, json.loads(out.read_text("utf-8")), strict=True):
        here = judge(drill, trace, window)
        assert [one.holds for one in here] == [holds for _, holds in there]
        for one, (value, _) in zip(here, there, strict=True):
            assert float(value) == pytest.approx(one.value, rel=1e-9, nan_ok=True), one.measure
        back = here[2].value
        kinds.add("never" if math.isinf(back) else "at once" if back == 0 else "late")
    assert kinds == {"never", "at once", "late"}


@pytest.mark.node
@pytest.mark.usefixtures("node")
def test_the_page_says_times_and_shares_as_python_does(tmp_path: Path) -> None:
    """Long times in two units, shares that are nearly all not as all: the same words in both."""
    times = [0.0, 60.0, 120.0, 121.4, 349.0, 600.0, 3599.6, 7200.0, 8000.0, 86400.0]
    shares = [0.0, 0.124, 0.9899, 0.995, 0.9995, 0.999994, 0.999996, 1 - 1e-12, 1.0]
    module = tmp_path / "run-words.mjs"
    module.write_text((ASSETS / "run-words.js").read_text("utf-8"), "utf-8")
    script = f"""import({json.dumps(module.as_uri())}).then(({{ seconds, percent }}) => console.log(JSON.stringify(
        [{times}.map(seconds), {shares}.map(percent)])))"""
    done = subprocess.run(["node", "-e", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == [[seconds(t) for t in times], [percent(s) for s in shares]]
