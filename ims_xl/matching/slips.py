"""GSTINs of the books that are one slip of the pen away from a GSTIN on the portal: one wrong character, two that changed
places, one too many, one missing, or letters and digits that look alike. `27AAKCB432IQ1ZA` is probably `27AAKCB4321Q1ZA`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from ims_xl.gstin import ALPHABET, is_valid
from ims_xl.matching.blocking import pairs_on
from ims_xl.matching.documents import BLANK, OWN, Documents
from ims_xl.matching.hashing import mixed, text_codes

_LENGTH: Final = 15


def probable_gstins(portal: Documents, books: Documents, rows: np.ndarray) -> np.ndarray:
    """For each of those vouchers the code of the one portal GSTIN its own is a slip for; 0 where it is known, blank, or in doubt."""
    asked = books.take(rows)
    known = np.unique(portal.gstin)
    strange = ~np.isin(asked.gstin, known) & ~np.isin(asked.standing, (BLANK, OWN))
    codes, first, inverse = np.unique(asked.gstin[strange], return_index=True, return_inverse=True)
    result = np.zeros(len(rows), dtype=np.uint64)
    if not len(codes):
        return result
    texts = asked.supplier.take(pa.array(np.flatnonzero(strange)[first])).to_pylist()
    known_codes, known_first = np.unique(portal.gstin, return_index=True)
    known_texts = portal.supplier.take(pa.array(known_first)).to_pylist()
    answers = _by_one_character(texts, known_texts, known_codes)
    by_text = dict(zip(known_texts, known_codes.tolist()))
    for at, text in enumerate(texts):
        if answers[at] == 0 and len(text) != _LENGTH:
            answers[at] = _by_length(text, by_text)
    result[strange] = answers[inverse]
    return result


def _by_one_character(texts: list[str], known: list[str], known_codes: np.ndarray) -> np.ndarray:
    """The only known GSTIN that differs in one place, or in two neighbouring places that changed, or in look-alikes alone."""
    answers = np.zeros(len(texts), dtype=np.uint64)
    long_t = np.array([at for at, text in enumerate(texts) if len(text) == _LENGTH and text.isascii()], dtype=np.int64)
    long_k = np.array([at for at, text in enumerate(known) if len(text) == _LENGTH and text.isascii()], dtype=np.int64)
    if not len(long_t) or not len(long_k):
        return answers
    t_terms, k_terms = _terms([texts[at] for at in long_t]), _terms([known[at] for at in long_k])
    found: list[tuple[np.ndarray, np.ndarray]] = []
    with np.errstate(over="ignore"):
        t_sum, k_sum = t_terms.place.sum(axis=1), k_terms.place.sum(axis=1)
        for place in range(_LENGTH):
            found.append(pairs_on(mixed(k_sum - k_terms.place[:, place]), mixed(t_sum - t_terms.place[:, place]), 10**4))
        for place in range(_LENGTH - 1):
            k_two = k_sum - k_terms.place[:, place : place + 2].sum(axis=1) + k_terms.anywhere[:, place : place + 2].sum(axis=1)
            t_two = t_sum - t_terms.place[:, place : place + 2].sum(axis=1) + t_terms.anywhere[:, place : place + 2].sum(axis=1)
            found.append(pairs_on(mixed(k_two), mixed(t_two), 10**4))
    folded_t = text_codes(pa.array([texts[at].translate(_FOLD) for at in long_t], type=pa.large_string()))
    folded_k = text_codes(pa.array([known[at].translate(_FOLD) for at in long_k], type=pa.large_string()))
    found.append(pairs_on(folded_k, folded_t, 10**4))
    pairs = np.unique(np.concatenate([t * len(long_k) + k for k, t in found]))
    at_t, at_k = pairs // len(long_k), pairs % len(long_k)
    single = np.bincount(at_t, minlength=len(long_t))[at_t] == 1
    answers[long_t[at_t[single]]] = known_codes[long_k[at_k[single]]]
    return answers


_FOLD: Final = str.maketrans("OQDILSBZG", "000115826")


class _terms:
    """Codes of every character in its place, and of the character alone."""

    def __init__(self, texts: list[str]) -> None:
        characters = np.array(texts, dtype=f"S{_LENGTH}").view(np.uint8).reshape(len(texts), _LENGTH).astype(np.uint64)
        with np.errstate(over="ignore"):
            self.place = mixed(characters + np.arange(1, _LENGTH + 1, dtype=np.uint64) * np.uint64(256))
            self.anywhere = mixed(characters + np.uint64(10**6))


def _by_length(text: str, known: dict[str, int]) -> int:
    """One character too many or too few."""
    if len(text) == _LENGTH + 1:
        hits = {shorter for at in range(len(text)) if (shorter := text[:at] + text[at + 1 :]) in known}
    elif len(text) == _LENGTH - 1:
        hits = {longer for at in range(_LENGTH) for c in ALPHABET if (longer := text[:at] + c + text[at:]) in known}
    else:
        return 0
    valid = {hit for hit in hits if is_valid(hit)} or hits
    return known[valid.pop()] if len(valid) == 1 else 0
