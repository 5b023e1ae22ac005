"""How the kernel is built and shipped: which compiler, what the build hook adds to a wheel, what happens without."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from atlas.sim import build_kernel
from atlas.sim.build_kernel import BuildError, build_native, source_hash, wasm_bytes
from atlas.sim.kernel import Kernel


@pytest.fixture(scope="module")
def hook_module(root: Path) -> ModuleType:
    """The build hook, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("hatch_build", root / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Told:
    """Stands for the builder's terminal."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, message: str) -> None:
        """Keep what is said."""
        self.warnings.append(message)


def run_hook(module: ModuleType, root: Path, out: Path, version: str) -> tuple[dict[str, Any], list[str]]:
    """What the hook adds to a wheel's data, and its warnings."""
    told = _Told()
    data: dict[str, Any] = {"force_include": {}, "pure_python": True}
    hook = module.KernelHook(str(root), {}, None, None, str(out), "wheel", told)
    hook.initialize(version, data)
    for path, place in data["force_include"].items():
        assert Path(path).is_file(), place
    hook.finalize(version, data, "")
    return data, told.warnings


def test_a_wheel_carries_both_kernels_and_its_platform(hook_module: ModuleType, root: Path, tmp_path: Path) -> None:
    """A wheel has the library, the WebAssembly where ziglang is, and a tag for any Python 3 on one platform."""
    data, warnings = run_hook(hook_module, root, tmp_path, "standard")
    if warnings and "ziglang" not in warnings[0]:
        pytest.skip("there is no C compiler")
    suffixes = {Path(place).suffix for place in data["force_include"].values()}
    assert all(f"{source_hash():016x}" in place for place in data["force_include"].values())
    assert suffixes >= ({".wasm"} if importlib.util.find_spec("ziglang") else set())
    assert len(suffixes) == 2 - len(warnings)
    assert data["tag"].startswith("py3-none-")
    assert data["pure_python"] is False
    assert not any(Path(path).exists() for path in data["force_include"])


def test_where_nothing_can_be_built_a_plain_wheel_says_so(
    hook_module: ModuleType, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any compiler the wheel is for every platform, and both warnings say what is left out."""
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    data, warnings = run_hook(hook_module, root, tmp_path, "standard")
    assert data == {"force_include": {}, "pure_python": True}
    assert ["left out" in warning for warning in warnings] == [True, True]


def test_the_hook_needs_nothing_installed(root: Path) -> None:
    """The module that builds the kernel imports only the standard library: it runs before all else."""
    source = (root / "src" / "atlas" / "sim" / "build_kernel.py").read_text(encoding="utf-8")
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names | {"__future__"}


def test_a_compiler_that_fails_leaves_it_to_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A broken compiler of the machine is passed over for ziglang's; with both broken the error has both reasons."""
    monkeypatch.setenv("CC", "false")
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("ziglang is not installed")
    library = build_native(tmp_path / "kernel.so")
    assert Kernel(library).source_hash == source_hash()
    monkeypatch.setattr(build_kernel, "_ZIG", ("false",))
    with pytest.raises(BuildError, match=r"failed(.|\n)*failed"):
        build_native(tmp_path / "other.so")


def test_the_webassembly_is_found_or_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What lies there is taken as it is; with nothing there and no ziglang the error says what to install."""
    monkeypatch.setattr(build_kernel, "BUILT", tmp_path)
    monkeypatch.setattr(build_kernel, "_has_zig", lambda: False)
    with pytest.raises(BuildError, match="pip install ziglang"):
        wasm_bytes()
    build_kernel.wasm_path(tmp_path).write_bytes(b"\0asm there")
    assert wasm_bytes() == b"\0asm there"


def test_every_source_counts_for_the_hash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A change in any of the files that the kernel is made of changes the hash."""
    before = source_hash()
    for index, path in enumerate(build_kernel.SOURCES):
        changed = tmp_path / path.name
        changed.write_bytes(path.read_bytes() + b"\n")
        sources = [*build_kernel.SOURCES[:index], changed, *build_kernel.SOURCES[index + 1 :]]
        with monkeypatch.context() as patch:
            patch.setattr(build_kernel, "SOURCES", sources)
            assert source_hash() != before
