"""How alike a pair is: one level a field, points a level. The points are the evidence an accountant can read and add up.

Points are about ten times the logarithm of how much more often a level is seen in true pairs than in chance pairs of one
supplier. An amount that this supplier often bills says less than one it billed once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ims_xl.matching.documents import BLANK, NO_DAY, OWN, PLACED, Documents
from ims_xl.matching.numbers import MONTH_WORD, CloserKeys, NumberKeys, month_free, months
from ims_xl.settings import Settings

# levels, best first; the texts are what `--explain` prints
NUMBER: Final = ("as written", "the same but for case, signs and zeros", "the same without year or words", "the original's number", "look-alike characters",
                 "the same serial", "a part of it", "its ending", "the same in Excel's short form", "contained in it", "two characters changed places", "one character off", "the neighbouring number",
                 "the same serial of another series or year", "two characters off", "blank", "different", "another number of the same series")
NUMBER_POINTS: Final = np.array([41, 40, 37, 36, 34, 28, 26, 22, 26, 12, 12, 9, -12, 4, -6, 0, -12, -32], dtype=np.int64)
(N_WRITTEN, N_SAME, N_UNYEARED, N_ORIGINAL, N_FOLDED, N_SERIAL, N_PART, N_ENDING, N_SHORT, N_CONTAINED, N_SWAPPED, N_ONE_OFF, N_NEIGHBOUR, N_OTHER_SERIES, N_TWO_OFF, N_BLANK, N_DIFFERS, N_SIBLING) = range(18)

DATE: Final = ("equal", "the booking's date typed instead", "day and month changed places", "the same day of another year", "a month off", "near", "within five weeks",
               "the same financial year", "blank", "another financial year", "the day of booking in the next financial year")
DATE_POINTS: Final = np.array([20, 9, 12, 10, 4, -2, -8, -16, 0, -30, -16], dtype=np.int64)
D_EQUAL, D_POSTED, D_SWAPPED, D_YEAR, D_MONTH_OFF, D_NEAR, D_FIVE_WEEKS, D_SAME_YEAR, D_BLANK, D_OTHER_YEAR, D_LATE = range(11)
_LONGEST_WAIT: Final = 640
"""Days from a bill to the last booking that still gives credit: 30 November after its financial year (section 16(4))."""
D_EXPLAINED: Final = D_MONTH_OFF
"""Up to here a difference of dates has a reason that a person would guess."""

AMOUNT: Final = ("equal", "within tolerance", "equal but for cess", "equal tax under another head", "equal to the amounts before the amendment", "equal taxable value only", "equal tax only", "in proportion", "different")
AMOUNT_POINTS: Final = np.array([24, 23, 22, 18, 18, 12, 8, -4, -16], dtype=np.int64)
A_EQUAL, A_TOLERANCE, A_CESS, A_HEAD, A_FORMER, A_TAXABLE, A_TAX, A_SCALED, A_DIFFERS = range(9)

SUPPLIER: Final = ("same GSTIN", "GSTIN one slip away", "another branch of the PAN", "GSTIN blank in books", "own GSTIN in books", "another GSTIN")
SUPPLIER_POINTS: Final = np.array([20, 12, 10, 2, 2, -10], dtype=np.int64)
S_SAME, S_SLIP, S_PAN, S_BLANK, S_OWN, S_OTHER = range(6)

RARE_POINTS: Final = ((0, 20), (1, 14), (2, 7), (4, 0), (9, -7), (10**9, -14))
"""(documents of the supplier with this taxable value, at most; points). 0 stands for once, with a supplier whose amounts hardly ever repeat."""
NAME_POINTS: Final = 12
DIRECTION_POINTS: Final = -25
DOUBT_POINTS: Final = -4
RECIPIENT_POINTS: Final = -3
LAW_POINTS: Final = 12
"""A supplier's number occurs once in a financial year (rule 46(b)): the same number in the same year is the same document, whatever else differs."""


@dataclass(frozen=True)
class Evidence:
    """Columns of equal length, one row a compared pair."""

    portal: np.ndarray
    books: np.ndarray
    number: np.ndarray
    date: np.ndarray
    amount: np.ndarray
    supplier: np.ndarray
    rarity: np.ndarray
    """How many documents carry this taxable value, in the supplier (or, across suppliers, among the leftovers)."""
    points: np.ndarray
    days: np.ndarray
    """Days between the two dates, 9999 where one is blank."""

    def __len__(self) -> int:
        return len(self.portal)

    def take(self, rows: np.ndarray) -> Evidence:
        return Evidence(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})


def compare(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, at_p: np.ndarray, at_b: np.ndarray, rarity: np.ndarray,
            alias: np.ndarray | None, settings: Settings, least: int) -> Evidence:
    """The evidence of every pair; `rarity` is per portal document; numbers are looked at letter by letter only where a pair could still reach `least`."""
    supplier = _supplier_level(portal, books, at_p, at_b, alias)
    amount = amount_levels(portal.money[at_p], books.money[at_b], settings)
    former = (np.abs(portal.former[at_p] - books.money[at_b]) <= tolerances(settings)).all(axis=1)
    amount[former & (amount > A_FORMER)] = A_FORMER
    date, days = date_levels(portal.day[at_p], books.day[at_b], books.posted[at_b], settings)
    rare = np.zeros(int(min(rarity.max(initial=1), 10)) + 1, dtype=np.int64)
    for most, points in reversed(RARE_POINTS):
        rare[: min(most, len(rare) - 1) + 1] = points
    rare_points = np.where(amount <= A_TAXABLE, rare[np.minimum(rarity[at_p], len(rare) - 1)], 0)
    alone = portal.lone_day[at_p] & (date == D_EQUAL) & (amount <= A_TOLERANCE) & (supplier == S_SAME)
    rare_points = np.where(alone, np.maximum(rare_points, 0), rare_points)   # a rent is one of many, but the only one of its day
    points = SUPPLIER_POINTS[supplier] + AMOUNT_POINTS[amount] + DATE_POINTS[date] + rare_points
    points += np.where((supplier != S_SAME) & (portal.name[at_p] == books.name[at_b]) & (portal.name[at_p] != 0), NAME_POINTS, 0)
    points += np.where(portal.direction[at_p] != books.direction[at_b], np.where(books.doubtful_kind[at_b] | portal.doubtful_kind[at_p], DOUBT_POINTS, DIRECTION_POINTS), 0)
    points += np.where((portal.recipient[at_p] != books.recipient[at_b]) & (books.recipient[at_b] != 0), RECIPIENT_POINTS, 0)
    number = _number_levels(portal, books, portal_keys, books_keys, at_p, at_b, points + int(NUMBER_POINTS[N_ENDING]) >= least, settings.strip_prefix)
    by_law = (number <= N_UNYEARED) & portal.lone_number[at_p] & (supplier == S_SAME) & (portal.year[at_p] == books.year[at_b]) & (amount > A_TOLERANCE)
    return Evidence(at_p, at_b, number, date, amount, supplier, rarity[at_p], points + NUMBER_POINTS[number] + np.where(by_law, LAW_POINTS, 0), days)


def amount_levels(portal: np.ndarray, books: np.ndarray, settings: Settings) -> np.ndarray:
    """Levels of AMOUNT for two (rows, 5) arrays of paise."""
    off = np.abs(portal - books)
    within = off <= tolerances(settings)
    taxable = within[:, 0]
    taxes = portal[:, 1:4].sum(axis=1), books[:, 1:4].sum(axis=1)
    same_tax = np.abs(taxes[0] - taxes[1]) <= max(settings.igst_tolerance, settings.cgst_tolerance, settings.sgst_tolerance) * 2
    level = np.full(len(portal), A_DIFFERS, dtype=np.int8)
    small, large = np.minimum(portal[:, 0], books[:, 0]), np.maximum(portal[:, 0], books[:, 0])
    close = (small > 0) & (small * 4 >= large * 3)
    steady = np.abs(taxes[0].astype(np.float64) * books[:, 0] - taxes[1].astype(np.float64) * portal[:, 0]) <= 0.02 * np.maximum(1, taxes[0].astype(np.float64) * books[:, 0])
    level[close & steady] = A_SCALED
    level[same_tax & (taxes[0] > 0)] = A_TAX
    level[taxable] = A_TAXABLE
    level[taxable & same_tax] = A_HEAD
    level[within[:, :4].all(axis=1)] = A_CESS
    level[within.all(axis=1)] = A_TOLERANCE
    level[(off == 0).all(axis=1)] = A_EQUAL
    return level


def one_slip_apart(portal: NumberKeys, books: NumberKeys, at_p: np.ndarray, at_b: np.ndarray) -> np.ndarray:
    """Whether the two numbers of each pair differ by one character, or by two that changed places, or not at all."""
    if not len(at_p):
        return np.zeros(0, dtype=bool)
    plain = _distance(_texts(portal.plain_text, at_p), _texts(books.plain_text, at_b))
    runs = _distance([t.replace(".", "") for t in _texts(portal.runs_text, at_p)], [t.replace(".", "") for t in _texts(books.runs_text, at_b)])
    return np.asarray(np.minimum(plain, runs) <= 1)


def another_registration(portal: Documents, books: Documents, at_p: np.ndarray, at_b: np.ndarray) -> np.ndarray:
    """Pairs whose two sides each name a recipient GSTIN, and not the same: credit stands only in the registration that the document names."""
    return np.asarray((portal.recipient[at_p] != books.recipient[at_b]) & (portal.recipient[at_p] != 0) & (books.recipient[at_b] != 0))


def tolerances(settings: Settings) -> np.ndarray:
    """Paise: taxable value, IGST, CGST, SGST, cess."""
    return np.array([settings.taxable_tolerance, settings.igst_tolerance, settings.cgst_tolerance, settings.sgst_tolerance, settings.cess_tolerance], dtype=np.int64)


def date_levels(portal: np.ndarray, books: np.ndarray, posted: np.ndarray, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Levels of DATE and the days between, for arrays of days since 1970; `posted` is the voucher's own date."""
    blank = (portal == NO_DAY) | (books == NO_DAY)
    days = np.where(blank, 9999, np.abs(portal - books))
    p_year, p_month, p_day = _calendar(portal)
    b_year, b_month, b_day = _calendar(books)
    level = np.where((p_year + (p_month > 3)) == (b_year + (b_month > 3)), D_SAME_YEAR, D_OTHER_YEAR).astype(np.int8)
    level[(level == D_OTHER_YEAR) & (books == posted) & (books > portal) & (days <= _LONGEST_WAIT)] = D_LATE
    level[days <= 35] = D_FIVE_WEEKS
    level[days <= settings.date_window] = D_NEAR
    level[(days >= 28) & (days <= 31) & (np.abs(p_day - b_day) <= 1)] = D_MONTH_OFF
    # 365 days before a day in January 2025 is the day after it in January 2024.
    level[((p_month == b_month) & (p_day == b_day) & (np.abs(p_year - b_year) <= 2)) | (np.abs(days - 365) <= 1)] = D_YEAR
    level[(p_year == b_year) & (p_month == b_day) & (p_day == b_month)] = D_SWAPPED
    level[(books == posted) & (books > portal) & (days <= 62)] = D_POSTED
    level[days == 0] = D_EQUAL
    level[blank] = D_BLANK
    return level, days


def _calendar(day: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64)
    return number // 12 + 1970, number % 12 + 1, (dates - months).astype(np.int64) + 1


def _supplier_level(portal: Documents, books: Documents, at_p: np.ndarray, at_b: np.ndarray, alias: np.ndarray | None) -> np.ndarray:
    level = np.full(len(at_p), S_OTHER, dtype=np.int8)
    standing = books.standing[at_b]
    level[standing == BLANK] = S_BLANK
    level[standing == OWN] = S_OWN
    level[(portal.pan[at_p] == books.pan[at_b]) & (standing == PLACED)] = S_PAN
    if alias is not None:
        level[(alias[at_b] != 0) & (alias[at_b] == portal.gstin[at_p])] = S_SLIP
    level[(portal.gstin[at_p] == books.gstin[at_b]) & (books.gstin[at_b] != 0)] = S_SAME
    return level


def _number_levels(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, at_p: np.ndarray, at_b: np.ndarray, promising: np.ndarray,
                   series_may_miss: bool) -> np.ndarray:
    """Levels of NUMBER: by codes for all, letter by letter for the promising."""
    level = np.full(len(at_p), N_DIFFERS, dtype=np.int8)

    def equal(p: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray((p[at_p] == b[at_b]) & (b[at_b] != 0))

    serial = equal(portal_keys.serial, books_keys.serial)
    one_series = (portal_keys.letters[at_p] == books_keys.letters[at_b]) | (series_may_miss & ((portal_keys.letters[at_p] == 0) | (books_keys.letters[at_b] == 0)))
    level[serial] = N_OTHER_SERIES
    level[serial & one_series] = N_SERIAL
    level[equal(portal_keys.folded, books_keys.folded)] = N_FOLDED
    level[equal(portal.original, books.numbers.runs)] = N_ORIGINAL
    level[equal(portal_keys.unyeared, books_keys.unyeared)] = N_UNYEARED
    # GST/24-25/7 and GST/25-26/7 name their years, A/03/7 and A/04/7 their months: two documents each.
    level[(level == N_UNYEARED) & _disagree(portal_keys.year[at_p], books_keys.year[at_b])] = N_OTHER_SERIES
    level[(level == N_SERIAL) & (_disagree(portal_keys.year[at_p], books_keys.year[at_b]) | _disagree(portal_keys.beside[at_p], books_keys.beside[at_b]))] = N_OTHER_SERIES
    part = equal(portal_keys.unyeared, books_keys.stem) | (series_may_miss & equal(portal_keys.serial, books_keys.stem)) | equal(portal.numbers.plain, books_keys.plain_stem)
    level[part & (level > N_PART)] = N_PART
    level[equal(portal.numbers.plain, books.numbers.plain) | equal(portal.numbers.runs, books.numbers.runs)] = N_SAME
    level[equal(portal.numbers.written, books.numbers.written)] = N_WRITTEN
    level[(level == N_DIFFERS) & (books.numbers.plain[at_b] == 0)] = N_BLANK
    open_question = np.flatnonzero(promising & ((level == N_DIFFERS) | (level >= N_PART) & (level != N_BLANK)))
    if len(open_question):
        level[open_question[_same_but_for_month(portal, books, portal_keys, books_keys, at_p[open_question], at_b[open_question])]] = N_UNYEARED
    closer = np.flatnonzero(promising & ((level == N_DIFFERS) | (level == N_OTHER_SERIES)))
    if len(closer):
        looked = _letter_by_letter(portal, books, portal_keys, books_keys, at_p[closer], at_b[closer], series_may_miss)
        level[closer] = np.where(level[closer] == N_DIFFERS, looked, np.minimum(level[closer], looked))
    return level


_ONLY_A_YEAR: Final = re.compile("|".join(f"(?:20)?{year}(?:20)?{year + 1}" for year in range(17, 36)))


def _disagree(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray((one != other) & (one != 0) & (other != 0))


def _letter_by_letter(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, at_p: np.ndarray, at_b: np.ndarray, series_may_miss: bool) -> np.ndarray:
    p_plain, b_plain = _texts(portal.numbers.plain_text, at_p), _texts(books.numbers.plain_text, at_b)
    p_runs = [text.replace(".", "") for text in _texts(portal.numbers.runs_text, at_p)]
    b_runs = [text.replace(".", "") for text in _texts(books.numbers.runs_text, at_b)]
    p_dotted, b_dotted = _texts(portal_keys.unyeared_text, at_p), _texts(books_keys.unyeared_text, at_b)
    p_bare, b_bare = [text.replace(".", "") for text in p_dotted], [text.replace(".", "") for text in b_dotted]
    level = np.full(len(at_p), N_DIFFERS, dtype=np.int8)
    off = np.minimum(np.minimum(_distance(p_plain, b_plain), _distance(p_runs, b_runs)), _distance(p_bare, b_bare))
    level[off == 2] = N_TWO_OFF
    steps = np.abs(portal_keys.serial_value[at_p] - books_keys.serial_value[at_b])
    level[off == 1] = np.where(((steps > 0) & (steps < 10))[off == 1], N_NEIGHBOUR, N_ONE_OFF)
    swapped = np.flatnonzero(off == 1)
    level[swapped[np.array([len(p_plain[k]) == len(b_plain[k]) and sorted(p_plain[k]) == sorted(b_plain[k]) for k in swapped.tolist()], dtype=bool)]] = N_SWAPPED
    level[np.array([len(b) >= 3 and (b in p or (len(p) >= 3 and p in b)) for p, b in zip(p_runs, b_runs)], dtype=bool)] = N_CONTAINED
    same_serial = np.flatnonzero(series_may_miss & _equal(portal_keys.serial[at_p], books_keys.serial[at_b]) & ~_disagree(portal_keys.year[at_p], books_keys.year[at_b]))
    if len(same_serial):
        compatible = [_one_series(p, b) for p, b in zip(_texts(portal_keys.unyeared_text, at_p[same_serial]), _texts(books_keys.unyeared_text, at_b[same_serial]))]
        level[same_serial[np.array(compatible, dtype=bool)]] = N_SERIAL
    short = np.array(["E" in b and _short_form(p, b) for p, b in zip(p_plain, _texts(books.number, at_b))], dtype=bool)
    # The same letters before the serial, or a bare serial in the neighbourhood: a number of the supplier's own series, and another one.
    serial = np.minimum(portal_keys.serial_value[at_p], books_keys.serial_value[at_b])
    beside = steps <= np.maximum(50, serial // 10)
    letters = portal_keys.letters[at_p] == books_keys.letters[at_b]
    longer = np.abs(portal_keys.serial_length[at_p] - books_keys.serial_length[at_b])
    one_form = (letters & (books_keys.letters[at_b] != 0) & (longer <= 1)) | ((letters | (books_keys.letters[at_b] == 0)) & beside)
    level[one_form & ((level == N_DIFFERS) | (level == N_TWO_OFF)) & (books_keys.serial[at_b] != 0)] = N_SIBLING
    level[np.array([len(b) >= 3 and p.endswith(b) and not _ONLY_A_YEAR.fullmatch(b) for p, b in zip(p_plain, b_plain)], dtype=bool)] = N_ENDING
    # IN1925260000393 ends in the serial 393, for zeros part it from the rest; V3189-YHY09-7 is YHY09-7 behind a code of the buyer's.
    level[series_may_miss & np.array([b.isdigit() and len(b) >= 3 and p.endswith("0" + b) for p, b in zip(p_plain, (text.lstrip("0") for text in b_plain))], dtype=bool)] = N_SERIAL
    level[series_may_miss & np.array([len(p) >= 4 and (f".{b}".endswith(f".{p}") or f"{b}.".startswith(f"{p}.")) for p, b in zip(_texts(portal.numbers.runs_text, at_p), _texts(books.numbers.runs_text, at_b))], dtype=bool)] = N_SERIAL
    level[short] = N_SHORT
    near = np.flatnonzero((level >= N_SERIAL) & (level <= N_NEIGHBOUR))
    level[near[_of_two_months(p_dotted, b_dotted, near)]] = N_OTHER_SERIES
    return level


def _same_but_for_month(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, at_p: np.ndarray, at_b: np.ndarray) -> np.ndarray:
    """Whether the numbers agree without the month and the year that their own dates tell: OCT/004, 10/004 and 4 of one October."""
    result = np.zeros(len(at_p), dtype=bool)
    one_month = np.flatnonzero(months(portal.day[at_p]) == months(books.day[at_b]))
    codes = []
    for documents, keys, at in ((portal, portal_keys, at_p[one_month]), (books, books_keys, at_b[one_month])):
        rows, inverse = np.unique(at, return_inverse=True)
        codes.append(month_free(keys.unyeared_text.take(rows), documents.day[rows])[inverse])
    result[one_month] = (codes[0] == codes[1]) & (codes[0] != 0)
    return result


def _of_two_months(portal: list[str], books: list[str], rows: np.ndarray) -> np.ndarray:
    """Those of the rows whose numbers name two months: X/01/25 and XI/01/25 are the first bills of October and of November."""
    words = [[(MONTH_WORD.findall(side[row]) or [""])[0] for row in rows.tolist()] for side in (portal, books)]
    return np.array([one != other and bool(one) and bool(other) for one, other in zip(*words)], dtype=bool)


def _one_series(portal: str, books: str) -> bool:
    """Whether one number is the other with a part of its series left out: N1/H2/2053 and N1/2053."""
    less, more = sorted((portal.split("."), books.split(".")), key=len)
    if len(less) < len(more):
        rest = iter(more)
        if all(run in rest for run in less):
            return True
    letters = ["".join(run for run in runs if run.isalpha()) for runs in (less, more)]
    digits = [[run for run in runs if run.isdigit()] for runs in (less, more)]
    return digits[0] == digits[1] and (letters[0] in letters[1] or letters[1] in letters[0])


def _equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray((one == other) & (one != 0))


def _short_form(portal: str, books: str) -> bool:
    """Whether books hold 1.23457E+09 for the portal's 1234567890."""
    head, mark, tail = books.strip().upper().partition("E")
    if not mark or not portal.isdigit() or not head.replace(".", "", 1).isdigit() or not tail.lstrip("+").isdigit():
        return False
    digits = head.replace(".", "").rstrip("0")
    plain = portal.lstrip("0")
    if len(plain) != int(tail) + 1 or not digits or len(digits) > len(plain) or len(digits) < 3:
        return False
    rounded = round(int(plain) / 10 ** (len(plain) - len(digits)))
    return bool(rounded == int(digits))


def _distance(one: list[str], other: list[str]) -> np.ndarray:
    """Edit distance with changed places, at most 3; single characters are not compared so."""
    off = process.cpdist(one, other, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8).astype(np.int8)
    short = np.minimum(np.fromiter(map(len, one), dtype=np.int64, count=len(one)), np.fromiter(map(len, other), dtype=np.int64, count=len(other)))
    return np.where((short < 2) | ((short < 5) & (off > 1)), 3, off)


def _texts(column: Any, rows: np.ndarray) -> list[str]:
    values: list[str] = column.take(rows).to_pylist()
    return values
