"""Where a server keeps its site: one folder for each running server, taken by a lock that dies with the process."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from atlas.serve.error import ServeError

if sys.platform != "win32":
    import fcntl

_MOST = 16
_TIP = "set ATLAS_CACHE to a folder that can be written"


@contextlib.contextmanager
def own_folder(parent: Path) -> Iterator[Path]:
    """A folder below ``parent`` that no other running server uses; it stays, for the next start.

    Raises ServeError when it cannot be written.
    """
    for number in range(1, _MOST + 1):
        folder = parent / ("serve" if number == 1 else f"serve-{number}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "lock").open("w", encoding="utf-8")
        except OSError as error:
            raise ServeError(f"{folder} cannot be written: {error.strerror or error}", _TIP) from error
        with lock:
            if _locked(lock):
                yield folder
                return
    raise ServeError(f"{_MOST} servers use {parent} already", "stop one of them")


def _locked(lock: IO[str]) -> bool:
    if sys.platform == "win32":  # two servers on one catalogue then share a folder
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
