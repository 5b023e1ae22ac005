"""What the drills of a system showed when they were run, and which inputs of its model move the answer."""

from __future__ import annotations

from collections.abc import Iterable

from atlas.compile.kept import Kept
from atlas.compile.playbook import Playbook, Trial
from atlas.compile.report import seconds, shown
from atlas.compile.sensitivity import Sensitivity
from atlas.compile.verdict import Judgement
from atlas.model import System
from atlas.site.figure import EvidenceBook
from atlas.site.parts import Cell, Figure, Given, Link, Words, cell
from atlas.site.table import Row, Table, columns
from atlas.site.tables.said import component_names

MOST_INPUTS = 10
_MEASURES = {"goodput": "good answers", "degraded": "degraded answers", "recover": "recovered within", "p99": "p99"}
_ORIGINS = {"claim": "published", "compiled": "design"}

PROVEN = Words("holds, and only with the mitigation", "tag good")
HOLDS = Words("holds", "tag good")
MISSED = Words("missed", "tag bad")
OPEN = Words("not reproduced", "tag old")
NOT_RUN = Words("not run", "tag")
_NOTHING = cell("", empty=Words("not run", "nil"))


def outcome(playbook: Playbook, drill: str) -> Words:
    """One word for a drill over both engines: what holds on one of them only, is missed."""
    trials = playbook.of(drill)
    if any(not t.judgements for t in trials):
        return NOT_RUN
    if drill in playbook.holding():
        return PROVEN if drill in playbook.proven() else HOLDS
    return OPEN if trials[0].not_reproduced else MISSED


def drills(system: System, kept: Kept) -> Table:
    """One row for each expectation of each drill: what both engines found with the mitigation and without it."""
    book = kept.playbook
    engines = [engine.capitalize() for engine in book.engines]
    labels = [*engines, *(f"{engine}, without it" for engine in engines)]
    rows = tuple(row for drill in book.drills for row in _rows(system, book, drill))
    heads = columns("Failure", "Expected", *(f"#{label}" for label in labels), "Outcome")
    return Table("drills", "Drills, as run", heads, rows)


def inputs(book: EvidenceBook, found: Sensitivity) -> Table:
    """The inputs of the model that move a flow's p99 most, each halved and doubled."""
    rows = []
    for effect in found.effects[:MOST_INPUTS]:
        known = book.value(effect.path, effect.path) if effect.path in book.system.values else None
        figure: Given = known or Figure(effect.text, _ORIGINS.get(effect.origin, effect.origin), claims=effect.claims)
        name = _input_name(book.system, effect.path)
        half, twice = cell(seconds(effect.half_s)), cell(seconds(effect.twice_s))
        rows.append(Row((cell(name, sub=effect.because), cell(figure), half, twice)))
    return Table("inputs", "What moves it", columns("Input", "Now", "p99 with half", "p99 with twice"), tuple(rows))


def _rows(system: System, book: Playbook, drill: str) -> list[Row]:
    trials = book.of(drill)
    first = trials[0]
    name = cell(Link(first.name, f"systems/{system.slug}/#failure-{drill}"))
    word = cell(outcome(book, drill), sub=_because(book, drill, trials))
    rows: list[Row] = []
    for judgement in first.judgements:
        with_it = [_value(judgement, t.judgements) for t in trials]
        without = [_value(judgement, t.without_judgements) for t in trials]
        cells = (name, cell(_expected(system, judgement)), *with_it, *without, word)
        rows.append(Row(cells, "" if rows else f"drill-{drill}", goes_on=bool(rows)))
    if rows:
        return rows
    nothing = [_NOTHING] * (1 + 2 * len(trials))
    return [Row((name, *nothing, word), f"drill-{drill}")]


def _input_name(system: System, path: str) -> str:
    """A path of the document as people say it: ``API monolith: service``, ``Send a message: rate``."""
    section, _, rest = path.partition(".")
    owner, _, field = rest.partition(".")
    if section == "components" and owner in system.document.components:
        return f"{component_names(system, [owner])}: {field.replace('.', ' ')}"
    if section == "flows" and owner in system.document.flows:
        return f"{system.document.flows[owner].name}: {field.replace('.', ' ')}"
    return path


def _expected(system: System, judgement: Judgement) -> Given:
    flow = system.document.flows.get(judgement.flow)
    name = flow.name if flow else component_names(system, [judgement.flow])
    bound = judgement.bound.replace(">=", "≥").replace("<=", "≤")
    if judgement.measure == "recover":
        bound = bound.removeprefix("≤").strip()
    return f"{name}: {_MEASURES[judgement.measure]} {bound}"


def _value(asked: Judgement, found: Iterable[Judgement]) -> Cell:
    """What was measured of an expectation; a missed one is marked in words, not by colour alone."""
    for one in found:
        if (one.flow, one.measure) == (asked.flow, asked.measure):
            return cell(shown(one) if one.holds else (shown(one), Words(" missed", "quiet")))
    return _NOTHING


def _because(book: Playbook, drill: str, trials: tuple[Trial, ...]) -> Given:
    said = [trials[0].not_reproduced] if trials[0].not_reproduced else []
    said += dict.fromkeys(t.reason for t in trials if t.reason and not (t.judgements and t.without_judgements))
    if not book.agree(drill):
        said.append("the engines differ")
    elif book.is_slice_other(drill):
        said.append("the engines agree on the slice that the discrete one could run, which is other than the whole")
    unwell = [t.engine for t in trials if t.is_healthy is False]
    if unwell:
        said.append(f"without the mitigation it is not well even without the fault ({', '.join(unwell)})")
    return "; ".join(said)
