"""A PostgreSQL server for one test run: private, on a Unix socket only, as an ordinary user, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _programs() -> Path | None:
    found = shutil.which("initdb")
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *([Path(found).resolve().parent] if found else [])]
    return next((p for p in places if all((p / name).exists() for name in ("initdb", "postgres", "pg_isready"))), None)


@contextmanager
def postgresql() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database; the test is skipped where PostgreSQL is not installed, unless IMS_XL_NEEDS_POSTGRESQL is set."""
    programs = _programs()
    if programs is None:
        if os.environ.get("IMS_XL_NEEDS_POSTGRESQL"):
            pytest.fail("PostgreSQL is needed here and not installed")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="ims-pg-", dir="/tmp"))   # a socket's path is short
    # PostgreSQL refuses to run as root.
    who = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(folder, "nobody")
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **who}
    server = None
    try:
        subprocess.run([programs / "initdb", "-D", data, "-U", "ims", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"], check=True, **quiet)
        server = subprocess.Popen([programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"], **quiet)
        until = time.monotonic() + 60
        while subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False, **quiet).returncode:
            assert server.poll() is None and time.monotonic() < until, "the server did not come up"
            time.sleep(0.1)
        yield f"postgresql://ims:secret@/postgres?host={folder}"
    finally:
        if server is not None:
            server.terminate()
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
