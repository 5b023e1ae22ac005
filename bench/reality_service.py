"""The real system of ``bench.reality``: a service with a bounded pool of connections in front of PostgreSQL.

``python -m bench.reality_service FOLDER SLOTS`` prints the port it listens to on loopback. Requests are lines ``ID
SECONDS``; each takes a connection for one ``SELECT pg_sleep(SECONDS)`` and is answered by ``ID ok HELD_S``, where
HELD_S is how long it had the connection. One that finds the queue full is answered by ``ID full 0`` at once. ``queue
N`` sets the places of the queue. First come, first served.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from pathlib import Path

import psycopg
import psycopg.conninfo

UNBOUNDED = 1 << 30


class Pool:
    """Connections, those that wait for one, and how many may."""

    def __init__(self, connections: list[psycopg.AsyncConnection]) -> None:
        self._idle = connections
        self._waiting: deque[tuple[bytes, float, asyncio.StreamWriter]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self.places = UNBOUNDED

    def offer(self, name: bytes, seconds: float, writer: asyncio.StreamWriter) -> None:
        """Serve a request, let it wait, or refuse it."""
        if self._idle:
            task = asyncio.create_task(self._serve(self._idle.pop(), name, seconds, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif len(self._waiting) < self.places:
            self._waiting.append((name, seconds, writer))
        else:
            writer.write(name + b" full 0\n")

    async def _serve(
        self, connection: psycopg.AsyncConnection, name: bytes, seconds: float, writer: asyncio.StreamWriter
    ) -> None:
        """Serve a request, then those that wait, with one connection."""
        while True:
            began = time.perf_counter()
            await connection.execute("SELECT pg_sleep(%s)", (seconds,), prepare=True)
            writer.write(b"%b ok %.6f\n" % (name, time.perf_counter() - began))
            if not self._waiting:
                self._idle.append(connection)
                return
            name, seconds, writer = self._waiting.popleft()


async def serve(folder: Path, slots: int) -> None:
    """Open the pool and listen until standard input ends."""
    where = psycopg.conninfo.make_conninfo(host=str(folder), user="atlas", dbname="postgres")
    connections = [await psycopg.AsyncConnection.connect(where, autocommit=True) for _ in range(slots)]
    for connection in connections:  # the first statement of a connection loads the server's catalogue
        await connection.execute("SELECT pg_sleep(%s)", (0.0,), prepare=True)
    pool = Pool(connections)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            first, second = line.split()
            if first == b"queue":
                pool.places = int(second)
            else:
                pool.offer(first, float(second), writer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    server.close()
    for connection in connections:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
