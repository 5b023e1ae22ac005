"""``python -m bench``: run all measures, or those named, and write ``RESULTS.md`` and ``results.json``."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import building, checking, drawing, mutation, pages, serving, simulating
from bench.calibration import Calibration
from bench.measure import Say, Section
from bench.results import to_json, to_markdown

Measure = Callable[[Calibration, Path, Say], Section]


def _mutation(_calibration: Calibration, _scratch: Path, say: Say) -> Section:
    say("spoiling every claim of the catalogue")
    result = mutation.measure()
    section = Section("Mistyped figures that are noticed", data=result)
    section.at_least("value mistyped, figure right", mutation.TARGET * 100, result["caught_value_only"] * 100, "%")
    section.at_most("findings of the clean catalogue", 0, result["clean_findings"], "")
    section.text = mutation.to_markdown(result).partition("\n")[2].strip()
    return section


MEASURES: Mapping[str, Measure] = {
    "check": checking.measure,
    "build": building.measure,
    "serve": serving.measure,
    "draw": drawing.measure,
    "pages": pages.measure,
    "simulate": simulating.measure,
    "mutation": _mutation,
}


def main() -> int:
    """Run; the exit code is 1 where a target was missed."""
    arguments = _arguments()
    names = arguments.names or list(MEASURES)
    calibration = Calibration()
    sections: dict[str, Section] = {}
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as scratch:
        try:
            for number, name in enumerate(names, 1):
                began = time.perf_counter()
                folder = Path(scratch) / name
                folder.mkdir()
                say = _speaker(f"[{number}/{len(names)}] {name}")
                sections[name] = MEASURES[name](calibration, folder, say)
                say(f"done in {time.perf_counter() - began:.0f} s")
        finally:
            calibration.close()
    markdown = to_markdown(sections, calibration, date=arguments.date, machine=arguments.machine)
    sys.stdout.write(markdown)
    out = arguments.out or (None if arguments.names else Path(__file__).parent)  # a part would replace the whole
    if out is not None:
        out.joinpath("RESULTS.md").write_text(markdown, "utf-8")
        data = to_json(sections, calibration, date=arguments.date, machine=arguments.machine)
        out.joinpath("results.json").write_text(data, "utf-8")
    return int(any(row.met is False for section in sections.values() for row in section.rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write bench/RESULTS.md.")
    parser.add_argument("names", nargs="*", choices=[*MEASURES, []], help="only these; written only with --out")
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()  # noqa: TID251 - the date of the report, as with atlas
    parser.add_argument("--date", default=today, help="the day to print")
    parser.add_argument("--machine", default=_machine(), help="this machine in general words")
    parser.add_argument("--out", type=Path, help="where results are written; default: beside this module")
    return parser.parse_args()


def _machine() -> str:
    """Cores, memory and system: nothing that names the machine."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores, {memory:.0f} GB, {platform.system()}"


def _speaker(head: str) -> Say:
    def say(what: str) -> None:
        print(f"{head}: {what}", file=sys.stderr, flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
