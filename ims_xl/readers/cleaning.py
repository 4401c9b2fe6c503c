"""Columns of raw cells become typed columns: paise, dates, GSTINs, trimmed text. Every reader cleans at this door, once.

A pandas Series of text comes in, an array of the same length goes out, beside a mask of the cells that cannot be read:
`to_paise(["1,23,456.50", "(10)", "n/a"])` is `[12345650, -1000, 0]` with `[False, False, True]`. The common forms are read
by column; whatever is left is read once per distinct value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.distinct import has_other
from ims_xl.vocabulary import Problem

LONGEST_TEXT: Final = 32767
"""UTF-16 units that a cell of Excel holds."""
LARGEST_RUPEES: Final = 10**13
"""The portal's amounts have at most 13 digits before the point; anything larger was never an amount."""

_SPACES: Final = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DASHES: Final = "\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d\u00ad"
_INVISIBLE: Final = "\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_PRINTED: Final = bytes(range(0x20, 0x7F))
_IN_GSTINS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def clean_text(series: pd.Series) -> pd.Series:
    """Trimmed text: Unicode spaces and dashes become ' ' and '-', line breaks a space, invisible characters vanish; "" for blank."""
    text = _text(series)
    if has_other(text, _PRINTED):
        text = pc.replace_substring_regex(text, f"[\\t\\n\\x0b\\x0c\\r{_SPACES}]", " ")
        text = pc.replace_substring_regex(text, f"[{_DASHES}]", "-")
        text = pc.replace_substring_regex(text, f"[{_INVISIBLE}]", "")
    return _series(pc.ascii_trim_whitespace(text), series.index)


def cut_texts(ledger: pd.DataFrame, names: Sequence[str]) -> list[Problem]:
    """A problem for every text that is longer than a cell of Excel may be: the workbook shows it without its end."""
    found = []
    for name in names:
        lengths = pc.utf8_length(_text(ledger[name]))
        if (pc.max(lengths).as_py() or 0) * 2 > LONGEST_TEXT:
            for at, text in enumerate(ledger[name]):
                units = len(str(text).encode("utf-16-le", "replace")) // 2
                if units > LONGEST_TEXT:
                    row = ledger.iloc[at]
                    message = f"the text has {units:,} characters and a cell of Excel holds {LONGEST_TEXT:,}; its end is cut off in the workbook"
                    found.append(Problem(row["source_file"], row["source_sheet"] or row.get("section", ""), int(row["source_row"]), name, message))
    return found


def to_gstins(series: pd.Series) -> pd.Series:
    """GSTINs in capitals without any space, dash, dot or invisible character; a lone dash is blank. Their form is not judged here."""
    text = _text(series)
    if has_other(text, _IN_GSTINS):
        text = _by_distinct_value(text, lambda value: re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", value)).upper())
    return _series(text, series.index)


def to_paise(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Whole paise (int64, halves away from zero) and the mask of cells that are no amount (0 there).

    Blank, "-" and "nil" are zero; (10), 10- and "10 Cr" are negative, "10 Dr" is positive: in a purchase register debits add to the
    credit taken. Indian and Western grouping, currency signs and scientific notation are read; NaN, infinity and more than 13 digits are bad.
    """
    text = pc.ascii_trim_whitespace(_text(series))
    paise = np.zeros(len(text), dtype=np.int64)
    bad = np.zeros(len(text), dtype=bool)
    done = _plain_amounts(text, np.arange(len(text)), paise)
    rest = np.flatnonzero(~done & (_numbers(pc.binary_length(text)) > 0))
    if len(rest):
        rest = rest[~_dressed_amounts(text.take(pa.array(rest)), rest, paise)]
    if len(rest):
        codes, values = _distinct(text.take(pa.array(rest)))
        read = [_paise_of(value) for value in values]
        paise[rest] = np.array([value or 0 for value in read], dtype=np.int64)[codes]
        bad[rest] = np.array([value is None for value in read], dtype=bool)[codes]
    return paise, bad


def to_dates(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Dates (datetime64[s], NaT = blank) and the mask of cells that are no date between 1950 and 2099 (NaT there).

    Day first unless only month-first is possible (03/15/2026); also year first, month names, two-digit years (20xx), times behind the
    date (dropped), and Excel serials 20000 to 70000.
    """
    text = pc.ascii_trim_whitespace(_text(series))
    # Times are cut off first, so that a column of moments has no more distinct values than it has days.
    if (pc.max(pc.binary_length(text)).as_py() or 0) > len("2026-10-01"):
        text = pc.replace_substring_regex(text, r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.,+Z-]+$", r"\1")
    codes, values = _distinct(text)
    read = [_date_of(value) for value in values]
    days = np.array([np.datetime64("NaT", "s") if day is None else np.datetime64(day, "s") for day in read], dtype="datetime64[s]")
    bad = np.array([day is None and bool(_printable(value).strip("'- ")) for day, value in zip(read, values)], dtype=bool)
    if not len(values):
        return np.zeros(len(text), dtype="datetime64[s]"), np.zeros(len(text), dtype=bool)
    return days[codes], bad[codes]


_PLAIN: Final = r"^-?[0-9]{1,13}(\.[0-9]{0,2})?$"
_IN_GROUPS: Final = r"^-?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]*)?$"
_LONG_TAIL: Final = r"^(?P<sign>-?)(?P<rupees>[0-9]{1,13})\.(?P<paise>[0-9]{2})(?P<next>[0-9])[0-9]*$"


def _plain_amounts(text: Any, rows: np.ndarray, paise: np.ndarray) -> np.ndarray:
    """Writes the amounts of digits, point and sign alone into `paise` at `rows`; the mask of the cells that were of this form."""
    plain = _mask(pc.match_substring_regex(text, _PLAIN))
    # A double holds any amount below ten lakh crore to a hundredth of a paisa, so rounding its hundredfold gives the paise exactly.
    paise[rows[plain]] = np.rint(_numbers(pc.cast(text.filter(pa.array(plain)), pa.float64())) * 100).astype(np.int64)
    return plain


def _dressed_amounts(text: Any, rows: np.ndarray, paise: np.ndarray) -> np.ndarray:
    """The same for amounts with a currency sign, grouping, brackets, Dr or Cr, or more than two decimals."""
    text = pc.replace_substring_regex(text, r"(?i)^(-?)\s*(?:₹|rs\.?|inr)\s*([0-9])", r"\1\2")
    text = pc.replace_substring_regex(text, r"(?i)\s*dr\.?$", "")
    text = pc.replace_substring_regex(text, r"(?i)^([0-9.,]+)\s*cr\.?$", r"-\1")
    text = pc.replace_substring_regex(text, r"^\(([0-9.,]+)\)$", r"-\1")
    text = pc.if_else(pc.match_substring_regex(text, _IN_GROUPS), pc.replace_substring(text, ",", ""), text)
    done = _plain_amounts(text, rows, paise)
    tail = pc.extract_regex(text, _LONG_TAIL)
    long = _mask(tail.is_valid())
    if long.any():
        tail = tail.filter(pa.array(long))
        whole, hundredths, following = (_numbers(pc.cast(pc.struct_field(tail, name), pa.int64())) for name in ("rupees", "paise", "next"))
        negative = _mask(pc.equal(pc.struct_field(tail, "sign"), "-"))
        paise[rows[long]] = (whole * 100 + hundredths + (following >= 5)) * np.where(negative, -1, 1)
    return np.asarray(done | long)


_NOUGHT: Final = {"", "-", "--", "nil", "zero", "0.00-"}
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_SCIENTIFIC: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?e[+-]?[0-9]{1,3}")


def _paise_of(text: str) -> int | None:
    """One amount in paise, or None where it is none."""
    value = _printable(text).lower()
    value = re.sub(r"₹|inr|rs\.?(?![a-z])|rupees?", "", value).replace(" ", "").replace("'", "")
    value = value.removesuffix("only").removesuffix("/-") if len(value) > 2 else value
    if value in _NOUGHT:
        return 0
    sign = 1
    if value.startswith("(") and value.endswith(")"):
        sign, value = -1, value[1:-1]
    ending = re.search(r"\(?(dr|cr)\.?\)?$", value)
    if ending:
        sign, value = (-sign if ending[1] == "cr" else sign), value[: ending.start()]
    if value[:1] in ("-", "+"):
        sign, value = (-sign if value[0] == "-" else sign), value[1:]
    elif value.endswith("-"):   # SAP writes the sign behind the number
        sign, value = -sign, value[:-1]
    if not (_GROUPED.fullmatch(value) or _SCIENTIFIC.fullmatch(value)):
        return None
    try:
        rupees = Decimal(value.replace(",", ""))
    except InvalidOperation:
        return None
    return None if rupees >= LARGEST_RUPEES else sign * int((rupees * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


_MONTHS: Final = {name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_FULL_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_SERIAL: Final = re.compile(r"([2-6][0-9]{4}|70000)(?:\.[0-9]+)?")
_TIME: Final = re.compile(r"[t ,]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:\.[0-9]+)?)? ?(?:am|pm|z|ist)?(?:[+-][0-9:]+)?$")
_EXCEL_EPOCH: Final = date(1899, 12, 30).toordinal()


def _date_of(text: str) -> date | None:
    """One date, or None where it is blank or none."""
    value = _printable(text).lower().strip("' ")
    serial = _SERIAL.fullmatch(value)
    if serial:
        return date.fromordinal(_EXCEL_EPOCH + int(serial[1]))
    value = _TIME.sub("", value)
    if re.fullmatch(r"[0-9]{8}", value):
        return _day(value[:4], value[4:6], value[6:]) or _day(value[4:], value[2:4], value[:2])
    value = re.sub(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[, ]+", "", value)
    value = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b", "", value)
    # 01Apr2026 and 1-Apr'26 fall into the same three parts as 01-Apr-2026.
    parts = re.findall(r"[0-9]+|[a-z]+", value)
    if len(parts) != 3 or re.sub(r"[0-9a-z]+", "", value).strip("-/., '"):
        return None
    first, second, third = parts
    if not first.isdigit():
        return _day(third, _month(first), second)
    if not second.isdigit():
        return _day(first, _month(second), third) if len(first) == 4 else _day(third, _month(second), first)
    if not third.isdigit():
        return None
    if len(first) == 4:
        return _day(first, second, third)
    return _day(third, second, first) or _day(third, first, second)


def _month(word: str) -> str:
    if not word.isalpha() or len(word) < 3:
        return ""
    number = _MONTHS.get(word[:3], 0)
    return str(number) if number and (_FULL_MONTHS[number - 1].startswith(word) or word == "sept") else ""


def _day(year: str, month: str, day: str) -> date | None:
    """The date, where year has two or four digits, lies in 1950 to 2099, and the day exists."""
    if len(year) not in (2, 4) or not (year.isdigit() and month.isdigit() and day.isdigit()) or len(day) > 2 or len(month) > 2:
        return None
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, int(month), int(day)) if 1950 <= number <= 2099 else None
    except ValueError:
        return None


def _printable(text: str) -> str:
    """One value with Unicode digits, spaces and dashes in their plain form and nothing invisible in it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = re.sub(f"[{_DASHES}]", "-", unicodedata.normalize("NFKC", re.sub(f"[{_SPACES}\t\n\r]", " ", text)))
    text = "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)   # १२३ and ١٢٣ too
    return re.sub(f"[{_INVISIBLE}]", "", text).strip()


def _text(series: pd.Series) -> Any:
    """The column as one Arrow array of text, "" for blank."""
    if not isinstance(series.dtype, pd.StringDtype):
        series = series.astype(object).where(series.notna(), "").astype(str)
    array = pa.array(series, type=pa.large_string(), from_pandas=True) if not hasattr(series.array, "__arrow_array__") else series.array.__arrow_array__()
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    array = array.cast(pa.large_string())
    return array.fill_null("") if array.null_count else array


def _series(array: Any, index: pd.Index) -> pd.Series:
    result = pd.Series(pd.array(array, dtype="str"))
    result.index = index
    return result


def _mask(array: Any) -> np.ndarray:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)


def _numbers(array: Any) -> np.ndarray:
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _distinct(text: Any) -> tuple[np.ndarray, list[str]]:
    """Position of each cell's value among the distinct values, and those values."""
    encoded = text.dictionary_encode()
    return _numbers(encoded.indices), encoded.dictionary.to_pylist()


def _by_distinct_value(text: Any, change: Callable[[str], str]) -> Any:
    codes, values = _distinct(text)
    return pa.array([change(value) for value in values], type=pa.large_string()).take(pa.array(codes))
