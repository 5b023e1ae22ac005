"""The comparison with a real system: its load, its model, its verdicts; and a short run where there is a server."""

from __future__ import annotations

import asyncio
import math
import random
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from bench.calibration import Calibration
from bench.postgres import NoServerError, find_server, running_server
from bench.reality import Answer, Case, PathCost, answer_of, by_hand, error_of, path_of, plan_of, planned
from bench.reality_load import Measured, Patience, Planned, Shape, offer, percentile_of, poisson, quantile, works

from atlas.physics.erlang import erlang_c
from atlas.sim.analytic import solve
from bench import reality


@pytest.mark.parametrize(("shape", "cv"), [("constant", 0.0), ("exponential", 1.0), ("lognormal", 1.5)])
def test_work_is_of_its_distribution(shape: Shape, cv: float) -> None:
    """Mean, spread and percentiles of a sample are those of the distribution; the order is the seed's."""
    drawn = works(shape, 0.05, cv, 4000, random.Random(1))
    assert np.mean(drawn) == pytest.approx(0.05, rel=0.01)
    assert np.std(drawn) == pytest.approx(0.05 * cv, rel=0.08)
    assert np.quantile(drawn, 0.99) == pytest.approx(quantile(shape, 0.05, cv, 0.99), rel=0.02)
    assert drawn == works(shape, 0.05, cv, 4000, random.Random(1))
    assert cv == 0 or drawn != works(shape, 0.05, cv, 4000, random.Random(2))


def test_arrivals_are_poisson() -> None:
    """As many as asked, in order, with gaps of cv 1 and counts in slices as variable as their mean."""
    times = poisson(20_000, 100.0, random.Random(1))
    assert len(times) == 20_000
    gaps = np.diff(times)
    assert gaps.min() >= 0
    assert np.std(gaps) / np.mean(gaps) == pytest.approx(1.0, abs=0.03)
    counts = np.histogram(times, bins=1000, range=(0, 100))[0]
    assert np.var(counts) == pytest.approx(np.mean(counts), rel=0.15)


def test_requests_of_a_case_have_work_for_every_attempt() -> None:
    """Rate × seconds requests, as many works each as the client makes attempts."""
    case = Case("some", "exponential", 1.0, 0.5, patience=Patience(0.1, 3, 0.02), for_s=2.0)
    requests = planned(case, random.Random(1))
    assert len(requests) == round(2 * 0.5 * reality.SLOTS / reality.WORK_S)
    assert {len(r.work_s) for r in requests} == {3}


def test_the_plan_is_the_queue_it_stands_for() -> None:
    """With exponential work it is M/M/c: the analytic engine's wait is Erlang's; connections are held."""
    case = Case("some", "exponential", 1.0, 0.85)
    plan = plan_of(case, PathCost(held_s=1e-6, outside_s=0.0))
    assert plan.stations.holds.tolist() == [1, 0]
    offered = 0.85 * reality.SLOTS
    wait_s = erlang_c(reality.SLOTS, offered) * reality.WORK_S / (reality.SLOTS - offered)
    assert solve(plan).station("pool").mean_wait_s == pytest.approx(wait_s, rel=0.03)


def test_a_trace_is_queued_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections, three requests: the third waits for the one that is free first."""
    monkeypatch.setattr(reality, "SLOTS", 2)
    requests = [Planned(0.0, (1.0,)), Planned(0.1, (0.3,)), Planned(0.2, (0.5,))]
    answer = by_hand(requests, PathCost(held_s=0.1, outside_s=0.01))
    # 1.1 s; 0.4 s, until 0.5; then 0.3 s of waiting and 0.6 s: 0.9 s; each a hundredth of a second outside
    assert answer.p50_s == pytest.approx(0.91)
    assert answer.p99_s == pytest.approx(np.quantile([1.11, 0.41, 0.91], 0.99))


def test_the_largest_error_counts() -> None:
    """Of p50, p99 and goodput, in either direction, relative to what was measured."""
    real = Answer(0.1, 0.5, 0.8)
    assert error_of(real, real) == 0
    assert error_of(real, Answer(0.1, 0.45, 0.84)) == pytest.approx(0.1)
    assert error_of(real, Answer(0.13, 0.5, 0.8)) == pytest.approx(0.3)
    assert error_of(real, Answer(math.inf, 0.5, 0.8)) == math.inf


def test_what_was_measured_is_summed_up() -> None:
    """Percentiles are those of good answers; the cost of the path is apart from the work."""
    found = [Measured(0.0, 0.012 + 0.01 * k, k < 9, 0.011 + 0.01 * k, 0.0, 0.01 + 0.01 * k, 1) for k in range(10)]
    answer = answer_of(found)
    assert answer.good == 0.9
    assert answer.p50_s == percentile_of(found, 0.5) == pytest.approx(0.052)
    cost = path_of(found)
    assert [cost.held_s, cost.outside_s] == pytest.approx([0.001, 0.001])


class Stalling:
    """A service that answers nothing until a moment, then everything at once; ``full`` for work of zero."""

    def __init__(self, until_s: float) -> None:
        self.until_s = until_s
        self.bound = b""
        self.ended = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a connection."""
        self.bound = (await reader.readline()).split()[1]
        await asyncio.sleep(self.until_s)
        while line := await reader.readline():
            name, work = line.split()
            writer.write(name + (b" ok 0.1\n" if float(work) else b" full 0\n"))
        writer.close()
        await writer.wait_closed()
        self.ended.set()


def _offer(service: Stalling, requests: list[Planned], patience: Patience) -> list[Measured]:
    async def run() -> list[Measured]:
        server = await asyncio.start_server(service, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            found = await offer(port, requests, patience, 7, random.Random(1))
            await service.ended.wait()
        return found

    return asyncio.run(run())


def test_a_stall_is_felt_by_every_request_that_fell_into_it() -> None:
    """No coordinated omission: those meant early in the stall waited longest, though none was sent late."""
    service = Stalling(0.7)
    found = _offer(service, [Planned(0.1 * k, (0.01,)) for k in range(4)], Patience())
    assert service.bound == b"7"
    assert all(m.good and m.attempts == 1 for m in found)
    latencies = [m.latency_s for m in found]
    assert latencies == sorted(latencies, reverse=True)
    assert latencies[0] - latencies[3] == pytest.approx(0.3, abs=0.05)
    assert latencies[0] >= 0.45


def test_impatience_and_refusals() -> None:
    """A timeout gives up and tries again; what is refused is no good answer; late answers are nobody's."""
    found = _offer(Stalling(0.0), [Planned(0.0, (0.0,)), Planned(0.01, (0.0, 0.01))], Patience())
    assert [(m.good, m.attempts) for m in found] == [(False, 1), (True, 2)]
    (late,) = _offer(Stalling(0.8), [Planned(0.0, (0.01, 0.01))], Patience(0.1, 2, 0.01))
    assert (late.good, late.attempts) == (False, 2)
    assert 0.2 <= late.latency_s < 0.7


def test_a_server_is_looked_for_by_name(tmp_path: Path) -> None:
    """On the path, else where packages put it, the newest first; where there is none that is said."""
    with pytest.raises(NoServerError, match="no PostgreSQL server is installed"):
        find_server(str(tmp_path), [str(tmp_path / "*" / "bin")])
    for version in ("14", "15"):
        (tmp_path / version / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (tmp_path / version / "bin" / name).touch()
    assert find_server(str(tmp_path), [str(tmp_path / "*" / "bin")]) == tmp_path / "15" / "bin"


def test_without_a_server_the_section_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not measured, with the reason, and no verdict."""

    def missing(_connections: int) -> NoReturn:
        raise NoServerError("no PostgreSQL server is installed (initdb, postgres)")

    monkeypatch.setattr(reality, "running_server", missing)
    section = reality.measure(Calibration(), tmp_path, lambda _: None)
    assert [(row.measured, row.met) for row in section.rows] == [
        ("not measured: no PostgreSQL server is installed (initdb, postgres)", None)
    ]


def test_a_real_server_is_asked_and_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of load: at half load the median is the work's and nothing is refused; afterwards no folder is left."""
    try:
        find_server()
    except NoServerError as error:  # what is missing by name: initdb or postgres
        pytest.skip(str(error))
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    monkeypatch.setattr(reality, "SLOTS", 8)
    case = Case("short", "exponential", 1.0, 0.3, for_s=2.0)
    with running_server(8) as folder, reality.running_service(folder) as port:
        found = asyncio.run(offer(port, planned(case, random.Random(1)), Patience(), 1000, random.Random(1)))
    assert not folder.exists()
    assert all(m.good for m in found)
    assert all(m.held_s >= m.work_s - 1e-4 for m in found)
    assert percentile_of(found, 0.5) == pytest.approx(quantile("exponential", reality.WORK_S, 1.0, 0.5), rel=0.5)
