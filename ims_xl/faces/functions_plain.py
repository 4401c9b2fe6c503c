"""The worksheet functions that need no workbook, as plain Python: GSTINs, document numbers, due dates. Their native VBA twins
(`addin/vba/ImsFunctions.bas`) give the same answer for every value; a wrong question is answered in words, never raised.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, Final

from ims_xl import gstin as gstins
from ims_xl.period import Period, financial_year, financial_year_label
from ims_xl.vocabulary import ImsXlError, Section

_UPPER: Final = str.maketrans({**{chr(c): chr(c - 32) for c in range(97, 123)}, "\xa0": " ", "\t": " ", "\r": " ", "\n": " "})
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_RUNS: Final = re.compile(r"[0-9]+|[A-Z]+")
_PERIODS: Final = re.compile(r"(?:(?P<y>\d{4})-(?P<m>\d{1,2})|(?P<m2>\d{2})[-/](?P<y2>\d{4})|(?P<m3>\d{1,2})(?P<y3>\d{4}))", re.ASCII)


def gstin_valid(gstin: Any) -> bool:
    """Form and check character are right."""
    return gstins.is_valid(upper(gstin))


def gstin_state(gstin: Any) -> str:
    """The State's name; words where it is no GSTIN."""
    from ims_xl.rulebook.states import states

    given = upper(gstin)
    if not given:
        return ""
    if not gstins.is_valid(given):
        return f"ims-xl: '{given}' is not a valid GSTIN."
    state = states().get(given[:2])
    return state.name if state else ""


def gstin_pan(gstin: Any) -> str:
    """The PAN inside; blank for numbers that hold none (UIN, non-resident, OIDAR, government)."""
    given = upper(gstin)
    if not given:
        return ""
    return gstins.pan(given) if gstins.is_valid(given) else f"ims-xl: '{given}' is not a valid GSTIN."


def docno_key(number: Any, document_date: Any = "") -> str:
    """What must be alike for two document numbers to be the same: `inv/0012-a` is `INV.12.A`; with a date the financial year follows, `|2026-27`."""
    folded = "".join(chr(ord(c) - 65248) if 65281 <= ord(c) <= 65374 else c for c in _INVISIBLE.sub("", text(number))).translate(_UPPER)
    key = ".".join(run.lstrip("0") or "0" if run[0].isdigit() else run for run in _RUNS.findall(folded))
    year = _year_of(document_date)
    return f"{key}|{financial_year_label(year)}" if key and year else key


def due_date(period: Any, what: Any = "GSTR-3B", quarterly: Any = False, state: Any = "") -> date | str:
    """The last day of GSTR-1, IFF, GSTR-1Q, 2B or GSTR-3B; words where none is known."""
    from ims_xl.rulebook.calendar import _ALIASES, WHAT, calendar

    when = a_period(period)
    if when is None:
        return f"ims-xl: '{upper(period)}' is not a tax period; write it as 2026-10."
    given = upper(what)
    name = next((n for n in WHAT if n.upper() == given), _ALIASES.get(given, ""))
    if not name:
        return f"ims-xl: it has no due date here; expected one of {', '.join(WHAT)}."
    by_quarter = yes(quarterly)
    try:
        return calendar().due_date(name, when, _state(state), by_quarter)
    except ImsXlError:
        base = when.quarter_end if name == "GSTR-1Q" or (by_quarter and name != "IFF") else when
        return f"ims-xl: no due date of {name} is known for {base}."


def pending_until(period: Any, section: Any, quarterly: Any = False, state: Any = "") -> date | str:
    """The last day on which a document of that section and 2B period may stay Pending: one period for specified records, section 16(4) for the rest.

    An amendment, whose direction the section does not tell, takes the shorter of the two.
    """
    from ims_xl.addin.tables import pending_of
    from ims_xl.rulebook.calendar import calendar

    when, given = a_period(period), upper(section)
    if when is None:
        return f"ims-xl: '{upper(period)}' is not a tax period; write it as 2026-10."
    if given not in {s.value for s in Section}:
        return f"ims-xl: '{given}' is not a section of IMS; write it as B2B or B2B-CN."
    match pending_of(given, when):
        case "one period":
            return calendar().pending_limit(when, yes(quarterly), _state(state))
        case "open-ended":
            return calendar().itc_cutoff_of(when.financial_year)
    return f"ims-xl: Pending is not offered for {given} of {when}."


def text(given: Any) -> str:
    """A cell's value as Excel would write it."""
    if given is None:
        return ""
    if isinstance(given, (date, datetime)):
        return f"{given:%Y-%m-%d}"
    if isinstance(given, float):
        return str(int(given)) if given.is_integer() and abs(given) < 1e15 else f"{given:.15g}".upper()
    return str(given)


def upper(given: Any) -> str:
    """Capitals (A to Z only) without spaces around."""
    return text(given).translate(_UPPER).strip(" ")


def yes(given: Any) -> bool:
    """TRUE, Yes, Y, 1 or Q."""
    return given if isinstance(given, bool) else upper(given) in ("TRUE", "YES", "Y", "1", "-1", "Q")


def a_period(given: Any) -> Period | None:
    """`2026-10`, `102026`, `10/2026`, the number that Excel makes of them, or any day of the month."""
    if isinstance(given, (date, datetime)):
        return Period(given.year, given.month)
    found = _PERIODS.fullmatch(upper(given))
    if found:
        year, month = (int(found[f"y{n}"]) for n in ("", "2", "3") if found[f"y{n}"]), (int(found[f"m{n}"]) for n in ("", "2", "3") if found[f"m{n}"])
        y, m = next(year), next(month)
        if 2017 <= y <= 2099:
            return Period(y, m) if 1 <= m <= 12 else None
    return _period_of_serial(upper(given))


def _period_of_serial(given: str) -> Period | None:
    if not re.fullmatch(r"\d{5}", given, re.ASCII):
        return None
    day = date(1899, 12, 30) + timedelta(days=int(given))
    return Period(day.year, day.month) if 2017 <= day.year <= 2099 else None


def _state(given: Any) -> str:
    code = text(given)
    return f"0{code}" if len(code) == 1 else code[:2]


def _year_of(given: Any) -> int:
    """The financial year of a date as a cell may hold it; 0 where it is none."""
    if isinstance(given, (date, datetime)):
        return financial_year(given if isinstance(given, date) else given.date())
    written = text(given)
    iso, indian = re.match(r"(\d{4})-(\d\d)-\d\d", written, re.ASCII), re.fullmatch(r"\d\d[-/.](\d\d)[-/.](\d{4})", written, re.ASCII)
    if iso:
        year, month = int(iso[1]), int(iso[2])
    elif indian:
        year, month = int(indian[2]), int(indian[1])
    elif re.fullmatch(r"\d{5}", written, re.ASCII):
        day = date(1899, 12, 30) + timedelta(days=int(written))
        year, month = day.year, day.month
    else:
        return 0
    if not (1 <= month <= 12 and 1990 <= year <= 2199):
        return 0
    return year if month >= 4 else year - 1
