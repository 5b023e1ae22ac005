"""How far the engines were measured to agree, stratum by stratum: what a result prints, and the method page shows.

The figures are in ``agreement.json`` beside this module, written by ``python -m bench agreement`` from random plans
(``atlas.sim.stratum_plan``), the discrete engine taken as the truth.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from atlas.sim.compare import FaultApart, SteadyApart
from atlas.sim.fidelity import STRATA, Stratum

STEADY = ("utilisation", "p50", "p95", "p99")
"""Relative errors of the analytic engine, in percent."""
POINTS = ("good", "during", "after")
"""Errors of shares of good requests, in points: analytic at rest; fluid during a fault, and in the 20 s after it."""
FILE = "agreement.json"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the errors on the plans of a stratum, without their signs: the median, the 95th percentile, the largest."""

    median: float
    p95: float
    largest: float
    standard_error: float
    """Median standard error of the truth itself."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was measured in one stratum."""

    stratum: Stratum
    plans: int
    figures: Mapping[str, Figures]
    same_verdict: float
    """Share of the plans under a fault of which fluid and discrete say alike whether they recover."""
    recovers_alike: float
    """... and recover within 2 seconds or a tenth of each other."""
    goodput_alike: float
    """Share whose goodput is within ten points during the fault and after it."""
    unstable: int
    """Plans of which the analytic engine said that they have no steady state."""

    def text(self) -> str:
        """One line for a result."""
        p99, used, during = self.figures["p99"], self.figures["utilisation"], self.figures["during"]
        return (
            f"agreement on {self.plans} random plans of stratum {self.stratum}: analytic p99 differs by"
            f" {p99.median:.2g} % at the median and {p99.p95:.2g} % at the 95th percentile (utilisation"
            f" {used.median:.2g} % and {used.p95:.2g} %); under faults fluid goodput differs by {during.median:.2g} and"
            f" {during.p95:.2g} points, with the same verdict in {self.same_verdict:.0%}"
        )


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("atlas.sim").joinpath(FILE).read_text("utf-8"))
    return found


def for_stratum(stratum: Stratum) -> Agreement:
    """The figures of a stratum. KeyError for one that is not there."""
    row = _read()["strata"][stratum]
    figures = {name: Figures(**values) for name, values in row["figures"].items()}
    return Agreement(**(row | {"figures": figures}))


def measured() -> list[Agreement]:
    """All strata, in order."""
    return [for_stratum(stratum) for stratum in STRATA]


def mechanisms() -> dict[str, float]:
    """The share of all plans in which each mechanism acted."""
    return dict(_read()["mechanisms"])


def summarise(steady: Sequence[SteadyApart], faulted: Sequence[FaultApart]) -> Agreement:
    """The figures of plans of one stratum."""
    figures = {name: _figures([getattr(s, name) for s in steady], 100.0) for name in STEADY}
    figures["good"] = _figures([s.good for s in steady], 1.0)
    figures |= {name: _figures([getattr(f, name) for f in faulted], 1.0) for name in ("during", "after")}
    alike = [max(abs(f.during.error), abs(f.after.error)) <= 10 for f in faulted]
    return Agreement(
        stratum=steady[0].stratum,
        plans=len(steady),
        figures=figures,
        same_verdict=float(np.mean([f.is_same_verdict for f in faulted])),
        recovers_alike=float(np.mean([f.recovers_alike for f in faulted])),
        goodput_alike=float(np.mean(alike)),
        unstable=sum(s.is_unstable for s in steady),
    )


def _figures(parts: Sequence[Any], scale: float) -> Figures:
    errors = np.array([abs(p.error) for p in parts if np.isfinite(p.error)]) * scale
    own = np.array([p.standard_error for p in parts if np.isfinite(p.standard_error)]) * scale
    if not len(errors):
        return Figures(0.0, 0.0, 0.0, 0.0)
    middle, high = np.quantile(errors, [0.5, 0.95])
    return Figures(*(round(float(x), 4) for x in (middle, high, errors.max(), np.median(own) if len(own) else 0.0)))


def fired_in(steady: Sequence[SteadyApart], faulted: Sequence[FaultApart]) -> dict[str, float]:
    """Share of the plans in which each mechanism acted, at rest or under the fault."""
    counts: dict[str, int] = {}
    for still, shaken in zip(steady, faulted, strict=True):
        for name in {*still.fired, *shaken.fired}:
            counts[name] = counts.get(name, 0) + 1
    return {name: counts[name] / len(steady) for name in sorted(counts)}


def to_json(strata: Sequence[Agreement], fired: Mapping[str, float], about: Mapping[str, Any]) -> str:
    """What ``agreement.json`` holds."""
    rows = {s.stratum: asdict(s) for s in strata}
    data = {**about, "mechanisms": {k: round(v, 4) for k, v in fired.items()}, "strata": rows}
    return json.dumps(data, indent=1) + "\n"
