"""One key put into a file that a person wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.catalogue import parse_yaml
from atlas.catalogue.key_edit import KeyEditError, with_key, write_whole

BLOCK = """\
# A list.
sources:
  post:   # read twice
    title: "How: a post"
    url: https://a.example/b#c  # its own address
    note: two
      lines

  paper: {title: A paper, url: "https://a.example/p,q", note: short}
feeds:
  - url: 'https://a.example/feed'
    seen: here and
      there
  - {url: https://b.example/feed}
"""


@pytest.mark.parametrize(
    ("path", "after", "line", "written"),
    [
        ("sources.post", ["title", "url"], 6, "    archived: https://w.example/1"),
        ("sources.post", ["title", "url", "note"], 6, "    archived: https://w.example/1"),
        (
            "sources.paper",
            ["url"],
            9,
            '{title: A paper, url: "https://a.example/p,q", archived: https://w.example/1, n',
        ),
        ("feeds.0", ["url", "seen"], 12, "    archived: https://w.example/1"),
        ("feeds.1", ["url"], 14, "  - {url: https://b.example/feed, archived: https://w.example/1}"),
    ],
)
def test_a_key_is_put_in_and_nothing_else_changes(path: str, after: list[str], line: int, written: str) -> None:
    """In block style a line of its own, in braces behind a comma; a folded neighbour is passed over."""
    text = with_key(BLOCK, path, "archived", "https://w.example/1", after)
    assert written in text.split("\n")[line - 1]
    kept = text.split("\n")
    if kept[line - 1].strip().startswith("archived"):
        del kept[line - 1]
    else:
        kept[line - 1] = kept[line - 1].replace(", archived: https://w.example/1", "")
    assert kept == BLOCK.split("\n")


def test_a_value_is_replaced_where_it_stands() -> None:
    """Plain or quoted, comments stay."""
    text = with_key(BLOCK, "sources.post", "url", "https://c.example/", [])
    assert "    url: https://c.example/  # its own address\n" in text
    text = with_key(BLOCK, "feeds.0", "url", "https://c.example/", [])
    assert "  - url: https://c.example/\n" in text


@pytest.mark.parametrize(("path", "key"), [("sources.post", "note"), ("sources.nobody", "url"), ("sources", "x")])
def test_what_cannot_be_written_is_told(path: str, key: str) -> None:
    """A value over two lines, a map that is not there, no neighbour."""
    with pytest.raises(KeyEditError):
        with_key(BLOCK, path, key, "new", ["url"])


def test_a_file_is_written_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails while it writes leaves the old text."""
    path = tmp_path / "sources.yaml"
    write_whole(path, "old")
    write_whole(path, "new")
    assert path.read_text() == "new"

    def fail(_self: Path, _target: Path) -> Path:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk"):
        write_whole(path, "newer")
    assert path.read_text() == "new"


@given(st.text(min_size=1, max_size=30).filter(lambda t: t.isprintable() and t.strip() == t))
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    """Property: whatever is written is what is read, and a text, never a number."""
    assert parse_yaml(with_key("a:\n  b: c\n", "a", "d", text, ["b"])).data == {"a": {"b": "c", "d": text}}


def test_the_registry_of_the_project_can_be_written_to(root: Path) -> None:
    """Every feed takes a day, and the file says the same as before otherwise."""
    text = (root / "catalogue" / "sources.yaml").read_text(encoding="utf-8")
    data = parse_yaml(text).data
    for index, publisher in enumerate(data["sources"]):
        for number, _ in enumerate(publisher.get("feeds", ())):
            path = f"sources.{index}.feeds.{number}"
            text = with_key(text, path, "checked", "2026-11-21", ["type", "url", "page", "channel", "playlist", "seen"])
    days = [f["checked"] for p in parse_yaml(text).data["sources"] for f in p.get("feeds", ())]
    assert set(days) == {"2026-11-21"}
