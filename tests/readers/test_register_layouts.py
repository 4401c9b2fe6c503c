"""Every package's layout, built by ourselves, read into one ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ims_xl.readers.register import RegisterFile, read_register
from tests.readers import registers as made
from tests.readers.registers import ALPHA, BETA, CLIENT, GAMMA, as_csv, as_xlsx

Row = tuple[str, str, str, float, float, float, float]


def lines(read: RegisterFile) -> list[Row]:
    """Voucher, supplier, document number, taxable value, IGST, CGST, SGST in rupees, line by line."""
    ledger = read.ledger
    return [
        (v, s, n, t / 100, i / 100, c / 100, u / 100)
        for v, s, n, t, i, c, u in zip(*(ledger[name] for name in ("voucher_number", "supplier_gstin", "document_number", "taxable_value", "igst", "cgst", "sgst")))
    ]


@pytest.fixture(params=["csv", "xlsx"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[made.Rows], RegisterFile]:
    def keep(rows: made.Rows) -> RegisterFile:
        path = as_csv(tmp_path, rows) if request.param == "csv" else as_xlsx(tmp_path, rows)
        return read_register(path, CLIENT)

    return keep


Kept = Callable[[made.Rows], RegisterFile]


def test_the_plain_columns_of_the_contract_are_read_as_typed(kept: Kept) -> None:
    read = kept(made.contract())
    assert lines(read) == [("1", ALPHA, "000123", 1000, 0, 90, 90), ("2", BETA, "1E5", 100, 18, 0, 0), ("3", GAMMA, "X/1", -50, 0, 4.5, 4.5)]
    assert list(read.ledger["document_date"].dt.strftime("%Y-%m-%d")) == ["2026-10-05", "2026-10-06", "2026-10-06"]
    assert list(read.ledger["place_of_supply"]) == ["27", "29", "27"]
    assert list(read.ledger["itc_eligibility"]) == ["Inputs", "Ineligible", "Capital goods"]
    assert list(read.ledger["reverse_charge"]) == ["N", "N", ""]
    assert list(read.ledger["document_value"].isna()) == [False, False, True]
    assert read.problems == ()
    assert list(read.rows) == list(read.ledger["source_row"]) == [2, 3, 4]


def test_tally_columnar_tells_ledgers_of_value_from_ledgers_of_tax(kept: Kept) -> None:
    read = kept(made.tally_columnar())
    assert read.layout == "Tally columnar"
    assert [row[2:] for row in lines(read)] == [
        ("A-1", 1000, 0, 90, 90), ("B-1", 1100, 198, 0, 0), ("C-9", 100, 0, 9, 9), ("", 500, 0, 0, 0), ("G/77", 500, 0, 45, 45),
    ]
    assert list(read.ledger["voucher_type"]) == ["Purchase", "Purchase", "Debit Note", "Purchase", "Journal"]
    assert read.ledger["voucher_number"].is_unique
    assert read.ledger["supply_nature"].iloc[3] == "Exempt"
    assert read.ledger["document_value"].iloc[0] == 118000
    assert list(read.ledger["document_date"].dt.day.iloc[:3]) == [3, 4, 4]
    assert list(read.ledger["voucher_date"].dt.day) == [5, 5, 6, 7, 8]
    assert read.counts["totals"] == 1


def test_tally_gst_voucher_list_has_the_suppliers_number_in_doc_no(kept: Kept) -> None:
    read = kept(made.tally_gst_vouchers())
    assert [row[2:] for row in lines(read)] == [("A-1", 1000, 0, 90, 90), ("B/9", 100000, 18000, 0, 0)]
    assert list(read.ledger["document_value"]) == [118000, 11800000]


def test_tally_voucher_format_gives_each_ledger_row_its_part(kept: Kept) -> None:
    read = kept(made.tally_voucher_format())
    assert len(read.ledger) == 8
    totals = read.ledger.groupby("document_number")[["taxable_value", "igst", "cgst", "sgst"]].sum()
    assert totals.loc["A-1"].tolist() == [100000, 0, 9000, 9000]
    assert totals.loc["C-1"].abs().tolist() == [10000, 1800, 0, 0]
    assert read.ledger.groupby("document_number")["voucher_number"].nunique().tolist() == [1, 1]
    assert set(read.ledger["supplier_gstin"]) == {ALPHA, BETA}


def test_a_day_book_gives_purchases_and_payments_that_bear_tax_alone(kept: Kept) -> None:
    read = kept(made.tally_day_book())
    assert [row[2:] for row in lines(read)] == [("A-1", 1000, 0, 90, 90), ("BK/10", 100, 0, 9, 9)]
    said = " ".join(p.message for p in read.problems)
    assert "Sales voucher is no purchase" in said and "payment or journal without tax" in said and "cancelled" in said
    assert read.counts["set aside"] == 3


def test_busy_continuation_rows_belong_to_the_document_above(kept: Kept) -> None:
    read = kept(made.busy())
    assert lines(read) == [
        ("PV-1", ALPHA, "A-1", 1000, 0, 90, 90), ("PV-1", ALPHA, "A-1", 1000, 0, 60, 60), ("PV-2", BETA, "B-1", 100, 18, 0, 0), ("DN-2", GAMMA, "CN-1", -100, 0, -9, -9),
    ]
    assert (read.counts["headings"], read.counts["totals"], read.counts["words"]) == (1, 1, 2)


def test_marg_calls_the_supplier_customer(kept: Kept) -> None:
    read = kept(made.marg())
    assert list(read.ledger["supplier_name"]) == ["Alpha", "Gamma"]
    assert [row[2:] for row in lines(read)] == [("VPT/26-27/11", 15736.17, 0, 393.41, 393.41), ("2026-27/017", 4357.13, 0, 108.93, 108.93)]


def test_marg_bill_csv_is_read_by_position(tmp_path: Path) -> None:
    read = read_register(made.marg_bill_csv(tmp_path), CLIENT)
    assert read.layout == "Marg CSV"
    assert [row[1:] for row in lines(read)] == [(BETA, "GC10943", 3164.63, 158.23, 0, 0), (BETA, "GC10943", 1659.46, 82.97, 0, 0)]
    assert list(read.rows) == [2, 3]
    assert any("computed" in p.message for p in read.problems)


def test_zoho_bills_have_a_row_an_item_and_drafts_stand_aside(kept: Kept) -> None:
    read = kept(made.zoho())
    assert lines(read) == [
        ("9001", ALPHA, "A-1", 100, 0, 9, 9), ("9001", ALPHA, "A-1", 200, 0, 18, 18), ("9003", BETA, "B-2", 100, 18, 0, 0), ("9004", GAMMA, "G-1", 100, 0, 2.5, 2.5),
    ]
    assert list(read.ledger["itc_eligibility"]) == ["", "Ineligible", "", ""]
    assert list(read.ledger["reverse_charge"]) == ["", "", "", "Y"]
    assert any("draft" in p.message for p in read.problems) and read.counts["set aside"] == 1


def test_erpnext_returns_are_negative_and_reverse_charge_stands_apart(kept: Kept) -> None:
    read = kept(made.erpnext())
    assert lines(read) == [
        ("PINV-1", ALPHA, "A-1", 1000, 0, 90, 90), ("PINV-2", ALPHA, "CN-1", -100, 0, -9, -9), ("PINV-3", GAMMA, "T-1", 1000, 0, 25, 25),
    ]
    assert list(read.ledger["reverse_charge"]) == ["N", "N", "Y"]
    assert set(read.ledger["recipient_gstin"]) == {CLIENT}


def test_erpnext_itemised_lines_share_their_invoice(kept: Kept) -> None:
    assert lines(kept(made.erpnext_itemised())) == [("PINV-1", ALPHA, "A-1", 1000, 0, 90, 90), ("PINV-1", ALPHA, "A-1", 100, 0, 9, 9)]


def test_sap_reference_is_the_suppliers_number_and_rcm_columns_are_not_charged_tax(kept: Kept) -> None:
    read = kept(made.sap())
    assert lines(read) == [
        ("5105600001", ALPHA, "A-1", 1000, 0, 90, 90), ("5105600002", GAMMA, "T/9", 2000, 0, 50, 50), ("5105600003", ALPHA, "CN7", -100, 0, -9, -9),
    ]
    assert list(read.ledger["reverse_charge"]) == ["", "Y", ""]
    assert list(read.ledger["document_date"].dt.day) == [1, 2, 2]


def test_quickbooks_vendor_credits_are_the_recipients_debit_notes(kept: Kept) -> None:
    read = kept(made.quickbooks())
    assert [row[2:] for row in lines(read)] == [("A-1", 1000, 0, 90, 90), ("VC-1", -100, -18, 0, 0)]
    assert list(read.ledger["voucher_type"]) == ["Purchase", "Debit Note"]


def test_rate_wise_blocks_under_merged_headings_are_added_up_once(tmp_path: Path) -> None:
    for merges in ((), ("F1:H1", "I1:L1", "A1:A2", "B1:B2")):
        read = read_register(as_xlsx(tmp_path, made.handmade(), merges=merges, name=f"r{len(merges)}.xlsx"), CLIENT)
        assert [row[2:] for row in lines(read)] == [("12", 300, 0, 20.5, 20.5), ("B/7", 100000, 18000, 0, 0)]
        assert read.counts["totals"] == 1 and not read.problems


def test_gstn_template_speaks_for_the_supplier(kept: Kept) -> None:
    read = kept(made.gstn_template())
    assert read.layout == "GSTN purchase register"
    assert list(read.ledger["document_type"]) == ["Invoice", "Credit Note", "Debit Note"]
    assert set(read.ledger["voucher_type"]) == {""}
    assert list(read.ledger["supply_nature"]) == ["B2B", "B2B", "SEZWP"]
    assert read.header_row == 5


def test_availed_itc_of_gstr2_is_never_added_to_tax(kept: Kept) -> None:
    read = kept(made.gstr2_b2b())
    assert [row[2:] for row in lines(read)] == [("A1", 100000, 18000, 0, 0), ("A1", 200000, 10000, 0, 0), ("A2", 1000, 0, 90, 90)]
    assert read.ledger["voucher_number"].iloc[0] == read.ledger["voucher_number"].iloc[1] != read.ledger["voucher_number"].iloc[2]
    assert list(read.ledger["itc_eligibility"]) == ["Inputs", "Capital goods", "Ineligible"]


def test_notes_of_gstr2_are_the_suppliers(kept: Kept) -> None:
    read = kept(made.gstr2_cdnr())
    assert list(read.ledger["document_type"]) == ["Credit Note", "Debit Note"]
    assert list(read.ledger["document_number"]) == ["CN-1", "DN-1"] and list(read.ledger["original_number"]) == ["A-1", "B-1"]


def test_imports_are_known_by_port_and_bill_of_entry(kept: Kept) -> None:
    read = kept(made.gstr2_impg())
    assert [row[1:5] for row in lines(read)] == [("", "2345678", 100000, 18000), (ALPHA, "2345679", 100000, 18000)]
    assert list(read.ledger["port_code"]) == ["INNSA1", "INSEZ1"]
    assert set(read.ledger["document_type"]) == {"Bill of Entry"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tally_xml_gives_a_line_a_voucher(tmp_path: Path, encoding: str) -> None:
    read = read_register(made.tally_xml(tmp_path, encoding), CLIENT)
    assert read.layout == "Tally XML"
    assert [row[1:] for row in lines(read)] == [(ALPHA, "A-1", 1000, 0, 90, 90), (BETA, "CN-1", -100, -18, 0, 0)]
    assert list(read.ledger["voucher_type"]) == ["Purchase", "Debit Note"] and read.ledger["supplier_name"].iloc[0] == "Alpha & Co"
    assert {"Sales voucher" in p.message or "cancelled" in p.message for p in read.problems} == {True}


def test_every_row_below_the_headings_is_accounted_for(kept: Kept) -> None:
    for rows in (made.contract(), made.tally_columnar(), made.busy(), made.handmade(), made.tally_day_book(), made.zoho(), made.tally_voucher_format()):
        read = kept(rows)
        accounted = len(read.ledger) + sum(read.counts[name] for name in ("blank", "totals", "headings", "words", "supplier bands", "unreadable", "set aside"))
        assert accounted == read.counts["rows"]


def test_the_ledger_has_its_schema_whatever_the_layout(kept: Kept) -> None:
    from ims_xl.state import empty
    from ims_xl.vocabulary import REGISTER_LEDGER

    for rows in (made.contract(), made.tally_columnar(), made.gstr2_impg(), made.zoho()):
        ledger = kept(rows).ledger
        assert list(ledger.columns) == list(REGISTER_LEDGER)
        assert ledger.dtypes.astype(str).to_dict() == empty(REGISTER_LEDGER).dtypes.astype(str).to_dict()
        assert (ledger["voucher_number"] != "").all() and isinstance(ledger.index, pd.RangeIndex)
