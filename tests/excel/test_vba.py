"""The add-in's VBA, run by two interpreters: it compiles, and each native worksheet function equals its Python namesake value by value."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter._values import EMPTY, VBADate, VBAErrorValue

from ims_xl.addin.build import _with_vba, build, modules
from ims_xl.faces import functions_plain as plain
from ims_xl.faces.functions_wrapper import help_texts, wrapper_module
from ims_xl.gstin import check_character
from ims_xl.vocabulary import Section
from tests.excel.soffice import Soffice

NATIVE = ("ImsTables", "ImsFunctions")
PYTHON: dict[str, Callable[..., Any]] = {
    "GSTIN_VALID": plain.gstin_valid, "GSTIN_STATE": plain.gstin_state, "GSTIN_PAN": plain.gstin_pan, "DOCNO_KEY": plain.docno_key,
    "GST_DUE_DATE": plain.due_date, "GST_PENDING_UNTIL": plain.pending_until,
}


def gstin(first: str) -> str:
    return first + check_character(first)


GSTINS = [
    gstin("27AAKCB4321Q1Z"), gstin("29AABCT1332L1Z").lower(), "  " + gstin("07AAACR5055K1Z") + "\xa0", "27AAKCB4321Q1ZB", "", "27AAKCB4321Q1Z", "9917USA12345OS1", "9919NOR12345NR9",
    "0717UNO00154UN1", gstin("27MUMA12345B1D"), gstin("24AAACC1206D1C"), "27DLHA01234B1Z5", "GSTIN", "\u0968\u096dAAKCB4321Q1ZA", gstin("97AAACR5055K1Z"), "12345", 12345,
]
NUMBERS = ["inv/0012-A", "GST/26-27/00451", "000", "1E5", "A-1", "", "   ", "0012.0", 123.0, 42, "\uff29\uff2e\uff36-\uff10\uff11", "A\u200b1", "abc123def0456", "- /", "INV\xa000x", "451/2026-27"]
DATES = ["", "2026-10-07", "31-03-2026", "01/04/2026", 46000, "soon", "2026-13-01"]
PERIODS = ["2026-10", "102026", "10-2026", "10/2026", "2025-9", "092025", "2017-07", "2016-12", "2026-13", "", "October", 92026, 102026, 46000, "2099-12"]
WHATS = ["GSTR-3B", "gstr-1", "IFF", "GSTR-1Q", "2B", "GSTR-2B", "3b", "ITR"]
STATES = ["", "27", "07", "29", 7, "27-Maharashtra", "99"]


def questions() -> list[tuple[str, tuple[Any, ...]]]:
    asked: list[tuple[str, tuple[Any, ...]]] = [(name, (value,)) for name in ("GSTIN_VALID", "GSTIN_STATE", "GSTIN_PAN") for value in GSTINS]
    chance = random.Random(7)
    for _ in range(60):
        text = "".join(chance.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(15))
        made = gstin(f"{chance.randint(1, 38):02d}" + "".join(chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(5)) + f"{chance.randint(0, 9999):04d}A1Z")
        asked += [("GSTIN_VALID", (text,)), ("GSTIN_STATE", (made,)), ("GSTIN_PAN", (made,))]
    asked += [("DOCNO_KEY", (number, day)) for number in NUMBERS for day in DATES]
    asked += [("GST_DUE_DATE", (period, what, quarterly, state)) for period in PERIODS for what in WHATS[:: 1 if period == "2026-10" else 3] for quarterly in (False, True) for state in STATES[::3]]
    asked += [("GST_DUE_DATE", ("2026-11", "GSTR-3B", "Yes", f"{state:02d}")) for state in range(1, 39)]
    asked += [("GST_PENDING_UNTIL", (period, section.value, quarterly, "27")) for period in ("2024-10", "2025-09", "2025-10", "2026-10", "2026-03") for section in Section for quarterly in (False, True)]
    return [*asked, ("GST_PENDING_UNTIL", ("2026-10", "B2C", False, ""))]


LETTERS = "0123456789ABCXYZabcxyz -/.|_#'\"=+@\t\n\r\xa0\u200b\u0967\uff21\u00e9\u0130\u00df\u0915"


def a_cell(chance: random.Random) -> Any:
    """Whatever a cell may hold: nothing, a number, a date, text of any kind, numbers typed as text, dates of every shape."""
    numbers = [1e20, 1e15, -1.5, 0.0, 123456789012345.0, 46000.5, 2958466.0, 99999.0, float(chance.randrange(-5, 200_000)), chance.uniform(-1e6, 1e6)]
    return chance.choice([
        None, chance.random() < 0.5, chance.choice(numbers), datetime(2017, 7, 1) + timedelta(days=chance.randrange(6000)), chance.choice(GSTINS), chance.choice(NUMBERS), chance.choice(PERIODS),
        chance.choice([*DATES, *STATES, *WHATS]), "".join(chance.choice(LETTERS) for _ in range(chance.randrange(24))),
        f"{chance.randrange(35):02d}{chance.choice('-/.')}{chance.randrange(15):02d}{chance.choice('-/.')}{chance.randrange(1980, 2210)}",
    ])


def wild_questions(count: int) -> list[tuple[str, tuple[Any, ...]]]:
    """Questions that nobody would ask, half of them in a form that gets beyond the first check."""
    chance = random.Random(11)
    asked = []
    for _ in range(count):
        name = chance.choice(list(PYTHON))
        arguments = [a_cell(chance) for _ in range({"DOCNO_KEY": 2, "GST_DUE_DATE": 4, "GST_PENDING_UNTIL": 4}.get(name, 1))]
        if len(arguments) == 4 and chance.random() < 0.6:
            arguments[:2] = chance.choice(PERIODS), chance.choice([*WHATS, *(s.value for s in Section)])
        asked.append((name, tuple(arguments)))
    return asked


def as_vba(value: Any) -> Any:
    """As Excel hands it to VBA."""
    return EMPTY if value is None else VBADate.from_datetime(value) if isinstance(value, datetime) else value


def plainly(answer: Any) -> Any:
    """Dates as ISO text, whoever answered."""
    if isinstance(answer, datetime):
        return answer.date().isoformat()
    if isinstance(answer, date):
        return answer.isoformat()
    return answer


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return modules(wrapper_module(), help_texts())


@pytest.fixture(scope="module")
def interpreter(sources: dict[str, str]) -> ExcelApplication:
    app = ExcelApplication()
    app.add_workbook()
    for name in ("ImsTables", "ImsFunctions", "ImsStart", "ImsRibbon", "ImsServer", "ImsPython"):
        app.add_module(sources[name], name=name)
    return app


def test_every_native_function_equals_its_python_namesake(interpreter: ExcelApplication) -> None:
    wrong = []
    for name, arguments in [*questions()[::2], *wild_questions(400), ("DOCNO_KEY", ("A-" * 1_000 + "1", ""))]:
        expected, found = plainly(PYTHON[name](*arguments)), plainly(interpreter.run(name, *map(as_vba, arguments)))
        if expected != found:
            wrong.append((name, arguments, expected, found))
    assert not wrong[:5]


def test_an_error_in_a_cell_is_answered_in_words(interpreter: ExcelApplication) -> None:
    gone = VBAErrorValue(2042)      # #N/A
    assert interpreter.run("GSTIN_VALID", gone) == "ims-xl: the cell it reads holds an error."
    assert interpreter.run("DOCNO_KEY", "INV-1", gone) == "INV.1"
    assert plainly(interpreter.run("GST_DUE_DATE", "2026-10", "GSTR-3B", gone, gone)) == "2026-11-20"


def test_a_range_is_answered_by_a_range(interpreter: ExcelApplication) -> None:
    sheet = interpreter.sheet(1)
    good = gstin("27AAKCB4321Q1Z")
    for row, value in enumerate([good, "nonsense", good.lower()], 1):
        sheet.set_value(f"A{row}", value)
    interpreter.add_module(
        'Public Function Asked() As String\nDim a As Variant\na = GSTIN_VALID(Range("A1:A3"))\nAsked = a(1, 1) & a(2, 1) & a(3, 1)\nEnd Function\n', name="Probe"
    )
    assert interpreter.run("Asked") == "TrueFalseTrue"


def test_the_command_line_is_quoted_whatever_the_book_is_called(interpreter: ExcelApplication) -> None:
    line = interpreter.run("ImsCommandLine", r"C:\Program Files\Python\pythonw.exe", "match", "A & B = 50% (Oct).xlsx", 1234)
    assert line == r'"C:\Program Files\Python\pythonw.exe" -m ims_xl ribbon match --book "A & B = 50% (Oct).xlsx" --hwnd 1234'


class Control:
    def __init__(self, tag: str) -> None:
        self.Tag = tag


def test_a_button_that_needs_a_client_is_grey_without_one(interpreter: ExcelApplication) -> None:
    assert interpreter.run("ImsMayRun", "help") is True
    assert interpreter.run("ImsMayRun", "match") is True
    assert interpreter.run("ImsMayRun", "accept-visible") is False
    assert interpreter.run("ImsMayRun", "no such button") is False


PROBE = '''Attribute VB_Name = "Probe"
Option Explicit
' LibreOffice hands no date out of a macro, so a day leaves as its number.
Public Function GST_DUE_DATE_NUMBER(a As Variant, b As Variant, c As Variant, d As Variant) As Variant
    Dim found As Variant
    found = GST_DUE_DATE(a, b, c, d)
    If VarType(found) = vbDate Then found = CDbl(found)
    GST_DUE_DATE_NUMBER = found
End Function
Public Function GST_PENDING_UNTIL_NUMBER(a As Variant, b As Variant, c As Variant, d As Variant) As Variant
    Dim found As Variant
    found = GST_PENDING_UNTIL(a, b, c, d)
    If VarType(found) = vbDate Then found = CDbl(found)
    GST_PENDING_UNTIL_NUMBER = found
End Function
'''


@pytest.fixture(scope="module")
def in_libreoffice(soffice: Soffice, sources: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Functions of a macro workbook with our modules, called in LibreOffice's own Basic."""
    path = tmp_path_factory.mktemp("vba") / "twin.xlsm"
    path.write_bytes(_with_vba({**{name: sources[name] for name in NATIVE}, "Probe": PROBE.replace("\n", "\r\n")}, ".xlsm"))
    doc = soffice.open(Path(path), MacroExecutionMode=4)
    provider = doc.getScriptProvider()

    def call(name: str, *arguments: Any) -> Any:
        module = "Probe" if name.endswith("_NUMBER") else "ImsFunctions"
        script = provider.getScript(f"vnd.sun.star.script:VBAProject.{module}.{name}?language=Basic&location=document")
        return script.invoke(tuple(arguments), (), ())[0]

    yield call
    doc.close(True)


def test_libreoffice_runs_the_same_functions_to_the_same_answers(in_libreoffice: Callable[..., Any]) -> None:
    assert in_libreoffice("ImsCanary") == "alive"
    defaults = {"DOCNO_KEY": ("",), "GST_DUE_DATE": ("GSTR-3B", False, ""), "GST_PENDING_UNTIL": ("", False, "")}
    wrong = []
    for name, arguments in questions()[::3]:
        whole = arguments + defaults.get(name, ())[len(arguments) - 1 :]
        expected = PYTHON[name](*arguments)
        if isinstance(expected, date):
            expected = (expected - date(1899, 12, 30)) / timedelta(days=1)
        found = in_libreoffice(f"{name}_NUMBER" if name in ("GST_DUE_DATE", "GST_PENDING_UNTIL") else name, *whole)
        if expected != found:
            wrong.append((name, arguments, expected, found))
    assert not wrong[:5]


def test_libreoffice_opens_the_add_in_itself_and_finds_every_module(soffice: Soffice, tmp_path: Path) -> None:
    made = build(tmp_path, wrapper_module(), help_texts())
    doc = soffice.open(made, FilterName="Calc MS Excel 2007 VBA XML", MacroExecutionMode=4)
    try:
        names = set(doc.BasicLibraries.getByName("VBAProject").ElementNames)
        assert names >= {"ImsRibbon", "ImsStart", "ImsServer", "ImsFunctions", "ImsTables", "ImsPython", "ThisWorkbook"}
        canary = doc.getScriptProvider().getScript("vnd.sun.star.script:VBAProject.ImsFunctions.ImsCanary?language=Basic&location=document")
        assert canary.invoke((), (), ())[0] == "alive"
    finally:
        doc.close(True)
