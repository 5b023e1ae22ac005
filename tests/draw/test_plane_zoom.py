"""One plane: its parts in the company they have."""

from __future__ import annotations

import re

import pytest

from atlas.catalogue import Catalogue
from atlas.draw import diagrams
from atlas.draw.architecture import Architecture
from atlas.draw.plane_zoom import parts

_EDGE = re.compile(r"^  (\w+) [-=.<>ox|~]+(?:\S.*?)?[ |](\w+)$", re.MULTILINE)


@pytest.mark.parametrize("plane", ["edge", "service", "stream", "state"])
def test_no_part_stands_alone_that_talks_to_another(catalogue: Catalogue, plane: str) -> None:
    """What the document connects, the drawing of its plane connects too."""
    drawn_parts = 0
    for system in catalogue.systems.values():
        architecture = Architecture(system)
        picture = next(d for d in diagrams(system) if d.code == f"L1-{plane.upper()}")
        node_of = {ident: node for node, ident in picture.nodes.items()}
        touched = {end for edge in _EDGE.findall(picture.mermaid) for end in edge}
        talks = {end for way in architecture.ways for end in (way.caller, way.callee)}
        for part in parts(architecture, plane):
            if part in talks:
                drawn_parts += 1
                assert node_of[part] in touched, f"{system.slug}: {part}"
    assert drawn_parts > 8
