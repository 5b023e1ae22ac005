"""What a measure says, and how seconds, memory and sizes are taken."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.calibration import Calibration

ROOT = Path(__file__).resolve().parent.parent
TODAY = "2026-11-21"
_SAMPLE_S = 0.2
_MB = 1e6

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its target; ``met`` is ``None`` where there is no target, or the figure could not be taken."""

    what: str
    target: str
    measured: str
    met: bool | None


@dataclass(slots=True)
class Section:
    """What one measure found: rows with verdicts, further Markdown, and the plain figures for ``results.json``."""

    title: str
    rows: list[Row] = field(default_factory=list)
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    def at_most(self, what: str, target: float, value: float, unit: str, note: str = "") -> None:
        """A row whose figure may not be larger than the target."""
        self.rows.append(Row(what, f"≤ {target:g} {unit}", f"{shown(value)} {unit}{note}", value <= target))

    def at_least(self, what: str, target: float, value: float, unit: str, note: str = "") -> None:
        """A row whose figure may not be smaller than the target."""
        self.rows.append(Row(what, f"≥ {target:g} {unit}", f"{shown(value)} {unit}{note}", value >= target))

    def seconds(self, what: str, target: float, taken: Taken) -> None:
        """A row of seconds, converted to the reference machine by the calibration around them."""
        note = f" ({taken.wall_s:.2f} s here)"
        self.at_most(what, target, taken.reference_s, "s", note)

    def missing(self, what: str, target: str, why: str) -> None:
        """A row that could not be measured, with the reason."""
        self.rows.append(Row(what, target, f"not measured: {why}", None))


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of the clock, and how slow this machine was meanwhile compared to the reference machine."""

    wall_s: float
    slowness: float
    peak_mb: float = 0.0

    @property
    def reference_s(self) -> float:
        """Seconds that the reference machine would have taken."""
        return self.wall_s / self.slowness


def shown(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def timed(calibration: Calibration, work: Callable[[], object], cores: int = 1, repeat: int = 1) -> Taken:
    """Seconds of some work, each run between two looks at how fast the machine is; of several runs the middle one."""
    runs, before = [], calibration.slowness(cores)
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        wall = time.perf_counter() - began
        after = calibration.slowness(cores)
        runs.append(Taken(wall, (before + after) / 2))
        before = after
    return sorted(runs, key=lambda taken: taken.reference_s)[len(runs) // 2]


def command(calibration: Calibration, arguments: Sequence[str], cores: int = 1, repeat: int = 1) -> Taken:
    """Seconds and peak memory of ``atlas`` with arguments, in a process of its own."""
    peak = 0.0

    def run() -> None:
        nonlocal peak
        process = subprocess.Popen(atlas(arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with memory_of(process.pid) as memory:
            said, _ = process.communicate()
        peak = max(peak, memory.peak_mb)
        if process.returncode:
            raise RuntimeError(f"atlas {' '.join(arguments)}: {said.decode()[-2000:]}")

    taken = timed(calibration, run, cores, repeat)
    return Taken(taken.wall_s, taken.slowness, peak)


def atlas(arguments: Sequence[str]) -> list[str]:
    """The command line of this environment's ``atlas``."""
    return [str(Path(sys.executable).with_name("atlas")), *arguments]


@dataclass(slots=True)
class Memory:
    """The largest sum seen of what a process and all below it hold, shared pages counted once."""

    peak_mb: float = 0.0


@contextmanager
def memory_of(process: int) -> Iterator[Memory]:
    """Watch a process and its descendants meanwhile. Stays 0 where the system does not say (not Linux)."""
    memory, done = Memory(), threading.Event()

    def watch() -> None:
        while not done.wait(_SAMPLE_S):
            memory.peak_mb = max(memory.peak_mb, sum(_held(p) for p in _tree(process)) / _MB)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        done.set()
        watcher.join()


def _tree(process: int) -> list[int]:
    found = [process]
    for parent in found:
        try:
            below = [(task / "children").read_text() for task in Path(f"/proc/{parent}/task").iterdir()]
        except OSError:
            continue
        found += [int(child) for text in below for child in text.split()]
    return found


def _held(process: int) -> float:
    """Proportional set size in bytes: a page that three processes share counts a third in each."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0.0)
