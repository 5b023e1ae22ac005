"""The API: typed answers, CSV, errors that say the mend, and a description that holds under fuzzing."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from atlas.check import all_checks
from atlas.diagnostic import CODES
from atlas.serve.answers import ClaimList, HitList, Problem, SystemDetail, SystemList
from atlas.serve.api import prefers_csv
from atlas.serve.app import OPENAPI, make_app
from atlas.serve.workshop import State, Workshop

from .conftest import TODAY, Client

HOME = "/api/v1/systems"
KNOWN = {"slug": "tiny", "code": "l0"}
PATHS = [
    HOME,
    f"{HOME}/{{slug}}",
    f"{HOME}/{{slug}}/claims",
    f"{HOME}/{{slug}}/claims.csv",
    f"{HOME}/{{slug}}/diagrams/{{code}}",
    f"{HOME}/{{slug}}/diagrams/{{code}}.svg",
    f"{HOME}/{{slug}}/diagrams/{{code}}.mmd",
    f"{HOME}/{{slug}}/findings",
    "/api/v1/checks",
    "/api/v1/search",
]


@pytest.fixture(scope="session")
def fuzzed(built: Workshop) -> schemathesis.BaseSchema:
    """What the application says of itself."""
    return schemathesis.openapi.from_asgi(OPENAPI, make_app(built))


def test_every_address_is_fuzzed(client: Client) -> None:
    """A new address is added to the list above; those of runs have tests of their own."""
    paths = {path for path in client.get(OPENAPI).json()["paths"] if not path.startswith("/api/runs")}
    assert paths == {*PATHS}


@pytest.mark.parametrize("path", PATHS)
def test_every_address_keeps_its_promises(fuzzed: schemathesis.BaseSchema, path: str) -> None:
    """Whatever is sent, the answer has a status, a type and a form that the description names.

    Each request is also sent for things that exist, with whatever else was made up.
    """

    @given(case=fuzzed[path]["GET"].as_strategy())
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def send(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()
        if case.path_parameters:
            case.path_parameters = {**case.path_parameters, **KNOWN}
            statuses.add(case.call_and_validate(excluded_checks=[negative_data_rejection]).status_code)

    statuses: set[int] = set()
    send()
    assert 200 in statuses or "{" not in path


def test_the_list_of_systems_can_be_narrowed(client: Client) -> None:
    """By category, by status, by page; the total counts all that match."""
    everything = SystemList.model_validate(client.get(HOME).json())
    assert [s.slug for s in everything.systems] == ["tiny"]
    assert everything.systems[0].page == "/systems/tiny/"
    assert SystemList.model_validate(client.get(f"{HOME}?category=developer&status=draft").json()).total == 1
    assert SystemList.model_validate(client.get(f"{HOME}?category=social").json()).total == 0
    second = SystemList.model_validate(client.get(f"{HOME}?offset=1").json())
    assert (second.total, second.systems) == (1, ())


def test_one_system_names_its_sources_and_diagrams(client: Client) -> None:
    """What it names can be fetched."""
    found = SystemDetail.model_validate(client.get(f"{HOME}/tiny").json())
    assert (found.id, found.components) == ("CS-TINY", 4)
    assert {s.id for s in found.sources} == {"post", "seed"}
    assert found.diagrams
    for diagram in found.diagrams:
        assert client.get(diagram.svg).headers["content-type"] == "image/svg+xml"
        assert client.get(diagram.svg).text.startswith("<svg")
        assert client.get(diagram.mermaid).status_code == 200


def test_static_data_keeps_its_addresses(client: Client, built: Workshop) -> None:
    """The files of the built site stand beside the live answers, unchanged."""
    for name in ("systems.json", "claims.csv", "systems/tiny.json", "systems/tiny/document.json"):
        answer = client.get(f"/api/v1/{name}")
        assert answer.status_code == 200, name
        assert answer.content == (built.site / "api" / "v1" / name).read_bytes()
    assert client.get("/api/").status_code == 200


def test_claims_come_as_json_and_as_csv(client: Client) -> None:
    """The same claims in both forms, struck ones too, by ending or by header."""
    found = ClaimList.model_validate(client.get(f"{HOME}/tiny/claims").json())
    assert found.total == 5
    assert {c.id for c in found.claims if c.verdict != "found"} == {"writes"}
    for answer in (
        client.get(f"{HOME}/tiny/claims.csv"),
        client.get(f"{HOME}/tiny/claims", headers={"Accept": "text/csv"}),
    ):
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [row["claim"] for row in rows] == [c.id for c in found.claims]
    narrowed = ClaimList.model_validate(client.get(f"{HOME}/tiny/claims?metric=nodes&limit=1").json())
    assert [c.id for c in narrowed.claims] == ["store-nodes"]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", False),
        ("*/*", False),
        ("text/csv", True),
        ("application/json", False),
        ("text/csv, application/json", False),
        ("application/json;q=0.5, text/csv", True),
        ("text/csv;q=0.4, application/json;q=0.9", False),
        ("text/csv;q=x", False),
    ],
)
def test_csv_is_sent_only_where_it_is_preferred(accepted: str, expected: bool) -> None:
    """JSON is the rule; a header that cannot be read asks for nothing."""
    assert prefers_csv(accepted) is expected


def test_findings_are_those_of_the_command_line(client: Client) -> None:
    """With place, level and mend."""
    answer = client.get(f"{HOME}/tiny/findings").json()
    assert answer["is_broken"] is False
    assert answer["findings"]
    for finding in answer["findings"]:
        assert finding["file"].endswith("tiny.yaml")
        assert finding["line"] >= 1
        assert finding["level"] in {"error", "warning", "info"}


def test_findings_of_a_broken_document_are_told(
    own_catalogue: Path, document: Path, tmp_path: Path, cache: Path
) -> None:
    """A document that cannot be read has no page, but its findings are there."""
    document.write_text("id: [")
    workshop = Workshop(own_catalogue, tmp_path / "out", today=TODAY, cache=cache)
    workshop.build()
    client = Client(make_app(workshop))
    answer = client.get(f"{HOME}/tiny/findings").json()
    assert answer["is_broken"] is True
    assert answer["findings"][0]["code"] == "DOC002"
    assert client.get(f"{HOME}/tiny").status_code == 404
    document.unlink()
    assert client.get(f"{HOME}/tiny/findings").status_code == 404


def test_every_check_is_explained(client: Client) -> None:
    """As many as the command line lists, each with its text."""
    found = client.get("/api/v1/checks").json()["checks"]
    assert {c["code"] for c in found} == {c.code for c in all_checks()} | set(CODES)
    assert all(c["text"] for c in found)


def test_search_finds_systems_components_and_claims(client: Client) -> None:
    """All words must occur; a match in a title comes first."""
    found = HitList.model_validate(client.get("/api/v1/search?q=Store").json())
    assert [h.kind for h in found.hits][:1] == ["component"]
    assert {h.kind for h in found.hits} == {"system", "component", "claim"}
    assert HitList.model_validate(client.get("/api/v1/search?q=store%20nodes").json()).total == 1
    assert HitList.model_validate(client.get("/api/v1/search?q=nothing-like-it").json()).total == 0
    for hit in found.hits:
        assert client.get(hit.page.split("#")[0]).status_code == 200


def test_search_follows_a_change(client: Client, built: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a new revision the entries are made anew."""
    assert client.get("/api/v1/search?q=tiny").json()["total"]
    monkeypatch.setattr(built, "state", State(built.state.revision + 1))
    assert client.get("/api/v1/search?q=tiny").json()["total"] == 0


@pytest.mark.parametrize(
    ("path", "status", "error", "mend"),
    [
        (f"{HOME}/tyny", 404, "no system called 'tyny'", "did you mean tiny?"),
        (f"{HOME}/zzzzzz", 404, "no system", "/api/v1/systems"),
        (f"{HOME}/tiny/diagrams/L00", 404, "no diagram called 'L00'", "did you mean l0?"),
        (f"{HOME}/tyny/claims.csv", 404, "no system", "tiny"),
        (f"{HOME}?limit=0", 422, "query.limit", OPENAPI),
        (f"{HOME}?limit=many", 422, "query.limit", OPENAPI),
        (f"{HOME}/tiny/claims?offset=-1", 422, "query.offset", OPENAPI),
        ("/api/v1/search", 422, "query.q", OPENAPI),
        ("/api/v1/search?q=" + "a" * 201, 422, "query.q", OPENAPI),
        ("/api/v1/nothing", 404, "no such address", OPENAPI),
        (f"{HOME}/Tiny", 404, "no such address", OPENAPI),
        (f"{HOME}/{'a' * 101}", 422, "path.slug", OPENAPI),
    ],
)
def test_errors_say_what_would_mend_them(client: Client, path: str, status: int, error: str, mend: str) -> None:
    """Always the same form: what is wrong, and what to do."""
    answer = client.get(path)
    assert answer.status_code == status
    problem = Problem.model_validate(answer.json())
    assert error in problem.error
    assert mend in problem.mend


def test_the_api_only_reads(client: Client) -> None:
    """Other methods are refused in JSON; HEAD answers as GET without a body."""
    answer = client.request("POST", f"{HOME}/tiny")
    assert answer.status_code == 405
    assert Problem.model_validate(answer.json()).mend == "use GET"
    head = client.request("HEAD", f"{HOME}/tiny")
    assert (head.status_code, head.content) == (200, b"")
    assert client.request("HEAD", "/systems/tiny/").content == b""


def test_the_description_loads_nothing_from_elsewhere(client: Client) -> None:
    """OpenAPI is there; the viewers that load other hosts' scripts are not."""
    described = client.get(OPENAPI).json()
    assert described["openapi"].startswith("3.")
    assert f"{HOME}/{{slug}}/claims.csv" in described["paths"]
    for path in ("/docs", "/redoc", "/api/docs"):
        assert client.get(path).status_code == 404
    for operations in described["paths"].values():
        assert all(one["summary"] and one["description"] for one in operations.values())
