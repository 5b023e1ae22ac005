"""Building the site: cold, from the cache, ten times as many systems, and the memory of all processes together."""

from __future__ import annotations

import os
from pathlib import Path

from bench.calibration import Calibration
from bench.measure import TODAY, Say, Section, Taken, command, shown
from bench.synthetic import write_catalogue

CORES = 2
MANY, SLACK = 10, 1.2
"""Ten times the systems may take twelve times as long."""


def measure(calibration: Calibration, scratch: Path, say: Say, systems: int = 125) -> Section:
    """Cold and cached builds of ``systems`` and of ten times as many, each in a process of its own."""
    section = Section("Building the site")
    small = write_catalogue(scratch / "small", systems)
    say(f"building {systems} systems, nothing cached")
    cold = _build(calibration, small, scratch / "small")
    say(f"building {systems} systems again")
    cached = _build(calibration, small, scratch / "small")
    section.seconds(f"{systems} systems with search index, cold", 25, cold)
    section.seconds(f"{systems} systems with search index, from the cache", 6, cached)
    say(f"building {systems * MANY} systems: some minutes")
    large = write_catalogue(scratch / "large", systems * MANY)
    many = _build(calibration, large, scratch / "large")
    what = f"{systems * MANY} systems against {systems}, cold"
    # By the clock: both ran here, and a loop of a second before and after cannot speak for six minutes between.
    ratio = many.wall_s / cold.wall_s
    section.at_most(what, MANY * SLACK, ratio, "×", f" ({many.wall_s:.0f} s here, {shown(many.reference_s)} s)")
    section.at_most(f"memory of all processes, {systems} systems", 700, cold.peak_mb, "MB")
    section.at_most(f"memory of all processes, {systems * MANY} systems", 700, many.peak_mb, "MB")
    section.data = {
        "systems": systems,
        "cold": _figures(cold),
        "cached": _figures(cached),
        "many": _figures(many),
        "ratio": round(ratio, 2),
    }
    return section


def _build(calibration: Calibration, root: Path, scratch: Path) -> Taken:
    # The cache of the person who runs this is left alone: what is cold must be cold.
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
    arguments = ["build", "--catalogue", str(root), "--out", str(scratch / "site"), "--today", TODAY]
    return command(calibration, [*arguments, "--jobs", str(CORES)], CORES)


def _figures(taken: Taken) -> dict[str, float]:
    return {
        "wall_s": round(taken.wall_s, 2),
        "reference_s": round(taken.reference_s, 2),
        "peak_mb": round(taken.peak_mb),
    }
