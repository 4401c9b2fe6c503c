"""GSTR-3B: each rule of tables 3.1(d) and 4, the ledgers, the lock, the statement, the upload file."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ims_xl.returns import inputs as typed_cells
from ims_xl.returns.gstr3b import gstr3b
from ims_xl.returns.gstr3b_json import build
from ims_xl.settings import Settings
from ims_xl.vocabulary import HEADS, ImsXlError
from tests.returns.months import Month, Period
from tests.returns.random_month import random_month

ONE = "section document_number taxable_value cgst sgst action"
BOOKS = "document_number taxable_value cgst sgst itc_eligibility receipt_date voucher_type"


def test_blocked_credit_stands_in_4a_and_goes_back_in_4b1() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 Accept\nB2B A-2 10000 50 50 Pending", books=f"{BOOKS}\nA-1 10000 900 900 Ineligible - Purchase\nA-2 10000 50 50 Ineligible - Purchase")
    assert month.cell("4A5")[1] == month.cell("4B1")[1] == 900
    assert month.cell("4C")[1] == 0


def test_a_voucher_blocked_in_part_goes_back_in_part() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 Accept", books=f"{BOOKS} voucher_number\nA-1 4000 360 360 Ineligible - Purchase V1\nA-1 6000 540 540 Inputs - Purchase V1")
    assert month.cell("4B1")[1] == 360


def test_a_blocked_purchase_and_its_credit_note_come_to_nil() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 Accept\nB2B-CN C-1 1000 90 90 Accept", books=f"{BOOKS}\nA-1 10000 900 900 Ineligible - Purchase\nC-1 1000 90 90 Ineligible - Debit_Note")
    assert (month.cell("4A5")[1], month.cell("4B1")[1], month.cell("4C")[1]) == (810, 810, 0)


@pytest.mark.parametrize(("received", "back"), [("2026-11-01", 900), ("2026-10-31", 0), ("-", 0)])
def test_goods_received_after_the_period_s_end_go_back_in_4b2(received: str, back: int) -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 No_Action", books=f"{BOOKS}\nA-1 10000 900 900 Inputs {received} Purchase")
    assert month.cell("4B2")[1] == back


@pytest.mark.parametrize(("typed", "register", "back"), [("2026-10-28", "2026-11-03", 0), ("2026-11-03", "2026-10-28", 900), ("2026-11-03", "-", 900), ("NaT", "2026-11-03", 900)])
def test_receipt_as_typed_on_pending_goes_before_the_registers(typed: str, register: str, back: int) -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 Accept", books=f"{BOOKS}\nA-1 10000 900 900 Inputs {register} Purchase")
    facts = pd.DataFrame({"receipt_date": pd.Series(np.array([typed], dtype="datetime64[s]"))})
    boxes = gstr3b(month.gstr2b, month.ims, month.work, month.register, month.links, facts, {}, month.settings).boxes
    assert boxes["4B2"]["cgst"] == back * 100


def test_the_last_lot_decides_about_receipt() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 Accept", books=f"{BOOKS}\nA-1 4000 360 360 Inputs 2026-10-09 Purchase\nA-1 6000 540 540 Inputs 2026-11-03 Purchase")
    assert month.cell("4B2")[1] == 900


@pytest.mark.parametrize(("setting", "back"), [(False, 0), (True, 900)])
def test_what_is_counted_and_not_in_books_is_shown_and_reversed_only_by_setting(setting: bool, back: int) -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 Accept\nB2B A-2 10000 70 70 Pending", reverse_not_in_books=setting)
    line = month.gstr3b.components
    assert int(line[line["key"] == "IMS.Not in books"]["cgst"].sum()) == 90000
    assert month.cell("4B2")[1] == back


RCM = "voucher_number document_number reverse_charge taxable_value cgst sgst voucher_type itc_eligibility voucher_date document_date"


def test_reverse_charge_that_2b_has_is_not_counted_twice() -> None:
    month = Month(
        books=f"{RCM}\nV1 R-1 Y 10000 250 250 Purchase Inputs 2026-10-09 2026-10-07\nV2 0R-002 Y 1000 25 25 Purchase Inputs 2026-10-09 2026-10-07\nV3 R-9 Y 500 12 12 Purchase Inputs 2026-10-09 2026-10-07",
        two_b="section document_number taxable_value cgst sgst reverse_charge\nb2b R-1 10000 250 250 Y\nb2b 0R-2 1000 25 25 Y",
    )
    assert month.cell("3.1(d)")[1] == month.cell("4A3")[1] == 287


def test_reverse_charge_marked_ineligible_is_paid_claimed_and_taken_back() -> None:
    month = Month(books=f"{RCM}\nV1 R-1 Y 10000 250 250 Purchase Ineligible 2026-10-09 2026-10-07")
    assert [month.cell(b)[1] for b in ("3.1(d)", "4A3", "4B1", "4C")] == [250, 250, 250, 0]


def test_a_debit_note_under_reverse_charge_lessens_it() -> None:
    month = Month(books=f"{RCM}\nV1 R-1 Y 10000 250 250 Purchase Inputs - 2026-10-07\nV2 R-2 Y 1000 25 25 Debit_Note Inputs - 2026-10-07")
    assert month.cell("3.1(d)")[1] == month.cell("4A3")[1] == 225


@pytest.mark.parametrize(("only", "tax"), [(False, 260), (True, 250)])
def test_reverse_charge_of_other_periods_is_named_and_left_out_by_setting(only: bool, tax: int) -> None:
    month = Month(books=f"{RCM}\nV1 R-1 Y 10000 250 250 Purchase Inputs 2026-11-03 2026-10-30\nV2 R-2 Y 400 10 10 Purchase Inputs 2026-08-05 2026-08-01", rcm_period_only=only)
    assert month.cell("3.1(d)")[1] == tax
    assert any("V2" in warning for warning in month.gstr3b.warnings)


def test_typed_amounts_enter_their_boxes() -> None:
    month = Month(inputs={
        "3b.4A5.reclaim.cgst": "18,000", "3b.4A5.earlier.cgst": "100", "3b.4B1.rule38.cgst": "1", "3b.4B1.rule42.cgst": "2", "3b.4B1.rule43.cgst": "3", "3b.4B1.other.cgst": "4", "3b.4B1.blocked.cgst": "5",
        "3b.4B2.rule37.cgst": "6000", "3b.4B2.rule37a.cgst": "7", "3b.4B2.other.cgst": "8", "3b.4A1.boe.igst": "9", "3b.4A2.services.igst": "10", "3b.4A3.other.cgst": "11", "3b.ecrs.opening.cgst": "18000",
    })
    assert [month.cell(b)[1] for b in ("4A5", "4B1", "4B2", "4D1", "4A3")] == [18100, 15, 6015, 18000, 11]
    assert month.cell("4A1")[0] == 9
    assert month.cell("4A2")[0] == 10
    assert month.cell("3.1(d)") == (10, 11, 0, 0)


@pytest.mark.parametrize(("document", "paid", "shown"), [
    ("2026-03-10", "-", 900), ("2026-03-10", "2026-09-30", 900), ("2026-03-10", "2026-09-01", 0), ("2026-04-20", "-", 0), ("2026-01-10", "-", 0),
])
def test_a_bill_unpaid_for_180_days_is_shown_in_4b2_for_the_return_after_that_day(document: str, paid: str, shown: int) -> None:
    books = f"voucher_number document_number document_date payment_date taxable_value cgst sgst\nV1 A-1 {document} {paid} 10000 900 900\nV2 A-2 2026-10-01 2026-10-20 1000 90 90"
    month = Month(books=books)
    lines = month.gstr3b.components
    assert int(lines[lines["key"] == "register.rule37"]["cgst"].sum()) == shown * 100
    assert month.cell("4B2")[1] == 0
    assert any("Rule 37" in w and "V1" in w for w in month.gstr3b.warnings) is bool(shown)
    assert not any("Nothing is typed for rule 37" in w for w in Month(books=books, inputs={"3b.4B2.rule37.cgst": "900"}).gstr3b.warnings)


def test_the_worked_example_of_both_styles() -> None:
    """Domain reference 5.3: portal-first with in-transit goods, an unpaid bill and last month's goods received now."""
    month = Month(
        ims=f"{ONE}\nB2B A-1 100000 460000 460000 Accept\nB2B BLOCKED 100000 10000 10000 Accept\nB2B TRANSIT 100000 30000 30000 Accept\nB2B-DN D-1 1000 5000 5000 Accept\nB2BA AM-1 1000 38000 38000 Accept\nB2B-CN C-1 1000 13000 13000 Accept",
        books=f"{BOOKS}\nBLOCKED 100000 10000 10000 Ineligible - Purchase\nTRANSIT 100000 30000 30000 Inputs 2026-11-05 Purchase",
        two_b="section document_type document_number taxable_value cgst sgst reverse_charge itc_available\n" + "\n".join(
            f"{s} {t} {n} 1 {v} {v} {r} {a}" for s, t, n, v, r, a in (
                ("b2b", "Invoice", "A-1", 460000, "N", "Y"), ("b2b", "Invoice", "BLOCKED", 10000, "N", "Y"), ("b2b", "Invoice", "TRANSIT", 30000, "N", "Y"), ("cdnr", "Debit_Note", "D-1", 5000, "N", "Y"),
                ("b2ba", "Invoice", "AM-1", 38000, "N", "Y"), ("cdnr", "Credit_Note", "C-1", 13000, "N", "Y"), ("b2b", "Invoice", "RCM", 25000, "Y", "Y"), ("b2b", "Invoice", "POS", 4000, "N", "N"))),
        earlier="section document_number cgst sgst counted\nB2B AM-1 40000 40000 yes", inputs={"3b.4A5.reclaim.cgst": "18000", "3b.4B2.rule37.cgst": "6000", "3b.ecrs.opening.cgst": "18000"},
    )
    month.ims.loc[4, ["original_number"]] = "AM-1"
    month.ims.loc[4, "original_date"] = pd.Timestamp("2026-09-10")
    assert {b: month.cell(b)[1] for b in ("4A3", "4A5", "4B1", "4B2", "4C", "4D1", "4D2")} == {"4A3": 25000, "4A5": 508000, "4B1": 10000, "4B2": 36000, "4C": 487000, "4D1": 18000, "4D2": 4000}
    assert int(month.gstr3b.statement.set_index("line").loc["O3", "cgst"]) == 3600000


def test_an_override_is_filed_and_asks_for_its_reason() -> None:
    month = Month(inputs={"3b.4A5.override.cgst": "500"})
    assert (month.cell("4A5")[1], month.cell("4C")[1], month.gstr3b.working["4A5"]["cgst"]) == (500, 500, 0)
    assert any("without a reason" in w for w in month.gstr3b.warnings)
    assert not any("without a reason" in w for w in Month(inputs={**month.inputs, "3b.4A5.reason": "as advised"}).gstr3b.warnings)


def test_a_locked_table_4_is_the_drawn_2b_plus_reclaims() -> None:
    month = Month(
        ims=f"{ONE}\nB2B A-1 10000 900 900 Pending", two_b="section document_number taxable_value cgst sgst\nb2b A-1 10000 900 900", books=f"{RCM}\nV1 R-1 Y 10000 250 250 Purchase Inputs - -",
        summary={"itcavl.nonrevsup.b2b": {"igst": 0, "cgst": 90000, "sgst": 90000, "cess": 0}}, inputs={"3b.4A5.reclaim.cgst": "10", "3b.4A5.earlier.cgst": "99", "3b.4A5.override.cgst": "1"}, itc_lock=True,
    )
    assert month.cell("4A5")[1] == 910
    assert month.cell("4A3")[1] == 0
    assert any("locked to 2B" in w for w in month.gstr3b.warnings)


def test_the_two_ledgers_warn_before_the_portal_refuses() -> None:
    said = Month(inputs={"3b.4A5.reclaim.cgst": "100", "3b.ecrs.opening.cgst": "99.99", "3b.4A3.override.cgst": "5", "3b.4A3.reason": "x"}).gstr3b.warnings
    assert any(w.startswith("Reclaim ledger, CGST") for w in said)
    assert any(w.startswith("RCM statement, CGST") for w in said)


@pytest.mark.parametrize(("extra", "warned"), [("2500000", False), ("2500000.01", True)])
def test_drc_01c_warns_beyond_both_limits(extra: str, warned: bool) -> None:
    said = Month(inputs={"3b.4A5.earlier.cgst": extra}).gstr3b.warnings
    assert any(w.startswith("DRC-01C") for w in said) is warned


def test_what_is_not_an_amount_is_named_and_counts_as_nothing() -> None:
    month = Month(inputs={"3b.4B1.rule42.cgst": "about 500"})
    assert month.cell("4B1")[1] == 0
    assert "about 500" in month.gstr3b.warnings[0]
    with pytest.raises(ImsXlError, match="about 500"):
        build(month.gstr3b, month.inputs, month.settings)


@pytest.mark.parametrize(("text", "paise"), [("1,200.50", 120050), ("(500)", -50000), ("-500", -50000), ("₹ 1 200", 120000), ("1e5", 10000000), (".5", 50), ("0.005", 1), ("Rs. 10", 1000), ("", None), ("abc", None), ("1.2.3", None), ("-", None)])
def test_typed_rupees_are_read_to_the_paisa(text: str, paise: int | None) -> None:
    assert typed_cells.money(text) == paise


def test_the_upload_file_has_every_row_in_order_with_two_decimals() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900.05 900.05 Accept", inputs={"3b.3.1a.taxable_value": "100000", "3b.3.1a.cgst": "9000.5", "3b.5.gst.intra": "1", "3b.5.gst.intra.taxable_value": "12"})
    data = build(month.gstr3b, month.inputs, month.settings)
    assert b'{"ty":"OTH","iamt":0.00,"camt":900.05,"samt":900.05,"csamt":0.00}' in data
    said = json.loads(data)
    assert list(said) == ["gstin", "ret_period", "sup_details", "eco_dtls", "itc_elg", "inward_sup", "intr_ltfee", "inter_sup"]
    assert said["ret_period"] == "102026"
    assert [r["ty"] for r in said["itc_elg"]["itc_avl"]] == ["IMPG", "IMPS", "ISRC", "ISD", "OTH"]
    assert [r["ty"] for r in said["itc_elg"]["itc_rev"]] == [r["ty"] for r in said["itc_elg"]["itc_inelg"]] == ["RUL", "OTH"]
    assert said["itc_elg"]["itc_net"] == {"iamt": 0, "camt": 900.05, "samt": 900.05, "csamt": 0}
    assert said["sup_details"]["osup_det"]["camt"] == 9000.5
    assert said["inward_sup"]["isup_details"][0]["intra"] == 12
    with pytest.raises(ImsXlError, match="GSTIN"):
        build(month.gstr3b, {}, Settings(period=Period(2026, 10)))


@pytest.mark.parametrize("seed", [21, 22])
def test_every_paisa_between_expected_and_drawn_has_a_line(seed: int) -> None:
    two_b = random_month(300, seed).gstr2b
    told = two_b.differences.groupby("path")[list(HEADS)].sum()
    for path, heads in two_b.boxes.items():
        if path.count(".") == 2:
            for head in HEADS:
                gap = heads[head] - two_b.portal_boxes[path][head]
                assert gap == (int(told.loc[path, head]) if path in told.index else 0), (path, head)


@pytest.mark.parametrize("seed", [31, 32])
def test_the_statement_proves_itself_and_the_components_add_up(seed: int) -> None:
    month = random_month(200, seed)
    statement = month.gstr3b.statement.set_index("line")
    for head in HEADS:
        line = {name: int(statement.loc[name, head]) for name in statement.index}
        assert line["J"] == 0
        assert line["F"] == line["A"] - line["B"] - line["C"] + line["D"] + line["E"]
        parts = month.gstr3b.components
        for box, heads in month.gstr3b.working.items():
            if box != "4C":
                assert heads[head] == int(parts[(parts["box"] == box) & parts["counts"]][head].sum())


def test_the_order_of_rows_changes_no_box() -> None:
    month = random_month(200, 41)
    other = random_month(200, 41)
    order = pd.Series(range(200)).sample(frac=1, random_state=1).to_numpy()
    other.ims, other.work = month.ims.iloc[order].reset_index(drop=True), month.work.iloc[order].reset_index(drop=True)
    other.links = type(month.links)(month.links.results, month.links.ims_result[order], month.links.register_result)
    assert other.gstr2b.boxes == month.gstr2b.boxes
    assert other.gstr3b.boxes == month.gstr3b.boxes

