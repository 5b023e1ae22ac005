"""System → Plan, and drills on it: faults, expectations, counterfactuals, results that say how far to trust them."""

from atlas.compile.conditions import Conditions
from atlas.compile.handle import Handle, Result, load
from atlas.compile.ledger import Entry
from atlas.compile.overlay import Case, OverlayError, case_in, case_of
from atlas.compile.plan import Compiled, compile_system
from atlas.compile.run import Drilled, Run, Settings, load_drills, run_drill, run_system

__all__ = [
    "Case",
    "Compiled",
    "Conditions",
    "Drilled",
    "Entry",
    "Handle",
    "OverlayError",
    "Result",
    "Run",
    "Settings",
    "case_in",
    "case_of",
    "compile_system",
    "load",
    "load_drills",
    "run_drill",
    "run_system",
]
