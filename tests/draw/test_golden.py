"""Mermaid texts of one small system, kept as files a person can read.

After a wanted change: ``ATLAS_UPDATE_GOLDEN=1 pytest tests/draw/test_golden.py``, then read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from atlas.draw import CODES, draw
from atlas.model import System


@pytest.mark.parametrize("code", CODES)
def test_mermaid_text_is_as_agreed(code: str, rich: System, root: Path) -> None:
    """The text of each of the fifteen is the one in ``tests/golden/draw``."""
    file = root / "tests" / "golden" / "draw" / f"{code.lower()}.mmd"
    text = draw(rich, code).mermaid
    if os.environ.get("ATLAS_UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, "changed: ATLAS_UPDATE_GOLDEN=1 pytest tests/draw/test_golden.py"
