"""The GSTR-3B tab: tables 3.1 and 4 as they go to the portal, the working under every box, set-off, and what to look at before filing.

Top to bottom: what to file (working, to file, typed instead), the working line by line with its input cells, ledgers, set-off,
books against 2B, warnings, and at the foot the lists of documents. Figures are formulas over GSTR-2B and the IMS sheet; input cells are
read back by the id in the last column, so that they survive every run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ims_xl.hosts.base import SheetText
from ims_xl.returns import inputs as typed_cells
from ims_xl.returns.forms import gstr3b_boxes
from ims_xl.returns.inputs import VALUE
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS, HEADS
from ims_xl.workbook.plan import Cell, SheetPlan, Validation
from ims_xl.workbook.tabs.gstr2b import gstr2b_places
from ims_xl.workbook.tabs.gstr3b_formulas import Figures
from ims_xl.workbook.tabs.gstr3b_lists import reverse_charge_block, taken_back, taken_back_block
from ims_xl.workbook.tabs.gstr3b_setoff import put_set_off
from ims_xl.workbook.tabs.gstr3b_sheet import HEADER, ID, INSTEAD, LABEL, REASON, TO_FILE, WORDS, WORKING, Sheet
from ims_xl.workbook.tabs.gstr3b_statement import put_statement
from ims_xl.workbook.tabs.pieces import heads as title_rows
from ims_xl.workbook.tabs.pieces import indian, page
from ims_xl.workbook.tabs.where import Layout, area, letters, quoted
from ims_xl.workbook.theme import TAB_COLOURS

_INSTEAD: Final = "Typed instead"
_A_ROWS: Final = ("4A1", "4A2", "4A3", "4A4", "4A5")


def gstr3b_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The whole tab."""
    # Laid out twice: the list of vouchers stands below everything, and formulas above it must know where.
    figures = Figures(rec, where, gstr2b_places(rec))
    figures.reverse_charge_header = _laid_out(rec, figures).row + 3
    sheet = _laid_out(rec, figures)
    cells = sheet.cells
    found = taken_back(rec)
    blocks = (reverse_charge_block(sheet), taken_back_block(rec, where, found, sheet.figures.taken_back_header))
    for block, title in zip(blocks, ("Reverse charge in the register that 2B does not have", f"Documents that 4(B) takes back while they count, and those not in books: {len(found)}")):
        cells.update({(block.header_row - 1, column): Cell(title if column == 1 else None, "band") for column in range(1, REASON + 1)})
    last = sheet.figures.taken_back_header + max(1, len(found))
    # What is typed instead and why stand at the right and make the figures small on paper: they are printed where there is one.
    typed = [cell_id for cell_id, text in rec.state.inputs.items() if text.strip()]
    last_printed = REASON if any(i.endswith(".reason") for i in typed) else REASON - 1 if any(".override." in i for i in typed) else TO_FILE["cess"]
    return SheetPlan(
        name=where.name("GSTR-3B"), cells=sheet.cells, tables=blocks,
        widths={1: 8, LABEL: 70, **dict.fromkeys(range(3, REASON), 14.0), REASON: 46, ID: 24}, heights={1: 30, sheet.at["setoff.table"]: 30}, hidden_columns=(ID,),
        merges=tuple(area(HEADER - 1, c[VALUE], HEADER - 1, c["cess"]) for c in (WORKING, TO_FILE, INSTEAD)), freeze=(HEADER + 1, 3), formats=indian([area(HEADER + 1, 3, last, REASON - 1)]),
        validations=(
            Validation(" ".join(sheet.inputs), kind="decimal", minimum=-1e13, maximum=1e13, prompt="Rupees; blank where there is nothing to add.", error="An amount in rupees."),
        ),
        tab_colour=TAB_COLOURS["green"], page=replace(page(rec, repeat=None), columns=(last_printed, TO_FILE["cess"], REASON - 1, REASON)),
    )


def _laid_out(rec: Reconciliation, figures: Figures) -> Sheet:
    sheet = Sheet(rec, figures, typed_cells.read(rec.state.inputs))
    sheet.cells.update(title_rows(rec, "GSTR-3B", "What to file in tables 3.1 and 4, how it is made up, and the payment with the least cash. Type in the yellow cells; a box's number leads to its documents, its name to its working."))
    first = _reserve_summary(sheet)
    _outward(sheet)
    _working(sheet)
    _ledgers(sheet)
    put_set_off(sheet)
    put_statement(sheet)
    _other_tables(sheet)
    _warnings(sheet)
    _summary(sheet, first)
    return sheet


def read_inputs(text: SheetText) -> dict[str, str]:
    """Every input cell of the tab by id, "" where it is empty: `3b.4B1.rule42.igst` -> "1200"."""
    frame = text.frame
    found: dict[str, str] = {}
    known = {line.id: line for line in typed_cells.LINES}
    id_column = next((c for c in frame.columns if frame[c].isin(known).any()), None)
    if id_column is None:
        return found
    # The table may have been moved sideways with its columns; distances to the id column stay.
    shift = int(id_column) - ID
    # Earlier books have what is typed instead before what goes to file: the heading tells.
    told = next((int(c) for c in frame.columns if frame[c].eq(_INSTEAD).any()), INSTEAD[VALUE] + shift)
    instead = {name: column + told - INSTEAD[VALUE] - shift for name, column in INSTEAD.items()}
    for row in frame.index[frame[id_column].isin(known)]:
        line = known[str(frame.at[row, id_column])]
        override = line.id.endswith(".override")
        columns = instead if override else WORKING
        for name in line.heads:
            at = columns[name] + shift
            found[f"{line.id}.{name}"] = str(frame.at[row, at]).strip() if at in frame.columns else ""
        if override:
            at = REASON + shift
            found[line.id.replace(".override", ".reason")] = str(frame.at[row, at]).strip() if at in frame.columns else ""
    return found


def _reserve_summary(sheet: Sheet) -> int:
    """The rows of the summary are known before its figures: formulas below refer to them."""
    first = HEADER + 2
    sheet.row = first
    for box in ("3.1a", "3.1b", "3.1c", "3.1(d)", "3.1e", "3.1.1i", "3.1.1ii"):
        sheet.at[f"file.{box}"] = sheet.row
        sheet.row += 1
    sheet.row += 2
    for box in ("4A", *_A_ROWS, "4B", "4B1", "4B2", "4C", "4D", "4D1", "4D2"):
        sheet.at[f"file.{box}"] = sheet.row
        sheet.row += 1
    return first


def _summary(sheet: Sheet, first: int) -> None:
    """Tables 3.1, 3.1.1 and 4 as they go to the portal."""
    groups = {"heading": WORKING, "heading_ours": TO_FILE, "heading_input": INSTEAD}
    cells, at = sheet.cells, sheet.at
    for column in range(1, REASON + 1):
        cells[(HEADER - 1, column)] = Cell(None, "heading")
    for title, columns in (("Working", WORKING), ("To file", TO_FILE), (_INSTEAD, INSTEAD)):
        cells[(HEADER - 1, columns[VALUE])] = Cell(title, "heading")
    for style, columns in groups.items():
        for name, column in columns.items():
            cells[(HEADER, column)] = Cell(WORDS[name], f"{style}_right")
    cells[(HEADER, 1)] = Cell("Box", "heading")
    cells[(HEADER, LABEL)] = Cell("Details", "heading")
    cells[(HEADER, REASON)] = Cell("Reason for what is typed instead", "heading_input")
    cells[(first - 1, 1)] = Cell("3.1 and 3.1.1 Outward supplies, and inward supplies liable to reverse charge", "band")
    cells[(at["file.4A"] - 1, 1)] = Cell("4 Eligible ITC", "band")
    for column in range(2, REASON + 1):
        cells[(first - 1, column)] = cells[(at["file.4A"] - 1, column)] = Cell(None, "band")
    for line in typed_cells.OUTWARD:
        name = line.id.removeprefix("3b.")
        row = at[f"file.{name}"]
        cells[(row, 1)] = Cell(name, "text")
        cells[(row, LABEL)] = Cell(line.label, "text")
        for head in line.heads:
            paise = sheet.typed.amounts.get(f"{line.id}.{head}", 0)
            sheet.put(row, TO_FILE[head], paise, f"=N({letters(WORKING[head])}{at[line.id]})")
    for box, form in gstr3b_boxes().items():
        _summary_row(sheet, box, form.label)
    for row_id, label in (("4A", "(A) ITC Available (whether in full or part)"), ("4B", "(B) ITC Reversed"), ("4D", "(D) Other Details")):
        cells[(at[f"file.{row_id}"], 1)] = Cell(row_id, "label_bold")
        cells[(at[f"file.{row_id}"], LABEL)] = Cell(label, "label_bold")


def _summary_row(sheet: Sheet, box: str, label: str) -> None:
    at, rec = sheet.at, sheet.rec
    row = at[f"file.{box}"]
    net = box == "4C"
    names = AMOUNTS if box == "3.1(d)" else HEADS
    style = "rupees_total" if net else "rupees"
    documents = "" if net else sheet.figures.documents_of(box)
    sheet.cells[(row, 1)] = Cell(box, "total" if net else "link" if documents else "text", link=documents)
    sheet.cells[(row, LABEL)] = Cell(label, "total" if net else "link", link="" if net else f"#{quoted(sheet.figures.where.name('GSTR-3B'))}!A{at[f'work.{box}']}")
    for name in names:
        if net:
            for columns, told in ((WORKING, rec.gstr3b.working), (TO_FILE, rec.gstr3b.boxes)):
                letter = letters(columns[name])
                plus = f"SUM({letter}{at['file.4A1']}:{letter}{at['file.4A5']})"
                sheet.put(row, columns[name], told[box][name], f"={plus}-{letter}{at['file.4B1']}-{letter}{at['file.4B2']}", style)
            continue
        working, instead = letters(WORKING[name]), letters(INSTEAD[name])
        sheet.put(row, WORKING[name], rec.gstr3b.working[box][name], f"={working}{at[f'work.{box}']}")
        sheet.input_cell(row, INSTEAD[name], f"3b.{box}.override.{name}")
        locked = rec.state.settings.itc_lock and box in ("4A1", "4A3", "4A4", "4A5")
        formula = f"={working}{row}" if locked else f'=IF(ISNUMBER({instead}{row}),{instead}{row},{working}{row})'
        sheet.put(row, TO_FILE[name], rec.gstr3b.boxes[box][name], formula)
    if not net:
        sheet.cells[(row, REASON)] = Cell(rec.state.inputs.get(f"3b.{box}.reason", ""), "input")
        sheet.cells[(row, ID)] = Cell(f"3b.{box}.override", "note_line")


def _outward(sheet: Sheet) -> None:
    sheet.band("Outward supplies (from GSTR-1; type them in, the portal has them locked)")
    sheet.headings("Line", {"heading_input": WORKING})
    for line in typed_cells.OUTWARD:
        sheet.input_row(line)


def _working(sheet: Sheet) -> None:
    """Under every box its lines; the box is their sum. Lines that are shown only stand in grey and are not in the sum."""
    lines = list(sheet.rec.gstr3b.components.itertuples(index=False))
    typed_lines = {line.id: line for line in typed_cells.CREDIT}
    boxes = gstr3b_boxes()
    # 3.1(d) comes last: it repeats lines that are typed under 4A.
    for box in [b for b in boxes if b not in ("3.1(d)", "4C")] + ["3.1(d)"]:
        form = boxes[box]
        names = AMOUNTS if box == "3.1(d)" else HEADS
        sheet.band(f"{box}: the working")
        total_row = sheet.row
        sheet.at[f"work.{box}"] = total_row
        sheet.row += 1
        first = sheet.row
        shown: list[int] = []
        for line in (one for one in lines if one.box == box):
            key = str(line.key)
            if not line.counts:
                shown.append(sheet.row)
            if key in typed_lines and typed_lines[key].box == box:
                sheet.input_row(typed_lines[key])
                sheet.cells[(sheet.row - 1, 1)] = Cell("typed", "note_line")
                continue
            sheet.cells[(sheet.row, LABEL)] = Cell(str(line.line), "label_indent" if line.counts else "note_line")
            sheet.cells[(sheet.row, 1)] = Cell(_SOURCE.get(str(line.source), str(line.source)), "note_line", link=sheet.figures.link(key, str(line.source)))
            for name in names:
                paise = int(getattr(line, name))
                formula = f"=N({letters(WORKING[name])}{sheet.at[key]})" if key in typed_lines and name in typed_lines[key].heads and key in sheet.at else sheet.figures.formula(key, name, str(line.source))
                sheet.put(sheet.row, WORKING[name], paise, formula)
            sheet.at[f"line.{box}.{key}"] = sheet.row
            sheet.row += 1
        last = max(first, sheet.row - 1)
        sheet.cells[(total_row, 1)] = Cell(box, "total")
        sheet.cells[(total_row, LABEL)] = Cell(form.label, "total")
        for name in names:
            letter = letters(WORKING[name])
            minus = "".join(f"-N({letter}{row})" for row in shown)
            sheet.put(total_row, WORKING[name], sheet.rec.gstr3b.working[box][name], f"=SUM({letter}{first}:{letter}{last}){minus}", "rupees_total")


_SOURCE: Final = {"Purchase Register": "books", "GSTR-2B": "2B", "GSTR-2B as drawn": "2B drawn", "IMS": "IMS"}


def _ledgers(sheet: Sheet) -> None:
    """Opening balances, and the two checks that stop a filing."""
    sheet.band("Ledgers")
    sheet.headings("Balance", {"heading_input": WORKING})
    for line in typed_cells.LEDGERS:
        sheet.input_row(line)
    boxes, typed, at = sheet.rec.gstr3b.boxes, sheet.typed, sheet.at
    for label, opening, plus, minus in (
        ("Reclaim ledger after this return: opening + 4(B)(2) - 4(D)(1); may not be negative", "3b.ecrs.opening", ("4B2",), ("4D1",)),
        ("RCM statement after this return: opening + 3.1(d) - 4A2 - 4A3; may not be negative", "3b.rcm.opening", ("3.1(d)",), ("4A2", "4A3")),
    ):
        sheet.cells[(sheet.row, LABEL)] = Cell(label, "label_bold")
        for head in HEADS:
            value = typed.amounts.get(f"{opening}.{head}", 0) + sum(boxes[b][head] for b in plus) - sum(boxes[b][head] for b in minus)
            file = letters(TO_FILE[head])
            terms = "".join(f"+{file}{at[f'file.{b}']}" for b in plus) + "".join(f"-{file}{at[f'file.{b}']}" for b in minus)
            sheet.put(sheet.row, WORKING[head], value, f"=N({letters(WORKING[head])}{at[opening]}){terms}", "rupees_total")
        first, last = letters(WORKING["igst"]), letters(WORKING["cess"])
        bad = any(typed.amounts.get(f"{opening}.{h}", 0) + sum(boxes[b][h] for b in plus) - sum(boxes[b][h] for b in minus) < 0 for h in HEADS)
        sheet.cells[(sheet.row, INSTEAD[VALUE])] = Cell(
            "✗ negative: the portal will not file it" if bad else "✓ not negative", "text_bold",
            formula=f'=IF(MIN({first}{sheet.row}:{last}{sheet.row})<-0.004,"✗ negative: the portal will not file it","✓ not negative")',
        )
        sheet.row += 1


def _other_tables(sheet: Sheet) -> None:
    sheet.band("Tables 5 and 5.1 (for the upload file)")
    sheet.headings("Line", {"heading_input": WORKING})
    for line in typed_cells.EXEMPT:
        sheet.input_row(line)


def _warnings(sheet: Sheet) -> None:
    sheet.band("Before filing (as of the last run)")
    for text in sheet.rec.gstr3b.warnings or ("Nothing to warn of.",):
        sheet.cells[(sheet.row, 1)] = Cell("!" if sheet.rec.gstr3b.warnings else "✓", "warn" if sheet.rec.gstr3b.warnings else "good")
        sheet.cells[(sheet.row, LABEL)] = Cell(text, "label")
        sheet.row += 1
