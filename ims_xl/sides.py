"""The two sides of one task on two cores: Arrow's work and the reading of files leave the interpreter free meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


def both(one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
    """What the two calls give, run side by side; an error of the first is raised before one of the second."""
    with ThreadPoolExecutor(1) as beside:
        second = beside.submit(other)
        return one(), second.result()
