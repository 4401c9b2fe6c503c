"""The tabs recalculated by other engines give the cached values, before and after actions and reductions change."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import formualizer
import numpy as np
import openpyxl
import pandas as pd
import pytest

from ims_xl.book import template
from ims_xl.decisions.reductions import check_reductions
from ims_xl.hosts import open_book
from ims_xl.hosts.base import SheetText
from ims_xl.returns.setoff import SetOffRequest, cash_saved, set_off
from ims_xl.vocabulary import HEADS
from ims_xl.workbook.plan import Cell, Plan
from ims_xl.workbook.tabs.credit_notes import credit_notes_frame
from ims_xl.workbook.tabs.gstr3b import read_inputs
from ims_xl.writers.upload import build_upload
from tests.returns.books import layout, plan
from tests.returns.months import Month
from tests.returns.random_month import random_month
from tests.tabs.painter import paint


def formulas(whole: Plan) -> dict[tuple[str, int, int], Cell]:
    """Every formula cell of the two tabs, with its cached value."""
    return {(sheet.name, row, column): cell for sheet in whole.sheets for (row, column), cell in sheet.cells.items() if cell.formula}


def spoiled(whole: Plan) -> Plan:
    """The same plan with every cached value of the tabs and helpers wrong: what comes out right was recalculated."""
    sheets = tuple(replace(sheet, cells={at: replace(cell, value=-987654.0) if cell.formula else cell for at, cell in sheet.cells.items()}) for sheet in whole.sheets)
    return replace(whole, sheets=sheets)


def wrong(value_of: Callable[[str, int, int], object], cells: dict[tuple[str, int, int], Cell]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for (sheet, row, column), cell in cells.items():
        value = value_of(sheet, row, column)
        same = value == cell.value if isinstance(cell.value, str) else isinstance(value, (int, float)) and abs(float(value) - float(cell.value or 0)) < 0.0051
        if not same:
            found.append((sheet, row, column, cell.value, value, cell.formula))
    return found


def engine_of(path: Path) -> formualizer.Workbook:
    engine = formualizer.load_workbook(str(path))
    engine.evaluate_all()
    return engine


def changed(month: Month, seed: int) -> Month:
    """Other actions and other reductions on a tenth of the rows."""
    rng = np.random.default_rng(seed)
    rows = rng.random(len(month.ims)) < 0.1
    imports = month.ims["section"].str.startswith("IMPG").to_numpy()
    action = np.where(rows, rng.choice(["Accept", "Pending", "No Action"], len(rows)), month.work["action"].to_numpy(dtype=object))
    action = np.where(rows & ~imports & (rng.random(len(rows)) < 0.3), "Reject", action)
    notes = np.flatnonzero(rows & month.ims["section"].str.startswith("B2B-CN").to_numpy())
    work = month.work.assign(action=pd.array(action, dtype="str"))
    answer = work["reduce_itc"].to_numpy(dtype=object).copy()
    answer[notes] = "Yes"
    work["reduce_itc"] = pd.array(answer, dtype="str")
    for head in HEADS:
        amounts = work[f"reduce_{head}"].copy()
        amounts.iloc[notes] = month.ims[head].iloc[notes].to_numpy() // 4
        work[f"reduce_{head}"] = amounts
    other = Month()
    other.__dict__.update(month.__dict__)
    other.work = work
    return other


def type_into(engine: formualizer.Workbook, before: Month, after: Month) -> None:
    """What a person types on the IMS sheet."""
    where = layout(before.reconciliation).ims
    for position in range(len(before.ims)):
        row = int(where.rows[position])
        if before.work["action"].iloc[position] != after.work["action"].iloc[position]:
            engine.set_value("IMS", row, where.columns["Action"], after.work["action"].iloc[position])
        if before.work["reduce_itc"].iloc[position] != after.work["reduce_itc"].iloc[position]:
            engine.set_value("IMS", row, where.columns["Reduce ITC"], after.work["reduce_itc"].iloc[position])
        for head, name in zip(HEADS, ("IGST", "CGST", "SGST", "Cess")):
            old, new = before.work[f"reduce_{head}"].iloc[position], after.work[f"reduce_{head}"].iloc[position]
            if not pd.isna(new) and (pd.isna(old) or old != new):
                engine.set_value("IMS", row, where.columns[f"Reduce {name}"], int(new) / 100)


@pytest.mark.parametrize(("count", "seed", "pulled"), [(300, 1, True), (300, 2, False), (40, 3, True)])
def test_formulas_equal_the_cached_values_before_and_after_actions_change(count: int, seed: int, pulled: bool, tmp_path: Path) -> None:
    month = random_month(count, seed, pulled)
    whole = plan(month.reconciliation)
    paint(spoiled(whole), tmp_path / "book.xlsx")
    engine = engine_of(tmp_path / "book.xlsx")
    cells = formulas(whole)
    assert len(cells) > 500
    assert wrong(engine.get_value, cells) == []

    after = changed(month, seed)
    type_into(engine, month, after)
    engine.evaluate_all()
    expected = {k: v for k, v in formulas(plan(after.reconciliation)).items() if k in cells}
    assert len(expected) > 450
    moved = sum(1 for k, v in expected.items() if v.value != cells[k].value)
    assert moved > 20
    # Lists below the form move when documents do, so only what stands at the same place in both is compared.
    labels = _labels(whole), _labels(plan(after.reconciliation))
    same_place = {k: v for k, v in expected.items() if labels[0].get((k[0], k[1])) == labels[1].get((k[0], k[1]))}
    assert len(same_place) > 450
    assert wrong(engine.get_value, same_place) == []


def _labels(whole: Plan) -> dict[tuple[str, int], object]:
    return {(sheet.name, row): cell.value for sheet in whole.sheets for (row, column), cell in sheet.cells.items() if column == 2}


ALWAYS = """<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def test_libreoffice_recalculates_the_same_figures(tmp_path: Path) -> None:
    month = random_month(300, 5)
    whole = plan(changed(month, 5).reconciliation)
    paint(spoiled(whole), tmp_path / "book.xlsx")
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / "book.xlsx")],
        check=True, timeout=180, capture_output=True,
    )
    book = openpyxl.load_workbook(tmp_path / "out" / "book.xlsx", data_only=True)
    assert wrong(lambda sheet, row, column: book[sheet].cell(row, column).value, formulas(whole)) == []


def test_a_book_of_three_thousand_documents_recalculates_the_same(tmp_path: Path) -> None:
    """20,000 documents, LibreOffice at that size, and other actions typed, are in bench/live.py, with the seconds."""
    whole = plan(random_month(3_000, 6).reconciliation)
    host = open_book(template())
    host.paint(spoiled(whole))
    host.save(tmp_path / "book.xlsx")
    host.close()
    engine = engine_of(tmp_path / "book.xlsx")
    assert wrong(engine.get_value, formulas(whole)) == []


def test_every_box_leads_to_its_documents_in_one_click() -> None:
    month = random_month(120, 8)
    whole = plan(month.reconciliation)
    tabs = {sheet.name: sheet for sheet in whole.sheets}
    three_b, two_b = tabs["GSTR-3B"].cells, tabs["GSTR-2B"].cells
    box = {str(cell.value): (row, cell.link) for (row, column), cell in three_b.items() if column == 1 and row < 40}
    rows = layout(month.reconciliation).ims.rows
    first, last = int(min(rows)), int(max(rows))
    for name in ("3.1(d)", "4A1", "4A3", "4A4", "4A5", "4B1", "4B2", "4D2"):
        row, link = box[name]
        sheet, _, target = link.removeprefix("#'").partition("'!")
        at = [int("".join(filter(str.isdigit, corner))) for corner in target.split(":")]
        if sheet == "IMS":
            assert first <= at[0] <= at[-1] <= last, name
        else:
            listed = {r for block in tabs[sheet].tables for r in range(block.header_row, block.header_row + 1 + len(block.columns[0].values))}
            assert set(at) <= listed, (name, link)
        assert three_b[row, 2].link.startswith("#'GSTR-3B'!A")   # its working
    for (row, column), cell in two_b.items():
        if column in (4, 5) and row > 6 and isinstance(cell.value, int) and cell.value:
            assert cell.link, (row, column)


def test_the_list_of_4b_adds_up_to_the_boxes() -> None:
    month = random_month(160, 9)
    month.inputs = {}
    block = next(sheet for sheet in plan(month.reconciliation).sheets if sheet.name == "GSTR-3B").tables[1]
    told = {column.heading: list(column.values) for column in block.columns}
    counts = [action in ("Accept", "No Action", "outside IMS") for action in told["Action now"]]
    vouchers = month.gstr3b.reverse_charge
    for head, name in zip(HEADS, ("IGST", "CGST", "SGST", "Cess")):
        sums = {box: sum(value for value, on, b in zip(told[name], counts, told["Box"]) if on and b == box) for box in ("4B1", "4B2")}
        assert sums["4B1"] + int(vouchers[~vouchers["eligible"]][head].sum()) == month.gstr3b.boxes["4B1"][head]
        assert sums["4B2"] + month.gstr2b.boxes["itcrev.nonrevsup"][head] == month.gstr3b.boxes["4B2"][head]


@pytest.mark.parametrize("seed", range(4))
def test_set_off_on_the_tab_is_the_command_s_for_any_liability_typed(seed: int, tmp_path: Path) -> None:
    """One book; the liabilities and balances of ten cases are typed in one after the other, with 86B and either order by the seed."""
    rng = np.random.default_rng(seed)
    month = Month(rule_86b=seed % 2 == 0, setoff_order="portal" if seed % 3 == 0 else "statute")
    month.inputs = {f"3b.{line}.{head}": "1" for line in ("3.1a", "ledger") for head in HEADS}
    whole = plan(month.reconciliation)
    paint(whole, tmp_path / "book.xlsx")
    engine = engine_of(tmp_path / "book.xlsx")
    cells = next(sheet for sheet in whole.sheets if sheet.name == "GSTR-3B").cells
    rows = {str(cell.value): row for (row, column), cell in cells.items() if column == 19}
    words = {str(cell.value): row for (row, column), cell in cells.items() if column == 2}
    for _ in range(10):
        size = 10.0 ** rng.integers(0, 9, 8) * (rng.random(8) > 0.2)
        paise = (rng.random(8) * size).astype(np.int64)
        for line, four in (("3b.3.1a", paise[:4]), ("3b.ledger", paise[4:])):
            for column, amount in zip(range(4, 8), four):
                engine.set_value("GSTR-3B", rows[line], column, int(amount) / 100)
        engine.evaluate_all()
        case = SetOffRequest(dict(zip(HEADS, paise[:4].tolist())), dict(zip(HEADS, paise[4:].tolist())), rule_86b=month.settings.rule_86b, order=month.settings.setoff_order)
        best = set_off(case)
        top = words["Liability of"]
        for i, head in enumerate(HEADS, start=1):
            used = [best.utilisation.get(f"{head}_{credit}", 0) for credit in HEADS]
            assert [round(float(engine.get_value("GSTR-3B", top + i, column) or 0) * 100) for column in range(4, 8)] == used, (case, head)
            assert round(float(engine.get_value("GSTR-3B", top + i, 8)) * 100) == best.cash[head]
            assert round(float(engine.get_value("GSTR-3B", top + i, 9)) * 100) == best.carry_forward[head]
        assert round(float(engine.get_value("GSTR-3B", words["Cash that the best split saves"], 8)) * 100) == cash_saved(case)


def as_text(whole: Plan, name: str) -> SheetText:
    """The tab as a host would read it back."""
    sheet = next(s for s in whole.sheets if s.name == name)
    cells = {at: cell.value for at, cell in sheet.cells.items()}
    rows, columns = range(1, max(r for r, _ in cells) + 1), range(1, max(c for _, c in cells) + 1)
    frame = pd.DataFrame([["" if cells.get((r, c)) is None else f"{cells[r, c]:.12g}" if isinstance(cells[r, c], float) else str(cells[r, c]) for c in columns] for r in rows], index=rows, columns=columns)
    return SheetText(name, frame)


def test_what_is_typed_on_gstr_3b_is_read_back_by_id() -> None:
    month = random_month(60, 7)
    month.inputs["3b.4B2.other.cess"] = "not yet known"
    found = read_inputs(as_text(plan(month.reconciliation), "GSTR-3B"))
    typed = {name: text for name, text in found.items() if text}
    assert typed == {
        "3b.3.1a.taxable_value": "9000000", "3b.3.1a.igst": "400000", "3b.3.1a.cgst": "350000.5", "3b.3.1a.sgst": "350000.5", "3b.4A5.reclaim.cgst": "1200", "3b.4B1.rule42.igst": "-500",
        "3b.ledger.igst": "100000", "3b.4D2.override.cgst": "77", "3b.4D2.reason": "as per notice", "3b.4A2.services.igst": "1800", "3b.4B2.other.cess": "not yet known",
    }
    # as earlier books have it: typed instead before to file
    before = as_text(plan(month.reconciliation), "GSTR-3B").frame.set_axis([*range(1, 8), *range(13, 18), *range(8, 13), 18, 19], axis=1).sort_index(axis=1)
    assert read_inputs(SheetText("GSTR-3B", before)) == found
    again = random_month(60, 7)
    again.inputs = found
    assert again.gstr3b.boxes == month.gstr3b.boxes


@pytest.mark.parametrize(("typed", "reduced"), [
    ("300 -", (300, 0, 0, 50)), ("- 20", (1800, 0, 0, 20)), ("300 0", (300, 0, 0, 0)), ("0 -", (0, 0, 0, 50)), ("1800 -", (1800, 0, 0, 50)), ("0 0", (0, 0, 0, 0)),
])
def test_a_reduction_head_left_blank_means_all_of_it_everywhere(typed: str, reduced: tuple[int, ...], tmp_path: Path) -> None:
    """GSTR-2B, its live formulas, the Credit Notes tab, the checks and the upload read the same typed cells alike."""
    month = Month(ims=f"section document_number taxable_value document_value igst cess supply_type action remarks reduce_itc reduce_igst reduce_cess\nB2B-CN C-1 10000 11850 1800 50 R Accept half_availed Yes {typed}")
    assert month.box("itcavl.othersup.cdnr") == reduced

    paint(spoiled(plan(month.reconciliation)), tmp_path / "book.xlsx")
    engine, where = engine_of(tmp_path / "book.xlsx"), layout(month.reconciliation).ims
    assert tuple(engine.get_value("IMS", int(where.rows[0]), where.columns[f"ITC {name}"]) for name in ("IGST", "CGST", "SGST", "Cess")) == reduced

    needed = pd.DataFrame({"reduce_needed": [True]})
    tab = credit_notes_frame(replace(month.reconciliation, decisions=needed), layout(month.reconciliation)).iloc[0]
    assert tuple(int(tab[f"reduced_{head}"]) // 100 for head in HEADS) == reduced

    said = check_reductions(month.ims, month.work, needed.set_axis(["reduction_needed"], axis=1)).iloc[0]
    assert said == ("" if any(reduced) else "V9: all amounts are zero: answer No instead")

    ((_, data),) = build_upload(month.ims, month.work, "portal-offline", month.settings).files
    (sent,) = json.loads(data)["invdata"]["b2bcn"]
    declared = tuple(sent.get(f"decl{head.capitalize()}") for head in HEADS)
    assert (sent["itcRedReq"], declared) == {(1800, 0, 0, 50): ("Y", (None,) * 4), (0, 0, 0, 0): ("N", (None,) * 4)}.get(reduced, ("Y", reduced))
