"""A small proof of tables: every combination of facts meets a row, and every row can be met.

A fact takes one of a few values; a rule is a box (for some facts, the values it allows). First match wins, so a rule is
reachable where its box holds a possible combination that no earlier box holds, and the table is whole where nothing is left.
The combinations are the bits of one large number: some 700,000 of them are taken by a rule in a few steps of arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import prod

import numpy as np

Facts = Mapping[str, Sequence[str]]
Box = Mapping[str, Sequence[str]]


class Space:
    """The combinations of the given facts, less the impossible ones."""

    def __init__(self, facts: Facts, impossible: Iterable[Box] = ()) -> None:
        self.facts = {name: tuple(values) for name, values in facts.items()}
        self._shape = tuple(len(values) for values in self.facts.values())
        self._left = (1 << prod(self._shape)) - 1
        for box in impossible:
            self._left &= ~self._cells(box)

    def take(self, box: Box) -> bool:
        """Remove what the box holds; False where nothing of it was left, that is, where a rule with this box can never be met."""
        met = self._left & self._cells(box)
        self._left ^= met
        return met != 0

    def meets(self, box: Box) -> bool:
        """Whether something of the box is left."""
        return self._left & self._cells(box) != 0

    def count(self) -> int:
        """How many combinations are left."""
        return self._left.bit_count()

    def hole(self) -> dict[str, str]:
        """One combination that no box has taken; {} where the table is whole."""
        if not self._left:
            return {}
        where = np.unravel_index((self._left & -self._left).bit_length() - 1, self._shape)
        return {name: values[int(at)] for at, (name, values) in zip(where, self.facts.items())}

    def _cells(self, box: Box) -> int:
        cells = (1 << prod(self._shape)) - 1
        for axis, (name, values) in enumerate(self.facts.items()):
            if name in box:
                cells &= _slab(self._shape, axis, frozenset(place for place, value in enumerate(values) if value in box[name]))
        return cells


@lru_cache(maxsize=256)
def _slab(shape: tuple[int, ...], axis: int, places: frozenset[int]) -> int:
    """The combinations whose value on that axis stands at one of those places."""
    width = prod(shape[axis + 1:])
    once = sum(((1 << width) - 1) << (place * width) for place in places)
    return _repeated(once, shape[axis] * width, prod(shape[:axis]))


def _repeated(bits: int, width: int, times: int) -> int:
    """The bits so many times side by side, doubled as long as that goes."""
    whole = 0
    for done in range(times.bit_length() - 1, -1, -1):
        half = times >> (done + 1)
        whole |= whole << (half * width)
        if times >> done & 1:
            whole = whole << width | bits
    return whole
