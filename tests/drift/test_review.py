"""The guide for reviews and the forms on GitHub say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from atlas.check import all_checks

FORMS = ("correction", "system", "takedown")


def test_every_check_that_the_guide_names_exists(root: Path) -> None:
    """A reviewer is never told that a program looks at what no program looks at."""
    known = {check.code for check in all_checks()}
    named = set(re.findall(r"`([A-Z]{3}\d{3})`", (root / "docs" / "review.md").read_text("utf-8")))
    assert len(named) > 15
    assert not named - known


def test_every_legal_check_is_in_the_guide(root: Path) -> None:
    """What is checked about rights can be found where rights are reviewed."""
    text = (root / "docs" / "review.md").read_text("utf-8")
    assert not [c.code for c in all_checks() if c.family.value == "legal" and c.code not in text]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_one_that_github_reads(root: Path, name: str) -> None:
    """Each form has a name, a description and inputs with unique ids and labels."""
    form = yaml.safe_load((root / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml").read_text("utf-8"))
    inputs = [part for part in form["body"] if part["type"] != "markdown"]
    assert form["name"]
    assert form["description"]
    assert len({part["id"] for part in inputs}) == len(inputs) > 2
    assert all(part["attributes"]["label"] for part in inputs)


def test_the_pull_request_asks_for_what_is_reviewed(root: Path) -> None:
    """The six points of the governance model are in the template."""
    text = (root / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text("utf-8").lower()
    for point in (
        "recency verified",
        "scale bar met",
        "sources accessible",
        "guarantees mapped",
        "patterns identified",
    ):
        assert point in text
    assert "rights clear" in text
