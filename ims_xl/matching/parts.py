"""The work of matching dealt out by PAN: parts that need nothing of each other, and whoever carries them out.

A part carries all that it needs, so that it may be linked in another process or on another machine; what comes back is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ims_xl.matching.documents import Documents
from ims_xl.matching.found import Found
from ims_xl.matching.partition import link_partition
from ims_xl.settings import Settings

PARTITION_ROWS = 150_000
"""Documents compared at a time: bounds the memory; the result does not depend on it."""


@dataclass(frozen=True)
class Part:
    """All documents and vouchers of some PANs."""

    portal: Documents
    books: Documents
    settings: Settings
    apart: np.ndarray


class Spread(Protocol):
    """Carries out the parts, here or elsewhere, and gives what was found in the order of the parts."""

    @property
    def rows(self) -> int:
        """Documents a part."""

    def __call__(self, work: Callable[[Part], Found], parts: Iterable[Part]) -> Iterator[Found]: ...


class OneByOne:
    """In this process, a part after the other."""

    @property
    def rows(self) -> int:
        return PARTITION_ROWS

    def __call__(self, work: Callable[[Part], Found], parts: Iterable[Part]) -> Iterator[Found]:
        return map(work, parts)


def link_part(part: Part) -> Found:
    """The links of one part, by row of the whole ledgers."""
    return link_partition(part.portal, part.books, part.settings, part.apart)


def partitions(portal_pan: np.ndarray, books_pan: np.ndarray, rows: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Positions of both sides, dealt out by PAN so that no partition is much larger than `rows` documents."""
    count = max(1, -(-max(len(portal_pan), len(books_pan)) // rows))
    if count == 1:
        return [(np.arange(len(portal_pan)), np.arange(len(books_pan)))]
    hands = np.uint64(count)
    return [(np.flatnonzero(portal_pan % hands == hand), np.flatnonzero(books_pan % hands == hand)) for hand in range(count)]
