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
from subprocess import SubprocessError

from bench import (
    agreement,
    building,
    checking,
    discovering,
    drawing,
    engines,
    mutation,
    pages,
    reality,
    serving,
    simulating,
)
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
    "serve": serving.measure,
    "draw": drawing.measure,
    "pages": pages.measure,
    "simulate": simulating.measure,
    "reality": reality.measure,
    "engines": engines.measure,
    "agreement": agreement.measure,
    "mutation": _mutation,
    "build": building.measure,
    "discover": discovering.measure,
}


def main() -> int:
    """Run; the exit code is 1 where a target was missed. What has been measured is written after each measure."""
    arguments = _arguments()
    names = arguments.names or list(MEASURES)
    if arguments.data is not None:
        os.environ[discovering.DATA] = str(arguments.data)
    out = arguments.out or (None if arguments.names else Path(__file__).parent)  # a part would replace the whole
    calibration = Calibration()
    sections: dict[str, Section] = {}
    markdown = ""
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as scratch:
        try:
            for number, name in enumerate(names, 1):
                sections[name] = _taken(name, f"[{number}/{len(names)}] {name}", calibration, Path(scratch))
                about = {"date": arguments.date, "machine": arguments.machine}
                markdown = to_markdown(sections, calibration, **about)
                if out is not None:
                    (out / "RESULTS.md").write_text(markdown, "utf-8")
                    (out / "results.json").write_text(to_json(sections, calibration, **about), "utf-8")
        finally:
            calibration.close()
    sys.stdout.write(markdown)
    return int(any(row.met is False for section in sections.values() for row in section.rows))


def _taken(name: str, head: str, calibration: Calibration, scratch: Path) -> Section:
    """One measure in a folder of its own; one that cannot be taken says why and leaves the others alone."""
    folder, say = scratch / name, _speaker(head)
    folder.mkdir()
    began = time.perf_counter()
    try:
        section = MEASURES[name](calibration, folder, say)
    except (RuntimeError, OSError, SubprocessError, ImportError) as error:
        section = Section(name.capitalize())
        section.missing(name, "", f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
    say(f"done in {time.perf_counter() - began:.0f} s")
    return section


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write bench/RESULTS.md.")
    parser.add_argument("names", nargs="*", choices=[*MEASURES, []], help="only these; written only with --out")
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()  # noqa: TID251 - the date of the report, as with atlas
    parser.add_argument("--date", default=today, help="the day to print")
    parser.add_argument("--machine", default=_machine(), help="this machine in general words")
    parser.add_argument("--out", type=Path, help="where results are written; default: beside this module")
    parser.add_argument("--data", type=Path, help="folder of others' feeds and pages; default: shared/data beside us")
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
