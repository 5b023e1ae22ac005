"""Playbooks: every drill on every engine, the bar they are held to, and the table they become."""

from __future__ import annotations

import json
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from atlas.compile import Case, Playbook, Settings, Trial, playbook_from, run_playbook
from atlas.compile.playbook import PLAYBOOK_COLUMNS
from atlas.compile.verdict import Judgement, Measure

from .conftest import MakeCase

SMALL = Settings(seed=5, most_calls=2e5)


def failure(name: str, fault: dict[str, Any], **drill: Any) -> dict[str, Any]:
    """A failure with a drill that expects most reads to be good."""
    whole = {"cadence": "weekly", "fault": [fault], "expect": [{"flow": "read", "goodput": ">= 97 %"}], **drill}
    return {"id": name, "name": name, "detection": "d", "mitigation": "m", "recovery": "r", "drill": whole}


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    """The tiny system with a drill that one instance less loses, and one whose counterfactual changes nothing."""
    slow = {"at": "10 s", "for": "5 s", "kind": "slow", "on": "store", "factor": 1.2}
    lost = {"at": "10 s", "for": "5 s", "kind": "capacity", "on": "api", "share": "60 %"}
    return make_case(
        failures=[
            failure("slow", slow, without={"components.api.queue.max": 90}, not_reproduced="the store has room"),
            failure("lost", lost, without={"components.api.instances": 3}),
        ]
    )


def trial(
    drill: str, engine: str, *values: tuple[Measure, float, bool], sick: bool = False, fails: bool = True
) -> Trial:
    """A made-up trial whose counterfactual misses everything, or nothing."""
    held = tuple(Judgement("read", m, ">= 90 %", v, h) for m, v, h in values)
    missed = tuple(Judgement("read", m, ">= 90 %", 0.1, not fails) for m, _, _ in values)
    well = (Judgement("read", "goodput", ">= 99 %", 0.5 if sick else 1.0, not sick),)
    return Trial(drill, drill, engine, 1.0, "c", held, missed, well, "made up")


def test_every_drill_runs_on_both_engines_in_the_order_of_the_document(case: Case) -> None:
    """Both engines, both drills; what the document says of one that proves nothing is told."""
    told: list[tuple[int, int]] = []
    book = run_playbook(case, settings=SMALL, report=lambda done, of, _: told.append((done, of)))
    assert [(t.drill, t.engine) for t in book.trials] == [
        ("slow", "fluid"),
        ("slow", "discrete"),
        ("lost", "fluid"),
        ("lost", "discrete"),
    ]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert book.holding() == ("slow", "lost")
    assert book.proven() == ("lost",)
    assert book.open() == {"slow": "the store has room"}
    assert {len(row) for row in book.rows()} == {len(PLAYBOOK_COLUMNS)}


def test_processes_give_the_same_and_data_comes_back(case: Case) -> None:
    """An executor changes nothing; a playbook survives JSON, infinities and missing values included."""
    alone = run_playbook(case, settings=SMALL)
    with ProcessPoolExecutor(2) as pool:
        assert run_playbook(case, settings=SMALL, executor=pool) == alone
    text = json.dumps(alone.to_dict(), allow_nan=False)
    assert playbook_from(json.loads(text)) == alone
    never = Playbook("tiny", ("fluid",), (trial("a", "fluid", ("recover", math.inf, False)),))
    back = playbook_from(json.loads(json.dumps(never.to_dict(), allow_nan=False)))
    assert back.trials[0].judgements[0].value == math.inf


def test_the_bar(case: Case) -> None:
    """Four of five hold on both, three of five fail without: what holds on one engine only does not count."""
    good: tuple[Measure, float, bool] = ("goodput", 0.95, True)
    bad: tuple[Measure, float, bool] = ("goodput", 0.5, False)
    pairs = [(trial(d, "fluid", good), trial(d, "discrete", good)) for d in "abc"]
    quiet = (trial("d", "fluid", good, fails=False), trial("d", "discrete", good, fails=False))
    half = (trial("e", "fluid", good), trial("e", "discrete", bad))
    book = Playbook("tiny", ("fluid", "discrete"), tuple(t for p in (*pairs, quiet, half) for t in p))
    assert (book.holding(), book.proven()) == (("a", "b", "c", "d"), ("a", "b", "c"))
    assert book.meets_bar
    assert set(book.open()) == {"d", "e"}
    sick = (trial("c", "fluid", good, sick=True), trial("c", "discrete", good))
    worse = Playbook("tiny", book.engines, tuple(t for p in (*pairs[:2], sick, quiet, half) for t in p))
    assert worse.proven() == ("a", "b")
    assert not worse.meets_bar


def test_when_engines_agree() -> None:
    """Same verdict, goodput within ten points, recovery within the larger of a tenth and two seconds."""

    def agree(first: tuple[Measure, float, bool], other: tuple[Measure, float, bool]) -> bool:
        trials = (trial("a", "fluid", first), trial("a", "discrete", other))
        return Playbook("tiny", ("fluid", "discrete"), trials).agree("a")

    assert agree(("goodput", 0.91, True), ("goodput", 1.0, True))
    assert not agree(("goodput", 0.91, True), ("goodput", 0.89, False))
    assert not agree(("degraded", 0.05, True), ("degraded", 0.2, True))
    assert agree(("recover", 3.0, True), ("recover", 5.0, True))
    assert not agree(("recover", 3.0, True), ("recover", 5.5, True))
    assert agree(("recover", 100.0, True), ("recover", 110.0, True))
    assert agree(("recover", math.inf, False), ("recover", math.inf, False))
    assert not agree(("recover", math.inf, False), ("recover", 90.0, False))


def test_engines_are_compared_on_one_plan() -> None:
    """Where one engine ran a slice, the other's answer for that slice counts, and the page can say so."""
    sliced = trial("a", "discrete", ("goodput", 0.5, False))
    same, other = (trial("a", "fluid", ("goodput", value, value > 0.9)) for value in (0.52, 1.0))
    whole = replace(other, on_slice=same)
    book = Playbook("tiny", ("fluid", "discrete"), (whole, sliced))
    assert book.agree("a")
    assert book.is_slice_other("a")
    assert book.holding() == ()
    assert playbook_from(json.loads(json.dumps(book.to_dict()))) == book
    assert not Playbook("tiny", ("fluid", "discrete"), (other, sliced)).agree("a")


def test_the_fluid_engine_also_runs_the_slice_of_the_discrete_one(case: Case) -> None:
    """The slice is the very one, and nothing is run twice where both ran all of it."""
    sliced, whole = (run_playbook(case, settings=replace(SMALL, most_calls=calls)) for calls in (2e4, 1e9))
    for drill in sliced.drills:
        fluid, discrete = sliced.of(drill)
        assert discrete.share < 1
        assert fluid.on_slice is not None
        assert fluid.on_slice.share == discrete.share
        assert discrete.on_slice is None
    assert all(t.on_slice is None for t in whole.trials)


def test_a_drill_that_only_one_engine_could_run_is_no_agreement() -> None:
    """What was not run says nothing, though neither trial holds."""
    missed = trial("a", "discrete", ("goodput", 0.5, False))
    not_run = replace(trial("a", "fluid"), verdict="not run: too many calls")
    assert not Playbook("tiny", ("fluid", "discrete"), (not_run, missed)).agree("a")
    assert not Playbook("tiny", ("fluid", "discrete"), (missed, not_run)).agree("a")
