"""The expected GSTR-2B: what the actions in the book, and the documents that pass no action, will make of the form.

IMS rows of the period stand in the row of their section: Accept and No Action count, Reject moves to ITC rejected, Pending
and rows that are gone, not filed or of a later period stand nowhere. The pulled 2B adds what never passes IMS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.returns.bypass import UNKNOWN_ORIGINAL, bypassing, drawn_effects, to_summary
from ims_xl.returns.declared import credit_sign, declared_effect, in_force, takes_declaration
from ims_xl.returns.differences import differences
from ims_xl.returns.drawn import IMPORTS, classified, is_whole, match_to_ims, of_period
from ims_xl.returns.forms import AVAILABLE, REJECTED, gstr2b_form
from ims_xl.returns.originals import Originals, find_originals
from ims_xl.returns.standing import counted, rejected, rejected_path
from ims_xl.settings import Settings
from ims_xl.state import Amounts, Gstr2B, Links, Portal2B
from ims_xl.vocabulary import HEADS, Action, Change

BYPASS_COLUMNS: Final[Mapping[str, str]] = {
    "path": "str", "section": "str", "kind": "str", "supplier_gstin": "str", "supplier_name": "str", "document_number": "str",
    "document_date": "datetime64[s]", "reverse_charge": "str", "taxable_value": "int64", "igst": "int64", "cgst": "int64", "sgst": "int64", "cess": "int64",
    "note": "str", "document": "int64",
}


def expected_2b(
    ims: pd.DataFrame, work: pd.DataFrame, belonging: pd.DataFrame, links: Links, portal_2b: Portal2B | None, earlier: pd.DataFrame, settings: Settings,
) -> Gstr2B:
    """Every row of the form in paise, the effect of each IMS row, the documents that bypass IMS, and the difference to the drawn 2B."""
    del links   # the figures rest on the portal's documents alone; what the books say comes in with GSTR-3B
    period = str(settings.period or "")
    drawn = of_period(portal_2b, settings)
    live = (work["change"] != Change.GONE).to_numpy()
    in_period = belonging["in_period"].to_numpy(dtype=bool)
    originals = find_originals(ims, ims, live, earlier, period)
    superseded = np.zeros(len(ims), dtype=bool)
    active = originals.in_book[live & in_period & (originals.in_book >= 0)]
    superseded[active] = True

    matched = belonging["document"].to_numpy(dtype=np.int64) if "document" in belonging else match_to_ims(ims, portal_2b, settings)
    sort = classified(drawn.documents, drawn.period) if drawn is not None else None
    effect_2b = None
    bypass = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in BYPASS_COLUMNS.items()})
    if drawn is not None and sort is not None:
        of_document = np.full(len(drawn.documents), -1, dtype=np.int64)
        of_document[matched[matched >= 0]] = np.flatnonzero(matched >= 0)
        effect_2b, originals_2b = drawn_effects(drawn, sort, ims, live & in_period, earlier, of_document, matched, originals)
        # An amendment that only the 2B has replaces its original in IMS all the same.
        replaced = originals_2b.in_book[(of_document < 0) & (originals_2b.in_book >= 0) & (originals_2b.in_book < len(ims)) & (drawn.documents["block"] == "docdata").to_numpy()]
        superseded[replaced] = True
        bypass = bypassing(drawn, sort, effect_2b, originals_2b, of_document, bool(ims["section"].isin(IMPORTS).any()))
        ims_paths = frozenset(f"{AVAILABLE}.{p}" for p in gstr2b_form().ims.values()) | frozenset(f"{REJECTED}.{p}" for p in gstr2b_form().ims.values())
        bypass = to_summary(bypass, drawn.summary, ims_paths if len(ims) else frozenset())

    rows = _rows(ims, work, belonging, originals, superseded, earlier, matched, sort, period)
    boxes = _boxes(rows, work["action"], bypass)
    whole = is_whole(drawn, settings)
    portal_boxes = _portal_boxes(drawn.summary) if whole and drawn is not None and drawn.summary else {}
    differ = differences(ims, work, rows, bypass, boxes, portal_boxes, drawn if whole else None, sort, effect_2b, matched)
    return Gstr2B(rows, bypass, boxes, portal_boxes, differ, not whole)


def _rows(
    ims: pd.DataFrame, work: pd.DataFrame, belonging: pd.DataFrame, originals: Originals, superseded: np.ndarray, earlier: pd.DataFrame,
    matched: np.ndarray, sort: pd.DataFrame | None, period: str,
) -> pd.DataFrame:
    form = gstr2b_form()
    section = ims["section"]
    place = section.map(form.ims).fillna("")
    path = (AVAILABLE + "." + place).where(place != "", "")
    if sort is not None and (matched >= 0).any():
        # The drawn 2B knows what IMS does not: a document it bars from credit is barred, whatever the action.
        drawn = np.flatnonzero(matched >= 0)
        barred = ~sort["available"].to_numpy(dtype=bool)[matched[drawn]] & sort["path"].str.startswith("itcunavl").to_numpy()[matched[drawn]]
        where = drawn[barred]
        if len(where):
            changed = path.to_numpy(dtype=object).copy()
            changed[where] = sort["path"].to_numpy(dtype=object)[matched[where]]
            path = pd.Series(pd.array(changed, dtype="str"), index=path.index)
    before = originals.counted_before(earlier)
    effect = pd.DataFrame({head: ims[head].to_numpy(dtype=np.int64) - before[head] for head in HEADS})
    live = (work["change"] != Change.GONE).to_numpy()
    counts = live & belonging["in_period"].to_numpy(dtype=bool) & ~superseded & (path != "").to_numpy()

    two_b_period = belonging["two_b_period"].mask(belonging["two_b_period"] == "", period).to_numpy(dtype=object)
    blocked = (ims["reduction_blocked"] == "Y").to_numpy()
    takes = takes_declaration(section, effect, blocked, two_b_period)
    reduce = work[[f"reduce_{head}" for head in HEADS]]
    declared = declared_effect(section, effect, ims, takes, work["reduce_itc"], reduce)
    standing = in_force(work["action"], effect, declared)
    counted_earlier = _counted_earlier(ims, earlier, period)
    return pd.DataFrame({
        "box": section.map({name: row.split(".")[1] for name, row in form.ims.items()}).fillna("").astype("str"),
        "path": path.astype("str"),
        "counts": counts,
        **{f"effect_{head}": effect[head].to_numpy() for head in HEADS},
        **{f"itc_{head}": standing[head].to_numpy() for head in HEADS},
        "takes_declaration": takes,
        "sign": credit_sign(section),
        "superseded": superseded,
        "counted_earlier": pd.array(counted_earlier, dtype="str"),
        "note": pd.array(_notes(ims, work, belonging, originals, superseded, earlier, matched >= 0, sort is not None, live, counted_earlier), dtype="str"),
    })


def _notes(
    ims: pd.DataFrame, work: pd.DataFrame, belonging: pd.DataFrame, originals: Originals, superseded: np.ndarray, earlier: pd.DataFrame,
    drawn: np.ndarray, has_2b: bool, live: np.ndarray, counted_earlier: np.ndarray,
) -> np.ndarray:
    """Why a row is not counted, or what its effect is; "" where it simply counts by its action."""
    period = belonging["two_b_period"].to_numpy(dtype=object)
    in_period = belonging["in_period"].to_numpy(dtype=bool)
    note = np.full(len(ims), "", dtype=object)
    unknown = originals.is_amendment & ~originals.known
    note[unknown] = UNKNOWN_ORIGINAL
    rows = np.flatnonzero(originals.earlier >= 0)
    if len(rows):
        when = earlier["period"].to_numpy(dtype=object)[originals.earlier[rows]]
        note[rows] = "Amendment of a document counted in " + when + ": only the difference counts"
    full = originals.is_amendment & originals.known & (originals.earlier < 0) & (originals.in_book < 0)
    note[full] = "Amendment of a document whose credit was not counted earlier: counts in full"
    note[originals.in_book >= 0] = np.where(
        originals.earlier[originals.in_book >= 0] >= 0, note[originals.in_book >= 0], "Amendment whose original stands in this book: counts in full, the original not at all",
    )
    illegal = (work["action"] == Action.REJECT).to_numpy() & ims["section"].isin(IMPORTS).to_numpy()
    note[illegal] = "A bill of entry cannot be rejected: counted as deemed accepted"
    again = (counted_earlier != "") & ~originals.is_amendment
    note[again] = "Already counted in " + counted_earlier[again]
    note[superseded] = "Replaced by its amendment: not counted"
    later = live & ~in_period & (period != "")
    note[later] = "Belongs to GSTR-2B of " + period[later]
    if has_2b:
        note[later & ~drawn] = "Not in the drawn GSTR-2B; expected in " + period[later & ~drawn]
    note[period == ""] = "Not filed by the supplier: in no GSTR-2B yet"
    note[~live] = "No longer on the portal: not counted"
    return note


def _counted_earlier(ims: pd.DataFrame, earlier: pd.DataFrame, period: str) -> np.ndarray:
    """The closed period that already counted the very same document, "" where none did."""
    past = earlier[(earlier["period"] < period).to_numpy() & earlier["counted"].to_numpy(dtype=bool)] if len(earlier) else earlier
    if not len(past):
        return np.full(len(ims), "", dtype=object)
    by_key = past.drop_duplicates("key", keep="last").set_index("key")["period"]
    return np.asarray(ims["key"].map(by_key).fillna("").to_numpy(dtype=object))


def _boxes(rows: pd.DataFrame, action: pd.Series, bypass: pd.DataFrame) -> dict[str, dict[str, int]]:
    boxes = {path: dict.fromkeys(HEADS, 0) for path in gstr2b_form().paths}
    now, out = counted(rows, action), rejected(rows, action)
    parts = [
        (rows["path"][now], rows[[f"itc_{head}" for head in HEADS]][now]),
        (rejected_path(rows["path"][out]), rows[[f"effect_{head}" for head in HEADS]][out]),
        (bypass["path"], bypass[list(HEADS)]),
    ]
    for path, amounts in parts:
        if not len(path):
            continue
        sums = amounts.set_axis(list(HEADS), axis=1).groupby(path.to_numpy(dtype=object)).sum()
        for name, line in zip(sums.index, sums.to_numpy(dtype=np.int64)):
            for leaf in (str(name), str(name).rsplit(".", 1)[0]):
                for head, value in zip(HEADS, line):
                    boxes[leaf][head] += int(value)
    return boxes


def _portal_boxes(summary: Mapping[str, Amounts]) -> dict[str, dict[str, int]]:
    """The drawn summary on every row of the form; a sum row that the file leaves out is the sum of its lines."""
    form = gstr2b_form()
    out = {path: {head: int(summary.get(path, {}).get(head, 0)) for head in HEADS} for path in form.paths}
    for path in form.paths:
        if path.count(".") == 1 and path not in summary:
            lines = [leaf for leaf in form.leaves if leaf.startswith(path + ".")]
            out[path] = {head: sum(out[leaf][head] for leaf in lines) for head in HEADS}
    return out
