"""Charts of runs: good answers of the flows that matter and the stations that move, over time (Altair)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from atlas.compile.fault import Window
from atlas.compile.run import Drilled, Run

WIDTH, HEIGHT = 640, 130
MOST_FLOWS, MOST_STATIONS = 4, 3
WITH, WITHOUT = "with the mitigation", "without it"
LEAST_RISE = 0.05
"""Of a station's utilisation, to be worth a panel."""
SUFFIXES = (".svg", ".png", ".json")
COLOURS: Final = {WITH: "#0a6c9e", WITHOUT: "#c2410c", "as run": "#0a6c9e"}
"""Of the runs; they differ in their dashes too."""
FAULT = "#b45309"
Panel = tuple[str, dict[str, list[tuple[float, float]]]]
"""One panel: its title, and for each run the seconds and per cents of its line."""


def chart_of(result: Run | Drilled) -> Any:
    """An Altair chart: good answers of each flow, below it the utilisation of the stations that move most.

    With and without the mitigation stand in the same panel; the time of the fault is shaded. Raises ``ValueError`` for
    a drill that was not run.
    """
    import altair  # noqa: PLC0415 - a second of start-up that only charts need

    run, other = (result, None) if isinstance(result, Run) else (result.run, result.without)
    if run is None:
        raise ValueError("a drill that was not run has no chart")
    runs = {WITH: run, WITHOUT: other} if other is not None else {"as run": run}
    panels = [_goodput(runs, flow) for flow in _told(result)[:MOST_FLOWS]]
    panels += [_utilisation(runs, station) for station in moving_stations(list(runs.values()))]
    charts = [_panel(altair, panel, run.window, with_time=panel is panels[-1]) for panel in panels]
    title = altair.TitleParams(_title(result), subtitle=_subtitle(result), anchor="start", fontSize=15)
    return altair.vconcat(*charts, title=title, spacing=14).configure_view(stroke="#d4d4d8")


def save_chart(result: Run | Drilled, path: Path) -> None:
    """Write the chart as SVG, PNG or Vega-Lite JSON, by the file's ending. ``ValueError`` for another ending."""
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path.name} ends with none of {', '.join(SUFFIXES)}")
    more = {"ppi": 144} if path.suffix == ".png" else {}
    chart_of(result).save(str(path), **more)


def moving_stations(runs: Iterable[Run], most: int = MOST_STATIONS) -> list[str]:
    """The stations whose utilisation rises most during a run, in any of the runs; the busiest where none rises."""
    moved: dict[str, tuple[float, float]] = {}
    for run in runs:
        first, _ = run.trace.bins(run.trace.from_s, run.trace.for_s)
        for name, used in run.trace.stations.items():
            peak = float(used[first:].max(initial=0.0))
            rise = peak - float(used[: max(1, first)][-1])
            moved[name] = max(moved.get(name, (0.0, 0.0)), (round(rise, 2), peak))
    found = sorted(moved, key=lambda n: moved[n], reverse=True)
    rising = [n for n in found if moved[n][0] >= LEAST_RISE]
    return (rising or sorted(moved, key=lambda n: moved[n][1], reverse=True))[:most]


def _panel(altair: Any, panel: Panel, window: Window | None, *, with_time: bool) -> Any:
    title, lines = panel
    rows = [{"run": name, "seconds": at, "value": value} for name, points in lines.items() for at, value in points]
    axis = altair.X("seconds:Q", title="seconds" if with_time else None, axis=altair.Axis(labels=with_time, grid=False))
    names = list(lines)
    drawn = (
        altair.Chart(altair.InlineData(values=rows))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=axis,
            y=altair.Y("value:Q", title="%", scale=altair.Scale(domain=[0, 100], clamp=True)),
            color=altair.Color("run:N", title=None, sort=names, scale=_scale(altair, names), legend=_legend(altair)),
            strokeDash=altair.StrokeDash("run:N", title=None, sort=names, scale=_dashes(altair, names)),
        )
    )
    layers = [drawn] if window is None else [_shade(altair, window), drawn]
    head = altair.TitleParams(title, anchor="start", fontSize=12, fontWeight="normal")
    return altair.layer(*layers).properties(width=WIDTH, height=HEIGHT, title=head)


def _scale(altair: Any, names: list[str]) -> Any:
    return altair.Scale(domain=names, range=[COLOURS[n] for n in names])


def _dashes(altair: Any, names: list[str]) -> Any:
    return altair.Scale(domain=names, range=[[5, 3] if n == WITHOUT else [1, 0] for n in names])


def _legend(altair: Any) -> Any:
    return altair.Legend(orient="right", symbolSize=400, symbolStrokeWidth=2)


def _shade(altair: Any, window: Window) -> Any:
    end = window.for_s if window.stays else window.end_s
    row = {"from": window.start_s, "to": end}
    return (
        altair.Chart(altair.InlineData(values=[row]))
        .mark_rect(color=FAULT, opacity=0.13)
        .encode(x="from:Q", x2="to:Q", tooltip=altair.value("the fault"))
    )


def _title(result: Run | Drilled) -> str:
    if isinstance(result, Run):
        return f"{result.compiled.system.document.name} at {result.compiled.conditions.load:g} × its peak"
    assert result.run is not None  # noqa: S101 - charts are of drills that were run
    return f"{result.run.compiled.system.document.name}: {result.failure.name}"


def _subtitle(result: Run | Drilled) -> list[str]:
    """The verdict, and the engine that gave it."""
    run = result if isinstance(result, Run) else result.run
    assert run is not None  # noqa: S101 - charts are of drills that were run
    seed = f", seed {run.trace.seed}" if run.trace.seed is not None else ""
    engine = f"Engine: {run.trace.engine}{seed}."
    if isinstance(result, Run):
        return [engine]
    return [f"The drill {result.verdict}. Shaded: the fault.", engine]


def _told(result: Run | Drilled) -> list[str]:
    """The flows that are shown: those of the expectations, else those with most requests."""
    drill = None if isinstance(result, Run) else result.failure.drill
    if drill is not None:
        return list(dict.fromkeys(e.flow for e in drill.expect))
    assert isinstance(result, Run)  # noqa: S101 - drills have expectations
    flows = result.trace.flows
    return sorted(flows, key=lambda n: -float(flows[n].arrived.sum()))


def _goodput(runs: dict[str, Run], flow: str) -> Panel:
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, run in runs.items():
        trace = run.trace.flows[flow]
        ended = trace.good + trace.degraded + trace.failed
        share = np.divide(trace.good, ended, out=np.full(len(ended), np.nan), where=ended > 0)
        points = zip(run.trace.at_s.tolist(), share.tolist(), strict=True)
        lines[name] = [(at, round(100 * value, 2)) for at, value in points if not np.isnan(value)]
    told = next(iter(runs.values())).compiled.system.document.flows[flow].name
    return f"{told}: good answers", lines


def _utilisation(runs: dict[str, Run], station: str) -> Panel:
    lines = {}
    for name, run in runs.items():
        used = run.trace.stations.get(station, np.zeros(0)).tolist()
        lines[name] = [(at, round(100 * value, 2)) for at, value in zip(run.trace.at_s.tolist(), used, strict=False)]
    component, hash_, part = station.partition("#")
    known = next(iter(runs.values())).compiled.system.document.components.get(component.partition("@")[0])
    return f"{known.name if known else component}{f' ({part})' if hash_ else ''}: busy slots", lines
