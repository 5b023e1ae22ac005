"""Processes of a pool do not outlive the one that began them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

_OWNER = textwrap.dedent(
    """
    import sys
    import time
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from atlas.check.orphan import end_with_parent

    if __name__ == "__main__":
        with ProcessPoolExecutor(2, get_context(sys.argv[1]), end_with_parent) as pool:
            list(pool.map(abs, range(8)))
            print("working", flush=True)
            list(pool.map(time.sleep, [0.0, 120.0]))
    """
)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_killed_owner_leaves_no_process(method: str, tmp_path: Path) -> None:
    """Whatever its processes do, their output is closed soon after their owner is killed."""
    script = tmp_path / "owner.py"
    script.write_text(_OWNER, "utf-8")
    command = [sys.executable, str(script), method]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert owner.stdout is not None
    try:
        assert owner.stdout.readline() == "working\n"
        owner.kill()
        assert owner.communicate(timeout=30)[0] == ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(owner.pid, signal.SIGKILL)
