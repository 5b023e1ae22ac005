"""Text of a document never becomes markup, a formula or a template."""

from __future__ import annotations

import csv
import io

from .conftest import Built


def test_a_hostile_document_still_has_all_its_pages(hostile: Built) -> None:
    """Hostile text breaks nothing."""
    assert hostile.report.broken == ()
    assert "systems/hostile/index.html" in hostile.pages


def test_markup_in_any_field_is_inert_on_every_page(hostile: Built) -> None:
    """No tag, handler or address from the document reaches a page unescaped."""
    for path, text in hostile.pages.items():
        for attack in (
            "<script>alert",
            "<img src=x",
            "<svg/onload",
            "evil.example/x.js'></script",
            "<marquee>",
            "<iframe>",
            "<u>Front",
            "<b>all",
        ):
            assert attack not in text, (path, attack)


def test_markup_in_any_field_is_inert_in_drawings(hostile: Built) -> None:
    """Drawings hold the document's words as text only."""
    for svg in hostile.out.rglob("*.svg"):
        text = svg.read_text("utf-8")
        assert "<script" not in text
        assert "onload=" not in text
        assert "javascript:" not in text.split("<desc")[0]


def test_a_template_in_a_field_is_not_run(hostile: Built) -> None:
    """Braces from the document stay braces."""
    assert "{{ 7 * 7 }}" in hostile.text("systems/hostile/evidence/index.html")


def test_a_formula_in_a_field_is_not_run_by_a_spreadsheet(hostile: Built) -> None:
    """No cell of a CSV file begins with a sign that makes it a formula."""
    for file in hostile.out.rglob("*.csv"):
        for row in csv.reader(io.StringIO(file.read_text("utf-8"))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))], file
