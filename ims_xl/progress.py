"""Progress and cancelling, without knowing who watches: the command line draws a bar, Excel writes its status bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, float], None]
"""Called with what is being done and the share done so far (0 to 1). It may raise `Cancelled`, so call it only where nothing is half-written."""


def silent(what: str, share: float) -> None:
    """Nobody watches."""
