"""What the tests of discovery share: a hostile web on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.discover.web.host import Web, running_web


@pytest.fixture
def web() -> Iterator[Web]:
    """A web of one's own."""
    with running_web() as running:
        yield running
