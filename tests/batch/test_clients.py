"""A firm's folder is understood by content: names of files mean nothing, a folder that makes no sense says why."""

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ims_xl import book as books
from ims_xl import month
from ims_xl.batch.clients import find_clients, gathered, look_into
from ims_xl.batch.firm import firm_book
from ims_xl.batch.work import work_on
from ims_xl.faces import commands_batch
from ims_xl.hosts.reading import read_sheet
from ims_xl.vocabulary import ImsXlError
from tests.hardening.sound import empty_state
from tests.portal_files import RECIPIENT, doc, gstin, gstr2b, ims_download, record

REGISTER = "Voucher number,Supplier GSTIN,Document number,Document date,Taxable value,IGST\nV1,{g},A-1,07-10-2026,1000.00,180.00\n"


@pytest.fixture
def client(tmp_path):
    folder = tmp_path / "Balaji"
    folder.mkdir()
    (folder / "anything.dat.json").write_text(ims_download(record("b2b", gstin(1), "A-1", igst="180.00")))
    (folder / "purchases.csv").write_text(REGISTER.format(g=gstin(1)))
    return folder


def test_gstin_and_period_come_from_the_files(client):
    (client / "statement.json").write_text(gstr2b(doc("b2b", gstin(1), "A-1", igst="180.00"), period="102026"))
    found = look_into(client)
    assert (found.gstin, found.period, found.trouble) == (RECIPIENT, "2026-10", "")
    assert [len(f) for f in (found.ims, found.register, found.gstr2b)] == [1, 1, 1]
    assert found.book.name == f"{RECIPIENT}_2026-10.xlsx"


def test_what_client_toml_says_wins(client):
    (client / "client.toml").write_text('gstin = "27AAKCB4321Q1ZA"\nperiod = "2026-11"\nname = "Balaji & Sons"\nquarterly = true\n')
    found = look_into(client)
    assert (found.period, found.name, found.quarterly) == ("2026-12", "Balaji & Sons", True)


def test_files_of_a_period_lie_in_its_in_folder(client):
    inner = client / "2026-10" / "in"
    inner.mkdir(parents=True)
    for name in ("anything.dat.json", "purchases.csv"):
        (client / name).rename(inner / name)
    assert look_into(client).ims == (str(inner / "anything.dat.json"),)


def test_results_of_earlier_runs_are_no_inputs(client):
    (client / f"{RECIPIENT}_2026-09.xlsx").write_bytes(b"an earlier book")
    (client / "~$open.xlsx").write_bytes(b"")
    assert look_into(client).trouble == ""


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda f: (f / "purchases.csv").unlink(), "register"),
    (lambda f: (f / "anything.dat.json").unlink(), "IMS"),
    (lambda f: (f / "cut.json").write_text('{"imsDetails": {"b2b": [{"stin": "29'), ""),
    (lambda f: (f / "client.toml").write_text("gstin = "), "client.toml"),
    (lambda f: (f / "client.toml").write_text('colour = "red"'), "colour"),
    (lambda f: (f / "client.toml").write_text('gstin = "27AAKCB4321Q1ZB"\nperiod = "2026-10"'), "client.toml: '27AAKCB4321Q1ZB' is not a valid GSTIN"),
    (lambda f: [p.unlink() for p in f.iterdir()], "no portal download and no register"),
    (lambda f: (f / "client.toml").write_text("#" * 70_000), "four lines"),
    (lambda f: (f / "disk.zip").open("wb").truncate((1 << 30) + 1), "1,024 MB"),
    (lambda f: (f / "purchases.csv").rename(f / "Purchases Oct.pdf"), "(not as Purchases Oct.pdf"),
])
def test_a_folder_that_makes_no_sense_says_why(client, spoil, said):
    spoil(client)
    trouble = look_into(client).trouble
    assert said in trouble if said else True


def test_what_lies_about_is_left_aside_by_name(client):
    (client / "notes.txt").write_text("Rao, the accountant, calls on the 18th, if at all.\n")
    (client / "upload.json").write_text('{"rtin":"27AAKCB4321Q1ZA","reqtyp":"SAVE","invdata":{}}')
    (client / "TDS.csv").write_text("Section,Party,Amount\n194C,Rao,100\n")
    found = look_into(client)
    assert (found.trouble, [Path(f).name for f in found.register]) == ("", ["purchases.csv"])
    assert sorted(found.left_aside) == ["TDS.csv", "notes.txt", "upload.json"]


def test_files_of_two_gstins_in_one_folder_are_told_apart(client):
    (client / "other.json").write_text(ims_download(record("b2b", gstin(1), "A-2"), rtin="29AAKCB4321Q1Z6"))
    assert "two GSTINs" in look_into(client).trouble and "29AAKCB4321Q1Z6" in look_into(client).trouble


def test_inputs_change_with_the_files_only(client):
    before = look_into(client).inputs
    assert look_into(client).inputs == before
    (client / "purchases.csv").write_text(REGISTER.format(g=gstin(2)))
    assert look_into(client).inputs != before


def test_a_root_without_clients_is_refused(tmp_path):
    with pytest.raises(ImsXlError, match="no client folders"):
        find_clients(tmp_path)
    with pytest.raises(ImsXlError, match="no folder"):
        find_clients(tmp_path / "nowhere")


def test_a_zip_of_the_months_downloads_serves_both_sides(client):
    with zipfile.ZipFile(client / "downloads.zip", "w") as archive:
        archive.writestr("2b.json", gstr2b(doc("b2b", gstin(1), "A-9", igst="180.00"), period="102026"))
        archive.write(client / "anything.dat.json", "ims.json")
    (client / "anything.dat.json").unlink()
    found = look_into(client)
    assert found.trouble == "" and found.ims == found.gstr2b == (str(client / "downloads.zip"),)
    state = replace(empty_state(), settings=replace(empty_state().settings, gstin=RECIPIENT))
    both = month.pull(state, [client / "downloads.zip"], gstr2b=[client / "downloads.zip"]).state
    assert (both.ims["document_number"].tolist(), both.portal_2b.documents["document_number"].tolist(), both.problems) == (["A-1"], ["A-9"], ())
    (problem,) = month.pull(state, [client / "downloads.zip"]).state.problems
    assert "also holds a GSTR-2B" in problem.message


def test_a_signed_book_without_new_files_stays_as_it_was_signed(client, monkeypatch):
    assert work_on(gathered(client, "2026-10"), "2026-11-12").message == ""
    (path,) = client.glob("*.xlsx")
    before, opened = path.read_bytes(), books.open_state(path)
    monkeypatch.setattr(books, "open_state", lambda _: replace(opened, state=replace(opened.state, seal={"preparer": {"name": "R. Iyer", "at": "12-11-2026 10:00"}})))
    assert "signed off by R. Iyer, no new files" in work_on(gathered(client, "2026-10"), "2026-11-13").message and path.read_bytes() == before
    (client / "purchases.csv").write_text(REGISTER.format(g=gstin(7)).replace("A-1", "A-2"))
    assert "sign-off by R. Iyer is taken off" in work_on(gathered(client, "2026-10"), "2026-11-13").message and path.read_bytes() != before


def test_a_register_of_sales_is_told_as_it_is_done_and_in_the_firms_book(client, capsys):
    (client / "purchases.csv").write_text(REGISTER.format(g=gstin(7)).replace("A-1", "S-901"))
    result = work_on(gathered(client, "2026-10"), "2026-11-12")
    assert result.status == "done" and "no document in common" in result.told
    commands_batch._told(result, 1, 1)
    assert "no document in common" in capsys.readouterr().out
    firm_book([result], "2026-10", date(2026, 11, 12), client.parent / "firm.xlsx")
    assert read_sheet(client.parent / "firm.xlsx", "Run Results").frame.apply(lambda column: column.str.contains("no document in common")).to_numpy().sum() == 1
