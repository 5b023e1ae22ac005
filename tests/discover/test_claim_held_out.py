"""Claims of sentences that nobody who works on the grammar has read: the totals alone, so that a failure shows none."""

from __future__ import annotations

import pytest

from bench import extraction


@pytest.fixture(scope="module")
def found() -> extraction.Score:
    """The score of the test set."""
    return extraction.score(extraction.sentences(*extraction.HELD_OUT), extraction.atlas)


@pytest.mark.parametrize(
    ("share", "floor"),
    [("precision", 0.95), ("recall", 0.88), ("metric_precision", 0.92), ("metric_recall", 0.85)],
)
def test_unread_sentences_are_read_hardly_worse(found: extraction.Score, share: str, floor: float) -> None:
    """The targets of the project, the same as in the bench."""
    assert getattr(found, share) >= floor


def test_no_unread_sentence_is_among_those_of_development() -> None:
    """By their texts; a failure says how many, never which."""
    known = {sentence["text"] for sentence in extraction.sentences(*extraction.OPEN)}
    assert sum(sentence["text"] in known for sentence in extraction.sentences(*extraction.HELD_OUT)) == 0
