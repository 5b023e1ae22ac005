"""An open-loop load generator: requests at the times they were meant for, whatever the system answers meanwhile.

Latency counts from the moment a request was meant to be sent, so a stall of the system or of the generator is felt by
every request that fell into it (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Shape = Literal["exponential", "lognormal", "constant"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How the client of a case waits: seconds (0: for ever), attempts in all, mean pause before the second."""

    timeout_s: float = 0.0
    attempts: int = 1
    backoff_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A request: when it is meant to be sent, and the work of each of its attempts (s)."""

    at_s: float
    work_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a request.

    ``held_s``: how long the last attempt had its connection, for work of ``work_s``; ``late_s``: how late it was sent.
    """

    at_s: float
    latency_s: float
    good: bool
    held_s: float
    late_s: float
    work_s: float
    attempts: int


def quantile(shape: Shape, mean_s: float, cv: float, level: float) -> float:
    """A time (s) below which a share ``level`` of the times lies: written here again, not taken from what is tested."""
    if shape == "constant":
        return mean_s
    if shape == "exponential":
        return -mean_s * math.log1p(-level)
    sigma = math.sqrt(math.log1p(cv * cv))
    return mean_s * math.exp(sigma * NormalDist().inv_cdf(level) - sigma * sigma / 2)


def works(shape: Shape, mean_s: float, cv: float, count: int, chance: random.Random) -> list[float]:
    """Service times: the distribution's quantiles at the middles of ``count`` equal shares, in random order.

    So a sample has the distribution's own mean and percentiles, and what varies from run to run is the order alone.
    """
    values = [quantile(shape, mean_s, cv, (k + 0.5) / count) for k in range(count)]
    chance.shuffle(values)
    return values


def poisson(count: int, for_s: float, chance: random.Random) -> list[float]:
    """Times of a Poisson process that has ``count`` events in ``for_s`` seconds: independent, uniform, in order."""
    return sorted(chance.uniform(0.0, for_s) for _ in range(count))


def percentile_of(found: Sequence[Measured], share: float) -> float:
    """A latency percentile (s) of the good answers."""
    values: NDArray[np.float64] = np.array([m.latency_s for m in found if m.good])
    return float(np.quantile(values, share))


@dataclass(slots=True)
class Client:
    """One connection over which many requests are under way."""

    writer: asyncio.StreamWriter
    pending: dict[int, asyncio.Future[tuple[bool, float]]] = field(default_factory=dict)
    last: int = 0

    def send(self, work_s: float) -> asyncio.Future[tuple[bool, float]]:
        """Send a request; the answer says whether it was served, and how long it had its connection."""
        self.last += 1
        future = self.pending[self.last] = asyncio.get_running_loop().create_future()
        self.writer.write(b"%d %.6f\n" % (self.last, work_s))
        return future

    async def read(self, reader: asyncio.StreamReader) -> None:
        """Give every answer to whoever waits for it; those that nobody waits for any more are dropped."""
        while line := await reader.readline():
            name, word, held = line.split()
            future = self.pending.pop(int(name))
            if not future.done():
                future.set_result((word == b"ok", float(held)))


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """A client of the service on a port of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = Client(writer)
    reading = asyncio.create_task(client.read(reader))
    try:
        yield client
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
        writer.close()
        await writer.wait_closed()


async def offer(
    port: int, planned: Sequence[Planned], patience: Patience, places: int, chance: random.Random
) -> list[Measured]:
    """Send the requests at their times to a service with so many places in its queue, and wait for the last answer."""
    async with connected(port) as client:
        client.writer.write(b"queue %d\n" % places)
        start = asyncio.get_running_loop().time() + 0.2
        found = await asyncio.gather(*(_ask(client, start, p, patience, chance) for p in planned))
        while client.pending:  # what nobody waits for must not disturb the next case
            await asyncio.sleep(0.01)
    return list(found)


async def _ask(client: Client, start: float, planned: Planned, patience: Patience, chance: random.Random) -> Measured:
    loop = asyncio.get_running_loop()
    meant = start + planned.at_s
    await asyncio.sleep(meant - loop.time())
    late_s, sent = loop.time() - meant, meant
    for attempt, work_s in enumerate(planned.work_s, 1):
        served, held_s = await _attempt(client, sent, work_s, patience.timeout_s)
        if served or attempt == len(planned.work_s):
            ended_s = loop.time() - meant
            return Measured(planned.at_s, ended_s, served, held_s, late_s, work_s, attempt)
        pause = chance.uniform(0.0, 2 * patience.backoff_s * 2 ** (attempt - 1))
        sent = loop.time() + pause
        await asyncio.sleep(pause)
    raise AssertionError("a request has at least one attempt")


async def _attempt(client: Client, sent: float, work_s: float, timeout_s: float) -> tuple[bool, float]:
    """One attempt: (whether it was answered in time, how long it had its connection)."""
    answer = client.send(work_s)
    if not timeout_s:
        return await answer
    try:
        async with asyncio.timeout_at(sent + timeout_s):
            return await answer
    except TimeoutError:
        return False, 0.0


async def timer_error(count: int = 100, asked_s: float = 0.005) -> tuple[float, float]:
    """How much later than asked a timer of this machine fires: median and p99 (s)."""
    loop, late = asyncio.get_running_loop(), []
    for _ in range(count):
        due = loop.time() + asked_s
        await asyncio.sleep(asked_s)
        late.append(loop.time() - due)
    return float(np.quantile(late, 0.5)), float(np.quantile(late, 0.99))
