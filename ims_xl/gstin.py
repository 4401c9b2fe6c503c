"""GSTINs: form, check character, state, PAN and kind.

`check_character("27AAKCB4321Q1Z")` is "A". Shapes per the portal's own patterns; UIN, non-resident and OIDAR numbers
follow other check schemes, so only their form is tested.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}


class GstinKind(StrEnum):
    REGULAR = "regular"
    GOVERNMENT = "government"
    TDS = "tax deductor"
    TCS = "e-commerce collector"
    UIN = "UIN"
    NON_RESIDENT = "non-resident"
    OIDAR = "OIDAR"


_PATTERNS: Final = (
    (GstinKind.OIDAR, re.compile(r"99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]")),
    (GstinKind.NON_RESIDENT, re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}NR[0-9A-Z]")),
    (GstinKind.UIN, re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[0-9A-Z]")),
    (GstinKind.TDS, re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]D[0-9A-Z]")),
    (GstinKind.TCS, re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]C[0-9A-Z]")),
    (GstinKind.REGULAR, re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]")),
    (GstinKind.GOVERNMENT, re.compile(r"[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][0-9]Z[0-9]")),
)
_OWN_SCHEME: Final = {GstinKind.UIN, GstinKind.NON_RESIDENT, GstinKind.OIDAR, GstinKind.GOVERNMENT}


def check_character(first_fourteen: str) -> str:
    """The fifteenth character (mod 36, factors 1 2 1 2 ...)."""
    total = 0
    for position, character in enumerate(first_fourteen):
        product = _VALUE[character] * (2 if position % 2 else 1)
        total += product // 36 + product % 36
    return ALPHABET[(36 - total % 36) % 36]


@lru_cache(maxsize=65536)
def kind(gstin: str) -> GstinKind | None:
    """What sort of number this is, or None where it has no valid form."""
    for name, pattern in _PATTERNS:
        if pattern.fullmatch(gstin):
            return name
    return None


@lru_cache(maxsize=65536)
def is_valid(gstin: str) -> bool:
    """Form and check character are right."""
    found = kind(gstin)
    if found is None:
        return False
    return found in _OWN_SCHEME or check_character(gstin[:14]) == gstin[14]


def pan(gstin: str) -> str:
    """Characters 3 to 12, or "" where there is no PAN to see."""
    return gstin[2:12] if kind(gstin) in (GstinKind.REGULAR, GstinKind.TDS, GstinKind.TCS) else ""


def state_code(gstin: str) -> str:
    """The first two digits."""
    return gstin[:2]
