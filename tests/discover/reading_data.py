"""Data of others that the project reads but does not carry: in ``shared/data`` beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bench.extraction import data_folder


def require(part: str) -> Path:
    """The data folder, where the part is there; else the test is skipped by name."""
    folder = data_folder(os.environ.get("ATLAS_SHARED_DATA"))
    if folder is None or not (folder / part).is_dir():
        pytest.skip(f"shared/data/{part} is not beside the repository")
    return folder
