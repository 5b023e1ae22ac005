"""The renderer: Mermaid text to raw SVG with the Pele engine of the package ``mermaid-render``.

This is the one place that knows the package; another renderer can take its place by answering to :class:`Renderer`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from typing import Protocol

from mermaid_render.renderer import render

VERSION = version("mermaid-render")


class DrawingError(ValueError):
    """Mermaid text that the renderer cannot draw; the message is the renderer's, with line and column."""


class Renderer(Protocol):
    """Mermaid text to SVG text with the classes ``pele-*`` on its groups; deterministic."""

    def __call__(self, mermaid: str) -> str:
        """Raw SVG; raises DrawingError."""
        ...


@lru_cache(maxsize=256)
def pele(mermaid: str) -> str:
    """Raw SVG of ``mermaid``; the same text gives the same bytes. Remembers the last few, since fitting draws twice."""
    try:
        return str(render(mermaid, "neutral")["result"]["svg"])
    except ValueError as error:
        raise DrawingError(str(error)) from error


def natural_width(mermaid: str, renderer: Renderer = pele) -> float:
    """Width in px at which ``mermaid`` is laid out, for choosing among labels of several lengths."""
    head = renderer(mermaid)[:600]
    return float(head.split('viewBox="', 1)[1].split('"', 1)[0].split()[2])
