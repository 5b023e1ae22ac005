"""Sweeps: the same bytes wherever they run, nothing run twice, and results as tables and charts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import atlas
from atlas.compile import Case, Conditions, Settings, run_system
from atlas.compile.sweep import (
    Base,
    JournalError,
    Point,
    Scalar,
    Sweep,
    SweepError,
    open_journal,
    plan_sweep,
    read_axis,
    run_sweep,
    save_sweep_chart,
)
from atlas.compile.sweep.run import Progress, SweepPlan, duration

from .conftest import MakeCase

SHORT = Base("discrete", for_s=4.0)


def grid(case: Case, *axes: str, seeds: int = 1, base: Base = SHORT) -> SweepPlan:
    """A planned sweep of axes as people write them."""
    return plan_sweep(case, [read_axis(a, case) for a in axes], base, seeds=seeds)


class Counting(ThreadPoolExecutor):
    """An executor that counts what it is asked."""

    asked = 0

    def submit(self, *arguments: Any, **more: Any) -> Any:
        """One more."""
        self.asked += 1
        return super().submit(*arguments, **more)


def test_every_executor_gives_the_same_bytes(make_case: MakeCase) -> None:
    """Here, in threads and in processes: same points, same seeds, same table to the last digit."""
    plan = grid(make_case(), "load=1x,2.9x", "retries=0,2", seeds=2)
    here = run_sweep(plan).to_csv()
    assert here.count("\n") == 1 + 2 * 2 * 2 * 2  # a head, and a row for each point, seed and flow
    for pool in (ThreadPoolExecutor(2), ProcessPoolExecutor(2)):
        with pool as executor:
            assert run_sweep(plan, executor=executor).to_csv() == here


def test_a_point_is_the_run_that_the_command_makes(make_case: MakeCase) -> None:
    """The numbers of a point are those of a plain run at that load, on the changed document, with that seed."""
    case = make_case()
    sweep = run_sweep(grid(case, "load=2x", "components.store.instances=3", seeds=2))
    run = run_system(
        case.overlaid({"components.store.instances": 3}),
        Conditions(2.0),
        Settings("discrete", seed=2, most_calls=SHORT.most_calls),
        for_s=4.0,
        warmup_s=1.0,
    )
    row = next(r for r in sweep.rows() if r["seed"] == 2 and r["flow"] == "read")
    assert row["p99_s"] == run.trace.flows["read"].latency[0.99]
    assert (row["load"], row["components.store.instances"]) == (2.0, 3)


def test_more_load_bends_the_latency(make_case: MakeCase) -> None:
    """The knobs reach the engine: near capacity p99 rises, and three times the instances cure that."""
    sweep = run_sweep(grid(make_case(), "load=0.5x,2.6x", "components.api.instances=4,12", seeds=2))
    p99 = {at: e.mean for at, e in sweep.estimates("p99_s", "read").items()}
    used = {at: e.mean for at, e in sweep.estimates("utilisation", "read").items()}
    assert p99[2.6, 4] > 1.3 * p99[0.5, 4]
    assert p99[2.6, 12] == pytest.approx(p99[0.5, 12], rel=0.2)
    assert used[2.6, 4] > 0.9
    assert used[2.6, 12] < 0.6


def test_what_is_kept_is_not_run_again(make_case: MakeCase, tmp_path: Path) -> None:
    """A second time nothing is run; a wider grid and more seeds run only what is new; the table is that of one go."""
    case = make_case()
    small, large = grid(case, "load=1x,2x", seeds=2), grid(case, "load=1x,2x,2.5x", seeds=3)
    for plan, asked in ((small, 3), (small, 0), (large, 4), (large, 0)):
        with Counting(2) as executor, open_journal(tmp_path, case, plan.base) as kept:
            before = len(kept)
            sweep = run_sweep(plan, executor=executor, journal=kept)
            assert executor.asked == asked  # the first of the missing runs is made here, not by the executor
            assert len(kept) - before == (asked + 1 if asked else 0)
    assert sweep.to_csv() == run_sweep(large).to_csv()
    with open_journal(tmp_path, case, small.base, again=True) as kept:
        assert len(kept) == 0


def test_a_stop_at_any_moment_loses_nothing_that_was_done(make_case: MakeCase, tmp_path: Path) -> None:
    """Interrupted after the third run: three are kept, the rest is run later, and all is as without the stop."""
    case = make_case()
    plan = grid(case, "load=1x,1.5x,2x", seeds=2)

    def stop(now: Progress) -> None:
        if now.done == 3:
            raise KeyboardInterrupt

    with open_journal(tmp_path, case, plan.base) as kept, pytest.raises(KeyboardInterrupt):
        run_sweep(plan, journal=kept, report=stop)
    with open_journal(tmp_path, case, plan.base) as kept:
        assert [point in kept for point in plan.points] == [True] * 3 + [False] * 3
        assert run_sweep(plan, journal=kept).to_csv() == run_sweep(plan).to_csv()


def test_a_torn_line_is_run_again(make_case: MakeCase, tmp_path: Path) -> None:
    """A line that the power cut in half is dropped, one that is damaged too; the others are used."""
    case = make_case()
    plan = grid(case, "load=1x,1.5x,2x")
    with open_journal(tmp_path, case, plan.base) as kept:
        run_sweep(plan, journal=kept)
        path = kept.path
    assert path is not None
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[1], b'{"at": 5}\n', b"\xff\xfe\n", lines[2], lines[3][:-20]]))
    with open_journal(tmp_path, case, plan.base) as kept:
        assert [point in kept for point in plan.points] == [True, True, False]
        run_sweep(plan, journal=kept)
    assert (
        path.read_bytes().splitlines(keepends=True)[-1]
        == lines[3][: lines[3].index(b'"took_s"')]
        + (path.read_bytes().splitlines(keepends=True)[-1][lines[3].index(b'"took_s"') :])
    )
    with open_journal(tmp_path, case, plan.base) as kept:
        assert len(kept) == 3


def test_another_document_or_engine_has_another_journal(make_case: MakeCase, tmp_path: Path) -> None:
    """Results are never taken from a document, a duration, a drill or an engine that they were not made with."""
    case, other = make_case(), make_case(components={"api": {"concurrency": 9}})
    names = set()
    for which, base in ((case, SHORT), (other, SHORT), (case, Base("fluid")), (case, Base("discrete", for_s=5.0))):
        with open_journal(tmp_path, which, base) as kept:
            assert kept.path is not None
            names.add(kept.path.name)
    assert len(names) == 4


def test_two_sweeps_do_not_write_to_one_journal(make_case: MakeCase, tmp_path: Path) -> None:
    """The second is refused with the file's name, and can have it when the first is done."""
    pytest.importorskip("fcntl", reason="no file locks on this system")
    case = make_case()
    with (
        open_journal(tmp_path, case, SHORT),
        pytest.raises(JournalError, match="tiny"),
        open_journal(tmp_path, case, SHORT),
    ):
        pass
    with open_journal(tmp_path, case, SHORT) as kept:
        assert len(kept) == 0


def test_a_point_that_cannot_be_run_says_why(make_case: MakeCase) -> None:
    """The others have results; its row has the reason; CSV, JSON and charts hold both."""
    sweep = run_sweep(grid(make_case(), "components.store.concurrency=16,1e15", base=Base("fluid")))
    reasons = list(sweep.reasons)
    assert len(reasons) == 1
    assert "slots" in reasons[0]
    rows = list(sweep.rows())
    assert rows[0]["good"] is not None
    assert rows[-1]["good"] is None
    assert json.loads(json.dumps(sweep.to_dict(), allow_nan=False))["reasons"] == {reasons[0]: 1}
    assert sweep.chart().to_dict()["layer"]


def _expecting(case: Case, flow: str) -> dict[str, Any]:
    """The drill of the case, with its expectation of another flow."""
    failure: dict[str, Any] = json.loads(json.dumps(case.data["failures"][0]))
    failure["drill"]["expect"][0]["flow"] = flow
    return failure


def test_a_drill_is_swept(make_case: MakeCase) -> None:
    """Each point goes through the drill: goodput while it lasts, recovery, whether it holds."""
    sweep = run_sweep(grid(make_case(), "load=0.5x,1x", base=Base(drill="cache-cold")))
    assert sweep.base.engine == "fluid"
    rows = [r for r in sweep.rows() if r["flow"] == "read"]
    assert all(r["holds"] in (True, False) and r["recovered"] is True for r in rows)
    assert all(isinstance(r["recovery_s"], float) for r in rows)
    assert sweep.chart("recovery_s").to_dict()["layer"]
    other = make_case(failures=[_expecting(make_case(), "write")])
    assert run_sweep(grid(other, "load=0.5x", base=Base(drill="cache-cold"))).main_flow == "write"


def test_the_closed_forms_can_be_swept(make_case: MakeCase) -> None:
    """Beyond capacity the analytic engine names the queue; below it agrees with the discrete one."""
    case = make_case()
    analytic = run_sweep(grid(case, "load=1x,9x", base=Base("analytic")))
    assert any("api" in reason for reason in analytic.reasons)
    discrete = run_sweep(grid(case, "load=1x", seeds=4, base=Base("discrete", for_s=20.0)))
    simulated = discrete.estimates("p50_s", "read")[1.0,]
    assert analytic.estimates("p50_s", "read")[1.0,].mean == pytest.approx(simulated.mean, rel=0.01)


def test_engines_without_chance_run_once(make_case: MakeCase) -> None:
    """Eight seeds of the fluid engine would be eight equal runs: one is made, and that is said."""
    plan = grid(make_case(), "load=1x,2x", seeds=8, base=Base("fluid"))
    assert plan.size == 2
    assert "no chance" in plan.notes[-1]


def test_the_engine_is_one_for_the_grid(make_case: MakeCase) -> None:
    """auto: every request where the heaviest load can be afforded, else fluid for all points alike."""
    case = make_case()
    assert grid(case, "load=0.5x,1x", base=Base()).base.engine == "discrete"
    assert grid(case, "load=0.5x,1000x", base=Base()).base.engine == "fluid"


@pytest.mark.parametrize(
    ("axes", "seeds", "base", "said"),
    [
        ((), 1, SHORT, "nothing is varied"),
        (("load=1x", "load=2x"), 1, SHORT, "varied twice"),
        (("load=1x",), 0, SHORT, "at least one seed"),
        (("load=1x",), 1, Base(drill="nothing"), "no drill"),
        (("load=1x",), 1, Base("analytic", "cache-cold"), "knows no time"),
        (("load=1x",), 1, Base(flow="browse"), "cannot be run"),
        (("load=1x..2x:200", "retries=0..3:4"), 50, SHORT, r"40,000 runs \(200 × 4 points × 50 seeds\) .* about \d+ "),
    ],
)
def test_what_is_no_sweep_is_refused(
    make_case: MakeCase, axes: tuple[str, ...], seeds: int, base: Base, said: str
) -> None:
    """Before it begins; one that is too large with the time that it would take."""
    with pytest.raises(SweepError, match=said):
        grid(make_case(), *axes, seeds=seeds, base=base)


def test_tables_read_back_the_same(make_case: MakeCase, tmp_path: Path) -> None:
    """Parquet has the columns with their types; CSV the same values to the last digit; JSON no NaN."""
    sweep = run_sweep(grid(make_case(), "load=1x,2x", "flows.read.client.timeout=200 ms,1 s"))
    sweep.to_parquet(tmp_path / "sweep.parquet")
    table = pq.read_table(tmp_path / "sweep.parquet")
    assert table.column_names == list(sweep.columns)
    assert table.to_pylist() == list(sweep.rows())
    first, second = sweep.to_csv().splitlines()[:2]
    row = dict(zip(first.split(","), second.split(","), strict=True))
    assert float(row["p99_s"]) == next(iter(sweep.rows()))["p99_s"]
    assert row["flows.read.client.timeout"] == "200 ms"
    assert [len(line) for line in sweep.table()] == [len(sweep.columns)] * 9


def test_charts_by_the_number_of_axes(make_case: MakeCase, tmp_path: Path) -> None:
    """One axis: lines with bands as wide as the interval; two: a cell for each point; three: rows; four: refused."""
    case = make_case()
    one = run_sweep(grid(case, "load=1x,2x", seeds=3))
    (band,) = one.chart("p99_s", "read").to_dict()["datasets"].values()
    expected = one.estimates("p99_s", "read")[1.0,]
    assert band[0]["high"] - band[0]["low"] == pytest.approx(2000 * expected.half_width)
    two = run_sweep(grid(case, "load=1x,2x", "retries=0,1,2"))
    (cells,) = two.chart().to_dict()["datasets"].values()
    assert [(c["x"], c["y"]) for c in cells] == [(x, y) for x in ("1", "2") for y in ("0", "1", "2")]
    save_sweep_chart(two, tmp_path / "heat.svg", "p99_s")
    assert (tmp_path / "heat.svg").read_text().startswith("<svg")
    three = run_sweep(grid(case, "load=1x", "retries=0,1", "components.store.instances=4,5"))
    assert three.chart().to_dict()["facet"]["row"]["field"] == "row"
    four = Sweep(three.system, three.name, (*three.axes, one.axes[0]), SHORT, (1,), three.found)
    wrongs: list[Callable[[], Any]] = [four.chart, lambda: one.chart("recovery_s"), lambda: one.chart("good", "browse")]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"third|recover|browse"):
            wrong()
    with pytest.raises(ValueError, match="svg"):
        save_sweep_chart(two, tmp_path / "heat.gif")


def test_a_sweep_from_python(root: Path, tmp_path: Path) -> None:
    """A real system by its slug, values as text or as a list, kept in a folder, as a table and a chart."""
    slack = atlas.load("slack", root / "catalogue")
    vary: dict[str, str | list[Scalar]] = {"load": "0.5x..1x:2", "retries": [0, 3]}
    with ThreadPoolExecutor(2) as executor:
        sweep = slack.sweep(vary, seeds=4, engine="analytic", executor=executor, journal=tmp_path)
    assert len(sweep.table()) == 1 + 4 * len(sweep.flows)
    assert all(0.9 < float(r["good"] or 0) <= 1.001 for r in sweep.rows())
    assert slack.sweep(vary, engine="analytic", journal=tmp_path).to_csv() == sweep.to_csv()
    with pytest.raises(ValueError, match="no such knob"):
        slack.sweep({"lead": [1, 2]})


def test_an_expectation_is_told(make_case: MakeCase) -> None:
    """After the first run what one takes; at the end nothing is left; times are printed for people."""
    seen: list[Progress] = []
    run_sweep(grid(make_case(), "load=1x,1.5x,2x"), report=seen.append)
    assert [p.done for p in seen] == [0, 1, 2, 3]
    assert seen[0].one_s == 0.0 < seen[1].one_s
    assert seen[1].expected_s(2) == pytest.approx(seen[1].one_s)
    assert seen[-1].expected_s(1) == 0.0
    assert [duration(s) for s in (0.2, 130, 11_100, 1e6)] == ["1 s", "2 min 10 s", "3 h 5 min", "12 days"]


def test_a_points_place_does_not_depend_on_the_order_of_axes(make_case: MakeCase, tmp_path: Path) -> None:
    """``--vary a --vary b`` finds what ``--vary b --vary a`` left."""
    case = make_case()
    with open_journal(tmp_path, case, SHORT) as kept:
        kept.put(Point((("load", 1.0), ("retries", 0)), 1), [{"flow": "read"}], 0.1)
        assert Point((("retries", 0), ("load", 1.0)), 1) in kept
        assert Point((("retries", 0), ("load", 1.0)), 2) not in kept
        assert math.isclose(kept.took_s(Point((("load", 1.0), ("retries", 0)), 1)), 0.1)
