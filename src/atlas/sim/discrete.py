"""The discrete engine: every request of a plan, one after the other, in independent replications."""

from __future__ import annotations

import warnings
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Literal

import numpy as np

from atlas.sim.kernel import Progress, load_kernel
from atlas.sim.outcome import Outcome
from atlas.sim.plan import Plan, PlanError
from atlas.sim.rate import site_rates
from atlas.sim.record import Record, new_record
from atlas.sim.reference import Reference
from atlas.sim.validation import check_duration, validate

Engine = Literal["auto", "kernel", "twin"]
MAX_REPLICATIONS = 10_000
MAX_CALLS = 4e9


class SlowEngineWarning(UserWarning):
    """The readable twin runs because the kernel could not be built."""


def simulate(  # noqa: PLR0913 (options by keyword, each with a default)
    plan: Plan,
    seed: int,
    for_s: float,
    *,
    warmup_s: float = 0.0,
    replications: int = 1,
    bin_s: float = 1.0,
    by_site: bool = False,
    engine: Engine = "auto",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Run a plan for ``for_s`` simulated seconds in independent replications.

    The same plan, seed and times give the same records to the bit, with either engine, and on any machine whose tables
    of service times are the same: those of gamma shape, and the far tails of lognormals, are made with the machine's
    own mathematical library, which may differ in a last bit (a page is sent the difference). Requests that
    arrive before ``warmup_s`` are left out of the histograms (series hold everything). ``by_site`` also keeps a
    histogram for each call site. Replications go to the ``executor`` where one is given. ``progress`` (without an
    executor) is told the simulated seconds done over all replications, and stops the run by answering False
    (``Interrupted`` is raised). PlanError: a plan or duration that cannot be run, or more calls outstanding than fit.
    """
    validate(plan)
    check_duration(for_s, warmup_s)
    if not 1 <= replications <= MAX_REPLICATIONS:
        raise PlanError("replications", f"{replications} is not between 1 and {MAX_REPLICATIONS:,}")
    _check_work(plan, for_s)
    chosen = _choose(engine)
    job = Job(plan, seed, for_s, warmup_s, bin_s, by_site, chosen)
    if executor is None:
        records = [replicate(job, n, _ahead(progress, n * for_s)) for n in range(replications)]
    else:
        records = [future.result() for future in [executor.submit(replicate, job, n) for n in range(replications)]]
    return Outcome(plan, chosen, seed, for_s, warmup_s, tuple(records))


@dataclass(frozen=True, slots=True)
class Job:
    """What all replications of a run share (and what an executor is sent)."""

    plan: Plan
    seed: int
    for_s: float
    warmup_s: float
    bin_s: float
    by_site: bool
    engine: Literal["kernel", "twin"]


def replicate(job: Job, replication: int, progress: Progress | None = None) -> Record:
    """One replication's record."""
    record = new_record(job.plan, job.for_s, job.bin_s, by_site=job.by_site)
    seeds = seeds_of(job.seed, replication)
    kernel = load_kernel() if job.engine == "kernel" else None
    if kernel is None:
        Reference(job.plan, record, seeds, job.for_s, job.warmup_s).run()
    else:
        kernel.run(job.plan, record, seeds, job.for_s, job.warmup_s, progress)
    return record


def seeds_of(seed: int, replication: int) -> tuple[int, int]:
    """The generator's two words for one replication of a seed (seeds are not negative)."""
    if seed < 0:
        raise PlanError("seed", f"{seed} is negative")
    first, second = np.random.SeedSequence([seed, replication]).generate_state(2, np.uint64).tolist()
    return int(first), int(second) | 1


def _check_work(plan: Plan, for_s: float) -> None:
    """Refuse what would take hours before it starts."""
    calls = float(site_rates(plan).sum()) * for_s
    if calls > MAX_CALLS:
        reason = (
            f"about {calls:.1e} calls are more than one run can have ({MAX_CALLS:.0e}): shorten it, or slice the plan"
        )
        raise PlanError("for_s", reason)


def _choose(engine: Engine) -> Literal["kernel", "twin"]:
    if engine == "twin":
        return "twin"
    if load_kernel() is not None:
        return "kernel"
    if engine == "kernel":
        raise PlanError("engine", "the kernel cannot be built here: install a C compiler, or pip install ziglang")
    message = "no C compiler and no ziglang: the readable twin runs, some thousand times slower than the kernel"
    warnings.warn(message, SlowEngineWarning, stacklevel=3)
    return "twin"


def _ahead(progress: Progress | None, done_s: float) -> Progress | None:
    """The progress of one replication, counted on from those before it."""
    return None if progress is None else lambda now_s: progress(done_s + now_s)
