"""Runs by the API: begun, followed, cancelled; limits and refusals that say what would mend them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from starlette.exceptions import HTTPException

from atlas.catalogue import load_catalogue
from atlas.compile import Conditions, case_of, load_drills, run_drill
from atlas.compile.report import drilled_dict
from atlas.compile.run import Settings
from atlas.serve.app import OPENAPI, make_app
from atlas.serve.runs import MOST_AT_ONCE, MOST_BYTES, RunRequest, Runs, _asked
from atlas.serve.workshop import Workshop

from .conftest import SLACK, Client, Start, wait_for

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
LONG = RunRequest(system="discord", engine="discrete", seconds=600, slice=0.5)
DRILL = RunRequest(system="discord", drill="auth-zone-loss", engine="discrete", slice=0.002, seed=5)


@pytest.fixture
def runs() -> Iterator[Runs]:
    """Runs of the project's catalogue; what is left of them is ended."""
    made = Runs(CATALOGUE, lambda: {"discord", "stripe"}, limit_s=60 * SLACK)
    yield made
    made.close()


def wait_until_over(runs: Runs, name: str) -> None:
    """Until it has ended, somehow."""
    wait_for(lambda: runs.state(name).status != "running")


def test_a_drill_answers_as_the_command_line_does(runs: Runs) -> None:
    """The result of a run is that of ``atlas run --json`` for the same seed and slice."""
    name = runs.begin(DRILL).id
    wait_until_over(runs, name)
    state = runs.state(name)
    assert (state.status, state.error) == ("done", "")
    case = case_of(load_catalogue(CATALOGUE), "discord")
    here = run_drill(case, load_drills(case)["auth-zone-loss"], Conditions(share=0.002), Settings("discrete", seed=5))
    assert state.result is not None
    assert {k: v for k, v in state.result.items() if k != "fidelity"} == json.loads(json.dumps(drilled_dict(here)))
    assert any("seed 5" in line for line in state.result["fidelity"])


def test_a_run_tells_how_far_it_is(runs: Runs) -> None:
    """The stream of events begins with progress, goes forward, and ends with the status."""
    name = runs.begin(RunRequest(system="discord", engine="discrete", seconds=30, slice=0.05)).id

    async def listen() -> list[str]:
        return [event async for event in runs.events(name)]

    events = [event for event in asyncio.run(listen()) if not event.startswith(":")]
    assert [event.split("\n")[0] for event in events[:-1]] == ["event: progress"] * (len(events) - 1)
    reached = [json.loads(event.split("data: ")[1])["now_s"] for event in events]
    assert reached == sorted(reached)
    assert events[-1].startswith("event: done")
    assert reached[-1] > 0


def test_a_cancelled_run_is_gone(runs: Runs) -> None:
    """Cancelling ends the process at once and makes room; cancelling again changes nothing."""
    name = runs.begin(LONG).id
    wait_for(lambda: runs.state(name).now_s > 0)
    assert runs.cancel(name).status == "cancelled"
    wait_for(lambda: not runs._runs[name].process.is_alive(), 10)
    assert runs.cancel(name).status == "cancelled"
    assert runs.state(name).result is None


def test_only_so_many_at_once(runs: Runs) -> None:
    """One run too many is refused with 429; after a cancellation there is room again."""
    names = [runs.begin(LONG).id for _ in range(MOST_AT_ONCE)]
    with pytest.raises(HTTPException) as refused:
        runs.begin(LONG)
    assert refused.value.status_code == 429
    assert refused.value.headers == {"Retry-After": "5"}
    runs.cancel(names[0])
    assert runs.begin(LONG).status == "running"


def test_a_run_that_takes_too_long_is_ended() -> None:
    """After the limit the run has failed, and says so."""
    runs = Runs(CATALOGUE, lambda: {"discord"}, limit_s=1.0)
    name = runs.begin(LONG).id
    wait_until_over(runs, name)
    assert (runs.state(name).status, runs.state(name).error) == ("failed", "it took longer than 1 s")
    wait_for(lambda: not runs._runs[name].process.is_alive(), 10)


def test_a_killed_process_is_a_failed_run(runs: Runs) -> None:
    """A process that dies (of memory, say) leaves a run that failed, never one that runs for ever."""
    name = runs.begin(LONG).id
    runs._runs[name].process.kill()
    wait_until_over(runs, name)
    assert runs.state(name).error == "its process ended without an answer"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"drill": "no-such"}, "has no drill 'no-such'; there are"),
        ({"changes": {"components.nowhere.instances": 3}}, "components.nowhere.instances"),
        ({"changes": {"components.api.instances": "many"}}, "instances"),
        ({"load": 20, "slice": 1, "engine": "discrete", "seconds": 3600}, "calls"),
    ],
)
def test_what_cannot_be_run_says_why(runs: Runs, change: dict[str, Any], words: str) -> None:
    """A drill that is not there, a change that leads nowhere, a run too large: failed, with the reason."""
    asked = {**RunRequest(system="discord", engine="fluid", seconds=5).model_dump(), **change}
    name = runs.begin(RunRequest.model_validate(asked)).id
    wait_until_over(runs, name)
    state = runs.state(name)
    if state.status == "done":  # sliced to what can be afforded
        assert state.result is not None
        assert state.result["share"] < 1
    else:
        assert words in state.error


def test_the_oldest_are_forgotten(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that have ended are kept up to a number; then the oldest goes."""
    monkeypatch.setattr("atlas.serve.runs.MOST_KEPT", 1)
    first = runs.begin(LONG).id
    runs.cancel(first)
    second = runs.begin(LONG).id
    assert [run.id for run in runs.states().runs] == [second]


def test_requests_are_read_with_care(client: Client, built: Workshop) -> None:
    """Other sites, other systems, other forms and other methods are refused with what would mend it."""

    def post(content: bytes, **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(make_app(built))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as asking:
                return await asking.post("/api/runs", content=content, headers=headers)

        return asyncio.run(send())

    good = b'{"system": "tiny"}'
    assert post(good, origin="https://evil.example").status_code == 403
    assert post(b'{"system": "other"}').status_code == 404
    assert post(b"x" * (MOST_BYTES + 1)).status_code == 413
    for bad in (
        b"",
        b"[]",
        b'{"system": "tiny", "load": "NaN"}',
        b'{"system": "tiny", "more": 1}',
        b'{"system": "../x"}',
    ):
        answer = post(bad)
        assert answer.status_code == 422, bad
        assert set(answer.json()) == {"error", "mend"}
    assert client.request("PUT", "/api/runs").status_code == 405
    assert client.get("/api/runs/000000000000").status_code == 404
    assert client.get("/api/runs/000000000000/events").status_code == 404
    assert client.get("/api/runs/zzz").status_code == 422
    assert client.get("/api/runs/a/b/c").status_code == 404


def test_the_description_holds_for_reading(built: Workshop) -> None:
    """Whatever is asked of runs, the answer has a status, a type and a form that the description names."""
    described = schemathesis.openapi.from_asgi(OPENAPI, make_app(built))
    for path in ("/api/runs", "/api/runs/{run}", "/api/runs/{run}/events"):

        @given(case=described[path]["GET"].as_strategy())
        @settings(
            max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        def send(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate()

        send()


def test_a_server_runs_and_ends_with_its_runs(start: Start) -> None:
    """Over HTTP: begun, followed as a stream, done; and an interrupted server leaves no process behind."""
    server = start(CATALOGUE, "--port", "0", "--no-watch")
    with httpx.Client(base_url=server.url, timeout=60 * SLACK) as asking:
        begun = asking.post("/api/runs", json={"system": "discord", "engine": "discrete", "seconds": 5, "slice": 0.01})
        assert begun.status_code == 202
        with asking.stream("GET", f"{begun.headers['location']}/events") as stream:
            text = "".join(stream.iter_text())
        assert "event: done" in text
        result = asking.get(begun.headers["location"]).json()["result"]
        assert result["engine"] == "discrete"
        long = asking.post("/api/runs", json=LONG.model_dump()).json()["id"]
        wait_for(lambda: asking.get(f"/api/runs/{long}").json()["now_s"] > 0)
    mine = _processes_of(server.process.pid)
    assert mine
    server.interrupt()
    wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in mine), 20)


def _processes_of(parent: int) -> list[int]:
    """Processes that another one began."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"PPid:\t{parent}\n" in status.read_text():
                found.append(int(status.parent.name))
        except OSError:
            continue
    return found


def test_requests_at_the_same_moment_take_turns(runs: Runs) -> None:
    """Starting a process takes a while; requests that come meanwhile do not all find room."""

    def ask(_: int) -> int:
        try:
            runs.begin(LONG)
        except HTTPException as refused:
            return refused.status_code
        return 202

    with ThreadPoolExecutor(MOST_AT_ONCE + 3) as pool:
        answers = list(pool.map(ask, range(MOST_AT_ONCE + 3)))
    assert sorted(answers) == [202] * MOST_AT_ONCE + [429] * 3


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_value_that_is_no_number_is_refused(number: str) -> None:
    """JSON has no such values: the state of a run that held one could not be told."""
    with pytest.raises(HTTPException) as refused:
        _asked(f'{{"system": "discord", "changes": {{"components.api.instances": {number}}}}}'.encode())
    assert refused.value.status_code == 422


def test_an_origin_that_is_no_address_is_refused(built: Workshop) -> None:
    """Not every client sends what browsers send."""
    answer = Client(make_app(built)).request("POST", "/api/runs", {"origin": "http://[", "host": "localhost"})
    assert answer.status_code == 403
