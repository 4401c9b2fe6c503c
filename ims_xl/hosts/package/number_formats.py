"""Which cell formats show a number as a date, a time or a duration: a date in a workbook is a number that merely looks like one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from ims_xl.hosts.package import xml

NUMBER, DATE, TIME, DURATION = range(4)
BUILT_IN = {**dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)), DATE), **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), TIME), 46: DURATION}
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.I)
_1900 = datetime(1899, 12, 30)
_1904 = datetime(1904, 1, 1)


def kind_of(code: str) -> int:
    """What a number format shows: `kind_of("dd-mm-yyyy")` is DATE, `kind_of("[h]:mm")` DURATION."""
    positive = _QUIET.sub("", code).split(";")[0].lower().replace("am/pm", "h").replace("a/p", "h")
    if positive.strip() == "general" or "#" in positive or "?" in positive:
        return NUMBER
    if re.search(r"\[[hms]+\]", positive):
        return DURATION
    if re.search(r"[yd]|(?<![a-z])e(?![+-])|b1|b2", positive):
        return DATE
    if re.search(r"[hs]", positive):
        return TIME
    return DATE if re.search(r"m", positive) else NUMBER


def kinds_of_styles(styles: bytes) -> np.ndarray:
    """The kind of every cell format (xf) of a styles part, by its number."""
    custom: dict[int, int] = {}
    formats = xml.descend(styles, "numFmts")
    for element in xml.inside(styles, formats) if formats else []:
        a = element.attributes
        custom[int(a.get("numFmtId", "0"))] = kind_of(a.get("formatCode", ""))
    cells = xml.descend(styles, "cellXfs")
    kinds = []
    for element in xml.inside(styles, cells) if cells else []:
        number = int(element.attributes.get("numFmtId", "0") or 0)
        kinds.append(custom.get(number, BUILT_IN.get(number, NUMBER)))
    return np.array(kinds or [NUMBER], dtype=np.int8)


def number_text(raw: str) -> str:
    """A number in its shortest form: "12" for 12.0, "1234.56" for 1234.5599999999999, never with an exponent."""
    try:
        value = float(raw)
    except ValueError:
        return raw.strip()
    if value != value or value in (float("inf"), float("-inf")):
        return raw.strip()
    if value.is_integer():
        # a long number written out (an acknowledgement number) keeps all its digits
        return raw if raw.isdigit() and raw[:1] != "0" else str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def date_text(raw: str, kind: int, date1904: bool) -> str:
    """A date number as "2026-10-07" (with a time "2026-10-07 14:30:00"), a time as "14:30:00", a duration as "30:15:00"."""
    try:
        value = float(raw)
    except ValueError:
        return raw.strip()
    if not abs(value) < 1e10:            # infinite, no number, or beyond any calendar
        return number_text(raw)
    seconds = round(value * 86400)
    if kind == DURATION:
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if 0 <= value < 1 and (kind == TIME or seconds):
        return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if date1904:
        if not 0 <= value < 2957004:
            return number_text(raw)
        moment = _1904 + timedelta(seconds=seconds)
    else:
        # 29 February 1900, day 60, never was; day 0 is how Excel shows a reference to a blank cell
        if not 1 <= value < 2958466 or 60 <= value < 61:
            return number_text(raw)
        moment = _1900 + timedelta(seconds=seconds, days=int(value < 60))
    return moment.strftime("%Y-%m-%d") if seconds % 86400 == 0 else moment.strftime("%Y-%m-%d %H:%M:%S")
