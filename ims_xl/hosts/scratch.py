"""A private folder for what must be a file for a moment: closed to others, gone when it was used, and swept up later where the process was killed.

Drafts of books and letters stand there, so a killed run must not leave them in the computer's temporary folder for good.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ims_xl.hosts import locks

_NAME = re.compile(r"ims-xl-(\d+)@(.*)~[^~]*\Z", re.S)


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A new folder that only this user may enter (mode 700), removed at the end with all that stands in it."""
    above = Path(tempfile.gettempdir())
    _sweep(above)
    with tempfile.TemporaryDirectory(prefix=f"ims-xl-{os.getpid()}@{locks.machine()}~", dir=above, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@cache
def _sweep(above: Path) -> None:
    """Removes our own folders whose process is dead, once a run; those of another user or another machine are none of ours."""
    with contextlib.suppress(OSError):
        for folder in [f for f in above.iterdir() if f.name.startswith("ims-xl-")]:
            found = _NAME.match(folder.name)
            if found and found[2] == locks.machine() and not locks.alive(int(found[1])) and not folder.is_symlink() and (os.name == "nt" or folder.stat().st_uid == os.getuid()):
                shutil.rmtree(folder, ignore_errors=True)
