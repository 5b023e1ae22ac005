"""What writes documents: fixers, the template, the import of the founding format, the difference of versions."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas.catalogue import Catalogue, load_catalogue, load_text, parse_yaml
from atlas.catalogue.difference import DiffError, changes_as_markdown, claim_changes
from atlas.catalogue.find import find_paths
from atlas.catalogue.fix import FIXERS, FixError, fix_text, spell_address, spell_unit
from atlas.catalogue.seed import SeedError, import_seed
from atlas.catalogue.statistics import COLUMNS, statistics
from atlas.catalogue.template import TemplateError, template_text, write_template
from atlas.model import Vocabulary
from atlas.model.document import Document

TODAY = dt.date(2026, 11, 21)
ASSETS = Path(__file__).parent.parent / "assets"
TINY = ASSETS / "catalogue" / "systems" / "developer" / "tiny.yaml"
SPECIFICATION = Path(__file__).parents[3] / "shared" / "seeds" / "002_991d801ee159122d.txt"


def test_fixers_mend_spelling_order_and_ends() -> None:
    """Units, addresses, the order of keys and the first line are mended; comments stay."""
    text = (
        "status: stub  \n"
        "id: CS-X  # the id\n"
        "name: X\n"
        "org: discord\ncategory: developer\nlast_verified: 2026-11-21\nsummary: S\n"
        "claims:\n  a: {value: 200 Gbps, metric: bandwidth, source: p, figure: 200 Gbps}\n"
        "sources:\n  p: {type: blog, role: primary, title: T, url: 'https://Discord.com/blog/x?utm_source=y', "
        "published: 2026, accessed: 2026-11-21, access: original}\n"
    )
    fixed = fix_text(text)
    data = parse_yaml(fixed).data
    assert list(data) == ["id", "name", "org", "category", "status", "last_verified", "summary", "sources", "claims"]
    assert data["claims"]["a"] == {"metric": "bandwidth", "value": "200 Gbit/s", "source": "p", "figure": "200 Gbps"}
    assert data["sources"]["p"]["url"] == "https://discord.com/blog/x"
    assert "# the id" in fixed
    assert fixed.startswith("# yaml-language-server:")
    assert fix_text(fixed) == fixed


@pytest.mark.parametrize("name", [*FIXERS, ""])
def test_fixing_twice_changes_nothing_more(name: str) -> None:
    """Every fixer, and all of them, are idempotent on a real document and keep its meaning."""
    text = (
        TINY.read_text(encoding="utf-8").replace("name: Tiny\n", "").replace("org: discord", "org: discord\nname: Tiny")
    )
    only = [name] if name else []
    once = fix_text(text, only=only)
    assert fix_text(once, only=only) == once


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(6)), st.booleans())
def test_load_fix_load_means_the_same(vocabulary: Vocabulary, order: list[int], braces: bool) -> None:
    """Whatever the order of sections and the style, a fixed document resolves to the same numbers."""
    head, _, rest = TINY.read_text(encoding="utf-8").partition("sources:\n")
    blocks = [b for b in ("sources:\n" + rest).split("\n") if b]
    sections: list[list[str]] = []
    for row in blocks:
        if not row.startswith(" "):
            sections.append([])
        sections[-1].append(row)
    picked = [sections[i] for i in order if i < len(sections)] + sections[len(order) :]
    text = head + "\n".join("\n".join(s) for s in picked) + "\n"
    if braces:
        text = text.replace("      write: {mean:", "      write:   {mean:")
    before, after = load_text(text, vocabulary), load_text(fix_text(text), vocabulary)
    assert before.system is not None
    assert after.system is not None
    assert dict(before.system.values) == dict(after.system.values)


def test_fixing_refuses_what_it_cannot_read() -> None:
    """A broken file is left alone, with the reason."""
    with pytest.raises(FixError, match="line 3"):
        fix_text("a: 1\nb: [")


def test_spellings() -> None:
    """Only whole quantities and whole addresses are respelled."""
    assert spell_unit("40 to 125 seconds") == "40 to 125 s"
    assert spell_unit("within 5 seconds of it") == "within 5 seconds of it"
    assert spell_address("https://A.example/x?a=1&utm_source=b#") == "https://a.example/x?a=1"
    assert spell_address("see https://a.example/?ref=b") == "see https://a.example/?ref=b"


def test_template_loads_at_once(tmp_path: Path) -> None:
    """The written stub is a system; nothing is overwritten and nothing written outside the catalogue."""
    (tmp_path / "systems").mkdir()
    path = write_template(tmp_path, "my-thing", category="media", name='My "thing"', org="netflix", today=TODAY)
    loaded = load_catalogue(tmp_path)
    assert path == tmp_path / "systems" / "media" / "my-thing.yaml"
    assert loaded.findings == ()
    assert loaded.systems["my-thing"].document.name == 'My "thing"'
    write_template(tmp_path, "unsigned", category="media", name=None, org="", today=TODAY)
    assert load_catalogue(tmp_path).findings == ()
    for slug, category in (("my-thing", "media"), ("../evil", "media"), ("Bad", "media"), ("good", "nowhere")):
        with pytest.raises(TemplateError):
            write_template(tmp_path, slug, category=category, name=None, org="", today=TODAY)


SEED = """\
# Case study
## E. PER-SYSTEM YAML SCHEMA
```yaml
id: CS-THING
name: Thing
category: messaging
org: Discord, Inc.
last_verified: 2025-03-10
confidence: A
scale:
  concurrency: "10M+ concurrent users"
  peak_messages_per_sec: "25M"
  daily_messages: "4B+"
  oddity: "rather many"
slos: {availability: "99.99%", latency_p99_ms: 500}
guarantees: [bounded_staleness_2s, at_least_once, magic]
patterns: {primary: fanout, overlays: [cqrs]}
mechanisms: {mandatory: [p3_durable_log]}   # the log
failures_top5:
  - {name: db_hotspot, detection: latency_skew, mitigation: split, recovery: rebalance, drill: load_test}
capacity_planning: {state_tier: {cassandra_nodes: "8k"}}
cloud_mapping: {cache: "Redis Enterprise (confirmed)"}
sources:
  - {type: blog, url: "https://discord.com/blog/x", date: 2023-03-08, title: "X", confidence: A}
```
"""


def test_seed_import_places_or_lists_everything(vocabulary: Vocabulary) -> None:
    """Old names are mapped, strings parsed; each value is placed or listed, none is dropped."""
    draft = import_seed(SEED, vocabulary, name="spec.md", today=TODAY)
    loaded = load_text(draft.text, vocabulary, "thing.yaml")
    assert loaded.findings == ()
    assert loaded.system is not None
    claims = loaded.system.document.claims
    assert claims["seed-daily-messages"].value.text == "over 4B/day"
    assert claims["seed-concurrency"].value.text == "over 10M"
    assert claims["seed-latency-p99-ms"].stat == "p99"
    assert loaded.system.document.org == "discord"
    assert [(g.id, getattr(g.bound, "text", None)) for g in loaded.system.document.guarantees] == [
        ("G-BND", "2 s"),
        ("G-ALO", None),
    ]
    assert loaded.system.document.components["redis"].cloud is not None
    assert loaded.system.document.components["redis"].cloud.basis == "verified"
    assert {path for path, _ in draft.unplaced} >= {
        "scale.oddity",
        "guarantees.2",
        "failures_top5.0.drill",
        "cloud_mapping.cache",
    }
    assert any("the log" in text for _, text in draft.unplaced)
    assert "rather many" in draft.text


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason="the founding specification is not beside the repository")
def test_the_specification_itself_imports(vocabulary: Vocabulary) -> None:
    """The Discord example of the founding specification, as it stands, becomes a draft that loads."""
    draft = import_seed(SPECIFICATION.read_bytes(), vocabulary, name="specification", today=TODAY)
    loaded = load_text(draft.text, vocabulary, "discord-seed.yaml")
    assert loaded.findings == ()
    assert loaded.system is not None
    assert len(loaded.system.document.failures) == 5
    assert draft.placed > 100
    for _, text in draft.unplaced:
        assert text in draft.text


@pytest.mark.parametrize("raw", ["", "no yaml", "## E.\nnothing", "a: [", b"\xff", "x: 1"])
def test_what_is_no_seed_is_refused(vocabulary: Vocabulary, raw: str | bytes) -> None:
    """A file without such a document is an error with its reason."""
    with pytest.raises(SeedError):
        import_seed(raw, vocabulary, name="f", today=TODAY)


def test_difference_of_claims(tmp_path: Path) -> None:
    """Added, changed and removed claims between two files."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    text = TINY.read_text(encoding="utf-8")
    old.write_text(text, encoding="utf-8")
    new.write_text(
        text.replace("value: 1000/s", "value: 1200/s").replace("  records:\n", "  rows:\n"), encoding="utf-8"
    )
    changes = claim_changes(str(old), str(new), ASSETS / "catalogue")
    assert [(c.kind, c.claim) for c in changes] == [("changed", "reads"), ("added", "rows"), ("removed", "records")]
    assert "1000/s → rate average of read = 1200/s" in changes_as_markdown(changes)


def test_difference_of_revisions(tmp_path: Path) -> None:
    """A git revision is compared with the working files; what is none is an error."""
    folder = tmp_path / "catalogue" / "systems" / "developer"
    folder.mkdir(parents=True)
    (folder / "tiny.yaml").write_text(TINY.read_text(encoding="utf-8"), encoding="utf-8")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    (folder / "tiny.yaml").write_text(
        TINY.read_text(encoding="utf-8").replace("value: 4\n", "value: 5\n"), encoding="utf-8"
    )
    root = tmp_path / "catalogue"
    assert [(c.kind, c.claim, c.fields) for c in claim_changes("HEAD", "", root)] == [
        ("changed", "store-nodes", ("value",))
    ]
    for wrong in ("nothing-like-this", "--output=x"):
        with pytest.raises(DiffError):
            claim_changes(wrong, "", root)


def test_find_paths() -> None:
    """Stars match parts of a path, and a pattern after = the value."""
    loaded: Catalogue = load_catalogue(ASSETS / "catalogue")
    assert [h.path for h in find_paths(loaded, "components.*.technology=redis")] == ["components.cache.technology"]
    assert {h.path for h in find_paths(loaded, "**.timeout")} >= {
        "flows.read.client.timeout",
        "flows.read.steps.0.timeout",
    }
    (hit,) = find_paths(loaded, "id")
    assert (hit.line, hit.value) == (2, "CS-TINY")


def test_statistics_count_evidence() -> None:
    """Sources, claims, struck claims and origins are counted; a row has a cell for each column."""
    (row,) = statistics(load_catalogue(ASSETS / "catalogue"), today=TODAY)
    assert (row.sources, row.claims, row.struck_claims, row.confidence) == (1, 4, 1, "A")
    assert row.origins["claim"] >= 3
    assert len(row.cells()) == len(COLUMNS)


def test_a_template_names_every_section(tmp_path: Path) -> None:
    """Whoever goes from stub to draft finds each key that is asked for, the scale and the links among them."""
    text = template_text("mine", category="data", name="Mine", org="self", today=dt.date(2026, 11, 21))
    missing = [name for name, info in Document.model_fields.items() if f"{info.alias or name}:" not in text]
    assert missing in ([], ["aliases"])
