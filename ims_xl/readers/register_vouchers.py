"""Every voucher gets a number of its own: the file's, kept apart where one number serves several documents, or one made from the document.

Numbers made here do not depend on the order of rows: supplier / document number / date; only a line that names no document is known by its row.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.vocabulary import AMOUNTS

_RUPEE = 100


def name_vouchers(ledger: pd.DataFrame, rate: np.ndarray, continued: np.ndarray, places: np.ndarray, own: bool) -> pd.DataFrame:
    """The ledger with `voucher_number` filled in every line; lines of one voucher share it. `places` name the lines that say nothing of a document."""
    if not len(ledger):
        return ledger
    starts = np.maximum.accumulate(np.where(continued, 0, np.arange(len(ledger)))) if continued.any() else np.arange(len(ledger))
    number: np.ndarray = ledger["voucher_number"].to_numpy(dtype=object)
    blank = number == ""
    made = number.copy()
    if not own:
        told = ~blank
        if told.any():
            made[told] = _kept_apart(ledger[told], number[told])
    if blank.any():
        fresh = _made(ledger[blank], rate[blank], continued[blank], places[blank])
        made[blank] = fresh
        inherits = blank & continued & (starts != np.arange(len(ledger)))
        made[inherits] = made[starts[inherits]]
    return ledger.assign(voucher_number=pd.Series(made, dtype="str"))


def numbers_of_the_books(vouchers: pd.DataFrame) -> list[str]:
    """The voucher numbers as the books have them, "" where `name_vouchers` made one from the document: that is our key and nobody's number."""
    whose = vouchers["supplier_gstin"].where(vouchers["supplier_gstin"] != "", vouchers["supplier_name"].str.upper())
    return ["" if document and number.startswith(f"{who}/{document}/") else number for number, who, document in zip(vouchers["voucher_number"].astype("str"), whose, vouchers["document_number"])]


def _kept_apart(ledger: pd.DataFrame, number: np.ndarray) -> np.ndarray:
    """One number on a purchase and a debit note, or on bills of several suppliers (a journal), stands for several vouchers: all but the first say which."""
    several = pd.Series(number).duplicated(keep=False).to_numpy()
    if not several.any():
        return number
    part = ledger[several]
    group = number[several]
    said = pd.DataFrame({name: part[name].to_numpy(dtype=object) for name in ("voucher_type", "supplier_gstin", "document_number")})
    said["date"] = part["voucher_date"].dt.strftime("%Y-%m-%d").fillna("").to_numpy(dtype=object)
    for name in said.columns:   # a line that leaves a cell blank means the voucher's first
        filled = said[name].where(said[name] != "").groupby(group).transform("first").fillna("")
        said[name] = said[name].where(said[name] != "", filled)
    said["document_number"] = said["document_number"].str.upper().str.replace(r"[^0-9A-Z]", "", regex=True)
    key = pd.Series(list(zip(group, *(said[name] for name in said.columns))))
    distinct = key.drop_duplicates()
    if len(distinct) == len(set(group)):
        return number
    named: dict[object, str] = {}
    heads: dict[str, tuple[object, ...]] = {}
    taken = set(number)
    for place in distinct.index:
        whole = key[place]
        voucher, first = str(whole[0]), heads.get(str(whole[0]))
        if first is None:
            heads[voucher], named[whole] = whole, voucher
            continue
        # The order of preference is what differs: the type, the document, the date, the supplier.
        extra = whole[1] if whole[1] != first[1] else part["document_number"].iloc[place] or whole[4] or whole[2]
        name, count = f"{voucher} ({extra})", 2
        while name in taken:
            name, count = f"{voucher} ({extra}) #{count}", count + 1
        taken.add(name)
        named[whole] = name
    result: np.ndarray = number.copy()
    result[several] = key.map(named).to_numpy(dtype=object)
    return result


def _made(ledger: pd.DataFrame, rate: np.ndarray, continued: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Supplier / number / date; a second booking of the same document gets #2, rate lines of one document share the name."""
    who = ledger["supplier_gstin"].where(ledger["supplier_gstin"] != "", ledger["supplier_name"].str.upper())
    day = ledger["document_date"].where(ledger["document_date"].notna(), ledger["voucher_date"]).dt.strftime("%Y-%m-%d").fillna("")
    note = ledger["voucher_type"].where(ledger["voucher_type"].isin(["Debit Note", "Credit Note"]), "") + ledger["document_type"].where(ledger["document_type"].isin(["Credit Note", "Debit Note"]), "")
    name: np.ndarray = (who + "/" + ledger["document_number"] + "/" + day + ("/" + note).where(note != "", "")).to_numpy(dtype=object)
    nothing = (ledger["document_number"] == "").to_numpy()
    name[nothing] = places[nothing]
    repeat = pd.Series(name).duplicated(keep=False).to_numpy() & ~nothing & ~continued
    if not repeat.any():
        return name
    value = ledger["document_value"].fillna(0).to_numpy(dtype=np.int64)
    lines = ledger[list(AMOUNTS)].sum(axis=1).to_numpy(dtype=np.int64)
    # Equal items of one bill add up to its value; a bill booked twice makes its value by every booking.
    adds_up = (value != 0) & (np.abs(pd.Series(lines).groupby(name).transform("sum").to_numpy() - value) <= _RUPEE)
    content = pd.Series(list(zip(name, ledger["taxable_value"], ledger["igst"], ledger["cgst"], value, rate, ledger["hsn"], ledger["narration"])))
    time = content.groupby(content).cumcount().to_numpy()
    twin = repeat & (time > 0) & ~adds_up
    result: np.ndarray = name.copy()
    result[twin] = [f"{one} #{count + 1}" for one, count in zip(name[twin], time[twin])]
    return result
