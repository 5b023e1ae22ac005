"""Article text: what is said, without what stands around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.extraction import articles, text_agreement
from tests.discover.posts import STORE

from atlas.discover.article import article_text, sentences
from atlas.discover.triage import decode


def test_the_text_has_every_paragraph_and_nothing_of_the_frame() -> None:
    """Navigation, related links and the footer stay out."""
    text = article_text(STORE.html())
    for paragraph in STORE.paragraphs:
        assert paragraph in text
    assert "Cookies" not in text
    assert "open positions" not in text


def test_a_page_without_text_gives_none() -> None:
    """An empty page is no error."""
    assert article_text("<html><body></body></html>") == ""


def test_sentences_end_at_full_stops_but_not_in_numbers_and_abbreviations() -> None:
    """``2.4 million``, ``e.g.`` and ``U.S.`` do not end one; a line does."""
    text = "It takes 2.4 million reads. Some, e.g. Kafka, do not. In the U.S. it is fast!\nA heading\nThe end"
    assert list(sentences(text)) == [
        "It takes 2.4 million reads.",
        "Some, e.g. Kafka, do not.",
        "In the U.S. it is fast!",
        "A heading",
        "The end",
    ]


def test_texts_of_real_pages_agree_with_those_that_people_marked(
    data_of_others: Callable[[str], Path],
) -> None:
    """F1 of at least .95 over runs of four words, on pages of newspapers and magazines."""
    pages, true = articles(data_of_others("articles").parent)
    _, _, f1 = text_agreement(true, [article_text(decode(page)) for page in pages])
    assert f1 >= 0.95
