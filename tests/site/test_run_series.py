"""What the run panel's charts show of a thin slice: stretches that hold enough requests."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import REPOSITORY

MODULE = REPOSITORY / "src" / "atlas" / "site" / "assets" / "run-series.js"
pytestmark = [pytest.mark.node, pytest.mark.usefixtures("node")]


def answers(expressions: list[str], folder: Path) -> list[Any]:
    """What the module's functions give; NaN is told as null."""
    module = folder / "run-series.mjs"
    module.write_text(MODULE.read_text("utf-8"), "utf-8")
    script = (
        f"import({json.dumps(module.as_uri())}).then((s) => console.log(JSON.stringify([{', '.join(expressions)}])))"
    )
    done = subprocess.run(["node", "-e", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("rate", "scale", "length"), [(1000, 1, 1), (25, 1, 1), (13, 1, 2), (1e6, 1e6, 30), (1, 1e6, 60)]
)
def test_a_stretch_holds_enough_requests(rate: float, scale: float, length: int, tmp_path: Path) -> None:
    """As few seconds as hold twenty-five of the requests that were run, and at most a minute."""
    assert answers([f"s.stretchOf({{ arrived: [{rate}, {rate}] }}, {scale})"], tmp_path) == [length]


def test_no_request_is_lost_in_stretches(tmp_path: Path) -> None:
    """The means times their lengths are the whole; the newest percentile of a stretch stands for it."""
    values = [3.0, 0.0, 5.0, 1.0, 4.0, 8.0, 2.0]
    means, newest = answers([f"s.means({values}, 3)", "s.newest([1, NaN, NaN, NaN, 2, NaN, NaN], 3)"], tmp_path)
    assert math.fsum(m * n for m, n in zip(means, (3, 3, 1), strict=True)) == pytest.approx(sum(values))
    assert newest == [1, 2, None]


def test_a_few_requests_have_no_percentile(tmp_path: Path) -> None:
    """Twenty-four in a histogram are too few, twenty-five are enough."""
    assert answers(["s.isEnough([0, 20, 4])", "s.isEnough([0, 20, 5])"], tmp_path) == [False, True]
