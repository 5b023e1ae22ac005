"""Drawings of a system: Mermaid text, SVG, and words for those who do not see them, all from the data.

>>> from atlas.draw import draw, render
>>> # svg = render(draw(system, "L0")); svg.text, svg.width, svg.height
"""

from atlas.draw.diagram import NOT_PUBLIC, SHOWN, Diagram, Note, Picture
from atlas.draw.pele import DrawingError
from atlas.draw.registry import CODES, EXTENDED, KINDS, Kind, kind_of
from atlas.draw.render import RENDERER_VERSION, Svg, render
from atlas.draw.set import codes, diagrams, draw
from atlas.draw.theme import stylesheet

__all__ = [
    "CODES",
    "EXTENDED",
    "KINDS",
    "NOT_PUBLIC",
    "RENDERER_VERSION",
    "SHOWN",
    "Diagram",
    "DrawingError",
    "Kind",
    "Note",
    "Picture",
    "Svg",
    "codes",
    "diagrams",
    "draw",
    "kind_of",
    "render",
    "stylesheet",
]
