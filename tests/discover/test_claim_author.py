"""Sentences that the author of the grammar made up to try it: a regression, no measure of how well it reads."""

from __future__ import annotations

import re

from bench.extraction import LABELS

from atlas.discover.claim import Claim, claims

_MARK = re.compile(r"\{(?P<figure>[^{}|]*)(?:\|(?P<metric>[^{}|]*))?\}")
Mark = tuple[int, int, str | None]


def _sentences() -> list[tuple[str, list[Mark]]]:
    """Every sentence without its marks, with each figure's place and metric (``None`` where it may be read or not)."""
    lines = (LABELS / "author.txt").read_text(encoding="utf-8").splitlines()
    return [_without_marks(line) for line in lines if line and not line.startswith("#")]


def _without_marks(line: str) -> tuple[str, list[Mark]]:
    text, marks, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        marks.append((len(text), len(text) + len(match["figure"]), match["metric"]))
        text += match["figure"]
        at = match.end()
    return text + line[at:], marks


def _hit(found: list[Claim], mark: Mark) -> Claim | None:
    return next((claim for claim in found if claim.start < mark[1] and mark[0] < claim.end), None)


def test_figures_have_the_metric_that_was_meant() -> None:
    """Of all marked figures, and hardly any other number is read as one."""
    marked = right = other = 0
    for text, marks in _sentences():
        found = claims(text)
        hits = [_hit(found, mark) for mark in marks]
        other += sum(claim not in hits for claim in found)
        meant = [(hit, metric) for hit, (_, _, metric) in zip(hits, marks, strict=True) if metric is not None]
        marked += len(meant)
        right += sum(hit is not None and (hit.metric or "") == metric for hit, metric in meant)
    assert marked > 700
    assert right / marked >= 0.95
    assert other <= 20
