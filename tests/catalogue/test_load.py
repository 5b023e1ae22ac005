"""A document becomes a system; what stands in the way is said with its place and its mend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas.catalogue import CatalogueNotFoundError, find_catalogue, load_catalogue, load_text
from atlas.diagnostic import Finding
from atlas.model import System, Vocabulary

TINY = Path(__file__).parent.parent / "assets" / "catalogue" / "systems" / "developer" / "tiny.yaml"


@pytest.fixture(scope="module")
def text() -> str:
    """The small document that is worked out by hand below."""
    return TINY.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tiny(text: str, vocabulary: Vocabulary) -> System:
    """The same, resolved."""
    loaded = load_text(text, vocabulary, "tiny.yaml")
    assert loaded.findings == ()
    assert loaded.system is not None
    return loaded.system


def findings_of(text: str, vocabulary: Vocabulary) -> list[Finding]:
    """What is said of a text."""
    return list(load_text(text, vocabulary, "tiny.yaml").findings)


def test_numbers_have_their_origin(tiny: System) -> None:
    """Claim, derived, sized, assumed, default and design are told apart; a struck claim counts as assumed."""
    origins = {
        "flows.read.rate": "claim",
        "flows.read.peak": "derived",
        "flows.write.rate": "assumed",
        "components.api.instances": "sized",
        "components.cache.instances": "assumed",
        "components.cache.concurrency": "default",
        "components.api.concurrency": "design",
    }
    assert {path: tiny.values[path].origin for path in origins} == origins
    assert tiny.values["flows.read.peak"].claims == ("reads",)
    assert tiny.values["flows.read.peak"].text == "3,000/s"


def test_traffic_by_hand(tiny: System) -> None:
    """Rates multiply down the call tree: 1 - hit below the cache, times three for replicas, p for chances."""
    traffic = tiny.traffic
    assert traffic.flows["read"].peak == pytest.approx(3000)
    assert traffic.flows["write"].peak == pytest.approx(200)
    assert traffic.components["cache"].peak == pytest.approx(3000)
    assert traffic.operations["store.read"].peak == pytest.approx(300)
    assert traffic.operations["store.write"].peak == pytest.approx(600)
    assert traffic.components["bank"].peak == pytest.approx(100)
    assert traffic.components["bank"].slots is None
    assert sum(traffic.plane_share.values()) == pytest.approx(1)


def test_little_law_by_hand(tiny: System) -> None:
    """A service holds its slot while children answer: L = rate × (own time + children's)."""
    read, write = tiny.service_time("store", "read"), tiny.service_time("store", "write")
    cache = tiny.service_time("cache")
    assert read is not None
    assert write is not None
    assert cache is not None
    assert read.p99 == pytest.approx(0.010)
    assert write.mean == pytest.approx(0.005)
    held_by_read = 0.005 + cache.mean + read.mean  # without p: what is waited for when it happens
    busy = 3000 * held_by_read + 200 * (0.005 + write.mean)
    assert tiny.traffic.components["api"].busy == pytest.approx(busy, rel=0.02)
    slots = tiny.traffic.components["api"].slots
    assert slots is not None
    assert tiny.traffic.components["api"].utilisation == pytest.approx(busy / slots, rel=0.02)
    assert 0.4 < (tiny.traffic.components["api"].utilisation or 0) <= 0.5


def test_claims_know_what_they_are_worth(tiny: System) -> None:
    """Date, confidence and use of a claim follow from its sources and from where it is referred to."""
    reads, writes = tiny.claims["reads"], tiny.claims["writes"]
    assert (reads.confidence, reads.as_of, reads.as_of_is_source_date, reads.is_usable) == (
        "A",
        "2026-01-10",
        True,
        True,
    )
    assert (writes.confidence, writes.is_usable) == ("C", False)
    assert tiny.used_claims == {"reads", "writes", "store-nodes", "store-p99"}


CASES = [
    ("unknown key", "  api:\n    name: API", "  api:\n    nam: API", "DOC006", "did you mean 'name'?"),
    ("key from an unquoted comma", "summary: A service", "model_x y: 1\nsummary: A service", "DOC006", "quote text"),
    ("wrong unit", "service: 5 ms", "service: 5 mss", "DOC009", "did you mean 'ms'?"),
    ("time where a rate belongs", "rate: {claim: writes}", "rate: 15 ms", "DOC010", ""),
    ("time where a count belongs", "concurrency: 8", "concurrency: 15 ms", "DOC010", ""),
    ("claim of another dimension", "value: 1000/s", "value: 1000", "DOC010", ""),
    ("ratio as a count", "value: 4\n", "value: 4 %\n", "DOC010", ""),
    ("dangling claim", "{claim: store-nodes}", "{claim: store-node}", "DOC011", "did you mean 'store-nodes'?"),
    (
        "dangling source",
        "source: post\n    figure: 4 nodes",
        "source: pots\n    figure: 4 nodes",
        "DOC011",
        "did you mean 'post'?",
    ),
    ("dangling call", "call: store.read,", "call: store.reed,", "DOC011", "did you mean 'store.read'?"),
    ("dangling flow", "flow: read, goodput", "flow: reed, goodput", "DOC011", "did you mean 'read'?"),
    ("counterfactual of nothing", "retry.budget: none", "retry.budgets: none", "DOC011", "did you mean"),
    ("unknown kind", "kind: widecolumn", "kind: widecolum", "DOC018", "did you mean 'widecolumn'?"),
    ("bad expression", "derived: reads * 3", "derived: reads *", "DOC012", ""),
    ("dimensions in an expression", "derived: reads * 3", "derived: reads + 3", "DOC012", ""),
    ("number that needs itself", "derived: reads * 3", "derived: flows.read.peak * 3", "DOC013", ""),
    ("call that waits for itself", "{call: store.read, timeout: 100 ms}", "{call: cache}", "DOC013", ""),
    ("vague input", "instances: {claim: store-nodes}", "instances: {claim: records}", "DOC017", "take low or high"),
    ("two origins", "{claim: reads}", "{claim: reads, assumed: 5/s}", "DOC008", ""),
    (
        "two forms of a call",
        "call: store.write, times",
        "call: store.write, parallel: [{call: bank}], times",
        "DOC008",
        "",
    ),
    ("missing at draft", "model:\n  as_of: 2026-01\n  boundary: everything\n", "", "DOC007", "add model:"),
    ("no date", "published: 2026-01-10", "published: last year", "DOC008", ""),
    ("no address", "url: https://discord.com/blog/how-tiny-works", "url: javascript:alert(1)", "DOC008", ""),
    ("path trick in an id", "  api:\n", "  ../../etc:\n", "DOC008", "kebab-case"),
]


@pytest.mark.parametrize(("before", "after", "code", "tip"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_bad_input_is_said_with_place_and_mend(
    text: str, vocabulary: Vocabulary, before: str, after: str, code: str, tip: str
) -> None:
    """One change to the good document gives the finding it deserves, on the line that was changed."""
    assert before in text
    broken = text.replace(before, after, 1)
    found = [f for f in findings_of(broken, vocabulary) if f.code == code and tip in f.tip]
    assert found, findings_of(broken, vocabulary)
    first = next(i for i, (a, b) in enumerate(zip(text.splitlines(), broken.splitlines(), strict=False)) if a != b) + 1
    if after:
        assert any(first <= f.position.line <= first + after.count("\n") + 1 for f in found)


def test_bare_mechanism_numbers_are_refused_with_the_reason(text: str, vocabulary: Vocabulary) -> None:
    """P7 means different things in different lists: the slug is asked for."""
    broken = text + "mechanisms:\n  - {id: P7, at: api}\n"
    (finding,) = findings_of(broken, vocabulary)
    assert (finding.code, "p7_idempotency" in finding.tip) == ("DOC018", True)


def test_published_asks_for_more_than_draft(text: str, vocabulary: Vocabulary) -> None:
    """At published every section is present or named as not public."""
    found = findings_of(text.replace("status: draft", "status: published"), vocabulary)
    missing = {f.path for f in found if f.code == "DOC007"}
    assert {"costs", "operations", "timeline", "decisions"} <= missing
    excused = text.replace("status: draft", "status: published\nnot_public: [costs, operations]")
    still = {f.path for f in findings_of(excused, vocabulary) if f.code == "DOC007"}
    assert missing - still == {"costs", "operations"}


def _lines() -> list[str]:
    return TINY.read_text(encoding="utf-8").splitlines()


@settings(max_examples=150, deadline=None)
@given(
    line=st.integers(0, len(_lines()) - 1),
    change=st.sampled_from(["drop", "double", "indent", "value", "key"]),
    junk=st.sampled_from(
        [
            "",
            "~",
            "[]",
            "{}",
            "-1",
            "15 ms",
            "99999999999999999999",
            "<script>",
            "'",
            "a: b",
            "!!x y",
            "2026-13-99",
            "\u202e",
        ]
    ),
)
def test_fuzzed_documents_never_fail_in_another_way(vocabulary: Vocabulary, line: int, change: str, junk: str) -> None:
    """Whatever is done to a line, the result is a system or findings with places inside the file."""
    lines = _lines()
    row = lines[line]
    lines[line : line + 1] = {
        "drop": [],
        "double": [row, row],
        "indent": ["  " + row],
        "value": [re.sub(r":.*", f": {junk}", row)],
        "key": [f"{junk}{row}"],
    }[change]
    loaded = load_text("\n".join(lines), vocabulary, "fuzz.yaml")
    assert loaded.system is not None or loaded.findings
    for finding in loaded.findings:
        assert 1 <= finding.position.line <= len(lines) + 1


def test_catalogue_is_the_nearest_upward(tmp_path: Path) -> None:
    """A given folder wins, then the nearest catalogue above, then the packaged one; a wrong folder is an error."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "catalogue" / "systems").mkdir(parents=True)
    assert find_catalogue(start=inner) == tmp_path / "a" / "catalogue"
    assert (find_catalogue(start=tmp_path) / "vocabulary").is_dir()
    with pytest.raises(CatalogueNotFoundError, match="holds no catalogue"):
        find_catalogue(inner)


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path, text: str) -> None:
    """A file that cannot be read is reported; the rest of the catalogue loads. Twins and misplaced files are said."""
    folder = tmp_path / "catalogue" / "systems"
    for name, body in {
        "developer/tiny.yaml": text,
        "developer/broken.yaml": "a: [",
        "media/elsewhere.yaml": text.replace("CS-TINY", "CS-ELSE"),
        "developer/Bad Name.yaml": text.replace("CS-TINY", "CS-BAD"),
        "developer/twin.yaml": text,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, encoding="utf-8")
    loaded = load_catalogue(tmp_path)
    assert "tiny" in loaded.systems
    found = {(Path(f.position.file).name, f.code) for f in loaded.findings}
    assert found == {
        ("broken.yaml", "DOC002"),
        ("elsewhere.yaml", "DOC014"),
        ("Bad Name.yaml", "DOC014"),
        ("twin.yaml", "DOC016"),
    }


def test_what_editors_keep_beside_a_document_is_no_system(text: str, tmp_path: Path) -> None:
    """Hidden files, such as the locks of editors, are passed over; a link is named by where it stands."""
    folder = tmp_path / "catalogue" / "systems" / "developer"
    folder.mkdir(parents=True)
    (folder / "tiny.yaml").write_text(text, "utf-8")
    (folder / ".#tiny.yaml").symlink_to("someone@somewhere.1")
    (folder / "gone.yaml").symlink_to("nowhere")
    catalogue = load_catalogue(tmp_path)
    assert list(catalogue.systems) == ["tiny"]
    assert [str(f.position) for f in catalogue.findings] == ["catalogue/systems/developer/gone.yaml:1:1"]


def test_a_document_in_the_wrong_place_is_not_lost_in_silence(text: str, tmp_path: Path) -> None:
    """Beside the categories, below them or with another ending no command reads it, and that is said."""
    for name in ("tiny.yaml", "developer/deep/tiny.yaml", "developer/tiny.yml", ".git/tiny.yaml"):
        path = tmp_path / "catalogue" / "systems" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    catalogue = load_catalogue(tmp_path)
    assert [(f.code, f.position.file) for f in catalogue.findings] == [
        ("DOC014", "catalogue/systems/developer/deep/tiny.yaml"),
        ("DOC014", "catalogue/systems/developer/tiny.yml"),
        ("DOC014", "catalogue/systems/tiny.yaml"),
    ]


_HEAD = """
id: CS-SHAPE
name: Shape
org: x
category: data
status: draft
summary: What is under test.
last_verified: 2026-11-01
components:
"""


@pytest.mark.parametrize("hit", ["200 %", "1e300", "95"])
def test_a_hit_ratio_is_a_share(hit: str, vocabulary: Vocabulary) -> None:
    """Above one it is refused with its mend: 95 is often meant as 95 %."""
    cache = f"cache: {{of: b, hit: {{assumed: {hit}, because: x}}}}"
    rows = f"  a: {{name: a, plane: service, kind: cache, {cache}}}\n  b: {{name: b, plane: state, kind: service}}\n"
    (found,) = [f for f in findings_of(_HEAD + rows, vocabulary) if f.path == "components.a.cache.hit"]
    assert (found.code, found.tip) == ("DOC008", "write 95 %")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"api": "cache: {of: api}"}, "the cache stands in front of itself: api -> api"),
        (
            {"api": "cache: {of: store}", "store": "cache: {of: api}"},
            "the cache stands in front of itself: api -> store -> api",
        ),
        (
            {"api": "queue: {max: 9, to: store}", "store": "queue: {max: 9, to: api}"},
            "what is diverted comes back: api -> store -> api",
        ),
        ({"api": "cache: {of: store}"}, ""),
    ],
)  # fmt: skip
def test_rings_of_caches_and_queues_are_refused(parts: dict[str, str], said: str, vocabulary: Vocabulary) -> None:
    """What stands in front of itself, or is diverted to itself, never ends; a chain that leads into none is fine."""
    rows = "".join(
        f"  {name}: {{name: {name}, plane: service, kind: service, {parts.get(name, 'concurrency: 9')}}}\n"
        for name in ("api", "store")
    )
    found = [f for f in findings_of(_HEAD + rows, vocabulary) if f.code == "DOC013"]
    assert [f.message for f in found][:1] == ([said] if said else [])


def test_numbers_that_wait_for_each_other_without_end_are_refused(vocabulary: Vocabulary) -> None:
    """A chain of three hundred is said to be too long, with the place, and never overflows."""
    rows = "".join(
        f"  c{i}: {{name: c, plane: service, kind: service, instances: {{derived: components.c{i + 1}.instances}}}}\n"
        for i in range(300)
    )
    assert [f for f in findings_of(_HEAD + rows, vocabulary) if "in a row wait for this one" in f.message]
