"""What each engine can and cannot say, and how far they were measured to agree."""

from __future__ import annotations

from collections.abc import Sequence

from atlas.report.metric import show
from atlas.sim.agreement import POINTS, STEADY, Agreement, Figures, measured
from atlas.sim.fidelity import STRATA
from atlas.site.parts import Cell, cell
from atlas.site.table import Row, Table, columns

WHAT = (
    (
        "Analytic",
        "a steady state",
        "utilisation, and percentiles by convolving the call tree; which queues grow without end",
        "anything that happens: a fault, a recovery, a storm of retries that feeds itself",
        "milliseconds",
    ),
    (
        "Fluid",
        "flows of work over time",
        "faults, retries, queues that fill and drain, recovery, at any request rate for the same cost",
        "single requests: luck, bursts and the tail; percentiles are those of the steady state",
        "hundredths of a second a drill",
    ),
    (
        "Discrete",
        "every request",
        "tails, mechanisms as they act, drills; the same bytes for the same seed, natively and in the browser",
        "the whole of a very large system: a slice of it is run, with its machines and its load in proportion",
        "seconds a drill",
    ),
)
LIMITS = (
    "No engine knows what a document does not say: a shared disk, a lock, a network that is full, a person who errs.",
    "Service times are taken as independent of each other and of the load, unless a fault slows them.",
    "Inputs are mostly assumed. A result says how many are published, and which of them move the answer most.",
    "A drill that holds shows that the described mitigation can work at the described numbers; not that it did.",
)


def engines() -> Table:
    """The three engines side by side."""
    rows = tuple(Row(tuple(cell(text) for text in row)) for row in WHAT)
    return Table(
        "engines", "Three engines on one plan", columns("Engine", "Sees", "Can say", "Cannot say", "Takes"), rows
    )


def steady_agreement(strata: Sequence[Agreement] | None = None) -> Table:
    """Errors of the analytic engine at rest, against the discrete one: median and 95th percentile over plans."""
    names = ("Utilisation", "p50", "p95", "p99")
    rows = [
        Row((_stratum(one), cell(str(one.plans)), *(_errors(one.figures[name], " %") for name in STEADY)))
        for one in (measured() if strata is None else strata)
    ]
    head = columns("Stratum", "#Plans", *(f"#{name}" for name in names))
    note = "Median error of a plan, and under it what one plan in twenty exceeds; the discrete engine is the truth."
    return Table("agreement", "Analytic against discrete, at rest", head, tuple(rows), note=note)


def fault_agreement(strata: Sequence[Agreement] | None = None) -> Table:
    """The fluid engine against the discrete one under random faults."""
    rows = [
        Row(
            (
                _stratum(one),
                *(_errors(one.figures[name], " points") for name in POINTS[1:]),
                cell(show(one.same_verdict, is_share=True)),
                cell(show(one.recovers_alike, is_share=True)),
            )
        )
        for one in (measured() if strata is None else strata)
    ]
    head = columns("Stratum", "#Good answers, fault", "#After it", "#Same verdict", "#Recovers alike")
    note = (
        "Share of good answers while the fault lasts and in the 20 s after it: median difference, and under it the one "
        "that one plan in twenty exceeds. Alike: within 2 s or a tenth."
    )
    return Table("faults", "Fluid against discrete, under faults", head, tuple(rows), note=note)


def _stratum(one: Agreement) -> Cell:
    return cell(f"({one.stratum})", sub=STRATA[one.stratum].partition(":")[0])


def _errors(figures: Figures, unit: str) -> Cell:
    return cell(f"{_short(figures.median)}{unit}", sub=f"{_short(figures.p95)}{unit}")


def _short(value: float) -> str:
    """Two digits, or whole numbers from ten on."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
