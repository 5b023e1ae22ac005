"""The store: one writer at a time, whatever became of the last one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from atlas.discover.store import StoreError, open_store

OWNER = """
import os, sys, time
from pathlib import Path
from atlas.discover.store import open_store
with open_store(Path(sys.argv[1])):
    if not os.fork():
        print(os.getpid(), flush=True)
    time.sleep(60)
"""


def test_two_writers_are_refused(tmp_path: Path) -> None:
    """The second is told; once the first is done, the third may begin."""
    with open_store(tmp_path / "data"), pytest.raises(StoreError, match="another run"), open_store(tmp_path / "data"):
        pass
    with open_store(tmp_path / "data"):
        pass


def test_a_worker_that_outlives_a_killed_run_holds_nothing(tmp_path: Path, root: Path) -> None:
    """A parser that hangs in a forked process may live on for half a minute: the next run need not wait for it."""
    folder = tmp_path / "data"
    command = [sys.executable, "-c", OWNER, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as owner:
        assert owner.stdout is not None
        worker = int(owner.stdout.readline())
        try:
            with pytest.raises(StoreError, match="another run"), open_store(folder):
                pass
            owner.send_signal(signal.SIGKILL)
            owner.wait(10)
            with open_store(folder) as store:
                assert store.database.execute("SELECT COUNT(*) FROM address").fetchone() == (0,)
        finally:
            os.kill(worker, signal.SIGKILL)
            owner.kill()
