"""What a sweep found: rows of plain data, means with intervals over the seeds, CSV, Parquet and JSON."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from atlas.compile.report import Row, number, percent, seconds
from atlas.compile.sweep.knob import Axis
from atlas.compile.sweep.point import Base, Cell, PlainRow, Point, Scalar
from atlas.sim.outcome import Estimate, estimate

MEASURES: Final = ("good", "degraded", "failed", "p50_s", "p95_s", "p99_s", "p999_s", "utilisation", "recovery_s")
"""What tables and charts can show of a flow (``utilisation``: of the busiest station)."""
_PARTS: Final = (
    *("engine", "slice", "requests_per_s", "good", "degraded", "failed", "p50_s", "p95_s", "p99_s", "p999_s"),
    *("busiest", "utilisation"),
)
_DRILL: Final = ("recovered", "recovery_s", "holds")
SUFFIXES: Final = (".csv", ".parquet", ".json")
_TEXT = frozenset({"flow", "engine", "busiest", "reason"})
_TRUTH = frozenset({"recovered", "holds"})


@dataclass(frozen=True)
class Sweep:
    """A finished sweep: its grid, and a row for each point, seed and flow in the grid's order."""

    system: str
    name: str
    axes: tuple[Axis, ...]
    base: Base
    seeds: tuple[int, ...]
    found: tuple[tuple[Point, PlainRow], ...]
    about: str = ""
    """The flow that a drill is about: the first that it expects something of."""

    @property
    def columns(self) -> Row:
        """Names of the columns: the axes, the seed, the flow, what was measured, and why a point has nothing."""
        drill = _DRILL if self.base.drill else ()
        return (*(axis.name for axis in self.axes), "seed", "flow", *_PARTS, *drill, "reason")

    @property
    def flows(self) -> list[str]:
        """The flows that were measured, those with the most requests first."""
        most: dict[str, float] = {}
        for _, row in self.found:
            if name := str(row["flow"]):
                most[name] = max(most.get(name, 0.0), float(row.get("requests_per_s") or 0.0))
        return sorted(most, key=lambda n: -most[n])

    @property
    def main_flow(self) -> str:
        """The flow that is shown where none is asked for: the drill's, else the busiest; empty where none was run."""
        wanted = self.base.flow or self.about
        return wanted if wanted in self.flows else next(iter(self.flows), "")

    @property
    def reasons(self) -> dict[str, int]:
        """Why points have no result or a doubtful one, and how many runs say so."""
        counts: dict[str, int] = {}
        for _, row in self.found:
            if reason := row.get("reason"):
                counts[str(reason)] = counts.get(str(reason), 0) + 1
        return counts

    def rows(self) -> Iterator[dict[str, Cell]]:
        """Every row with all columns; ``None`` where there is nothing."""
        for point, row in self.found:
            whole: dict[str, Cell] = {**point.knobs, "seed": point.seed, **row}
            yield {name: whole.get(name) for name in self.columns}

    def table(self) -> list[tuple[Any, ...]]:
        """The columns, then every row: as lists of plain values for notebooks and programs."""
        return [self.columns, *(tuple(row.values()) for row in self.rows())]

    def chart(self, measure: str = "good", flow: str = "") -> Any:
        """An Altair chart over one axis (lines with bands) or two (a heat map; a third makes rows of them)."""
        from atlas.compile.sweep.chart import sweep_chart  # noqa: PLC0415 - it draws what this module holds

        return sweep_chart(self, measure, flow)

    def estimates(self, measure: str, flow: str) -> dict[tuple[Scalar, ...], Estimate]:
        """Of each point the mean of a measure over the seeds with its 95 % interval; points without one are left out.

        Raises ``ValueError`` for a measure or a flow that there is not.
        """
        if measure not in MEASURES:
            raise ValueError(f"{measure} is none of {', '.join(MEASURES)}")
        if flow not in self.flows:
            raise ValueError(f"the sweep has no flow {flow!r}; it has {', '.join(self.flows) or 'none'}")
        values: dict[tuple[Scalar, ...], list[float]] = {}
        for point, row in self.found:
            if row["flow"] == flow and (value := row.get(measure)) is not None:
                values.setdefault(tuple(v for _, v in point.at), []).append(float(value))
        return {at: estimate(found) for at, found in values.items()}

    def summary_rows(self, flow: str = "") -> tuple[Row, list[Row]]:
        """Columns and one row for each point: means over the seeds, with ± half a 95 % interval of the p99."""
        told = flow or self.main_flow
        shown = ("good", "p50_s", "p99_s", "utilisation", *(("recovery_s",) if self.base.drill else ()))
        found = {m: self.estimates(m, told) for m in shown} if told in self.flows else {}
        columns = (*(a.name for a in self.axes), *(m.removesuffix("_s") for m in shown), "busiest")
        busiest: dict[tuple[Scalar, ...], str] = {}
        for point, row in self.found:
            busiest.setdefault(tuple(v for _, v in point.at), str(row.get("busiest") or row.get("reason") or ""))
        rows = []
        for at, name in busiest.items():
            cells = [_shown(m, found[m].get(at)) if found else "–" for m in shown]
            rows.append((*(_axis_text(v) for v in at), *cells, name))
        return columns, rows

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "system": self.system,
            "base": asdict(self.base),
            "axes": {axis.name: list(axis.values) for axis in self.axes},
            "seeds": list(self.seeds),
            "flows": self.flows,
            "reasons": self.reasons,
            "rows": list(self.rows()),
        }

    def to_csv(self) -> str:
        """The table as CSV: no value is an empty field, numbers are written so that they read back the same."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_csv(v) for v in row.values()] for row in self.rows())
        return out.getvalue()

    def to_parquet(self, path: Path) -> None:
        """Write the table as Parquet; ``ImportError`` where pyarrow is not installed (``atlas-systems[dask]``)."""
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        import pyarrow.parquet as pq  # noqa: PLC0415 - an optional extra

        rows = list(self.rows())
        columns = {name: _column([row[name] for row in rows], self._type(name), pa) for name in self.columns}
        pq.write_table(pa.table(columns), path)

    def _type(self, name: str) -> type:
        axis = next((a for a in self.axes if a.name == name), None)
        if axis is not None:
            kinds = {type(v) for v in axis.values}
            return str if str in kinds else float if float in kinds else int
        return str if name in _TEXT else bool if name in _TRUTH else int if name == "seed" else float


def _column(values: list[Cell], kind: type, pa: Any) -> Any:
    types = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    return pa.array([None if v is None else kind(v) for v in values], type=types[kind])


def _csv(value: Cell) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)


def _axis_text(value: Scalar) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shown(measure: str, found: Estimate | None) -> str:
    """A mean for people; of the p99 with its interval."""
    if found is None:
        return "–"
    if measure not in ("p50_s", "p95_s", "p99_s", "p999_s", "recovery_s"):
        return percent(found.mean) if math.isfinite(found.mean) else number(found.mean)
    wide = f" ± {seconds(found.half_width)}" if measure == "p99_s" and math.isfinite(found.half_width) else ""
    return seconds(found.mean) + wide
