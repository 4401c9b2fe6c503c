"""The GSTR-3B upload JSON: every row always present, two decimals, keys in the order of the offline utility.

Table 3 is filled by the portal and locked; it is written from the typed cells all the same, so that the file is whole, but for 3.2:
sales by place of supply come from GSTR-1 alone, so its lists are empty. There is no payment section: set-off happens on the portal. Arrays are told apart by `ty` (RUL/OTH of itc_inelg are 4D1 and 4D2).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from ims_xl.returns import inputs as typed_cells
from ims_xl.returns.forms import gstr3b_boxes
from ims_xl.returns.inputs import VALUE, Typed
from ims_xl.settings import Settings
from ims_xl.state import Gstr3B
from ims_xl.vocabulary import ImsXlError

_KEYS: Final[Mapping[str, str]] = {VALUE: "txval", "igst": "iamt", "cgst": "camt", "sgst": "samt", "cess": "csamt"}
_TAX: Final = ("igst", "cgst", "sgst", "cess")


def build(gstr3b: Gstr3B, inputs: Mapping[str, str], settings: Settings) -> bytes:
    """The file's bytes (UTF-8); ImsXlError where the book does not say whose return of which period it is."""
    if not settings.gstin or settings.period is None:
        raise ImsXlError("GSTR-3B needs the recipient's GSTIN and the tax period; fill both in Settings.")
    typed = typed_cells.read(inputs)
    if typed.problems:
        raise ImsXlError(typed.problems[0])
    period = settings.period.quarter_end if settings.quarterly else settings.period
    data: dict[str, Any] = {
        "gstin": settings.gstin,
        "ret_period": period.code,
        "sup_details": {
            "osup_det": _supply(typed, "3b.3.1a"), "osup_zero": _supply(typed, "3b.3.1b"), "osup_nil_exmp": _supply(typed, "3b.3.1c"),
            "isup_rev": {_KEYS[name]: gstr3b.boxes["3.1(d)"][name] for name in (VALUE, *_TAX)}, "osup_nongst": _supply(typed, "3b.3.1e"),
        },
        "eco_dtls": {"eco_sup": _supply(typed, "3b.3.1.1i"), "eco_reg_sup": {"txval": typed.line("3b.3.1.1ii", (VALUE,))[VALUE]}},
        "itc_elg": {
            "itc_avl": [_credit(gstr3b, f"4A{n}") for n in range(1, 6)], "itc_rev": [_credit(gstr3b, "4B1"), _credit(gstr3b, "4B2")],
            "itc_net": _heads(gstr3b, "4C"), "itc_inelg": [_credit(gstr3b, "4D1"), _credit(gstr3b, "4D2")],
        },
        "inward_sup": {"isup_details": [
            {"ty": kind, "inter": typed.line(f"3b.5.{name}.inter", (VALUE,))[VALUE], "intra": typed.line(f"3b.5.{name}.intra", (VALUE,))[VALUE]}
            for kind, name in (("GST", "gst"), ("NONGST", "nongst"))
        ]},
        "intr_ltfee": {
            "intr_details": {_KEYS[head]: typed.line("3b.5.1.interest")[head] for head in _TAX},
            "ltfee_details": {_KEYS[head]: typed.line("3b.5.1.latefee", ("cgst", "sgst"))[head] for head in ("cgst", "sgst")},
        },
        "inter_sup": {"unreg_details": [], "comp_details": [], "uin_details": []},
    }
    return (_text(data) + "\n").encode("utf-8")


def _supply(typed: Typed, line_id: str) -> dict[str, int]:
    line = typed.line(line_id, (VALUE, *_TAX))
    return {_KEYS[name]: line[name] for name in (VALUE, *_TAX)}


def _credit(gstr3b: Gstr3B, box: str) -> dict[str, Any]:
    return {"ty": gstr3b_boxes()[box].json, **_heads(gstr3b, box)}


def _heads(gstr3b: Gstr3B, box: str) -> dict[str, int]:
    return {_KEYS[head]: gstr3b.boxes[box][head] for head in _TAX}


def _text(value: Any) -> str:
    """JSON text in which every number, being paise, stands with two decimals."""
    match value:
        case dict():
            return "{" + ",".join(f'"{key}":{_text(item)}' for key, item in value.items()) + "}"
        case list():
            return "[" + ",".join(_text(item) for item in value) + "]"
        case int():
            return f"{Decimal(value).scaleb(-2):.2f}"
        case _:
            return f'"{value}"'
