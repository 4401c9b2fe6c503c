"""Download -> actions -> upload: what goes out, digit by digit, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ims_xl.readers.portal import read_ims
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, empty
from ims_xl.vocabulary import ImsXlError, Section
from ims_xl.writers.schema import upload_schema
from ims_xl.writers.upload import UploadResult, build_upload
from tests.portal_files import RECIPIENT, gstin, ims_download, record, write

CLIENT = Settings(gstin=RECIPIENT)
EIGHT = ("b2b", "b2ba", "b2bdn", "b2bdna", "b2bcn", "b2bcna", "ecom", "ecoma")


def month(tmp_path: Path, *records: tuple[str, dict[str, object]], container: str = "D1") -> tuple[pd.DataFrame, pd.DataFrame]:
    ims = read_ims(write(tmp_path / "ims.json", ims_download(*records, container=container)), RECIPIENT).ledger
    return ims, empty(WORK_COLUMNS, len(ims)).assign(action=ims["portal_action"])


def uploaded(result: UploadResult) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for _, data in result.files:
        for section, records in json.loads(data)["invdata"].items():
            found.setdefault(section, []).extend(records)
    return found


def typed(work: pd.DataFrame, row: int = 0, **values: object) -> pd.DataFrame:
    made = work.copy()
    for name, value in values.items():
        made.loc[row, name] = value
    return made


@pytest.mark.parametrize("profile", ["portal-offline", "api-strict"])
def test_every_section_goes_out_as_it_came_but_for_the_decision(tmp_path: Path, profile: str) -> None:
    records = [record(section, gstin(place), f"N/{place}", taxable="296941.40", igst="53449.45", original=("O-1", "01-09-2026"), name="ABC & Söhne") for place, section in enumerate(EIGHT)]
    ims, work = month(tmp_path, *records)
    result = build_upload(ims, work.assign(action="Reject", remarks="Not ours"), profile, CLIENT)
    assert uploaded(result).keys() == set(EIGHT)
    for section, downloaded in records:
        (sent,) = uploaded(result)[section]
        decided = {"action": "R", "remarks": "Not ours"} | ({"prev_status": "N"} if profile == "api-strict" else {})
        kept = {key: value for key, value in downloaded.items() if key not in ("tradenm", "hash", "action")}
        if profile == "api-strict":
            kept = {key: value for key, value in kept.items() if key not in ("srcfilstatus", "ispendactblocked", "isRemarksBlocked", "itcRedReqBlocked")}
        assert sent == json.loads(json.dumps(kept)) | decided
    for _, data in result.files:
        assert data.count(b'"txval":296941.40,') == len(EIGHT)
        jsonschema.validate(json.loads(data), upload_schema(profile, "SAVE"))


def test_only_what_changed_goes_out(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2b", gstin(1), "A", action="A"), record("b2b", gstin(1), "B", action="N"), record("b2b", gstin(1), "C", action="R", remarks="dup"))
    assert not build_upload(ims, work, "portal-offline", CLIENT).files
    assert "nothing to upload" in build_upload(ims, work, "api-strict", CLIENT).lines()[0]
    (sent,) = uploaded(build_upload(ims, typed(work, 1, action="Pending"), "portal-offline", CLIENT))["b2b"]
    assert (sent["inum"], sent["action"]) == ("B", "P")
    (sent,) = uploaded(build_upload(ims, typed(work, 2, remarks="Duplicate of C-1"), "portal-offline", CLIENT))["b2b"]
    assert (sent["inum"], sent["action"], sent["remarks"]) == ("C", "R", "Duplicate of C-1")


def test_a_plain_accept_carries_no_remark_not_even_the_portals(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2b", gstin(1), "A", action="P", remarks="waiting"))
    (sent,) = uploaded(build_upload(ims, typed(work, action="Accept", remarks="fine now"), "portal-offline", CLIENT))["b2b"]
    assert sent["action"] == "A" and "remarks" not in sent


def test_rows_set_back_are_n_offline_and_a_reset_file_for_the_api(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2b", gstin(1), "A", action="A"), record("b2b", gstin(1), "C"), record("b2bcn", gstin(1), "B", action="A", itcRedReq="Y"))
    work = work.assign(action=["No Action", "No Action", "Reject"])
    offline = build_upload(ims, work, "portal-offline", CLIENT)
    assert uploaded(offline)["b2b"][0]["action"] == "N" and not offline.reset_files
    strict = build_upload(ims, work, "api-strict", CLIENT, name="nov.json")
    ((name, data),) = strict.reset_files
    reset = json.loads(data)
    assert name == "nov.reset.json" and reset["reqtyp"] == "RESET"
    (record_back,) = reset["invdata"]["b2b"]
    assert "action" not in record_back and record_back["prev_status"] == "A"
    jsonschema.validate(reset, upload_schema("api-strict", "RESET"))
    (rejected,) = uploaded(strict)["b2bcn"]
    assert rejected["prev_status"] == "A" and "itcRedReq" not in rejected
    assert strict.rejects == (f"B2B-CN B of Vaigai Tools ({gstin(1)}), taxable value 1,000.00, tax 0.00",)


def credit_note(tmp_path: Path, **more: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    amounts = {"taxable": "10000.00", "cgst": "900.00", "sgst": "900.00"} | {key: str(value) for key, value in more.items() if key in ("igst", "cgst", "sgst")}
    return month(tmp_path, record("b2bcn", gstin(2), "CN-1", **amounts, **{key: value for key, value in more.items() if key not in amounts}))  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", ["portal-offline", "api-strict"])
def test_the_declaration_goes_out_full_partial_or_none(tmp_path: Path, profile: str) -> None:
    ims, work = credit_note(tmp_path)
    accept = work.assign(action="Accept")

    def sent(**values: object) -> dict[str, object]:
        return uploaded(build_upload(ims, typed(accept, **values), profile, CLIENT))["b2bcn"][0]

    full = sent(reduce_itc="Yes")
    assert full["itcRedReq"] == "Y" and not {"declCgst", "declIgst", "remarks"} & full.keys()
    assert sent(reduce_itc="Yes", reduce_cgst=90000, reduce_sgst=90000).keys() == full.keys(), "all heads in full is full"
    part = sent(reduce_itc="Yes", reduce_cgst=45050, reduce_sgst=45050, remarks="Half was availed")
    assert (part["declIgst"], part["declCgst"], part["declSgst"], part["declCess"], part["remarks"]) == (0, 450.5, 450.5, 0, "Half was availed")
    none = sent(reduce_itc="Yes", reduce_igst=0, reduce_cgst=0, reduce_sgst=0, reduce_cess=0, remarks="Never availed")
    assert none["itcRedReq"] == "N" and "declCgst" not in none
    assert sent(reduce_itc="No", remarks="Never availed")["itcRedReq"] == "N"


@pytest.mark.parametrize(("values", "reason"), [
    ({"action": "Accept"}, "Reduce ITC is not answered"),
    ({"action": "Accept", "reduce_itc": "No"}, "demands a remark where ITC is reduced not at all"),
    ({"action": "Accept", "reduce_itc": "Yes", "reduce_cgst": 100, "reduce_sgst": 100}, "demands a remark where ITC is reduced in part"),
    ({"action": "Accept", "reduce_itc": "Yes", "reduce_cgst": 90001, "reduce_sgst": 90001, "remarks": "x"}, "more than the document's"),
    ({"action": "Accept", "reduce_itc": "Yes", "reduce_igst": 1, "remarks": "x"}, "Reduce IGST 0.01 is more than the document's 0.00"),
    ({"action": "Accept", "reduce_itc": "Yes", "reduce_cgst": -5, "reduce_sgst": -5, "remarks": "x"}, "negative"),
    ({"action": "Accept", "reduce_itc": "Yes", "reduce_cgst": 100, "remarks": "x"}, "must be equal"),
    ({"action": "Accept", "reduce_itc": "No", "reduce_cgst": 100, "remarks": "x"}, "Reduce ITC is No, yet amounts"),
    ({"action": "Accept", "reduce_itc": "perhaps"}, "write Yes or No"),
    ({"action": "Accept", "reduce_itc": "Yes", "reduce_unread": '{"reduce_cgst": "9OO"}'}, "amount to reduce is no amount"),
    ({"action": "Reject", "remarks": "x" * 251}, "251 characters"),
    ({"action": "Reject", "remarks": "मान्य नहीं"}, "no character that the portal takes"),
    ({"action": "Approve"}, "'Approve' is no action"),
])
def test_what_the_portal_would_refuse_is_refused_first(tmp_path: Path, values: dict[str, object], reason: str) -> None:
    ims, work = credit_note(tmp_path)
    with pytest.raises(ImsXlError, match=re.escape(reason)) as told:
        build_upload(ims, typed(work, **values), "portal-offline", CLIENT, rows=[7])
    assert "Nothing was written" in str(told.value) and "row 7, B2B-CN CN-1" in str(told.value)


def test_an_amount_that_cannot_be_read_is_refused_though_the_rest_says_what_the_portal_holds(tmp_path: Path) -> None:
    ims, work = credit_note(tmp_path)
    ims, work = ims.assign(portal_action="Accept", portal_reduction="Y"), typed(work, action="Accept", reduce_itc="Yes")
    assert not build_upload(ims, work, "portal-offline", CLIENT).files
    with pytest.raises(ImsXlError, match="amount to reduce is no amount"):
        build_upload(ims, typed(work, reduce_unread='{"reduce_cgst": "9OO"}'), "portal-offline", CLIENT)


def test_actions_that_the_row_does_not_allow_are_refused(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2b", gstin(1), "A", ispendactblocked="Y"), record("b2b", gstin(1), "B"))
    with pytest.raises(ImsXlError, match="does not offer Pending"):
        build_upload(ims, work.assign(action="Pending"), "portal-offline", CLIENT)
    with pytest.raises(ImsXlError, match="Reject is not allowed here: choose Accept or No Action"):
        build_upload(ims, typed(work, 1, action="Reject"), "portal-offline", CLIENT, allowed=pd.Series(["Accept,Reject", "Accept,No Action"]))


def test_a_declaration_is_sent_only_where_the_portal_asks(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2b", gstin(1), "A"), record("b2bcn", gstin(1), "B", itcRedReqBlocked="Y"), record("b2bdn", gstin(1), "C"))
    result = uploaded(build_upload(ims, work.assign(action="Accept", reduce_itc="Yes"), "portal-offline", CLIENT))
    assert not any("itcRedReq" in one for records in result.values() for one in records)
    ims, work = credit_note(tmp_path, ispendactblocked="N")
    waiting = uploaded(build_upload(ims, work.assign(action="Pending", reduce_itc="Yes"), "portal-offline", CLIENT))["b2bcn"][0]
    assert "itcRedReq" not in waiting


def test_decisions_say_which_rows_must_answer(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2ba", gstin(1), "A", original=("A", "01-08-2026")))
    assert uploaded(build_upload(ims, work.assign(action="Accept"), "portal-offline", CLIENT, reduce_needed=pd.Series([False])))
    with pytest.raises(ImsXlError, match="not answered"):
        build_upload(ims, work.assign(action="Accept"), "portal-offline", CLIENT, reduce_needed=pd.Series([True]))


def test_bills_of_entry_stay_behind_and_say_why(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("impg", number="1234567", igst="180"), record("b2b", gstin(1), "A"))
    result = build_upload(ims, work.assign(action="Accept"), "portal-offline", CLIENT)
    assert uploaded(result).keys() == {"b2b"}
    assert "1 bills of entry (1234567) are not in the file" in result.notes[0]
    with pytest.raises(ImsXlError, match="cannot be rejected"):
        build_upload(ims, work.assign(action="Reject"), "portal-offline", CLIENT)


def test_rows_gone_from_the_portal_are_never_exported(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2b", gstin(1), "A"), record("b2b", gstin(1), "B"))
    work = work.assign(action="Accept", change=["gone", ""])
    result = build_upload(ims, work, "portal-offline", CLIENT)
    assert [one["inum"] for one in uploaded(result)["b2b"]] == ["B"]
    assert any("gone" in note for note in result.notes)


def test_a_big_month_is_split_and_every_file_is_whole(tmp_path: Path) -> None:
    ims, work = month(tmp_path, *(record("b2b", gstin(place // 100), f"S/{place}") for place in range(5100)))
    result = build_upload(ims, work.assign(action="Accept"), "api-strict", CLIENT)
    assert [name for name, _ in result.files] == ["upload.json", "upload-2.json"]
    assert [len(json.loads(data)["invdata"]["b2b"]) for _, data in result.files] == [5000, 100]
    assert all(len(data) < 4_000_000 for _, data in result.files) and result.hashes.keys() == {"upload.json", "upload-2.json"}


def test_documents_read_from_a_sheet_go_out_from_their_columns(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2bcna", gstin(1), "000123", taxable="100.50", igst="18.09", original=("CN-0", "01-09-2026")))
    blank = ims.assign(raw="", supply_type="")
    (sent,) = uploaded(build_upload(blank, work.assign(action="Reject"), "api-strict", CLIENT))["b2bcna"]
    assert sent == {"ont_num": "CN-0", "ont_dt": "01-09-2026", "stin": gstin(1), "nt_num": "000123", "inv_typ": "R", "action": "R", "srcform": "R1", "rtnprd": "102026", "nt_dt": "07-10-2026",
                    "val": 118.59, "pos": "27", "txval": 100.5, "iamt": 18.09, "camt": 0, "samt": 0, "cess": 0, "prev_status": "N"}
    with pytest.raises(ImsXlError, match="pull the IMS JSON"):
        build_upload(blank.assign(source_form=""), work.assign(action="Reject"), "api-strict", CLIENT)


def test_other_spellings_of_the_download_become_the_uploads_own(tmp_path: Path) -> None:
    section, made = record("b2bdn", gstin(1), "77")
    made = {{"srcform": "rtnTyp", "rtnprd": "sRtnPrd"}.get(key, key): value for key, value in made.items()} | {"nt_num": 77, "itc_red_req": "Y"}
    ims, work = month(tmp_path, (section, made))
    for profile in ("portal-offline", "api-strict"):
        (sent,) = uploaded(build_upload(ims, work.assign(action="Pending"), profile, CLIENT))["b2bdn"]
        assert (sent["nt_num"], sent["srcform"], sent["rtnprd"]) == ("77", "R1", "102026") and "itc_red_req" not in sent


def test_a_file_is_for_one_recipient(tmp_path: Path) -> None:
    ims, work = month(tmp_path, record("b2b", gstin(1), "A"))
    with pytest.raises(ImsXlError, match="one GSTIN"):
        build_upload(ims, work, "portal-offline", Settings(gstin=gstin(5)))
    with pytest.raises(ImsXlError, match="no upload profile"):
        build_upload(ims, work, "portal", CLIENT)


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EIGHT), st.integers(0, 10**11), st.sampled_from(["A", "R", "P", "N"]), st.sampled_from(["Accept", "Reject", "Pending", "No Action"]),
                          st.text(max_size=60)), min_size=1, max_size=8))
def test_whatever_is_typed_the_file_follows_its_schema(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, str, str, str]]) -> None:
    folder = tmp_path_factory.mktemp("upload")
    records = [record(section, gstin(place), f"D-{place}", taxable=f"{paise / 100:.2f}", igst=f"{paise // 6 / 100:.2f}", action=now) for place, (section, paise, now, _, _) in enumerate(rows)]
    ims, work = month(folder, *records)
    wanted = {f"D-{place}": row for place, row in enumerate(rows)}
    work = work.assign(action=[wanted[number][3] for number in ims["document_number"]], remarks=[wanted[number][4].encode("utf-8", "ignore").decode() for number in ims["document_number"]], reduce_itc="Yes")
    for profile in ("portal-offline", "api-strict"):
        try:
            result = build_upload(ims, work, profile, CLIENT)
        except ImsXlError as told:
            assert "no character that the portal takes" in str(told)
            return
        for request, files in (("SAVE", result.files), ("RESET", result.reset_files)):
            for _, data in files:
                jsonschema.validate(json.loads(data), upload_schema(profile, request))
        differing = sum(row[2] != {"Accept": "A", "Reject": "R", "Pending": "P", "No Action": "N"}[row[3]] for row in rows)
        assert sum(len(records) for _, data in (*result.files, *result.reset_files) for records in json.loads(data)["invdata"].values()) >= differing


def test_no_section_is_forgotten_in_the_schema() -> None:
    keys = upload_schema("api-strict", "SAVE")["properties"]["invdata"]["properties"].keys()
    assert keys == {section.key for section in Section if not section.is_import}
