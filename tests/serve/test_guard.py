"""Headers of every answer, names that are answered to, and addresses that could be read two ways."""

from __future__ import annotations

import pytest

from atlas.serve.app import make_app
from atlas.serve.guard import is_known
from atlas.serve.workshop import Workshop
from atlas.site.frame import CONTENT_SECURITY_POLICY

from .conftest import Client


@pytest.mark.parametrize(
    "path",
    ["/", "/systems/tiny/", "/nothing", "/api/v1/systems", "/api/v1/no", "/api/openapi.json", "/%2e%2e%2fx"],
)
def test_every_answer_has_the_security_headers(client: Client, path: str) -> None:
    """Pages, errors and data alike: the policy of the pages, no guessing of types, no referrer, no frames."""
    headers = client.get(path).headers
    assert headers["content-security-policy"] == f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


def test_only_embeds_may_stand_in_frames(client: Client) -> None:
    """The page of one diagram can be shown by other sites."""
    answer = client.get("/embed/tiny/l0/")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].endswith("frame-ancestors *")
    assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize("path", ["/a%2fb", "/a%2F..%2F..%2Fsecret", "/a%5cb", "/a%00", "/systems%2ftiny/"])
def test_encoded_slashes_and_ends_are_refused(client: Client, path: str) -> None:
    """They would be read one way here and another way by a proxy."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost:8000", True),
        ("LOCALHOST", True),
        ("atlas.localhost:80", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("192.168.0.7", True),
        ("evil.example", False),
        ("evil.example:8000", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_names_that_only_this_machine_has_are_known(host: str, known: bool) -> None:
    """Addresses and local names are answered; a name that anybody can point here is not."""
    assert is_known(host, {"localhost"}) is known


def test_a_foreign_name_is_refused_with_the_mend(built: Workshop) -> None:
    """A page of another site that makes its name mean this machine reads nothing."""
    guarded = Client(make_app(built, hosts={"localhost"}), "http://evil.example")
    answer = guarded.get("/systems/tiny/")
    assert answer.status_code == 421
    assert "--host 0.0.0.0" in answer.text
    assert "content-security-policy" in answer.headers
