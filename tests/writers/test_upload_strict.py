"""The upload against the portal's schema as the domain notes print it (IMS 6.4, 6.5): written here by hand, sharing nothing with the product's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from ims_xl.readers.portal import read_ims
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, empty
from ims_xl.writers.upload import UploadResult, build_upload
from tests.portal_files import RECIPIENT

SUPPLIER = "29AAECV7788M1Z7"
NUMBERS = {"b2b": ("inum", "idt"), "b2ba": ("inum", "idt", "oinum", "oidt"), "b2bdn": ("nt_num", "nt_dt"), "b2bdna": ("nt_num", "nt_dt", "ont_num", "ont_dt"), "b2bcn": ("nt_num", "nt_dt"),
           "b2bcna": ("nt_num", "nt_dt", "ont_num", "ont_dt"), "ecom": ("inum", "idt"), "ecoma": ("inum", "idt", "oinum", "oidt")}
DECLARING = ("b2ba", "b2bdna", "b2bcn", "b2bcna", "ecoma")
DATE = {"type": "string", "pattern": "^(0[1-9]|[12][0-9]|3[01])-(0[1-9]|1[0-2])-20[0-9]{2}$"}
NUMBER = {"type": "string", "pattern": "^[0-9A-Za-z/-]{1,16}$"}
RUPEES = {"type": "number", "minimum": 0, "maximum": 99999999999.99}


def strict(request: str) -> dict[str, Any]:
    """No unknown key at any level; every key of 6.4 obligatory, remarks and declarations optional where they exist."""
    sections = {}
    for section, keys in NUMBERS.items():
        own: dict[str, Any] = {
            "stin": {"type": "string", "pattern": "^[0-9A-Z]{15}$"}, **{key: DATE if key.endswith("dt") else NUMBER for key in keys}, "pos": {"enum": [f"{n:02d}" for n in (*range(1, 39), 96, 97)]},
            "val": {"type": "number", "minimum": 0, "maximum": 9999999999999.99}, **dict.fromkeys(("txval", "iamt", "camt", "samt", "cess"), RUPEES), "srcform": {"enum": ["R1", "R1A", "IFF", "R5"]},
            "rtnprd": {"type": "string", "pattern": "^(0[1-9]|1[012])(19|20)[0-9]{2}$"}, "prev_status": {"enum": ["A", "R", "P", "N"]},
        }
        if not section.startswith("eco"):
            own["inv_typ"] = {"enum": ["R", "DE", "SEWP", "SEWOP", "CBW"]}
        needed = list(own)
        if request == "SAVE":
            own |= {"action": {"enum": ["A", "R", "P"]}, "remarks": {"type": "string", "minLength": 1, "maxLength": 250, "pattern": r"^[ -!#-\[\]-~]+$"}}
            needed.append("action")
            if section in DECLARING:
                own |= {"itcRedReq": {"enum": ["Y", "N"]}, **dict.fromkeys(("declIgst", "declCgst", "declSgst", "declCess"), RUPEES)}
        sections[section] = {"type": "array", "minItems": 1, "maxItems": 5000, "items": {"type": "object", "additionalProperties": False, "required": needed, "properties": own}}
    return {"type": "object", "additionalProperties": False, "required": ["rtin", "reqtyp", "invdata"], "properties": {
        "rtin": {"const": RECIPIENT}, "reqtyp": {"const": request}, "invdata": {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": sections}}}


def record(section: str, number: str, action: str = "N", amounts: str = '"val":118000,"txval":100000,"iamt":18000.00,"camt":0,"samt":0,"cess":0', more: str = "") -> str:
    """One downloaded record as text, in the key order of 6.3."""
    keys = NUMBERS[section]
    old = f'"{keys[2]}":"OLD/1","{keys[3]}":"02-09-2026",' if len(keys) > 2 else ""
    kind = "" if section.startswith("eco") else '"inv_typ":"R",'
    return (f'{{{old}"stin":"{SUPPLIER}","tradenm":"Vaigai \\u0926 & Sons","{keys[0]}":"{number}",{kind}"{keys[1]}":"07-10-2026","action":"{action}","pos":"27",{amounts},"srcform":"R1",'
            f'"rtnprd":"102026","srcfilstatus":"Filed","ispendactblocked":"N","isRemarksBlocked":"N","itcRedReqBlocked":"N","hash":"h{number.replace("/", "")}"{more}}}')


def month(folder: Path, *records: tuple[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    grouped: dict[str, list[str]] = {}
    for section, text in records:
        grouped.setdefault(section, []).append(text)
    inside = ",".join(f'"{section}":[{",".join(texts)}]' for section, texts in grouped.items())
    path = folder / "ims.json"
    path.write_text(f'{{"rtin":"{RECIPIENT}","imsDetails":{{{inside}}}}}', encoding="utf-8")
    ims = read_ims(path, RECIPIENT).ledger
    return ims, empty(WORK_COLUMNS, len(ims)).assign(action=ims["portal_action"])


def sent(result: UploadResult) -> list[dict[str, Any]]:
    return [one for _, data in (*result.files, *result.reset_files) for records in json.loads(data)["invdata"].values() for one in records]


def test_every_decision_in_every_section_follows_the_portals_own_schema(tmp_path: Path) -> None:
    decisions = [("Accept", ""), ("Reject", "Not ours"), ("Pending", "मूल बिल – “awaited”\n\\ ask"), ("No Action", "")]
    records = [(section, record(section, f"{section[-2:]}/{place}", "NNNA"[place])) for section in NUMBERS for place in range(4)]
    ims, work = month(tmp_path, *records)
    at = [int(number[-1]) for number in ims["document_number"]]
    work = work.assign(action=[decisions[n][0] for n in at], remarks=[decisions[n][1] for n in at], reduce_itc=["Yes" if n == 0 else "" for n in at])
    api = build_upload(ims, work, "api-strict", Settings(gstin=RECIPIENT))
    for request, files in (("SAVE", api.files), ("RESET", api.reset_files)):
        for _, data in files:
            jsonschema.validate(json.loads(data), strict(request))
    assert len(sent(api)) == 32 and {one["prev_status"] for one in sent(api)} == {"N", "A"}
    offline = build_upload(ims, work, "portal-offline", Settings(gstin=RECIPIENT))
    assert not offline.reset_files and [one["action"] for one in sent(offline)].count("N") == 8
    assert not any({"prev_status", "tradenm", "hash"} & one.keys() for one in sent(offline))
    assert all(("itcRedReq" in one) == (one["action"] == "A" and section in DECLARING) for _, data in offline.files for section, part in json.loads(data)["invdata"].items() for one in part)


@pytest.mark.parametrize("profile", ["portal-offline", "api-strict"])
@pytest.mark.parametrize("amounts", [
    '"val":296941.40,"txval":251645.2540e0,"iamt":45296.10,"camt":0.00,"samt":0,"cess":0', '"val":1e3,"txval":1E3,"iamt":0,"camt":0,"samt":0,"cess":0',
    '"val":9999999999999.99,"txval":99999999999.99,"iamt":0.1,"camt":00000.00,"samt":0,"cess":0'.replace("00000.00", "0.0"), '"val":100000000000,"txval":100000000000,"iamt":0,"camt":0,"samt":0,"cess":0'.replace("100000000000", "99999999999"),
])
def test_numbers_go_back_in_the_digits_they_came_in(tmp_path: Path, profile: str, amounts: str) -> None:
    ims, work = month(tmp_path, ("b2b", record("b2b", "000123", amounts=amounts)))
    ((_, data),) = build_upload(ims, work.assign(action="Reject"), profile, Settings(gstin=RECIPIENT)).files
    for token in amounts.split(","):
        assert token in data.decode(), token
    assert '"inum":"000123"' in data.decode()


def test_what_is_kept_is_kept_character_by_character(tmp_path: Path) -> None:
    more = r',"note":"a \"quoted\" \/ \u0915 {x} [y], z","nested":{"a":[1,2.50]}'
    ims, work = month(tmp_path, ("b2b", record("b2b", "1234567890123456")), ("b2b", record("b2b", "1E5", more=more)))
    ((_, data),) = build_upload(ims, work.assign(action="Pending"), "portal-offline", Settings(gstin=RECIPIENT)).files
    assert '"inum":"1234567890123456"' in data.decode() and '"inum":"1E5"' in data.decode() and '"nested":{"a":[1,2.50]}' in data.decode()
    plain = re.sub(r',"nested":\{.*?\}', "", more)
    ims, work = month(tmp_path, ("b2b", record("b2b", "1E5", more=plain)))
    ((_, data),) = build_upload(ims, work.assign(action="Pending"), "portal-offline", Settings(gstin=RECIPIENT)).files
    assert plain in data.decode()
