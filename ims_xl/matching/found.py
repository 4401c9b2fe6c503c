"""What matching has found so far: pairs with their evidence, and groups, by position in the whole ledgers."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ims_xl.matching.documents import Documents


@dataclass(frozen=True)
class Group:
    """Documents and vouchers that belong together, by position."""

    portal: np.ndarray
    books: np.ndarray
    agrees: bool
    """The sums agree within tolerance, head by head."""
    named: bool
    """Every booking's number names its documents."""
    clean: bool = False
    by_hand: bool = False

    def lifted(self, portal_rows: np.ndarray, books_rows: np.ndarray) -> Group:
        """The same by row of the whole ledgers."""
        return Group(portal_rows[self.portal], books_rows[self.books], self.agrees, self.named, self.clean, self.by_hand)


def counted(documents: Documents, rows: np.ndarray) -> np.ndarray:
    """Paise (5): the sum of those documents, credit notes among bills taken off."""
    way = documents.direction[rows].astype(np.int64)
    return np.asarray((documents.money[rows] * (way * (1 if (way > 0).any() else -1))[:, None]).sum(axis=0))


@dataclass(frozen=True)
class Found:
    """Links by position (rows of the whole ledgers), with the evidence for each; and groups."""

    portal: np.ndarray
    books: np.ndarray
    number: np.ndarray
    date: np.ndarray
    amount: np.ndarray
    supplier: np.ndarray
    rarity: np.ndarray
    points: np.ndarray
    days: np.ndarray
    sure: np.ndarray
    """Found by the exact join: number, date and every amount agree and nothing else has that number."""
    second_look: np.ndarray
    """Found across suppliers: never clean."""
    by_hand: np.ndarray
    rival_points: np.ndarray
    rival_portal: np.ndarray
    rival_books: np.ndarray
    groups: tuple[Group, ...] = ()

    def __len__(self) -> int:
        return len(self.portal)


def joined(parts: tuple[Found, ...]) -> Found:
    """Several findings as one."""
    columns = {item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Found) if item.name != "groups"}
    return Found(**columns, groups=tuple(group for part in parts for group in part.groups))
