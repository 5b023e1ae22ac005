"""The real ``atlas`` in a process of its own, for which the test web is the whole web: ``atlas_here.py PORT …``.

Only this is replaced, and only here: every name resolves to this machine; the one port of the test web may be connected
to, without a pause between two requests; and the public archive is asked without encryption, at that port too. The
product has no such switch.

``atlas_here.py PORT run ARGUMENT…`` runs one command. ``atlas_here.py PORT serve`` imports everything once and then
forks a process for each line of JSON it is given, ``{"arguments": […], "out": FILE}``: it prints the process's id and,
when that has ended, its exit code. A hundred commands then cost what they do, not a hundred times what Python imports.
It imports nothing of the tests: where it is begun, their folder is no package.
"""

from __future__ import annotations

import functools
import json
import os
import socket
import sys
from typing import NoReturn

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from atlas.discover import fetcher, public_copy
from atlas.discover.address import AddressRule
from atlas.discover.body import Limits

LOOPBACK = "127.0.0.1"
LIMITS = Limits(total_s=10, silence_s=2, grace_s=1, connect_s=3)
PRIVATE = "private."
"""Names that begin so resolve to an address inside somebody's network."""


class OneAddress(AbstractResolver):
    """A name server for which every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Loopback, whatever was asked; a name that says so is private."""
        address = "10.0.0.7" if host.startswith(PRIVATE) else LOOPBACK
        return [ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


def stand_in(port: int) -> None:
    """Put the test web in the place of the web."""
    rule = AddressRule(frozenset({(LOOPBACK, port)}))
    settings = functools.partial(fetcher.Settings, limits=LIMITS, rule=rule, spacing_s=0.0)
    fetcher.Settings = settings  # type: ignore[assignment,misc]
    aiohttp.ThreadedResolver = OneAddress  # type: ignore[assignment,misc]
    public_copy.API = f"http://archive.org:{port}/wayback/available"


def atlas(arguments: list[str]) -> NoReturn:
    """The command line as ``atlas`` begins it."""
    from atlas.cli.main import main  # noqa: PLC0415 - after the web was put in its place

    sys.argv = ["atlas", *arguments]
    main()
    sys.exit(0)


def serve() -> None:
    """Fork a process for each command until the input ends."""
    import fastfeedparser  # noqa: F401, PLC0415

    import atlas.cli.main  # noqa: PLC0415
    import atlas.discover.pipeline  # noqa: F401, PLC0415

    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _become(asked["arguments"], asked["out"])
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(arguments: list[str], out: str) -> NoReturn:
    """Be the process of a command: input and output of its own, and an exit that runs nothing of the server's."""
    written = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(source, target)
    code = 1
    try:
        atlas(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    stand_in(int(sys.argv[1]))
    if sys.argv[2] == "serve":
        serve()
    else:
        atlas(sys.argv[3:])
