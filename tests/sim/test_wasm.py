"""The kernel as WebAssembly: the same record as the native one, to the bit, from the same plan."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atlas.sim import Plan, simulate
from atlas.sim.build_kernel import BuildError, build_wasm
from atlas.sim.discrete import seeds_of
from atlas.sim.kernel import WORDS, record_values, run_values
from atlas.sim.random_plan import random_plan
from atlas.sim.record import Record, new_record

PLANS = 6
LARGEST_BYTES = 100 * 1024


@pytest.fixture(scope="module")
def wasm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel as WebAssembly; skipped by name without ziglang."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("ziglang is not installed")
    return build_wasm(tmp_path_factory.mktemp("wasm") / "kernel.wasm")


def word_of(name: str, value: Any, folder: Path, *, is_out: bool) -> dict[str, Any]:
    """One word for the page or Node: bits, or the file that holds an array."""
    if isinstance(value, np.ndarray):
        (folder / f"{name}.bin").write_bytes(np.ascontiguousarray(value).tobytes())
        return {"file": f"{name}.bin", "out": is_out}
    bits = np.float64(value).view(np.uint64) if isinstance(value, float) else np.uint64(value)
    return {"bits": str(int(bits))}


def run_wasm(wasm: Path, plan: Plan, seed: int, folder: Path, length_s: float = 6.0) -> Record:
    """Run a plan in Node and read back its record."""
    record = new_record(plan, length_s, 0.5, by_site=True)
    outs = record_values(record)
    values = run_values(plan, seeds_of(seed, 0), length_s, 1.0) | outs
    words = [word_of(name, values.get(name, 0), folder, is_out=name in outs) for name in WORDS]
    (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
    shutil.copy(wasm, folder / "kernel.wasm")
    script = Path(__file__).with_name("wasm_run.mjs")
    result = subprocess.run(
        ["node", str(script), str(folder), "65536"], capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["status"] == 0
    for name, value in outs.items():
        if isinstance(value, np.ndarray):
            value[...] = np.frombuffer((folder / f"{name}.bin").read_bytes(), dtype=value.dtype).reshape(value.shape)
    return record


@pytest.mark.node
def test_webassembly_leaves_the_same_record(wasm: Path, tmp_path: Path) -> None:
    """Random plans with all mechanisms: the same record to the bit in WebAssembly and natively."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    for seed in range(PLANS):
        plan, folder = random_plan(seed), tmp_path / str(seed)
        folder.mkdir()
        there = run_wasm(wasm, plan, seed, folder)
        here = simulate(plan, seed, 6.0, warmup_s=1.0, bin_s=0.5, by_site=True, engine="kernel").records[0]
        for name in there.__slots__:
            assert np.array_equal(getattr(there, name), getattr(here, name)), (seed, name)


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
