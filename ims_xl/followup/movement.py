"""The movement of the credit that waits: opening + added - cleared - lost = closing, per document and per head, with no plug.

Two sides are followed. `portal`: documents on the portal, at the credit that they move; cleared is what this period's GSTR-2B
takes. `books`: vouchers that no portal document has met yet. What waits at the close opens the next period to the paisa.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.taken import BARRED, settled_earlier, standing_in_2b, time_is_over
from ims_xl.returns.standing import counted, rejected
from ims_xl.rupees import plain as rupees
from ims_xl.state import OPENING_COLUMNS, Reconciliation, TieOut, empty
from ims_xl.vocabulary import HEADS, NOT_FILED, Action, Change, MatchClass

PARTS: Final = ("opening", "added", "cleared", "lost", "closing")
PORTAL: Final = "portal"
BOOKS: Final = "books"
_NAMES: Final = ("side", "key", "kind", "supplier_gstin", "supplier_name", "document_number", "document_date", "since")


def movement(rec: Reconciliation) -> pd.DataFrame:
    """One row a document or voucher of either side: who and since when, `<part>_<head>` in signed paise, `fate` in words."""
    sides = [side.astype({name: "str" for name, kind in side.dtypes.items() if kind.kind == "O"}) for side in (_portal(rec), _books(rec))]
    return pd.concat(sides, ignore_index=True)


def waiting(rec: Reconciliation) -> np.ndarray:
    """bool, aligned with ims: rows that stay on the portal after the period's GSTR-3B: Pending, not filed, or of a later 2B period."""
    action = rec.state.work["action"].to_numpy(dtype=object)
    gone = (rec.state.work["change"] == Change.GONE).to_numpy(dtype=bool)
    in_period = rec.belonging["in_period"].to_numpy(dtype=bool)
    replaced = rec.gstr2b.rows["superseded"].to_numpy(dtype=bool)
    return np.asarray(~gone & ~replaced & ((action == Action.PENDING) | ~in_period) & ~_out_of_time(rec), dtype=bool)


def waiting_vouchers(rec: Reconciliation) -> np.ndarray:
    """bool, aligned with the register: lines that no portal document has met and that may still be met."""
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.register_result]
    alone = classes == MatchClass.NOT_IN_IMS
    if not alone.any():
        return np.asarray(alone, dtype=bool)
    settled = (settled_earlier(rec.state) != "") | (standing_in_2b(rec.state.register, rec) != "")
    return np.asarray(alone & ~settled & ~time_is_over(rec.state.register["document_date"], rec.state.settings), dtype=bool)


def closing(rec: Reconciliation) -> pd.DataFrame:
    """OPENING_COLUMNS of the next period: what waits now."""
    moved = rec.movement
    stays = moved[moved["fate"].str.startswith(_WAITS)].reset_index(drop=True)
    frame = pd.DataFrame({name: stays[name] if name in stays else stays[f"closing_{name}"] for name in OPENING_COLUMNS})
    return frame.astype(empty(OPENING_COLUMNS).dtypes.to_dict())


def movement_checks(rec: Reconciliation) -> Iterator[TieOut]:
    """The law per side and head; and what the portal side cleared against the credit of GSTR-2B."""
    moved = rec.movement
    if "side" not in moved:
        return
    for side, words in ((PORTAL, "Credit on the portal"), (BOOKS, "Booked, not on the portal")):
        part = moved[moved["side"] == side]
        opening = rec.state.opening[rec.state.opening["side"] == side]
        closes = part[part["fate"].str.startswith(_WAITS)]
        for head in HEADS:
            begun = int(opening[head].sum())
            expected = begun + int(part[f"added_{head}"].sum()) - int(part[f"cleared_{head}"].sum()) - int(part[f"lost_{head}"].sum())
            found = int(closes[f"closing_{head}"].sum())
            if begun or expected or found:
                yield TieOut(f"{words}, {_WORD[head]}: opening + added - cleared - lost = closing", rupees(expected), rupees(found), expected == found)


_WAITS: Final = "waits"
_WORD: Final = {"igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess"}


def _portal(rec: Reconciliation) -> pd.DataFrame:
    state, rows = rec.state, rec.gstr2b.rows
    ims, work = state.ims, state.work
    opening = _opened(rec, PORTAL)
    sign = rows["sign"].to_numpy(dtype=np.int64)
    now = counted(rows, work["action"])
    taken = now & rows["path"].str.startswith("itcavl.").to_numpy(dtype=bool)
    stays = waiting(rec)
    since = work["first_seen"].to_numpy(dtype=object)
    frame = pd.DataFrame({
        "side": PORTAL, "key": ims["key"], "kind": ims["section"], "supplier_gstin": ims["supplier_gstin"], "supplier_name": ims["supplier_name"],
        "document_number": ims["document_number"], "document_date": ims["document_date"],
        "since": np.where(since == "", str(state.settings.period), since),
    })
    before = opening.set_index("key").reindex(ims["key"])
    for head in HEADS:
        full = rows[f"effect_{head}"].to_numpy(dtype=np.int64) * sign
        credit = rows[f"itc_{head}"].to_numpy(dtype=np.int64) * sign
        begun = before[head].fillna(0).to_numpy(dtype=np.int64)
        frame[f"opening_{head}"] = begun
        frame[f"added_{head}"] = full - begun
        frame[f"cleared_{head}"] = np.where(taken, credit, 0)
        frame[f"lost_{head}"] = np.where(taken, full - credit, np.where(stays, 0, full))
        frame[f"closing_{head}"] = np.where(stays, full, 0)
    frame["fate"] = _fates(rec, now, taken, stays, np.any([frame[f"lost_{head}"] != 0 for head in HEADS], axis=0))
    return _with_vanished(frame, opening, ims["key"])


def _fates(rec: Reconciliation, now: np.ndarray, taken: np.ndarray, stays: np.ndarray, less: np.ndarray) -> np.ndarray:
    state, rows = rec.state, rec.gstr2b.rows
    period = state.settings.period.label if state.settings.period else ""
    action = state.work["action"].to_numpy(dtype=object)
    gone = (state.work["change"] == Change.GONE).to_numpy(dtype=bool)
    unfiled = (state.ims["filing_status"] == NOT_FILED).to_numpy(dtype=bool)
    later = rec.belonging["two_b_period"].to_numpy(dtype=object)
    return np.select(
        [
            taken & less, taken, now, rejected(rows, state.work["action"]), gone, rows["superseded"].to_numpy(dtype=bool),
            stays & (action == Action.PENDING), stays & unfiled, stays, _out_of_time(rec),
        ],
        [
            f"cleared in {period}, reduced as declared", f"cleared in {period}", f"lost: {period}'s GSTR-2B gives no credit for it", "lost: rejected", "lost: no longer on the portal",
            "lost: replaced by its amendment", f"{_WAITS}: Pending", f"{_WAITS}: not filed by the supplier", f"{_WAITS}: GSTR-2B of " + np.where(later == "", "a later period", later),
            "lost: the time of section 16(4) has run out",
        ],
        "lost: stands in no table of GSTR-2B",
    )


def _out_of_time(rec: Reconciliation) -> np.ndarray:
    """Credit that no return can take any more; a credit note has its own clock and never runs out so."""
    adds = rec.gstr2b.rows["sign"].to_numpy(dtype=np.int64) > 0
    open_rows = ~counted(rec.gstr2b.rows, rec.state.work["action"])
    return np.asarray(adds & open_rows & time_is_over(rec.state.ims["document_date"], rec.state.settings), dtype=bool)


def _books(rec: Reconciliation) -> pd.DataFrame:
    state = rec.state
    opening = _opened(rec, BOOKS)
    lines = state.register
    period = state.settings.period.label if state.settings.period else ""
    keys = voucher_keys(lines)
    alone, stays = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.register_result] == MatchClass.NOT_IN_IMS, waiting_vouchers(rec)
    concerned = alone | np.isin(keys, opening["key"].to_numpy(dtype=object))
    over = time_is_over(lines["document_date"], state.settings)
    part = lines[concerned]
    in_2b = standing_in_2b(part, rec)
    barred = np.char.startswith(in_2b.astype(str), BARRED)
    frame = pd.DataFrame({
        "side": BOOKS, "key": keys[concerned], "kind": part["voucher_type"].to_numpy(dtype=object), "supplier_gstin": part["supplier_gstin"].to_numpy(dtype=object),
        "supplier_name": part["supplier_name"].to_numpy(dtype=object), "document_number": part["document_number"].to_numpy(dtype=object), "document_date": part["document_date"].to_numpy(),
        "alone": alone[concerned], "barred": barred, "drawn": alone[concerned] & (in_2b != "") & ~barred, "stays": stays[concerned], "over": over[concerned], **{head: voucher_sign(part) * part[head].to_numpy(dtype=np.int64) for head in HEADS},
    })
    grouped = frame.groupby("key", sort=False)
    frame = grouped.agg({**dict.fromkeys(("side", "kind", "supplier_gstin", "supplier_name", "document_number", "document_date"), "first"), **dict.fromkeys(("alone", "barred", "drawn", "stays", "over"), "max"), **dict.fromkeys(HEADS, "sum")}).reset_index()
    before = opening.set_index("key").reindex(frame["key"])
    for head in HEADS:
        value, begun = frame[head].to_numpy(dtype=np.int64), before[head].fillna(0).to_numpy(dtype=np.int64)
        frame[f"opening_{head}"] = begun
        frame[f"added_{head}"] = value - begun
        frame[f"cleared_{head}"] = np.where(frame["alone"] & ~frame["drawn"], 0, value)
        frame[f"lost_{head}"] = np.where(frame["alone"] & ~frame["stays"] & ~frame["drawn"], value, 0)
        frame[f"closing_{head}"] = np.where(frame["stays"], value, 0)
    frame["since"] = before["since"].fillna(str(state.settings.period)).to_numpy(dtype=object)
    frame["fate"] = np.select(
        [frame["stays"], ~frame["alone"], frame["drawn"], frame["barred"], frame["over"]],
        [f"{_WAITS}: not on the portal", f"cleared: found on the portal in {period}", f"cleared: in GSTR-2B of {period}, outside IMS", f"lost: {period}'s GSTR-2B gives no credit for it", "lost: the time of section 16(4) has run out"], "lost: settled in an earlier period already",
    ) if len(frame) else np.array([], dtype=object)
    frame = frame.drop(columns=["alone", "barred", "drawn", "stays", "over", *HEADS])
    return _with_vanished(frame, opening, keys)


def voucher_keys(lines: pd.DataFrame) -> np.ndarray:
    """By what a voucher is known again next month: its number, supplier and document."""
    parts = [lines[name].to_numpy(dtype=object) for name in ("voucher_number", "supplier_gstin", "document_number")]
    return np.asarray(parts[0] + "|" + parts[1] + "|" + parts[2], dtype=object)


def voucher_sign(lines: pd.DataFrame) -> np.ndarray:
    """-1 where a debit note voucher is typed with positive amounts: it is the supplier's credit note."""
    note = lines["voucher_type"].str.contains("debit note", case=False).to_numpy(dtype=bool)
    return np.where(note & (lines["taxable_value"] > 0).to_numpy(dtype=bool), -1, 1).astype(np.int64)


def _opened(rec: Reconciliation, side: str) -> pd.DataFrame:
    opening = rec.state.opening
    return opening[opening["side"] == side].reset_index(drop=True)


def _with_vanished(frame: pd.DataFrame, opening: pd.DataFrame, keys: Iterable[str]) -> pd.DataFrame:
    """And, below, what waited and stands nowhere now: taken out of the register or the sheet by hand."""
    gone = opening[~opening["key"].isin(set(keys))] if len(opening) else opening
    if not len(gone):
        return frame
    below = gone[list(_NAMES)].reset_index(drop=True)
    for part in PARTS:
        for head in HEADS:
            below[f"{part}_{head}"] = gone[head].to_numpy(dtype=np.int64) if part in ("opening", "lost") else np.int64(0)
    return pd.concat([frame, below.assign(fate="lost: taken out of this book")], ignore_index=True)
