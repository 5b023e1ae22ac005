"""A PostgreSQL server of our own: in a temporary folder, on a Unix socket, gone with all it wrote when it is left."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
"""Where servers are installed without being on the path."""
UNPRIVILEGED = ("postgres", "nobody")
"""Whom the server runs as when we are root, which it refuses to be."""
_SETTINGS = {"listen_addresses": "", "fsync": "off", "autovacuum": "off", "jit": "off", "shared_buffers": "16MB"}
_WAIT_S = 30


class NoServerError(RuntimeError):
    """No PostgreSQL server is installed, or none can be started here."""


def find_server(path: str | None = None, places: Sequence[str] = PLACES) -> Path:
    """The folder that has ``initdb`` and ``postgres``: on the path, else where packages put it, the newest first."""
    on_path = shutil.which("initdb", path=path)
    folders = [Path(on_path).resolve().parent] if on_path else []
    for place in places:
        below = Path(place).relative_to("/")
        folders += sorted(Path("/").glob(str(below)), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoServerError("no PostgreSQL server is installed (initdb, postgres)")


@contextmanager
def running_server(connections: int) -> Iterator[Path]:
    """Start a server for so many connections; its folder, which is also that of its socket.

    Raises ``NoServerError`` where there is none, or it does not start.
    """
    programs = find_server()
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgres-"))
    who = _unprivileged()
    try:
        if who:
            os.chown(folder, who["user"], who["group"])
        initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "atlas", "-A", "trust", "--no-sync"]
        made = subprocess.run(initdb, capture_output=True, text=True, cwd=folder, check=False, **who)
        if made.returncode:
            raise NoServerError(f"initdb failed: {made.stderr.strip().splitlines()[-1]}")
        with _server(programs, folder, connections, who):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(programs: Path, folder: Path, connections: int, who: Mapping[str, Any]) -> Iterator[None]:
    settings = {**_SETTINGS, "unix_socket_directories": str(folder), "max_connections": str(connections + 5)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("w", encoding="utf-8") as log:
        command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **who)
        try:
            ready = [str(programs / "pg_isready"), "-h", str(folder), "-U", "atlas", "-t", str(_WAIT_S), "-q"]
            for _ in range(10 * _WAIT_S):
                if server.poll() is not None:
                    raise NoServerError(f"postgres ended: {(folder / 'log').read_text('utf-8').strip()[-300:]}")
                if subprocess.run(ready, check=False).returncode == 0:
                    break
                time.sleep(0.1)
            else:
                raise NoServerError(f"postgres did not answer within {_WAIT_S} s")
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _unprivileged() -> dict[str, Any]:
    """Arguments of subprocesses that make them somebody else's than root's; none where we are not root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next((known[name] for name in UNPRIVILEGED if name in known), None)
    if entry is None:
        raise NoServerError("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
