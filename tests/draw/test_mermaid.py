"""The writer of Mermaid text: readable when the words are, inert when they are hostile."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from atlas.draw.mermaid import (
    Arrow,
    Branch,
    Flowchart,
    Line,
    Mindmap,
    Pie,
    Sankey,
    Sequence,
    Shape,
    Timeline,
    identifier,
)
from atlas.draw.pele import pele
from atlas.draw.text import folded, plain

HOSTILE = (
    "<script>alert(1)</script>",
    '"]; click n_a "javascript:alert(1)"',
    "end",
    "end\nsubgraph x",
    "%%{init: {'theme': 'dark'}}%%",
    "---\nconfig:\n---",
    "#quot;#lt;b#gt; &amp; &#60;",
    "a ; b | c ` d ** e __ f $$x$$",
    "fa:fa-car class style linkStyle accTitle: x accDescr {",
    "‮evil‬ עברית العربية 😀 漢字",
    "wrap: note over a: b",
    "`**md**`",
    "x" * 5000,
    "word " * 1000,
    "",
    " ",
    "]] )) }} >>",
    "section title",
    "<img src=x onerror=alert(1)><br/>",
)


def flowchart(text: str) -> str:
    """``text`` in every place of a flowchart."""
    chart = Flowchart(text, text)
    zone = chart.zone("z", text, ("zone-edge",))
    a = chart.node("a", text, text, classes=("plane-edge",), zone=zone)
    b = chart.node("end", text, shape=Shape.STORE)
    chart.edge(a, b, Line.THICK, text)
    return chart.text([(text, text)])


def sequence(text: str) -> str:
    """``text`` in every place of a sequence."""
    chart = Sequence(text, text)
    a, b = chart.participant("a", text or "a"), chart.participant("end", text or "b")
    chart.message(a, b, text)
    chart.open("alt", text)
    chart.note((a, b), text, text)
    chart.otherwise("else", text)
    chart.message(b, a, text, Arrow.LOST)
    chart.close()
    return chart.text([(text, text)])


def timeline(text: str) -> str:
    """``text`` in every place of a timeline."""
    chart = Timeline(text, text)
    chart.section(text)
    chart.period(text or "then", [text, "fixed"])
    return chart.text([(text or "note", text)])


def mindmap(text: str) -> str:
    """``text`` in every place of a mind map."""
    return Mindmap(text, text, text, [Branch((text, text), [Branch(("", text or "leaf"))])]).text([(text, text)])


def pie(text: str) -> str:
    """``text`` in every place of a pie."""
    return Pie(text, text, [(text or "slice", 2.0), ("rest", 1.0)]).text([(text, text)])


def sankey(text: str) -> str:
    """``text`` in every place of a Sankey diagram."""
    return Sankey(text, text, " USD", [("all", text, 2.0)]).text([(text, text)])


WRITERS = (flowchart, sequence, timeline, mindmap, pie, sankey)
_KNOWN = {"svg", "g", "path", "rect", "circle", "ellipse", "polygon", "line", "text", "tspan", "title", "desc", "defs"}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_drawn_as_text(writer: Callable[[str], str], text: str) -> None:
    """Tags, keywords, directives, scripts of any alphabet and 5,000 characters parse and stay words."""
    root = ET.fromstring(pele(writer(text)))
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= _KNOWN
    assert not any(
        name.lower().startswith("on") or "href" in name for element in root.iter() for name in element.attrib
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
@example("end")
@example("é…")
def test_any_text_parses_everywhere(text: str) -> None:
    """No text of a document can break a diagram."""
    for writer in WRITERS:
        assert pele(writer(text)).startswith("<svg")


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=12))
def test_a_flowchart_shows_the_text_it_was_given(text: str) -> None:
    """Encoding is undone by the renderer: the reader sees the characters of the document."""
    chart = Flowchart("t")
    chart.node("a", "", text)
    root = ET.fromstring(pele(chart.text()))
    shown = "".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("}text"))
    assert "".join(shown.split()) == "".join(plain(text).split())


def test_a_sankey_label_is_the_folded_name() -> None:
    """What Sankey labels cannot carry is folded to ASCII, the same way in text and classes."""
    assert folded("Café – 9 TB…") in Sankey("t", flows=[("a", "Café – 9 TB…", 1.0)]).text()


@given(st.text(), st.text())
def test_identifiers_are_safe_and_never_collide(one: str, other: str) -> None:
    """Two ids of a document are two ids of a diagram; none is a keyword."""
    assert (identifier(one) == identifier(other)) is (one == other)
    assert identifier(one).startswith("n_")
    assert identifier(one).replace("_", "a").isalnum()


def test_an_empty_description_is_left_out() -> None:
    """An empty accDescr would swallow the line below it."""
    assert "accDescr" not in Flowchart("t").text()


def test_a_zone_without_nodes_is_not_written() -> None:
    """An empty subgraph would be drawn as a box."""
    chart = Flowchart("t")
    chart.zone("z", "Nothing here")
    assert "subgraph" not in chart.text()
