"""Checking: all systems, one file, and how soon the command line answers at all."""

from __future__ import annotations

from pathlib import Path

from bench.calibration import Calibration
from bench.measure import TODAY, Say, Section, command
from bench.synthetic import write_catalogue

CORES = 2
REPEAT = 5


def measure(calibration: Calibration, scratch: Path, say: Say, systems: int = 125) -> Section:
    """``atlas check`` of everything and of one file, ``atlas --help``: whole processes, the middle one of five."""
    section = Section("Checking")
    root = write_catalogue(scratch, systems)
    one = sorted((root / "systems").glob("*/*.yaml"))[0]
    say(f"checking {systems} systems")
    everything = command(calibration, ["check", "--catalogue", str(root), "--today", TODAY], CORES, REPEAT)
    say("checking one file")
    single = command(calibration, ["check", str(one), "--catalogue", str(root), "--today", TODAY], repeat=REPEAT)
    say("asking for help")
    helped = command(calibration, ["--help"], repeat=REPEAT)
    section.seconds(f"`atlas check`, {systems} systems", 3, everything)
    section.seconds("`atlas check`, one file", 0.3, single)
    section.seconds("`atlas --help`", 0.3, helped)
    section.text = (
        f"A synthetic document has {one.read_text(encoding='utf-8').count(chr(10)):,} lines; every one passes all"
        " checks without a finding."
    )
    section.data = {
        "everything_s": round(everything.reference_s, 3),
        "one_file_s": round(single.reference_s, 3),
        "help_s": round(helped.reference_s, 3),
    }
    return section
