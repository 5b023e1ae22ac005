"""The diagrams of a system, drawn: what pages, files and embeds show of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from atlas.draw import Diagram, DrawingError, diagrams, render
from atlas.model import System

STATES = ("drawn", "partly", "not public")
_FRAME = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True, slots=True)
class Drawing:
    """One diagram with its drawings as inline SVG; ``tall`` is empty where there is no version for phones.

    ``type`` is ``flowchart`` or ``other``: which legend fits. ``state`` says how much of what it must show is public.
    """

    code: str
    name: str
    title: str
    description: str
    mermaid: str
    wide: str
    tall: str
    type: str
    state: str
    gaps: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The code as an anchor and file name: ``l1-edge``."""
        return self.code.lower()

    @property
    def tall_size(self) -> str:
        """Width and height of the version for phones, ``640 1200``: so that a page can keep its place."""
        frame = _FRAME.search(self.tall)
        return " ".join(frame.groups()) if frame else ""


def drawings(system: System) -> tuple[Drawing, ...]:
    """All diagrams of a system, in order. One that the renderer refuses is left out; a check names it."""
    return tuple(drawn for one in diagrams(system) if (drawn := draw(one)))


def draw(diagram: Diagram) -> Drawing | None:
    """One diagram with its variants; ``None`` when the renderer refuses it."""
    try:
        wide = render(diagram, "wide").text
        tall = render(diagram, "tall").text if diagram.tall else ""
    except DrawingError:
        return None
    gaps = tuple(item for item, state in diagram.shows.items() if state != "shown")
    state = STATES[2] if diagram.is_mainly_not_public else STATES[1] if gaps else STATES[0]
    return Drawing(
        diagram.code,
        diagram.name,
        diagram.title,
        diagram.description,
        diagram.mermaid,
        wide,
        tall,
        "flowchart" if "\nflowchart" in f"\n{diagram.mermaid}" else "other",
        state,
        gaps,
    )


def inline(svg: str, kind: str) -> str:
    """A drawing for a page, shown on wide (``only-wide``) or narrow (``only-narrow``) screens, or always."""
    return svg.replace('class="', f'class="{kind} ', 1) if kind else svg


def on_page(drawing: Drawing) -> str:
    """The markup of a drawing inside a stage: one SVG, or one for each width of screen."""
    if not drawing.tall:
        return drawing.wide
    return inline(drawing.wide, "only-wide") + inline(drawing.tall, "only-narrow")
