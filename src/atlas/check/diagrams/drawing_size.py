"""A drawing is smaller than 500 kB.

Fact: the SVG of each diagram, as bytes.
Bounds: 500,000 bytes; larger ones are slow on a phone and usually show too much at once.

Fails: a global flow of two hundred components.
Mend: split the system, or show a plane at a time.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.diagrams.all_diagrams import drawn
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

MOST_BYTES = 500_000


def run(case: Case) -> Iterator[Breach]:
    """Each drawing."""
    for diagram in case.drawings:
        svg = drawn(diagram)
        size = len(svg.text.encode()) if svg is not None else 0
        if size > MOST_BYTES:
            yield Breach("", f"the diagram {diagram.code} is too large", f"{size} bytes", f"at most {MOST_BYTES}")


CHECK = Check("DIA003", "drawing_size", Scope.SYSTEM, Level.ERROR, Family.DIAGRAMS, run, is_costly=True)
