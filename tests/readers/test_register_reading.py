"""What one cell, one row, one pair of columns of a register means, and what is said of what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_xl.readers.register import REGISTER_HEADINGS, RegisterFile, read_register, read_register_sheet
from ims_xl.vocabulary import REGISTER_LEDGER, ImsXlError
from tests.readers.registers import ALPHA, BETA, CLIENT, GAMMA, as_csv, as_text, as_xlsx, contract

HEADS = ["Party", "GSTIN", "Invoice No", "Invoice Date", "Taxable Value", "IGST", "CGST", "SGST", "Total"]


def row(number: str = "A-1", gst: str = ALPHA, day: str = "05/10/2026", taxable: str = "1000", igst: str = "", cgst: str = "90", sgst: str = "90", total: str = "1180", party: str = "Alpha") -> list[str]:
    return [party, gst, number, day, taxable, igst, cgst, sgst, total]


def read(*rows: list[str], heads: list[str] | None = None, titles: tuple[list[str], ...] = (), **options: object) -> RegisterFile:
    return read_register_sheet(as_text([*titles, heads or HEADS, *rows]), "r.xlsx", CLIENT, **options)  # type: ignore[arg-type]


def said(found: RegisterFile) -> str:
    return " ".join(f"{p.row} {p.field} {p.message}" for p in found.problems)


def test_an_unreadable_cell_is_a_problem_and_its_row_stays() -> None:
    found = read(row(taxable="#N/A"), row("#REF!"), row("A-3", day="32/13/2026"), row("A-4", gst=ALPHA[:14] + ("A" if ALPHA[14] != "A" else "B")), row("A-5", cgst="ninety"))
    assert len(found.ledger) == 5
    assert [(p.row, p.field) for p in found.problems] == [
        (2, "taxable_value"), (3, "document_number"), (3, "document_number"), (4, "document_date"), (5, "supplier_gstin"), (6, "cgst"),
    ]
    assert all(p.file == "r.xlsx" and p.sheet == "Purchases" for p in found.problems)


def test_words_for_an_unregistered_supplier_are_no_gstin_and_no_problem() -> None:
    found = read(row(gst="URD"), row(gst="Unregistered"), row(gst="-"), row(gst="n/a"))
    assert set(found.ledger["supplier_gstin"]) == {""}
    assert list(found.ledger["supply_nature"]) == ["URD", "Unregistered", "", "Unregistered"]
    assert not found.problems


def test_numbers_keep_their_zeros_and_letters() -> None:
    found = read(row("000123"), row("12.0"), row("1E5"), row("1234567890123456"), row("=1+1"), row("<b>"))
    assert list(found.ledger["document_number"]) == ["000123", "12", "1E5", "1234567890123456", "=1+1", "<b>"]


def test_amounts_are_read_as_indians_write_them() -> None:
    found = read(row(taxable="1,00,000.50"), row(taxable="₹ 1,234.00"), row(taxable="(1,234.00)"), row(taxable="1,234.00 Dr"), row(taxable="1,234.00 Cr"), row(taxable="-"), row(taxable="Rs. 5"))
    assert list(found.ledger["taxable_value"]) == [10000050, 123400, -123400, 123400, -123400, 0, 500]


def test_totals_are_left_out_even_without_the_word() -> None:
    lines = [row("A-1"), row("A-2", taxable="500", cgst="45", sgst="45", total="590")]
    for total in (["", "", "", "", "1500", "", "135", "135", "1770"], ["Grand Total", "", "", "", "1500", "", "135", "135", "1770"], ["", "", "Total :", "", "1500", "", "135", "135", "1770"]):
        found = read(*lines, [""] * 9, total)
        assert len(found.ledger) == 2 and found.counts["totals"] == 1, total


def test_a_total_that_counts_the_bills_is_a_total() -> None:
    found = read(row("A-1"), row("A-2"), ["", "", "2", "", "2000", "", "180", "180", "2360"])
    assert len(found.ledger) == 2 and found.counts["totals"] == 1


def test_one_column_for_cgst_and_sgst_is_parted() -> None:
    heads = ["Party", "GSTIN", "Invoice No", "Invoice Date", "Taxable Value", "IGST", "CGST/SGST", "Total"]
    together = read(["A", ALPHA, "1", "05/10/2026", "1000", "", "180", "1180"], ["A", ALPHA, "2", "05/10/2026", "500", "", "90", "590"], heads=heads)
    assert together.ledger[["cgst", "sgst"]].to_numpy().tolist() == [[9000, 9000], [4500, 4500]]
    each = read(["A", ALPHA, "1", "05/10/2026", "1000", "", "90", "1180"], ["A", ALPHA, "2", "05/10/2026", "500", "", "45", "590"], heads=heads)
    assert each.ledger[["cgst", "sgst"]].to_numpy().tolist() == [[9000, 9000], [4500, 4500]]


def test_of_two_plain_dates_the_one_behind_the_bill_number_is_the_bills() -> None:
    found = read(["06/10/2026", "A-1", "01/10/2026", "Alpha", ALPHA, "100", "9", "9"], heads=["Date", "Bill No", "Date", "Party", "GSTIN", "Taxable", "CGST", "SGST"])
    assert (found.ledger["document_date"].dt.day.iloc[0], found.ledger["voucher_date"].dt.day.iloc[0]) == (1, 6) and not found.problems


def test_number_and_date_in_one_column_are_parted() -> None:
    found = read(*([p, ALPHA, cell, "100", "9", "9"] for p, cell in (("A", "A-1 dt 05/10/2026"), ("B", "GST/26-27/7, 5-Oct-26"), ("C", "C/9"))), heads=["Party", "GSTIN", "Invoice No. & Date", "Taxable Value", "CGST", "SGST"])
    assert list(found.ledger["document_number"]) == ["A-1", "GST/26-27/7", "C/9"]
    assert list(found.ledger["document_date"].dt.day.fillna(0)) == [5, 5, 0]


def test_a_supplier_named_total_is_no_total() -> None:
    found = read(row(party="Total Energies Ltd"), ["Total Oil", "", "C-7", "06/10/2026", "500", "", "", "", "500"], ["Total", "", "", "", "1500", "", "90", "90", "1680"])
    assert list(found.ledger["supplier_name"]) == ["Total Energies Ltd", "Total Oil"]


def test_opening_and_closing_rows_are_no_lines() -> None:
    found = read(["Opening Balance", "", "", "", "100", "", "", "", "100"], row(), ["Closing Balance", "", "", "", "1100", "", "", "", "1280"])
    assert len(found.ledger) == 1


def test_continued_lines_take_the_document_above_and_its_voucher() -> None:
    found = read(row("A-1"), ["", "", "", "", "200", "", "5", "5", ""], row("A-2"))
    assert list(found.ledger["document_number"]) == ["A-1", "A-1", "A-2"]
    assert list(found.ledger["supplier_gstin"]) == [ALPHA] * 3
    numbers = list(found.ledger["voucher_number"])
    assert numbers[0] == numbers[1] != numbers[2]


def test_lines_under_a_suppliers_band_are_that_suppliers() -> None:
    heads = ["Bill No", "Bill Date", "Party", "GSTIN", "Taxable Value", "IGST", "CGST", "SGST"]
    found = read(
        ["", "", "Alpha", ALPHA, "", "", "", ""], ["A-1", "05/10/2026", "", "", "1000", "", "90", "90"], ["A-2", "05/10/2026", "", "", "1000", "", "90", "90"],
        ["", "", "Alpha Total", "", "2000", "", "180", "180"], ["", "", "Beta", BETA, "", "", "", ""], ["B-1", "05/10/2026", "", "", "100", "18", "", ""], heads=heads)
    assert list(found.ledger["supplier_gstin"]) == [ALPHA, ALPHA, BETA]
    assert list(found.ledger["supplier_name"]) == ["Alpha", "Alpha", "Beta"]


def test_a_repeated_block_of_headings_is_skipped() -> None:
    found = read(row("A-1"), ["ABC Traders"], HEADS, row("A-2"))
    assert len(found.ledger) == 2 and found.counts["headings"] == 1


def test_the_same_document_twice_is_two_vouchers_and_two_rates_are_one() -> None:
    twice = read(row("A-1"), row("A-1"))
    assert twice.ledger["voucher_number"].is_unique
    rates = read(row("A-1", taxable="500", cgst="45", sgst="45"), row("A-1", taxable="500", cgst="45", sgst="45"))
    assert rates.ledger["voucher_number"].nunique() == 1, "two equal lines add up to the bill's total"


def test_made_voucher_numbers_do_not_depend_on_the_order_of_rows() -> None:
    rows = [row("A-1"), row("A-2", taxable="7"), row("B-1", gst=BETA, igst="180", cgst="", sgst="")]
    there = read(*rows).ledger.set_index("document_number")["voucher_number"].to_dict()
    back = read(*reversed(rows)).ledger.set_index("document_number")["voucher_number"].to_dict()
    assert there == back


def test_one_journal_number_over_several_suppliers_is_several_vouchers() -> None:
    heads = ["Voucher No", "Voucher Type", "Date", "Party", "GSTIN", "Bill No", "Bill Date", "Taxable Value", "CGST", "SGST"]
    found = read(["J1", "Journal", "05/10/2026", "A", ALPHA, "A1", "01/10/2026", "100", "9", "9"], ["J1", "Journal", "05/10/2026", "C", GAMMA, "C1", "01/10/2026", "100", "9", "9"],
                 ["J1", "Journal", "05/10/2026", "C", GAMMA, "C1", "01/10/2026", "50", "4.5", "4.5"], heads=heads)
    assert found.ledger["voucher_number"].nunique() == 2
    assert found.ledger["voucher_number"].iloc[0] == "J1"


def test_rate_lines_of_one_voucher_keep_its_number() -> None:
    heads = ["Voucher No", "Voucher Type", "Date", "Party", "GSTIN", "Bill No", "Bill Date", "Taxable Value", "CGST", "SGST"]
    found = read(["7", "Purchase", "05/10/2026", "A", ALPHA, "A1", "01/10/2026", "100", "9", "9"], ["7", "Purchase", "05/10/2026", "A", ALPHA, "A1", "01/10/2026", "50", "1.25", "1.25"], heads=heads)
    assert list(found.ledger["voucher_number"]) == ["7", "7"]


def test_the_heading_may_stand_in_row_thirty() -> None:
    found = read(row(), titles=tuple(["some words"] for _ in range(29)))
    assert found.header_row == 30 and list(found.rows) == [31]


def test_headings_of_two_lines_are_joined() -> None:
    text = as_text([
        ["", "Supplier", "", "Invoice", "", "", "Amount", "", "", ""], ["Sr", "Name", "GSTIN", "No", "Date", "Value", "Taxable", "IGST", "CGST", "SGST"],
        ["1", "Alpha", ALPHA, "A-1", "05/10/2026", "1180", "1000", "", "90", "90"],
    ])
    found = read_register_sheet(text, "r.xlsx", CLIENT)
    assert found.header_rows[-1] == 2
    assert found.ledger.iloc[0][["document_number", "supplier_name", "taxable_value", "document_value"]].tolist() == ["A-1", "Alpha", 100000, 118000]


def test_rate_and_amount_below_a_head_are_told_apart() -> None:
    text = as_text([
        ["Party", "GSTIN", "Bill No", "Bill Date", "Taxable Value", "CGST", "", "SGST", "", "IGST", "", "Bill Amount"], ["", "", "", "", "", "Rate", "Amount", "Rate", "Amount", "Rate", "Amount", ""],
        ["Alpha", ALPHA, "A-1", "05/10/2026", "1000", "9", "90", "9", "90", "", "", "1180"],
    ])
    assert read_register_sheet(text, "r.xlsx", CLIENT).ledger.iloc[0][["igst", "cgst", "sgst"]].tolist() == [0, 9000, 9000]


def test_a_gstin_column_is_found_by_what_it_holds() -> None:
    found = read(row(), heads=["Party", "Registration", *HEADS[2:]])
    assert found.ledger["supplier_gstin"].iloc[0] == ALPHA
    assert found.mapping_shown.set_index("heading").loc["Registration", "how"] == "by content"


def test_a_gstin_column_that_holds_the_client_is_the_recipients() -> None:
    heads = ["GSTIN", "Party", "GSTIN No", "Invoice No", "Invoice Date", "Taxable Value", "IGST", "CGST", "SGST"]
    found = read(*([CLIENT, "P", gst, f"N{i}", "05/10/2026", "100", "", "9", "9"] for i, gst in enumerate((ALPHA, BETA, GAMMA))), heads=heads)
    assert list(found.ledger["supplier_gstin"]) == [ALPHA, BETA, GAMMA]
    assert set(found.ledger["recipient_gstin"]) == {CLIENT}


def test_two_plausible_number_columns_are_told_and_marked_for_confirmation() -> None:
    heads = ["Party", "GSTIN", "Invoice No", "Bill No", "Bill Date", "Taxable Value", "IGST"]
    rows = [["P", (ALPHA, BETA)[i % 2], f"X/{i * 7 % 13}", f"Q{i * 31 % 17}", "05/10/2026", "1000", "180"] for i in range(8)]
    found = read(*rows, heads=heads)
    assert "'Invoice No' and 'Bill No' could each be the document number" in said(found)
    shown = found.mapping_shown.set_index("heading")
    assert list(shown.loc[["Invoice No", "Bill No"], "how"]) == ["confirm", "confirm"]
    settled = read(*rows, heads=heads, mapping={"Bill No": "document_number", "Invoice No": ""})
    assert list(settled.ledger["document_number"]) == [r[3] for r in rows] and not settled.problems


def test_numbers_that_count_up_are_the_firms_own() -> None:
    heads = ["Party", "GSTIN", "Invoice No", "Bill No", "Bill Date", "Taxable Value", "IGST"]
    found = read(*(["P", (ALPHA, BETA)[i % 2], f"{i + 100}", f"Q{i * 31 % 17}", "05/10/2026", "1000", "180"] for i in range(8)), heads=heads)
    assert found.ledger["document_number"].iloc[0] == "Q0" and found.ledger["voucher_number"].iloc[0] == "100"


def test_the_only_number_column_is_used_and_said() -> None:
    found = read(["A", ALPHA, "V-1", "05/10/2026", "100", "9", "9"], heads=["Party", "GSTIN", "Voucher No", "Date", "Taxable Value", "CGST", "SGST"])
    assert found.ledger["document_number"].iloc[0] == "V-1" and "only column of numbers" in said(found)


def test_blank_supplier_numbers_are_filled_from_the_reference_never_from_the_voucher() -> None:
    heads = ["Date", "Party", "GSTIN", "Supplier Invoice No", "Ref No", "Voucher No", "Taxable Value", "CGST", "SGST"]
    found = read(*(["05/10/2026", "A", ALPHA, n, r, str(i), "100", "9", "9"] for i, (n, r) in enumerate((("A1", "R1"), ("", "R2"), ("", "")))), heads=heads)
    assert list(found.ledger["document_number"]) == ["A1", "R2", ""]
    assert "3" not in list(found.ledger["document_number"]) and "document number is blank" in said(found)


def test_net_amount_that_contains_tax_is_the_documents_value() -> None:
    heads = ["Party", "GSTIN", "Invoice No", "Date", "Gross Amount", "Net Amount", "IGST", "CGST", "SGST"]
    found = read(["A", ALPHA, "A-1", "05/10/2026", "1000", "1180", "", "90", "90"], ["B", BETA, "B-1", "05/10/2026", "100", "118", "18", "", ""], heads=heads)
    assert list(found.ledger["taxable_value"]) == [100000, 10000] and list(found.ledger["document_value"]) == [118000, 11800]


def test_tax_from_a_rate_goes_to_the_head_of_the_states_and_is_said() -> None:
    heads = ["Party", "GSTIN", "Bill No", "Bill Date", "Basic Amount", "GST %"]
    found = read(["Alpha", ALPHA, "A-1", "05/10/26", "1000", "18%"], ["Beta", BETA, "B-1", "05/10/26", "1000", "18%"], heads=heads)
    assert found.ledger[["igst", "cgst", "sgst"]].to_numpy().tolist() == [[0, 9000, 9000], [18000, 0, 0]]
    assert "computed from the rate" in said(found)


def test_a_total_beside_its_parts_is_not_added_to_them() -> None:
    heads = ["Party", "GSTIN", "Bill No", "Bill Date", "Taxable Value", "CGST 9%", "CGST 14%", "Total CGST", "SGST 9%", "SGST 14%", "Total SGST"]
    found = read(["A", ALPHA, "A-1", "05/10/26", "1500", "90", "70", "160", "90", "70", "160"], ["A", ALPHA, "A-2", "05/10/26", "1000", "90", "", "90", "90", "", "90"], heads=heads)
    assert list(found.ledger["cgst"]) == [16000, 9000] and list(found.ledger["sgst"]) == [16000, 9000]


def test_a_purchase_ledger_named_after_a_tax_is_no_tax() -> None:
    heads = ["Date", "Particulars", "Voucher No.", "Supplier Invoice No.", "GSTIN/UIN", "Gross Total", "IGST Purchase 18%", "IGST 18%"]
    found = read(["5-Oct-26", "Beta", "1", "B-1", BETA, "1180", "1000", "180"], heads=heads)
    assert found.ledger.iloc[0][["taxable_value", "igst"]].tolist() == [100000, 18000]


def test_month_first_only_where_the_period_line_proves_it() -> None:
    proved = read(row("A-1", day="10/05/2026"), titles=(["Purchases"], ["10/01/2026 to 10/31/2026"]))
    assert proved.ledger["document_date"].iloc[0] == pd.Timestamp("2026-10-05") and "month first" in said(proved)
    named = read(*(row(f"A-{i}", day=f"10/{i:02d}/2026") for i in range(1, 9)), titles=(["1-Oct-2026 to 31-Oct-2026"],))
    assert set(named.ledger["document_date"].dt.month) == {10}
    unproved = read(row("A-1", day="10/05/2026"), row("A-2", day="11/05/2026"))
    assert set(unproved.ledger["document_date"].dt.month) == {5}


def test_dates_that_excel_turned_round_are_turned_back() -> None:
    found = read(*(row(f"A-{i}", day=f"2026-{i:02d}-10") for i in range(1, 9)), *(row(f"B-{i}", day=f"{i}/10/2026") for i in range(13, 20)))
    assert set(found.ledger["document_date"].dt.month) == {10} and "exchanged" in said(found)


def test_reverse_charge_and_eligibility_are_said_in_the_ledgers_words() -> None:
    heads = [*HEADS, "RCM", "ITC Eligibility"]
    found = read(*([*row(f"A-{i}"), rcm, itc] for i, (rcm, itc) in enumerate((("Yes", "Inputs"), ("N", "input services"), ("", "Capital goods"), ("Y", "Blocked u/s 17(5)"), ("No", "No"), ("no", "ineligible")))), heads=heads)
    assert list(found.ledger["reverse_charge"]) == ["Y", "N", "", "Y", "N", "N"]
    assert list(found.ledger["itc_eligibility"]) == ["Inputs", "Input services", "Capital goods", "Ineligible", "Ineligible", "Ineligible"]


def test_yes_under_ineligible_means_ineligible_and_under_capital_goods_capital_goods() -> None:
    found = read([*row("A-1"), "Yes", ""], [*row("A-2"), "No", "Y"], [*row("A-3"), "", "N"], heads=[*HEADS, "Is Ineligible for ITC", "Capital Goods"])
    assert list(found.ledger["itc_eligibility"]) == ["Ineligible", "Capital goods", ""]


def test_a_plain_type_column_is_read_by_its_words() -> None:
    buyers = read([*row("A-1"), "Purchase"], [*row("A-2"), "Debit Note"], heads=[*HEADS, "Type"])
    assert list(buyers.ledger["voucher_type"]) == ["Purchase", "Debit Note"] and set(buyers.ledger["document_type"]) == {""}
    suppliers = read([*row("A-1"), "Invoice"], [*row("A-2"), "Credit Note"], heads=[*HEADS, "Type"])
    assert list(suppliers.ledger["document_type"]) == ["Invoice", "Credit Note"] and set(suppliers.ledger["voucher_type"]) == {""}


@pytest.mark.parametrize(("typed", "meant"), [("Purchase Return", "Debit Note"), ("Dr Note", "Debit Note"), ("GST Debit Note", "Debit Note"), ("Credit Note", "Credit Note"), ("purchase", "Purchase"), ("Import Purchase", "Import Purchase")])
def test_voucher_types_are_the_recipients_view(typed: str, meant: str) -> None:
    assert read([*row(), typed], heads=[*HEADS, "Voucher Type"]).ledger["voucher_type"].iloc[0] == meant


def test_places_are_two_digits_however_they_are_written() -> None:
    found = read(*([*row(f"A-{i}"), place] for i, place in enumerate(("27", "9", "29-Karnataka", "Karnataka", "MH", "Tamil Nadu (33)", "Atlantis", ""))), heads=[*HEADS, "Place of Supply"])
    assert list(found.ledger["place_of_supply"]) == ["27", "09", "29", "29", "27", "33", "", ""]
    assert [p.row for p in found.problems] == [8]


def test_a_file_that_writes_purchases_as_negatives_is_turned_round() -> None:
    found = read(*(row(f"A-{i}", taxable="-1000", cgst="-90", sgst="-90", total="-1180") for i in range(4)))
    assert (found.ledger["taxable_value"] == 100000).all() and "turned round" in said(found)


def test_discount_lines_inside_a_voucher_keep_their_sign() -> None:
    found = read(row("A-1"), ["", "", "", "", "-100", "", "-9", "-9", ""], row("A-2"), row("A-3"))
    assert list(found.ledger["taxable_value"]) == [100000, -10000, 100000, 100000]


@pytest.mark.parametrize("missing", ["GSTIN", "Invoice No", "money"])
def test_a_register_without_a_needed_column_says_which(missing: str) -> None:
    gone = {"Taxable Value", "IGST", "CGST", "SGST", "Total"} if missing == "money" else {missing}
    heads = [h if h not in gone else f"Other {i}" for i, h in enumerate(HEADS)]
    cells = row(gst="" if missing == "GSTIN" else ALPHA)
    with pytest.raises(ImsXlError, match=r"r\.xlsx, sheet 'Purchases'.*(supplier GSTIN|document number|taxable value)"):
        read(cells, heads=heads)


def test_an_empty_month_is_an_empty_ledger() -> None:
    found = read()
    assert len(found.ledger) == 0 and list(found.ledger.columns) == list(REGISTER_LEDGER) and not found.problems


def test_mapping_from_settings_goes_first_and_is_shown() -> None:
    heads = ["Party", "GSTIN", "Invoice No", "Our ref", "Invoice Date", "Amt A", "IGST", "CGST", "SGST"]
    found = read(["A", ALPHA, "1", "X/1", "05/10/2026", "1000", "", "90", "90"], heads=heads, mapping={"Our ref": "document_number", "Invoice No": "voucher_number", "Amt A": "taxable_value"})
    assert found.ledger.iloc[0][["document_number", "voucher_number", "taxable_value"]].tolist() == ["X/1", "1", 100000]
    assert found.mapping_shown.set_index("heading").loc["Our ref", "how"] == "your setting"


def test_every_column_is_shown_with_its_field_score_and_samples() -> None:
    shown = read(row("A-1"), row("A-2")).mapping_shown
    assert list(shown.columns) == ["heading", "field", "how", "score", "sample"] and list(shown["heading"]) == HEADS
    assert shown.set_index("heading").loc["Invoice No", ["field", "how", "sample"]].tolist() == ["document_number", "exact", "A-1 | A-2"]
    assert shown["score"].between(0, 100).all()


def test_the_signature_is_the_headings_in_their_order() -> None:
    assert read(row()).signature == read(row("Z")).signature != read(row(), heads=[*HEADS[:-1], "Invoice Value"]).signature


def test_sheet_columns_and_rows_are_those_of_the_sheet() -> None:
    found = read_register_sheet(as_text([HEADS, row("A-1"), row("A-2")], first_row=5), "r.xlsx", CLIENT)
    assert (found.header_row, found.last_row, list(found.rows), found.columns["supplier_gstin"], found.columns["taxable_value"]) == (5, 7, [6, 7], 2, 5)


def test_our_own_sheet_reads_back_without_loss(tmp_path: Path) -> None:
    ledger = read_register(as_csv(tmp_path, [*contract(), ["4", "Purchase", "2026-10-07", "", "Port", "", "B/1", "", "", "", "Y", "5", "1", "", "", "", "", ""]]), CLIENT).ledger
    cells = []
    for _, line in ledger.iterrows():
        cells.append([_as_cell(line[name], REGISTER_LEDGER[name]) for name in REGISTER_HEADINGS])
    text = as_text([["Purchase register as read"], [], [], [], ["Totals of the rows shown"], [*REGISTER_HEADINGS.values(), "Match", "Differs in", "IMS rows"], *([*line, "Exact", "", "7"] for line in cells)], "Purchase Register")
    back = read_register_sheet(text, "book.xlsx", CLIENT)
    assert back.layout == "ims-xl" and not back.problems and list(back.rows) == [7, 8, 9, 10]
    pd.testing.assert_frame_equal(back.ledger, ledger)


def _as_cell(value: object, kind: str) -> str:
    if value is pd.NA or value is pd.NaT or (kind == "date" and pd.isna(value)):  # type: ignore[call-overload]
        return ""
    if kind.startswith("paise"):
        return f"{int(value) / 100:.10g}"  # type: ignore[call-overload]
    return value.strftime("%Y-%m-%d") if kind == "date" else str(value)  # type: ignore[attr-defined]


def test_our_headings_are_those_of_the_tab() -> None:
    from ims_xl.workbook.tabs import purchase_register

    assert dict(purchase_register.REGISTER_HEADINGS) == dict(REGISTER_HEADINGS)
    assert list(REGISTER_HEADINGS) == list(REGISTER_LEDGER)


def test_error_cells_of_a_workbook_are_told_from_blank_ones(tmp_path: Path) -> None:
    import openpyxl

    path = as_xlsx(tmp_path, [HEADS, row(), row("A-2")])
    book = openpyxl.load_workbook(path)
    book.active["E2"].value = "#N/A"
    book.active["E2"].data_type = "e"
    book.save(path)
    found = read_register(path, CLIENT)
    assert [(p.row, p.field) for p in found.problems] == [(2, "taxable_value")] and "#N/A" in found.problems[0].message


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["A-1", "A-2", "", "Total", "#N/A", "=x", "000"]), st.sampled_from([ALPHA, BETA, "", "URD", "27XX"]), st.sampled_from(["05/10/2026", "", "x", "46301"]),
                          st.sampled_from(["1000", "", "abc", "-5", "(1,00,000.00)", "0"]), st.sampled_from(["90", "", "12 Cr"])), max_size=12))
def test_whatever_stands_there_every_row_is_accounted_for(cells: list[tuple[str, str, str, str, str]]) -> None:
    found = read(*(["P" if number else "", gst, number, day, taxable, "", tax, tax, ""] for number, gst, day, taxable, tax in cells))
    aside = sum(found.counts[name] for name in ("blank", "totals", "headings", "words", "supplier bands", "unreadable", "set aside"))
    assert len(found.ledger) + aside == found.counts["rows"] == len(cells)
    assert (found.ledger["voucher_number"] != "").all()
    assert list(found.ledger.columns) == list(REGISTER_LEDGER)
