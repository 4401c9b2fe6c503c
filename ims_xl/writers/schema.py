"""Our JSON Schema of each upload profile, and the check that every file passes before it is written.

`api-strict` is the portal's SAVE and RESET schema: no unknown key anywhere. `portal-offline` takes whatever else the download held, but never the
keys that the Offline Tool removes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from ims_xl.portal_words import SectionForm, section_forms, upload_profiles, words
from ims_xl.vocabulary import ImsXlError

_GSTIN: Final = {"type": "string", "pattern": "^[0-9A-Za-z]{15}$"}
_NUMBER: Final = {"type": "string", "minLength": 1, "maxLength": 16}
_ECHOED: Final = {"type": "string", "minLength": 1}
_DATE: Final = {"type": "string", "pattern": "^(0[1-9]|[12][0-9]|3[01])-(0[1-9]|1[012])-(19|20)[0-9]{2}$"}
_AMOUNT: Final = {"type": "number", "minimum": 0, "maximum": 99999999999.99}
_VALUE: Final = {"type": "number", "minimum": 0, "maximum": 9999999999999.99}
_DECLARATION: Final = ("itcRedReq", "declIgst", "declCgst", "declSgst", "declCess")


def upload_schema(profile: str, request: str) -> dict[str, Any]:
    """The schema of one profile's file; `request` is SAVE or RESET."""
    sections = {form.keys[0]: {"type": "array", "minItems": 1, "items": _record(form, profile, request)} for form in section_forms().values() if form.upload}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#", "title": f"IMS upload, {profile}, {request}", "type": "object", "additionalProperties": False,
        "required": ["rtin", "reqtyp", "invdata"],
        "properties": {"rtin": _GSTIN, "reqtyp": {"const": request}, "invdata": {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": sections}},
    }


def check(data: bytes, profile: str, request: str) -> None:
    """Raises where our own file does not follow its schema: the portal would refuse all of it."""
    import fastjsonschema

    try:
        _validator(profile, request)(json.loads(data))
    except fastjsonschema.JsonSchemaValueException as wrong:
        raise ImsXlError(f"Nothing was written: the upload file would not follow the portal's form ({wrong.message.replace('data.', '')}); "
                         "download the IMS JSON again, pull it, and export once more.") from None


@cache
def _validator(profile: str, request: str) -> Callable[[Any], Any]:
    import fastjsonschema

    compiled: Callable[[Any], Any] = fastjsonschema.compile(upload_schema(profile, request))
    return compiled


def _record(form: SectionForm, profile: str, request: str) -> dict[str, Any]:
    shape = upload_profiles()[profile]
    strict = not shape.keep_other_keys
    properties: dict[str, Any] = {
        "stin": _GSTIN, form.number: _NUMBER if strict else _ECHOED, form.date: _DATE, "pos": {"type": "string", "pattern": "^(0[1-9]|[12][0-9]|3[0-8]|96|97)$"}, "val": _VALUE,
        "srcform": {"type": "string", "minLength": 1, "maxLength": 5}, "rtnprd": {"type": "string", "pattern": "^(0[1-9]|1[012])(19|20)[0-9]{2}$" if strict else "^(0[1-9]|1[012])((19|20)[0-9]{2})?$"},
        **dict.fromkeys(("txval", "iamt", "camt", "samt", "cess"), _AMOUNT),
    }
    if form.supply_type:
        properties["inv_typ"] = {"enum": ["R", "DE", "SEWP", "SEWOP", "CBW", "SEZWP", "SEZWOP"]}
    if form.original_number:
        properties |= {form.original_number: _NUMBER if strict else _ECHOED, form.original_date: _DATE}
    required = [*properties]
    if request == "SAVE":
        properties["action"] = {"enum": ["A", "R", "P", *([shape.no_action] if shape.no_action else [])]}
        properties["remarks"] = {"type": "string", "minLength": 1, "maxLength": words()["upload"]["max_remark"], "pattern": '^[^\\\\"\\n\\r]*$'}
        required.append("action")
        if form.declaration:
            properties |= {"itcRedReq": {"enum": ["Y", "N"]}, **dict.fromkeys(("declIgst", "declCgst", "declSgst", "declCess"), _AMOUNT)}
    if shape.prev_status:
        properties["prev_status"] = {"enum": ["A", "R", "P", "N"]}
        required.append("prev_status")
    made: dict[str, Any] = {"type": "object", "properties": properties, "required": required, "additionalProperties": not strict}
    if not strict:
        # What the Offline Tool removes, and declarations where the section has none, may not stand there at all.
        made["properties"] |= dict.fromkeys([*sorted(shape.drop), *([] if form.declaration and request == "SAVE" else _DECLARATION)], False)
    if request == "SAVE" and form.declaration:
        made["dependencies"] = {"itcRedReq": {"properties": {"action": {"const": "A"}}},
                                "declIgst": {"properties": {"itcRedReq": {"const": "Y"}}, "required": list(_DECLARATION)}}
    return made
