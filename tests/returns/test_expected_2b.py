"""GSTR-2B from the actions: what counts, where, and by how much."""

from __future__ import annotations

import pytest

from ims_xl.settings import Settings
from tests.returns.months import OTHER, Month, Period

ONE = "section document_number taxable_value cgst sgst action"


def rows(text: str, **more: object) -> Month:
    return Month(ims=text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("action", "available", "rejected"), [("Accept", 900, 0), ("No_Action", 900, 0), ("Reject", 0, 900), ("Pending", 0, 0)])
def test_the_action_moves_an_invoice(action: str, available: int, rejected: int) -> None:
    month = rows(f"{ONE}\nB2B A-1 10000 900 900 {action}")
    assert month.box("itcavl.nonrevsup.b2b")[1] == available
    assert month.box("itcRejected.nonrevsup.b2b")[1] == rejected
    assert month.cell("4A5")[1] == available


@pytest.mark.parametrize(("action", "reduced", "rejected"), [("Accept", 900, 0), ("No_Action", 900, 0), ("Reject", 0, 900), ("Pending", 0, 0)])
def test_the_action_moves_a_credit_note_in_part_b(action: str, reduced: int, rejected: int) -> None:
    month = rows(f"{ONE}\nB2B-CN C-1 10000 900 900 {action}")
    assert month.box("itcavl.othersup.cdnr")[1] == reduced
    assert month.box("itcRejected.othersup.cdnr")[1] == rejected
    assert month.cell("4A5")[1] == -reduced


def test_a_bill_of_entry_cannot_be_rejected_and_counts_as_deemed_accepted() -> None:
    month = rows("section document_number taxable_value igst action\nIMPG 4455667 100000 18000 Reject")
    assert month.box("itcavl.imports.impg") == (18000, 0, 0, 0)
    assert "cannot be rejected" in month.gstr2b.rows["note"].iloc[0]


@pytest.mark.parametrize(("change", "status", "period", "counts"), [
    ("-", "Filed", "102026", True), ("-", "-", "102026", True), ("gone", "Filed", "102026", False), ("-", "Not_Filed", "102026", False),
    ("-", "Filed", "112026", False), ("-", "Filed", "082026", True), ("-", "Filed", "-", True), ("-", "Filed", "10", True), ("-", "Filed", "11", False), ("-", "Filed", "2026-10", True),
])
def test_gone_not_filed_and_later_rows_stand_nowhere(change: str, status: str, period: str, counts: bool) -> None:
    month = Month(ims=f"{ONE} filing_status supplier_period\nB2B A-1 10000 900 900 Accept {status} {period}")
    month.work["change"] = "" if change == "-" else change
    assert month.box("itcavl.nonrevsup.b2b")[1] == (900 if counts else 0)
    assert all(not any(heads.values()) for path, heads in month.gstr2b.boxes.items() if path.startswith("itcRejected"))


@pytest.mark.parametrize(("form", "period", "counts"), [("R1A", "092026", True), ("R1A", "102026", False), ("GSTR-1A", "102026", False), ("R1", "102026", True), ("IFF", "102026", True)])
def test_gstr_1a_comes_one_month_later(form: str, period: str, counts: bool) -> None:
    month = Month(ims=f"{ONE} source_form supplier_period\nB2B A-1 10000 900 900 Accept {form} {period}")
    assert (month.box("itcavl.nonrevsup.b2b")[1] == 900) is counts


def test_a_quarterly_recipient_counts_the_whole_quarter() -> None:
    settings = Settings(gstin="27AAKCB4321Q1ZA", period=Period(2026, 12), quarterly=True)
    month = Month(ims=f"{ONE} supplier_period source_form\nB2B A-1 1 1 1 Accept 102026 R1\nB2B A-2 1 1 1 Accept 122026 IFF\nB2B A-3 1 1 1 Accept 012027 R1\nB2B A-4 1 1 1 Accept 122026 R1A", settings=settings)
    assert month.belonging["two_b_period"].tolist() == ["2026-12", "2026-12", "2027-03", "2027-03"]
    assert month.box("itcavl.nonrevsup.b2b")[1] == 2


@pytest.mark.parametrize(("answer", "cgst", "sgst", "action", "reduced"), [
    ("Yes", "-", "-", "Accept", 900), ("-", "-", "-", "Accept", 900), ("No", "-", "-", "Accept", 0), ("Yes", "300", "300", "Accept", 300), ("Yes", "0", "0", "Accept", 0),
    ("Yes", "300", "300", "No_Action", 900),  ("No", "-", "-", "No_Action", 900), ("Yes", "5000", "5000", "Accept", 900), ("No", "300", "300", "Accept", 0),
])
def test_part_b_carries_the_declared_reduction(answer: str, cgst: str, sgst: str, action: str, reduced: int) -> None:
    month = rows(f"{ONE} reduce_itc reduce_cgst reduce_sgst\nB2B-CN C-1 10000 900 900 {action} {answer} {cgst} {sgst}")
    assert month.box("itcavl.othersup.cdnr") == (0, reduced, reduced, 0)
    assert month.cell("4A5") == (0, -reduced, -reduced, 0)


def test_a_head_left_blank_beside_typed_ones_is_all_of_it() -> None:
    month = rows("section document_number taxable_value igst cess action reduce_itc reduce_igst\nB2B-CN C-1 10000 1800 50 Accept Yes 300")
    assert month.box("itcavl.othersup.cdnr") == (300, 0, 0, 50)


def test_before_october_2025_a_credit_note_reduces_in_full() -> None:
    settings = Settings(gstin="27AAKCB4321Q1ZA", period=Period(2025, 9))
    month = Month(ims=f"{ONE} supplier_period document_date reduce_itc\nB2B-CN C-1 10000 900 900 Accept 092025 2025-09-07 No", settings=settings)
    assert month.box("itcavl.othersup.cdnr")[1] == 900


def test_a_blocked_declaration_is_no_declaration() -> None:
    month = rows(f"{ONE} reduction_blocked reduce_itc\nB2B-CN C-1 10000 900 900 Accept Y No")
    assert month.box("itcavl.othersup.cdnr")[1] == 900


AMENDED = "section document_number original_number original_date taxable_value cgst sgst action"


def test_an_amendment_beside_its_original_counts_in_full_and_the_original_not_at_all() -> None:
    month = rows(f"{AMENDED}\nB2B A-1 - - 10000 900 900 Accept\nB2BA A-1 A-1 2026-10-07 8000 720 720 Accept")
    assert month.box("itcavl.nonrevsup.b2b")[1] == 0
    assert month.box("itcavl.nonrevsup.b2ba")[1] == 720
    assert month.gstr2b.rows["note"].iloc[0] == "Replaced by its amendment: not counted"


@pytest.mark.parametrize("action", ["Reject", "Pending"])
def test_the_action_on_the_amendment_decides_for_both(action: str) -> None:
    month = rows(f"{AMENDED}\nB2B A-1 - - 10000 900 900 Accept\nB2BA A-1 A-1 2026-10-07 8000 720 720 {action}")
    assert month.cell("4A5")[1] == 0
    assert month.box("itcRejected.nonrevsup.b2ba")[1] == (720 if action == "Reject" else 0)


def test_an_amendment_that_is_not_filed_leaves_its_original_counting() -> None:
    month = rows(f"{AMENDED} filing_status\nB2B A-1 - - 10000 900 900 Accept Filed\nB2BA A-1 A-1 2026-10-07 8000 720 720 Accept Not_Filed")
    assert month.box("itcavl.nonrevsup.b2b")[1] == 900
    assert month.box("itcavl.nonrevsup.b2ba")[1] == 0


EARLIER = "section document_number taxable_value cgst sgst counted"


@pytest.mark.parametrize(("was", "counted", "effect"), [("1000", "yes", -280), ("500", "yes", 220), ("1000", "no", 720)])
def test_an_amendment_of_an_earlier_document_counts_by_the_difference_if_that_was_counted(was: str, counted: str, effect: int) -> None:
    month = Month(ims=f"{AMENDED}\nB2BA A-2 A-1 2026-09-10 8000 720 720 Accept", earlier=f"{EARLIER}\nB2B A-1 10000 {was} {was} {counted}")
    assert month.box("itcavl.nonrevsup.b2ba")[1] == effect
    assert month.cell("4A5")[1] == effect


@pytest.mark.parametrize(("answer", "amount", "effect"), [("No", "-", 0), ("Yes", "100", -100), ("Yes", "-", -280), ("-", "-", -280)])
def test_a_downward_amendment_of_a_counted_invoice_takes_the_declared_reduction(answer: str, amount: str, effect: int) -> None:
    month = Month(ims=f"{AMENDED} reduce_itc reduce_cgst reduce_sgst\nB2BA A-2 A-1 2026-09-10 8000 720 720 Accept {answer} {amount} {amount}", earlier=f"{EARLIER}\nB2B A-1 10000 1000 1000 yes")
    assert month.box("itcavl.nonrevsup.b2ba") == (0, effect, effect, 0)


def test_an_upward_amendment_takes_no_declaration() -> None:
    month = Month(ims=f"{AMENDED} reduce_itc\nB2BA A-2 A-1 2026-09-10 8000 720 720 Accept No", earlier=f"{EARLIER}\nB2B A-1 10000 500 500 yes")
    assert month.box("itcavl.nonrevsup.b2ba")[1] == 220


@pytest.mark.parametrize(("was", "counted", "answer", "effect"), [
    ("300", "yes", "-", 420), ("300", "no", "-", 720), ("900", "yes", "-", -180), ("900", "yes", "No", -180), ("900", "no", "No", 0), ("300", "yes", "No", 0),
])
def test_an_amended_credit_note_moves_part_b_by_what_it_adds(was: str, counted: str, answer: str, effect: int) -> None:
    """Upward S2, original rejected S3, and a downward amendment of a counted note, which gives credit back and takes no declaration."""
    month = Month(ims=f"{AMENDED} reduce_itc\nB2B-CNA C-1 C-1 2026-09-10 8000 720 720 Accept {answer}", earlier=f"{EARLIER}\nB2B-CN C-1 10000 {was} {was} {counted}")
    assert month.box("itcavl.othersup.cdnra")[1] == effect
    assert month.cell("4A5")[1] == -effect


def test_an_amendment_whose_original_is_unknown_counts_in_full_and_says_so() -> None:
    month = Month(ims=f"{AMENDED}\nB2BA A-2 A-1 2026-09-10 8000 720 720 Accept")
    assert month.box("itcavl.nonrevsup.b2ba")[1] == 720
    assert "unknown" in month.gstr2b.rows["note"].iloc[0]


@pytest.mark.parametrize("section", ["B2BA", "B2B-DNA", "ECOA"])
@pytest.mark.parametrize(("answer", "amount"), [("No", "-"), ("Yes", "-"), ("Yes", "100")])
def test_an_amendment_whose_original_is_unknown_counts_in_full_whatever_is_declared(section: str, answer: str, amount: str) -> None:
    month = Month(ims=f"{AMENDED} reduction_blocked reduce_itc reduce_cgst reduce_sgst\n{section} A-2 A-1 2026-09-10 8000 720 720 Accept N {answer} {amount} {amount}")
    assert month.cell("4A5") == (0, 720, 720, 0)


def test_a_second_amendment_counts_the_difference_to_the_first() -> None:
    month = Month(ims=f"{AMENDED}\nB2BA A-1 A-1 2026-09-10 9000 810 810 Accept", earlier=f"{EARLIER} period\nB2B A-1 10000 900 900 yes 2026-08\nB2BA A-1 8000 720 720 yes 2026-09")
    assert month.box("itcavl.nonrevsup.b2ba")[1] == 90


def test_the_same_number_of_another_year_or_supplier_is_no_original() -> None:
    month = Month(ims=f"{AMENDED} supplier_gstin document_date\nB2B A-1 - - 10000 900 900 Accept {OTHER} 2026-10-07\nB2B A-1 - - 10000 900 900 Accept 27AADCP9921J1Z1 2026-02-07\nB2BA A-1 A-1 2026-10-07 8000 720 720 Accept 27AADCP9921J1Z1 2026-10-07")
    assert month.box("itcavl.nonrevsup.b2b")[1] == 1800


def test_an_original_whose_leading_zeros_a_sheet_has_eaten_is_found() -> None:
    month = rows(f"{AMENDED}\nB2B 12 - - 10000 900 900 Accept\nB2BA 0012 0012 2026-10-07 8000 720 720 Accept")
    assert month.box("itcavl.nonrevsup.b2b")[1] == 0


def test_an_amended_bill_of_entry_is_known_by_its_own_number() -> None:
    month = rows("section document_number taxable_value igst action\nIMPG 4455667 100000 18000 Accept\nIMPGA 4455667 90000 16200 Accept")
    assert month.box("itcavl.imports.impg")[0] == 0
    assert month.box("itcavl.imports.impga")[0] == 16200


TWO_B = "section document_number taxable_value cgst sgst"


def test_a_pulled_2b_settles_which_rows_belong_and_the_action_what_they_do() -> None:
    month = Month(
        ims=f"{ONE} supplier_period portal_action\nB2B IN-1 1 100 100 Accept 112026 Accept\nB2B OUT-1 1 10 10 Accept 102026 No_Action\nB2B P-1 1 1 1 Accept 092026 Pending",
        two_b=f"{TWO_B}\nb2b IN-1 1 100 100",
    )
    assert month.box("itcavl.nonrevsup.b2b")[1] == 101
    assert month.belonging["two_b_period"].tolist() == ["2026-10", "2026-11", "2026-09"]
    assert month.belonging["estimated"].tolist() == [False, True, True]
    assert month.with_action("Reject", "Accept", "Pending").box("itcRejected.nonrevsup.b2b")[1] == 100


def test_a_2b_of_another_period_settles_nothing() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 1 100 100 Accept", two_b=f"{TWO_B}\nb2b Z-1 1 7 7")
    month.settings = Settings(gstin=month.settings.gstin, period=Period(2026, 11))
    assert month.box("itcavl.nonrevsup.b2b")[1] == 100
    assert month.gstr2b.estimated


def test_a_summary_without_documents_settles_nothing() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 1 100 100 Accept", pulled=True, summary={"itcavl.nonrevsup.b2b": {"igst": 0, "cgst": 9000, "sgst": 9000, "cess": 0}})
    assert month.box("itcavl.nonrevsup.b2b")[1] == 100
    assert month.gstr2b.differences["cgst"].sum() == 1000


def test_a_document_that_should_be_in_ims_and_is_not_counts_by_its_flags_and_is_named() -> None:
    month = Month(two_b=f"{TWO_B}\nb2b A-1 1 100 100")
    assert month.box("itcavl.nonrevsup.b2b")[1] == 100
    assert "should be in IMS" in month.gstr2b.bypass["note"].str.replace("Should", "should").iloc[0]


def test_the_2b_s_own_declaration_counts_where_ims_does_not_have_the_note() -> None:
    month = Month(two_b="section document_type document_number taxable_value cgst sgst reduction reduce_cgst reduce_sgst\ncdnr Credit_Note C-1 1 100 100 Y 40 40\ncdnr Credit_Note C-2 1 100 100 N - -\ncdnr Credit_Note C-3 1 100 100 - - -")
    assert month.box("itcavl.othersup.cdnr")[1] == 140


def test_a_document_that_the_drawn_2b_bars_is_barred_whatever_the_action() -> None:
    month = Month(ims=f"{ONE}\nB2B A-1 10000 900 900 Accept", two_b=f"{TWO_B} itc_available reason\nb2b A-1 10000 900 900 N C")
    assert month.box("itcavl.nonrevsup.b2b")[1] == 0
    assert month.box("itcunavl.nonrevsup.b2b")[1] == 900
    assert month.cell("4D2")[1] == 900
    assert month.with_action("Pending").box("itcunavl.nonrevsup.b2b")[1] == 0


def test_the_amendment_rows_of_reverse_charge_follow_the_2b_summary() -> None:
    month = Month(
        two_b=f"{TWO_B} reverse_charge amended\nb2ba R-1 10000 250 250 Y Y", summary={"itcavl.revsup.b2ba": {"igst": 0, "cgst": 5000, "sgst": 5000, "cess": 0}},
    )
    assert month.box("itcavl.revsup.b2ba") == (0, 50, 50, 0)
    assert not len(month.gstr2b.differences[month.gstr2b.differences["path"] == "itcavl.revsup.b2ba"])


def test_differences_name_the_document_and_the_reason() -> None:
    month = Month(
        ims=f"{ONE} portal_action\nB2B A-1 1 100 100 Pending No_Action\nB2B A-2 1 50 50 Reject Accept\nB2B A-3 1 7 7 Accept Pending\nB2B A-4 1 8 8 Accept Accept",
        two_b=f"{TWO_B}\nb2b A-1 1 100 100\nb2b A-2 1 50 50\nb2b A-4 1 9 9", summary={"itcavl.nonrevsup.b2b": {"igst": 0, "cgst": 15900, "sgst": 15900, "cess": 0}},
    )
    found = month.gstr2b.differences
    told = {(r.document_number, r.path): (r.cgst // 100, r.why) for r in found.itertuples()}
    assert told["A-1", "itcavl.nonrevsup.b2b"][0] == -100
    assert told["A-2", "itcavl.nonrevsup.b2b"][0] == -50
    assert told["A-2", "itcRejected.nonrevsup.b2b"][0] == 50
    assert told["A-3", "itcavl.nonrevsup.b2b"][0] == 7
    assert told["A-4", "itcavl.nonrevsup.b2b"][0] == -1
    assert "recompute" in told["A-1", "itcavl.nonrevsup.b2b"][1]
    assert "Amounts" in told["A-4", "itcavl.nonrevsup.b2b"][1]
    assert len(found) == 5


def test_the_worked_file_of_the_domain_reference() -> None:
    month = Month(
        ims="section document_number taxable_value igst cgst sgst action supplier_gstin\nB2B ST/26-27/118 100000 0 9000 9000 Accept 27AADCP9921J1Z1\nB2B-CN STC/14 10000 0 900 900 No_Action 27AADCP9921J1Z1\nIMPG 4455667 100000 18000 0 0 No_Action -",
        two_b="section document_type document_number taxable_value igst cgst sgst reverse_charge itc_available reason supplier_gstin\nb2b Invoice ST/26-27/118 100000 0 9000 9000 N Y - 27AADCP9921J1Z1\nb2b Invoice GTA-77 10000 0 250 250 Y Y - 27AADCP9921J1Z1\nb2b Invoice NS-9 5000 0 450 450 N N P 29AAECV7788M1Z7\ncdnr Credit_Note STC/14 10000 0 900 900 N Y - 27AADCP9921J1Z1\nimpg Bill_of_Entry 4455667 100000 18000 0 0 N Y - -",
    )
    month.portal.documents.loc[4, "supplier_gstin"] = ""
    assert month.cell("4A1") == (18000, 0, 0, 0)
    assert month.cell("4A3") == (0, 250, 250, 0)
    assert month.cell("4A5") == (0, 8100, 8100, 0)
    assert month.cell("4D2") == (0, 450, 450, 0)
    assert month.cell("3.1(d)") == (0, 250, 250, 0)
    assert month.gstr3b.boxes["3.1(d)"]["taxable_value"] == 1000000


def test_an_empty_month_has_every_row_of_the_form_at_nil() -> None:
    month = Month()
    assert len(month.gstr2b.boxes) == 69
    assert not any(any(h.values()) for h in month.gstr2b.boxes.values())
    assert month.gstr2b.estimated
