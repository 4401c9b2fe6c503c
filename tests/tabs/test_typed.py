"""What a person types on our tabs comes back: settings, mapping, links, rules, evidence, contacts, sign-offs."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from ims_xl.hosts.base import SheetText
from ims_xl.period import Period
from ims_xl.rulebook import rulebook_for, rules_frame, rules_from_frame
from ims_xl.settings import Settings
from ims_xl.state import BookState, Reconciliation
from ims_xl.workbook.tabs import TYPED_SHEETS, lay_out, read_typed
from ims_xl.workbook.tabs.pending import pending_sheet, read_evidence
from ims_xl.workbook.tabs.settings import LABEL, VALUE, read_settings
from tests.tabs.sample import layout, sample
from tests.tabs.text import sheet_text


def texts(rec: Reconciliation) -> dict[str, SheetText]:
    return {s.name: sheet_text(s) for s in lay_out(rec, layout(rec)).sheets}


def typed(text: SheetText, row: int, column: int, value: str) -> SheetText:
    frame = text.frame.copy()
    frame.loc[row, column] = value
    return replace(text, frame=frame)


def setting(text: SheetText, label: str, value: str) -> SheetText:
    row = text.frame.index[text.frame[LABEL] == label][0]
    return typed(text, row, VALUE, value)


def cell_of(text: SheetText, heading: str, key: str) -> tuple[int, int]:
    head = next(r for r in text.frame.index if heading in set(text.frame.loc[r]))
    column = next(c for c in text.frame.columns if text.frame.at[head, c] == heading)
    row = next(r for r in text.frame.index if r > head and any(key in str(v) for v in text.frame.loc[r]))
    return row, column


@pytest.fixture(scope="module")
def rec() -> Reconciliation:
    return sample()


@pytest.fixture(scope="module")
def sheets(rec: Reconciliation) -> dict[str, SheetText]:
    return texts(rec)


def same(one: BookState, other: BookState) -> None:
    assert one.settings == other.settings
    assert dict(one.mapping) == dict(other.mapping) and one.hand_links == other.hand_links
    assert dict(one.inputs).items() >= dict(other.inputs.items()).items()
    assert one.evidence.to_dict("records") == other.evidence.to_dict("records")
    assert one.contacts.to_dict("records") == other.contacts.to_dict("records")
    assert one.problems == other.problems


def test_reading_back_what_we_wrote_changes_nothing(rec: Reconciliation, sheets: dict[str, SheetText]) -> None:
    again = read_typed(rec.state, {name: sheets[name] for name in TYPED_SHEETS})
    same(again, rec.state)


def test_reading_twice_is_reading_once(rec: Reconciliation, sheets: dict[str, SheetText]) -> None:
    once = read_typed(rec.state, sheets)
    same(read_typed(once, sheets), once)


def test_every_setting_survives_its_tab(rec: Reconciliation) -> None:
    changed = Settings(
        gstin=rec.state.settings.gstin, name="Ünïque & Co. \"Ltd\"", period=Period(2026, 12), quarterly=True, other_gstins="27AAKCB4321Q2Z9", taxable_tolerance=12345, igst_tolerance=0,
        cgst_tolerance=1, sgst_tolerance=99, cess_tolerance=100000, strip_zeros=False, strip_year=False, strip_prefix=False, look_alikes=False, date_window=0, setoff_order="portal",
        drc01c_amount=123456789, exposure_months=24, sender="R. Iyer <r@iyer.example>", palette="Classic",
    )
    book = replace(rec, state=replace(rec.state, settings=changed))
    found = read_settings(texts(book)["Settings"], replace(rec.state, settings=Settings()))
    assert found.problems == ()
    for f in fields(Settings):
        assert getattr(found.settings, f.name) == getattr(changed, f.name), f.name


def test_a_typed_setting_is_taken_and_an_emptied_one_takes_its_default(rec: Reconciliation, sheets: dict[str, SheetText]) -> None:
    text = setting(setting(sheets["Settings"], "Tolerance, IGST", "2.50"), "Date window", "")
    found = read_settings(text, rec.state)
    assert found.settings.igst_tolerance == 250 and found.settings.date_window == 10


@pytest.mark.parametrize(("label", "value"), [
    ("Tolerance, IGST", "a little"), ("Tolerance, IGST", "-5"), ("Quarterly (QRMP)", "perhaps"), ("Tax period", "last month"), ("Recipient GSTIN", "27AAKCB4321Q1ZX"),
    ("Set-off order", "best"), ("Date window", "1e99"), ("Date window", "nan"),
])
def test_a_setting_that_cannot_be_read_is_named_with_its_row_and_the_earlier_value_stands(rec: Reconciliation, sheets: dict[str, SheetText], label: str, value: str) -> None:
    text = setting(sheets["Settings"], label, value)
    found = read_settings(text, rec.state)
    assert found.settings == rec.state.settings
    assert [p.field for p in found.problems] == [label]
    assert found.problems[0].row == text.frame.index[text.frame[LABEL] == label][0]


def test_a_period_that_the_spreadsheet_made_a_date_is_still_a_period(rec: Reconciliation, sheets: dict[str, SheetText]) -> None:
    found = read_settings(setting(sheets["Settings"], "Tax period", "2026-11-01"), rec.state)
    assert found.settings.period == Period(2026, 11)


def test_a_corrected_column_of_the_register_is_remembered(rec: Reconciliation, sheets: dict[str, SheetText]) -> None:
    row, _ = cell_of(sheets["Settings"], "Register heading", "Supplier Invoice No.")
    found = read_settings(typed(sheets["Settings"], row, VALUE, "Voucher number"), rec.state)
    assert found.mapping == {"Taxable Amt": "taxable_value", "Supplier Invoice No.": "voucher_number"}
    unused = read_settings(typed(sheets["Settings"], row, VALUE, "not used"), rec.state)
    assert unused.mapping["Supplier Invoice No."] == ""


def test_links_typed_by_hand_come_back(rec: Reconciliation, sheets: dict[str, SheetText]) -> None:
    row, _ = cell_of(sheets["Settings"], "Linked or separated", "PV-100")
    text = typed(typed(typed(sheets["Settings"], row + 3, 1, "KEY-7"), row + 3, 2, "PV-777"), row + 3, 3, "Separated")
    found = read_settings(text, rec.state).hand_links
    assert found.linked == rec.state.hand_links.linked and found.separated == {("KEY-7", "PV-777")}
    assert read_settings(typed(text, row, 1, ""), rec.state).hand_links.linked == frozenset()


def test_a_settings_tab_that_is_still_empty_changes_nothing(rec: Reconciliation) -> None:
    import pandas as pd

    found = read_settings(SheetText("Settings", pd.DataFrame({1: [], 2: []}, dtype="str")), rec.state)
    assert found.settings == rec.state.settings and found.hand_links == rec.state.hand_links
    assert read_typed(rec.state, {n: SheetText(n, pd.DataFrame(dtype="str")) for n in TYPED_SHEETS}).settings == rec.state.settings


def test_rules_come_back_as_the_rulebook_printed_them(sheets: dict[str, SheetText], rec: Reconciliation) -> None:
    back = read_typed(rec.state, {"Rules": sheets["Rules"]}).rules
    book = rulebook_for(Period(2026, 10))
    assert back.reset_index(drop=True).to_dict("records") == rules_frame(book).to_dict("records")
    assert next(iter(back.index)) == 7      # messages name the sheet's row
    assert rules_from_frame(back, book) == book.actions


def test_a_rule_switched_off_is_off(sheets: dict[str, SheetText], rec: Reconciliation) -> None:
    row, column = cell_of(sheets["Rules"], "On", "goods-not-received")
    back = read_typed(rec.state, {"Rules": typed(sheets["Rules"], row, column, "No")}).rules
    assert list(back.loc[back["On"] == "No", "Rule"]) == ["goods-not-received"]


def test_evidence_belongs_to_its_document_and_can_be_emptied(sheets: dict[str, SheetText], rec: Reconciliation) -> None:
    row, column = cell_of(sheets["Pending"], "GRN no.", "DL/991")
    state = read_typed(rec.state, {"Pending": typed(sheets["Pending"], row, column, "GRN/77")})
    key = rec.state.ims.loc[rec.state.ims["document_number"] == "DL/991", "key"].iloc[0]
    assert state.evidence.set_index("key").at[key, "grn_no"] == "GRN/77"
    assert len(state.evidence) == 2
    row, column = cell_of(sheets["Pending"], "Challan no.", "CC-7790")
    emptied = read_typed(rec.state, {"Pending": typed(sheets["Pending"], row, column, "")})
    assert emptied.evidence["challan_no"].tolist() == [""]


def test_evidence_of_a_document_that_no_longer_waits_is_kept(sheets: dict[str, SheetText], rec: Reconciliation) -> None:
    other = rec.state.evidence.assign(key="another document")
    state = read_typed(replace(rec.state, evidence=other), {"Pending": sheets["Pending"]})
    assert "another document" in set(state.evidence["key"])


def test_the_order_of_the_rows_does_not_matter(sheets: dict[str, SheetText]) -> None:
    frame = sheets["Pending"].frame
    data = [r for r in frame.index if r > 6]
    turned = frame.copy()
    turned.loc[data] = frame.loc[data[::-1]].to_numpy()
    one, other = read_evidence(sheets["Pending"])[0], read_evidence(replace(sheets["Pending"], frame=turned))[0]
    assert sorted(one.astype(str).to_dict("records"), key=str) == sorted(other.astype(str).to_dict("records"), key=str)


def test_a_date_of_evidence_that_is_none_is_named(sheets: dict[str, SheetText], rec: Reconciliation) -> None:
    row, column = cell_of(sheets["Pending"], "Receipt date", "DL/991")
    _, problems = read_evidence(typed(sheets["Pending"], row, column, "soon"))
    assert [(p.row, p.field) for p in problems] == [(row, "Receipt date")]
    evidence, none = read_evidence(typed(sheets["Pending"], row, column, "07-11-2026"))
    assert none == () and (evidence["receipt_date"].astype(str) == "2026-11-07").any()


def test_what_is_no_date_stays_in_its_cell_until_somebody_mends_it(sheets: dict[str, SheetText], rec: Reconciliation) -> None:
    row, column = cell_of(sheets["Pending"], "Receipt date", "DL/991")
    state = read_typed(rec.state, {"Pending": typed(sheets["Pending"], row, column, "soon")})
    where = layout(rec)
    assert pending_sheet(replace(rec, state=state), where).cells[row, column].value == "soon"
    mended = read_typed(state, {"Pending": typed(sheets["Pending"], row, column, "07-11-2026")})
    assert (row, column) not in pending_sheet(replace(rec, state=mended), where).cells


def test_sign_offs_statuses_and_contacts_come_back(sheets: dict[str, SheetText], rec: Reconciliation) -> None:
    changed = dict(sheets)
    for tab, heading, key, value in (("Default Risk", "Initials", "FC2026101", "RI"), ("Rejected", "Status", "DL/1004", "Told"), ("Suppliers", "E-mail", "27AABCD4444", "a@deccan.example")):
        row, column = cell_of(changed[tab], heading, key)
        changed[tab] = typed(changed[tab], row, column, value)
    row = changed["Home"].frame.index[changed["Home"].frame[2] == "Reviewed by"][0]
    changed["Home"] = typed(changed["Home"], row, 4, "S. Rao")
    state = read_typed(rec.state, changed)
    risk = rec.state.ims.loc[rec.state.ims["document_number"] == "FC2026101", "key"].iloc[0]
    assert state.inputs[f"risk.{risk}.initials"] == "RI"
    assert "Told" in [v for k, v in state.inputs.items() if k.startswith("rejected.") and k.endswith(".status")]
    assert state.inputs["signoff.reviewer"] == "S. Rao" and state.inputs["signoff.preparer"] == "R. Iyer"
    assert set(state.contacts["email"]) == {"accounts@anandsteel.example", "a@deccan.example"}
