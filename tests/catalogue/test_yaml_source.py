"""Hostile and broken YAML becomes a finding with its place, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas.catalogue import parse_yaml, read_yaml
from atlas.catalogue.yaml_source import MAX_BYTES


def test_yaml_1_2_words() -> None:
    """Only true and false are booleans; dates, times, octals and hexadecimals stay text."""
    text = "a: on\nb: no\nc: true\nd: 2022-05-01\ne: 1:30\nf: 0x10\ng: 007\nh: 1e3\ni: 12\nj: 1.5\nk: ~\nl: 'true'\n"
    data = parse_yaml(text).data
    assert data == {
        "a": "on", "b": "no", "c": True, "d": "2022-05-01", "e": "1:30", "f": "0x10", "g": "007",
        "h": 1000.0, "i": 12, "j": 1.5, "k": None, "l": "true",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: [1, 2\nb: 3\n", "DOC002", 2),
        ("a: 1\nb:\n\tc: 2", "DOC002", 3),
        ("a: b: c", "DOC002", 1),
        ("a: 1\nb: 2\na: 3", "DOC003", 3),
        ("a: {b: 1, b: 2}", "DOC003", 1),
        ("a: &x [1]\nb: *x", "DOC004", 1),
        ("a: &x [*x]", "DOC004", 1),
        ("a: &x text\nb: *x", "DOC004", 1),
        ("<<: {a: 1}", "DOC004", 1),
        ("a: !!python/object/apply:os.system [ls]", "DOC004", 1),
        ("a: !mine b", "DOC004", 1),
        ("", "DOC002", 1),
        ("- 1", "DOC002", 1),
        ("just text", "DOC002", 1),
        ("? [a]\n: b", "DOC002", 1),
        ("a: 1\n---\nb: 2", "DOC002", 2),
        ("\x00", "DOC002", 1),
        ("[" * 100_000, "DOC005", 1),
        ("a:\n" + "- " * 3_000, "DOC005", 1),
        ("{a: " * 60 + "}" * 60, "DOC005", 1),
    ],
)
def test_bad_yaml_has_a_code_and_a_place(text: str, code: str, line: int) -> None:
    """Each kind of bad input has its own code and the line where it stands."""
    (finding, *_) = parse_yaml(text, "f.yaml").findings
    assert (finding.code, finding.position.file, finding.position.line) == (code, "f.yaml", line)


def test_alias_bomb_costs_nothing() -> None:
    """A billion laughs is refused without being expanded."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    source = parse_yaml(bomb)
    assert {f.code for f in source.findings} == {"DOC004"}
    assert len(str(source.data)) < 10_000


def test_not_utf8_says_where() -> None:
    """The place of the first byte that is not UTF-8 is found."""
    (finding,) = parse_yaml(b"a: 1\nb: \xff", "f").findings
    assert (finding.code, finding.position.line, finding.position.column) == ("DOC001", 2, 4)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder and a file that is far too large are findings; the last is never read."""
    large = tmp_path / "large.yaml"
    with large.open("wb") as handle:
        handle.truncate(20 * MAX_BYTES)
    for path in (tmp_path / "none.yaml", tmp_path, large):
        (finding,) = read_yaml(path).findings
        assert finding.code == "DOC001"
    assert "100,000,000 bytes" in read_yaml(large).findings[0].message


def test_every_node_has_a_place() -> None:
    """Scalars are placed where they stand, containers at their key."""
    source = parse_yaml("a:\n  b: 1\n  c: [x, {d: y}]\n")
    assert source.marks["a"] == (1, 1)
    assert source.marks["a.b"] == (2, 6)
    assert source.marks["a.c.1.d"] == (3, 14)
    assert str(source.position("a.c.1.zzz")) == "<text>:3:10"


@settings(max_examples=300)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,?\n\t 01~<.éé\u2028", max_size=80))
def test_any_text_is_data_or_findings(text: str) -> None:
    """No text makes the reader fail in another way."""
    source = parse_yaml(text)
    assert isinstance(source.data, dict) or source.findings


@given(st.binary(max_size=60))
def test_any_bytes_are_data_or_findings(raw: bytes) -> None:
    """No bytes do either."""
    source = parse_yaml(raw)
    assert isinstance(source.data, dict) or source.findings


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/tmp"])
def test_what_is_no_file_is_not_read(path: str) -> None:
    """A device might never end; it is refused before it is opened."""
    (finding,) = read_yaml(Path(path)).findings
    assert finding.code == "DOC001"
    assert "a folder, a pipe or a device" in finding.message


@pytest.mark.parametrize("escape", ["\\a", "\\0", "\\e[31m", "\\x7f", "\\x9b", "\\uFFFE", "\\r"])
def test_control_characters_are_refused(escape: str) -> None:
    """No drawing can hold them and a terminal would obey them: texts and keys are kept without."""
    source = parse_yaml(f'first: text\n"k{escape}": "before{escape} after"\n')
    assert [(f.code, f.position.line) for f in source.findings] == [("DOC001", 2)] * 2
    assert "control character U+" in source.findings[0].message
    (key, text) = list(source.data.items())[1]
    assert key.isprintable()
    assert text.isprintable()


def test_tabs_and_new_lines_are_text() -> None:
    """Other escapes mean what YAML says."""
    source = parse_yaml('a: "one\\ttwo\\nthree \\u00e9"')
    assert source.findings == []
    assert source.data == {"a": "one\ttwo\nthree é"}
