"""Document numbers under the eyes of an accountant: what is the same number, written otherwise.

`GST/24-25/000451` has the runs GST 24 25 451; without the year it is GST 451; its serial is 451. Each of these is kept as a
code (see `hashing`), so that numbers are compared by the million. Nothing here is ever shown or written: the number itself stays as typed.
Source: IMS reference 8.3 (sixteen characters, unique per supplier, series and financial year).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
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
_YEAR_SOMEWHERE: Final = rf"(?:^|\.)(?:20)?(?:{_PAIRS})"
_YEAR_NAMED: Final = rf"^(?:|.*\.)(?:20)?(?P<year>{_PAIRS})(?:\.|$|[0-9]{{3,}})"
_CALENDAR_YEAR: Final = r"(^|\.)20(?:1[7-9]|2[0-9]|3[0-5])(\.|$)"
_WORDS: Final = "INVOICE|INVNO|INV|BILLNO|BILL|BOE|BE|NUMBER|NUM|NOS|NO|TAX|DOC|REF|DTD|DT|DATED|VIDE|FY"
_NOISE: Final = rf"(^|\.)(?:{_WORDS})(?:\.(?:{_WORDS}))*(\.|$)"
_NO_NUMBER: Final = (r"^[^0-9A-Z]*(?:N\.?A\.?|NIL|NONE|NULL|NAN|0+|X{2,}|CASH|(?:AS )?PER (?:BILL|INVOICE)|(?:NO|WITHOUT) (?:BILL|INVOICE)|"
                     + "|".join(f"(?:20)?{year}[-/](?:20)?{year + 1}" for year in range(17, 36)) + r"|)[^0-9A-Z]*$")
"""What people write where they have no number; a financial year alone is none either."""
_TAIL: Final = (r"[ (\[]+(?:DTD?|DATED?|ON|OF)[. :]*[0-9]{1,2}[-./ ](?:[0-9]{1,2}|[A-Z]{3,9})[-./ ][0-9]{2,4}[)\]]*$"
                r"|[ (\[]+(?:PART|PT)?[. ]*[1-9] *(?:/|OF) *[2-9][)\]]*$"
                r"|[ /,(\[-]+(?:(?:AGST|AGAINST)[. ]*)?(?:P\.?O|W\.?O|P\.?R|ORDER|GRN|MRN|SRN|CHALLAN)[. :#/-]*(?:NO)?[. :#/-]*[0-9]{3,}[)\]]*$"
                r"|[ ,(\[]+LESS\b.*$")
"""What people put behind a number, a date, a part, an order, a note that was set off: 45 DTD 07-11-2025, 101 (2/3), 385/PO-52789, 506 LESS CN-5."""
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
MONTH_WORD: Final = re.compile(rf"(?<![A-Z])(?:{'|'.join((*_MONTHS, *_ROMAN))})(?![A-Z])")
"""Months as they stand in numbers: OCT/004, X/28/25."""
_EXCELS_DATE: Final = rf"^\s*(?:[0-9]{{1,2}}-(?:{'|'.join(_MONTHS)})|(?:{'|'.join(_MONTHS)})-[0-9]{{2}})\s*$"
"""What Excel makes of 25/10 and of 5/26: 25-Oct, May-26."""


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

    def take(self, rows: np.ndarray) -> CloserKeys:
        """Those numbers' codes, in that order."""
        parts = {item.name: getattr(self, item.name) for item in fields(self)}
        return CloserKeys(**{name: value[rows] if isinstance(value, np.ndarray) else value.take(pa.array(rows)) for name, value in parts.items()})


def document_number_keys(numbers: Any, settings: Settings) -> NumberKeys:
    """The codes every number gets; `numbers` is an Arrow array of text."""
    text = _capitals(numbers)
    written = text_codes(text)
    text = _no_date(text)
    parted = pc.replace_substring_regex(text, r"[^0-9A-Z]+", ".")
    plain = pc.replace_substring(parted, ".", "")
    runs = pc.ascii_trim(_runs(parted), characters=".")
    if settings.strip_zeros:
        runs = _without_zeros(runs)
    return NumberKeys(written, text_codes(plain), text_codes(runs), runs, plain)


def closer_keys(numbers: Any, settings: Settings) -> CloserKeys:
    """The costlier codes of an Arrow array of numbers."""
    words = _changed_where(_no_date(_capitals(numbers)), _TAIL, _TAIL, "")
    text = pc.ascii_trim(_runs(pc.replace_substring_regex(words, r"[^0-9A-Z]+", ".")), characters=".")
    bare = text
    if settings.strip_year:
        # PT-23-24-25 is number 23 of 2024-25: of two readings the later one is the year.
        for test, pattern, kept in _YEAR_FORMS:
            bare = _changed_where(bare, test, pattern, kept)
    if settings.strip_prefix:
        bare = _changed_where(bare, _NOISE, _NOISE, ".", least="[0-9A-Z]")
    year = _year_named(text) if settings.strip_year else np.zeros(len(text), dtype=np.int64)
    unyeared = _without_zeros(bare) if settings.strip_zeros else bare
    serial, beside = _serials(bare)
    stem = pc.replace_substring_regex(unyeared, r"\.(?:[0-9]{1,2}|[A-Z]{1,4}|[A-Z]\.[0-9]{1,2})$", "")
    stem = pc.if_else(pc.match_substring_regex(stem, "[0-9]"), stem, "")
    plain = pc.replace_substring(text, ".", "")
    plain_stem = pc.replace_substring(pc.replace_substring_regex(text, r"\.(?:[0-9]{1,2}|[A-Z])$", ""), ".", "")
    plain_stem = pc.if_else(pc.equal(plain_stem, plain), pa.scalar("", pa.large_string()), plain_stem)
    folded = _folded(plain) if settings.look_alikes else plain
    digits = pc.if_else(pc.and_(pc.less_equal(pc.binary_length(serial), 18), pc.not_equal(serial, "")), serial, pa.scalar("-1", pa.large_string()))
    value = pc.cast(digits, pa.int64())
    return CloserKeys(
        unyeared=text_codes(unyeared), serial=text_codes(serial), beside=text_codes(pc.ascii_ltrim(beside, characters="0")), letters=text_codes(pc.replace_substring_regex(unyeared, "[^A-Z]+", "")),
        stem=text_codes(stem), plain_stem=text_codes(plain_stem), folded=text_codes(folded), year=year, serial_length=np.asarray(pc.binary_length(serial)).astype(np.int64),
        serial_value=np.asarray(value), unyeared_text=unyeared,
    )


def month_free(unyeared: Any, day: np.ndarray) -> np.ndarray:
    """Codes of the runs without the month and the year of the document's own date (0 where no digit is left); another month has another code.

    OCT/004/25, X/4 and 10/04, all of October 2025, are the 4 of that month.
    """
    told: list[str] = []
    for text, month in zip(unyeared.to_pylist(), months(day).tolist()):
        year, at = month // 12 + 1970, month % 12
        of_month = (str(at + 1), _MONTHS[at], _ROMAN[at])
        runs = text.split(".")
        place = next((k for k in range(len(runs) - 1, -1, -1) if runs[k] in of_month and len(runs) > 1), None)
        left = runs if place is None else runs[:place] + runs[place + 1 :]
        if len(left) > 1 and left[-1] in (str(year), str(year % 100)):
            left = left[:-1]
        told.append(f"{month}.{'.'.join(left)}" if any(run.isdigit() for run in left) else "")
    return text_codes(pa.array(told, type=pa.large_string()))


def months(day: np.ndarray) -> np.ndarray:
    """Months since 1970 of days since 1970."""
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


_YEAR_FORMS: Final = (   # where to look (quick), what to take out, what to leave
    (rf"(^|\.)(?:FY\.?|F\.Y\.)?(?:{_YEARS})(\.|$)", _YEAR_RUNS, r"\1\2"),
    (_YEAR_IN_FRONT, _YEAR_IN_FRONT, r"\1\2"),
    (_YEAR_BEHIND, _YEAR_BEHIND, r"\1\2\3"),
    (_CALENDAR_YEAR, _CALENDAR_YEAR, "."),
)


def _changed_where(text: Any, test: str, pattern: str, kept: str, least: str = "[0-9]") -> Any:
    """The text with `pattern` taken out where `test` finds it and enough is left: a year that is the only run of digits is no year but the number."""
    found = pc.match_substring_regex(text, test)
    if not pc.any(found).as_py():
        return text
    some = text.filter(found)
    fewer = pc.ascii_trim(pc.replace_substring(pc.replace_substring_regex(some, pattern, kept), "..", "."), characters=".")
    return pc.replace_with_mask(text, found, pc.if_else(pc.match_substring_regex(fewer, least), fewer, some))


def _serials(bare: Any) -> tuple[Any, Any]:
    """The serial of every number (the last run of three digits or more, else the last run) without leading zeros, and the digits beside it."""
    head = pc.replace_substring_regex(bare, "[^0-9]+$", "")
    run = pc.replace_substring_regex(head, "^.*[^0-9]", "")
    beside = pc.replace_substring_regex(pc.replace_substring_regex(head, "[0-9]+$", ""), "[^0-9]+", "")
    short = pc.and_(pc.less(pc.binary_length(run), 3), pc.match_substring_regex(head, "[0-9]{3}"))
    if pc.any(short).as_py():
        some = bare.filter(short)
        longer = pc.struct_field(pc.extract_regex(some, r"^(?:.*[^0-9])?(?P<run>[0-9]{3,})(?:[^0-9].*)?$"), "run")
        others = pc.replace_substring_regex(pc.replace_substring_regex(some, r"^(.*[^0-9])?[0-9]{3,}([^0-9].*)?$", r"\1.\2"), "[^0-9]+", "")
        run, beside = pc.replace_with_mask(run, short, pc.fill_null(longer, "")), pc.replace_with_mask(beside, short, others)
    return pc.ascii_ltrim(run, characters="0"), beside


def _year_named(runs: Any) -> np.ndarray:
    years = np.zeros(len(runs), dtype=np.int64)
    where = np.flatnonzero(pc.match_substring_regex(runs, _YEAR_SOMEWHERE).to_numpy(zero_copy_only=False))
    found = pc.struct_field(pc.extract_regex(runs.take(pa.array(where)), _YEAR_NAMED), "year")
    years[where] = np.asarray(pc.cast(pc.fill_null(pc.utf8_slice_codeunits(found, 0, 2), "0"), pa.int64()))
    return years


def _capitals(numbers: Any) -> Any:
    text = numbers
    unusual = pc.match_substring_regex(text, r"[^\x20-\x7e]")
    if pc.any(unusual).as_py():
        plain = [value if value.isascii() else unicodedata.normalize("NFKC", value) for value in text.to_pylist()]
        text = pc.replace_substring_regex(pa.array(plain, type=pa.large_string()), "[\u200b-\u200f\u2060\ufeff\u00ad]", "")
    # Excel turns a number without letters into 123.0
    text = pc.replace_substring_regex(pc.utf8_upper(text), r"^\s*'?([0-9]+)\.0+\s*$", r"\1")
    none = pc.match_substring_regex(text, _NO_NUMBER)
    return pc.if_else(none, pa.scalar("", pa.large_string()), text) if pc.any(none).as_py() else text


def _no_date(text: Any) -> Any:
    """Numbers that Excel took for dates as they were before."""
    date = pc.match_substring_regex(text, _EXCELS_DATE)
    if not pc.any(date).as_py():
        return text
    some = text.filter(date)
    for month, name in enumerate(_MONTHS, 1):
        some = pc.replace_substring(some, name, str(month))
    return pc.replace_with_mask(text, date, some)


def _runs(parted: Any) -> Any:
    return pc.replace_substring_regex(pc.replace_substring_regex(parted, r"([A-Z])([0-9])", r"\1.\2"), r"([0-9])([A-Z])", r"\1.\2")


def _without_zeros(runs: Any) -> Any:
    return pc.replace_substring_regex(runs, r"(^|\.)0+([0-9])", r"\1\2")


def _folded(plain: Any) -> Any:
    for letter, digit in zip("OQDILSBZG", "000115826"):
        plain = pc.replace_substring(plain, letter, digit)
    return pc.ascii_ltrim(plain, characters="0")
