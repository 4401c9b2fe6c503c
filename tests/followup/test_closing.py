"""From a month that people worked on to the next one: letters, sign-off, roll forward, and what rides along."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from ims_xl.book import OpenBook, open_state, reconciled
from ims_xl.faces.cli import main
from ims_xl.followup.unreported import CHASE
from ims_xl.letters import write_letters, write_templates, writing
from ims_xl.vocabulary import ImsXlError
from tests.portal_files import RECIPIENT, gstin, ims_download, record, write

HEADER = "Voucher No,Voucher Type,Voucher Date,Supplier GSTIN,Supplier Name,Supplier Invoice No,Supplier Invoice Date,Taxable Value,IGST,CGST,SGST\n"
HOSTILE = "Evil\r\nBcc: all@evil.example <script>alert(1)</script>"
OCTOBER = [
    record("b2b", gstin(1), "A-1", taxable="1000.00", igst="180.00"), record("b2b", gstin(1), "A-2", taxable="2000.00", igst="360.00", name=HOSTILE),
    record("b2b", gstin(2), "B-1", taxable="5000.00", igst="900.00", action="R", name="../../x"), record("b2b", gstin(3), "C-1", taxable="700.00", igst="126.00", filed=False, name="CON"),
]
NOVEMBER = [
    record("b2b", gstin(1), "A-2", taxable="2000.00", igst="360.00", action="P"), record("b2b", gstin(3), "C-1", taxable="700.00", igst="126.00"),
    record("b2b", gstin(4), "D-1", "05-11-2026", taxable="300.00", igst="54.00", period="112026"), record("b2b", gstin(1), "A-1", taxable="1000.00", igst="180.00", period="112026"),
]


def books(*lines: tuple[str, str, str]) -> str:
    return HEADER + "".join(f"V-{n},Purchase,09-10-2026,{g},x,{n},07-10-2026,{t},{float(t) * 0.18:.2f},0,0\n" for g, n, t in lines)


def call(*words: object) -> int:
    return main([str(w) for w in words])


def typed(book: Path, sheet: str, key: str, value: str, **cells: object) -> None:
    """Types into the row of a tab whose column `key` holds `value`, as a person would."""
    workbook = openpyxl.load_workbook(book)
    tab = workbook[sheet]
    columns = {cell.value: cell.column for cell in tab[6]}
    row = next(r for r in range(7, tab.max_row + 1) if tab.cell(r, columns[key]).value == value)
    for heading, content in cells.items():
        tab.cell(row, columns[heading.replace("_", " ").replace("no", "no.") if heading.endswith("_no") else heading.replace("_", " ").replace("Email", "E-mail")]).value = content
    workbook.save(book)


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client")
    write(folder / "ims10.json", ims_download(*OCTOBER))
    write(folder / "reg10.csv", books((gstin(1), "A-1", "1000.00"), (gstin(1), "A-2", "1500.00"), (gstin(3), "C-1", "700.00"), (gstin(4), "D-1", "300.00")))
    book = folder / "oct.xlsx"
    assert call("run", "--gstin", RECIPIENT, "--period", "2026-10", "--ims", folder / "ims10.json", "--register", folder / "reg10.csv", "-o", book, "--as-of", "2026-11-10", "--quiet") == 0
    typed(book, "Pending", "Document number", "A-2", GRN_no="GRN-7", Promised_date="next week", Note="asked on the phone")
    typed(book, "Suppliers", "Supplier GSTIN", gstin(1), Email="ok@supplier.example\r\nBcc: all@evil.example", Next_date="15-11-2026")
    typed(book, "Rejected", "Document number", "B-1", Status="Told")
    assert call("reconcile", book, "--as-of", "2026-11-10", "--quiet") == 0
    return book


@pytest.fixture(scope="module")
def opened(october: Path) -> OpenBook:
    return open_state(october)


@pytest.fixture(scope="module")
def signed(october: Path) -> Path:
    for role in ("preparer", "reviewer"):
        assert call("sign", october, "--as", role, "--name", "R. Iyer", "--quiet") == 0
    return october


@pytest.fixture(scope="module")
def letters(october: Path) -> Iterator[Path]:
    folder = october.parent / "letters"
    assert call("letters", october, "-o", folder, "--as-of", "2026-11-10", "--quiet") == 0
    yield folder


def test_a_letter_has_its_suppliers_rows_only_and_no_header_of_anybody_elses(letters: Path) -> None:
    assert sorted(p.name for p in letters.iterdir()) == sorted([".ims-xl-letters.json", *(f"{gstin(n)}_2026-10.{end}" for n in (1, 2, 4) for end in ("eml", "txt"))])
    mail = email.message_from_bytes((letters / f"{gstin(1)}_2026-10.eml").read_bytes(), policy=email.policy.default)
    assert set(mail.keys()) == {"Subject", "To", "X-Unsent", "MIME-Version", "Content-Type"} and mail["To"] == "ok@supplier.example"
    html, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    assert "A-2" in text and "B-1" not in text and "<script" not in html and "A-2" in html
    rows = next(mail.iter_attachments())
    assert rows.get_filename() == f"{gstin(1)}_2026-10.xlsx"
    assert "1,500.00" not in text and "1500.00" in text   # the difference says what each side has
    assert "GSTR-1 by 11-11-2026" in (letters / f"{gstin(4)}_2026-10.txt").read_text()


def test_a_second_run_adds_nothing_refreshes_what_changed_and_keeps_what_was_edited(opened: OpenBook, letters: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(letters, tmp_path / "letters")
    mine = folder / f"{gstin(1)}_2026-10.txt"
    mine.write_text("my own words")
    later = reconciled(opened, date(2026, 11, 12))
    did = write_letters(later, folder)
    assert mine.read_text() == "my own words" and did.edited == (mine.name,)
    assert (len(did.added), len(did.refreshed), len(did.unchanged)) == (2, 5, 0)   # C-1 is late from the 12th on
    again = write_letters(later, folder)
    assert (again.added, again.refreshed, len(again.unchanged), again.edited) == ((), (), 7, (mine.name,))


def test_a_disk_that_fills_up_half_way_leaves_the_letters_as_they_were(opened: OpenBook, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(letters, tmp_path / "letters")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    rec, written, left = reconciled(opened, date(2026, 11, 12)), writing.write_bytes, [4]

    def filling_up(path: Path, content: bytes) -> None:
        left[0] -= 1
        if not left[0]:
            raise ImsXlError(f"{path.name}: the disk is full")
        written(path, content)

    monkeypatch.setattr(writing, "write_bytes", filling_up)
    for there in (folder, tmp_path / "new"):
        left[0] = 4
        with pytest.raises(ImsXlError, match="full"):
            write_letters(rec, there)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before and not (tmp_path / "new").exists()


def test_a_firms_own_template_is_used_and_a_bad_one_named(opened: OpenBook, tmp_path: Path) -> None:
    rec, own = reconciled(opened, date(2026, 11, 10)), tmp_path / "own"
    assert write_templates(own) == ["subject.txt", "letter.txt", "letter.html"] and write_templates(own) == []
    (own / "letter.txt").write_text("To {{ supplier_gstin }}: {{ groups[0].rows|length }} documents", encoding="utf-8")
    write_letters(rec, tmp_path / "b", own)
    assert (tmp_path / "b" / f"{gstin(2)}_2026-10.txt").read_text() == f"To {gstin(2)}: 1 documents\n"
    for bad in ("{{ nothing }}", "{% for", "{{ 1 / 0 }}", "{{ ''.__class__.__mro__ }}", "{% include '/etc/passwd' %}", "{% for i in range(10**9) %}{% endfor %}"):
        (own / "letter.txt").write_text(bad, encoding="utf-8")
        with pytest.raises(ImsXlError, match=r"letter\.txt"):
            write_letters(rec, tmp_path / "c", own)
        assert not (tmp_path / "c").exists()


def test_one_changed_cell_breaks_the_seal_and_is_named(signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("verify", signed) == 0
    changes = {
        "'IMS': H8": lambda book: book["IMS"].__setitem__("H8", 1), "'GSTR-3B': C10": lambda book: book["GSTR-3B"].__setitem__("C10", "=1+1"), "sheet 'Legend' was removed": lambda book: book.remove(book["Legend"]),
        "sheet 'Log' shown or hidden": lambda book: setattr(book["Log"], "sheet_state", "hidden"), "name 'ims_register_fields'": lambda book: setattr(book.defined_names["ims_register_fields"], "attr_text", "Home!$A$1"),
        "sheet 'Legnd' was added": lambda book: setattr(book["Legend"], "title", "Legnd"),
    }
    for words, change in changes.items():
        workbook = openpyxl.load_workbook(signed)
        change(workbook)
        workbook.save(tmp_path / "copy.xlsx")
        assert call("verify", tmp_path / "copy.xlsx") == 2 and words in capsys.readouterr().err


@pytest.mark.parametrize(("kept", "code"), [("{:.9f}", 0), ("9{:.2f}", 2), ("", 0)])
def test_a_figure_edited_beside_its_formula_is_named_and_last_digits_or_none_are_not(signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: str, code: int) -> None:
    def altered(cell: re.Match[bytes]) -> bytes:
        return cell[1] + kept.format(float(cell[2]) + 1e-9).encode() + cell[3]

    with zipfile.ZipFile(signed) as old, zipfile.ZipFile(tmp_path / "copy.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, re.sub(rb"(</f><v>)([0-9.]+)(</v>)", altered, data))
    assert call("verify", tmp_path / "copy.xlsx") == code
    assert code == 0 or "'GSTR-3B': the figure kept beside the formula of " in capsys.readouterr().err


def test_a_closed_book_is_not_written_over(signed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = signed.read_bytes()
    assert call("reconcile", signed, "--quiet") == 2 and "is closed" in capsys.readouterr().err
    assert call("sign", signed, "--as", "reviewer", "--name", "B") == 2 and signed.read_bytes() == before


@pytest.fixture(scope="module")
def november(signed: Path) -> Path:
    folder = signed.parent
    before = hashlib.sha256(signed.read_bytes()).hexdigest()
    book = folder / "nov.xlsx"
    assert call("rollover", signed, "-o", book, "--as-of", "2026-11-25", "--quiet") == 0
    write(folder / "ims11.json", ims_download(*NOVEMBER))
    # The register of the year to date: October's bills come again.
    write(folder / "reg11.csv", books((gstin(1), "A-1", "1000.00"), (gstin(1), "A-2", "1500.00"), (gstin(3), "C-1", "700.00"), (gstin(4), "D-1", "300.00")))
    assert call("pull", book, "--ims", folder / "ims11.json", "--register", folder / "reg11.csv", "--as-of", "2026-12-12", "--quiet") == 0
    assert hashlib.sha256(signed.read_bytes()).hexdigest() == before
    return book


def test_what_waits_rides_along_with_its_evidence_follow_up_and_contact(november: Path) -> None:
    state = open_state(november).state
    assert str(state.settings.period) == "2026-11" and set(state.opening["document_number"]) == {"A-2", "C-1", "D-1"}
    evidence = state.evidence.set_index("key")
    assert evidence.loc[evidence.index.str.contains("A-2"), ["grn_no", "note"]].to_numpy().tolist() == [["GRN-7", "asked on the phone"]]
    assert [value for name, value in state.inputs.items() if name.startswith("pending.") and "A-2" in name] == ["next week"], "no date, and still to be mended"
    assert state.contacts.set_index("supplier_gstin").loc[gstin(1), "next_date"] == "15-11-2026"
    assert any(name.startswith("rejected.") and value == "Told" for name, value in state.inputs.items())
    assert dict(zip(state.work["first_seen"], state.ims["document_number"]))["2026-10"] in ("A-2", "C-1")


def test_a_bill_filed_twice_waits_and_last_months_booking_is_no_longer_chased(november: Path) -> None:
    workbook = openpyxl.load_workbook(november, data_only=True)
    ims = workbook["IMS"]
    at = {cell.value: cell.column for cell in ims[6]}
    actions = {ims.cell(r, at["Document number"]).value: (ims.cell(r, at["Action"]).value, ims.cell(r, at["Why"]).value) for r in range(7, ims.max_row + 1)}
    assert actions["A-1"][0] == "Pending" and "October 2026" in actions["A-1"][1]
    assert actions["C-1"][0] == "Accept"
    fates = {row[4].value: row[-1].value for row in workbook["Movement"].iter_rows(max_col=13) if row[4].value in ("A-2", "C-1", "D-1", "A-1")}
    assert fates["C-1"] == "cleared in November 2026" and fates["A-2"] == "waits: Pending" and fates["D-1"].startswith("cleared")
    assert actions["D-1"][0] == "Accept" and "A-1" not in [row[2].value for row in workbook["Not in IMS"].iter_rows(min_row=7) if row[13].value == CHASE]
    rejected = [[cell.value for cell in row] for row in workbook["Rejected"].iter_rows(min_row=7) if row[3].value == "B-1"]
    assert len(rejected) == 1 and "2026-10" in rejected[0] and "Told" in rejected[0]   # still open with the supplier
    record = {row[0].value: row for row in workbook["Suppliers"].iter_rows(min_row=7)}[gstin(1)]
    assert any(str(cell.value).startswith("2 documents in 1 period, 1 with a difference (50%)") for cell in record)


def test_rolling_forward_again_doubles_nothing_and_keeps_what_was_typed_and_pulled(signed: Path, november: Path, tmp_path: Path) -> None:
    client = tmp_path / "client"
    client.mkdir()
    for file in (signed, november):
        shutil.copy(file, client / file.name)
    book = client / "nov.xlsx"
    typed(book, "IMS", "Document number", "A-2", Action="Accept")
    typed(book, "Pending", "Document number", "A-1", Note="asked whether twice")
    before = open_state(book).state
    assert call("rollover", client / "oct.xlsx", "-o", book, "--as-of", "2026-12-13", "--quiet") == 2
    assert call("rollover", client / "oct.xlsx", "-o", book, "--as-of", "2026-12-13", "--force", "--quiet") == 0
    after = open_state(book).state
    assert sorted(after.ims["key"]) == sorted(before.ims["key"]) and len(after.register) == len(before.register)
    acted = dict(zip(after.ims["document_number"], zip(after.work["action"], after.work["set_by"])))
    assert acted["A-2"] == ("Accept", "person")
    assert "asked whether twice" in set(after.evidence["note"]) and "asked on the phone" in set(after.evidence["note"])
    assert len(after.files) == len(before.files) and call("verify", client / "oct.xlsx", "--quiet") == 0
    assert call("rollover", client / "nov.xlsx", "-o", client / "oct.xlsx", "--force", "--quiet") == 2   # never back over a closed month
