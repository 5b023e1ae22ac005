"""Charts of runs: goodput of the flows that matter and the busiest stations over time (Altair)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from atlas.compile.run import Drilled, Run

WIDTH, HEIGHT = 640, 180
MOST_STATIONS = 5
WITH, WITHOUT = "with the mitigation", "without it"
SUFFIXES = (".svg", ".png", ".json")


def chart_of(result: Run | Drilled) -> Any:
    """An Altair chart: goodput over time above, utilisation of the busiest stations below.

    Raises ``ValueError`` for a drill that was not run.
    """
    import altair  # noqa: PLC0415 - a second of start-up that only charts need

    run, other = (result, None) if isinstance(result, Run) else (result.run, result.without)
    if run is None:
        raise ValueError("a drill that was not run has no chart")
    rows = _goodput(run, WITH if other else "as run") + (_goodput(other, WITHOUT) if other else [])
    flows = _told(result)
    rows = [r for r in rows if r["flow"] in flows]
    time = altair.X("seconds:Q", title="seconds")
    above = (
        altair.Chart(altair.InlineData(values=rows))
        .mark_line(interpolate="step-after")
        .encode(
            x=time,
            y=altair.Y("good:Q", title="good answers, %", scale=altair.Scale(domain=[0, 100])),
            color=altair.Color("flow:N", title="flow"),
            strokeDash=altair.StrokeDash("run:N", title="run"),
        )
        .properties(width=WIDTH, height=HEIGHT, title=_title(result))
    )
    below = (
        altair.Chart(altair.InlineData(values=_utilisation(run)))
        .mark_line(interpolate="step-after")
        .encode(
            x=time,
            y=altair.Y("used:Q", title="utilisation, %"),
            color=altair.Color("station:N", title="busiest stations"),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )
    return altair.vconcat(above, below).resolve_scale(color="independent")


def save_chart(result: Run | Drilled, path: Path) -> None:
    """Write the chart as SVG, PNG or Vega-Lite JSON, by the file's ending. ``ValueError`` for another ending."""
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path.name} ends with none of {', '.join(SUFFIXES)}")
    chart_of(result).save(str(path))


def _title(result: Run | Drilled) -> str:
    if isinstance(result, Run):
        return f"{result.compiled.system.document.name} at {result.compiled.conditions.load:g} × its load"
    assert result.run is not None  # noqa: S101 - charts are of drills that were run
    return f"{result.run.compiled.system.document.name}: {result.failure.name}"


def _told(result: Run | Drilled) -> set[str]:
    """The flows that are shown: those of the expectations, else all."""
    if isinstance(result, Run):
        return set(result.trace.flows)
    drill = result.failure.drill
    return {e.flow for e in drill.expect} if drill else set()


def _goodput(run: Run, name: str) -> list[dict[str, Any]]:
    rows = []
    for flow, trace in run.trace.flows.items():
        ended = trace.good + trace.degraded + trace.failed
        share = np.divide(trace.good, ended, out=np.full(len(ended), np.nan), where=ended > 0)
        for at, value in zip(run.trace.at_s.tolist(), share.tolist(), strict=True):
            if value == value:  # noqa: PLR0124 - not a NaN
                rows.append({"flow": flow, "run": name, "seconds": at, "good": round(100 * value, 2)})
    return rows


def _utilisation(run: Run) -> list[dict[str, Any]]:
    peaks = {name: float(used.max(initial=0.0)) for name, used in run.trace.stations.items()}
    busiest = sorted(peaks, key=lambda n: -peaks[n])[:MOST_STATIONS]
    times = run.trace.at_s.tolist()
    return [
        {"station": name, "seconds": at, "used": round(100 * float(value), 2)}
        for name in busiest
        for at, value in zip(times, run.trace.stations[name].tolist(), strict=True)
    ]
