"""The alias table: every heading that packages print names its field, and words that merely contain a tax's name do not."""

from __future__ import annotations

import pytest

from ims_xl.readers.headings import kinds, meaning, plain, words
from ims_xl.vocabulary import REGISTER_LEDGER

PRINTED = {
    "supplier_gstin": "GSTIN; GSTIN/UIN; GSTIN of supplier; GSTIN/UIN of Supplier; Supplier GSTIN; Supplier GST No.; Party GSTIN; Party GSTIN/UIN; Vendor GSTIN No; Seller GSTIN; GST No; GST Identification Number (GSTIN); "
                      "GST Reg. No; TIN/GSTIN No.; Buyer/Supplier - GSTIN/UIN; Bill From GSTIN; Counterparty GSTIN; ctin; GSTIN of ISD; Identification Number (BP); Tax ID; Regn No; supplier_gstin; SupplierGSTIN; GSTIN of\nSupplier*",
    "supplier_name": "Supplier; Name of the Supplier; Vendor Name; Party; Party A/c Name; Particulars; Trade/Legal name; Buyer/Supplier - Mailing Name; Customer Name; Bill From; Creditor; Business Partner Name; Party Name and Address",
    "supplier_code": "Vendor Code; LIFNR; Account Code",
    "document_number": "Supplier Invoice No.; Supplier's Invoice No; Vendor Bill No; Party Invoice No; Invoice No; Inv. Num; Tax Invoice No.; Bill No; Document Number*; Doc No.; Reference; Ref No; XBLNR; Note No; Credit Note No; Vendor Credit Number; inum; Invoice #; Supplier Ref.",
    "document_date": "Supplier Invoice Date; Invoice Dt; Bill Date; Document date*; Doc. Date; Reference Date; Date of Invoice; Note Date; idt",
    "voucher_number": "Voucher No.; Vch No; Vch/Bill No; Entry No; FI Doc No; IR No; SAP Doc No; Accounting Document; Bill ID; GRN No; Journal No; Doc Entry; voucher_number",
    "voucher_date": "Date; Voucher Date; Vch Date; Posting Date; Entry Date; GL Date; Booking Date",
    "voucher_type": "Voucher Type; Vch Type; Voucher Type Name; Transaction Type",
    "document_type": "Document type*; Doc Type; Note Type; Type",
    "original_number": "Original Invoice No; Original Document Number; Against Invoice No; oinum; Ref Invoice No", "original_date": "Original Invoice Date; Against Invoice Date; oidt",
    "place_of_supply": "Place Of Supply; POS; State of Supply; Destination of Supply; plc_sup", "supplier_state": "State; Party State; Source of Supply; Region/State; Buyer/Supplier - State",
    "reverse_charge": "Reverse Charge; Is Reverse Charge; RCM; RCM Applicable[Y/N]; Supply Attract Reverse Charge; rchrg; Reverse Charge Tax Name",
    "supply_nature": "Supply Type; GST Treatment; GST Category; Registration Type; Type of inward supplies*; Invoice Type; Nature of Transaction",
    "itc_eligibility": "ITC Eligibility; Eligibility For ITC; ITC Claimable; Eligible ITC; Input Credit; Blocked Credit; Ineligible; Is Ineligible for ITC; ITC", "itc_nature": "Nature; Goods/Services; G/S; Capital Goods; Category",
    "hsn": "HSN; HSN/SAC; SAC; GST HSN Code", "narration": "Narration; Description of Goods; Remarks; Memo; GL Account", "rate": "Rate; Rate (%); GST %; Tax Percentage; IGST Rate %; CGST %; CGST Rate; Rate of Tax (%)",
    "taxable_value": "Taxable Value (₹)*; Taxable Amt.; Taxable Value (Rs.); Assessable Value; Basic Amount; Base Amount; Net Total; Sub Total; Amount Before Tax; txval; Taxable Value in Rs; Taxable 5%; 18% Taxable; 12%",
    "igst": "IGST; IGST Amount (INR); Integrated Tax (₹); Integrated Tax Paid; Input IGST; IGST Input; Total IGST; IGST@18%; IGST @ 5 %; iamt; Input Tax IGST - ABC; Import IGST Amount",
    "cgst": "CGST; Central Tax; Central Tax(₹); Input CGST @9%; CGST 2.5%; Input Tax CGST - ABC; camt", "sgst": "SGST; SGST/UTGST; UTGST; State/UT tax (₹); State Tax; Input SGST 9%; Total SGST/UTGST; samt",
    "cess": "Cess; Cess (₹); Compensation Cess; Comp. CESS; GST Cess; csamt", "total_tax": "Total Tax; Tax Amount; Total GST; GST Amount", "rcm_cgst": "RCM CGST; CGST Payable RCM; Input Tax CGST RCM - ABC; CGST (Reverse Charge)",
    "rcm_igst": "RCM IGST; IGST RCM", "other_amounts": "TCS; TDS Amount; Round Off; Rounding Off; Freight; Oth Amt; Discount",
    "document_value": "Invoice Value; Total Inv. Amount; Bill Amt; Gross Total; Grand Total; Total/Bill Amount; Note Value; Net Payable; val; Invoice Value (INR)",
    "boe_number": "Bill of Entry No; BOE Number; BE No; boenum", "boe_date": "Bill Of Entry Date; BOE Date", "port_code": "Port Code; portcode; Customs Port", "irn": "IRN; Invoice Reference Number",
    "recipient_gstin": "Company GSTIN; Our GSTIN; GSTIN of Recipient; My GSTIN; Branch GSTIN; Identification Number (OWN)", "period": "Period; Tax Period; Branch; Plant; Cost Centre", "currency": "Currency Code", "exchange_rate": "Exchange Rate",
    "status": "Bill Status; Status; Is Cancelled; docstatus", "base_ledger": "Purchase IGST 18%; Purchase GST 5%; IGST Purchase 18%; Local Purchase 12%; Purchases @ 28%", "ignored": "Availed ITC Integrated Tax; CGST(FCY); Due Date; Sr. No.",
    "receipt_date": "GRN Date; Goods Receipt Date; Receipt Date", "payment_date": "Payment Date",
}


@pytest.mark.parametrize(("field", "heading"), [(field, heading.strip(" ")) for field, listed in PRINTED.items() for heading in listed.split("; ")])
def test_a_printed_heading_names_its_field(field: str, heading: str) -> None:
    found = meaning(heading)
    assert found is not None and found.field == field


@pytest.mark.parametrize("heading", ["", "Purchase Order No", "Sanctioned by", "Intimation", "A very long sentence about what this column is for, which nobody would ever take for a heading at all", "123"])
def test_other_words_mean_nothing(heading: str) -> None:
    assert meaning(heading) is None


def test_no_alias_stands_under_two_fields() -> None:
    seen: dict[str, str] = {}
    for row in words()["field"]:
        for alias in (a for kind in ("strong", "alias", "exact", "weak", "weak_exact") for a in row.get(kind, ())):
            assert seen.setdefault(plain(alias), row["name"]) == row["name"], alias


def test_every_text_field_of_the_ledger_has_a_heading() -> None:
    assert set(REGISTER_LEDGER) <= set(kinds())


def test_normalising_twice_is_normalising_once() -> None:
    for listed in PRINTED.values():
        for heading in listed.split("; "):
            assert plain(plain(heading)) == plain(heading)
