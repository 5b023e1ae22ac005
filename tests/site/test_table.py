"""One structure gives HTML, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.site.parts import BREAK, NOT_PUBLIC, Figure, Link, Words, cell, joined, parts_of
from atlas.site.table import Row, Table, columns, to_csv, to_json

FIGURE = Figure("> 4 B/day", "published", "x#y", ("daily",), bounds=(46296.3, 46296.3, math.inf))


def _table() -> Table:
    rows = (Row((cell("Rate"), cell(FIGURE, " messages", sub="held 2022"))), Row((cell("Cost"), cell())))
    return Table("t", "Test", columns("What", "#Value"), rows)


def test_csv_has_origin_and_claims_beside_the_cells() -> None:
    """A line of CSV ends with where its numbers come from."""
    rows = list(csv.reader(io.StringIO(to_csv(_table()))))
    assert rows[0] == ["What", "Value", "origin", "claims"]
    assert rows[1] == ["Rate", "> 4 B/day messages; held 2022", "published", "daily"]
    assert rows[2] == ["Cost", "not public", "", ""]


def test_json_has_bounds_and_an_open_end_is_null() -> None:
    """JSON has no infinity: an open end is null."""
    document = json.loads(to_json(_table(), "discord"))
    assert document["system"] == "discord"
    figure = document["rows"][0][1]["figures"][0]
    assert figure == {
        "text": "> 4 B/day",
        "origin": "published",
        "claims": ["daily"],
        "low_mid_high": [46296.3, 46296.3, None],
    }


def test_an_empty_cell_says_so() -> None:
    """A gap is content."""
    assert cell().parts == (NOT_PUBLIC,)
    assert cell(None, "", ()).text == "not public"


def test_lines_in_a_cell_are_semicolons_in_data() -> None:
    """A break on the page is a semicolon in a file."""
    assert cell(joined(("a", "b"), BREAK)).text == "a; b"


def test_a_table_names_the_claims_behind_it() -> None:
    """Claims are listed once, in order of appearance."""
    assert _table().claims == ("daily",)


def test_parts_are_flattened() -> None:
    """Nested lists of parts become one line."""
    line = parts_of("a", ["b", None, (Words("c"), Link("d", "x"))])
    assert [p.text for p in line] == ["a", "b", "c", "d"]


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    """Whatever a cell holds, its CSV form does not begin like a formula."""
    table = Table("t", "T", columns("A"), (Row((cell(Words(text)),)),))
    written = list(csv.reader(io.StringIO(to_csv(table), newline="")))[1][0]
    assert not written.startswith(("=", "+", "-", "@"))


def test_rows_that_go_on_share_their_first_and_last_cell() -> None:
    """The first row of a group stands for all of it; the data files repeat what the page tells once."""
    rows = [
        Row((cell(a), cell(b)), goes_on=on) for a, b, on in (("x", "1", False), ("x", "2", True), ("y", "3", False))
    ]
    table = Table("t", "T", columns("A", "B"), tuple(rows))
    assert table.spans == (2, 0, 1)
    assert to_csv(table).splitlines()[1:] == ["x,1,,", "x,2,,", "y,3,,"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_in_a_head_becomes_a_formula(sign: str) -> None:
    """Names of systems head the columns of a comparison."""
    head = next(csv.reader(io.StringIO(to_csv(Table("t", "Test", columns("What", f"{sign}1+1"), ())), newline="")))
    assert head[1:] == [f"'{sign}1+1".replace("\r", "\n"), "origin", "claims"]
