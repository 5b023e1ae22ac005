"""Systems to draw: one in which everything is known, one in which nearly nothing is, a stub, the real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from atlas.catalogue import Catalogue, load_text
from atlas.draw import Diagram, diagrams
from atlas.draw.mermaid import Arrow, Branch, Flowchart, Line, Mindmap, Pie, Sankey, Sequence, Shape, Timeline
from atlas.model import System, Vocabulary


def read(root: Path, name: str, vocabulary: Vocabulary) -> System:
    """An asset as a system; it may have findings (its organisation is invented), but it must load."""
    loaded = load_text((root / "tests" / "assets" / "draw" / f"{name}.yaml").read_text(), vocabulary, f"{name}.yaml")
    assert loaded.system is not None, [finding.message for finding in loaded.findings]
    return loaded.system


@pytest.fixture(scope="session")
def rich(root: Path, vocabulary: Vocabulary) -> System:
    """Everything is known."""
    return read(root, "rich", vocabulary)


@pytest.fixture(scope="session")
def poor(root: Path, vocabulary: Vocabulary) -> System:
    """Two parts, one flow, nothing else."""
    return read(root, "poor", vocabulary)


@pytest.fixture(scope="session")
def nothing(root: Path, vocabulary: Vocabulary) -> System:
    """A stub without parts."""
    return read(root, "nothing", vocabulary)


@pytest.fixture(scope="session")
def drawn(rich: System, poor: System, nothing: System, catalogue: Catalogue) -> tuple[Diagram, ...]:
    """Every diagram of every system."""
    return tuple(d for system in (rich, poor, nothing, *catalogue.systems.values()) for d in diagrams(system))


HOSTILE = (
    "<script>alert(1)</script>",
    '"]; click n_a "javascript:alert(1)"',
    "end",
    "end\nsubgraph x",
    "%%{init: {'theme': 'dark'}}%%",
    "---\nconfig:\n---",
    "#quot;#lt;b#gt; &amp; &#60;",
    "a ; b | c ` d ** e __ f $$x$$",
    "fa:fa-car class style linkStyle accTitle: x accDescr {",
    "\u202eevil\u202c עברית العربية 😀 漢字",
    "wrap: note over a: b",
    "`**md**`",
    "x" * 5000,
    "word " * 1000,
    "",
    " ",
    "]] )) }} >>",
    "section title",
    "<img src=x onerror=alert(1)><br/>",
)


def flowchart(text: str) -> str:
    """``text`` in every place of a flowchart."""
    chart = Flowchart(text, text)
    zone = chart.zone("z", text, ("zone-edge",))
    a = chart.node("a", text, text, classes=("plane-edge",), zone=zone)
    b = chart.node("end", text, shape=Shape.STORE)
    chart.edge(a, b, Line.THICK, text)
    return chart.text([(text, text)])


def sequence(text: str) -> str:
    """``text`` in every place of a sequence."""
    chart = Sequence(text, text)
    a, b = chart.participant("a", text or "a"), chart.participant("end", text or "b")
    chart.message(a, b, text)
    chart.open("alt", text)
    chart.note((a, b), text, text)
    chart.otherwise("else", text)
    chart.message(b, a, text, Arrow.LOST)
    chart.close()
    return chart.text([(text, text)])


def timeline(text: str) -> str:
    """``text`` in every place of a timeline."""
    chart = Timeline(text, text)
    chart.section(text)
    chart.period(text or "then", [text, "fixed"])
    return chart.text([(text or "note", text)])


def mindmap(text: str) -> str:
    """``text`` in every place of a mind map."""
    return Mindmap(text, text, text, [Branch((text, text), [Branch(("", text or "leaf"))])]).text([(text, text)])


def pie(text: str) -> str:
    """``text`` in every place of a pie."""
    return Pie(text, text, [(text or "slice", 2.0), ("rest", 1.0)]).text([(text, text)])


def sankey(text: str) -> str:
    """``text`` in every place of a Sankey diagram."""
    return Sankey(text, text, " USD", [("all", text, 2.0)]).text([(text, text)])


WRITERS = (flowchart, sequence, timeline, mindmap, pie, sankey)


@pytest.fixture(scope="session")
def writers() -> tuple[Callable[[str], str], ...]:
    """One function for each type of chart, which puts a text in every place that takes one."""
    return WRITERS


@pytest.fixture(scope="session")
def hostile() -> dict[str, str]:
    """Mermaid text of every type of chart with every hostile text in every place."""
    return {f"{w.__name__} {n}": w(text) for w in WRITERS for n, text in enumerate(HOSTILE)}
