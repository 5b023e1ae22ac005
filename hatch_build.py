"""Build hook: compiles the discrete engine's kernel into the wheel, or beside the source of an editable install.

Native library and WebAssembly come out of one source (src/atlas/sim/kernel.c and what it includes) with the compiler
of the package ``ziglang``, which is there while building only, or with the machine's own. What cannot be built is left
out with a warning: without the library the engine's readable twin runs and says that it is slow, without the
WebAssembly a site says that its run panel is missing.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SIM = Path("src") / "atlas" / "sim"


class KernelHook(BuildHookInterface[Any]):
    """Adds the kernel to wheels; a wheel with a native library is for one platform, and for any Python 3."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing. ``version`` is "standard" or "editable"."""
        build = _build_kernel(Path(self.root) / SIM / "build_kernel.py")
        to_ship = version != "editable"
        folder = Path(self._scratch()) if to_ship else build.BUILT
        library, wasm = build.library_path(folder), build.wasm_path(folder)
        built = [
            path
            for path, make in (
                (library, lambda: build.build_native(library, to_ship=to_ship)),
                (wasm, lambda: build.build_wasm(wasm)),
            )
            if path.is_file() or self._try(make, build.BuildError)
        ]
        if not to_ship:
            return
        for path in built:
            build_data["force_include"][str(path)] = f"atlas/sim/_kernel/{path.name}"
        if library in built:
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform_tag(is_portable=build.is_portable())}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what is now in the wheel."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    _folders: tuple[str, ...] = ()

    def _scratch(self) -> str:
        folder = tempfile.mkdtemp(prefix="atlas-kernel-")
        self._folders = (*self._folders, folder)
        return folder

    def _try(self, make: Callable[[], Path], refusal: type[Exception]) -> bool:
        try:
            make()
        except (refusal, OSError) as error:
            self.app.display_warning(f"The kernel is left out: {error}")
            return False
        return True


def _build_kernel(path: Path) -> ModuleType:
    """The module that builds the kernel, loaded alone: the package's dependencies are not there yet."""
    spec = importlib.util.spec_from_file_location("build_kernel", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _platform_tag(*, is_portable: bool) -> str:
    """The wheel's platform: manylinux for a library made for an old glibc; on a Mac that of the running Python."""
    platform = os.environ.get("_PYTHON_HOST_PLATFORM", sysconfig.get_platform()).replace("-", "_").replace(".", "_")
    return platform.replace("linux_", "manylinux_2_17_", 1) if is_portable else platform
