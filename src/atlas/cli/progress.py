"""Progress bars on standard error: shown to people, silent in pipes and for work under a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int, str], None]
SHOW_AFTER_S = 0.7


@contextmanager
def bar(title: str, *, quiet: bool = False) -> Iterator[Advance]:
    """A bar that appears once the work has lasted a while; call it with (done, total, what)."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total, _what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task(title, total=None)
    began = time.perf_counter()

    def advance(done: int, total: int, what: str) -> None:
        if not progress.live.is_started and time.perf_counter() - began > SHOW_AFTER_S:
            progress.start()
        progress.update(task, completed=done, total=total, description=f"{title} {what}"[:60])

    try:
        yield advance
    finally:
        progress.stop()
