"""A document with script, markup and Mermaid in every text gives drawings in which they are only words."""

from __future__ import annotations

import copy
import functools
import json
import operator
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from atlas.catalogue import load_text, parse_yaml
from atlas.diagnostic import Level
from atlas.draw import diagrams, render
from atlas.model import Vocabulary

_KEYS = (
    "name summary does detection mitigation recovery milestone cost broke solved text problem open_source patent "
    "influence title impact cause fix decision choice trade_off what saved note writes replication ownership when "
    "drops keeps scope key per unit instance_type answer test strategy boundary tools metrics pipeline on_call chaos "
    "performance admission steps checks"
)
_TEXTS = frozenset(_KEYS.split(" "))
_ATTACKS = (
    "<script>alert(1)</script>",
    '"]; click n_api "javascript:alert(1)"',
    "end",
    "%%{init: {'theme':'dark'}}%% #quot;",
    "אבג <img src=x onerror=alert(1)> 😀",
    "very long " * 390,
)


def attacked(value: Any, attack: str, key: str = "", inside: str = "") -> Any:
    """The same data with ``attack`` in place of every free text."""
    if isinstance(value, dict):
        return {k: attacked(v, attack, k, key) for k, v in value.items()}
    if isinstance(value, list):
        return [attacked(v, attack, key, inside) for v in value]
    return attack if isinstance(value, str) and key in _TEXTS and inside != "by" else value


@pytest.mark.parametrize("attack", _ATTACKS, ids=range(len(_ATTACKS)))
def test_every_diagram_keeps_hostile_text_inert(attack: str, root: Path, vocabulary: Vocabulary) -> None:
    """All diagrams are drawn, and no element or attribute is there that the drawing did not make."""
    text = (root / "tests" / "assets" / "draw" / "rich.yaml").read_text()
    data = attacked(parse_yaml(text, "rich.yaml").data, attack)
    loaded = load_text(json.dumps(data, ensure_ascii=False), vocabulary, "attacked.yaml")
    assert loaded.system is not None, [finding.message for finding in loaded.findings][:3]
    drawn = diagrams(loaded.system)
    assert len(drawn) == 21
    for diagram in drawn:
        for variant in diagram.variants:
            tree = ET.fromstring(render(diagram, variant).text)
            tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
            assert not tags & {"script", "img", "a", "foreignObject", "image", "style"}, diagram.code
            assert not {k for e in tree.iter() for k in e.attrib if k.startswith("on") or "href" in k}, diagram.code


@pytest.mark.parametrize("attack", ["very long " * 390, "x" * 3999], ids=["words", "letters"])
def test_no_text_is_so_long_that_a_drawing_is_useless(attack: str, root: Path, vocabulary: Vocabulary) -> None:
    """Texts at the limit of a field are cut on drawings; whole they stand in the description."""
    text = (root / "tests" / "assets" / "draw" / "rich.yaml").read_text()
    data = attacked(parse_yaml(text, "rich.yaml").data, attack)
    system = load_text(json.dumps(data), vocabulary, "attacked.yaml").system
    assert system is not None
    for diagram in diagrams(system):
        for variant in diagram.variants:
            drawn = render(diagram, variant)
            assert drawn.width < 2000, (diagram.code, variant)
            assert drawn.height < 4000, (diagram.code, variant)


def _dangling(value: Any, idents: frozenset[str]) -> Iterator[tuple[str | int, ...]]:
    """The path of every text that is, or begins with, one of these ids."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, str) and item.partition(".")[0] in idents:
            yield (key,)
        yield from ((key, *path) for path in _dangling(item, idents))


def _kind(path: tuple[str | int, ...], idents: frozenset[str]) -> tuple[str, ...]:
    """The same for all places that differ only in an index or an id."""
    return tuple("*" if isinstance(part, int) or part in idents else part for part in path)


def test_ids_that_lead_nowhere_are_left_out_of_the_drawings(root: Path, vocabulary: Vocabulary) -> None:
    """A reference of every kind to nothing is an error of the document, and all can still be drawn."""
    text = (root / "tests" / "assets" / "draw" / "rich.yaml").read_text()
    data = parse_yaml(text, "rich.yaml").data
    idents = frozenset({*data["components"], *data["flows"], *data["claims"], *data["sources"]})
    paths = list(_dangling(data, idents))
    places = {_kind(path, idents): path for path in paths} | {path: path for path in paths if path[-1] == "call"}
    assert len(places) > 20
    for *above, last in places.values():
        broken = copy.deepcopy(data)
        functools.reduce(operator.getitem, above, broken)[last] = "nowhere"
        loaded = load_text(json.dumps(broken), vocabulary, "broken.yaml")
        assert any(finding.level is Level.ERROR for finding in loaded.findings), (*above, last)
        assert loaded.system is None or len(diagrams(loaded.system)) >= 15, (*above, last)
