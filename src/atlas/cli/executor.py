"""Where runs are made: here, in threads, in processes, or on a Dask cluster, all as one kind of executor."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from atlas.cli.exit import fail

if TYPE_CHECKING:
    from concurrent.futures import Executor

MOST_JOBS = 1024
_TIP = "choose serial, processes[:N], threads[:N] or dask://HOST:PORT"
_CONNECT_S = 10


@contextmanager
def open_executor(text: str) -> Iterator[tuple[Executor | None, int]]:
    """The executor that a text names, and how many runs it makes at a time; ``None``: here, one after the other.

    On leaving, what has not begun is cancelled. Leaves with ``COULD_NOT_RUN`` for a text that names none, an extra that
    is not installed, and a cluster that cannot be reached.
    """
    if text.startswith("dask://"):
        with _dask(text.removeprefix("dask://")) as found:
            yield found
        return
    kind, _, count = text.partition(":")
    if kind not in ("serial", "processes", "threads") or (count and kind == "serial"):
        fail(f"{text!r} is no executor", _TIP)
    if count and not (count.isdecimal() and 0 < int(count) <= MOST_JOBS):
        fail(f"{count!r} is no number of {kind}", f"between 1 and {MOST_JOBS}")
    if kind == "serial":
        yield None, 1
        return
    jobs = int(count) if count else os.cpu_count() or 1
    executor = _pool(kind, jobs)
    try:
        yield executor, jobs
    finally:
        executor.shutdown(cancel_futures=True)


def _pool(kind: str, jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    if kind == "threads":
        return ThreadPoolExecutor(jobs, thread_name_prefix="atlas-run")
    return ProcessPoolExecutor(jobs, initializer=_begin)


def _begin() -> None:
    """A process of the pool: an interrupt is the parent's to answer, and it ends when the parent does."""
    from atlas.check.orphan import end_with_parent

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()


@contextmanager
def _dask(address: str) -> Iterator[tuple[Executor, int]]:
    try:
        distributed = import_module("distributed")
    except ImportError:
        fail("Dask is not installed", "pip install 'atlas-systems[dask]', here and on the cluster's workers")
    host, colon, port = address.rpartition(":")
    if not host or not colon or not port.isdecimal():
        fail(f"{address!r} is no address of a scheduler", "write it as dask://HOST:PORT")
    try:
        client = distributed.Client(f"tcp://{address}", timeout=_CONNECT_S, set_as_default=False)
    except OSError as error:
        fail(f"no Dask scheduler answers at {address}: {str(error).splitlines()[0]}", "is it running, and reachable?")
    try:
        jobs = sum(client.nthreads().values())
        if not jobs:
            fail(f"the Dask cluster at {address} has no worker", "start one: dask worker HOST:PORT")
        executor = client.get_executor(pure=False)
        try:
            yield executor, jobs
        finally:
            executor.shutdown(wait=False)
    finally:
        client.close()
