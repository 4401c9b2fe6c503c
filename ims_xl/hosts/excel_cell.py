"""One value as Excel hands it out -> text, by the same rules as the file hosts.

Text stays as it is, 12.0 is "12", a date "2026-10-07", an error "#N/A"; a formula counts by its value.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

ERRORS: Final = {
    -2146826281: "#DIV/0!", -2146826246: "#N/A", -2146826259: "#NAME?", -2146826288: "#NULL!", -2146826252: "#NUM!", -2146826265: "#REF!", -2146826273: "#VALUE!",
    -2146826245: "#GETTING_DATA", -2146826243: "#SPILL!", -2146826240: "#BLOCKED!", -2146826239: "#UNKNOWN!", -2146826238: "#FIELD!", -2146826237: "#CALC!",
}


def cell_text(value: Any) -> str:
    """One value of Excel's as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime):
        return _moment_text(value)
    if isinstance(value, Decimal):          # cells in currency format
        return _number_text(float(value))
    if isinstance(value, int):
        return ERRORS.get(value, str(value))
    return str(value)


def _number_text(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def _moment_text(moment: datetime) -> str:
    if moment.year <= 1899:
        return moment.strftime("%H:%M:%S")
    if moment.hour or moment.minute or moment.second:
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    return moment.strftime("%Y-%m-%d")
