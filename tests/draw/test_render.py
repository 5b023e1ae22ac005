"""Diagram to SVG: complete, safe, legible, the same every time."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree as ET

import pytest

from atlas.draw import Diagram, draw, render, theme
from atlas.draw.layout import WIDEST
from atlas.model import System

_SVG = "{http://www.w3.org/2000/svg}"
_PAGE_WIDTH = 1136
_LEAST_PX = 11.0


def variants(diagrams: tuple[Diagram, ...]) -> list[tuple[str, str, ET.Element]]:
    """Every drawing: its id and variant, its text, its tree."""
    found = []
    for diagram in diagrams:
        for variant in ("wide", "tall") if diagram.tall else ("wide",):
            text = render(diagram, variant).text
            found.append((f"{diagram.id} {variant}", text, ET.fromstring(text)))
    return found


@pytest.fixture(scope="module")
def pictures(drawn: tuple[Diagram, ...]) -> list[tuple[str, str, ET.Element]]:
    """All drawings of all systems."""
    return variants(drawn)


def test_no_style_script_or_reference(pictures: list[tuple[str, str, ET.Element]]) -> None:
    """A strict content security policy has nothing to refuse, and nothing outside is asked for."""
    for name, text, root in pictures:
        for element in root.iter():
            assert element.tag not in (_SVG + "script", _SVG + "style", _SVG + "foreignObject", _SVG + "a"), name
            assert not [key for key in element.attrib if key == "style" or key.startswith("on") or "href" in key], name
        assert "var(" not in text, name
        assert "color-mix" not in text, name


def test_every_drawing_is_named_for_those_who_do_not_see_it(pictures: list[tuple[str, str, ET.Element]]) -> None:
    """Title and description come first, are referred to, and are not empty."""
    for name, _, root in pictures:
        title, description = root[0], root[1]
        assert (title.tag, description.tag) == (_SVG + "title", _SVG + "desc"), name
        assert root.get("role") == "img", name
        assert root.get("aria-labelledby") == title.get("id"), name
        assert root.get("aria-describedby") == description.get("id"), name
        assert title.text, name
        assert len(description.text or "") > 20, name


def test_ids_are_unique_on_a_page_with_everything(pictures: list[tuple[str, str, ET.Element]]) -> None:
    """All drawings of all systems could stand on one page."""
    ids = [e.get("id") for _, _, root in pictures for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_the_same_diagram_gives_the_same_bytes_in_any_thread(rich: System) -> None:
    """Drawing is deterministic and safe to do side by side."""
    diagram = draw(rich, "L0")
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda _: render(draw(rich, "L0")).text, range(4)))
    assert set(texts) == {render(diagram).text}


def test_text_is_legible_at_page_width(pictures: list[tuple[str, str, ET.Element]]) -> None:
    """On a page of 1136 px no letter is smaller than 11 px; drawings for phones are not wider than a phone can zoom."""
    for name, _, root in pictures:
        wide = float(root.get("width", "0"))
        scale = min(1.0, _PAGE_WIDTH / wide)
        sizes = [float(e.get("font-size", theme.TEXT)) for e in root.iter() if e.get("font-size")]
        assert min(sizes) * scale >= _LEAST_PX * 0.99, (name, wide, min(sizes))


def test_words_stand_out_from_their_ground(pictures: list[tuple[str, str, ET.Element]]) -> None:
    """Every colour of a text has 4.5:1 on every ground it can stand on."""
    grounds = {
        theme.PAPER,
        theme.SUNKEN,
        theme.WARN_TINT,
        theme.ACCENT_TINT,
        *(p.tint for p in theme.PLANE_PAINT.values()),
    }
    inks = {
        e.get("fill")
        for _, _, root in pictures
        for e in root.iter()
        if e.tag in (_SVG + "text", _SVG + "tspan") and e.get("fill", "none") != "none"
    }
    plane_inks = {p.ink for p in theme.PLANE_PAINT.values()} | {theme.ACCENT, theme.WARN}
    assert inks <= {theme.INK, theme.INK_2, theme.INK_3} | plane_inks
    for ink in (theme.INK, theme.INK_2):
        assert min(theme.contrast(ink, ground) for ground in grounds) >= 4.5
    assert theme.contrast(theme.INK_3, theme.PAPER) >= 4.5


def test_nodes_carry_the_classes_that_a_run_colours(rich: System) -> None:
    """Each component on the overview has its plane and its own class, and the diagram says which node it is."""
    diagram = draw(rich, "L0")
    text = render(diagram).text
    for component in rich.document.components:
        assert re.search(rf'class="[^"]*\bcmp-{component}\b', text), component
    assert set(diagram.nodes.values()) == set(rich.document.components)


def test_life_lines_carry_the_same_classes(rich: System) -> None:
    """Mermaid has no classes for participants; the drawing has."""
    text = render(draw(rich, "RF")).text
    assert "cmp-api" in text
    assert "plane-service" in text


def test_an_overview_for_phones_is_narrow(rich: System) -> None:
    """The second drawing runs downwards and fits a phone at reading size."""
    tall = render(draw(rich, "L0"), "tall")
    assert tall.width <= 560
    assert tall.height > tall.width


def test_drawings_keep_to_their_width(drawn: tuple[Diagram, ...]) -> None:
    """Most drawings fit the widest frame; none is so wide that its page would be unreadable."""
    widths = [render(d).width for d in drawn]
    assert sum(w <= WIDEST for w in widths) >= 0.95 * len(widths)


def test_every_arrow_head_is_painted(pictures: list[tuple[str, str, ET.Element]]) -> None:
    """A head is filled, or marked as open so that a page keeps its stroke: a cross without stroke is nothing."""
    for name, _, root in pictures:
        for path in root.iter(_SVG + "path"):
            names = path.get("class", "").split()
            if "pele-marker" in names:
                assert (path.get("fill") not in (None, "none")) is ("pele-marker-open" not in names), name


def test_a_lost_answer_ends_in_a_cross(rich: System) -> None:
    """What is refused or fails is told from what is answered by shape, not by words alone."""
    assert 'class="pele-marker pele-marker-open"' in render(draw(rich, "BP")).text
