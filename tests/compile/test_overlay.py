"""Documents with paths set otherwise."""

from __future__ import annotations

import pytest

from atlas.compile import OverlayError

from .conftest import MakeCase


def test_a_path_is_set_and_all_that_follows_is_resolved_again(make_case: MakeCase) -> None:
    """Half the slots of an API: its sized instances double; the case itself stays as it was."""
    case = make_case()
    other = case.overlaid({"components.api.concurrency": 4, "flows.read.steps.0.timeout": "2 s"})
    before, after = (c.system.value("components.api.instances") for c in (case, other))
    assert before is not None
    assert after is not None
    assert after.mid == pytest.approx(2 * before.mid, abs=1)
    timeout = other.system.document.flows["read"].steps[0].timeout
    assert getattr(timeout, "mid", None) == 2.0


def test_none_removes(make_case: MakeCase) -> None:
    """The client retries no longer; a budget inside it can go alone."""
    case = make_case()
    client = case.overlaid({"flows.read.client.retry": "none"}).system.document.flows["read"].client
    assert client is not None
    assert client.retry is None
    client = case.overlaid({"flows.read.client.retry.budget": "none"}).system.document.flows["read"].client
    assert client is not None
    assert client.retry is not None
    assert client.retry.budget is None


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("components.api.shed", "none", "nothing to remove"),
        ("components.nobody.instances", 3, "no 'nobody'"),
        ("flows.read.steps.7.timeout", "1 s", "no '7'"),
        ("flows.read.steps.0.timeout.deeper", 3, "cannot be set here"),
        ("components.api.instances", {"claim": "store-nodes", "assumed": 3}, "exactly one"),
        ("components.api.color", "red", "color"),
    ],
)
def test_what_cannot_be_changed_is_said(make_case: MakeCase, path: str, value: object, said: str) -> None:
    """The path, and why."""
    with pytest.raises(OverlayError, match=said):
        make_case().overlaid({path: value})


def test_nothing_changed_is_the_same_case(make_case: MakeCase) -> None:
    """No copy is made."""
    case = make_case()
    assert case.overlaid({}) is case
