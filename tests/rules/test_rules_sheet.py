"""The Rules sheet as a senior edits it: her own rules above ours, ours switched off, and one clear sentence where an edit makes no sense."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ims_xl.decisions import decide
from ims_xl.faces.cli import main
from ims_xl.period import Period
from ims_xl.reconcile import reconcile
from ims_xl.rulebook import COLUMNS, RuleSet, rulebook_for, rules_frame, rules_from_frame
from ims_xl.rulebook.rules import rules_of
from ims_xl.vocabulary import ImsXlError
from tests.ledger_page import B, Month, page
from tests.portal_files import RECIPIENT, gstin, ims_download, record, write

BOOK = rulebook_for(Period(2026, 10))
FIRST = 7   # the sheet row of the first rule


def sheet(*own: dict[str, str], off: tuple[str, ...] = (), drop: tuple[str, ...] = (), **cells: str) -> pd.DataFrame:
    """The tab's table: rules of her own on top, ours below, some switched off, some lines deleted; `cells` of the first own rule."""
    ours = rules_frame(BOOK)
    ours["On"] = ours["On"].where(~ours["Rule"].isin(off), "No")
    ours = ours[~ours["Rule"].isin(drop)]
    rows = list(own) or ([{"On": "Yes", "Rule": "mine", "Action": "Pending", "Pending": "offered, last chance", "Reason": "because"} | cells] if cells else [])
    mine = pd.DataFrame([{name: row.get(name, "") for name in COLUMNS} for row in rows], columns=list(COLUMNS), dtype="str")
    whole = pd.concat([mine, ours], ignore_index=True)
    return whole.set_axis(pd.Index([*range(FIRST, FIRST + len(whole))], dtype="int64"))


def read(*own: dict[str, str], off: tuple[str, ...] = (), drop: tuple[str, ...] = (), **cells: str) -> RuleSet:
    return rules_from_frame(sheet(*own, off=off, drop=drop, **cells), BOOK)


PAGE = """
    ims    A  A-1   2026-10-03  1000    180
    books  A  A-1   2026-10-03  1000    180
    ims    A  A-2   2026-10-04  100000  18000
    books  A  A-2   2026-10-04  100000  18000
    ims    B  B-1   2026-10-05  3000    540   supplier_name=Vaigai_Tools
    books  B  B-1   2026-10-05  3000    540
    ims    A  D-1   2026-10-06  4000    720   section=b2bdn
    ims    A  OLD   2026-07-06  5000    900   supplier_period=092026
    books  A  OLD   2026-07-06  5000    900
    ims    A  LATE  2026-10-28  6000    1080
    books  A  LATE  2026-10-28  6000    1080  receipt_date=2026-11-03
    ims    A  SAVED 2026-10-29  7000    1260  filing_status=Not_Filed
    books  A  SAVED 2026-10-29  7000    1260
"""


@lru_cache(maxsize=1)
def plain() -> Month:
    return Month(reconcile(page(PAGE), date(2026, 11, 12)))


def decisions(rules: pd.DataFrame) -> pd.DataFrame:
    """What those rules decide on the page; its facts are the same under any rules."""
    rec = plain().rec
    settings = rec.state.settings
    decided = decide(rec.state.ims, rec.facts, rules_from_frame(rules, BOOK), settings, BOOK, rec.as_of)
    return decided.assign(number=rec.state.ims["document_number"])


def of(decided: pd.DataFrame, number: str, column: str) -> str:
    return str(decided.loc[decided["number"] == number, column].iloc[0])


@pytest.mark.parametrize(("condition", "cells", "met"), [
    ("match class", {"Match": "Exact"}, {"A-1", "A-2", "B-1", "OLD", "LATE", "SAVED"}), ("presence", {"Presence": "only on portal"}, {"D-1"}),
    ("section", {"Section": "B2B-DN"}, {"D-1"}), ("document", {"Document": "debit note"}, {"D-1"}),
    ("filed", {"Filed": "not filed"}, {"SAVED"}), ("amount band", {"Tax from": "600", "Tax to": "1,100.50"}, {"D-1", "OLD", "LATE"}),
    ("supplier by GSTIN", {"Supplier": B}, {"B-1"}), ("supplier by PAN", {"Supplier": "aaecv7788m"}, {"B-1"}), ("supplier by name", {"Supplier": "vaigai"}, {"B-1"}),
    ("receipt evidence", {"Goods receipt": "not received"}, {"LATE"}), ("age", {"Age from (days)": "60"}, {"OLD"}), ("age to", {"Age to (days)": "15"}, {"LATE", "SAVED"}),
    ("supplier period", {"Supplier period": "2026-09"}, {"OLD"}), ("supplier period as a sheet writes it", {"Supplier period": "92026"}, {"OLD"}),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_condition_meets_what_it_says(condition: str, cells: dict[str, str], met: set[str]) -> None:
    decided = decisions(sheet(**cells))
    ruled = decided["rule"] == "mine"
    assert set(decided["number"][ruled]) == met
    assert set(decided["suggested_action"][ruled]) == {"Pending"} and set(decided["reason"][ruled]) == {"because"}


def test_her_first_rule_that_fits_decides_before_ours_and_before_her_second() -> None:
    two = ({"Rule": "dear", "Tax from": "10000", "Action": "Accept", "Reason": "a"}, {"Rule": "all", "Pending": "offered", "Action": "Pending", "Reason": "b"})
    decided = decisions(sheet(*two))
    assert [of(decided, number, "rule") for number in ("A-2", "A-1", "SAVED")] == ["dear", "all", "all"]


def test_ours_may_be_switched_off_where_another_rule_is_left() -> None:
    own = {"Rule": "exact-only", "Document": "invoice, debit note, eco document, bill of entry", "Clean": "yes", "Filed": "filed, not stated", "Credit in books": "open", "Action": "No Action", "Reason": "seen by hand"}
    decided = decisions(sheet(own, off=("clean-filed",)))
    assert (of(decided, "A-1", "rule"), of(decided, "A-1", "suggested_action")) == ("exact-only", "No Action")


def test_ours_may_be_given_other_words_for_the_firm_and_the_supplier() -> None:
    frame = sheet()
    line = frame["Rule"] == "not-in-books"
    frame.loc[line, "Reason"], frame.loc[line, "Remark"] = "Ask Ravi about {number}", "Kindly send a copy of the bill"
    decided = decisions(frame)
    assert (of(decided, "D-1", "reason"), of(decided, "D-1", "remark")) == ("Ask Ravi about D-1", "Kindly send a copy of the bill")


def test_a_deleted_line_of_ours_comes_back_in_its_place() -> None:
    assert [rule.id for rule in read(drop=("gone", "clean-filed", "not-in-books-decide")).rules] == [rule.id for rule in BOOK.actions.rules]


def test_an_empty_tab_is_the_rules_of_the_period() -> None:
    assert rules_from_frame(pd.DataFrame(columns=list(COLUMNS)), BOOK) == BOOK.actions
    assert read().rules == BOOK.actions.rules


@pytest.mark.parametrize(("mistake", "edit", "said"), [
    ("an unknown match", {"Match": "Exactly"}, ("row 7", "'Match' has 'Exactly'", "Exact, Within tolerance")), ("an unknown section", {"Section": "B2C"}, ("row 7", "'Section' has 'B2C'")),
    ("an unknown action", {"Action": "Hold"}, ("row 7", "'Action' has 'Hold'")), ("no action", {"Action": ""}, ("row 7", "'Action' is empty")), ("two actions", {"Action": "Accept, Reject"}, ("row 7", "'Action'")),
    ("an amount in words", {"Tax from": "one lakh"}, ("row 7", "'Tax from' has 'one lakh'")), ("a band upside down", {"Tax from": "500", "Tax to": "100"}, ("row 7", "'Tax from' is above 'Tax to'")),
    ("days in words", {"Age from (days)": "a week"}, ("row 7", "'Age from (days)' has 'a week'")), ("ages upside down", {"Age from (days)": "90", "Age to (days)": "9"}, ("row 7", "'Age from' is above 'Age to'")),
    ("a month that is none", {"Supplier period": "13-2026"}, ("row 7", "'Supplier period'", "13-2026")), ("On in other words", {"On": "perhaps"}, ("row 7", "'On' has 'perhaps'")),
    ("rejecting a bill of entry", {"Document": "bill of entry", "Action": "Reject"}, ("row 7", "never be rejected")), ("Pending where it is barred", {"Pending": "barred", "Action": "Pending"}, ("row 7", "cannot be Pending")),
    ("a brace that names nothing", {"Reason": "see {voucher}"}, ("row 7", "'Reason' names {voucher}", "difference")), ("a brace left open", {"Remark": "see {number"}, ("row 7", "'Remark'", "not closed")),
    ("conditions that exclude each other", {"Match": "Exact", "Presence": "only on portal"}, ("row 7", "exclude each other")),
    ("a case that cannot occur", {"Match": "Only on portal", "Clean": "yes"}, ("row 7", "'mine' can never be met")),
], ids=lambda value: value if isinstance(value, str) else "")
def test_an_edit_that_makes_no_sense_names_its_row(mistake: str, edit: dict[str, str], said: tuple[str, ...]) -> None:
    with pytest.raises(ImsXlError) as wrong:
        read(**edit)
    assert all(words in str(wrong.value) for words in said), str(wrong.value)


def test_a_rule_out_of_reach_is_named_with_its_row() -> None:
    with pytest.raises(ImsXlError, match=r"Rules row 8: rule 'never' can never be met"):
        read({"Rule": "all", "Action": "No Action"}, {"Rule": "never", "Match": "Exact", "Action": "Accept"})


def test_switching_off_the_only_rule_for_a_case_is_refused_with_the_case() -> None:
    with pytest.raises(ImsXlError, match=r"Rules row 23: with rule 'clean-filed' switched off no rule is left for document invoice, match Exact, clean yes, filed filed, credit open; switch it on"):
        read(off=("clean-filed",))


def test_what_one_of_ours_decides_is_not_rewritten() -> None:
    frame = sheet()
    frame.loc[frame["Rule"] == "clean-filed", "Action"] = "Reject"
    with pytest.raises(ImsXlError, match=r"Rules row 23: 'clean-filed' is one of our rules and its 'Action' was changed from 'Accept' to 'Reject'"):
        rules_from_frame(frame, BOOK)


def test_her_rule_below_ours_and_a_name_given_twice_are_refused() -> None:
    frame = pd.concat([sheet(), sheet(Match="Exact").iloc[[0]].set_axis([99])])
    with pytest.raises(ImsXlError, match=r"Rules row 99: your rule 'mine' stands below our rule"):
        rules_from_frame(frame, BOOK)
    with pytest.raises(ImsXlError, match=r"Rules row 8: rule 'x' stands already in row 7"):
        read({"Rule": "x", "Match": "Exact", "Action": "Accept"}, {"Rule": "x", "Match": "Grouped", "Action": "Accept"})


WHOLE = {"id": "all", "when": {}, "action": "No Action", "reason": "r", "since": date(2024, 10, 1), "authority": "x"}


@pytest.mark.parametrize(("rules", "said"), [
    ([], "no rule in force"), ([WHOLE, WHOLE | {"id": "late"}], "'late': when is never met"), ([WHOLE | {"when": {"match": "exactly"}}], "when.match has exactly"),
    ([WHOLE | {"when": {"colour": "red"}}], "when.colour is not a fact"), ([WHOLE | {"action": "Hold"}], "action has 'Hold'"), ([WHOLE | {"authority": " "}], "authority is empty"),
    ([WHOLE | {"reason": "{what}"}], "reason names {what}"), ([WHOLE | {"action": "Pending"}], "Pending is barred"), ([WHOLE | {"action": "Reject"}], "reject a bill of entry"),
    ([WHOLE | {"until": date(2024, 1, 1)}], "is before since"), ([WHOLE, WHOLE], "stands twice"), ([WHOLE | {"colour": "red"}], "colour is not a field"), ([{k: v for k, v in WHOLE.items() if k != "since"}], "since is missing"),
])
def test_the_table_proves_itself_on_loading(rules: list[dict[str, object]], said: str) -> None:
    with pytest.raises(ImsXlError) as wrong:
        rules_of({"action": rules}, date(2026, 10, 1))
    assert said in str(wrong.value) and "rules/actions.toml" in str(wrong.value)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    write(folder / "ims.json", ims_download(record("b2b", gstin(1), "A-101", igst="180.00"), record("b2b", gstin(2), "STRANGE", igst="180.00")))
    write(folder / "register.csv", f"Voucher No,Voucher Date,Supplier GSTIN,Supplier Name,Invoice No,Invoice Date,Taxable Value,IGST,CGST,SGST,Cess\nV1,09-10-2026,{gstin(1)},Vaigai,A-101,07-10-2026,1000,180,0,0,0\n")
    assert main(["run", "--gstin", RECIPIENT, "--period", "2026-10", "--ims", str(folder / "ims.json"), "--register", str(folder / "register.csv"), "-o", str(folder / "book.xlsx"), "--as-of", "2026-11-12"]) == 0
    return folder / "book.xlsx"


def edited(book: Path, edit: Callable[[openpyxl.worksheet.worksheet.Worksheet, dict[str, int], dict[str, int]], None]) -> None:
    """The book as a person saves it after an edit of her own on Rules."""
    workbook = openpyxl.load_workbook(book)
    tab = workbook["Rules"]
    header = next(row for row in range(1, 20) if tab.cell(row, 2).value == "Rule")
    columns = {str(cell.value): cell.column for cell in tab[header] if cell.value}
    rows = {str(tab.cell(row, 2).value): row for row in range(header + 1, tab.max_row + 1)}
    edit(tab, columns, rows)
    workbook.save(book)


def test_a_rule_typed_in_the_sheet_decides_from_the_next_run_on(written: Path, tmp_path: Path) -> None:
    book = Path(shutil.copy(written, tmp_path / "book.xlsx"))

    def typed(tab: openpyxl.worksheet.worksheet.Worksheet, columns: dict[str, int], rows: dict[str, int]) -> None:
        tab.insert_rows(rows["gone"])
        for heading, value in {"On": "Yes", "Presence": "only on portal", "Tax to": 500, "Action": "Accept", "Reason": "Small bills are taken"}.items():
            tab.cell(rows["gone"], columns[heading]).value = value

    edited(book, typed)
    assert main(["reconcile", str(book), "--as-of", "2026-11-12"]) == 0
    sheet_ = openpyxl.load_workbook(book)["IMS"]
    words = [str(cell.value) for row in sheet_.iter_rows() for cell in row if cell.value]
    assert any("Small bills are taken [own-" in text for text in words)
    again = openpyxl.load_workbook(book)["Rules"]
    assert [again.cell(FIRST + n, 2).value for n in range(2)] == [f"own-{FIRST}", "gone"]


@pytest.mark.parametrize(("heading", "value", "said"), [("Match", "Exactly", "'Match' has 'Exactly'"), ("On", "No", "no rule is left for")])
def test_a_bad_edit_is_exit_2_with_the_row_of_the_sheet_and_nothing_changes(heading: str, value: str, said: str, written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Path(shutil.copy(written, tmp_path / "book.xlsx"))
    place = {}

    def spoil(tab: openpyxl.worksheet.worksheet.Worksheet, columns: dict[str, int], rows: dict[str, int]) -> None:
        place["row"] = rows["clean-filed"]
        if heading == "Match":   # an own rule in place of ours
            for name in ("Rule", "Kind"):
                tab.cell(rows["gone"], columns[name]).value = {"Rule": "mine", "Kind": "yours"}[name]
            place["row"] = rows["gone"]
        tab.cell(place["row"], columns[heading]).value = value

    edited(book, spoil)
    before = book.read_bytes()
    assert main(["reconcile", str(book), "--as-of", "2026-11-12"]) == 2
    told = capsys.readouterr().err
    assert f"Rules row {place['row']}:" in told and said in told and "Traceback" not in told
    assert book.read_bytes() == before and [p.name for p in tmp_path.iterdir() if p.name != ".ims-xl"] == ["book.xlsx"]
