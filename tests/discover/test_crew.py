"""The crew: pages read in other processes, where a crash or a hang costs one page."""

from __future__ import annotations

import datetime as dt
import os
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from atlas.discover.crew import Crew
from atlas.discover.reading import Page, Reading

TODAY = dt.date(2026, 11, 21)
NOWHERE = Path("nowhere")


def read_or_die(page: Page, catalogue: Path, today: dt.date) -> Reading:
    """A reader that does to its process what the page says."""
    if page.body == b"crash":
        os._exit(11)
    if page.body == b"hang":
        time.sleep(600)
    return Reading(page.url, "article", title=f"{catalogue} {today}")


def _pool() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("fork"))


def _pages(*bodies: bytes) -> list[Page]:
    return [Page(f"https://a.example/{i}", body) for i, body in enumerate(bodies)]


def _crew(page_s: float = 30.0) -> Crew:
    return Crew(NOWHERE, TODAY, _pool, 2, read_or_die, page_s)


def test_every_page_is_read_once_in_processes() -> None:
    """However many batches it takes; what the readers need reaches them."""
    pages = _pages(*[b"ok"] * 50)
    readings = list(_crew().read_all(pages))
    assert sorted(r.url for r in readings) == sorted(p.url for p in pages)
    assert {r.title for r in readings} == {f"nowhere {TODAY}"}


@pytest.mark.parametrize("places", [(0,), (7, 8, 33)])
def test_a_crash_costs_its_page_and_no_other(places: tuple[int, ...]) -> None:
    """The pages beside it, in its batch and in others, are read all the same."""
    bodies = [b"crash" if i in places else b"ok" for i in range(40)]
    readings = {r.url: r.kind for r in _crew().read_all(_pages(*bodies))}
    assert len(readings) == 40
    assert {url for url, kind in readings.items() if kind == "crashed"} == {f"https://a.example/{i}" for i in places}


def test_a_hang_ends_after_its_time_and_costs_its_page() -> None:
    """The process is ended from inside, in whatever C it hangs."""
    began = time.monotonic()
    readings = {r.url: r.kind for r in _crew(page_s=1.0).read_all(_pages(b"ok", b"hang", b"ok"))}
    assert readings["https://a.example/1"] == "crashed"
    assert [readings[f"https://a.example/{i}"] for i in (0, 2)] == ["article", "article"]
    assert time.monotonic() - began < 60


def test_without_an_executor_pages_are_read_here() -> None:
    """In order, one after the other."""
    crew = Crew(NOWHERE, TODAY, lambda: None, read=read_or_die)
    assert [r.url for r in crew.read_all(_pages(b"a", b"b"))] == ["https://a.example/0", "https://a.example/1"]


def test_any_executor_will_do() -> None:
    """Threads stand for those that other libraries bring."""
    crew = Crew(NOWHERE, TODAY, lambda: ThreadPoolExecutor(2), 2, read_or_die)
    assert len(list(crew.read_all(_pages(*[b"ok"] * 20)))) == 20


def test_an_error_of_the_reader_is_raised() -> None:
    """A fault of ours is no crash, and is not hidden."""
    crew = Crew(NOWHERE, TODAY, _pool, 2, _faulty)
    with pytest.raises(ValueError, match="our own fault"):
        list(crew.read_all(_pages(b"a")))


def _faulty(page: Page, catalogue: Path, today: dt.date) -> Reading:
    raise ValueError("our own fault")
