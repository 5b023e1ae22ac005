"""A figure keeps its context wherever it stands: of what part, when, in a unit that people read."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from .conftest import Built


def _page(site: Built, path: str) -> str:
    return (site.out / path / "index.html").read_text(encoding="utf-8")


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_the_front_page_says_of_what_and_when_a_figure_is(site: Built) -> None:
    """The peak of one customer on one day is not the rate of a whole service."""
    assert "peak rate, Amazon systems on Prime Day, 2025" in _words(_page(site, ""))


def test_a_series_over_time_names_its_scope(site: Built) -> None:
    """The title of a plot says what the plot is of."""
    assert "Peak rate, Amazon DynamoDB (Amazon systems on Prime Day)" in _words(_page(site, "systems/dynamodb"))


def test_a_vague_figure_is_not_parted_into_number_and_unit(site: Built) -> None:
    """Hundreds of thousands is a magnitude: thousands is no unit."""
    page = _page(site, "systems/dynamodb")
    assert "<b>hundreds of thousands</b>" in page
    assert "<small>thousands</small>" not in page


def test_one_fact_stands_once_at_a_glance(site: Built) -> None:
    """Three years of one rate are the newest one and where it came from."""
    glance = _page(site, "systems/dynamodb").split("At a glance</h2>", 1)[1].split("</table>", 1)[0]
    assert "151 M/s" in glance
    assert "146 M/s" not in glance


def test_units_are_written_as_people_write_them(site: Built) -> None:
    """Microseconds and days, not the spelling of the documents."""
    words = _words(_page(site, "systems/dynamodb"))
    assert "µs" in words
    assert not re.search(r"\d us\b|\b35 day\b", words)


def test_a_price_too_small_to_read_is_told_by_the_million(site: Built) -> None:
    """Nobody has an idea of 0.0000046 US dollars."""
    assert re.search(r"a million > 4\.64 USD", _words(_page(site, "systems/discord")))


def test_ids_do_not_reach_readers(site: Built) -> None:
    """Technologies and sections that a document names by id stand with their names."""
    assert "Made of MongoDB" in _words(_page(site, "systems/discord")).replace("Made of</dt>", "Made of")
    assert "operations mttr" not in _words(_page(site, "coverage"))


def test_a_dash_is_marked_so_that_a_phone_can_leave_it_out(site: Built) -> None:
    """In a grid a dash is a place; in the list of a phone a hundred dashes are noise."""
    assert re.search(r'<td class="bare" data-label="Breakers">', _page(site, "systems/discord"))
    css = next(Path(site.out / "assets").glob("atlas*.css")).read_text(encoding="utf-8")
    assert "td.bare" in css


def test_voice_users_are_not_compared_with_all_users(site: Built) -> None:
    """A narrower figure has a scope, and scopes are never mixed."""
    words = _words(_page(site, "compare/discord-vs-slack"))
    assert "2.6 M peak concurrency, Voice servers" not in words.split("Architecture side by side", 1)[0]


def test_the_worst_moment_of_an_outage_is_not_the_availability(site: Built) -> None:
    """A minimum during an incident is told there: at a glance it would pass for the rule."""
    glance = _page(site, "systems/discord").split("At a glance</h2>", 1)[1].split("</table>", 1)[0]
    assert "outage of 6 November 2023" not in glance
