"""The writer of Mermaid text: readable when the words are, inert when they are hostile."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from atlas.draw.mermaid import (
    Flowchart,
    Sankey,
    identifier,
)
from atlas.draw.pele import pele
from atlas.draw.text import folded, plain

Writer = Callable[[str], str]
_KNOWN = {"svg", "g", "path", "rect", "circle", "ellipse", "polygon", "line", "text", "tspan", "title", "desc", "defs"}


def test_hostile_text_is_drawn_as_text(hostile: dict[str, str]) -> None:
    """Tags, keywords, directives, scripts of any alphabet and 5,000 characters parse and stay words."""
    for name, text in hostile.items():
        root = ET.fromstring(pele(text))
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= _KNOWN, name
        attributes = {attribute.lower() for element in root.iter() for attribute in element.attrib}
        assert not {a for a in attributes if a.startswith("on") or "href" in a}, name


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
@example("end")
@example("é…")
def test_any_text_parses_everywhere(writers: tuple[Writer, ...], text: str) -> None:
    """No text of a document can break a diagram."""
    for writer in writers:
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
