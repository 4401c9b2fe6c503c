"""What the tabs say of the sample month, and what all of them have in common."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries

from ims_xl.followup.unreported import CHASE
from ims_xl.rupees import grouped
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS
from ims_xl.workbook import skeleton
from ims_xl.workbook.plan import Plan, SheetPlan
from ims_xl.workbook.tabs import SHEETS, lay_out
from ims_xl.workbook.tabs.amendments import amendments_frame
from ims_xl.workbook.tabs.calendar import key_dates
from ims_xl.workbook.tabs.credit_notes import credit_notes_frame
from ims_xl.workbook.tabs.default_risk import default_risk_frame
from ims_xl.workbook.tabs.imports import imports_frame
from ims_xl.workbook.tabs.not_in_ims import not_in_ims_frame
from ims_xl.workbook.tabs.pending import HEADINGS, PENDING, pending_frame
from ims_xl.workbook.tabs.pieces import money_width
from ims_xl.workbook.tabs.rejected import rejected_frame
from ims_xl.workbook.tabs.suppliers import suppliers_frame
from ims_xl.workbook.tabs.where import area, letters, runs
from ims_xl.workbook.theme import DIFFERENTIALS, STYLES
from tests.ledger_page import reconciled
from tests.tabs.sample import hers, layout, sample


@pytest.fixture(scope="module")
def rec() -> Reconciliation:
    return sample()


@pytest.fixture(scope="module", params=["ours", "hers", "empty", "Classic"])
def plan(request: pytest.FixtureRequest) -> Plan:
    rec = sample([], []) if request.param == "empty" else sample(palette="Classic" if request.param == "Classic" else "Standard")
    return lay_out(rec, hers(rec) if request.param == "hers" else layout(rec))


def by_number(frame: pd.DataFrame, number: str) -> dict[str, object]:
    return frame[frame["document_number"] == number].iloc[0].to_dict()


def test_every_tab_is_there_in_order(plan: Plan, rec: Reconciliation) -> None:
    painted = [s.name.replace(" (IMS)", "") for s in plan.sheets]
    assert painted == [n for n in SHEETS if n not in ("IMS", "Purchase Register")]
    assert len(SHEETS) == 21 and len(plan.patches) == 2


def test_every_style_that_a_plan_names_is_known_to_the_theme(plan: Plan) -> None:
    for part in (*plan.sheets, *plan.patches):
        tables = part.tables if isinstance(part, SheetPlan) else (part,)
        used = {c.style for c in part.cells.values()}
        for table in tables:
            for column in table.columns:
                used |= {column.heading_style} | ({column.style} if isinstance(column.style, str) else set(column.style))
        assert used <= set(STYLES), used - set(STYLES)
        assert {f.style for f in part.formats} <= set(DIFFERENTIALS)


def test_links_lead_to_sheets_that_exist(plan: Plan) -> None:
    names = {s.name for s in plan.sheets} | {p.sheet for p in plan.patches}
    for sheet in plan.sheets:
        links = [c.link for c in sheet.cells.values() if c.link] + [t for b in sheet.tables for c in b.columns if c.links for t in c.links if t]
        for link in links:
            assert link.startswith("#'") and link[2:].rpartition("'!")[0].replace("''", "'") in names, link


def test_no_two_things_stand_in_one_cell(plan: Plan) -> None:
    for sheet in plan.sheets:
        taken: set[tuple[int, int]] = set()
        for block in sheet.tables:
            for column in block.columns:
                for row in range(block.header_row, block.header_row + len(column.values) + 1):
                    assert (row, column.column) not in taken, (sheet.name, row, column.column)
                    taken.add((row, column.column))
        assert not taken & {at for at, c in sheet.cells.items() if c.value is not None}, sheet.name
        merged: set[tuple[int, int]] = set()
        for merge in sheet.merges:
            left, top, right, bottom = range_boundaries(merge)
            cells = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            assert not merged & cells, (sheet.name, merge)
            merged |= cells
            assert all(sheet.cells[at].value is None for at in cells - {(top, left)} if at in sheet.cells), (sheet.name, merge)


def test_a_footer_fits_and_names_client_and_sheet(plan: Plan) -> None:
    for sheet in plan.sheets:
        assert 0 < len(sheet.page.footer) <= 255 and "&A" in sheet.page.footer and "27AAKCB4321Q1Z" in sheet.page.footer


def test_a_client_name_cannot_steer_the_footer(rec: Reconciliation) -> None:
    settings = replace(rec.state.settings, name="A&B & Sons &P" + "x" * 300)
    footer = lay_out(replace(rec, state=replace(rec.state, settings=settings)), layout(rec)).sheets[0].page.footer
    assert "A&&B && Sons &&P" in footer and len(footer) <= 255


def test_the_tiles_count_what_stands_and_tie_to_the_action_column(rec: Reconciliation) -> None:
    home = lay_out(rec, layout(rec)).sheets[0]
    counts = {home.cells[5, c].value: home.cells[6, c].value for c in (2, 4, 6, 8, 10, 12)}
    assert counts == {"All documents": 32, "A  Accept": 18, "R  Reject": 1, "P  Pending": 10, "-  No action": 3, "Not in IMS": 4}
    rupees = [home.cells[7, c].value for c in (2, 4, 6, 8, 10)]
    assert rupees[0] == pytest.approx(sum(rupees[1:]))


def test_home_names_what_only_a_person_can_answer(rec: Reconciliation) -> None:
    home = lay_out(rec, layout(rec)).sheets[0]
    said = {home.cells[r, 2].value: home.cells[r, 6].value for r in range(12, 21) if (r, 2) in home.cells}
    assert said["Credit notes: is ITC to be reduced?"] == 2
    assert said["Errors that the portal reported"] == 1
    assert said["Changed by the supplier since the last pull"] == 1
    assert said["Booked but not in IMS: ask the supplier"] == 4


def test_home_names_what_is_booked_twice() -> None:
    rec = reconciled("ims A INV-1 2026-10-07 1000 180\nbooks A INV-1 2026-10-07 1000 180\nbooks A INV-1 2026-10-07 1000 180").rec
    home = lay_out(rec, layout(rec)).sheets[0]
    (row,) = [r for (r, c), cell in home.cells.items() if c == 2 and cell.value == "Booked twice: take one booking back"]
    assert (home.cells[row, 6].value, home.cells[row, 7].value) == (1, 180)


def test_with_history_the_third_picture_is_the_trend(rec: Reconciliation) -> None:
    trend = pd.DataFrame({"period": ["2026-08", "2026-09"], "match_percent": [81.5, 90.0]})
    home = lay_out(rec, replace(layout(rec), frames={"Trend": trend})).sheets[0]
    chart = home.charts[2]
    assert chart.kind == "line" and chart.number_format == "0%"
    _, top, _, bottom = range_boundaries(chart.series[0].values.split("!")[1])
    assert [home.cells[r, 10].value for r in range(top, bottom + 1)] == ["2026-08", "2026-09", "2026-10"]
    assert [home.cells[r, 12].value for r in range(top, top + 2)] == [0.815, 0.9]


def test_dates_follow_the_clients_own_frequency(rec: Reconciliation) -> None:
    assert [(d.what, d.day.isoformat()) for d in key_dates(rec)][:3] == [
        ("Suppliers' GSTR-1, monthly", "2026-11-11"), ("GSTR-2B is drawn", "2026-11-14"), ("GSTR-3B", "2026-11-20")]
    quarter = replace(rec, state=replace(rec.state, settings=replace(rec.state.settings, quarterly=True)))
    assert {d.what: d.day.isoformat() for d in key_dates(quarter)}["GSTR-3B"] == "2027-01-22"    # Maharashtra: group X


def test_what_is_not_in_ims_has_its_cause_and_its_days(rec: Reconciliation) -> None:
    frame = not_in_ims_frame(rec, layout(rec).register)
    whole = by_number(frame, "AS/26-27/0470")
    assert whole["rows"] == "30, 31" and whole["tax"] == 43_800_00 and whole["kind"] == CHASE
    assert "Reverse charge" in by_number(frame, "RENT/10")["cause"]
    assert "bill of entry" in by_number(frame, "IMP-22")["cause"]
    old = by_number(frame, "EOM-1")
    assert old["cut_off"] == pd.Timestamp("2026-11-30") and old["pay_by"] == pd.Timestamp("2025-12-29") and old["age_days"] == 498
    assert by_number(frame, "RET-3")["itc"] == -1_620_00          # our debit note: the supplier's credit note
    assert list(frame["kind"])[:4] == [CHASE] * 4


def test_credit_after_its_time_is_said_to_be_lost(rec: Reconciliation) -> None:
    late = replace(rec, as_of=pd.Timestamp("2026-12-05").date())
    old = by_number(not_in_ims_frame(late, layout(rec).register), "EOM-1")
    assert "30-11-2026" in old["cause"] and pd.isna(old["chase_before"])


def test_credit_notes_show_the_reduction_as_it_will_be_sent(rec: Reconciliation) -> None:
    frame = credit_notes_frame(rec, layout(rec))
    assert (by_number(frame, "CN/101")["answer"], by_number(frame, "CN/101")["reduced_cgst"]) == ("Yes, full", 1_800_00)
    assert (by_number(frame, "HCN-7")["answer"], by_number(frame, "HCN-7")["reduced_igst"]) == ("Yes, partial", 13_500_00)
    assert by_number(frame, "CCN-2")["answer"].startswith("? open")
    assert by_number(frame, "DCN-5")["answer"] == "when accepted"
    assert by_number(frame, "CC-7001A")["answer"].startswith("? open")      # a downward amendment asks too
    assert by_number(frame, "CN/101")["last_day"] == pd.Timestamp("2026-12-20")


def test_amendments_stand_beside_their_originals(rec: Reconciliation) -> None:
    frame = amendments_frame(rec, layout(rec))
    here, before, unknown = (by_number(frame, n) for n in ("AS/26-27/0399", "CC-7001A", "DN-4R"))
    assert (here["found_in"], here["change_tax"], here["direction"]) == ("this book, IMS row 23", -720_00, "▼ downward")
    assert (before["found_in"], before["original_tax"], before["direction"]) == ("period 2026-08", 18_000_00, "▼ downward")
    assert unknown["found_in"] == "not known here" and pd.isna(unknown["change_tax"]) and unknown["direction"] == "? unknown"


def test_imports_tell_whether_the_drawn_2b_has_them(rec: Reconciliation) -> None:
    frame = imports_frame(rec, layout(rec))
    assert by_number(frame, "8812345")["in_2b"] == "yes" and by_number(frame, "8700001")["in_2b"] == "no"


def test_pending_rows_are_ordered_by_what_runs_out_first(rec: Reconciliation) -> None:
    frame = pending_frame(rec, layout(rec))
    assert len(frame) == 10 and frame["must_decide_by"].is_monotonic_increasing
    assert by_number(frame, "DCN-5")["must_decide_by"] == pd.Timestamp("2026-12-20")
    assert by_number(frame, "CC-7790")["must_decide_by"] == pd.Timestamp("2027-11-30")
    assert by_number(frame, "CC-7790")["challan_no"] == "DC/77"
    headings = {c.heading for c in PENDING.columns}
    assert set(HEADINGS.values()) | {"Must decide by"} <= headings


def test_the_follow_ups_verdict_wins_over_our_own(rec: Reconciliation) -> None:
    where = layout(rec)
    key = by_number(pending_frame(rec, where), "DL/991")["key"]
    told = pd.DataFrame({"key": [key], "trail": ["✓ complete"], "missing": [""]})
    assert by_number(pending_frame(rec, replace(where, frames={"Pending": told})), "DL/991")["trail"] == "✓ complete"


def test_a_rejection_carries_text_and_remedy(rec: Reconciliation) -> None:
    row = rejected_frame(rec, layout(rec)).iloc[0]
    assert "DL/1004" in row["letter"] and "Not ours" in row["letter"] and "GSTR-1A" in row["remedy"] and row["status"] == "To be told"


def test_default_risk_ranks_by_rupees_and_takes_exposure_as_given(rec: Reconciliation) -> None:
    where = layout(rec)
    frame = default_risk_frame(rec, where)
    assert list(frame["itc"]) == sorted(frame["itc"], reverse=True) and set(frame["in_books"]) == {"✓ in books", "✗ not in books"}
    told = pd.DataFrame({"key": frame["key"], "Interest": [100] * len(frame), "Section": ["74A"] * len(frame)})
    plan = next(s for s in lay_out(rec, replace(where, frames={"Default Risk": told})).sheets if s.name == "Default Risk")
    assert {"Interest": "rupees", "Section": "text"}.items() <= {c.heading: c.kind for c in plan.tables[0].columns}.items()


def test_suppliers_tie_to_the_documents(rec: Reconciliation) -> None:
    frame = suppliers_frame(rec, layout(rec))
    assert frame["supplier_gstin"].is_unique
    assert frame["documents"].sum() == 30       # two imports have no supplier
    assert frame["books_count"].sum() == 4


def test_a_supplier_who_is_only_in_the_books_has_a_line(rec: Reconciliation) -> None:
    only = sample([], None)
    frame = suppliers_frame(only, layout(only))
    assert len(frame) == 4 and frame["documents"].sum() == 0


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_amounts_in_texts_group_the_indian_way(paise: int) -> None:
    text = grouped(paise)
    assert int(text.replace(",", "").replace(".", "")) == paise
    whole = text.lstrip("-").partition(".")[0].split(",")
    assert 1 <= len(whole[0]) <= 3 and all(len(part) == 2 for part in whole[1:-1]) and (len(whole) == 1 or len(whole[-1]) == 3)


@given(st.sets(st.integers(min_value=1, max_value=400), max_size=80))
def test_runs_cover_the_rows_exactly(rows: set[int]) -> None:
    covered: list[int] = []
    for one in runs(sorted(rows), 28):
        left, top, right, bottom = range_boundaries(one)
        assert left == right == 28
        covered += range(top, bottom + 1)
    assert covered == sorted(rows)


def test_column_letters_are_the_spreadsheets_own() -> None:
    book = Workbook().active
    for number in (1, 26, 27, 52, 702, 703, 16384):
        assert letters(number) == book.cell(1, number).column_letter
    assert area(7, 2, 9, 4) == "B7:D9"


def test_a_column_is_wide_enough_for_its_largest_amount() -> None:
    assert money_width(pd.Series([100], dtype="int64"), 11) == 11
    assert money_width(pd.Series([12_345_678_901_23], dtype="int64"), 11) > 15
    assert money_width(pd.Series([], dtype="int64"), 11) == 11


def test_the_committed_skeletons_are_what_the_builder_makes(tmp_path: object) -> None:
    from pathlib import Path
    from zipfile import ZipFile

    folder = Path(str(tmp_path))
    skeleton.main(str(folder))
    committed = Path(skeleton.__file__).resolve().parents[2] / "workbook_templates"
    for name in ("month.xlsx", "firm.xlsx"):
        with ZipFile(committed / name) as old, ZipFile(folder / name) as new:
            assert sorted(old.namelist()) == sorted(new.namelist())
            for part in old.namelist():
                if not part.startswith("docProps/"):     # the library names its version there
                    assert old.read(part) == new.read(part), f"{name}: {part} differs; run python -m ims_xl.workbook.skeleton"


def test_the_month_skeleton_has_every_sheet_with_its_print_set_up() -> None:
    from pathlib import Path

    book = load_workbook(Path(skeleton.__file__).resolve().parents[2] / "workbook_templates" / "month.xlsx")
    assert tuple(book.sheetnames) == SHEETS
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9 and sheet.page_setup.fitToHeight == (None if sheet.title == "Home" else 0) and sheet.sheet_properties.pageSetUpPr.fitToPage
    rec = sample()
    for name, patch in zip(("IMS", "Purchase Register"), lay_out(rec, layout(rec)).patches):
        sheet = book[name]
        assert [sheet.cell(6, c.column).value for c in patch.columns] == [c.heading for c in patch.columns]
        assert [c.name for t in sheet.tables.values() for c in t.tableColumns] == [c.heading for c in sorted(patch.columns, key=lambda c: c.column)]
    assert set(HEADS)
