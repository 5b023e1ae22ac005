"""A published system has its fifteen diagrams, and each can be drawn.

Fact: the drawings of a published system cover the fifteen codes, and the renderer accepts the text of each.
Bounds: none. Costly: runs when it is asked for (`--only diagrams`) and in a build.

Fails: a name that no Mermaid text can hold.
Mend: the finding names the diagram; look at the texts of its nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

if TYPE_CHECKING:
    from atlas.draw import Diagram, Svg


def drawn(diagram: Diagram) -> Svg | None:
    """The drawing; None where the renderer refuses its text."""
    from atlas.draw import DrawingError, render  # noqa: PLC0415 - only costly checks load the renderer

    try:
        return render(diagram)
    except DrawingError:
        return None


def run(case: Case) -> Iterator[Breach]:
    """Each of the fifteen, then each drawing."""
    from atlas.draw import CODES  # noqa: PLC0415 - only costly checks load the renderer

    if not case.is_published:
        return
    there = {d.code for d in case.drawings}
    for code in CODES:
        if code not in there:
            yield Breach("", f"the diagram {code} is missing", "absent", "fifteen diagrams")
    for diagram in case.drawings:
        if drawn(diagram) is None:
            yield Breach("", f"the diagram {diagram.code} cannot be drawn", diagram.title, "a drawing")


CHECK = Check("DIA001", "all_diagrams", Scope.SYSTEM, Level.ERROR, Family.DIAGRAMS, run, is_costly=True)
