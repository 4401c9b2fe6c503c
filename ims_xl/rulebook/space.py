"""A small proof of tables: every combination of facts meets a row, and every row can be met.

A fact takes one of a few values; a rule is a box (for some facts, the values it allows). First match wins, so a rule is
reachable where its box holds a possible combination that no earlier box holds, and the table is whole where nothing is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

Facts = Mapping[str, Sequence[str]]
Box = Mapping[str, Sequence[str]]


class Space:
    """The combinations of the given facts, less the impossible ones."""

    def __init__(self, facts: Facts, impossible: Iterable[Box] = ()) -> None:
        self.facts = {name: tuple(values) for name, values in facts.items()}
        self.shape = tuple(len(values) for values in self.facts.values())
        self.left = np.ones(self.shape, dtype=bool)
        for box in impossible:
            self.left[self._cells(box)] = False

    def take(self, box: Box) -> bool:
        """Remove what the box holds; False where nothing of it was left, that is, where a rule with this box can never be met."""
        cells = self._cells(box)
        met = bool(self.left[cells].any())
        self.left[cells] = False
        return met

    def meets(self, box: Box) -> bool:
        """Whether something of the box is left."""
        return bool(self.left[self._cells(box)].any())

    def hole(self) -> dict[str, str]:
        """One combination that no box has taken; {} where the table is whole."""
        where = np.argwhere(self.left)
        if not len(where):
            return {}
        return {name: values[where[0][axis]] for axis, (name, values) in enumerate(self.facts.items())}

    def _cells(self, box: Box) -> tuple[np.ndarray, ...]:
        return np.ix_(*(
            np.flatnonzero(np.isin(values, list(box[name]))) if name in box else np.arange(len(values)) for name, values in self.facts.items()
        ))
