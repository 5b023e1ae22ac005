"""The kernel as WebAssembly: the same record as the native one, to the bit, from the same plan."""

from __future__ import annotations

import base64
import importlib.util
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from bench.in_chromium import chromium_runner, digests

from atlas.sim import Plan, simulate
from atlas.sim.browser import to_browser
from atlas.sim.build_kernel import BuildError, build_wasm
from atlas.sim.random_feed_forward import random_feed_forward_plan
from atlas.sim.random_plan import random_plan

PLANS = 6
MAKERS = (random_plan, random_feed_forward_plan)
"""The former run with events, the latter (if nobody asks for its call sites) by recursion."""
LENGTH_S = 6.0
LARGEST_BYTES = 100 * 1024


@pytest.fixture(scope="module")
def wasm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel as WebAssembly; skipped by name without ziglang."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("ziglang is not installed")
    return build_wasm(tmp_path_factory.mktemp("wasm") / "kernel.wasm")


def run_wasm(wasm: Path, plan: Plan, seed: int, folder: Path, *, by_site: bool) -> dict[str, bytes]:
    """Run a plan in Node; the bytes it recorded, by name."""
    run, out, script = folder / "run.json", folder / "out.json", Path(__file__).with_name("wasm_run.mjs")
    data = to_browser(plan, seed, LENGTH_S, warmup_s=1.0, bin_s=0.5, by_site=by_site)
    run.write_text(json.dumps(data), encoding="utf-8")
    command = ["node", str(script), str(wasm), str(run), str(out), "65536"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["status"] == 0
    return {name: base64.b64decode(text) for name, text in json.loads(out.read_text(encoding="utf-8")).items()}


@pytest.mark.node
@pytest.mark.usefixtures("node")
def test_webassembly_leaves_the_same_record(wasm: Path, tmp_path: Path) -> None:
    """Random plans with all mechanisms: the same record to the bit in WebAssembly and natively."""
    for seed, make in [(seed, make) for seed in range(PLANS) for make in MAKERS]:
        plan, folder, by_site = make(seed), tmp_path / f"{make.__name__}-{seed}", make is random_plan
        folder.mkdir()
        there = run_wasm(wasm, plan, seed, folder, by_site=by_site)
        here = simulate(plan, seed, LENGTH_S, warmup_s=1.0, bin_s=0.5, by_site=by_site, engine="kernel").records[0]
        assert set(there) == {n for n in here.__slots__ if isinstance(getattr(here, n), np.ndarray)}
        for name, recorded in there.items():
            assert recorded == getattr(here, name).tobytes(), (seed, name)


@pytest.mark.browser
def test_a_browser_s_worker_leaves_the_same_record(wasm: Path, chromium: str) -> None:
    """In a worker of headless Chromium too, every recorded array is that of the native kernel, to the bit."""
    with chromium_runner(chromium, wasm.read_bytes()) as run:
        for seed, make in [(seed, make) for seed in range(PLANS) for make in MAKERS]:
            plan, by_site = make(seed), make is random_plan
            there = run(to_browser(plan, seed, LENGTH_S, warmup_s=1.0, bin_s=0.5, by_site=by_site))
            here = simulate(plan, seed, LENGTH_S, warmup_s=1.0, bin_s=0.5, by_site=by_site, engine="kernel").records[0]
            assert there.status == 0
            assert there.digests == digests(here), seed


def test_webassembly_is_small_and_needs_nothing(wasm: Path) -> None:
    """The module is far below 100 KB and imports nothing."""
    data = wasm.read_bytes()
    assert data[:4] == b"\0asm"
    assert len(data) < LARGEST_BYTES
    assert 2 not in _sections(data), "it imports something"


def _sections(data: bytes) -> list[int]:
    """Ids of the module's sections."""
    at, ids = 8, []
    while at < len(data):
        ids.append(data[at])
        size, shift, at = 0, 0, at + 1
        while True:
            byte = data[at]
            size, shift, at = size | (byte & 127) << shift, shift + 7, at + 1
            if byte < 128:
                break
        at += size
    return ids


def test_without_ziglang_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the compiler is missing, the error names the package."""
    monkeypatch.setattr("atlas.sim.build_kernel._has_zig", lambda: False)
    with pytest.raises(BuildError, match="pip install ziglang"):
        build_wasm(tmp_path / "kernel.wasm")
