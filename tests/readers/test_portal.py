"""IMS downloads of every container and section, and everything that can be wrong with one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ims_xl.readers.json_tokens import compact
from ims_xl.readers.portal import read_ims
from ims_xl.state import empty
from ims_xl.vocabulary import IMS_LEDGER, ImsXlError, Section
from tests.portal_files import RECIPIENT, gstin, gstr2b, ims_download, many, record, write

TWELVE = [section.key for section in Section]


def ims(tmp_path: Path, text: str, recipient: str = "") -> object:
    return read_ims(write(tmp_path / "download.json", text), recipient)


@pytest.mark.parametrize("container", ["D1", "D2", "D3", "GSP"])
def test_every_container_gives_the_same_twelve_sections(tmp_path: Path, container: str) -> None:
    found = ims(tmp_path, ims_download(*(record(section, gstin(1), "7", igst="180.10") for section in TWELVE), container=container), RECIPIENT)
    assert found.ledger["section"].tolist() == [section.value for section in Section] and not found.problems
    assert found.counts == {section.value: 1 for section in Section}
    assert set(found.ledger["recipient_gstin"]) == {RECIPIENT} and (found.ledger["igst"] == 18010).all()
    assert found.ledger.dtypes.equals(empty(IMS_LEDGER).dtypes)


def test_numbers_keep_their_digits_and_text_its_letters_in_raw(tmp_path: Path) -> None:
    text = ims_download(record("b2b", gstin(1), "A  1", taxable="296941.40", igst="53449.450", name='Söhne "X", { Y }'))
    spaced = json.dumps(json.loads(text), indent=2).replace("296941.4", "296941.40")
    found = ims(tmp_path, spaced)
    raw = found.ledger["raw"][0]
    assert '"txval":296941.40,' in raw and "\n" not in raw and json.loads(raw)["inum"] == "A  1" and json.loads(raw)["tradenm"] == 'Söhne "X", { Y }'


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=12))
@settings(deadline=None)
def test_compacting_changes_no_value(value: object) -> None:
    assert json.loads(compact(json.dumps(value, indent=1))) == value and compact(compact(json.dumps(value))) == compact(json.dumps(value))


def test_the_keys_name_documents_by_financial_year_and_port(tmp_path: Path) -> None:
    found = ims(tmp_path, ims_download(record("b2b", gstin(1), "ab/1", "31-03-2026"), record("b2b", gstin(1), "ab/1", "01-04-2026"), record("impg", number="77"), record("impgsez", gstin(2), "77")))
    assert found.ledger["key"].tolist() == [f"{gstin(1)}|B2B|AB/1|2025", f"{gstin(1)}|B2B|AB/1|2026", "INNSA1|IMPG|77|2026", f"{gstin(2)}/INNSA1|IMPGSEZ|77|2026"]


def test_other_spellings_flags_and_states_are_understood(tmp_path: Path) -> None:
    section, made = record("b2bcn", gstin(1), "1", ispendactblocked=True, isRemarksBlocked="Y", itcRedReqBlocked=None, isItcRedReqBlocked=False, srcfilstatus="NotFiled", itcRedReq="Y", declIgst=1.5)
    made = {{"srcform": "rtnTyp", "rtnprd": "sRtnPrd"}.get(key, key): value for key, value in made.items()}
    row = ims(tmp_path, ims_download((section, made))).ledger.iloc[0]
    assert (row["pending_blocked"], row["remarks_blocked"], row["reduction_blocked"], row["filing_status"], row["portal_reduction"]) == ("Y", "Y", "N", "Not Filed", "Y")
    assert (row["source_form"], row["supplier_period"], row["portal_reduce_igst"]) == ("R1", "102026", 150) and pd.isna(row["portal_reduce_cgst"])


@pytest.mark.parametrize("alias", ["cn", "CN", "b2b_cn", "B2B-CN"])
def test_sections_under_other_names_are_read(tmp_path: Path, alias: str) -> None:
    assert ims(tmp_path, ims_download(record("b2bcn", gstin(1), "1")).replace('"b2bcn"', f'"{alias}"')).ledger["section"].tolist() == ["B2B-CN"]


def test_unknown_sections_and_isd_are_told_and_lose_nothing_else(tmp_path: Path) -> None:
    text = ims_download(record("b2b", gstin(1), "1")).replace('"imsDetails":{', '"imsDetails":{"isd":[{"docnum":"9"}],"zzz":[{"a":1},{"a":2}],')
    found = ims(tmp_path, text)
    assert len(found.ledger) == 1 and [problem.field for problem in found.problems] == ["isd", "zzz"] and "2 records of 'zzz'" in found.problems[1].message


@pytest.mark.parametrize(("change", "field", "value"), [
    ({"txval": "n/a"}, "taxable_value", 0), ({"txval": -5}, "taxable_value", 0), ({"txval": 10**16}, "taxable_value", 0), ({"txval": None}, "taxable_value", 0), ({"iamt": True}, "igst", 0),
    ({"txval": 100.129}, "taxable_value", 10013), ({"txval": "1,234.50"}, "taxable_value", 123450), ({"iamt": {"a": 1}}, "igst", 0), ({"txval": 10**400}, "taxable_value", 0),
    ({"action": "X"}, "portal_action", "No Action"), ({"pos": "77"}, "place_of_supply", ""), ({"inv_typ": ["R"]}, "supply_type", ""),
])
def test_a_bad_value_is_a_problem_and_the_row_stays(tmp_path: Path, change: dict[str, object], field: str, value: object) -> None:
    _, good = record("b2b", gstin(1), "1", taxable="100.00")
    text = json.dumps({"imsDetails": {"b2b": [{key: inner for key, inner in (json.loads(json.dumps(good)) | change).items() if inner is not None}]}})
    found = ims(tmp_path, text)
    assert found.ledger[field][0] == value
    assert len(found.problems) == (0 if change == {"txval": "1,234.50"} else 1) and all(problem.row == 1 and problem.sheet == "B2B" and problem.field == field for problem in found.problems)


@pytest.mark.parametrize("day", ["31-02-2026", "2026", "", None, 7, "07-13-2026"])
def test_a_bad_date_is_left_blank(tmp_path: Path, day: object) -> None:
    found = ims(tmp_path, ims_download(record("b2b", gstin(1), "1", idt=day)))
    assert pd.isna(found.ledger["document_date"][0]) and len(found.problems) == 1 and found.problems[0].field == "document_date"


def test_nan_is_no_amount(tmp_path: Path) -> None:
    found = ims(tmp_path, ims_download(record("b2b", gstin(1), "1", taxable="100")).replace('"txval":100', '"txval":NaN'))
    assert found.ledger["taxable_value"][0] == 0 and found.problems[0].field == "taxable_value"


def test_records_without_number_or_supplier_are_set_aside_with_their_place(tmp_path: Path) -> None:
    _, good = record("b2b", gstin(1), "1")
    found = ims(tmp_path, json.dumps({"b2b": [good, 7, {**good, "inum": " "}, {**good, "stin": None}], "b2bcn": None, "b2ba": {"x": 1.5}}))
    assert len(found.ledger) == 1 and found.counts == {"B2B": 4} and found.set_aside == 3
    assert [problem.row for problem in found.problems if problem.sheet] == [2, 3, 4] and any("b2ba" in problem.field for problem in found.problems)


def test_a_record_that_stands_twice_counts_once_and_two_contents_are_both_kept(tmp_path: Path) -> None:
    found = ims(tmp_path, ims_download(record("b2b", gstin(1), "1"), record("b2b", gstin(1), "1"), record("b2b", gstin(1), "1", taxable="999")))
    assert found.ledger["key"].tolist() == [f"{gstin(1)}|B2B|1|2026", f"{gstin(1)}|B2B|1|2026#2"] and len(found.problems) == 2 and found.set_aside == 1


def test_keys_that_stand_twice_are_told(tmp_path: Path) -> None:
    text = ims_download(record("b2b", gstin(1), "1"))
    twice = text.replace('"pos":"27"', '"pos":"27","pos":"29"').replace("}]}}", '}],"b2b":[]}}')
    found = ims(tmp_path, twice)
    assert found.ledger["place_of_supply"][0] == "29" and {problem.field for problem in found.problems} == {"pos", "b2b"}


@pytest.mark.parametrize(("text", "words"), [
    ("", "is empty"), ("  \n", "is empty"), ("[1]", "no file of the portal"), ("{\"imsDetails\":{\"b2b\":[{\"stin\":\"2", "ends in the middle"), ("{\"imsDetails\":{\"b2b\":[{}]}} x", "is not JSON"),
    ("{\"imsDetails\": {\"b2b\": [{'stin': 1}]}}", "is not JSON"), ("{\"imsDetails\":" + "[" * 5000, "nested deeper|ends in the middle"), ("{\"data\":" * 40 + "{\"stin\":1,\"action\":2}" + "}" * 40, "nested deeper|no file of the portal"),
    ("hello", "no file of the portal"), ("{}", "no file of the portal"),
])
def test_half_a_file_or_no_file_is_one_clear_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ImsXlError, match=words) as told:
        ims(tmp_path, text)
    assert "download.json" in str(told.value) and "Traceback" not in str(told.value)


def test_files_of_other_kinds_are_refused_by_name(tmp_path: Path) -> None:
    for text, command in ((gstr2b(), "--gstr2b"), ('{"rtin":"x","reqtyp":"SAVE","invdata":{"b2b":[]}}', "for upload"), ('{"imsDetailsErr":{"b2b":[]}}', "ims-xl errors"),
                          ('{"status_cd":"PE","error_report":{}}', "ims-xl errors"), ('{"gstin":"x","ret_period":"102026","itc_elg":{}}', "GSTR-3B"), ("a,b,c\n1,2,3", "--register")):
        with pytest.raises(ImsXlError, match="is not an IMS download") as told:
            ims(tmp_path, text)
        assert command in str(told.value)


def test_a_month_with_nothing_in_it_is_legal(tmp_path: Path) -> None:
    for text in (ims_download(), '{"imsDetails":{"b2b":[],"b2bcn":null}}', '{"b2b":[]}'):
        found = ims(tmp_path, text, RECIPIENT)
        assert found.ledger.empty and not found.problems and found.ledger.dtypes.equals(empty(IMS_LEDGER).dtypes)


def test_another_gstin_and_mixed_gstins_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match=f"IMS file of {RECIPIENT}; this book is for {gstin(9)}"):
        ims(tmp_path, ims_download(record("b2b")), gstin(9))
    with pytest.raises(ImsXlError, match="beside"):
        ims(tmp_path, ims_download(record("b2b", rtin=gstin(8))))


def test_a_zip_of_parts_is_read_and_a_bomb_is_not(tmp_path: Path) -> None:
    packed = tmp_path / "download.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in (1, 2, 2):
            archive.writestr(f"p{len(archive.namelist())}.json", "\ufeff" + ims_download(record("b2b", gstin(place), str(place))))
    found = read_ims(packed)
    assert len(found.ledger) == 2 and "byte for byte" in found.problems[0].message
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", '{"imsDetails":{"b2b":[' + " " * 50_000_000 + "]}}")
    with pytest.raises(ImsXlError, match="no portal download"):
        read_ims(packed)


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_whatever_bytes_come_the_answer_is_a_file_or_one_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "file.json"
    for content in (data, b'{"imsDetails":{"b2b":[' + data + b"]}}"):
        path.write_bytes(content)
        try:
            read_ims(path)
        except ImsXlError:
            continue


def test_every_record_of_a_large_download_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "big.json", ims_download(*many(20_000)))
    assert len(read_ims(path).ledger) == 20_000
