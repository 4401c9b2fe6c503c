"""Receipt makes a trail complete; movement papers alone do not (section 16(2)(b))."""

from datetime import date

import pandas as pd
import pytest

from ims_xl.followup.trail import form_faults, verdict

END, TODAY, BILL = date(2026, 10, 31), date(2026, 11, 12), date(2026, 10, 5)


def test_goods_receipt_with_its_date_in_the_period_is_complete():
    assert verdict("B2B", BILL, 100, {"grn_no": "GRN-7", "receipt_date": date(2026, 10, 20)}, END, TODAY) == ("✓ complete", "")


def test_movement_papers_alone_leave_it_incomplete():
    mark, missing = verdict("B2B", BILL, 100, {"challan_no": "C1", "eway_bill_no": "123456789012", "lr_no": "L1"}, END, TODAY)
    assert mark == "✗ incomplete" and "GRN" in missing and "receipt date" in missing


def test_goods_received_after_the_period_are_not_in_it():
    mark, missing = verdict("B2B", BILL, 100, {"grn_no": "G", "receipt_date": date(2026, 11, 3)}, END, TODAY)
    assert mark == "✗ incomplete" and "03-11-2026" in missing


def test_a_credit_note_needs_no_proof_of_receipt():
    assert verdict("B2B-CN", BILL, 100, {}, END, TODAY) == ("- not needed", "")


@pytest.mark.parametrize(("found", "fault"), [
    ({"eway_bill_no": "12345"}, "12 digits"),
    ({"vehicle_no": "TRUCK"}, "vehicle"),
    ({"challan_date": date(2026, 10, 9), "receipt_date": date(2026, 10, 1)}, "before the challan"),
    ({"eway_bill_valid_till": date(2026, 10, 9)}, "ran out on 09-10-2026"),
    ({"challan_no": "X" * 17}, "rule 55"),
])
def test_evidence_of_a_wrong_form_is_named(found, fault):
    assert any(fault in line for line in form_faults(found, TODAY))


def test_good_evidence_has_no_fault():
    assert form_faults({"eway_bill_no": "1234 5678 9012", "vehicle_no": "MH 12 AB 1234", "challan_no": "DC/1"}, TODAY) == []


def test_a_receipt_number_without_its_date_is_half_a_trail():
    mark, missing = verdict("B2B", BILL, 100, {"grn_no": "GRN-7", "receipt_date": pd.NaT, "eway_bill_valid_till": pd.NaT}, END, TODAY)
    assert (mark, missing) == ("✗ incomplete", "receipt date")
