"""Builds ``kernel.c``: as a library for this machine, and as WebAssembly for the reader's browser.

The native one takes the machine's own C compiler where there is one, else the compiler in the package ``ziglang``
(a library to be shipped prefers the latter: it runs on any machine of its kind); WebAssembly always takes the latter.
The source's hash is in the library and in its file's name, so that a changed source is built anew and never run stale.

The package's build hook (hatch_build.py) loads this file alone, before anything is installed: it imports nothing but
the standard library. As a script it builds both (``make kernel``).
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
    *("-target", "wasm32-freestanding", "-nostdlib", "-mbulk-memory", "-msimd128"),
    *("-DNDEBUG", "-g0", "-Wl,--no-entry"),
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


def build_native(
    target: Path | None = None, extra: tuple[str, ...] = (), *, source: Path = SOURCE, to_ship: bool = False
) -> Path:
    """Build the native library and return its path. BuildError if no compiler there can.

    ``extra``: more flags, for sanitisers. ``to_ship``: for other machines of this kind, not for this one alone.
    ``source``: another unit that includes the kernel's parts, for measuring them.
    """
    target = target or library_path()
    shared = ("-shared",) if sys.platform == "win32" else ("-shared", "-fPIC")
    refused = []
    for compiler in _native_compilers(to_ship=to_ship):
        try:
            _compile([*compiler, *FLAGS, *shared, *extra], target, source)
        except BuildError as error:
            refused.append(str(error))
            continue
        _sweep(target)
        return target
    raise BuildError("\n".join(refused) or "there is no C compiler: install one, or pip install ziglang")


def build_wasm(target: Path | None = None) -> Path:
    """Build the WebAssembly module and return its path. BuildError without ``ziglang`` or if it fails."""
    target = target or wasm_path()
    if not _has_zig():
        raise BuildError("WebAssembly needs the package ziglang: pip install ziglang")
    _compile([*_ZIG, *FLAGS, *WASM_FLAGS], target)
    _sweep(target)
    return target


def wasm_bytes() -> bytes:
    """The WebAssembly of this source: as it was shipped or built before, or built now. BuildError without either."""
    for path in (wasm_path(BUILT), wasm_path()):
        if path.is_file():
            return path.read_bytes()
    try:
        return build_wasm().read_bytes()
    except OSError as error:
        raise BuildError(f"the kernel's WebAssembly cannot be written: {error}") from error


_ZIG: Final = (sys.executable, "-m", "ziglang", "cc")


def _has_zig() -> bool:
    return importlib.util.find_spec("ziglang") is not None


def is_portable() -> bool:
    """Whether a library built to be shipped is for an old glibc and a plain processor (else for machines like this)."""
    return _has_zig() and sysconfig.get_platform() in _OLD_LINUX


_OLD_LINUX: Final = {
    "linux-x86_64": "x86_64-linux-gnu.2.17",
    "linux-aarch64": "aarch64-linux-gnu.2.17",
}


def _native_compilers(*, to_ship: bool) -> list[list[str]]:
    """The commands to try, the best first; only the package's compiler for what is shipped, where it is there."""
    own = shutil.which(os.environ.get("CC", "cc"))
    found = [[own]] if own else []
    if not _has_zig():
        return found
    old = _OLD_LINUX.get(sysconfig.get_platform())
    zig = [*_ZIG, *(("-target", old) if old else ()), "-mcpu=baseline"]
    return [zig] if to_ship else [*found, zig]


def _compile(command: list[str], target: Path, source: Path = SOURCE) -> None:
    """Compile to a temporary file and move it: readers never see half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        define = f"-DATLAS_SOURCE_HASH={source_hash()}LL"
        try:
            result = subprocess.run(  # noqa: S603 (a compiler on our own source)
                [*command, define, f"-I{SOURCE.parent}", "-o", str(made), str(source)],
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BuildError(f"{command[0]}: {error}") from error
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


def _main() -> int:
    """Build both; 1 if one cannot be built."""
    failed = 0
    for build in (build_native, build_wasm):
        try:
            sys.stdout.write(f"{build()}\n")
        except BuildError as error:
            sys.stderr.write(f"{error}\n")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(_main())
