"""Lists of feeds: read with care, merged without a loss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.catalogue import parse_yaml
from atlas.discover.opml import OpmlError, Outline, merged_text, parse_opml, plan_merge, read_opml
from atlas.discover.registry import FILE, parse_registry
from atlas.model import Vocabulary

LIST = """\
<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
<outline text="Folder"><outline text="deeper">
<outline type="rss" text="Netflix" xmlUrl="https://netflixtechblog.com/feed" htmlUrl="https://netflixtechblog.com/"/>
</outline></outline>
<outline type="rss" title="Discord" text="D" xmlUrl="https://discord.com/blog/rss.xml"/>
<outline type="rss" text="Plain" xmlUrl="http://stripe.com/blog/feed.rss"/>
<outline type="rss" text="Somebody &amp; Co" xmlUrl="https://somebody.example/feed"/>
<outline text="no feed here"/>
</body></opml>"""

REGISTRY = """\
# A comment that stays.
sources:
  - org: discord   # and this one
    systems: [CS-DISCORD]
    feeds:
      - type: rss
        url: https://discord.com/blog/rss.xml

      - type: blog
        url: https://discord.com/blog
  - org: telegram
    no_feed: features only

aggregators:
  - {id: infoq, name: InfoQ, kind: press}
"""


def test_feeds_are_read_from_any_depth() -> None:
    """Folders are passed through, entries without a feed left out, entities read."""
    outlines = parse_opml(LIST.encode())
    assert [(o.title, o.url) for o in outlines] == [
        ("Netflix", "https://netflixtechblog.com/feed"),
        ("Discord", "https://discord.com/blog/rss.xml"),
        ("Plain", "http://stripe.com/blog/feed.rss"),
        ("Somebody & Co", "https://somebody.example/feed"),
    ]


def test_every_feed_is_added_known_or_left_out_with_a_reason(vocabulary: Vocabulary) -> None:
    """One of a known organisation is added; one that is there, plain, or nobody's is told."""
    registry = parse_registry(parse_yaml(REGISTRY, FILE))
    merge = plan_merge(parse_opml(LIST.encode()), registry, vocabulary)
    assert [org for org, _ in merge.added] == ["netflix"]
    assert [o.title for o in merge.known] == ["Discord"]
    assert [(why, o.title) for why, o in merge.left] == [
        ("not over https", "Plain"),
        ("no organisation of the vocabulary", "Somebody & Co"),
    ]


def test_a_merge_adds_lines_and_changes_none(vocabulary: Vocabulary) -> None:
    """Every line of the file is still there in its order; the new feeds stand with their organisations."""
    registry = parse_registry(parse_yaml(REGISTRY, FILE))
    extra = [
        Outline("Discord", "https://discord.com/blog/other.xml", "https://discord.com/blog"),
        Outline("Netflix", "https://netflixtechblog.com/feed", ""),
        Outline("Netflix", "https://netflixtechblog.com/other", ""),
    ]
    merge = plan_merge(extra, registry, vocabulary)
    text = merged_text(REGISTRY, merge, "a list: of mine")
    lines = iter(text.splitlines())
    assert all(line in lines for line in REGISTRY.splitlines())
    after = parse_registry(parse_yaml(text, FILE))
    assert [(p.org, len(p.feeds)) for p in after.sources] == [("discord", 3), ("telegram", 0), ("netflix", 2)]
    assert after.sources[0].feeds[2].seen == "a list: of mine"
    assert after.aggregators == registry.aggregators


def test_a_second_merge_adds_nothing(vocabulary: Vocabulary) -> None:
    """What was added is known."""
    outlines = parse_opml(LIST.encode())
    text = merged_text(REGISTRY, plan_merge(outlines, parse_registry(parse_yaml(REGISTRY, FILE)), vocabulary), "x")
    again = plan_merge(outlines, parse_registry(parse_yaml(text, FILE)), vocabulary)
    assert again.added == ()
    assert merged_text(text, again, "x") == text


def test_an_organisation_that_says_why_it_has_none_keeps_its_word(vocabulary: Vocabulary) -> None:
    """A reason is not overwritten by a list."""
    registry = parse_registry(parse_yaml(REGISTRY, FILE))
    merge = plan_merge([Outline("Telegram", "https://telegram.org/blog/rss", "")], registry, vocabulary)
    assert [why for why, _ in merge.left] == ["the registry says why telegram has none"]


def test_a_registry_in_one_line_is_left_alone(vocabulary: Vocabulary) -> None:
    """What cannot be added to line by line is refused, not spoiled."""
    text = '{sources: [{org: discord, feeds: [{type: rss, url: "https://discord.com/blog/rss.xml"}]}]}\n'
    merge = plan_merge(parse_opml(LIST.encode()), parse_registry(parse_yaml(text, FILE)), vocabulary)
    with pytest.raises(OpmlError, match="blocks"):
        merged_text(text, merge, "x")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not XML"),
        (b"<html></html>", "not OPML"),
        (b"<opml><body>", "not XML"),
        (b'<!DOCTYPE o [<!ENTITY a "aaaa">]><opml>&a;</opml>', "document type"),
        (
            b'<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><outline xmlUrl="&a;"/></opml>',
            "document type",
        ),
    ],
)
def test_other_files_and_dangerous_ones_are_refused(raw: bytes, why: str) -> None:
    """Entities, which read files and fill memory, need a document type: there is none in a list."""
    with pytest.raises(OpmlError, match=why):
        parse_opml(raw)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(OpmlError, match=r"none\.opml"):
        read_opml(tmp_path / "none.opml")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    """Property: any bytes give feeds or a refusal."""
    try:
        outlines = parse_opml(raw)
    except OpmlError:
        return
    assert isinstance(outlines, list)


@pytest.mark.parametrize(("name", "feeds"), [("kilimchoi", 422), ("peterc", 366)])
def test_real_lists_merge_without_a_loss(
    root: Path, data_of_others: Callable[[str], Path], vocabulary: Vocabulary, name: str, feeds: int
) -> None:
    """Two public lists: every feed has its fate, and the project's registry stays as it is but for the additions."""
    path = data_of_others(f"opml-{name}.opml")
    text = (root / "catalogue" / FILE).read_text(encoding="utf-8")
    outlines = read_opml(path)
    merge = plan_merge(outlines, parse_registry(parse_yaml(text, FILE)), vocabulary)
    assert len(outlines) == feeds == len(merge.added) + len(merge.known) + len(merge.left)
    lines = iter(merged_text(text, merge, path.name).splitlines())
    assert all(line in lines for line in text.splitlines())
