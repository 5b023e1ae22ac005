"""Charts of sweeps (Altair): lines with confidence bands over one axis, a heat map over two."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from atlas.sim.outcome import Estimate

if TYPE_CHECKING:
    from atlas.compile.sweep.table import Sweep

WIDTH, CELL, HEIGHT = 560, 46, 260
MOST_ROWS: Final = 6
"""Values of a third axis: more heat maps than this nobody compares."""
MOST_LINES: Final = 6
SUFFIXES: Final = (".svg", ".png", ".json")
_TITLES: Final = {
    "good": "good answers, %",
    "degraded": "degraded answers, %",
    "failed": "failed requests, %",
    "p50_s": "p50, ms",
    "p95_s": "p95, ms",
    "p99_s": "p99, ms",
    "p999_s": "p99.9, ms",
    "utilisation": "utilisation of the busiest station, %",
    "recovery_s": "recovery, s",
}


def sweep_chart(sweep: Sweep, measure: str = "good", flow: str = "") -> Any:
    """The chart of a sweep. ``flow``: only this one (a heat map shows one, the sweep's main one).

    Raises ``ValueError`` for an unknown measure or flow, for more than three axes, and where there is nothing to show.
    """
    if len(sweep.axes) > 3 or (len(sweep.axes) == 3 and len(sweep.axes[2].values) > MOST_ROWS):
        raise ValueError(
            f"a chart has two axes, and at most {MOST_ROWS} values on a third: vary less, or use the table"
        )
    if not sweep.flows:
        raise ValueError("no point could be run: there is nothing to show")
    if measure == "recovery_s" and not sweep.base.drill:
        raise ValueError("only drills recover: give a drill, or another measure")
    drawn = _lines(sweep, measure, flow) if len(sweep.axes) == 1 else _heat(sweep, measure, flow or sweep.main_flow)
    return drawn.properties(title=_title(sweep, flow or (sweep.main_flow if len(sweep.axes) > 1 else "")))


def save_sweep_chart(sweep: Sweep, path: Path, measure: str = "good", flow: str = "") -> None:
    """Write the chart as SVG, PNG or Vega-Lite JSON, by the file's ending. Raises ``ValueError`` for another ending."""
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path.name} ends with none of {', '.join(SUFFIXES)}")
    sweep_chart(sweep, measure, flow).save(str(path))


def _lines(sweep: Sweep, measure: str, flow: str) -> Any:
    """One line for each flow, with its band where there are seeds enough for one."""
    import altair  # noqa: PLC0415 - a second of start-up that only charts need

    axis, rows = sweep.axes[0], []
    numbers = dict(zip(axis.values, axis.numbers, strict=True)) if axis.numbers else None
    for name in [flow] if flow else sweep.flows[:MOST_LINES]:
        for (value,), found in sweep.estimates(measure, name).items():
            at = numbers[value] if numbers else str(value)
            rows.append({"at": at, "flow": name, **_scaled(measure, found)})
    kind = "Q" if numbers else "N"
    x = altair.X(f"at:{kind}", title=_axis_title(axis.name, numbers is not None and _is_text(axis.values)))
    base = altair.Chart(altair.InlineData(values=rows)).encode(x=x, color=altair.Color("flow:N", title="flow"))
    title = _TITLES[measure]
    band = base.mark_area(opacity=0.2).encode(y=altair.Y("low:Q", title=title), y2="high:Q")
    line = base.mark_line(point=True).encode(y=altair.Y("value:Q", title=title, scale=altair.Scale(zero=False)))
    return altair.layer(band, line).properties(width=WIDTH, height=HEIGHT)


def _heat(sweep: Sweep, measure: str, flow: str) -> Any:
    """A cell for each point, with its value written in it; a third axis makes a row of heat maps."""
    import altair  # noqa: PLC0415 - a second of start-up that only charts need

    across, down, *third = sweep.axes
    rows: list[dict[str, Any]] = []
    for at, found in sweep.estimates(measure, flow).items():
        row: dict[str, Any] = {"x": _text(at[0]), "y": _text(at[1]), **_scaled(measure, found)}
        rows.append(row | ({"row": f"{third[0].name} {_text(at[2])}"} if third else {}))
    high = max((row["value"] for row in rows), default=0.0)
    low = min((row["value"] for row in rows), default=0.0)
    x = altair.X("x:O", title=across.name, sort=[_text(v) for v in across.values], axis=altair.Axis(labelAngle=0))
    y = altair.Y("y:O", title=down.name, sort=[_text(v) for v in reversed(down.values)])
    scale = altair.Scale(scheme="viridis", domain=[low, high if high > low else low + 1.0])
    base = altair.Chart().encode(x=x, y=y)
    cells = base.mark_rect().encode(color=altair.Color("value:Q", title=_TITLES[measure], scale=scale))
    ink = altair.condition(f"datum.value < {(low + high) / 2}", altair.value("white"), altair.value("black"))
    labels = base.mark_text().encode(text=altair.Text("value:Q", format=".3~s" if high > 1000 else ".3~r"), color=ink)
    data = altair.InlineData(values=rows)
    heat = altair.layer(cells, labels, data=data).properties(
        width=max(180, CELL * len(across.values)), height=max(90, CELL * len(down.values))
    )
    order = [f"{third[0].name} {_text(v)}" for v in third[0].values] if third else []
    return heat.facet(row=altair.Row("row:N", title=None, sort=order)) if third else heat


def _scaled(measure: str, found: Estimate) -> dict[str, float]:
    """Per cent for shares, milliseconds for latencies; the band is the 95 % interval, within 0 to 100 % for shares."""
    factor = 1.0 if measure == "recovery_s" else 1000.0 if measure.endswith("_s") else 100.0
    half = 0.0 if math.isnan(found.half_width) else found.half_width
    most = 1.0 if measure in ("good", "degraded", "failed") else math.inf
    low, high = max(0.0, found.mean - half), min(most, found.mean + half)
    return {"value": factor * found.mean, "low": factor * low, "high": factor * high}


def _title(sweep: Sweep, flow: str) -> str:
    parts = [sweep.name, sweep.base.drill, flow, f"{sweep.base.engine} engine"]
    seeds = len(sweep.seeds)
    return ", ".join([p for p in parts if p] + ([f"mean of {seeds} seeds"] if seeds > 1 else []))


def _axis_title(name: str, in_base_units: bool) -> str:
    return f"{name} (in seconds, bytes or counts)" if in_base_units else name


def _is_text(values: tuple[Any, ...]) -> bool:
    return any(isinstance(v, str) for v in values)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
