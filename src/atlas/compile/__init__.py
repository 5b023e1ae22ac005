"""System → Plan, and drills on it: faults, expectations, counterfactuals, results that say how far to trust them."""

from atlas.compile.conditions import Conditions
from atlas.compile.handle import Handle, Result, load
from atlas.compile.ledger import Entry
from atlas.compile.overlay import Case, OverlayError, case_in, case_of
from atlas.compile.plan import Compiled, compile_system
from atlas.compile.playbook import BOTH, Playbook, Trial, playbook_from, run_playbook
from atlas.compile.run import (
    Drilled,
    Run,
    Settings,
    load_drills,
    plan_drill,
    plan_system,
    run_drill,
    run_drills,
    run_system,
)

__all__ = [
    "BOTH",
    "Case",
    "Compiled",
    "Conditions",
    "Drilled",
    "Entry",
    "Handle",
    "OverlayError",
    "Playbook",
    "Result",
    "Run",
    "Settings",
    "Trial",
    "case_in",
    "case_of",
    "compile_system",
    "load",
    "load_drills",
    "plan_drill",
    "plan_system",
    "playbook_from",
    "run_drill",
    "run_drills",
    "run_playbook",
    "run_system",
]
