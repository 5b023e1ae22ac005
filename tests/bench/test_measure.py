"""How measures are judged, weighed and printed."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench.calibration import REFERENCE_S, Calibration, loop
from bench.measure import Section, Taken, memory_of, shown, timed
from bench.pages import weight
from bench.results import to_json, to_markdown


class Steady(Calibration):
    """A machine that is always twice as slow as the reference."""

    def slowness(self, cores: int = 1) -> float:
        """Twice."""
        self.seen.setdefault(cores, []).append(2 * REFERENCE_S)
        return 2.0


def test_seconds_are_those_of_the_reference_machine() -> None:
    """On a machine half as fast, a second here is half a second there; the verdict is on that."""
    section = Section("Anything")
    section.seconds("work", 0.6, Taken(wall_s=1.0, slowness=2.0))
    section.seconds("more work", 0.4, Taken(wall_s=1.0, slowness=2.0))
    assert [row.met for row in section.rows] == [True, False]
    assert section.rows[0].measured == "0.5 s (1.00 s here)"


def test_verdicts_include_the_bound() -> None:
    """A figure equal to its target meets it, from either side."""
    section = Section("Anything")
    section.at_most("size", 40, 40.0, "kB")
    section.at_least("ratio", 30, 30.0, "×")
    section.at_least("ratio", 30, 29.9, "×")
    section.missing("ratio", "≥ 30 ×", "no browser")
    assert [row.met for row in section.rows] == [True, True, False, None]


def test_the_middle_run_counts() -> None:
    """Of several runs the middle one is reported: neither a lucky moment nor a busy one."""
    pauses = iter([0.3, 0.0, 0.1])
    taken = timed(Steady(), lambda: time.sleep(next(pauses)), repeat=3)
    assert 0.1 <= taken.wall_s < 0.3
    assert taken.reference_s == pytest.approx(taken.wall_s / 2)


def test_the_loop_takes_time() -> None:
    """The calibration loop works for long enough to be measured."""
    assert 0.005 < loop() < 10


def test_memory_of_children_counts() -> None:
    """What a process below the watched one holds is seen; its pages are shared with nobody."""
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("no /proc: memory is measured on Linux only")
    inner = "import time; held = bytearray(b'x') * 80_000_000; time.sleep(1.2)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    process = subprocess.Popen([sys.executable, "-c", outer])
    with memory_of(process.pid) as memory:
        process.wait()
    assert 80 < memory.peak_mb < 400


def test_weight_of_a_page(tmp_path: Path) -> None:
    """A page counts with its stylesheet and its first script, each compressed; its second script does not."""
    style, script = "body { color: black }" * 50, "console.log('one');" * 50
    html = '<link rel="stylesheet" href="../a.css?v=1"><script src="../one.js?v=1"></script><script src="../no.js">'
    (tmp_path / "page").mkdir()
    for name, text in (("page/index.html", html), ("a.css", style), ("one.js", script)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    expected = sum(len(gzip.compress(text.encode(), 9, mtime=0)) for text in (html, style, script))
    assert weight(tmp_path / "page" / "index.html") == expected / 1000


def test_results_name_targets_and_verdicts() -> None:
    """Markdown and JSON say the same, and what missed its target is plain to see."""
    section = Section("Checking", data={"everything_s": 3.4})
    section.at_most("`atlas check`", 3, 3.4, "s")
    section.missing("mermaid-cli", "≥ 30 ×", "no browser")
    calibration = Steady()
    calibration.slowness()
    text = to_markdown({"check": section}, calibration, date="2026-11-21", machine="2 cores")
    assert "| `atlas check` | ≤ 3 s | 3.4 s | **missed** |" in text
    assert "| mermaid-cli | ≥ 30 × | not measured: no browser | – |" in text
    assert "2.00 times the reference" in text
    assert '"met": false' in to_json({"check": section}, calibration, date="2026-11-21", machine="2 cores")


def test_digits_that_mean_something() -> None:
    """Three digits, and never a power of ten."""
    assert [shown(v) for v in (0.16543, 38.52, 1234.5, 100.0)] == ["0.165", "38.5", "1,234", "100"]
