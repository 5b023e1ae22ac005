"""What a public archive says of a page is believed as far as it says something."""

from __future__ import annotations

import json
from typing import Any

import pytest

from atlas.discover.public_copy import NoAnswerError, PublicCopy, read_answer

COPY = {
    "status": "200",
    "available": True,
    "url": "http://web.archive.org/web/20230306120000/https://a.example/b",
    "timestamp": "20230306120000",
}


def _said(**other: Any) -> bytes:
    return json.dumps({"url": "x", "archived_snapshots": {"closest": COPY | other}}).encode()


def test_a_copy_is_read_with_its_day_and_asked_for_safely() -> None:
    """The archive writes http; its copies are had by https."""
    expected = PublicCopy("https://web.archive.org/web/20230306120000/https://a.example/b", "2023-03-06")
    assert read_answer(_said()) == expected


@pytest.mark.parametrize(
    "body", [b'{"url": "x", "archived_snapshots": {}}', _said(available=False), _said(status="404")]
)
def test_no_copy_is_an_answer(body: bytes) -> None:
    """None, none that can be had, or one of an error page."""
    assert read_answer(body) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"archived_snapshots": 3}', _said(timestamp="today"), _said(url="javascript:1")],
)
def test_anything_else_is_no_answer(body: bytes) -> None:
    """It is never taken for *there is no copy*."""
    with pytest.raises(NoAnswerError):
        read_answer(body)
