"""Diagram → SVG: draw, repaint from the theme, prefix the ids, add title, description and the title block.

The result has no script, no style attribute and no reference to anything outside itself, so that it is safe inline
under a strict content security policy and complete as a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from atlas.draw import notes, theme
from atlas.draw.diagram import Diagram, Picture, Variant
from atlas.draw.pele import VERSION, Renderer, pele
from atlas.draw.repaint import repaint

RENDERER_VERSION = f"{VERSION}+5"
"""Changes whenever the same diagram may give other bytes: part of every cache key."""

_TALL = 700.0
"""A narrow drawing higher than this has its notes beside it."""

_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True)
class Svg:
    """A drawing: its text and its natural size in px."""

    text: str
    width: float
    height: float


def render(diagram: Diagram, variant: Variant = "wide", renderer: Renderer = pele) -> Svg:
    """The drawing of ``diagram``; a variant it does not have is its wide one.

    Raises DrawingError when the renderer refuses the Mermaid text.
    """
    picture = diagram.tall if variant == "tall" and diagram.tall else diagram.wide
    prefix = f"{diagram.id}-tall" if picture is diagram.tall else diagram.id
    root = ET.fromstring(renderer(picture.mermaid))  # noqa: S314 - the renderer's own output, from encoded text
    repaint(root, diagram)
    width, height = _frame(root, picture, picture is diagram.tall)
    _name(root, diagram, prefix)
    return Svg(_serialise(root, diagram, width, height), width, height)


def _frame(root: ET.Element, picture: Picture, is_tall: bool) -> tuple[float, float]:
    """Set the size of the drawing with its title block, and give it paper to stand on."""
    width, height = (float(part) for part in root.get("viewBox", "0 0 0 0").split()[2:])
    if picture.notes and not is_tall and width <= notes.WIDEST_BESIDE and height > _TALL:
        block = notes.beside(width)
        height = max(height, notes.typeset(root, picture.notes, block))
        width = block.left + block.width
    elif picture.notes:
        if not is_tall and width < notes.LEAST_WIDTH:
            _centre(root, width, notes.LEAST_WIDTH)
            width = notes.LEAST_WIDTH
        block = notes.for_phones(width, height) if is_tall else notes.below(picture.notes, width, height)
        height += notes.typeset(root, picture.notes, block)
    paper = {"class": "paper", "width": _px(width), "height": _px(height), "fill": theme.PAPER}
    root.insert(0, ET.Element(_SVG + "rect", paper))
    return width, height


def _centre(root: ET.Element, inner: float, outer: float) -> None:
    """Move what is drawn to the middle of a wider frame."""
    group = ET.Element(_SVG + "g", {"transform": f"translate({_px((outer - inner) / 2)},0)"})
    for element in list(root):
        root.remove(element)
        group.append(element)
    root.append(group)


def _name(root: ET.Element, diagram: Diagram, prefix: str) -> None:
    """Title and description first, as screen readers expect them, with ids of their own."""
    for number, (tag, text) in enumerate((("title", diagram.title), ("desc", diagram.description))):
        element = ET.Element(_SVG + tag, {"id": f"{prefix}-{tag}"})
        element.text = text
        root.insert(number, element)
    kind = root.get("class", "pele")
    root.attrib.clear()
    root.set("class", kind)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title")
    root.set("aria-describedby", f"{prefix}-desc")


def _serialise(root: ET.Element, diagram: Diagram, width: float, height: float) -> str:
    root.set("viewBox", f"0 0 {_px(width)} {_px(height)}")
    root.set("width", _px(width))
    root.set("height", _px(height))
    root.set("data-code", diagram.code)
    root.set("font-family", theme.FONT)
    root.set("font-size", str(theme.TEXT))
    root.set("fill", theme.INK)
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    # ElementTree invents a prefix for the SVG namespace; inline SVG in HTML must not have one.
    return text.replace("<ns0:", "<").replace("</ns0:", "</").replace("xmlns:ns0=", "xmlns=")


def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
