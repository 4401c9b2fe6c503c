"""The alias table: every heading that packages print names its field, and words that merely contain a tax's name do not."""

from __future__ import annotations

import pandas as pd
import pytest

from ims_xl.readers.headings import find_headings, kinds, meaning, plain, words
from ims_xl.vocabulary import REGISTER_LEDGER

PRINTED = {
    "supplier_gstin": "GSTIN; GSTIN/UIN; GSTIN of supplier; GSTIN/UIN of Supplier; Supplier GSTIN; Supplier GST No.; Party GSTIN; Party GSTIN/UIN; Vendor GSTIN No; Seller GSTIN; GST No; GST Identification Number (GSTIN); "
                      "GST Reg. No; TIN/GSTIN No.; Buyer/Supplier - GSTIN/UIN; Bill From GSTIN; Counterparty GSTIN; ctin; GSTIN of ISD; Identification Number (BP); Tax ID; Regn No; supplier_gstin; SupplierGSTIN; GSTIN of\nSupplier*",
    "supplier_name": "Supplier; Name of the Supplier; Vendor Name; Party; Party A/c Name; Particulars; Trade/Legal name; Buyer/Supplier - Mailing Name; Customer Name; Bill From; Creditor; Business Partner Name; Party Name and Address",
    "supplier_code": "Vendor Code; LIFNR; Account Code",
    "document_number": "Supplier Invoice No.; Supplier's Invoice No; Vendor Bill No; Party Invoice No; Invoice No; Inv. Num; Tax Invoice No.; Bill No; Document Number*; Doc No.; Reference; Ref No; XBLNR; Note No; Credit Note No; Vendor Credit Number; inum; Invoice #; Supplier Ref.",
    "document_date": "Supplier Invoice Date; Invoice Dt; Bill Date; Document date*; Doc. Date; Reference Date; Date of Invoice; Note Date; idt",
    "voucher_number": "Voucher No.; Vch No; Vch/Bill No; Entry No; FI Doc No; IR No; SAP Doc No; Accounting Document; Bill ID; GRN No; Journal No; Doc Entry; voucher_number; Our Vch",
    "voucher_date": "Date; Voucher Date; Vch Date; Posting Date; Entry Date; GL Date; Booking Date; Entry Dt; Vch Dt.",
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
    "receipt_date": "GRN Date; GRN Dt.; Goods Receipt Date; Goods Recd On; Receipt Date", "payment_date": "Payment Date",
}


@pytest.mark.parametrize(("field", "heading"), [(field, heading.strip(" ")) for field, listed in PRINTED.items() for heading in listed.split("; ")])
def test_a_printed_heading_names_its_field(field: str, heading: str) -> None:
    found = meaning(heading)
    assert found is not None and found.field == field


ALIASES = {
    "supplier_gstin": "gstin; gstin/uin; gstin uin; gstin of supplier; gstin/uin of supplier; supplier gstin; supplier gstin/uin; supplier gst no; supplier gst number; supplier gstin no; party gstin; party gst no; "
        "party gstin/uin; vendor gstin; vendor gst; vendor gst no; vendor gstin no; seller gstin; gst no; gst number; gst in; gst identification number (gstin); gst registration no; gst reg no; "
        "tin/gstin no; tin gstin; buyer/supplier - gstin/uin; bill from gstin; counterparty gstin; ctin; gstin of isd; gstin of eco; identification number (bp); tax id; gstin isd/uin no; regn no",
    "supplier_name": "supplier; supplier name; name of supplier; name of the supplier; vendor; vendor name; party; party name; party a/c name; party account; particulars; account; account name; ledger; "
        "trade/legal name; trade name; legal name; supplier trade name; buyer/supplier; buyer/supplier - mailing name; customer name; bill from; creditor; name; business partner name",
    "supplier_code": "vendor code; supplier code; party code; lifnr; account code; alias",
    "document_number": "supplier invoice no; supplier invoice number; supplier inv no; supplier bill no; vendor invoice no; vendor inv no; vendor bill no; party invoice no; party bill no; invoice no; invoice "
        "number; invoice num; inv no; inv num; invoice; tax invoice no; bill no; bill number; bill ref no; document no; document number; doc no; doc number; reference; reference no; ref no; ref "
        "number; supplier ref; supplier's ref; party ref no; xblnr; note no; note number; credit note no; debit note no; vendor credit number; isd document number; original bill no; inum; ntnum; "
        "docnum",
    "document_date": "supplier invoice date; supplier inv date; supplier bill date; vendor invoice date; invoice date; inv date; invoice dt; bill date; document date; doc date; reference date; ref date; note "
        "date; credit note date; date of invoice; tax invoice date; isd document date; dt; idt",
    "voucher_number": "voucher no; voucher number; vch no; vch/bill no; vch no/ref; entry no; transaction no; num; fi doc no; ir no; sap doc no; accounting document; bill id; purchase no; grn no; journal no; doc "
        "entry",
    "voucher_date": "date; voucher date; vch date; posting date; entry date; booking date; transaction date; gl date; ir posting date; accounting date",
    "document_type": "document type; doc type; note type; type; type of document; isd document type; nature of document; debit/credit",
    "supply_nature": "invoice type; section; supply type; note supply type; gst treatment; gst category; registration type; type of transaction; nature of transaction; type of inward supplies",
    "voucher_type": "voucher type; vch type; voucher type name; transaction type",
    "original_number": "original invoice no; original invoice number; original document number; against invoice no; against bill; ref invoice no; oinum",
    "original_date": "original invoice date; original bill date; against invoice date; oidt",
    "place_of_supply": "place of supply; pos; state of supply; destination of supply; supply state; plc sup; place of supply state",
    "supplier_state": "state; party state; supplier state; source of supply; region; region/state; bill from - state; buyer/supplier - state; state code",
    "reverse_charge": "reverse charge; is reverse charge; supply attract reverse charge; rcm; rcm y/n; rcm applicable; rcm applicable[y/n]; reverse charge applicable; reverse charge (y/n); rev; rchrg; reverse "
        "charge tax name",
    "itc_eligibility": "itc eligibility; eligibility for itc; eligibility of itc; itc availability; itc available; itc claimable; itc eligible; eligible itc; input credit; credit eligibility; itc classification; "
        "itc type; blocked credit; ineligible; is ineligible for itc; itc",
    "itc_nature": "nature; inputs/services/capital goods; goods/services; g/s; goods/service type; item type; capital goods; is capital; expense/capital; category",
    "hsn": "hsn; hsn/sac; hsn code; sac; hsn sac; hsn/sac code; gst hsn code",
    "narration": "description; item; item name; product; item details; description of goods; narration; remarks; voucher narration; memo; purchase ledger; ledger name; gl account; expense account; account "
        "head",
    "rate": "rate; rate (%); rate %; tax rate; gst rate; gst %; gst%; tax %; tax percentage; igst rate %; cgst rate %",
    "ignored": "tax code; icegate reference date; payment status; paid amount",
    "taxable_value": "taxable value; taxable amount; taxable amt; taxable val; taxable; assessable value; assessable amount; basic; basic amount; basic value; base amount; net amount; net total; net value; sub "
        "total; subtotal; value; total taxable value; purchase value; amount before tax; txval",
    "igst": "igst; igst amount; igst amt; igst tax; integrated tax; integrated tax amount; integrated gst; input igst; igst input; total igst; igst@9%; iamt; import igst amount",
    "cgst": "cgst; cgst amount; cgst amt; central tax; central tax amount; input cgst; cgst input; total cgst; cgst@9%; camt",
    "sgst": "sgst; sgst amount; sgst amt; sgst/utgst; sgst/ugst; utgst; ut tax; state tax; state/ut tax; state tax amount; input sgst; total sgst; total sgst/utgst; sgst@9%; samt",
    "cess": "cess; cess amount; cess amt; gst cess; compensation cess; comp cess amount; cess non advol; csamt",
    "total_tax": "total tax; tax amount; total gst; gst amount; total tax amount; tax total; gst",
    "rcm_cgst": "rcm cgst; cgst payable rcm",
    "rcm_sgst": "rcm sgst",
    "rcm_igst": "rcm igst; igst rcm",
    "rcm_cess": "rcm comp cess",
    "other_amounts": "tcs; tcs amount; tds; tds amount; round off; roundoff; rounded off; other charges; oth amt; freight; adjustment; discount; non gst amount",
    "document_value": "invoice value; invoice amount; invoice total; total invoice value; total invoice amount; total inv amount; document value; bill amount; bill amt; bill value; gross amount; gross total; gross "
        "value; grand total; total; total amount; total value; rounded total; note value; net payable; val",
    "boe_number": "bill of entry no; bill of entry number; boe no; boe number; be no; boenum",
    "boe_date": "bill of entry date; boe date; be date",
    "port_code": "port code; portcode; customs port",
    "irn": "irn; irn no; invoice reference number; ack no",
    "recipient_gstin": "company gstin; our gstin; own gstin; gstin of recipient; my gstin; branch gstin; recipient gstin; identification number (own)",
    "period": "business place; period; tax period; return period; month; gstr-3b period; branch; branch name; location; cost centre; plant; profit center",
    "currency": "currency; currency code; doc currency",
    "exchange_rate": "exchange rate; conversion rate",
    "status": "status; bill status; cancelled; is cancelled; docstatus",
    "payment_date": "payment date",
}
# Every heading of the domain notes' alias table (section 6.4), as packages and firms print them.


@pytest.mark.parametrize("field", ALIASES)
def test_every_alias_of_the_domain_table_maps_however_it_is_typed(field: str) -> None:
    for alias in ALIASES[field].split("; "):
        for typed in (alias, alias.title(), alias.upper(), f"{alias}*", f" {alias.replace(' ', chr(10))} "):
            found = meaning(typed)
            assert found is not None and found.field == field, typed


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


@pytest.mark.parametrize("title", ["Purchase Book 01-10-2026 to 31-10-2026", "Purchase register of all branches, final"])
def test_the_title_of_a_page_is_no_group_of_its_columns(title: str) -> None:
    frame = pd.DataFrame([[title, "", "", "", ""], ["Sr", "Party GST No.", "Bill No", "Freight paid", "Taxable Amt"], ["1", "27AAPFU0939F1ZV", "A-1", "50", "1000"]], index=[2, 4, 5], columns=range(1, 6))
    found = find_headings(frame)
    assert found is not None and found.texts[0] == "Sr" and "base_ledger" not in found.fields
