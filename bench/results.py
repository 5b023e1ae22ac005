"""The results as Markdown for people and as JSON for programs."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from typing import Any

from bench.calibration import REFERENCE_S, Calibration
from bench.measure import Section

VERDICT = {True: "met", False: "**missed**", None: "–"}


def to_markdown(sections: Mapping[str, Section], calibration: Calibration, *, date: str, machine: str) -> str:
    """Everything: where and how it was measured, then a table for each measure."""
    lines = [
        "# Results of the bench",
        "",
        f"Measured on {date} on {machine}, Python {platform.python_version()}, in one run: {', '.join(sections)}.",
        "",
        *_calibrated(calibration),
    ]
    for section in sections.values():
        lines += ["", f"## {section.title}", ""]
        if section.rows:
            lines += ["| what | target | measured | |", "| --- | --- | --- | --- |"]
            lines += [
                f"| {r.what} | {r.target or '–'} | {r.measured} | {_verdict(r.met, r.target)} |" for r in section.rows
            ]
        if section.text:
            lines += ["", section.text] if section.rows else [section.text]
    return "\n".join(lines) + "\n"


def _verdict(met: bool | None, target: str) -> str:
    return VERDICT[met] if target else ""


def _calibrated(calibration: Calibration) -> list[str]:
    explanation = (
        "Seconds are those of the reference machine: what the clock showed, divided by how much longer a fixed loop"
        f" took around each measure than the {REFERENCE_S * 1000:.0f} ms it takes on a quiet core of that machine."
    )
    lines = [explanation]
    for cores, seen in calibration.summary().items():
        on = "one core" if cores == "1" else f"{cores} cores at once"
        lines.append(
            f"On {on} the loop took {seen['median_ms']:g} ms here"
            f" ({seen['fastest_ms']:g} to {seen['slowest_ms']:g} ms, {seen['looks']:g} looks):"
            f" {seen['median_ms'] / REFERENCE_S / 1000:.2f} times the reference."
        )
    return lines


def to_json(sections: Mapping[str, Section], calibration: Calibration, *, date: str, machine: str) -> str:
    """The same as data: figures, targets and verdicts by measure."""
    result: dict[str, Any] = {
        "date": date,
        "machine": machine,
        "python": platform.python_version(),
        "calibration": {"reference_ms": REFERENCE_S * 1000, "cores": calibration.summary()},
        "measures": {
            name: {
                "rows": [{"what": r.what, "target": r.target, "measured": r.measured, "met": r.met} for r in s.rows],
                "data": s.data,
            }
            for name, s in sections.items()
        },
    }
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"
