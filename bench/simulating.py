"""The discrete engine: visits per second beside SimPy and ciw and beside the least that an event can cost.

Also its memory and its speed as load grows, and its speed as WebAssembly in a browser.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from atlas.sim import Call, Plan, PlanBuilder, Service, Stage, simulate
from atlas.sim.browser import to_browser
from atlas.sim.build_kernel import BuildError, build_native, wasm_bytes
from atlas.sim.discrete import seeds_of
from atlas.sim.kernel import load_kernel
from atlas.sim.plan import UNLIMITED
from atlas.sim.quantile_table import quantile_table
from atlas.sim.rate import site_rates
from atlas.sim.record import Count, new_record
from bench.calibration import Calibration
from bench.in_chromium import FRAMES, chromium_runner, digests
from bench.measure import ROOT, Say, Section
from bench.simulators import ciw_rate, simpy_rate

TARGET = 300
"""Times as many visits per second as SimPy."""
BROWSER_TARGET = 0.5
"""Share of the native speed in a browser."""
ENGINE_BYTES = 100 * 1024
_SAME_P99 = 0.1
"""How far two p99 of a short SimPy run may lie apart."""
_HOLDS = 400_000
_BROWSER_CALLS = 6e6
"""Of a run in the browser, whose compiler takes about as long as a million calls to be done."""
_GROWTH = (1e3, 1e5, 1e6)

_WHY_SLOWER = (
    "At a million requests per second the outstanding calls and the calendar's days no longer fit what a core keeps "
    "near, and a visit touches half a dozen of their lines at random: its own, its caller's, its neighbours' in "
    "the list of timeouts, and the day its end falls on. The next entry's line is fetched ahead; the rest is waiting."
)

_WHY_FASTER = (
    "Five tiers are feed-forward queues, which run by recursion: a call's times follow from those before it at its "
    "station, and no calendar is kept. So a visit may cost less than an event costs at least: a share above 100 %."
)

Rate = tuple[float, float]
"""Visits per processor second, and p99 (s)."""


def measure(_calibration: Calibration, scratch: Path, say: Say) -> Section:
    """All of it, in processor seconds of the same run."""
    section = Section("Simulating")
    parts = [_beside_others(section, say), _beside_the_bound(section, scratch, say), _memory(section, say)]
    parts += [_growth(section, say), _in_a_browser(section, say)]
    section.text = "\n\n".join(part for part in parts if part)
    return section


def _beside_others(section: Section, say: Say) -> str:
    lines = ["| plan | visits/s | SimPy | ratio | ciw | ratio | p99 | SimPy's | ciw's |", "|" + "---|" * 9]
    for name, plan, for_s, requests, target in _plans():
        say(name)
        own = _own(plan, for_s)
        section.data[name] = {"hops_per_s": round(own[0]), "p99_s": own[1]}
        simpy = _other(simpy_rate, plan, requests)
        ciw = _other(ciw_rate, plan, requests) if _is_chain(plan) else None
        for other, rate in (("SimPy", simpy), ("ciw", ciw)):
            if rate is None:
                continue
            if abs(own[1] / rate[1] - 1) > _SAME_P99:
                raise AssertionError(f"{name}: p99 {own[1]} s here, {rate[1]} s in {other}: not the same model")
            section.data[name] |= {
                f"{other.lower()}_hops_per_s": round(rate[0]),
                other.lower(): round(own[0] / rate[0]),
            }
        if target and simpy:
            section.at_least(f"{name}: visits per second against SimPy", TARGET, own[0] / simpy[0], "×")
        elif target:
            section.missing(f"{name}: visits per second against SimPy", f"≥ {TARGET} ×", "SimPy is not installed")
        cells = [f"{own[0] / 1e6:.1f} M", *_beside(own, simpy), *_beside(own, ciw), f"{own[1]:.4g} s"]
        lines.append(
            f"| {name} | " + " | ".join([*cells, *(f"{r[1]:.4g} s" if r else "" for r in (simpy, ciw))]) + " |"
        )
    return "\n".join([*lines, "", "happysim, a third peer, has no release that installs here."])


def _beside(own: Rate, other: Rate | None) -> list[str]:
    return [f"{other[0] / 1e3:.0f} k", f"{own[0] / other[0]:.0f} ×"] if other else ["", ""]


def _other(measured: Callable[[Plan, int], Rate], plan: Plan, requests: int) -> Rate | None:
    """The middle one of three; None where it is not installed."""
    try:
        rates = sorted(measured(plan, requests) for _ in range(3))
    except ModuleNotFoundError:
        return None
    return rates[1]


def _is_chain(plan: Plan) -> bool:
    """Whether ciw has it: calls in a row, without timeouts; not one server, whose p99 settles late."""
    return int(plan.stations.slots[0]) > 1 and len(plan.stations) == len(plan.sites) and not plan.sites.timeout_s.any()


def _beside_the_bound(section: Section, scratch: Path, say: Say) -> str:
    """What a visit costs beside one entry taken from the calendar, one draw, and one entry put in."""
    say("the least that an event costs")
    lines = [
        "| plan | one visit | heap: pop, push, draw | share | calendar: the same | share | heap alone against SimPy |",
        "|" + "---|" * 7,
    ]
    library = ctypes.CDLL(str(build_native(scratch / "hold.so", source=ROOT / "bench" / "hold.c")))
    for name, plan, for_s, _, target in _plans():
        if not target:
            continue
        visit_ns, pending = 1e9 / _own(plan, for_s)[0], _busy(plan)
        heap_ns, calendar_ns = (_hold_ns(library, pending, is_heap=is_heap) for is_heap in (True, False))
        section.data[f"{name}: bound"] = {"visit_ns": visit_ns, "heap_ns": heap_ns, "calendar_ns": calendar_ns}
        lines.append(
            f"| {name} | {visit_ns:.0f} ns | {heap_ns:.0f} ns at {pending} entries | {heap_ns / visit_ns:.0%} "
            f"| {calendar_ns:.0f} ns | {calendar_ns / visit_ns:.0%} | {_alone(section, name, heap_ns)} |"
        )
    return "\n".join([*lines, "", _WHY_FASTER])


def _alone(section: Section, name: str, heap_ns: float) -> str:
    """How many times as fast as SimPy an engine would be that did nothing but keep a heap and draw."""
    simpy_per_s = section.data[name].get("simpy_hops_per_s")
    return f"{1e9 / heap_ns / simpy_per_s:.0f} ×" if simpy_per_s else ""


def _busy(plan: Plan) -> int:
    """Calls in service on average, which is what the calendar holds."""
    record = simulate(plan, 1, 20.0, warmup_s=10.0, bin_s=10.0).records[0]
    return max(1, round(float(np.diff(record.station_area[:, :, 0], axis=0).sum()) / 10.0))


def _hold_ns(library: Any, pending: int, *, is_heap: bool) -> float:
    """Nanoseconds of processor time for one entry taken, one draw, one entry put in, with so many pending."""
    state, heap = np.zeros(4096, dtype=np.uint8), np.zeros(2 * pending + 64)
    days, marks = np.zeros((1 << 18) * 32 + 64, dtype=np.uint8), np.zeros(1 << 12, dtype=np.uint64)
    table = quantile_table("lognormal", 1.0, 1.0)
    library.atlas_hold.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_int64] * 3

    def seconds(holds: int) -> float:
        aligned = days.ctypes.data + (-days.ctypes.data) % 64
        began = time.process_time()
        library.atlas_hold(
            *(state.ctypes.data, aligned, marks.ctypes.data, heap.ctypes.data, table.ctypes.data),
            *(pending, holds, int(is_heap)),
        )
        return time.process_time() - began

    return statistics.median((seconds(2 * _HOLDS) - seconds(_HOLDS)) / _HOLDS * 1e9 for _ in range(5))


_PEAK = """
import sys
from atlas.sim import simulate
from bench.simulating import micro, peak_mb, tandem
plan = {"events": lambda: micro(1000.0, holds=True), "recursion": lambda: tandem(5, 100, 80.0)}[sys.argv[1]]()
outcome = simulate(plan, 1, float(sys.argv[2]), bin_s=10.0)
print(int(outcome.flow_series("flow").arrived.sum() * 10), peak_mb())
"""


def peak_mb() -> float:
    """Most memory of this process (MB). What ``getrusage`` says would hold at least its parent's, on Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def _memory(section: Section, say: Say) -> str:
    """Peak memory of a process for a run, and for one ten times as long."""
    say("memory as requests grow")
    lines = []
    for way, shorter_s in (("events", 30), ("recursion", 1000)):
        told = []
        for for_s in (shorter_s, 10 * shorter_s):
            command = [sys.executable, "-c", _PEAK, way, str(for_s)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            told.append(tuple(float(x) for x in done.stdout.split()))
        (few, before_mb), (many, after_mb) = told
        section.at_most(f"memory for ten times the requests, by {way}", 1.1, after_mb / before_mb, "×")
        section.data[f"memory by {way}"] = {"requests": [few, many], "peak_mb": [before_mb, after_mb]}
        lines.append(
            f"Peak memory of the process, by {way}: {before_mb:.0f} MB for {few:,.0f} requests, "
            f"{after_mb:.0f} MB for {many:,.0f}."
        )
    return "\n".join(lines)


def _growth(section: Section, say: Say) -> str:
    """Visits per second as the rate grows: the work is the same, the memory is not."""
    say("cost as the rate grows")
    lines = ["| requests/s | visits/s | outstanding at most | of 64 bytes each |", "|---|---|---|---|"]
    for rate in _GROWTH:
        plan, for_s = micro(rate), 200e3 / rate
        hops_per_s = _own(plan, for_s)[0]
        frames = simulate(plan, 1, for_s, bin_s=for_s).count(Count.FRAMES)
        section.data[f"growth at {rate:g}"] = {"hops_per_s": round(hops_per_s), "frames": frames}
        lines.append(f"| {rate:,.0f} | {hops_per_s / 1e6:.1f} M | {frames:,} | {frames * 64 / 1e6:.2g} MB |")
    return "\n".join([*lines, "", _WHY_SLOWER])


def _in_a_browser(section: Section, say: Say) -> str:
    """The same runs natively and in a worker of headless Chromium: the same records, and how much slower."""
    say("the kernel in a browser")
    chromium, what = os.environ.get("ATLAS_CHROMIUM") or shutil.which("chromium"), "in a browser, share of native speed"
    try:
        wasm = wasm_bytes()
    except BuildError as error:
        section.missing(what, f"≥ {BROWSER_TARGET}", str(error))
        return ""
    section.at_most("the engine for browsers", ENGINE_BYTES / 1024, len(wasm) / 1024, "KB")
    if chromium is None:
        section.missing(what, f"≥ {BROWSER_TARGET}", "Chromium is not installed")
        return ""
    lines = ["| plan | native | Chromium | share |", "|---|---|---|---|"]
    with chromium_runner(chromium, wasm) as run:
        for name, plan, _, _, target in _plans():
            if not target:
                continue
            for_s = _BROWSER_CALLS / float(site_rates(plan).sum())
            data = to_browser(plan, 1, for_s)
            shares, pairs = [], []
            for _ in range(3):
                native_s, record = _native(plan, for_s)
                there = run(data)
                if there.status != 0 or there.digests != record:
                    raise AssertionError(f"{name}: the browser's record is not the native one")
                pairs.append((native_s, there.seconds))
                shares.append(native_s / there.seconds)
            share = statistics.median(shares)
            section.at_least(f"{name}: {what}", BROWSER_TARGET, share, "")
            section.data[f"{name}: browser"] = {"share": share}
            lines.append(f"| {name} | {pairs[-1][0]:.2f} s | {pairs[-1][1]:.2f} s | {share:.0%} |")
    return "\n".join(lines)


def _native(plan: Plan, for_s: float) -> tuple[float, dict[str, str]]:
    """Seconds of a native run with as much room as the browser's, and what it recorded."""
    kernel = load_kernel()
    if kernel is None:
        raise BuildError("no native kernel")
    record = new_record(plan, for_s, 1.0, by_site=False)
    began = time.perf_counter()
    kernel.attempt(plan, record, seeds_of(1, 0), (for_s, 0.0), FRAMES)
    return time.perf_counter() - began, digests(record)


def _plans() -> list[tuple[str, Plan, float, int, bool]]:
    """Name, plan, seconds to simulate, requests for SimPy, whether the ratio is a target."""
    return [
        ("one server", tandem(1, 1, 0.8), 500_000, 15_000, False),
        ("sixteen servers", tandem(1, 16, 12.8), 50_000, 20_000, False),
        ("five tiers", tandem(5, 10, 8.0), 150_000, 8_000, True),
        ("twelve components, timeouts and retries", micro(1000.0), 150, 6_000, True),
        ("twelve components, slots held too", micro(1000.0, holds=True), 150, 6_000, True),
    ]


def tandem(tiers: int, slots: int, rate_per_s: float) -> Plan:
    """Tiers in a row, lognormal service of mean 1 s."""
    builder = PlanBuilder()
    call: Call | None = None
    for n in range(tiers):
        builder.station(f"tier{n}", slots=slots, queue_max=UNLIMITED)
        call = Call(f"tier{n}", Service(1.0), (Stage((call,)),) if call else ())
    if call is not None:
        builder.flow("flow", call, rate_per_s=rate_per_s)
    return builder.build()


_MICRO = {
    "lb": (1.0, 0.0005, 0.6),
    "web": (1.0, 0.004, 0.7),
    "auth": (1.0, 0.001, 0.6),
    "cache": (1.0, 0.0005, 0.6),
    "users": (0.1, 0.008, 0.6),
    "search": (0.5, 0.003, 0.7),
    **{f"shard{n}": (0.5, 0.006, 0.6) for n in range(3)},
    "advice": (0.5, 0.004, 0.7),
    "features": (0.5, 0.002, 0.6),
    "ads": (1.0, 0.003, 0.6),
}
"""Calls per request, mean service (s), utilisation."""
_HELD = {"web": 0.1, "search": 0.2, "advice": 0.35}
"""Utilisation by service alone of what keeps its slots while it waits."""


def micro(rate_per_s: float, *, holds: bool = False) -> Plan:
    """Twelve components with timeouts and budgeted retries; with ``holds`` three of them keep their slots."""
    builder = PlanBuilder()
    for name, (share, mean_s, load) in _MICRO.items():
        held = holds and name in _HELD
        slots = max(1, math.ceil(rate_per_s * share * mean_s / (_HELD[name] if held else load)))
        builder.station(name, slots=slots, queue_max=UNLIMITED, holds=int(held))
    users = _micro_call("users", chance=0.1)
    search = _micro_call("search", Stage(tuple(_micro_call(f"shard{n}") for n in range(3))), chance=0.5)
    advice = _micro_call("advice", Stage((_micro_call("features"),)), chance=0.5)
    last = Stage((search, advice, _micro_call("ads")))
    web = _micro_call("web", Stage((_micro_call("auth"),)), Stage((_micro_call("cache", Stage((users,))),)), last)
    builder.flow("flow", Call("lb", Service(_MICRO["lb"][1]), (Stage((web,)),)), rate_per_s=rate_per_s)
    return builder.build()


def _micro_call(name: str, *stages: Stage, chance: float = 1.0) -> Call:
    settings: dict[str, Any] = {"timeout_s": 0.25, "attempts": 3, "backoff_s": 0.01, "retry_budget": 0.2}
    return Call(name, Service(_MICRO[name][1]), stages, chance=chance, **settings)


def _own(plan: Plan, for_s: float) -> Rate:
    """Visits per processor second, and p99 (s); of three runs the middle one."""
    simulate(plan, 1, for_s / 20, bin_s=for_s)
    seconds = []
    for _ in range(3):
        began = time.process_time()
        outcome = simulate(plan, 1, for_s, bin_s=for_s)
        seconds.append(time.process_time() - began)
    return outcome.count(Count.CALLS) / statistics.median(seconds), outcome.latency("flow", 0.99).mean
