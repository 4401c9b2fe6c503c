"""Groups that the books themselves name: a voucher whose number lists its documents, and vouchers that list the same ones."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching.documents import NO_DAY
from ims_xl.matching.lists import LIST_LIKE, Listing, read_list
from ims_xl.matching.merging import ANY_NUMBER, rest_of
from ims_xl.matching.numbers import closer_keys
from ims_xl.matching.pool import Pool

_NEARLY: Final = 62
"""Days from the booking within which one of several documents of a number is the one that is meant."""


@dataclass(frozen=True)
class _Named:
    """A voucher's list and the open documents it names."""

    voucher: int
    listing: Listing
    serials: tuple[int, ...]
    documents: tuple[int, ...]

    @property
    def whole(self) -> bool:
        return len(self.documents) == len(self.listing.parts) and not self.listing.others


def listed(pool: Pool) -> None:
    """Lists that several vouchers share first, then each alone."""
    names = _read(pool)
    shared: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for name in names:
        if name.whole and len(name.documents) >= 2:
            shared[tuple(sorted(name.documents))].append(name.voucher)
    for same, vouchers in shared.items():
        if len(vouchers) > 1 and pool.open_b[vouchers].all() and pool.adds_up(same, pool.books.money[vouchers].sum(axis=0), len(vouchers)):
            pool.take(same, vouchers, True)
    for name in names:
        documents = [d for d in name.documents if pool.loose_p[d]]
        if documents and pool.open_b[name.voucher]:
            _take(pool, name, documents)


def _read(pool: Pool) -> list[_Named]:
    rows = np.flatnonzero(pool.open_b)
    rows = rows[pc.match_substring_regex(pool.books.number.take(pa.array(rows)), LIST_LIKE).to_numpy(zero_copy_only=False)]
    rows = rows[np.argsort(pool.books.order[rows], kind="stable")]
    lists = [(voucher, listing) for voucher, text in zip(rows.tolist(), pool.books.number.take(pa.array(rows)).to_pylist()) if (listing := read_list(text))]
    read = [(part, *more) for _, listing in lists for part, more in itertools.zip_longest(listing.parts, listing.readings, fillvalue=())]
    keys = closer_keys(pa.array([text for texts in read for text in texts], type=pa.large_string()), pool.settings)
    ends = np.cumsum([len(texts) for texts in read])
    spans = iter([slice(end - len(texts), end) for end, texts in zip(ends.tolist(), read)])
    names = []
    for voucher, listing in lists:
        parts = [next(spans) for _ in listing.parts]
        names.append(_Named(voucher, listing, tuple(int(keys.serial_value[part.start]) for part in parts), _documents(pool, voucher, [(keys.unyeared[part], keys.serial[part]) for part in parts])))
    return names


def _documents(pool: Pool, voucher: int, parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[int, ...]:
    """The open document that each part names in the first of its readings that names one."""
    nearby = pool.nearby(voucher, pool.books.day[voucher], 400, loose=True)
    unyeared, serial = pool.portal_keys.unyeared[nearby], pool.portal_keys.serial[nearby]
    named: list[int] = []
    for numbers, serials in parts:
        for number, of_number in itertools.chain(zip(numbers.tolist(), [0] * len(numbers)), zip([0], serials[:1].tolist())):
            hits = nearby[(unyeared == np.uint64(number)) & (number != 0)] if number else nearby[(serial == np.uint64(of_number)) & (of_number != 0)]
            if len(hits) > 1 and pool.books.day[voucher] != NO_DAY:   # last year's document has the same number
                apart = np.abs(pool.portal.day[hits] - pool.books.day[voucher])
                hits = hits[(apart <= _NEARLY) & (apart == apart.min())]
            if len(hits) == 1:
                if int(hits[0]) not in named:
                    named.append(int(hits[0]))
                break
    return tuple(named)


def _take(pool: Pool, name: _Named, documents: list[int]) -> None:
    target = pool.books.money[name.voucher]
    if name.whole and len(documents) == len(name.listing.parts) >= 2 and pool.adds_up(documents, target, 1 + len(documents) // 2):
        pool.take(documents, [name.voucher], True)
        return
    others: list[int] = []
    if name.listing.span:
        others = _between(pool, name, documents, target) or rest_of(pool, name.voucher, documents)
    else:
        # A part that is a number of its own and not on the portal stands for no other document; a bare 4 in a list may.
        missing = min(len(name.listing.parts) - len(documents), sum(bool(more) for more in name.listing.readings))
        sizes = ANY_NUMBER if name.listing.others < 0 else (name.listing.others,) if name.listing.others else (missing,) if missing > 0 else ()
        others = rest_of(pool, name.voucher, documents, sizes=sizes) or rest_of(pool, name.voucher, documents, loose=True, sizes=sizes)
    if others:
        pool.take([*documents, *others], [name.voucher], False)
    elif name.listing.sure:
        # Some of the documents are not on the portal: the rest still belong to this voucher, as far as its amount reaches.
        taken = list(documents)
        for document in _inside(pool, name, documents) if name.listing.span else []:
            if pool.holds(name.voucher, [*taken, document]):
                taken.append(document)
        if pool.holds(name.voucher, taken):
            pool.take(taken, [name.voucher], len(taken) == len(documents))


def _inside(pool: Pool, name: _Named, documents: list[int]) -> list[int]:
    """The open documents whose serials lie between the two that are named."""
    low, high = sorted(name.serials)
    nearby = pool.nearby(name.voucher, pool.portal.day[documents[0]], _NEARLY)
    values = pool.portal_keys.serial_value[nearby]
    one_series = pool.portal_keys.letters[nearby] == pool.portal_keys.letters[documents[0]]
    return [int(d) for d in nearby[(values > low) & (values < high) & one_series] if d not in documents]


def _between(pool: Pool, name: _Named, documents: list[int], target: np.ndarray) -> list[int]:
    """Those between, if with them the amounts add up: all of them, else the most."""
    inside = np.array(_inside(pool, name, documents), dtype=np.int64)
    apart = np.abs(pool.portal.day[inside] - pool.portal.day[documents].mean())
    middle = [int(d) for d in inside[np.lexsort((pool.portal.order[inside], apart))]][:10]
    for size in range(len(middle), 0, -1):
        for some in itertools.combinations(middle, size):
            if pool.adds_up([*documents, *some], target, 1 + size // 2):
                return list(some)
    return []
