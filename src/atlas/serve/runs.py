"""Runs by the API: begun, followed by server-sent events, cancelled; each in a process of its own, within limits."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import AsyncIterator, Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Path as InPath
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from atlas.compile.run import EngineName
from atlas.serve.answers import Problem
from atlas.serve.bell import message
from atlas.serve.run_job import Job, work

BASE = "/api/runs"
MOST_AT_ONCE = 2
MOST_KEPT = 50
LIMIT_S = 120.0
"""A run that takes longer (of the clock on the wall) is ended."""
MOST_BYTES = 10_000
_LOOK_S = 0.1
_HEARTBEATS = 150
_RUN = "[0-9a-f]{12}"
Status = Literal["running", "done", "failed", "cancelled"]


class RunRequest(BaseModel, frozen=True, extra="forbid"):
    """What to run. Without ``drill`` the system as it is, for ``seconds``; a drill has its own length."""

    system: str = Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100, examples=["discord"])
    drill: str = Field(default="", max_length=100, examples=["celebrity-storm"])
    load: float = Field(default=1.0, ge=0.01, le=20, description="Times the peak of every flow.")
    seed: int = Field(default=1, ge=0, lt=2**53)
    engine: EngineName = Field(default="auto", description="auto: fluid for drills and what is too large to run whole.")
    slice: float = Field(default=1.0, gt=0, le=1, description="The share of the system that is run.")
    seconds: float = Field(default=60.0, ge=1, le=3600, description="Simulated time of a run without a drill.")
    changes: dict[Annotated[str, Field(max_length=200)], str | bool | FiniteFloat] = Field(
        default={},
        max_length=20,
        description="Path of the document -> value; none removes.",
        examples=[{"components.api.shed": "none"}],
    )


class RunState(BaseModel, frozen=True):
    """A run as it stands. ``result`` is that of ``atlas run --json``, with the lines that say how far to trust it."""

    id: str
    status: Status
    asked: RunRequest
    now_s: float = Field(default=0.0, description="Simulated seconds reached (discrete engine).")
    of_s: float = 0.0
    what: str = Field(default="", description="Which of its runs goes on: with, or without the mitigation.")
    error: str = ""
    result: dict[str, Any] | None = None


class RunList(BaseModel, frozen=True):
    """The runs that are remembered, the newest first, without their results."""

    most_at_once: int = MOST_AT_ONCE
    limit_s: float = LIMIT_S
    runs: tuple[RunState, ...]


class _Run:
    """A process and what it has told; changed by its reader's thread, and read by the event loop."""

    def __init__(self, state: RunState, process: BaseProcess, limit_s: float) -> None:
        self.state, self.process = state, process
        self.timer = threading.Timer(limit_s, self.end, ("failed", f"it took longer than {limit_s:g} s"))
        self._lock = threading.Lock()

    def follow(self, pipe: Connection) -> None:
        """Take in what the process tells until it ends."""
        with pipe, contextlib.suppress(EOFError, OSError):
            while True:
                self._hear(pipe.recv())
        self.process.join()
        self.end("failed", "its process ended without an answer")

    def _hear(self, told: tuple[Any, ...]) -> None:
        if told[0] == "progress":
            self._set(now_s=told[1], of_s=told[2], what=told[3])
        elif told[0] == "done":
            self.end("done", "", told[1])
        else:
            self.end("failed", told[1])

    def end(self, status: Status, error: str, result: dict[str, Any] | None = None) -> None:
        """Settle how it ended, once, and see that the process is gone."""
        if self.state.status == "running":
            self._set(status=status, error=error, result=result)
        self.timer.cancel()
        if self.process.is_alive() and status != "done":
            self.process.terminate()

    def _set(self, **news: Any) -> None:
        with self._lock:
            if self.state.status == "running":
                self.state = self.state.model_copy(update=news)


class Runs:
    """All runs of one server over the catalogue at ``root``; ``known`` gives the slugs that have a page."""

    def __init__(self, root: Path, known: Callable[[], Any], *, limit_s: float = LIMIT_S) -> None:
        self._root, self._known, self._limit_s = root, known, limit_s
        self._runs: dict[str, _Run] = {}
        self._turn = threading.Lock()

    def begin(self, asked: RunRequest) -> RunState:
        """Start a run. HTTPException where there is no such system, or no room."""
        if asked.system not in self._known():
            raise _problem(404, f"there is no system called {asked.system!r}", "/api/v1/systems lists them")
        with self._turn:  # between the count and the new run nobody else may count
            if sum(run.state.status == "running" for run in self._runs.values()) >= MOST_AT_ONCE:
                raise _problem(
                    429, f"{MOST_AT_ONCE} runs go on already", "wait for one, or cancel it", {"Retry-After": "5"}
                )
            return self._begun(asked)

    def _begun(self, asked: RunRequest) -> RunState:
        state = RunState(id=secrets.token_hex(6), status="running", asked=asked)
        context = get_context("spawn")  # the server has threads, and a process that has must not be forked
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(self._job(asked), there), daemon=True)
        process.start()
        there.close()
        run = _Run(state, process, self._limit_s)
        run.timer.daemon = True
        run.timer.start()
        self._runs[state.id] = run
        threading.Thread(target=run.follow, args=(here,), daemon=True).start()
        self._forget()
        return state

    def state(self, name: str) -> RunState:
        """A run as it stands. HTTPException for one that is not remembered."""
        return self._run(name).state

    def states(self) -> RunList:
        """All that are remembered."""
        found = [run.state.model_copy(update={"result": None}) for run in tuple(self._runs.values())]
        return RunList(limit_s=self._limit_s, runs=tuple(reversed(found)))

    def cancel(self, name: str) -> RunState:
        """End a run; one that has ended stays as it is."""
        run = self._run(name)
        run.end("cancelled", "cancelled")
        return run.state

    async def events(self, name: str) -> AsyncIterator[str]:
        """Its progress, and at its end one event called as its status."""
        run, last, quiet = self._run(name), None, 0
        while (state := run.state).status == "running":
            if state is not last:
                yield message("progress", state.model_dump(include={"id", "now_s", "of_s", "what"}))
                last, quiet = state, 0
            elif (quiet := quiet + 1) % _HEARTBEATS == 0:
                yield ": still running\n\n"
            await asyncio.sleep(_LOOK_S)
        yield message(state.status, state.model_dump(exclude={"result"}))

    def close(self) -> None:
        """End all runs."""
        for run in tuple(self._runs.values()):
            run.end("cancelled", "the server ends")

    def _job(self, asked: RunRequest) -> Job:
        return Job(
            root=self._root, system=asked.system, drill=asked.drill, load=asked.load, share=asked.slice,
            seed=asked.seed, engine=asked.engine, for_s=asked.seconds, changes=dict(asked.changes),
        )  # fmt: skip

    def _run(self, name: str) -> _Run:
        if name not in self._runs:
            raise _problem(404, f"there is no run {name}", f"{BASE} lists those that are remembered")
        return self._runs[name]

    def _forget(self) -> None:
        ended = [name for name, run in self._runs.items() if run.state.status != "running"]
        for name in ended[: max(0, len(self._runs) - MOST_KEPT)]:
            del self._runs[name]


RunId = Annotated[str, InPath(pattern=f"^{_RUN}$", description="As the answer to POST names it.")]
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": RunRequest.model_json_schema()}}}}


def _errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    said = {
        403: "The page that asks is not of this server.", 404: "There is no such thing.",
        413: "The request is too long.", 422: "The request is not what it must be.",
        429: "As many runs as there may be go on already.",
    }  # fmt: skip
    return {code: {"model": Problem, "description": said[code]} for code in codes}


def router(runs: Runs) -> APIRouter:
    """The routes of runs."""
    made = APIRouter(prefix=BASE, tags=["runs"])

    @made.post("", status_code=202, openapi_extra=_BODY, responses=_errors(403, 404, 413, 422, 429))
    async def begin(request: Request, response: Response) -> RunState:
        """Begin a run; the answer names it. At most two go on at once, each for at most two minutes."""
        _check_origin(request)
        asked = _asked(await _body(request))
        state = await asyncio.to_thread(runs.begin, asked)
        response.headers["Location"] = f"{BASE}/{state.id}"
        return state

    @made.get("")
    def listing() -> RunList:
        """The runs that this server remembers."""
        return runs.states()

    @made.get("/{run}", responses=_errors(404, 422))
    def state(run: RunId) -> RunState:
        """A run as it stands, with its result once it is done."""
        return runs.state(run)

    @made.delete("/{run}", responses=_errors(403, 404, 422))
    def cancel(request: Request, run: RunId) -> RunState:
        """End a run; its process is gone when the answer comes, or soon after."""
        _check_origin(request)
        return runs.cancel(run)

    stream = {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Server-sent events."}

    @made.get("/{run}/events", response_class=StreamingResponse, responses={200: stream, **_errors(404, 422)})
    def events(run: RunId) -> StreamingResponse:
        """Progress as it is made, until the run is done, failed or cancelled."""
        runs.state(run)
        return StreamingResponse(
            runs.events(run), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    return made


def _check_origin(request: Request) -> None:
    """Only pages of this server may begin or end runs; programs send no origin."""
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != request.headers.get("host", ""):
        raise _problem(403, "the page that asks is not of this server", "send the request from a page of it")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def _body(request: Request) -> bytes:
    """The body, as far as it is allowed to be long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise _problem(413, f"the request is longer than {MOST_BYTES:,} bytes", "ask for less")
    return body


def _asked(body: bytes) -> RunRequest:
    try:
        return RunRequest.model_validate_json(body)
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors())
        raise _problem(422, said.encode("utf-8", "replace").decode(), "/api/openapi.json says what it may be") from None


def _problem(status: int, error: str, mend: str, headers: dict[str, str] | None = None) -> HTTPException:
    return HTTPException(status, cast("Any", Problem(error=error, mend=mend).model_dump()), headers)
