"""No figure, however odd, makes a check fail with an exception; and mistyped figures are noticed."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from atlas.catalogue import Catalogue
from atlas.catalogue.resolve import resolve
from atlas.check import check_system
from atlas.quantity import parse

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    "text", ["0", "0 ms", "up to 0", "over 0", "trillions", "0.0000000001 %", "0 to 5 TB", "1e15/s", "1e-300/s"]
)
def test_no_check_breaks_on_an_odd_figure(text: str, catalogue: Catalogue) -> None:
    """All figures of a system become the same odd one; the checks may say much, but they say it."""
    system = catalogue.systems["stripe"]
    odd = {"value": parse(text)}
    claims = {name: claim.model_copy(update=odd) for name, claim in system.document.claims.items()}
    document = system.document.model_copy(update={"claims": claims})
    other, _ = resolve(document, catalogue.sources[system.file], catalogue.vocabulary, system.slug)
    assert check_system(other, today=TODAY)


@pytest.mark.parametrize("text", ["", " ", "\u202e", "[", "%s", "{0}", "a" * 4000])
def test_no_check_breaks_on_an_odd_word(text: str, catalogue: Catalogue) -> None:
    """The organisation, the name and the summary become the same odd text; that nobody is named by it is noticed."""
    system = catalogue.systems["stripe"]
    odd = dict.fromkeys(("org", "name", "summary"), text)
    document = system.document.model_copy(update=odd)
    other, _ = resolve(document, catalogue.sources[system.file], catalogue.vocabulary, system.slug)
    assert "LEG003" in {f.code for f in check_system(other, today=TODAY)}


@pytest.fixture(scope="module")
def mutation(root: Path) -> ModuleType:
    """The measurement, which stands outside the package."""
    spec = importlib.util.spec_from_file_location("mutation", root / "bench" / "mutation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutation"] = module
    spec.loader.exec_module(module)
    return module


def test_mistyped_figures_are_noticed(mutation: ModuleType, catalogue: Catalogue) -> None:
    """At least 60 % of the mistakes in every eighth claim of each system; the whole is measured in bench/."""
    rows = []
    for system in catalogue.systems.values():
        rows += mutation.outcomes(system, catalogue.sources[system.file], catalogue.vocabulary, every=8)
    assert mutation.share([r for r in rows if not r.figure_too]) >= mutation.TARGET


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("15 ms", "15 s"), ("72", "72 ms"), ("3.2M/s", "3.2M/min"), ("9 TB", "9 GB"), ("99.99 %", "99.99"),
        ("1T USD/year", "1T EUR/year"), ("over 4B/day", "4B/h"), ("220 Gbit/s", "220 Mbit/s"),
    ],
)  # fmt: skip
def test_a_wrong_unit_keeps_the_number(text: str, wrong: str, mutation: ModuleType) -> None:
    """The number stays as printed, the unit is its neighbour."""
    found, wanted = mutation.in_wrong_unit(parse(text)), parse(wrong)
    assert found.mid == pytest.approx(wanted.mid)
    assert found.dimension == wanted.dimension


@pytest.mark.parametrize("text", ["15 ms", "over 4B/day", "40 to 125 ms", "trillions", "99.99 %"])
def test_ten_times_is_ten_times(text: str, mutation: ModuleType) -> None:
    """The value that is written for it reads as ten times the value."""
    larger = mutation.scaled(parse(text), 10)
    assert larger.mid == pytest.approx(10 * parse(text).mid)
    assert parse(larger.text).mid == pytest.approx(larger.mid)
