"""One upload record as JSON text: the downloaded record's own tokens, and the decision put among them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from ims_xl.portal_words import SectionForm, UploadProfile, field_keys, words
from ims_xl.vocabulary import HEADS
from ims_xl.writers.changes import rupee_token

_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null)\s*(?=[,}])')
_FLAT = re.compile(r'\{\s*(?:"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null)\s*,?\s*)*\}')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MONEY: Final = ("val", "txval", "iamt", "camt", "samt", "cess")
_DECIDED: Final = ("action", "remarks", "itcRedReq", "declIgst", "declCgst", "declSgst", "declCess")
_UPLOAD_TYPES: Final = {"SEZWP": "SEWP", "SEZWOP": "SEWOP", "Regular": "R"}


def record_text(row: Mapping[str, Any], form: SectionForm, profile: UploadProfile, decision: Mapping[str, str]) -> tuple[str, list[str]]:
    """The record with its decision ({key: code or JSON token}), and the obligatory keys that are missing ("" record is never written then)."""
    said = {key: value if value.startswith('"') or _NUMBER.fullmatch(value) else f'"{value}"' for key, value in decision.items()}
    tokens = _portal_names(tokens_of(str(row["raw"])), form) if row["raw"] else _from_columns(row, form)
    wanted = _wanted(form)
    missing = [key for key in wanted if tokens.get(key, "null") in ("null", '""')]
    own = field_names(_DECIDED)
    base = {key: token for key, token in tokens.items() if key not in own or key == "action"}
    if profile.keep_other_keys:
        made = {key: token for key, token in base.items() if key not in profile.drop}
        if "action" in said:
            made["action"] = said["action"]
        made |= {key: token for key, token in said.items() if key != "action"}
    else:
        everything = {**{key: _bare(token) if key in _MONEY else token for key, token in base.items() if key in wanted}, **said}
        made = {key: everything[key] for key in words()["upload"]["order"] if key in everything}
    return "{" + ",".join(f'{_key(key)}:{token}' for key, token in made.items()) + "}", missing


def tokens_of(raw: str) -> dict[str, str]:
    """Key -> value exactly as written, of one JSON object. Nested values are written anew, flat ones never."""
    if _FLAT.fullmatch(raw):
        return {_unquoted(key): token for key, token in _PAIR.findall(raw)}
    parsed = json.loads(raw, parse_float=_Digits, parse_int=_Digits)
    return {key: _dumped(value) for key, value in parsed.items()}


def field_names(keys: tuple[str, ...]) -> frozenset[str]:
    """Those keys and every other spelling that the portal table knows of them."""
    fields = ("portal_action", "portal_remarks", "portal_reduction", *(f"portal_reduce_{head}" for head in HEADS))
    return frozenset(keys) | {key for name in fields for key in field_keys(name)}


def _wanted(form: SectionForm) -> list[str]:
    """The obligatory keys of a section, upload spelling."""
    first = [key for key in (form.original_number, form.original_date) if key]
    return [*first, "stin", form.number, *(["inv_typ"] if form.supply_type else []), form.date, "val", "pos", "txval", "iamt", "camt", "samt", "cess", "srcform", "rtnprd"]


def _portal_names(tokens: dict[str, str], form: SectionForm) -> dict[str, str]:
    """Alternative spellings of obligatory keys take the upload's own; a document number that came as a number becomes text again."""
    swaps = {"srcform": field_keys("source_form"), "rtnprd": field_keys("supplier_period"), "stin": field_keys("supplier_gstin"),
             form.number: ("nt_num", "ntnum", "inum"), form.date: ("nt_dt", "ntdt", "idt")}
    made = tokens
    for wanted, spellings in swaps.items():
        if wanted in made:
            continue
        other = next((key for key in spellings if key in made), "")
        if other:
            made = {(wanted if key == other else key): token for key, token in made.items()}
    for key in (form.number, form.original_number):
        if _NUMBER.fullmatch(made.get(key, "")):
            made = {**made, key: f'"{made[key]}"'}
    return made


def _from_columns(row: Mapping[str, Any], form: SectionForm) -> dict[str, str]:
    """A record from the ledger's columns, where the book never saw the portal's own (IMS read from a sheet)."""
    def text(value: Any) -> str:
        return json.dumps(str(value), ensure_ascii=False)

    def day(value: Any) -> str:
        return '""' if pd.isna(value) else f'"{value:%d-%m-%Y}"'

    made: dict[str, str] = {}
    if form.original_number:
        made |= {form.original_number: text(row["original_number"]), form.original_date: day(row["original_date"])}
    made |= {"stin": text(row["supplier_gstin"]), form.number: text(row["document_number"])}
    if form.supply_type:
        made["inv_typ"] = text(_UPLOAD_TYPES.get(row["supply_type"], row["supply_type"] or "R"))
    made |= {form.date: day(row["document_date"]), "val": rupee_token(int(row["document_value"])), "action": '"N"', "pos": text(row["place_of_supply"]), "txval": rupee_token(int(row["taxable_value"]))}
    made |= {key: rupee_token(int(row[head])) for key, head in (("iamt", "igst"), ("camt", "cgst"), ("samt", "sgst"), ("cess", "cess"))}
    return made | {"srcform": text(row["source_form"]), "rtnprd": text(row["supplier_period"])}


def _bare(token: str) -> str:
    """`"118000.00"` in quotes is a number that somebody's wrapper turned into text."""
    inside = token[1:-1].replace(",", "") if token.startswith('"') else token
    return inside if _NUMBER.fullmatch(inside) else token


class _Digits(str):
    """A JSON number as written."""


def _dumped(value: Any) -> str:
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_dumped(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dumped, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _unquoted(key: str) -> str:
    return str(json.loads(f'"{key}"')) if "\\" in key else key


def _key(key: str) -> str:
    return f'"{key}"' if key.isidentifier() else json.dumps(key)
