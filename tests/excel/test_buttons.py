"""Every other button on a small client's open workbook: what it does, what it says, and what it leaves alone."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter._objects import VBAObject

from ims_xl import book as books
from ims_xl import month as months
from ims_xl.addin.build import modules
from ims_xl.faces import ribbon
from ims_xl.faces.cli import main
from ims_xl.faces.commands_month import run_month, settings_of
from ims_xl.faces.demo import AS_OF
from ims_xl.faces.functions_wrapper import help_texts, wrapper_module
from ims_xl.hosts.excel import ExcelBook
from ims_xl.progress import silent
from ims_xl.report import build_report
from ims_xl.sample import write_sample
from ims_xl.vocabulary import Cancelled, ImsXlError
from tests.excel.buttons import Month, Scripted, by_buttons, cells_of, the_same
from tests.excel.conftest import running


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client with three dozen documents, of every section."""
    return write_sample(tmp_path_factory.mktemp("client"), documents=40)


@pytest.fixture(scope="module")
def small(engine: xw.Engine, client: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Her workbook, made with nothing but buttons in the spreadsheet."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("IMS_XL_STATE", str(tmp_path_factory.mktemp("state")))
        for left in (1, 0):
            path = tmp_path_factory.mktemp("buttons") / "Client = A & B.xlsx"
            try:
                by_buttons(running(engine), client, path)
                return path
            except Exception:
                # LibreOffice 7.4 falls over once in a great while under so many charts; only then is it tried again
                if not left or engine.impl.soffice.alive():
                    raise
    raise AssertionError


@pytest.fixture(scope="module")
def ran(client: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The same month as `ims-xl run` makes it, and its answer."""
    path = tmp_path_factory.mktemp("run") / "run.xlsx"
    settings = settings_of(client.gstin, str(client.period), client.name, False)
    return path, run_month(settings, [client.ims], [client.register], [client.gstr2b], path, AS_OF, silent)


@pytest.fixture
def month(app: xw.App, small: Path, client: Any, tmp_path: Path) -> Month:
    """A fresh copy of her workbook, open."""
    path = tmp_path / small.name
    path.write_bytes(small.read_bytes())
    app.books.open(str(path))
    return Month(app, tmp_path, client, path)


@pytest.fixture
def untouched(engine: xw.Engine, small: Path, client: Any, tmp_path_factory: pytest.TempPathFactory) -> Month:
    """Her workbook, open, for tests that leave it as it is: one copy serves them as long as nobody closes it."""
    app = running(engine)
    for book in app.books:
        if Path(book.fullname).parent.name.startswith("untouched"):
            return Month(app, Path(book.fullname).parent, client, Path(book.fullname))
    path = tmp_path_factory.mktemp("untouched") / small.name
    path.write_bytes(small.read_bytes())
    ribbon.do(ribbon.Click("open-client", None, Scripted(agrees=[True], chosen=[[path]]), app, AS_OF))
    return Month(app, path.parent, client, path)


def test_a_month_by_buttons_is_the_month_by_command(small: Path, ran: tuple[Path, Any]) -> None:
    by_run, by_button = cells_of(ran[0]), cells_of(small)
    assert list(by_button) == list(by_run)
    differences = []
    for name, wanted in by_run.items():
        for place in sorted(wanted.keys() | by_button[name].keys()):
            one, other = wanted.get(place, ""), by_button[name].get(place, "")
            if not the_same(one, other):
                differences.append((name, place, one, other))
    assert not differences[:10]
    assert build_report(books.reconciled(books.open_state(small), AS_OF)) == build_report(ran[1])


# ---- looking
def test_open_client_opens_the_workbook_that_she_chooses(untouched: Month) -> None:
    assert untouched.book.path == untouched.path        # the fixture opened it so
    count = len(untouched.app.books)
    ribbon.do(ribbon.Click("open-client", None, Scripted(agrees=[True], chosen=[[]]), untouched.app, AS_OF))
    assert len(untouched.app.books) == count


def test_every_tab_button_brings_its_tab_forward(untouched: Month) -> None:
    tabs = {"default-risk": "Default Risk", "credit-notes": "Credit Notes", "pending-trail": "Pending", "show-2b": "GSTR-2B", "show-3b": "GSTR-3B", "tie-out": "Tie-out", "settings": "Settings"}
    for action, tab in tabs.items():
        untouched.press(action)
        assert untouched.book.book.sheets.active.name == tab


def test_next_exception_goes_round_why_explains_the_row_and_filter_shows_them_all(untouched: Month) -> None:
    said = {heading: untouched.column(heading) for heading in ("Match", "Differs in", "Action")}
    ims = untouched.ims()
    fine = ("Exact", "Within tolerance", "Grouped", "Superseded")
    waiting = [r for r in untouched.rows_where("Match", bool) if ims.loc[r, said["Match"]] not in fine or ims.loc[r, said["Differs in"]] or not ims.loc[r, said["Action"]]]
    assert len(waiting) > 2
    untouched.select(7, 7)
    seen = []
    for _ in range(len(waiting) + 1):
        untouched.press("next-exception")
        seen.append(untouched.app.selection.row)
    assert sorted(seen[:-1]) == waiting
    assert seen[-1] == seen[0]
    told = untouched.press("why")
    assert untouched.cell(seen[0], "Document number") in told.splitlines()[0]
    assert f"Match: {untouched.cell(seen[0], 'Match')}" in told
    assert f"Why: {untouched.cell(seen[0], 'Why')}" in told
    sheet, last = untouched.book.book.sheets["IMS"], max(untouched.rows_where("Match", bool))
    assert untouched.press("filter").startswith(f"{len(waiting)} of {last - 6} documents")
    assert untouched.book.native.visible_rows(sheet, 7, last) == waiting
    untouched.press("filter-all")
    assert untouched.book.native.visible_rows(sheet, 7, last) == list(range(7, last + 1))


def test_why_without_a_selected_document_says_what_to_select(untouched: Month) -> None:
    untouched.book.book.sheets["Home"].range("A1").select()
    with pytest.raises(ImsXlError, match="Select a document on the sheet 'IMS' first"):
        untouched.press("why")


def test_period_mapping_settings_and_help_say_what_they_found(untouched: Month) -> None:
    told = untouched.press("period")
    assert untouched.client.gstin in told
    assert "GSTR-3B: 20-11-2026" in told
    assert "Register columns" in untouched.press("mapping")
    assert "Restore undoes" in untouched.press("help")


def test_a_dialog_that_is_closed_changes_nothing(untouched: Month) -> None:
    before = sorted(untouched.folder.iterdir())
    for action in ("import-ims", "read-errors"):
        assert untouched.press(action, chosen=[]) == ""
    for action in ("print-set", "roll-forward", "upload-file"):
        assert untouched.press(action, saved_as=None) == ""
    assert sorted(untouched.folder.iterdir()) == before


def test_reimport_reads_what_stands_beside_the_workbook(untouched: Month) -> None:
    with pytest.raises(ImsXlError, match="None of the files"):
        untouched.press("reimport")
    for file in (untouched.client.ims, untouched.client.register, untouched.client.gstr2b):
        (untouched.path.parent / file.name).write_bytes(file.read_bytes())
    assert "nothing changed" in untouched.press("reimport")


def test_esc_during_match_leaves_the_workbook_as_it_was(untouched: Month) -> None:
    before = untouched.ims()
    untouched.app.impl.native.escape = True
    with pytest.raises(Cancelled):
        untouched.press("match")
    untouched.app.impl.native.escape = False
    assert untouched.ims().equals(before)
    assert untouched.app.status_bar is False


def test_a_filter_shows_its_rows_and_visible_rows_are_those_that_it_leaves(month: Month) -> None:
    shown = month.rows_where("Match", lambda s: s == "Only on portal")
    assert month.press("filter-not-in-books").startswith(f"{len(shown)} of")
    before = month.ims()
    month.press("no-action-visible")
    after, action = month.ims(), month.column("Action")
    changed = [int(r) for r in after.index if after.loc[r, action] != before.loc[r, action]]
    assert changed
    assert set(changed) <= set(shown)
    last = max(month.rows_where("Match", bool))
    for name, heading, wanted in (("filter-differs", "Differs in", bool), ("filter-open", "Action", lambda a: a in ("", "No Action"))):
        month.press(name)
        assert month.book.native.visible_rows(month.book.book.sheets["IMS"], 7, last) == month.rows_where(heading, wanted)
    month.press("filter-all")
    assert month.book.native.visible_rows(month.book.book.sheets["IMS"], 7, last) == list(range(7, last + 1))


def test_match_obeys_a_column_that_was_given_another_field_in_settings(month: Month) -> None:
    file = Path(month.client.register).name
    settings = month.book.read("Settings").frame
    row = int(settings.index[settings[1] == "Receipt Date"][0])
    month.book.book.sheets["Settings"].range((row, 2)).value = "Supplier name"
    month.book.book.sheets["Settings"].range((int(settings.index[settings[1] == "Particulars"][0]), 2)).value = "not used"
    waiting = months.read_anew(books.read_book(month.book).state, month.folder).lines
    assert f"{file}: a column was given another field in Settings" in "\n".join(waiting), "the register does not stand beside the book"
    shutil.copy(month.client.register, month.folder)
    assert f"{file}: " in month.press("match")
    assert not months.read_anew(books.read_book(month.book).state, month.folder).lines, "read anew once"


# ---- deciding
def test_actions_by_hand_reach_the_rows_that_allow_them_and_name_the_others(month: Month) -> None:
    row = month.rows_where("Section", lambda s: s == "B2B")[0]
    month.select(row, row)
    assert month.press("pending").startswith("Pending: 1 rows")
    assert (month.cell(row, "Action"), month.cell(row, "Set by")) == ("Pending", "person")
    month.press("match")
    assert month.cell(row, "Action") == "Pending"
    month.press("reset")
    assert month.cell(row, "Action") == month.cell(row, "Suggested action")


def test_reject_for_the_whole_sheet_leaves_imports_and_names_them(month: Month) -> None:
    told = month.press("reject-visible")
    refused = month.rows_where("Action", lambda a: a != "Reject")
    assert refused
    assert f"{len(refused)} rows do not allow Reject" in told
    assert f"row {refused[0]}: {month.cell(refused[0], 'Section')} {month.cell(refused[0], 'Document number')}" in told


def test_one_supplier_and_one_match_class_are_decided_alone(month: Month) -> None:
    row = month.rows_where("Section", lambda s: s == "B2B")[0]
    for scope, heading in (("supplier", "Supplier GSTIN"), ("class", "Match")):
        month.select(row, row)
        before = month.ims()
        month.press(f"no-action-{scope}")
        after, action, by = month.ims(), month.column("Action"), month.column(heading)
        others = before[by] != before.loc[row, by]
        assert after[others].equals(before[others])
        assert set(after.loc[~others, action]) == {"No Action"}


def test_suggest_fills_what_was_emptied_and_nothing_else(month: Month) -> None:
    row = month.rows_where("Suggested action", lambda a: a == "Accept")[0]
    sheet = month.book.book.sheets["IMS"]
    sheet.range((row, month.column("Action"))).clear_contents()
    assert month.press("suggest").startswith("1 rows were filled")
    assert (month.cell(row, "Action"), month.cell(row, "Set by")) == ("Accept", "rule")


# ---- matching
def test_a_hand_link_is_obeyed_and_taken_apart_again(month: Month) -> None:
    row = month.rows_where("Match", lambda s: s == "Only on portal")[0]
    register = month.book.read("Purchase Register").frame
    month.select(row, row)
    with pytest.raises(ImsXlError, match="no voucher number 'never'"):
        month.press("link", lines="never")
    month.press("link", lines=None)
    assert month.cell(row, "Match") == "Only on portal"
    assert "is linked with voucher" in month.press("link", lines=str(register.loc[7, 1]))
    assert month.cell(row, "Match") != "Only on portal"
    month.select(row, row)
    assert "kept apart" in month.press("unlink")
    assert month.cell(row, "Match") == "Only on portal"


# ---- files
def test_what_the_portal_would_refuse_is_named_by_its_row_and_nothing_is_written(month: Month) -> None:
    row = month.rows_where("Action", lambda a: a == "Accept")[0]
    month.book.book.sheets["IMS"].range((row, month.column("Remarks"))).value = "x" * 251
    for action in ("validate", "upload-file"):
        with pytest.raises(ImsXlError, match=f"(?s)row {row}.*250"):
            month.press(action)
    assert not list(month.folder.glob("*.json"))


def test_the_upload_file_and_the_portals_answer_to_it(month: Month) -> None:
    assert "can take this" in month.press("validate")
    told = month.press("upload-file")
    out = month.folder / f"{month.path.stem}_upload.json"
    sent = json.loads(out.read_text("utf-8"))
    assert sent["rtin"] == month.client.gstin
    assert out.name in told
    log = month.book.read("Log").frame
    assert any("portal-offline" in str(text) for text in log.to_numpy().ravel())
    section, records = next(iter(sent["invdata"].items()))
    error = {"imsDetailsErr": {section: [{**records[0], "error_msg": "Action is not allowed at this time"}]}}
    file = month.folder / "errors.json"
    file.write_text(json.dumps(error), "utf-8")
    told = month.press("read-errors", chosen=[file])
    assert "1 errors on 1 rows" in told
    said = month.rows_where("Portal error", bool)
    assert len(said) == 1
    assert "not allowed at this time" in month.cell(said[0], "Portal error")


def test_the_print_set_is_a_pdf_of_the_working_paper_and_the_workbook_stays_as_it_is(month: Month) -> None:
    before = month.ims()
    told = month.press("print-set", saved_as=month.folder / "paper.pdf")
    assert told.endswith("paper.pdf is written.")
    assert (month.folder / "paper.pdf").read_bytes().startswith(b"%PDF")
    assert month.ims().equals(before)
    assert [book.name for book in month.app.books] == [month.path.name]
    assert {info.name for info in month.book.sheets() if info.state == "visible"} >= {"Settings", "Log", "Suppliers"}


def test_letters_and_the_next_period_go_out_beside_the_workbook(month: Month) -> None:
    assert "files added" in month.press("letters")
    assert list((month.folder / f"{month.path.stem}_letters").glob("*.eml"))
    month.press("roll-forward", saved_as=month.folder / "next.xlsx", agrees=False)
    assert any("November 2026" in text for text in cells_of(month.folder / "next.xlsx")["Home"].values())


def test_snapshot_and_restore_are_the_undo(month: Month) -> None:
    month.press("snapshot")
    before = month.ims()
    month.select(7, 12)
    month.press("no-action")
    assert not month.ims().equals(before)
    assert "is back" in month.press("restore", lines="1")
    assert month.ims().equals(before)


def test_sign_off_closes_the_month_for_every_button_that_writes(month: Month) -> None:
    assert "as preparer" in month.press("sign-off", agrees=True, lines="R. Iyer")
    assert "The sign-off by R. Iyer (preparer)" in month.press("match")
    assert "as preparer" in month.press("sign-off", agrees=True, lines="R. Iyer")
    assert "as reviewer" in month.press("sign-off", agrees=False, lines="S. Rao")
    before = month.ims()
    month.select(7, 7)
    for action in ("match", "accept"):
        with pytest.raises(ImsXlError, match="closed"):
            month.press(action)
    assert month.ims().equals(before)


# ---- where a button cannot act
def test_a_button_on_a_foreign_workbook_says_why_it_cannot_act(app: xw.App) -> None:
    book = app.books.add()
    for action, said in (("match", "looks like"), ("show-2b", "no tab"), ("why", "click Match first"), ("filter", "click Match first"), ("snapshot", "never saved"), ("restore", "never saved")):
        with pytest.raises(ImsXlError, match=said):
            ribbon.do(ribbon.Click(action, ExcelBook(book), Scripted(), app, AS_OF))
    for action in set(ribbon.ACTIONS) - {"open-client", "help"}:
        with pytest.raises(ImsXlError, match="No workbook is open"):
            ribbon.do(ribbon.Click(action, None, Scripted(chosen=[[Path("x")]]), app, AS_OF))


# ---- from the tag to the cell
class Control(VBAObject):
    """What Excel hands to a callback."""

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        assert name.lower() == "tag"
        return self.tag


def test_from_the_buttons_tag_through_vba_and_the_command_line_to_changed_cells(app: xw.App, ran: tuple[Path, Any], client: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run & done.xlsx"             # a workbook that the command line made
    path.write_bytes(ran[0].read_bytes())
    app.books.open(str(path))
    month = Month(app, tmp_path, client, path)
    sources = modules(wrapper_module(), help_texts())
    start = sources["ImsStart"]
    for excels, ours in (
        ('CreateObject("WScript.Shell").Run command, 0, False', 'Range("A1").Value = command'), ("Application.Hwnd", str(month.app.hwnd)),
        ("book = ActiveWorkbook.Name", f'book = "{month.path.name}"'), ("python = ImsPython()", 'python = "C:\\Program Files\\Python\\pythonw.exe"'),
    ):
        assert excels in start
        start = start.replace(excels, ours)
    vba = ExcelApplication()
    vba.add_workbook()
    for name, source in (("ImsTables", sources["ImsTables"]), ("ImsStart", start), ("ImsRibbon", sources["ImsRibbon"])):
        vba.add_module(source, name=name)
    vba.run("ImsXl_OnAction", Control("no-action"))
    words = shlex.split(str(vba.sheet(1).value("A1")).replace("\\", "/"))
    assert words[:3] == ["C:/Program Files/Python/pythonw.exe", "-m", "ims_xl"]
    row = month.rows_where("Action", lambda a: a == "Accept")[0]
    month.select(row, row)
    assert main(words[3:]) == 0
    assert "No Action: 1 rows" in capsys.readouterr().err
    assert (month.cell(row, "Action"), month.cell(row, "Set by")) == ("No Action", "person")
