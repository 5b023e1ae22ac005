"""The folder of a running server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from atlas.serve.error import ServeError
from atlas.serve.folder import own_folder


@pytest.mark.skipif(sys.platform == "win32", reason="no locks of this kind on Windows")
def test_two_servers_never_share_a_folder(tmp_path: Path) -> None:
    """The second takes another; when the first has gone its folder is used again."""
    with own_folder(tmp_path) as first, own_folder(tmp_path) as second:
        assert first != second
    with own_folder(tmp_path) as again:
        assert again == first


def test_a_folder_that_cannot_be_made_is_an_error_with_a_mend(tmp_path: Path) -> None:
    """A file stands in the way."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ServeError, match="cannot be written") as caught, own_folder(tmp_path / "file" / "below"):
        pass
    assert "ATLAS_CACHE" in caught.value.tip
