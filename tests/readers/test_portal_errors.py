"""The portal's error files find their rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ims_xl.readers.portal import read_ims
from ims_xl.readers.portal_errors import error_text, known_error, match_errors, put_errors, read_errors
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, BookState, empty
from ims_xl.vocabulary import REGISTER_LEDGER, ImsXlError
from tests.portal_files import RECIPIENT, gstin, ims_download, record, write


def report(tmp_path: Path, made: object) -> Path:
    return write(tmp_path / "errors.json", json.dumps(made))


def test_the_api_report_names_notes_by_inum_under_old_section_names(tmp_path: Path) -> None:
    path = report(tmp_path, {"status_cd": "PE", "transTypCd": "SAV", "proc_cnt": "5", "err_cnt": "2", "error_report": {
        "cn": [{"stin": gstin(1), "error_cd": "IMSSAV0054", "error_msg": "Error! Please enter value for the column itcRedReq.", "inv": [{"inum": "CN/0077", "rtnprd": "102026"}]}],
        "b2b": [{"stin": gstin(1), "error_cd": "IMSSAV0010", "error_msg": "Either previous action is incorrect", "inv": [{"inum": "VT/412", "rtnprd": "102026"}, {"inum": "VT/413"}]}]}})
    found = read_errors(path)
    assert found.status == "processed with errors" and found.errors["section"].tolist() == ["B2B-CN", "B2B", "B2B"]
    assert found.errors["document_number"].tolist() == ["CN/0077", "VT/412", "VT/413"]
    assert "Answer 'Reduce ITC'" in found.errors["remedy"][0]
    ims = read_ims(write(tmp_path / "ims.json", ims_download(record("b2b", gstin(1), "vt/412"), record("b2b", gstin(2), "VT/413"), record("b2bcn", gstin(1), "CN/0077")))).ledger
    assert match_errors(found.errors, ims).to_numpy().tolist() == [[0, 2], [1, 0]]


def test_the_offline_error_file_is_the_record_with_a_message(tmp_path: Path) -> None:
    _, wrong = record("b2bcn", gstin(2), "CN-9", action="P", error_msg="Pending action is not allowed for this record")
    path = write(tmp_path / "err.json", ims_download(("b2bcn", wrong)).replace("imsDetails", "imsDetailsErr"))
    found = read_errors(path)
    assert found.errors.loc[0, ["section", "supplier_gstin", "document_number", "message"]].tolist() == ["B2B-CN", gstin(2), "CN-9", "Pending action is not allowed for this record"]


def test_among_documents_of_one_number_section_and_date_decide(tmp_path: Path) -> None:
    _, wrong = record("b2b", gstin(1), "7", "01-02-2026", error_msg="IMSSAV0010 previous action")
    found = read_errors(write(tmp_path / "err.json", ims_download(("b2b", wrong)).replace("imsDetails", "imsDetailsErr")))
    assert found.errors["code"].tolist() == ["IMSSAV0010"]
    ims = read_ims(write(tmp_path / "ims.json", ims_download(record("b2b", gstin(1), "7", "01-05-2026"), record("b2b", gstin(1), "7", "01-02-2026"), record("b2bdn", gstin(1), "7", "01-02-2026")))).ledger
    assert match_errors(found.errors, ims)["row"].tolist() == [1]


def test_an_upload_refused_as_a_whole_or_still_running_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match=r"refused the upload as a whole \(GEN5001"):
        read_errors(report(tmp_path, {"status_cd": "ER", "err_cd": "GEN5001", "err_msg": "missing mandatory params", "err_cnt": "0", "proc_cnt": "0"}))
    with pytest.raises(ImsXlError, match="still working"):
        read_errors(report(tmp_path, {"data": {"status_cd": "IP", "transTypCd": "SAV"}}))


def test_a_clean_upload_has_no_errors(tmp_path: Path) -> None:
    found = read_errors(report(tmp_path, {"status_cd": "P", "transTypCd": "SAV", "proc_cnt": "5", "err_cnt": "0"}))
    assert found.errors.empty and found.status == "processed"


def test_a_download_is_no_error_report(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match=r"it is an IMS download; 'ims-xl pull --ims' takes it"):
        read_errors(write(tmp_path / "ims.json", ims_download(record("b2b"))))


def test_broken_entries_are_problems(tmp_path: Path) -> None:
    found = read_errors(report(tmp_path, {"status_cd": "PE", "error_report": {"b2b": [7, {"stin": gstin(1), "error_cd": "X1"}], "cn": {"a": 1}}}))
    assert len(found.problems) == 3 and found.errors["code"].tolist() == ["X1"]


def test_codes_are_known_by_themselves_and_by_family() -> None:
    assert known_error("IMSSAV0054")[1].startswith("Answer") and known_error("IMSSAV005")[0] and known_error("IMSSAV00501")[0] == known_error("IMSSAV005")[0]
    assert known_error("ABC1") == ("", "")
    assert error_text("A1", "bad", "mend it") == "A1: bad -> mend it"


def test_a_report_of_another_client_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    ims = read_ims(write(tmp_path / "ims.json", ims_download(record("b2b", gstin(1), "A")))).ledger
    state = BookState(Settings(gstin=RECIPIENT), ims, empty(WORK_COLUMNS, len(ims)), empty(REGISTER_LEDGER))
    other = write(tmp_path / "other.json", json.dumps({"rtin": gstin(5), "imsDetailsErr": {"b2b": [{"stin": gstin(1), "inum": "A", "error_msg": "x"}]}}))
    with pytest.raises(ImsXlError, match=f"error report of {gstin(5)}; this book is for"):
        put_errors(state, other)
    strange = write(tmp_path / "strange.json", json.dumps({"imsDetailsErr": {"b2b": [{"stin": gstin(9), "inum": "NOWHERE", "error_msg": "x"}]}}))
    with pytest.raises(ImsXlError, match="none of its 1 errors names a document of this book"):
        put_errors(state, strange)
