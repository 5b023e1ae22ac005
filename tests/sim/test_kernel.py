"""The kernel against its readable twin: the same record to the bit, whatever the plan; and how it is built and run."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlas.sim import (
    Call,
    Fault,
    Outcome,
    Plan,
    PlanBuilder,
    PlanError,
    Service,
    SlowEngineWarning,
    Stage,
    discrete,
    simulate,
    with_faults,
)
from atlas.sim.build_kernel import SOURCES, build_native, library_path, source_hash
from atlas.sim.discrete import seeds_of
from atlas.sim.kernel import WORDS, Interrupted, Kernel, load_kernel, prepare
from atlas.sim.random_plan import random_plan
from atlas.sim.record import HISTOGRAM_CELLS, Count, Record, cell_edges, new_record, percentile

PLANS = 40
LENGTH_S = 6.0
ENGINES: tuple[discrete.Engine, ...] = ("kernel", "twin")


def differences(one: Record, other: Record) -> list[str]:
    """Names of what is not the same to the bit."""
    return [name for name in one.__slots__ if not np.array_equal(getattr(one, name), getattr(other, name))]


def run_both(seed: int) -> tuple[Outcome, Outcome]:
    """A random plan on the kernel and on the twin."""
    plan = random_plan(seed)
    kernel = simulate(plan, seed, LENGTH_S, warmup_s=1.0, bin_s=0.5, by_site=True, engine="kernel")
    twin = simulate(plan, seed, LENGTH_S, warmup_s=1.0, bin_s=0.5, by_site=True, engine="twin")
    return kernel, twin


def test_random_plans_agree_to_the_bit_and_fire_every_mechanism() -> None:
    """Over random plans kernel and twin leave the same record; each mechanism fires in at least 5 % of the plans."""
    fired = np.zeros(int(Count.LAST))
    for seed in range(PLANS):
        kernel, twin = run_both(seed)
        assert differences(kernel.records[0], twin.records[0]) == [], seed
        fired += kernel.records[0].counts > 0
    rare = [Count(n).name for n in range(Count.LAST) if fired[n] < 0.05 * PLANS]
    assert rare == []


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=1000, max_value=10**9))
def test_any_random_plan_agrees(seed: int) -> None:
    """The property, on plans that Hypothesis chooses."""
    kernel, twin = run_both(seed)
    assert differences(kernel.records[0], twin.records[0]) == []


def crowded_plan(service: Service, users: int = 0) -> Plan:
    """Thousands of calls in service at once, ten times as many for a while, and then almost none."""
    builder = PlanBuilder()
    builder.station("a", slots=1 << 20)
    call = Call("a", service, timeout_s=1.5, attempts=2, backoff_s=0.25)
    builder.flow("flow", Call("a", Service(0.001), (Stage((call,)),)), rate_per_s=1000.0)
    if users:
        builder.flow("closed", Call("a", service), users=users, think=Service(0.5, 0.0))
    return with_faults(
        builder.build(), [Fault("spike", 1.0, 1.0, "flow", 10.0), Fault("spike", 2.5, 9.0, "flow", 0.01)]
    )


@pytest.mark.parametrize(
    ("service", "users"),
    [(Service(1.0), 0), (Service(1.0, 3.0), 0), (Service(0.25, 0.0), 3000), (Service(1e-6, 1.0), 2)],
    ids=["spread out", "far ahead", "at the same instants", "of two scales"],
)
def test_the_calendar_keeps_the_order_whatever_is_pending(service: Service, users: int) -> None:
    """With thousands of entries that come and go, near, far, or all at once, the kernel's order is that of the twin."""
    plan = crowded_plan(service, users)
    kernel, twin = (simulate(plan, 4, 4.0, bin_s=0.25, engine=engine).records[0] for engine in ENGINES)
    assert differences(kernel, twin) == []
    assert kernel.counts[Count.EVENTS] > 20_000


def test_requests_are_conserved() -> None:
    """What arrived is good, degraded, failed or still under way; and never more ended than arrived."""
    for seed in range(PLANS):
        plan = random_plan(seed)
        record = simulate(plan, seed, LENGTH_S).records[0]
        arrived, ended = record.flow_series[:, :, 0].sum(), record.flow_series[:, :, 1:].sum()
        assert 0 <= arrived - ended <= record.counts[Count.FRAMES]


def test_same_seed_same_bytes() -> None:
    """The same seed gives the same bytes; another seed, or replication, does not."""
    plan = random_plan(3)
    first, again, other = (simulate(plan, seed, LENGTH_S) for seed in (1, 1, 2))
    assert differences(first.records[0], again.records[0]) == []
    assert differences(first.records[0], other.records[0]) != []
    pair = simulate(plan, 1, LENGTH_S, replications=2)
    assert differences(pair.records[0], first.records[0]) == []
    assert differences(pair.records[0], pair.records[1]) != []


def test_executors_change_nothing() -> None:
    """Replications in threads and in processes are those of one after the other."""
    plan = random_plan(5)
    alone = simulate(plan, 9, LENGTH_S, replications=3)
    for kind in (ThreadPoolExecutor, ProcessPoolExecutor):
        with kind(max_workers=2) as executor:
            shared = simulate(plan, 9, LENGTH_S, replications=3, executor=executor)
        for one, other in zip(alone.records, shared.records, strict=True):
            assert differences(one, other) == []


def test_words_are_in_the_order_of_the_source() -> None:
    """The words that Python writes are those that the kernel reads."""
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    block = re.search(r"enum word \{(.*?)\};", source, re.DOTALL)
    assert block is not None
    names = re.findall(r"\bW_([A-Z_]+)", re.sub(r"/\*.*?\*/", "", block[1]))
    assert tuple(name.lower() for name in names) == WORDS
    counts = re.search(r"enum count \{(.*?)\};", source, re.DOTALL)
    assert counts is not None
    names = re.findall(r"\b[A-Z_]{3,}\b", re.sub(r"/\*.*?\*/", "", counts[1], flags=re.DOTALL))
    assert names.index("COUNTS_LAST") == Count.LAST


def test_library_knows_its_source() -> None:
    """The library holds the hash of the source it was built from, and its file name does."""
    kernel = load_kernel()
    assert kernel is not None
    assert kernel.source_hash == source_hash()
    assert f"{source_hash():016x}" in library_path().name


def test_twin_runs_where_nothing_can_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a compiler the twin answers, and says that it is slow."""
    monkeypatch.setattr(discrete, "load_kernel", lambda: None)
    with pytest.warns(SlowEngineWarning, match="slower"):
        outcome = simulate(random_plan(1), 1, 1.0)
    assert outcome.engine == "twin"
    with pytest.raises(PlanError, match="compiler"):
        simulate(random_plan(1), 1, 1.0, engine="kernel")


def test_progress_and_interruption() -> None:
    """A run tells how far it is, and stops when told to."""
    builder = PlanBuilder()
    builder.station("a", slots=100)
    builder.flow("flow", Call("a", Service(0.01)), rate_per_s=5000.0)
    told: list[float] = []

    def listen(now_s: float) -> bool:
        told.append(now_s)
        return len(told) < 3

    with pytest.raises(Interrupted):
        simulate(builder.build(), 1, 100_000.0, progress=listen, bin_s=100)
    assert told == sorted(told)
    assert len(told) == 3


def test_more_outstanding_calls_than_first_fit() -> None:
    """A pool that is too small is made larger, and the run is the same as with a large one from the start."""
    builder = PlanBuilder()
    builder.station("a", queue_max=1 << 30)
    builder.flow("flow", Call("a", Service(1.0)), rate_per_s=50_000.0)
    plan, kernel = builder.build(), load_kernel()
    assert kernel is not None
    seeds, records = seeds_of(1, 0), [new_record(plan, 4.0, 1.0, by_site=False) for _ in range(2)]
    assert kernel.attempt(plan, records[0], seeds, (4.0, 0.0), 1000) == -2
    records[0] = new_record(plan, 4.0, 1.0, by_site=False)
    kernel.run(plan, records[0], seeds, 4.0, 0.0)
    assert kernel.attempt(plan, records[1], seeds, (4.0, 0.0), 1 << 22) == 0
    assert differences(records[0], records[1]) == []
    assert records[0].station_series[-1, 0, 2] > 190_000


def test_memory_follows_outstanding_work() -> None:
    """A hundred times longer run has no more frames outstanding (but for the luck of longer waiting)."""
    builder = PlanBuilder()
    builder.station("a", slots=8, queue_max=10**6)
    builder.flow("flow", Call("a", Service(0.01), timeout_s=1.0), rate_per_s=600.0)
    plan = builder.build()
    short, long = (simulate(plan, 1, for_s, bin_s=10).count(Count.FRAMES) for for_s in (100.0, 10_000.0))
    assert long < 4 * short


def test_histogram_cells() -> None:
    """Cells are at most 0.8 % wide, and percentiles are interpolated in them."""
    edges = cell_edges()
    assert (np.diff(edges) / edges[:-1]).max() < 0.0079
    histogram = np.zeros(HISTOGRAM_CELLS, dtype=np.int64)
    cell = int(np.searchsorted(edges, 1.0, side="right")) - 1
    histogram[cell] = 100
    assert edges[cell] <= percentile(histogram, 0.01) < percentile(histogram, 0.99) <= edges[cell + 1]
    assert np.isnan(percentile(np.zeros(HISTOGRAM_CELLS, dtype=np.int64), 0.5))


FUZZ = """
import sys
from atlas.sim.discrete import seeds_of
from atlas.sim.kernel import Kernel
from atlas.sim.random_feed_forward import random_feed_forward_plan
from atlas.sim.random_plan import random_plan
from atlas.sim.record import new_record
from pathlib import Path
kernel = Kernel(Path(sys.argv[1]))
seeds = range(int(sys.argv[2]), int(sys.argv[3]))
for seed, make in [(seed, make) for seed in seeds for make in (random_plan, random_feed_forward_plan)]:
    plan = make(seed)
    for frames in (60, 1 << 16):
        record = new_record(plan, 4.0, 0.5, by_site=make is random_plan)
        kernel.attempt(plan, record, seeds_of(seed, 0), (4.0, 0.5), frames)
print("clean")
"""

SPOIL = """
import sys
import numpy as np
import atlas.sim.kernel
from dataclasses import replace
from pathlib import Path
from atlas.sim import PlanError, validate
from atlas.sim.discrete import seeds_of
from atlas.sim.plan import arrays_of
from atlas.sim.random_feed_forward import random_feed_forward_plan
from atlas.sim.random_plan import random_plan
from atlas.sim.record import new_record
atlas.sim.kernel.EVENTS_AT_ONCE = 3000
kernel = atlas.sim.kernel.Kernel(Path(sys.argv[1]))
generator = np.random.default_rng(int(sys.argv[2]))
nasty = [-(2**62), -3, -2, -1, 0, 1, 2, 3, 7, 255, 256, 2**20, 2**31, 2**40, 0.5, 1e-300, 1e300, np.nan, np.inf]
refused = ran = 0
for turn in range(int(sys.argv[3])):
    plan = (random_feed_forward_plan if turn % 3 == 0 else random_plan)(turn % 30)
    for _ in range(int(generator.integers(1, 3))):
        part = str(generator.choice(["stations", "sites", "stages", "caches", "flows", "sources", "timeline"]))
        arrays = {k: v for k, v in arrays_of(getattr(plan, part)).items() if len(v)}
        if not arrays:
            continue
        name = str(generator.choice(sorted(arrays)))
        values, value = arrays[name].copy(), generator.choice(nasty)
        if values.dtype.kind == "i":
            value = int(value) if np.isfinite(value) and abs(value) < 2**63 else -1
        values[int(generator.integers(len(values)))] = value
        plan = replace(plan, **{part: replace(getattr(plan, part), **{name: values})})
    try:
        validate(plan)
    except PlanError:
        refused += 1
        continue
    if plan.sources.users.sum() > 10**5 or plan.stations.instances.sum() > 10**5:
        continue
    record = new_record(plan, 4.0, 0.5, by_site=turn % 3 != 0)
    try:
        kernel.attempt(plan, record, seeds_of(turn, 0), (4.0, 0.5), 2000, lambda now_s: False)
    except atlas.sim.kernel.Interrupted:
        pass
    ran += 1
assert refused > 0.2 * turn and ran > 0.2 * turn, (refused, ran)
print("clean")
"""


@pytest.mark.parametrize("sanitiser", ["address", "undefined"])
def test_sanitisers_find_nothing(tmp_path: Path, sanitiser: str) -> None:
    """Random plans run clean under the sanitisers, out of memory or not; so do spoilt ones that pass validation."""
    runtime = _runtime({"address": "libasan.so", "undefined": "libubsan.so"}[sanitiser])
    flags = (f"-fsanitize={sanitiser}", "-fno-sanitize-recover=all", "-g", "-O1")
    library = build_native(tmp_path / "kernel.so", flags)
    environment = {"LD_PRELOAD": runtime, "ASAN_OPTIONS": "detect_leaks=0", "PATH": "/usr/bin:/bin"}
    environment["PYTHONPATH"] = str(SOURCES[0].parents[2])  # the source under test, wherever another is installed
    for arguments in ([FUZZ, str(library), "0", "30"], [SPOIL, str(library), "1", "150"]):
        command = [sys.executable, "-c", *arguments]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250, check=False)
        assert result.returncode == 0, result.stderr[-3000:]
        assert result.stdout.strip() == "clean"


def _runtime(name: str) -> str:
    """The sanitiser's runtime that gcc brings; skipped by name where there is no gcc or it lacks it."""
    try:
        found = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("gcc is not installed")
    path = found.stdout.strip()
    if not Path(path).is_absolute():
        pytest.skip(f"gcc has no {name}")
    return path


def test_out_of_frames_at_any_point_is_clean() -> None:
    """Whatever the number of frames, a run ends or says that it ran out of them."""
    kernel, plan = load_kernel(), random_plan(7)
    assert kernel is not None
    results = set()
    for frames in range(2, 200, 7):
        record = new_record(plan, 2.0, 0.5, by_site=False)
        results.add(kernel.attempt(plan, record, seeds_of(1, 0), (2.0, 0.0), frames))
    assert results <= {0, -2}
    assert -2 in results


def test_too_small_an_arena_is_refused() -> None:
    """The kernel says how many bytes it needs and touches nothing."""
    kernel, plan = load_kernel(), random_plan(1)
    assert isinstance(kernel, Kernel)
    record = new_record(plan, 1.0, 1.0, by_site=False)
    words, kept = prepare(plan, record, (1, 3), 1.0, 0.0)
    words[WORDS.index("frames")] = 1000
    assert kernel.start(words.ctypes.data) == -1
    assert words[WORDS.index("arena_needed")] > 72_000
    assert kept


def test_held_slots_can_deadlock_and_time_out_of_it() -> None:
    """Two calls that each hold what the other needs: without a timeout nothing is answered, with one some are."""
    answered = []
    for timeout in (0.0, 0.5):
        builder = PlanBuilder()
        builder.station("a", slots=2, holds=1, queue_max=100)
        inner = Call("a", Service(0.05), timeout_s=timeout)
        builder.flow("flow", Call("a", Service(0.05), (Stage((inner,)),)), rate_per_s=60.0)
        answered.append(simulate(builder.build(), 1, 100.0).flow_series("flow").good[50:].sum())
    assert answered[0] == 0
    assert answered[1] >= 0


def test_changes_come_in_their_time_when_nothing_else_happens() -> None:
    """Faults after the last request, and between bins, change the series where they belong, and nothing behind it."""
    builder = PlanBuilder()
    builder.station("a", instances=4, slots=10)
    builder.flow("flow", Call("a", Service(0.01)), rate_per_s=1.0)
    faults = [Fault("spike", 0.0, 100.0, "flow", 0.0), Fault("capacity", 3.9, 2.0, "a", 0.5)]
    plan = with_faults(builder.build(), faults)
    kernel, twin = (simulate(plan, 1, 10.0, engine=engine).records[0] for engine in ENGINES)
    assert differences(kernel, twin) == []
    assert kernel.station_series[:, 0, 3].tolist() == [40, 40, 40, 20, 20, 40, 40, 40, 40, 40]
    assert (np.diff(kernel.station_area[:, 0], axis=0) >= 0).all()


def test_areas_never_shrink() -> None:
    """Integrals over time only grow, whatever changes when."""
    for seed in range(PLANS):
        record = simulate(random_plan(seed), seed, LENGTH_S, bin_s=0.1).records[0]
        assert (np.diff(record.station_area, axis=0) >= 0).all(), seed
