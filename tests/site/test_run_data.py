"""What the run panel is sent: the page's own modules make from it the runs that Python makes, to the bit."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atlas.catalogue import load_catalogue
from atlas.compile import Case, Conditions, case_of, load_drills, plan_drill, plan_system
from atlas.compile.run import Settings
from atlas.sim import Plan, simulate
from atlas.sim.build_kernel import BuildError, build_wasm
from atlas.sim.discrete import seeds_of
from atlas.sim.kernel import run_values
from atlas.sim.packed import shared
from atlas.site.run_data import run_data

from .conftest import CATALOGUE, REPOSITORY

SCRIPT = Path(__file__).with_name("run_in_node.mjs")
KERNEL = REPOSITORY / "src" / "atlas" / "site" / "assets" / "run-kernel.js"
SYSTEMS = ("discord", "stripe", "netflix", "uber", "shopify")
LENGTH_S, WARMUP_S = 8.5, 2.0
Job = tuple[str, str, float, int, int, Plan]
"""Drill, with or without, load, seed, number of the plan, and the plan that Python makes for it."""


@pytest.fixture(scope="module")
def wasm(tmp_path_factory: pytest.TempPathFactory, node: str) -> Path:
    """The kernel as WebAssembly; skipped by name without node or ziglang."""
    try:
        return build_wasm(tmp_path_factory.mktemp("wasm") / "kernel.wasm")
    except BuildError:
        pytest.skip("ziglang is not installed")


def case_named(slug: str) -> Case:
    """A system of the project's catalogue."""
    return case_of(load_catalogue(CATALOGUE), slug)


def jobs_of(case: Case, data: dict[str, Any], load: float, seed: int) -> list[Job]:
    """Every plan of a system's panel beside the one that ``atlas run --slice`` would run."""
    found: list[Job] = []
    for run in data["runs"]:
        for who, told, changed in (("with", run, case), ("without", run.get("without", {}), None)):
            if "plan" not in told:
                continue
            settings = Settings(engine="discrete", seed=seed)
            given = Conditions(load=load, share=data["plans"][told["plan"]]["share"])
            if not run["id"]:
                plan = plan_system(case, given, settings).plan
            else:
                here = changed or case.overlaid(_drill(case, run["id"]).drill.without)
                plan = plan_drill(here, _drill(here, run["id"]), given, settings)[0].plan
            found.append((run["id"], who, load, seed, told["plan"], plan))
    return found


def _drill(case: Case, name: str) -> Any:
    return load_drills(case)[name]


def in_node(wasm: Path, data: dict[str, Any], asked: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """What the page's modules answer in Node."""
    files = {"shared": shared(), "data": data, "jobs": asked}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    module = folder / "run-kernel.mjs"
    module.write_text(KERNEL.read_text("utf-8"), "utf-8")
    paths = [wasm, module, *(folder / f"{name}.json" for name in files), folder / "out.json"]
    command = ["node", str(SCRIPT), *map(str, paths)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    answers: list[dict[str, Any]] = json.loads((folder / "out.json").read_text("utf-8"))
    return answers


@pytest.mark.node
@pytest.mark.parametrize("slug", SYSTEMS)
def test_a_page_has_the_plans_of_the_command_line(wasm: Path, slug: str, tmp_path: Path) -> None:
    """At another load, every word of every plan is that of ``atlas run --slice``, and a seed means the same."""
    case = case_named(slug)
    data = run_data(case)
    assert data is not None
    found = jobs_of(case, data, 1.7, 12345678901)
    assert len(found) > len(SYSTEMS)
    asked = [{"plan": plan, "load": load, "seed": seed, "words": True} for _, _, load, seed, plan, _ in found]
    for (drill, who, _, seed, _, plan), answer in zip(found, in_node(wasm, data, asked, tmp_path), strict=True):
        assert answer["seeds"] == [str(part) for part in seeds_of(seed, 0)]
        values = run_values(plan, (0, 1), 1.0, 0.0)
        for name, told in answer["words"].items():
            here, there = np.asarray(values[name]).reshape(-1).tolist(), np.asarray(told).reshape(-1).tolist()
            assert here == there, (drill, who, name)


@pytest.mark.node
def test_a_page_leaves_the_record_of_python(wasm: Path, tmp_path: Path) -> None:
    """A drill with and without its mitigation: the same record to the bit, tables and all, at two loads."""
    case = case_named("discord")
    data = run_data(case)
    assert data is not None
    found = [job for load in (1.0, 1.3) for job in jobs_of(case, data, load, 7) if job[0] == "auth-zone-loss"]
    times = {"forS": LENGTH_S, "warmupS": WARMUP_S}
    asked = [{"plan": plan, "load": load, "seed": seed, **times} for _, _, load, seed, plan, _ in found]
    for (_, _, _, seed, _, plan), answer in zip(found, in_node(wasm, data, asked, tmp_path), strict=True):
        record = simulate(plan, seed, LENGTH_S, warmup_s=WARMUP_S, engine="kernel").records[0]
        assert record.flow_latency.sum() > 1000
        for name, told in answer["record"].items():
            assert base64.b64decode(told) == getattr(record, name).tobytes(), name


def test_every_drill_can_be_run_or_says_why() -> None:
    """Each drill of the catalogue has a plan or a reason, and what it is sent is small."""
    catalogue = load_catalogue(CATALOGUE)
    for slug in catalogue.systems:
        case = case_of(catalogue, slug)
        data = run_data(case)
        assert data is not None
        assert {run["id"] for run in data["runs"]} == {"", *load_drills(case)}
        for run in data["runs"]:
            assert ("plan" in run) != bool(run.get("reason")), (slug, run["id"])
            assert all(
                plan < len(data["plans"]) for plan in [run.get("plan", 0), run.get("without", {}).get("plan", 0)]
            )


def test_the_first_plan_is_whole_and_the_others_are_differences() -> None:
    """No word is told twice: what a plan has the same as the first is left out."""
    data = run_data(case_named("discord"))
    assert data is not None
    first, *others = data["plans"]
    assert {"station", "source_rate", "change_at"} <= first["words"].keys()
    for other in others:
        assert all(first["words"].get(name) != value for name, value in other["words"].items())


def test_plans_do_not_depend_on_where_memory_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were all variants at one address, as they live shortly and may be, every plan would be what it is."""
    case = case_named("uber")
    usual = run_data(case)
    monkeypatch.setattr("atlas.site.run_data.id", lambda _: 1, raising=False)
    assert run_data(case) == usual
