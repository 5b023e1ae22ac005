"""Runs the server: the port first, then the build, then pages, and beside them the watch on the catalogue."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from atlas.serve.app import make_app
from atlas.serve.bell import Bell
from atlas.serve.folder import own_folder
from atlas.serve.follow import Follower
from atlas.serve.listen import address_of, is_loopback, listening, probe
from atlas.serve.workshop import Progress, Workshop

Say = Callable[[str], Any]
_GRACE_S = 2


def serve(
    root: Path,
    *,
    folder: Path,
    host: str,
    port: int,
    watch: bool,
    today: dt.date,
    progress: AbstractContextManager[Progress],
    say: Say,
) -> None:
    """Build the catalogue at ``root`` and serve it until the process is interrupted.

    ``folder`` keeps what is built; ``progress`` is entered for the build; ``say`` gets each line for the person at
    the console. Raises ServeError before anything is built when the port is taken or the folder cannot be written.
    """
    probe(host, port)
    with own_folder(folder) as own:
        workshop = Workshop(root, own, today=today, cache=folder / "pages")
        with progress as advance:
            workshop.build(advance, jobs=os.cpu_count() or 1)
        with listening(host, port) as listener:
            run(workshop, listener, host=host, watch=watch, say=say)


def run(workshop: Workshop, listener: socket.socket, *, host: str, watch: bool, say: Say) -> None:
    """Serve what a workshop has built on a socket, until interrupted."""
    bell = Bell() if watch else None
    follower = Follower(workshop, bell, say)

    @contextlib.asynccontextmanager
    async def beside(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(follower.follow(watch=watch))
        try:
            yield
        finally:
            follower.end()
            await task

    hosts = {"localhost", host.lower()} if is_loopback(host) else ()
    app = make_app(workshop, bell, hosts=hosts, lifespan=beside)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_GRACE_S,
    )
    _Server(config, follower, lambda: say(f"Atlas is at {address_of(listener)}")).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it listens, and ends the streams of open pages when it is asked to stop."""

    def __init__(self, config: uvicorn.Config, follower: Follower, on_start: Callable[[], Any]) -> None:
        super().__init__(config)
        self._follower, self._on_start = follower, on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            self._on_start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; called between two steps of the event loop, or from a signal."""
        super().handle_exit(sig, frame)
        self._follower.end()
