"""Sweeps: one system under many settings and seeds, on any executor, kept as it comes, as tables and charts."""

from atlas.compile.sweep.chart import save_sweep_chart, sweep_chart
from atlas.compile.sweep.journal import Journal, JournalError, open_journal
from atlas.compile.sweep.knob import Axis, Knob, KnobError, axis_of, knobs_of, read_axis
from atlas.compile.sweep.point import Base, EngineName, Point, Scalar
from atlas.compile.sweep.run import MOST_RUNS, SweepError, plan_sweep, run_sweep
from atlas.compile.sweep.table import MEASURES, Sweep

__all__ = [
    "MEASURES",
    "MOST_RUNS",
    "Axis",
    "Base",
    "EngineName",
    "Journal",
    "JournalError",
    "Knob",
    "KnobError",
    "Point",
    "Scalar",
    "Sweep",
    "SweepError",
    "axis_of",
    "knobs_of",
    "open_journal",
    "plan_sweep",
    "read_axis",
    "run_sweep",
    "save_sweep_chart",
    "sweep_chart",
]
