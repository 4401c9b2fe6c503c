"""The GSTR-2B tab: the form's own rows, as drawn by the portal, as expected from the actions, and the difference.

Expected figures are live: SUMIFS over the helper columns of the IMS sheet, plus the list of documents that do not pass IMS,
which stands below with the list that explains every difference document by document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import pandas as pd

from ims_xl.returns.forms import FormRow, gstr2b_form, row_words
from ims_xl.returns.standing import counted, rejected, rejected_path
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS
from ims_xl.workbook.plan import Cell, SheetPlan, TableBlock, TableColumn
from ims_xl.workbook.tabs.pieces import heads as title_rows
from ims_xl.workbook.tabs.pieces import indian, page
from ims_xl.workbook.tabs.returns_columns import ITC, NAMES
from ims_xl.workbook.tabs.returns_links import DocumentPlaces
from ims_xl.workbook.tabs.returns_live import LiveIms, joined
from ims_xl.workbook.tabs.where import Layout, area, letters
from ims_xl.workbook.theme import TAB_COLOURS

HEADER: Final = 6
IN_IMS, OUTSIDE = 4, 5
PORTAL: Final = {head: 6 + i for i, head in enumerate(HEADS)}
EXPECTED: Final = {head: 10 + i for i, head in enumerate(HEADS)}
DIFFERENCE: Final = {head: 14 + i for i, head in enumerate(HEADS)}
PATH: Final = 18
_MANY: Final = 100_000
"""Differences are listed up to this many; the rest is one line that says how many."""


@dataclass(frozen=True)
class Gstr2BPlaces:
    """Where things stand on the tab: form rows by path, and the list of documents outside IMS."""

    rows: Mapping[str, int]
    difference_header: int
    bypass_header: int
    bypass_count: int

    def bypass_area(self, column: int) -> str:
        first = self.bypass_header + 1
        return f"${letters(column)}${first}:${letters(column)}${self.bypass_header + max(1, self.bypass_count)}"


class Standing(NamedTuple):
    """The rows of the form that have documents: of IMS, and outside it."""

    in_ims: frozenset[str]
    outside: frozenset[str]


def gstr2b_places(rec: Reconciliation) -> Gstr2BPlaces:
    """The rows of the tab; GSTR-3B refers to them."""
    rows: dict[str, int] = {}
    row = HEADER + 1
    for block in gstr2b_form().blocks:
        row += 1
        for part in block.parts:
            row += 1
            for line in part.rows:
                rows[line.path] = row
                row += 1
        row += 1
    difference = row + 2
    shown = max(1, min(len(rec.gstr2b.differences), _MANY))
    return Gstr2BPlaces(rows, difference, difference + shown + 4, len(rec.gstr2b.bypass))


def gstr2b_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The whole tab."""
    places, live, pulled = gstr2b_places(rec), LiveIms(where.ims), bool(rec.gstr2b.portal_boxes)
    name = where.name("GSTR-2B")
    bypass = rec.gstr2b.bypass.sort_values("path", kind="stable").reset_index(drop=True)
    purpose = (
        "Expected from the actions in this book, beside the portal's as drawn; expected figures follow every change of an action"
        if pulled else "A forecast from the actions in this book: no GSTR-2B of the period with a summary is pulled yet"
    )
    cells = title_rows(rec, "GSTR-2B", purpose)
    cells.update(_headings(pulled, rec))
    counts_ims, counts_out = _counts(rec, bypass)
    documents = DocumentPlaces(rec, where, places.bypass_header)
    standing = Standing(frozenset(rec.gstr2b.rows["path"].unique()), frozenset(bypass["path"].unique()))
    row = HEADER + 1
    for block in gstr2b_form().blocks:
        cells.update({(row, c): Cell(None, "band") for c in range(1, PATH + 1)})
        cells[(row, 1)] = Cell(f"{block.title}: {block.banner}", "band")
        row += 1
        for part in block.parts:
            cells[(row, 1)] = Cell(f"Part {part.part}", "label_bold")
            cells[(row, 2)] = Cell(part.heading, "label_bold")
            row += 1
            lines = list(part.rows)
            for i, line in enumerate(lines):
                end = next((j for j in range(i + 1, len(lines)) if lines[j].number), len(lines))
                _put_row(cells, row, line, end - i - 1, rec, places, live, pulled, standing)
                if not line.number:
                    _put_counts(cells, row, line, live, places, documents, counts_ims, counts_out)
                else:
                    span = f"{row + 1}:{{0}}{row + end - i - 1}"
                    for column, told, target in ((IN_IMS, counts_ims, documents.in_ims(line.path)), (OUTSIDE, counts_out, documents.outside(line.path))):
                        total = sum(told.get(leaf.path, 0) for leaf in lines[i + 1:end])
                        letter = letters(column)
                        cells[(row, column)] = Cell(total, "link_total" if target else "count_total", formula=f"=SUM({letter}{span.format(letter)})", link=target)
                row += 1
        row += 1
    differences, bypassing = _difference_block(rec, places), _bypass_block(bypass, places)
    cells[(places.difference_header - 1, 1)] = Cell(_difference_title(rec, pulled), "band")
    cells[(places.bypass_header - 1, 1)] = Cell(f"Documents outside IMS: {len(bypass)} of the drawn GSTR-2B stand in the form without an action of yours", "band")
    for header in (places.difference_header, places.bypass_header):
        for column in range(2, PATH + 1):
            cells[(header - 1, column)] = Cell(None, "band")
    last = places.bypass_header + max(1, len(bypass))
    return SheetPlan(
        name=name, cells=cells, tables=(differences, bypassing), merges=tuple(area(HEADER - 1, a, HEADER - 1, b) for a, b in ((IN_IMS, OUTSIDE), (6, 9), (10, 13), (14, 17))),
        widths={1: 7, 2: 76, 3: 18, 4: 17, 5: 13, **dict.fromkeys(range(6, PATH), 14.0), PATH: 26}, heights={1: 30, HEADER: 20},
        freeze=(HEADER + 1, 3), formats=indian([area(HEADER + 1, 6, last, PATH - 1)]), tab_colour=TAB_COLOURS["green"], page=replace(page(rec, repeat=(HEADER - 1, HEADER)), columns=(PATH - 1, DIFFERENCE["igst"] - 1) if pulled else (DIFFERENCE["igst"] - 1, PATH - 1)),
    )


def _headings(pulled: bool, rec: Reconciliation) -> dict[tuple[int, int], Cell]:
    drawn = rec.state.portal_2b.generated_on if rec.state.portal_2b and pulled else None
    cells = {(HEADER - 1, c): Cell(None, "heading") for c in range(1, PATH + 1)}
    cells[(HEADER - 1, IN_IMS)] = Cell("Documents", "heading")
    cells[(HEADER - 1, PORTAL["igst"])] = Cell(f"Portal 2B, drawn {drawn:%d-%m-%Y}" if drawn else "Portal 2B" if pulled else "Portal 2B: no summary in its file" if rec.state.portal_2b else "Portal 2B: not pulled", "heading_portal")
    cells[(HEADER - 1, EXPECTED["igst"])] = Cell("Expected from actions", "heading_ours")
    cells[(HEADER - 1, DIFFERENCE["igst"])] = Cell("Difference: expected minus portal", "heading_difference")
    for group, style in ((PORTAL, "heading_portal"), (EXPECTED, "heading_ours"), (DIFFERENCE, "heading_difference")):
        for head in HEADS[1:]:
            cells[(HEADER - 1, group[head])] = Cell(None, style)
        for head in HEADS:
            cells[(HEADER, group[head])] = Cell(NAMES[head], f"{style}_right")
    for column, text in ((1, "S.no."), (2, "Heading"), (3, "GSTR-3B table"), (IN_IMS, "In IMS"), (OUTSIDE, "Outside IMS"), (PATH, "Row in JSON")):
        cells[(HEADER, column)] = Cell(text, "heading_right" if column in (IN_IMS, OUTSIDE) else "heading")
    return cells


def _put_row(
    cells: dict[tuple[int, int], Cell], row: int, line: FormRow, below: int, rec: Reconciliation, places: Gstr2BPlaces, live: LiveIms, pulled: bool, standing: Standing,
) -> None:
    total = bool(line.number)
    style = "rupees_total" if total else "rupees"
    cells[(row, 1)] = Cell(line.number, "total" if total else "text")
    cells[(row, 2)] = Cell(line.heading, "total" if total else "label_indent")
    cells[(row, 3)] = Cell(line.table, "total" if total else "text")
    cells[(row, PATH)] = Cell(line.path, "note_line")
    for head in HEADS:
        expected = EXPECTED[head]
        if total:
            letter = letters(expected)
            formula = f"=SUM({letter}{row + 1}:{letter}{row + below})"
        else:
            formula = joined(_ims_formula(line.path, head, live, standing), _bypass_formula(places, head, line.path) if line.path in standing.outside else "")
        cells[(row, expected)] = Cell(rec.gstr2b.boxes[line.path][head] / 100, style, formula=formula)
        if pulled:
            portal = rec.gstr2b.portal_boxes[line.path][head]
            cells[(row, PORTAL[head])] = Cell(portal / 100, style)
            gap = (rec.gstr2b.boxes[line.path][head] - portal) / 100
            cells[(row, DIFFERENCE[head])] = Cell(gap, style, formula=f"=ROUND({letters(expected)}{row}-{letters(PORTAL[head])}{row},2)")


def _ims_formula(path: str, head: str, live: LiveIms, standing: Standing) -> str:
    """IMS documents can stand in the rows of their sections alone; a barred one stands under not available where the drawn 2B has it so."""
    block, place = path.split(".", 1)
    if place not in gstr2b_form().ims.values() or block == "itcrev":
        return ""
    if block == "itcunavl" and path not in standing.in_ims:
        return ""
    return live.total(ITC[head], path)


def _bypass_formula(places: Gstr2BPlaces, head: str, path: str) -> str:
    return f'SUMIFS({places.bypass_area(PORTAL[head])},{places.bypass_area(PATH)},"{path}")'


def _counts(rec: Reconciliation, bypass: pd.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    rows, action = rec.gstr2b.rows, rec.state.work["action"]
    now, out = counted(rows, action), rejected(rows, action)
    standing = pd.concat([rows["path"][now], rejected_path(rows["path"][out])])
    # The line that brings amendments to the 2B's summary is no document.
    documents = bypass[bypass["document"] >= 0]
    return {str(k): int(v) for k, v in standing.value_counts().items()}, {str(k): int(v) for k, v in documents["path"].value_counts().items()}


def _put_counts(
    cells: dict[tuple[int, int], Cell], row: int, line: FormRow, live: LiveIms, places: Gstr2BPlaces, documents: DocumentPlaces, counts_ims: Mapping[str, int], counts_out: Mapping[str, int],
) -> None:
    path, (block, place) = line.path, line.path.split(".", 1)
    at_home, target = documents.in_ims(path), documents.outside(path)
    formula = live.count(path) if place in gstr2b_form().ims.values() and block != "itcrev" and (block != "itcunavl" or at_home) else ""
    cells[(row, IN_IMS)] = Cell(counts_ims.get(path, 0), "link_count" if at_home else "count", formula=f"={formula}" if formula else "", link=at_home)
    listed = f'=COUNTIFS({places.bypass_area(PATH)},"{path}",{places.bypass_area(1)},">0")' if target else ""
    cells[(row, OUTSIDE)] = Cell(counts_out.get(path, 0), "link_count" if target else "count", formula=listed, link=target)


def _difference_title(rec: Reconciliation, pulled: bool) -> str:
    if rec.gstr2b.estimated:
        return "Differences by document: nothing to compare with until the GSTR-2B of the period is pulled"
    if not len(rec.gstr2b.differences):
        return "Differences by document: none, the actions in this book are what was drawn"
    return f"Differences by document: {len(rec.gstr2b.differences)} lines explain expected minus portal" + ("" if pulled else " (the file had no summary)")


def _difference_block(rec: Reconciliation, places: Gstr2BPlaces) -> TableBlock:
    found = rec.gstr2b.differences
    if len(found) > _MANY:
        rest = found.iloc[_MANY - 1:]
        line = {**dict.fromkeys(found.columns, ""), "document_date": pd.NaT, **{h: int(rest[h].sum()) for h in HEADS}, "why": f"{len(rest)} more documents, in the report's JSON"}
        found = pd.concat([found.iloc[:_MANY - 1], pd.DataFrame([line])], ignore_index=True)
    return TableBlock(places.difference_header, (
        TableColumn(1, "No.", list(range(1, len(found) + 1)), kind="number", style="count"),
        TableColumn(2, "Why", found["why"].astype("str").tolist(), style="text"),
        TableColumn(3, "Supplier GSTIN", found["supplier_gstin"].astype("str").tolist()),
        TableColumn(4, "Document number", found["document_number"].astype("str").tolist()),
        TableColumn(5, "Date", found["document_date"].to_numpy(), kind="date", style="date"),
        *(TableColumn(PORTAL[head], NAMES[head], found[head].to_numpy(), kind="rupees", style="rupees", heading_style="heading_right") for head in HEADS),
        TableColumn(10, "Section", found["section"].astype("str").tolist()),
        TableColumn(11, "Supplier name", found["supplier_name"].astype("str").tolist()),
        TableColumn(PATH, "Row in JSON", found["path"].astype("str").tolist(), style="note_line"),
    ), autofilter=False)


def _bypass_block(bypass: pd.DataFrame, places: Gstr2BPlaces) -> TableBlock:
    return TableBlock(places.bypass_header, (
        TableColumn(1, "No.", _numbered(bypass), kind="number", style="count"),
        TableColumn(2, "Why it stands here", [f"{row_words(p)}. {n}" for p, n in zip(bypass["path"], bypass["note"])]),
        TableColumn(3, "Supplier GSTIN", bypass["supplier_gstin"].tolist()),
        TableColumn(4, "Document number", bypass["document_number"].tolist()),
        TableColumn(5, "Date", bypass["document_date"].to_numpy(), kind="date", style="date"),
        *(TableColumn(PORTAL[head], NAMES[head], bypass[head].to_numpy(), kind="rupees", style="rupees", heading_style="heading_right") for head in HEADS),
        TableColumn(10, "Taxable value", bypass["taxable_value"].to_numpy(), kind="rupees", style="rupees", heading_style="heading_right"),
        TableColumn(11, "Supplier name", bypass["supplier_name"].tolist()),
        TableColumn(PATH, "Row in JSON", bypass["path"].tolist(), style="note_line"),
    ), autofilter=False)


def _numbered(bypass: pd.DataFrame) -> list[int | None]:
    """Documents are numbered; the line that follows the 2B's summary is none and bears no number."""
    numbers = (bypass["document"] >= 0).cumsum()
    return [int(n) if document >= 0 else None for n, document in zip(numbers, bypass["document"])]
