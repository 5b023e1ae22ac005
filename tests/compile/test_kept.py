"""Kept outcomes: they come back as they were, and know what they are outcomes of."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import ClassVar

import pytest

import atlas.sim
from atlas.compile import Case, Settings, run_playbook
from atlas.compile.kept import FOLDER, Kept, document_key, keep, keep_of, plain_tree, read_kept, sources
from atlas.compile.sensitivity import sensitivity

from .conftest import MakeCase


@pytest.fixture
def kept(make_case: MakeCase) -> Kept:
    """The outcomes of the tiny system, small."""
    case = make_case()
    return keep_of(case, run_playbook(case, ("fluid",), settings=Settings()), sensitivity(case.system), seed=1)


def test_what_is_kept_comes_back(kept: Kept, tmp_path: Path) -> None:
    """Trials with all they measured; of the sensitivity, the inputs that have an effect."""
    path = keep(tmp_path, kept)
    assert path == tmp_path / FOLDER / "tiny.json"
    back = read_kept(tmp_path, "tiny")
    assert back is not None
    assert back.playbook == kept.playbook
    assert back.sensitivity is not None
    assert kept.sensitivity is not None
    assert back.sensitivity.strongest(1)[0].path == kept.sensitivity.strongest(1)[0].path
    assert keep(tmp_path, back).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 0}', '{"format": 1}', '{"format": 1, "system": 3}'])
def test_what_cannot_be_read_is_not_there(tmp_path: Path, text: str) -> None:
    """A damaged file is like none: the drills have to be run again."""
    assert read_kept(tmp_path, "tiny") is None
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "tiny.json").write_text(text)
    assert read_kept(tmp_path, "tiny") is None


def changed(make_case: MakeCase, **changes: object) -> Case:
    """The tiny system with a change."""
    return make_case(**changes)


def test_numbers_and_drills_make_it_another_document_and_prose_does_not(make_case: MakeCase, kept: Kept) -> None:
    """What runs is in the key; what only people read is not."""
    same = make_case(
        summary="Other words for the same.", components={"cache": {"instances": {"assumed": 2, "because": "two"}}}
    )
    assert kept.is_of(same.system)
    for other in (
        changed(make_case, components={"cache": {"instances": {"assumed": 3, "because": "a pair"}}}),
        changed(make_case, claims={"store-nodes": {"value": 5}}),
        changed(make_case, flows={"read": {"client": {"timeout": "2 s"}}}),
        changed(make_case, flows={"write": {"priority": 4}}),
    ):
        assert document_key(other.system) != kept.document


def test_another_code_is_said(kept: Kept) -> None:
    """Outcomes of the code that runs now are told from those of another."""
    assert kept.is_of_this_code
    assert not Kept(kept.playbook, None, 1, kept.document, "0" * 16).is_of_this_code


@pytest.mark.parametrize("name", ["source", "note", "basis"])
def test_a_component_may_be_called_like_a_text(make_case: MakeCase, name: str) -> None:
    """Its parts that run are in the key, whatever its id."""
    one = {"name": "One", "kind": "service", "plane": "service", "does": "it", "basis": "stated", "source": "post"}
    pooled = make_case(components={name: {**one, "routing": "pooled"}})
    keyed = make_case(components={name: {**one, "routing": "keyed"}})
    assert document_key(pooled.system) != document_key(keyed.system)


def test_what_a_later_python_adds_to_a_tree_changes_nothing() -> None:
    """Later versions have parts that earlier ones lack, empty where nothing of the kind is written."""

    class Pass(ast.Pass):
        _fields = ("type_params", "type_comment")
        type_params: ClassVar[list[object]] = []
        type_comment = None

    assert plain_tree(Pass()) == plain_tree(ast.Pass())
    assert plain_tree(ast.parse("a = f(b)")) != plain_tree(ast.parse("a = f(c)"))


def test_every_part_of_the_kernel_is_in_the_key() -> None:
    """The kernel is a file and the parts it includes: a change of any makes other outcomes."""
    names = {path.name for path in sources()}
    parts = {path.name for path in Path(atlas.sim.__path__[0]).iterdir() if path.suffix in (".c", ".h")}
    assert "kernel.c" in parts
    assert len(parts) > 1
    assert parts <= names
