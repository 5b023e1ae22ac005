"""What visits to sources found, kept beside the claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas.catalogue import Catalogue
from atlas.catalogue.visits import Visited, few_words, keep_visits, read_visits

OLD = Visited("nodes", "post", "2026-10-01", "72 nodes", "unchanged")
NEW = Visited("nodes", "post", "2026-11-01", "72 nodes", "value changed", "96 nodes", "its sentence stands")
OTHER = Visited("nodes", "talk", "2026-10-01", "72 nodes", "unreachable", detail="link rot: 404", is_rotten=True)


def test_the_last_visit_of_each_claim_in_each_source_is_kept(tmp_path: Path) -> None:
    """A new visit takes the place of the one before; what was not visited this time stays."""
    keep_visits(tmp_path, "a", [OLD, OTHER])
    keep_visits(tmp_path, "a", [NEW])
    assert read_visits(tmp_path, "a") == (NEW, OTHER)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"visits": [{"claim": "a"}]}', '{"visits": [{"x": 1}]}', '{"visits": 3}', "\xff"]
)
def test_a_file_that_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    """A damaged file is as none: nothing is claimed of any visit."""
    (tmp_path / "visits").mkdir()
    (tmp_path / "visits" / "a.json").write_text(text, "latin-1")
    assert read_visits(tmp_path, "a") == ()
    assert read_visits(tmp_path, "b") == ()


def test_a_visit_is_about_the_claim_as_it_was(catalogue: Catalogue) -> None:
    """Once the figure is edited or the source read again, an old visit says nothing of it any more."""
    claim = next(c for c in catalogue.systems["discord"].document.claims.values() if c.figure)
    visit = Visited("x", "s", "2026-11-01", claim.figure or "", "vanished")
    assert visit.is_about(claim, "2026-10-31")
    assert not visit.is_about(claim, "2026-11-02")
    assert not visit.is_about(claim.model_copy(update={"figure": "another"}), "2026-10-31")


def test_no_more_than_a_few_words_are_kept() -> None:
    """Of what a source prints now, no more is kept than of a claim."""
    assert few_words("one two three") == "one two three"
    assert few_words(" ".join("abcdefghij")) == "a b c d e f g h …"
