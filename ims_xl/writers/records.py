"""One upload record as JSON text: the downloaded record's own tokens, and the decision put among them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pandas as pd

from ims_xl.portal_words import SectionForm, UploadProfile, field_keys, words
from ims_xl.vocabulary import HEADS
from ims_xl.writers.changes import rupee_token

_PAIR = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*"|[^\s",\[\]{}]+)')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MONEY: Final = ("val", "txval", "iamt", "camt", "samt", "cess")
_DECIDED: Final = ("action", "remarks", "itcRedReq", "declIgst", "declCgst", "declSgst", "declCess")
_UPLOAD_TYPES: Final = {"SEZWP": "SEWP", "SEZWOP": "SEWOP", "Regular": "R"}


def record_text(raw: str, row: Mapping[str, Any], form: SectionForm, profile: UploadProfile, decision: Mapping[str, str]) -> tuple[str, list[str]]:
    """The record with its decision ({key: JSON token}), and the obligatory keys that are missing; `row` speaks where no `raw` record is at hand."""
    tokens = tokens_of(raw) if raw else _from_columns(row, form)
    shape = _shape(form, profile, tuple(tokens), tuple(decision))
    values = list(tokens.values())
    for place in shape.texts:   # a document number that came as a number becomes text again
        if values[place][:1] != '"' and _NUMBER.fullmatch(values[place]):
            values[place] = f'"{values[place]}"'
    for place in shape.bare:
        if values[place][:1] == '"':
            values[place] = _bare(values[place])
    missing = [key for key, place in shape.wanted if place < 0 or values[place] in ("null", '""')]
    return "{" + ",".join([key + (decision[name] if name else values[place]) for key, name, place in shape.written]) + "}", missing


def tokens_of(raw: str) -> dict[str, str]:
    """Key -> value exactly as written, of one JSON object. Nested values are written anew, flat ones never."""
    pairs = _PAIR.findall(raw)
    if "{" + ",".join([f'"{key}":{token}' for key, token in pairs]) + "}" == raw:
        return {_unquoted(key): token for key, token in pairs} if "\\" in raw else dict(pairs)
    parsed = json.loads(raw, parse_float=_Digits, parse_int=_Digits)
    return {key: _dumped(value) for key, value in parsed.items()}


@dataclass(frozen=True, slots=True)
class _Shape:
    """What becomes of records with the same keys: worked out once, for a download has a few shapes and many records."""

    written: tuple[tuple[str, str, int], ...]
    """(key with its colon, the decision's key or "", position of the download's value) in the order that goes out."""
    wanted: tuple[tuple[str, int], ...]
    """The obligatory keys and their positions, -1 where they are missing."""
    texts: tuple[int, ...]
    bare: tuple[int, ...]


@lru_cache(maxsize=1024)
def _shape(form: SectionForm, profile: UploadProfile, keys: tuple[str, ...], decided: tuple[str, ...]) -> _Shape:
    at = {name: place for place, name in enumerate(_portal_names(keys, form))}
    wanted, own, strict = _wanted(form), field_names(_DECIDED), not profile.keep_other_keys
    kept = [name for name in at if (name in wanted if strict else name not in profile.drop and (name not in own or name == "action"))]
    going = [*kept, *(key for key in decided if key not in kept)]
    if strict:
        going = [key for key in words()["upload"]["order"] if key in going]
    return _Shape(
        tuple((f"{_key(name)}:", name if name in decided else "", at.get(name, -1)) for name in going), tuple((key, at.get(key, -1)) for key in wanted),
        tuple(at[key] for key in (form.number, form.original_number) if key in at), tuple(at[key] for key in _MONEY if key in at) if strict else (),
    )


def field_names(keys: tuple[str, ...]) -> frozenset[str]:
    """Those keys and every other spelling that the portal table knows of them."""
    fields = ("portal_action", "portal_remarks", "portal_reduction", *(f"portal_reduce_{head}" for head in HEADS))
    return frozenset(keys) | {key for name in fields for key in field_keys(name)}


def _wanted(form: SectionForm) -> list[str]:
    """The obligatory keys of a section, upload spelling."""
    first = [key for key in (form.original_number, form.original_date) if key]
    return [*first, "stin", form.number, *(["inv_typ"] if form.supply_type else []), form.date, "val", "pos", "txval", "iamt", "camt", "samt", "cess", "srcform", "rtnprd"]


def _portal_names(keys: Sequence[str], form: SectionForm) -> list[str]:
    """The keys, alternative spellings of obligatory ones as the upload writes them."""
    swaps = {"srcform": field_keys("source_form"), "rtnprd": field_keys("supplier_period"), "stin": field_keys("supplier_gstin"),
             form.number: ("nt_num", "ntnum", "inum"), form.date: ("nt_dt", "ntdt", "idt")}
    made = list(keys)
    for wanted, spellings in swaps.items():
        if wanted not in made and (other := next((key for key in spellings if key in made), "")):
            made[made.index(other)] = wanted
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
