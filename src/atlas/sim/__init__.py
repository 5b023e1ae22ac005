"""The Plan and the engines on it. Knows no document, no YAML, no company: a plan can be made in Python alone."""

from atlas.sim.analytic import SteadyState, solve
from atlas.sim.builder import Call, PlanBuilder, Service, Stage
from atlas.sim.discrete import SlowEngineWarning, simulate
from atlas.sim.fault import Fault, with_faults
from atlas.sim.fluid import FluidOutcome, run_fluid, run_fluids
from atlas.sim.outcome import Estimate, Outcome
from atlas.sim.plan import (
    ANSWER,
    NONE,
    UNLIMITED,
    BreakerPer,
    Change,
    Overflow,
    Plan,
    PlanError,
    Routing,
)
from atlas.sim.validation import validate

__all__ = [
    "ANSWER",
    "NONE",
    "UNLIMITED",
    "BreakerPer",
    "Call",
    "Change",
    "Estimate",
    "Fault",
    "FluidOutcome",
    "Outcome",
    "Overflow",
    "Plan",
    "PlanBuilder",
    "PlanError",
    "Routing",
    "Service",
    "SlowEngineWarning",
    "Stage",
    "SteadyState",
    "run_fluid",
    "run_fluids",
    "simulate",
    "solve",
    "validate",
    "with_faults",
]
