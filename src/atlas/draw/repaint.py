"""The renderer's SVG in the colours and sizes of the theme, by presentation attributes and stable classes."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from atlas.draw import theme
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.text import width

_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = {_SVG + tag for tag in ("rect", "path", "polygon", "circle", "ellipse")}
_DROPPED = ("style", "data-id", "{http://www.w3.org/XML/1998/namespace}space")
_HALO = {"paint-order": "stroke", "stroke": theme.PAPER, "stroke-width": "4", "stroke-opacity": "0.7"}
"""Keeps words legible where they cross a band."""
_SEQUENCE_TEXT = {"pele-frame-kind", "pele-frame-label"}


def repaint(root: ET.Element, diagram: Diagram) -> None:
    """Change the renderer's tree in place: names removed, style attributes gone, every colour from the theme."""
    for tag in ("title", "desc"):
        for element in root.findall(_SVG + tag):
            root.remove(element)
    _outside(root)
    painters = _painters()
    zones = {e.get("data-id"): _classes(e)[1:] for e in root.iter() if "pele-cluster" in _classes(e)}
    for element in root.iter():
        _attach_classes(element, diagram)
        if "pele-cluster-title" in _classes(element):
            for name in zones.get(element.get("data-id"), []):
                _add_class(element, name)
        _plain_attributes(element)
        for name in _classes(element):
            if name in painters:
                painters[name](element)
    for element in root.iter():
        _check_gap(element)


def _painters() -> dict[str, Callable[[ET.Element], None]]:
    return {
        "pele-node": _node,
        "pele-root": _root,
        "pele-cluster": _cluster,
        "pele-cluster-title": _cluster_title,
        "pele-edges": _edges,
        "pele-edge-label": _edge_label,
        "pele-lifelines": lambda e: e.set("stroke", theme.RULE_STRONG),
        "pele-frame": _frame,
        "pele-notes": lambda e: e.set("stroke", "none"),
        "pele-note": _note,
        "pele-period": _period,
        "pele-event": _event,
        "pele-sankey-node": _sankey_node,
        "pele-sankey-link": _sankey_link,
        "pele-sankey-value": _sankey_value,
        "pele-axis": lambda e: e.set("stroke", theme.RULE_STRONG),
    }


def _classes(element: ET.Element) -> list[str]:
    return element.get("class", "").split()


def _add_class(element: ET.Element, name: str) -> None:
    element.set("class", " ".join([*_classes(element), name]))


def _attach_classes(element: ET.Element, diagram: Diagram) -> None:
    """Classes that the Mermaid text could not carry: of life lines, of nodes and links of a Sankey diagram."""
    for name in diagram.classes.get(element.get("data-id", ""), ()):
        if name not in _classes(element):
            _add_class(element, name)


def _plain_attributes(element: ET.Element) -> None:
    if "rx:4px" in element.get("style", ""):
        element.set("rx", "4")
    for name in _DROPPED:
        element.attrib.pop(name, None)


def _node(element: ET.Element) -> None:
    paint = theme.paint_of(_classes(element))
    for child in element:
        if child.tag not in _SHAPES:
            continue
        outline = child.get("fill") == "none"
        _add_class(child, "outline" if outline else "shape")
        child.set("fill", "none" if outline else paint.tint)
        child.set("fill-opacity", "1")
        child.set("stroke", paint.stroke)
        child.set("stroke-width", "1.5")
        if "retired" in _classes(element):
            child.set("stroke-dasharray", "5 4")
    for text in element.findall(_SVG + "text"):
        _lines(text)


def _lines(text: ET.Element) -> None:
    """A name in bold ink, facts below it smaller and quieter."""
    spans = text.findall(_SVG + "tspan")
    text.set("fill", theme.INK)
    if text.get("font-weight") == "bold":
        text.set("font-weight", "600")
    for span in spans:
        if span.get("font-weight") == "bold":
            span.set("font-weight", "600")
        elif text.get("font-weight") != "600":
            span.set("font-size", str(theme.SMALL))
            span.set("fill", theme.INK_2)
            _add_class(span, "fact")
    if not spans and text.get("font-weight") != "600":
        text.set("font-size", str(theme.SMALL))
        text.set("fill", theme.INK_2)
        _add_class(text, "fact")


def _cluster(element: ET.Element) -> None:
    paint = theme.paint_of(_classes(element))
    for rect in element.findall(_SVG + "rect"):
        rect.set("fill", "none")
        rect.set("stroke", paint.stroke)
        rect.set("stroke-opacity", "0.55")
        rect.set("stroke-dasharray", "2 4")
    for text in element.iter(_SVG + "text"):
        text.set("fill", paint.ink)
        text.set("font-size", str(theme.SMALL))
        text.set("font-weight", "600")


def _cluster_title(element: ET.Element) -> None:
    """A title drawn above the edges that cross it: first its halo in paper, then the words."""
    for number, text in enumerate(element.findall(_SVG + "text")):
        text.set("font-size", str(theme.SMALL))
        text.set("font-weight", "600")
        is_halo = number == 0 and len(element.findall(_SVG + "text")) > 1
        text.set("fill", "none" if is_halo else theme.paint_of(_classes(element)).ink)
        if is_halo:
            text.set("stroke", theme.PAPER)
            _add_class(text, "halo")


def _root(element: ET.Element) -> None:
    """The middle of a mind map: its name, in the accent."""
    _add_class(element, "main")
    for child in element:
        if child.tag in _SHAPES:
            child.set("fill", theme.MAIN.tint)
            child.set("stroke", theme.MAIN.stroke)
        elif child.tag == _SVG + "text":
            child.attrib.pop("font-size", None)
            child.set("font-weight", "600")
            for line in child.iter():
                line.attrib.pop("font-size", None)
                line.set("fill", theme.INK)


def _edges(element: ET.Element) -> None:
    element.set("stroke", theme.INK_2)
    for path in element.iter(_SVG + "path"):
        if "pele-marker" not in _classes(path):
            continue
        if path.get("fill") in (None, "none"):
            _add_class(path, "pele-marker-open")  # a cross or an open head is nothing but its stroke
        else:
            path.set("fill", theme.INK_2)


def _edge_label(element: ET.Element) -> None:
    for child in element.iter():
        if child.tag in _SHAPES:
            child.set("fill", theme.PAPER)
            child.set("stroke", "none")
            _add_class(child, "ground")
        elif child.tag == _SVG + "text":
            child.set("fill", theme.INK_2)


def _frame(element: ET.Element) -> None:
    """A block of a sequence (alt, opt, par): a thin frame, its kind in a tab, its condition in quiet ink."""
    for child in element:
        if child.tag in _SHAPES:
            _frame_shape(child)
        elif _SEQUENCE_TEXT & set(_classes(child)):
            child.set("fill", theme.INK_2)
            child.set("font-weight", "600" if "pele-frame-kind" in _classes(child) else "400")


def _frame_shape(shape: ET.Element) -> None:
    shape.set("stroke", theme.RULE_STRONG if shape.get("stroke") != "none" else "none")
    if shape.get("stroke") == "none":
        shape.set("fill", theme.PAPER)
        _add_class(shape, "ground")
    elif shape.get("fill", "none") != "none":
        shape.set("fill", theme.SUNKEN)
        _add_class(shape, "shape")
    else:
        shape.set("fill", "none")
        _add_class(shape, "outline")


def _note(element: ET.Element) -> None:
    _add_class(element, "note")
    for child in element:
        if child.tag in _SHAPES:
            child.set("fill", theme.NOTE.tint)
            child.set("stroke", theme.NOTE.stroke)
            _add_class(child, "shape")
        elif child.tag == _SVG + "text":
            child.set("fill", theme.INK)


def _period(element: ET.Element) -> None:
    """A period of a timeline: the accent for all, since time is no plane."""
    for child in element:
        if child.tag == _SVG + "rect":
            child.set("fill", theme.ACCENT_TINT)
            child.set("stroke", theme.ACCENT)
            child.set("fill-opacity", "1")
        elif child.tag == _SVG + "circle":
            child.set("fill", theme.PAPER)
            child.set("stroke", theme.ACCENT)
            _add_class(child, "outline")
        elif child.tag == _SVG + "text":
            child.set("fill", theme.INK)
            child.set("font-size", str(theme.TEXT))
            child.set("font-weight", "600")
    _add_class(element, "main")
    first = next((e for e in element if "pele-event" in _classes(e)), None)
    for text in first.findall(_SVG + "text") if first is not None else ():
        text.set("font-weight", "600")


def _event(element: ET.Element) -> None:
    """An event of a period: what broke stands on amber, as notes do; the word says it too."""
    broke = "".join(element.itertext()).startswith("broke:")
    _add_class(element, "note" if broke else "quiet")
    for child in element:
        if child.tag == _SVG + "rect":
            child.set("fill", theme.NOTE.tint if broke else theme.SUNKEN)
            child.set("stroke", theme.NOTE.stroke if broke else theme.RULE)
            child.set("fill-opacity", "1")
            _add_class(child, "shape")
        elif child.tag == _SVG + "text":
            child.set("fill", theme.INK)


def _sankey_node(element: ET.Element) -> None:
    element.set("fill", theme.paint_of(_classes(element)).stroke)
    _add_class(element, "band")


def _sankey_value(element: ET.Element) -> None:
    element.set("fill", theme.INK_2)
    _add_class(element, "fact")


def _sankey_link(element: ET.Element) -> None:
    """A band in the colour of what it leads to; its tooltip repeats the label and is dropped."""
    element.set("fill", theme.paint_of(_classes(element)).stroke)
    element.set("fill-opacity", "0.22")
    _add_class(element, "band")
    for tooltip in list(element):
        element.remove(tooltip)


def _outside(root: ET.Element) -> None:
    """Labels of the last column of a Sankey diagram stand beside their node, not on the bands."""
    widest = 0.0
    for text in root.iter(_SVG + "text"):
        if text.get("text-anchor") == "end" and "pele-sankey" in root.get("class", ""):
            text.set("text-anchor", "start")
            text.set("x", f"{float(text.get('x', '0')) + 22:g}")
            widest = max(widest, width("".join(text.itertext()), theme.SMALL))
        if "pele-sankey" in root.get("class", ""):
            text.attrib.update(_HALO)
            _add_class(text, "halo")
    if widest:
        left, top, across, down = root.get("viewBox", "0 0 0 0").split()
        root.set("viewBox", f"{left} {top} {float(across) + widest + 8:g} {down}")


def _check_gap(element: ET.Element) -> None:
    """Mark words that only say that nothing is public: italic, in the lightest ink that is allowed."""
    if element.tag in (_SVG + "text", _SVG + "tspan") and _is_gap((element.text or "").strip()):
        element.set("font-style", "italic")
        element.set("fill", theme.INK_3)
        _add_class(element, "gap-word")


def _is_gap(text: str) -> bool:
    """Whether a line says nothing but that something is not public."""
    return text == NOT_PUBLIC or (text.endswith(f" {NOT_PUBLIC}") and len(text) <= 32 and "," not in text)
