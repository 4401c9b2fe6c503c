"""Document numbers under the eyes of an accountant: what is the same number, written otherwise.

`GST/24-25/000451` has the runs GST 24 25 451; without the year it is GST 451; its serial is 451. Each of these is kept as a
code (see `hashing`), so that numbers are compared by the million. Nothing here is ever shown or written: the number itself stays as typed.
Source: IMS reference 8.3 (sixteen characters, unique per supplier, series and financial year).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching.hashing import text_codes
from ims_xl.settings import Settings

_YEARS: Final = "|".join(f"(?:20)?{year}\\.?(?:20)?{year + 1}" for year in range(17, 36))
_YEAR_RUNS: Final = rf"^(|.*\.)(?:FY\.?|F\.Y\.)?(?:{_YEARS})(|\..*)$"
_YEAR_IN_FRONT: Final = rf"(^|\.)(?:{_YEARS.replace(chr(92) + '.?', '')})([0-9]{{3,}})"
_YEAR_BEHIND: Final = rf"(^|\.)([0-9]{{3,}})(?:{'|'.join(f'20{year}{year + 1}' for year in range(17, 36))})(\.|$)"
_PAIRS: Final = "|".join(f"{year}\\.?(?:20)?{year + 1}" for year in range(17, 36))
_YEAR_NAMED: Final = rf"^(?:|.*\.)(?:20)?(?P<year>{_PAIRS})(?:\.|$|[0-9]{{3,}})"
_CALENDAR_YEAR: Final = r"(^|\.)20(?:1[7-9]|2[0-9]|3[0-5])(\.|$)"
_WORDS: Final = "INVOICE|INVNO|INV|BILLNO|BILL|BOE|BE|NUMBER|NUM|NOS|NO|TAX|DOC|REF|DTD|DT|DATED|VIDE|FY"
_NOISE: Final = rf"(^|\.)(?:{_WORDS})(?:\.(?:{_WORDS}))*(\.|$)"


@dataclass(frozen=True)
class NumberKeys:
    """Codes of one column of document numbers (uint64, 0 = nothing of this kind) and the texts they stand for (Arrow)."""

    written: np.ndarray
    """As written, in capitals."""
    plain: np.ndarray
    """Letters and digits only."""
    runs: np.ndarray
    """Runs of letters and of digits, leading zeros of every run dropped."""
    runs_text: Any
    plain_text: Any

    def take(self, rows: np.ndarray) -> NumberKeys:
        where = pa.array(rows)
        return NumberKeys(self.written[rows], self.plain[rows], self.runs[rows], self.runs_text.take(where), self.plain_text.take(where))


@dataclass(frozen=True)
class CloserKeys:
    """The costlier codes, made only for numbers that found no partner at first sight."""

    unyeared: np.ndarray
    """Runs without the financial year and without words such as INV or BILL NO."""
    serial: np.ndarray
    """The last run of three digits or more that is not the year, else the last run of digits."""
    beside: np.ndarray
    """The digits beside the serial: a branch or a month."""
    letters: np.ndarray
    """The letters of the number without year and words: its series."""
    stem: np.ndarray
    """`unyeared` without a last short run (451-1, 451A): a part of a split booking."""
    plain_stem: np.ndarray
    """`plain` without a last short run."""
    folded: np.ndarray
    """`plain` with look-alike characters made equal."""
    year: np.ndarray
    """The financial year that the number itself names (the year it began, 2024), 0 where it names none."""
    serial_length: np.ndarray
    serial_value: np.ndarray
    """The serial as int64, -1 where there is none."""
    unyeared_text: Any
    folded_text: Any


def document_number_keys(numbers: Any, settings: Settings) -> NumberKeys:
    """The codes every number gets; `numbers` is an Arrow array of text."""
    text = _capitals(numbers)
    written = text_codes(text)
    parted = pc.replace_substring_regex(text, r"[^0-9A-Z]+", ".")
    plain = pc.replace_substring(parted, ".", "")
    runs = pc.ascii_trim(_runs(parted), characters=".")
    if settings.strip_zeros:
        runs = _without_zeros(runs)
    return NumberKeys(written, text_codes(plain), text_codes(runs), runs, plain)


def closer_keys(numbers: Any, settings: Settings) -> CloserKeys:
    """The costlier codes of an Arrow array of numbers."""
    text = pc.ascii_trim(_runs(pc.replace_substring_regex(_capitals(numbers), r"[^0-9A-Z]+", ".")), characters=".")
    bare = text
    if settings.strip_year:
        # PT-23-24-25 is number 23 of 2024-25: of two readings the later one is the year.
        for pattern, kept in ((_YEAR_RUNS, r"\1\2"), (_YEAR_IN_FRONT, r"\1\2"), (_YEAR_BEHIND, r"\1\2\3"), (_CALENDAR_YEAR, ".")):
            fewer = pc.ascii_trim(pc.replace_substring(pc.replace_substring_regex(bare, pattern, kept), "..", "."), characters=".")
            # A year that is the only run of digits is no year: it is the number.
            bare = pc.if_else(pc.match_substring_regex(fewer, "[0-9]"), fewer, bare)
    if settings.strip_prefix:
        fewer = pc.ascii_trim(pc.replace_substring_regex(bare, _NOISE, "."), characters=".")
        bare = pc.if_else(pc.match_substring_regex(fewer, "[0-9A-Z]"), fewer, bare)
    year = _year_named(text) if settings.strip_year else np.zeros(len(text), dtype=np.int64)
    unyeared = _without_zeros(bare) if settings.strip_zeros else bare
    long_run = pc.struct_field(pc.extract_regex(bare, r"^(?:.*[^0-9])?(?P<run>[0-9]{3,})(?:[^0-9].*)?$"), "run")
    last_run = pc.struct_field(pc.extract_regex(bare, r"^(?:.*[^0-9])?(?P<run>[0-9]+)[^0-9]*$"), "run")
    serial = pc.ascii_ltrim(pc.fill_null(pc.coalesce(long_run, last_run), ""), characters="0")
    without_long = pc.replace_substring_regex(bare, r"^(.*[^0-9])?[0-9]{3,}([^0-9].*)?$", r"\1.\2")
    without_last = pc.replace_substring_regex(bare, r"^(.*[^0-9])?[0-9]+([^0-9]*)$", r"\1.\2")
    beside = pc.replace_substring_regex(pc.if_else(pc.equal(pc.fill_null(long_run, ""), ""), without_last, without_long), "[^0-9]+", "")
    stem = pc.replace_substring_regex(unyeared, r"\.(?:[0-9]{1,2}|[A-Z]{1,4}|[A-Z]\.[0-9]{1,2})$", "")
    stem = pc.if_else(pc.match_substring_regex(stem, "[0-9]"), stem, "")
    plain = pc.replace_substring(text, ".", "")
    plain_stem = pc.replace_substring(pc.replace_substring_regex(text, r"\.(?:[0-9]{1,2}|[A-Z])$", ""), ".", "")
    plain_stem = pc.if_else(pc.equal(plain_stem, plain), pa.scalar("", pa.large_string()), plain_stem)
    folded = _folded(plain) if settings.look_alikes else plain
    digits = pc.if_else(pc.less_equal(pc.binary_length(serial), 18), serial, "")
    value = pc.cast(pc.if_else(pc.equal(digits, ""), "-1", digits), pa.int64())
    return CloserKeys(
        unyeared=text_codes(unyeared), serial=text_codes(serial), beside=text_codes(pc.ascii_ltrim(beside, characters="0")), letters=text_codes(pc.replace_substring_regex(unyeared, "[^A-Z]+", "")),
        stem=text_codes(stem), plain_stem=text_codes(plain_stem), folded=text_codes(folded), year=year, serial_length=np.asarray(pc.binary_length(serial)).astype(np.int64),
        serial_value=np.asarray(value), unyeared_text=unyeared, folded_text=folded,
    )


def _year_named(runs: Any) -> np.ndarray:
    found = pc.struct_field(pc.extract_regex(runs, _YEAR_NAMED), "year")
    return np.asarray(pc.cast(pc.fill_null(pc.utf8_slice_codeunits(found, 0, 2), "0"), pa.int64()))


def _capitals(numbers: Any) -> Any:
    text = numbers
    unusual = pc.match_substring_regex(text, r"[^\x20-\x7e]")
    if pc.any(unusual).as_py():
        plain = [value if value.isascii() else unicodedata.normalize("NFKC", value) for value in text.to_pylist()]
        text = pc.replace_substring_regex(pa.array(plain, type=pa.large_string()), "[\u200b-\u200f\u2060\ufeff\u00ad]", "")
    # Excel turns a number without letters into 123.0
    return pc.replace_substring_regex(pc.utf8_upper(text), r"^\s*'?([0-9]+)\.0+\s*$", r"\1")


def _runs(parted: Any) -> Any:
    return pc.replace_substring_regex(pc.replace_substring_regex(parted, r"([A-Z])([0-9])", r"\1.\2"), r"([0-9])([A-Z])", r"\1.\2")


def _without_zeros(runs: Any) -> Any:
    return pc.replace_substring_regex(runs, r"(^|\.)0+([0-9])", r"\1\2")


def _folded(plain: Any) -> Any:
    for pattern, digit in (("[OQD]", "0"), ("[IL]", "1"), ("S", "5"), ("B", "8"), ("Z", "2"), ("G", "6")):
        plain = pc.replace_substring_regex(plain, pattern, digit)
    return pc.ascii_ltrim(plain, characters="0")
