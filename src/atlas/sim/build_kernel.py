"""Builds ``kernel.c``: as a library for this machine, and as WebAssembly for the reader's browser.

The native one takes the machine's own C compiler where there is one, else the compiler in the package ``ziglang``;
WebAssembly always takes the latter. The source's hash is in the library and in its file's name, so that a changed
source is built anew and never run stale.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("kernel.c")
SOURCES: Final = (SOURCE, *sorted(SOURCE.parent.glob("kernel_*.h")))
"""The kernel's source: one compilation unit and what it includes."""
BUILT: Final = Path(__file__).with_name("_kernel")
FLAGS: Final = ("-O3", "-std=c11", "-ffp-contract=off")
WASM_FLAGS: Final = (
    *("-target", "wasm32-freestanding", "-nostdlib", "-mbulk-memory", "-DNDEBUG", "-g0", "-Wl,--no-entry"),
    *("-Wl,--export=atlas_start", "-Wl,--export=atlas_run", "-Wl,--export=atlas_source_hash"),
    *("-Wl,--export=__heap_base", "-Wl,--export-memory", "-Wl,--strip-all"),
)
LIMIT_S: Final = 240


class BuildError(RuntimeError):
    """No compiler is there, or it refused the source; the message holds what it said."""


def source_hash() -> int:
    """The first 62 bits of the SHA-256 of all sources."""
    return int.from_bytes(hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).digest()[:8], "big") >> 2


def library_path(folder: Path | None = None) -> Path:
    """Where the native library of this source and this machine lies, or will lie."""
    platform = sysconfig.get_platform().replace(".", "_").replace("-", "_")
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    return (folder or _writable(BUILT)) / f"kernel-{source_hash():016x}-{platform}{suffix}"


def wasm_path(folder: Path | None = None) -> Path:
    """Where the WebAssembly of this source lies, or will lie."""
    return (folder or _writable(BUILT)) / f"kernel-{source_hash():016x}.wasm"


def build_native(target: Path | None = None, extra: tuple[str, ...] = ()) -> Path:
    """Build the native library (``extra``: more flags, for sanitisers) and return its path. BuildError if it fails."""
    target = target or library_path()
    compiler = _native_compiler()
    shared = ("-shared",) if sys.platform == "win32" else ("-shared", "-fPIC")
    _compile([*compiler, *FLAGS, *shared, *extra], target)
    _sweep(target)
    return target


def build_wasm(target: Path | None = None) -> Path:
    """Build the WebAssembly module and return its path. BuildError without ``ziglang`` or if it fails."""
    target = target or wasm_path()
    if not _has_zig():
        raise BuildError("WebAssembly needs the package ziglang: pip install ziglang")
    _compile([*_ZIG, *FLAGS, *WASM_FLAGS], target)
    _sweep(target)
    return target


_ZIG: Final = (sys.executable, "-m", "ziglang", "cc")


def _has_zig() -> bool:
    return importlib.util.find_spec("ziglang") is not None


def _native_compiler() -> list[str]:
    own = shutil.which(os.environ.get("CC", "cc"))
    if own:
        return [own]
    if _has_zig():
        # An old glibc and a plain processor: the library runs on any machine of this kind.
        linux = ["-target", "x86_64-linux-gnu.2.17"] if sysconfig.get_platform() == "linux-x86_64" else []
        return [*_ZIG, *linux, "-mcpu=baseline"]
    raise BuildError("there is no C compiler: install one, or pip install ziglang")


def _compile(command: list[str], target: Path) -> None:
    """Compile to a temporary file and move it: readers never see half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        define = f"-DATLAS_SOURCE_HASH={source_hash()}LL"
        result = subprocess.run(  # noqa: S603 (a compiler on our own source)
            [*command, define, "-o", str(made), str(SOURCE)],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        if result.returncode:
            raise BuildError(f"{command[0]} failed:\n{result.stderr[-2000:]}")
        made.replace(target)


def _sweep(target: Path) -> None:
    """Remove what was built from earlier sources (but for files that are in use, where that cannot be done)."""
    if target.parent != BUILT:
        return
    for other in target.parent.glob(f"kernel-*{target.suffix}"):
        if other != target:
            with contextlib.suppress(OSError):
                other.unlink()


def _writable(folder: Path) -> Path:
    """The folder, or one of the user's cache where the package cannot be written to."""
    if os.access(folder if folder.exists() else folder.parent, os.W_OK):
        return folder
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "atlas"
