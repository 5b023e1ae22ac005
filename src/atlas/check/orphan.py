"""A process of a pool ends with the one that began it, however that one ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess


def end_with_parent() -> None:
    """End this process as soon as the one that began it is gone, or asks; called once, at its start.

    A pool whose owner is killed hears nothing of it: its processes would wait for work for ever, and hold on to what
    they have open. What the owner itself does when it is asked to end is not for the processes of its pool.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait, args=(parent,), daemon=True).start()


def _wait(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
