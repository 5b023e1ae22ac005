"""The renderer: Mermaid text to raw SVG with the Pele engine that the package ``mermaid-render`` carries.

This is the one place that knows the package; another renderer can take its place by answering to :class:`Renderer`.
The package is young and pinned exactly. Its engine is asked directly, because its own clean-up of every drawing takes
a quarter of the time and all that it sets is set again from the theme.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Protocol

from mermaid_render import renderer

VERSION = version("mermaid-render")
_VARIABLE = re.compile(r"var\((--_\w+)\)")
_PLAIN = {
    "--_bg": "#ffffff",
    "--_fg": "#1b1d20",
    "--_m": "#63676e",
    "--_l": "#4c5056",
    "--_s": "#f6f6f3",
    "--_a": "#e2e1dc",
    "--_b": "#8b8a84",
    "--_c": "#0b6170",
    "--_r": "4px",
    "--_w": "bold",
    "--_hw": "bold",
    "--_tw": "bold",
}
"""What the engine's variables stand for until the theme repaints what they coloured."""


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
    answer = _ask(mermaid)
    if "error" in answer:
        error = answer["error"]
        raise DrawingError(f"{error['code']} at {error['line']}:{error['column']}: {error['message']}")
    return _VARIABLE.sub(lambda match: _PLAIN.get(match[1], "inherit"), answer["result"]["svg"])


def _ask(mermaid: str) -> dict[str, Any]:
    """The engine's answer; a context that ran out of time or memory is thrown away, not used again."""
    try:
        answer: dict[str, Any] = json.loads(renderer._context().eval(f"renderRequest({json.dumps(mermaid)},{{}})"))
    except Exception as error:  # the engine raises its own types, which differ between its releases
        renderer._LOCAL.context = None
        raise DrawingError(f"the drawing engine failed: {error}") from error
    return answer


def natural_width(mermaid: str, renderer: Renderer = pele) -> float:
    """Width in px at which ``mermaid`` is laid out, for choosing among labels of several lengths."""
    head = renderer(mermaid)[:600]
    return float(head.split('viewBox="', 1)[1].split('"', 1)[0].split()[2])
