"""Every row of the master mapping: a document of the drawn 2B stands in its row of the form and moves its box of GSTR-3B."""

from __future__ import annotations

import pytest

from ims_xl.returns.forms import gstr2b_form
from tests.returns.months import Month

HEADS = "taxable_value igst cgst sgst cess"


def two_b(section: str, kind: str, reverse_charge: str, available: str, amended: str = "N", block: str = "docdata", reason: str = "-") -> Month:
    """A month whose 2B holds one document of 10,000 and tax 900 + 900 (IGST 1,800 for a bill of entry), and whose IMS holds it too where it passes IMS."""
    bill = section.startswith("impg")
    tax = "1800.00 0 0 0" if bill else "0 900.00 900.00 0"
    label = {"b2b": "B2B", "b2ba": "B2BA", "ecom": "ECO", "ecoma": "ECOA", "impg": "IMPG", "impgsez": "IMPGSEZ"}.get(section, "B2B-CN" if kind == "Credit_Note" else "B2B-DN")
    if section == "cdnra" or (bill and amended == "Y"):
        label += "A"
    in_ims = reverse_charge == "N" and available == "Y" and block == "docdata" and section not in ("isd", "isda")
    return Month(
        ims=f"section document_number {HEADS}\n{label} D-1 10000.00 {tax}" if in_ims else "",
        two_b=f"block section document_type reverse_charge itc_available amended reason document_number {HEADS}\n{block} {section} {kind} {reverse_charge} {available} {amended} {reason} D-1 10000.00 {tax}",
    )


def only(month: Month, path: str, **boxes: int) -> None:
    """That row of the form alone (with its sum) has the document, and those boxes of GSTR-3B alone have moved, by rupees of CGST (IGST for bills of entry)."""
    moved = {p for p, heads in month.gstr2b.boxes.items() if any(heads.values())}
    assert moved == {path, path.rsplit(".", 1)[0]}
    amounts = month.box(path)
    assert amounts in ((0, 900, 900, 0), (1800, 0, 0, 0))
    found = {}
    for box in ("3.1(d)", "4A1", "4A2", "4A3", "4A4", "4A5", "4B1", "4B2", "4D1", "4D2"):
        heads = month.cell(box)
        assert heads[1] == heads[2]
        if any(heads):
            found[box] = heads[0] or heads[1]
    assert found == {name.replace("d31", "3.1(d)").lstrip("b"): value for name, value in boxes.items()}


def test_row_1_an_invoice_stands_in_4a5() -> None:
    only(two_b("b2b", "Invoice", "N", "Y"), "itcavl.nonrevsup.b2b", b4A5=900)


def test_row_2_an_amended_invoice_stands_in_4a5() -> None:
    only(two_b("b2ba", "Invoice", "N", "Y", "Y"), "itcavl.nonrevsup.b2ba", b4A5=900)


def test_row_3_a_debit_note_stands_in_4a5() -> None:
    only(two_b("cdnr", "Debit_Note", "N", "Y"), "itcavl.nonrevsup.cdnr", b4A5=900)


def test_row_4_an_amended_debit_note_stands_in_4a5() -> None:
    only(two_b("cdnra", "Debit_Note", "N", "Y", "Y"), "itcavl.nonrevsup.cdnra", b4A5=900)


def test_row_5_a_document_of_an_ecommerce_operator_stands_in_4a5() -> None:
    only(two_b("ecom", "Invoice", "N", "Y"), "itcavl.nonrevsup.ecom", b4A5=900)


def test_row_6_an_amended_document_of_an_ecommerce_operator_stands_in_4a5() -> None:
    only(two_b("ecoma", "Invoice", "N", "Y", "Y"), "itcavl.nonrevsup.ecoma", b4A5=900)


@pytest.mark.parametrize("section", ["isd", "isda"])
def test_row_7_an_isd_invoice_stands_in_4a4(section: str) -> None:
    only(two_b(section, "ISD_Invoice", "N", "Y"), f"itcavl.isdsup.{section}", b4A4=900)


@pytest.mark.parametrize("section", ["b2b", "b2ba"])
def test_row_8_a_reverse_charge_invoice_stands_in_3_1_d_and_4a3(section: str) -> None:
    month = two_b(section, "Invoice", "Y", "Y")
    only(month, f"itcavl.revsup.{section}", d31=900, b4A3=900)
    assert month.gstr3b.boxes["3.1(d)"]["taxable_value"] == 1000000


@pytest.mark.parametrize("section", ["cdnr", "cdnra"])
def test_row_9_a_reverse_charge_debit_note_stands_in_3_1_d_and_4a3(section: str) -> None:
    only(two_b(section, "Debit_Note", "Y", "Y"), f"itcavl.revsup.{section}", d31=900, b4A3=900)


@pytest.mark.parametrize(("amended", "row"), [("N", "impg"), ("Y", "impga")])
def test_row_10_a_bill_of_entry_from_overseas_stands_in_4a1(amended: str, row: str) -> None:
    only(two_b("impg", "Bill_of_Entry", "N", "Y", amended), f"itcavl.imports.{row}", b4A1=1800)


@pytest.mark.parametrize(("amended", "row"), [("N", "impgsez"), ("Y", "impgasez")])
def test_row_11_a_bill_of_entry_from_sez_stands_in_4a1(amended: str, row: str) -> None:
    only(two_b("impgsez", "Bill_of_Entry", "N", "Y", amended), f"itcavl.imports.{row}", b4A1=1800)


@pytest.mark.parametrize("section", ["cdnr", "cdnra"])
def test_row_12_a_credit_note_lessens_4a5(section: str) -> None:
    only(two_b(section, "Credit_Note", "N", "Y"), f"itcavl.othersup.{section}", b4A5=-900)


@pytest.mark.parametrize(("section", "row"), [("cdnr", "cdnrrev"), ("cdnra", "cdnrarev")])
def test_row_13_a_reverse_charge_credit_note_lessens_3_1_d_and_4a3(section: str, row: str) -> None:
    month = two_b(section, "Credit_Note", "Y", "Y")
    only(month, f"itcavl.othersup.{row}", d31=-900, b4A3=-900)
    assert month.gstr3b.boxes["3.1(d)"]["taxable_value"] == -1000000


@pytest.mark.parametrize("section", ["isd", "isda"])
def test_row_14_an_isd_credit_note_lessens_4a4(section: str) -> None:
    only(two_b(section, "ISD_Credit_Note", "N", "Y"), f"itcavl.othersup.{section}", b4A4=-900)


@pytest.mark.parametrize(("section", "kind"), [("b2b", "Invoice"), ("b2ba", "Invoice"), ("cdnr", "Debit_Note"), ("cdnra", "Debit_Note"), ("ecom", "Invoice"), ("ecoma", "Invoice")])
@pytest.mark.parametrize(("flag", "reason"), [("N", "P"), ("N", "C"), ("T", "-")])
def test_row_15_a_barred_document_stands_in_4d2_alone(section: str, kind: str, flag: str, reason: str) -> None:
    only(two_b(section, kind, "N", flag, reason=reason), f"itcunavl.nonrevsup.{section}", b4D2=900)


@pytest.mark.parametrize("section", ["isd", "isda"])
def test_row_16_an_isd_invoice_marked_ineligible_stands_in_4d2(section: str) -> None:
    only(two_b(section, "ISD_Invoice", "N", "N"), f"itcunavl.isdsup.{section}", b4D2=900)


@pytest.mark.parametrize(("section", "kind"), [("b2b", "Invoice"), ("b2ba", "Invoice"), ("cdnr", "Debit_Note"), ("cdnra", "Debit_Note")])
def test_row_17_a_barred_reverse_charge_document_is_paid_and_gives_no_credit(section: str, kind: str) -> None:
    only(two_b(section, kind, "Y", "N"), f"itcunavl.revsup.{section}", d31=900, b4D2=900)


@pytest.mark.parametrize("section", ["cdnr", "cdnra"])
def test_row_18_a_barred_credit_note_lessens_4a5_all_the_same(section: str) -> None:
    only(two_b(section, "Credit_Note", "N", "N"), f"itcunavl.othersup.{section}", b4A5=-900)


@pytest.mark.parametrize(("section", "row"), [("cdnr", "cdnrrev"), ("cdnra", "cdnrarev")])
def test_row_19_a_barred_reverse_charge_credit_note_lessens_3_1_d_and_4a3(section: str, row: str) -> None:
    only(two_b(section, "Credit_Note", "Y", "N"), f"itcunavl.othersup.{row}", d31=-900, b4A3=-900)


@pytest.mark.parametrize("section", ["isd", "isda"])
def test_row_20_an_isd_credit_note_marked_ineligible_lessens_4a4(section: str) -> None:
    only(two_b(section, "ISD_Credit_Note", "N", "N"), f"itcunavl.othersup.{section}", b4A4=-900)


@pytest.mark.parametrize(("section", "kind"), [("b2b", "Invoice"), ("b2ba", "Invoice"), ("cdnr", "Debit_Note"), ("cdnra", "Debit_Note")])
@pytest.mark.parametrize("available", ["Y", "-"])
def test_row_21_a_rule_37a_reversal_stands_in_4b2(section: str, kind: str, available: str) -> None:
    only(two_b(section, kind, "N", available, block="reversal"), f"itcrev.nonrevsup.{section}", b4B2=900)


@pytest.mark.parametrize(("section", "kind", "path"), [
    ("b2b", "Invoice", "nonrevsup.b2b"), ("b2ba", "Invoice", "nonrevsup.b2ba"), ("cdnr", "Debit_Note", "nonrevsup.cdnr"), ("cdnra", "Debit_Note", "nonrevsup.cdnra"),
    ("ecom", "Invoice", "nonrevsup.ecom"), ("ecoma", "Invoice", "nonrevsup.ecoma"), ("isd", "ISD_Invoice", "isdsup.isd"), ("isda", "ISD_Invoice", "isdsup.isda"),
    ("cdnr", "Credit_Note", "othersup.cdnr"), ("cdnra", "Credit_Note", "othersup.cdnra"), ("isd", "ISD_Credit_Note", "othersup.isd"), ("isda", "ISD_Credit_Note", "othersup.isda"),
])
def test_row_22_a_rejected_document_stands_in_no_box(section: str, kind: str, path: str) -> None:
    only(two_b(section, kind, "N", "-", block="rejected"), f"itcRejected.{path}")


def test_row_23_reverse_charge_that_is_never_in_2b_comes_from_the_books() -> None:
    month = Month(books="""
        voucher_number supplier_gstin document_number reverse_charge taxable_value igst    cgst   sgst   supply_nature
        V1             -              SVC-1           Y              10000.00      1800.00 0      0      Import_of_services
        V2             -              RENT-1          Y              2000.00       0       180.00 180.00 Unregistered
        V3             27AADCP9921J1Z1 GTA-9          Y              1000.00       0       25.00  25.00  -
    """)
    assert month.cell("3.1(d)") == (1800, 205, 205, 0)
    assert month.gstr3b.boxes["3.1(d)"]["taxable_value"] == 1300000
    assert month.cell("4A2") == (1800, 0, 0, 0)
    assert month.cell("4A3") == (0, 205, 205, 0)


def test_every_document_of_the_form_has_its_row() -> None:
    form = gstr2b_form()
    assert all(f"itcavl.{path}" in form.paths for path in form.documents.values())
    assert len(form.leaves) == len(set(form.leaves))
