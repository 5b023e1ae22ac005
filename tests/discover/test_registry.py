"""The source registry: what its file may say, what is wrong with one, and the real one."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import jsonschema_rs
import pytest

from atlas.catalogue import Catalogue, parse_yaml
from atlas.diagnostic import Finding, Level, at_or_above
from atlas.discover.coverage import cover
from atlas.discover.registry import FILE, Feed, Registry, load_registry, parse_registry
from atlas.discover.registry_lint import RegistryCase, lint, same_address
from atlas.discover.registry_schema import SCHEMA_FILE, SCHEMA_LINE, registry_schema
from atlas.model import Vocabulary

TODAY = dt.date(2026, 11, 21)
GOOD = """\
sources:
  - org: discord
    systems: [CS-DISCORD]
    feeds:
      - {type: rss, url: "https://discord.com/blog/rss.xml", filter: engineering, checked: 2026-11-20}
  - org: telegram
    no_feed: announces features only
aggregators:
  - id: infoq
    name: InfoQ
    kind: press
    feeds:
      - {type: rss, url: "https://feed.infoq.com/", checked: 2026-11-20}
"""


def _read(text: str) -> tuple[Registry, list[Finding]]:
    source = parse_yaml(text, FILE)
    return parse_registry(source), source.findings


def _lint(text: str, vocabulary: Vocabulary, organisations: dict[str, str] | None = None) -> list[Finding]:
    source = parse_yaml(text, FILE)
    return lint(RegistryCase(parse_registry(source), source, vocabulary, TODAY, organisations or {}))


def test_a_good_registry_has_no_finding(vocabulary: Vocabulary) -> None:
    """Organisations with a feed or a reason, aggregators apart."""
    assert _lint(GOOD, vocabulary, {"discord": "discord"}) == []


def test_followed_feeds_say_whose_they_are() -> None:
    """Feeds of organisations are primary, those of aggregators are not."""
    registry, _ = _read(GOOD)
    followed = [(f.owner, f.is_primary, f.address) for f in registry.followed()]
    assert followed == [
        ("discord", True, "https://discord.com/blog/rss.xml"),
        ("infoq", False, "https://feed.infoq.com/"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("org: discord", "org: nobody", "SRC001", 2),
        ("org: telegram", "org: discord", "SRC001", 6),
        ("https://feed.infoq.com/", "https://discord.com/blog/rss.xml", "SRC002", 13),
        ("https://feed.infoq.com/", "http://www.discord.com/blog/rss.xml/", "SRC002", 13),
        ("https://discord.com/blog/rss.xml", "http://discord.com/blog/rss.xml", "SRC003", 5),
        ("id: infoq", "id: netflix", "SRC004", 9),
        ("https://discord.com/blog/rss.xml", "https://feed.infoq.com/discord", "SRC004", 5),
        ("https://discord.com/blog/rss.xml", "https://medium.com/feed/discord", "SRC005", 5),
        ("[CS-DISCORD]", "[CS-DISCORD, CS-DISCORD]", "SRC006", 3),
        ("checked: 2026-11-20}\n  - org", "checked: 2026-01-20}\n  - org", "SRC007", 5),
        ("checked: 2026-11-20}\n  - org", "checked: never}\n  - org", "SRC007", 5),
    ],
)
def test_each_fault_is_found_where_it_stands(vocabulary: Vocabulary, old: str, new: str, code: str, line: int) -> None:
    """One fault, its code, its line."""
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    assert (code, line) in {(f.code, f.position.line) for f in _lint(text, vocabulary)}


def test_a_described_system_that_nobody_follows_is_found(vocabulary: Vocabulary) -> None:
    """The organisation of each document must stand in the registry."""
    (finding,) = _lint(GOOD, vocabulary, {"netflix": "netflix"})
    assert finding.code == "SRC008"
    assert "netflix" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "sources:\n  - org: discord\n",
        "sources:\n  - {org: discord, feeds: [{type: rss}]}\n",
        "sources:\n  - {org: discord, feeds: [{type: gopher, url: 'https://x.y/'}]}\n",
        "sources:\n  - {org: discord, feeds: [{type: rss, url: 'ftp://x.y/'}]}\n",
        "sources:\n  - {org: discord, feeds: [{type: youtube}]}\n",
        "sources:\n  - {org: discord, feeds: [{type: rss, url: 'https://x.y/', channel: z}]}\n",
        "sources:\n  - {org: discord, feeds: [{type: rss, url: 'https://x.y/', checked: unknown}]}\n",
        "sources:\n  - {org: discord, no_feed: x, feeds: [{type: rss, url: 'https://x.y/'}]}\n",
        "sources:\n  - {org: discord, no_feed: x, color: red}\n",
        "aggregators:\n  - {id: infoq, name: InfoQ, kind: mystery}\n",
        "sources: [\n",
    ],
)
def test_what_the_form_does_not_allow_is_refused_with_its_place(text: str) -> None:
    """Missing addresses, unknown types and keys, contradictions: a finding, and no registry."""
    registry, findings = _read(text)
    assert registry == Registry()
    assert findings
    assert all(f.level is Level.ERROR and f.position.line >= 1 for f in findings)


@pytest.mark.parametrize(
    ("feed", "address"),
    [
        ({"type": "youtube", "channel": "UCdoadna9HFHsxXWhafhNvKw"}, "channel_id=UCdoadna9HFHsxXWhafhNvKw"),
        ({"type": "youtube", "playlist": "PL123", "channel": "x"}, "playlist_id=PL123"),
        ({"type": "youtube", "channel": "CloudflareTV", "playlist": "architecture"}, None),
        ({"type": "github", "url": "https://github.com/a/b/releases.atom"}, "releases.atom"),
    ],
)
def test_an_address_is_made_of_an_id_and_never_of_a_name(feed: dict[str, str], address: str | None) -> None:
    """Channels and playlists have a feed by their id; a name alone has none."""
    found = Feed.model_validate(feed).address
    assert found is None if address is None else (found is not None and found.endswith(address))


@pytest.mark.parametrize(
    ("title", "address", "tags", "admitted"),
    [
        ("How Discord stores messages", "https://x.y/how", ("Engineering",), True),
        ("New stickers", "https://x.y/stickers", ("Product",), False),
        ("An Engineering post", "https://x.y/a", (), True),
        ("A post", "https://x.y/engineering/a", (), True),
        ("A post", "https://x.y/a", (), False),
    ],
)
def test_a_filter_looks_at_title_address_and_tags(
    title: str, address: str, tags: tuple[str, ...], admitted: bool
) -> None:
    """One of its words in one of the three is enough, whatever its case."""
    feed = Feed.model_validate({"type": "rss", "url": "https://x.y/f", "filter": "engineering scaling"})
    assert feed.admits(title, address, tags) is admitted


def test_categories_keep_what_has_no_tags() -> None:
    """An entry with other tags is left out, one without tags is read."""
    feed = Feed.model_validate({"type": "rss", "url": "https://x.y/f", "categories": ["Architecture"]})
    assert feed.admits("a", "b", ("architecture",))
    assert not feed.admits("a", "b", ("cooking",))
    assert feed.admits("a", "b")


def test_spellings_of_one_address_are_one() -> None:
    """Scheme, www., a slash at the end and capitals of the host do not make another feed."""
    assert same_address("http://WWW.Blog.example/feed/") == same_address("https://blog.example/feed")
    assert same_address("https://blog.example/feed?a") != same_address("https://blog.example/feed?b")


def test_the_registry_of_the_project_has_no_error(root: Path, catalogue: Catalogue) -> None:
    """The real file: no error, every organisation of the vocabulary in it, every described system followed."""
    registry, source = load_registry(root / "catalogue")
    organisations = {s.slug: s.document.org for s in catalogue.systems.values()}
    findings = lint(RegistryCase(registry, source, catalogue.vocabulary, TODAY, organisations))
    assert at_or_above(findings, Level.ERROR) == []
    assert "SRC008" not in Counter(f.code for f in findings)
    found = cover(registry, catalogue.vocabulary)
    assert found.unlisted == ()
    assert found.systems == 121
    assert found.followed + len(found.without) == found.organisations
    assert all(found.without.values())


def test_the_registry_names_where_each_address_was_seen(root: Path) -> None:
    """No address is guessed: each names the text it stands in, or the day it was read."""
    registry, _ = load_registry(root / "catalogue")
    feeds = [followed.feed for followed in registry.followed()]
    assert [f.address for f in feeds if not f.seen and f.checked == "never"] == []


def test_the_aggregators_of_the_specification_are_there(root: Path) -> None:
    """InfoQ, High Scalability, the AWS Architecture Center, All Things Distributed and the conferences."""
    registry, _ = load_registry(root / "catalogue")
    wanted = {"infoq", "high-scalability", "aws-architecture", "all-things-distributed"}
    wanted |= {"qcon", "kubecon", "kafka-summit", "reinvent", "google-cloud-next", "usenix"}
    assert wanted <= {a.id for a in registry.aggregators}


def test_the_published_schema_is_run_on_the_registry(root: Path) -> None:
    """The file that editors are told of by its first line, as committed, finds nothing to say."""
    text = (root / "catalogue" / FILE).read_text(encoding="utf-8")
    assert text.splitlines()[0] == SCHEMA_LINE
    schema = json.loads((root / "schemas" / SCHEMA_FILE).read_text(encoding="utf-8"))
    assert [e.message for e in jsonschema_rs.validator_for(schema).iter_errors(parse_yaml(text, FILE).data)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type: rss", "type: gopher"),
        ("type: rss", "type: youtube, channel: x"),
        ('url: "https://discord.com/blog/rss.xml", ', ""),
        ("filter: engineering", "channel: x"),
        ("filter: engineering", "colour: red"),
        ("no_feed: announces features only", "systems: []"),
        ("no_feed: announces features only", "feeds: []"),
        ("org: telegram", "org: nobody-knows"),
        ("kind: press", "kind: mystery"),
    ],
)
def test_the_schema_and_the_model_say_the_same(vocabulary: Vocabulary, old: str, new: str) -> None:
    """What one refuses the other does (an unknown organisation is for the lint), and what one takes the other does."""
    validator = jsonschema_rs.validator_for(registry_schema(vocabulary))
    assert validator.is_valid(parse_yaml(GOOD, FILE).data)
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    assert validator.is_valid(parse_yaml(text, FILE).data) == (not _lint(text, vocabulary))
