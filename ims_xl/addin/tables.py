"""The dated tables that the native worksheet functions read, written as a VBA module out of the rulebook at build time.

Each date is found by asking the rulebook itself for every month, and written as steps: from which month on what holds. So
VBA holds no rule of its own, and a changed TOML changes the add-in at the next build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ims_xl.addin.buttons import all_buttons
from ims_xl.period import Period
from ims_xl.rulebook.calendar import WHAT, calendar
from ims_xl.rulebook.matrix import matrix
from ims_xl.rulebook.states import states
from ims_xl.vocabulary import ImsXlError, Section

FIRST, LAST = Period(2017, 7), Period(2045, 12)
_PENDING: Final = {"one period": "one", "open-ended": "open", "barred": "barred"}
_LINE: Final = 900      # a VBA line holds 1,023 characters


def tables_module(functions: Mapping[str, tuple[str, str, tuple[str, ...]]]) -> str:
    """The source of `ImsTables`. `functions`: name -> (description, category, argument help)."""
    return "\r\n".join([
        'Attribute VB_Name = "ImsTables"', "Option Explicit", "' Written at build time out of the table of buttons and the rulebook; do not edit.", "",
        *_select("ImsNeed", "action", {button.tag: button.need for button in all_buttons()}), "",
        *_select("ImsStateName", "code", {code: state.name for code, state in sorted(states().items())}), "",
        *_select("ImsDueRow", "key", due_rows()), "",
        *_select("ImsPendingRow", "section", pending_rows()), "",
        *_what(), "", *_state_code(), "", *_cut_off(), "", *_describe(functions), "",
    ])


def due_rows() -> dict[str, str]:
    """`GSTR-3B|Q|27` -> steps; a State that differs in nothing from the unknown one has no row of its own."""
    rows: dict[str, str] = {}
    for what in WHAT:
        for frequency in "MQ":
            unknown = _steps(_dated(what, "", frequency == "Q"))
            rows[f"{what}|{frequency}|"] = unknown
            for code in sorted(states()):
                steps = _steps(_dated(what, code, frequency == "Q"))
                if steps != unknown:
                    rows[f"{what}|{frequency}|{code}"] = steps
    return rows


def pending_rows() -> dict[str, str]:
    """Section -> steps of `one`, `open` or `barred`."""
    return {section.value.upper(): _steps(_limited(section)) for section in Section}


def _limited(section: Section) -> Callable[[Period], str]:
    return lambda period: _PENDING[pending_of(section.value, period)]


def pending_of(section: str, period: Period) -> str:
    """`one period`, `open-ended` or `barred`; an amendment whose direction is not known takes the shortest that may apply."""
    wanted = Section(section)
    found = {row.pending for row in matrix().rows if wanted.value in row.sections and row.in_force(period.start)}
    for kind in ("one period", "barred", "open-ended"):
        if kind in found:
            return kind
    return "barred"


def _dated(what: str, state: str, quarterly: bool) -> Callable[[Period], str]:
    return lambda period: _due(what, period, state, quarterly)


def _due(what: str, period: Period, state: str, quarterly: bool) -> str:
    base = period.quarter_end if what == "GSTR-1Q" or (quarterly and what != "IFF") else period
    try:
        day = calendar().due_date(what, period, state, quarterly)
    except ImsXlError:
        return "x"
    return f"{(day.year - base.year) * 12 + day.month - base.month}.{day.day}"


def _steps(value_of: Callable[[Period], str]) -> str:
    steps: list[str] = []
    period, last = FIRST, ""
    while period <= LAST:
        value = value_of(period)
        if value != last:
            steps.append(f"{period.year * 12 + period.month - 1}={value}")
            last = value
        period = period.plus(1)
    return ";".join(steps)


def _select(name: str, argument: str, values: Mapping[str, str]) -> Iterable[str]:
    yield f"Public Function {name}(ByVal {argument} As String) As String"
    yield f"    Select Case {argument}"
    for key, value in values.items():
        yield f"        Case {_text(key)}"
        yield f"            {name} = {_text(value)}"
    yield "    End Select"
    yield "End Function"


def _what() -> Iterable[str]:
    from ims_xl.rulebook.calendar import _ALIASES

    names = {**{alias.upper(): name for alias, name in _ALIASES.items()}, **{name.upper(): name for name in WHAT}}
    yield from _select("ImsWhat", "given", names)
    yield ""
    yield "Public Function ImsWhats() As String"
    yield f"    ImsWhats = {_text('it has no due date here; expected one of ' + ', '.join(WHAT) + '.')}"
    yield "End Function"


def _state_code() -> Iterable[str]:
    yield "Public Function ImsStateCode(ByVal state As String) As String"
    yield "    ImsStateCode = state"
    yield "    If Len(ImsStateCode) = 1 Then ImsStateCode = \"0\" & ImsStateCode"
    yield "    If Len(ImsStateCode) > 2 Then ImsStateCode = Left(ImsStateCode, 2)"
    yield "End Function"


def _cut_off() -> Iterable[str]:
    yield "Public Function ImsCutOff(ByVal year As Long) As Variant"
    yield "    Select Case year"
    for year in range(FIRST.year, LAST.year + 55):
        day = calendar().itc_cutoff_of(year)
        yield f"        Case {year}: ImsCutOff = DateSerial({day.year}, {day.month}, {day.day})"
    yield "        Case Else: ImsCutOff = \"ims-xl: no section 16(4) date is known for that year.\""
    yield "    End Select"
    yield "End Function"


def _describe(functions: Mapping[str, tuple[str, str, tuple[str, ...]]]) -> Iterable[str]:
    yield "Public Sub ImsDescribe()"
    yield "    On Error Resume Next        ' help in the function wizard; the functions work without"
    for name, (description, category, arguments) in functions.items():
        listed = ", ".join(_text(text) for text in arguments)
        yield f"    Application.MacroOptions Macro:={_text(name)}, Description:={_text(description)}, _"
        yield f"        Category:={_text(category)}" + (f", ArgumentDescriptions:=Array({listed})" if listed else "")
    yield "End Sub"


def _text(value: str) -> str:
    quoted = '"' + value.replace('"', '""') + '"'
    if len(quoted) <= _LINE:
        return quoted
    pieces = [value[i : i + _LINE - 100] for i in range(0, len(value), _LINE - 100)]
    return " & _\r\n        ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
