"""The books-against-2B statement on the GSTR-3B tab, lines A to O, live where the actions move it."""

from __future__ import annotations

import numpy as np

from ims_xl.returns.booked import OTHER_PERIOD, THIS_PERIOD
from ims_xl.returns.reverse_charge import is_note
from ims_xl.vocabulary import HEADS
from ims_xl.workbook.plan import Cell
from ims_xl.workbook.tabs.gstr3b_sheet import TO_FILE, WORKING, Sheet
from ims_xl.workbook.tabs.returns_columns import COUNTED_EARLIER, NAMES, NOT_BOOKED, number
from ims_xl.workbook.tabs.where import letters


def put_statement(sheet: Sheet) -> None:
    """The seventeen lines."""
    statement = sheet.rec.gstr3b.statement
    if not len(statement):
        return
    sheet.band("Books against 2B: how the register's credit becomes the claim (forward charge, registered suppliers)")
    sheet.cells[(sheet.row, 1)] = Cell("Line", "heading")
    sheet.cells[(sheet.row, 2)] = Cell("Item", "heading")
    for head in HEADS:
        sheet.cells[(sheet.row, WORKING[head])] = Cell(NAMES[head], "heading_right")
    sheet.row += 1
    first = sheet.row
    at = {str(line): first + i for i, line in enumerate(statement["line"])}
    outside = _outside(sheet)
    for line in statement.itertuples(index=False):
        row = at[str(line.line)]
        strong = str(line.line) in ("F", "J", "N")
        sheet.cells[(row, 1)] = Cell(str(line.line), "total" if strong else "text")
        sheet.cells[(row, 2)] = Cell(str(line.item), "total" if strong else "text")
        for head in HEADS:
            sheet.put(row, WORKING[head], int(getattr(line, head)), _formula(sheet, str(line.line), head, at, outside[head]), "rupees_total" if strong else "rupees")
    sheet.row = first + len(statement)


def _formula(sheet: Sheet, line: str, head: str, at: dict[str, int], outside: dict[str, int]) -> str:
    figures, c = sheet.figures, letters(WORKING[head])
    if not figures.live.works:
        return ""
    file = {box: f"{letters(TO_FILE[head])}{sheet.at[f'file.{box}']}" for box in ("4A5", "4B1", "4B2", "4D1")}
    this, other, absent, again = (figures.booked(word) for word in (THIS_PERIOD, OTHER_PERIOD, NOT_BOOKED, COUNTED_EARLIER))
    match line:
        case "C":
            return f"={c}{at['A']}-{c}{at['B']}-({figures.books(head, THIS_PERIOD)}{_plus(outside['books_this'])})"
        case "D":
            return f"={figures.books(head, OTHER_PERIOD)}{_plus(outside['books_other'])}"
        case "E":
            return f"={c}{at['F']}-({c}{at['A']}-{c}{at['B']}-{c}{at['C']}+{c}{at['D']})"
        case "F":
            return f"={figures.forward(head, this)}+{figures.forward(head, other)}{_plus(outside['booked'])}"
        case "G":
            return f"={figures.forward(head)}{_plus(outside['all'])}"
        case "H":
            return f"={figures.forward(head, absent)}{_plus(outside['absent'])}"
        case "I":
            return f"={figures.forward(head, again)}"
        case "J":
            return f"=ROUND({c}{at['G']}-{c}{at['H']}-{c}{at['I']}-{c}{at['F']},2)"
        case "K":
            return f"={figures.taken_back(head, '*neligible')}{_plus(outside['blocked'])}"
        case "L":
            return f"={file['4B2']}"
        case "M":
            return f"={file['4D1']}"
        case "O1":
            return f"={c}{at['B']}"
        case "O2":
            return f"={c}{at['H']}"
        case "O3":
            return f"=N({letters(WORKING[head])}{sheet.at['3b.ecrs.opening']})+{c}{at['L']}-{c}{at['M']}"
        case "N":
            return f"={file['4A5']}-{c}{at['K']}-{c}{at['L']}{_typed_4b1(sheet, head)}"
    return ""


def _typed_4b1(sheet: Sheet, head: str) -> str:
    """Less the other reversals of 4(B)(1) that are no part of reverse charge."""
    rows = [row for name, row in sheet.at.items() if name.startswith("3b.4B1.")]
    return "".join(f"-N({letters(WORKING[head])}{row})" for row in rows)


def _outside(sheet: Sheet) -> dict[str, dict[str, int]]:
    """Paise that documents outside IMS bring to the lines; no action moves them."""
    rec = sheet.rec
    bypass = rec.gstr2b.bypass
    treated = rec.gstr3b.bypass
    forward = bypass["path"].str.startswith("itcavl.nonrevsup.").to_numpy(dtype=bool) | bypass["path"].isin(["itcavl.othersup.cdnr", "itcavl.othersup.cdnra"]).to_numpy()
    booked = (treated["booked"] != "").to_numpy() & forward
    this = (treated["booked"] == THIS_PERIOD).to_numpy() & forward
    blocked = treated["treatment"].str.contains("neligible").to_numpy(dtype=bool) & forward
    sign = np.where(is_note(bypass), -1, 1)
    out = {}
    for head in HEADS:
        signed = bypass[head].to_numpy(dtype=np.int64) * sign
        books = treated[f"books_{head}"].to_numpy()
        out[head] = {
            "all": int(signed[forward].sum()), "booked": int(signed[booked].sum()), "absent": int(signed[forward & ~booked].sum()),
            "books_this": int(books[this].sum()), "books_other": int(books[booked & ~this].sum()), "blocked": int(treated[f"reverse_{head}"].to_numpy()[blocked].sum()),
        }
    return out


def _plus(paise: int) -> str:
    return "" if not paise else number(paise) if paise < 0 else f"+{number(paise)}"
