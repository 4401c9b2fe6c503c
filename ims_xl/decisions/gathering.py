"""Every fact that a decision rests on, one row a document: what matched, what is booked, what happened before, what is still allowed.

`gather_facts` gives plain columns for the tabs (booked_igst, goods_received, counted_earlier, direction, must_decide_by ...) and
the few-valued words of `rulebook.FACTS` over which the rules are proved.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ims_xl.decisions.allowing import standing
from ims_xl.decisions.booked import INELIGIBLE, booked_facts
from ims_xl.decisions.past import counted_earlier, originals
from ims_xl.distinct import changed, worded
from ims_xl.period import Period
from ims_xl.rulebook import Rulebook
from ims_xl.settings import Settings
from ims_xl.state import Links
from ims_xl.vocabulary import FILED, HEADS, NOT_FILED, Action, Change, DocumentType, MatchClass, Section

_DOCUMENT = {
    section.value: "eco document" if section.value.startswith("ECO") else {
        DocumentType.INVOICE: "invoice", DocumentType.DEBIT_NOTE: "debit note", DocumentType.CREDIT_NOTE: "credit note",
        DocumentType.BILL_OF_ENTRY: "bill of entry",
    }[section.document_type]
    for section in Section
}
_SIDES = ("mixed", "higher", "lower")
"""How tax on the portal may stand to the books, where it is not level."""
_REPEATED = (MatchClass.DUPLICATE.value, MatchClass.SUPERSEDED.value)


def gather_facts(
    ims: pd.DataFrame, work: pd.DataFrame, register: pd.DataFrame, links: Links, belonging: pd.DataFrame, earlier: pd.DataFrame,
    evidence: pd.DataFrame, settings: Settings, rulebook: Rulebook, as_of: date,
) -> pd.DataFrame:
    """Aligned with ims; see the module. `belonging` has two_b_period, estimated, in_period."""
    period = own_period(settings, rulebook)
    at = links.ims_result
    results = links.results
    books = booked_facts(ims, register, links)
    joined = books.pop("bill_joined").to_numpy(dtype=bool)
    match = results["match_class"].to_numpy(dtype=object)[at]
    clean = results["clean"].to_numpy(dtype=bool)[at]
    side = _portal_value(ims, books, settings)
    # A bill of entry joined by its number is judged by its amounts, as matching would have done.
    match = np.where(joined, np.where(side == "level", MatchClass.TOLERANCE.value, MatchClass.VALUE.value), match)
    clean = np.where(joined, side == "level", clean)

    facts = pd.DataFrame({
        "two_b_period": belonging["two_b_period"].array, "earliest_2b": belonging["earliest"].array, "estimated": belonging["estimated"].to_numpy(dtype=bool),
        "in_period": belonging["in_period"].to_numpy(dtype=bool),
        "presence": worded([np.isin(match, _REPEATED), match == MatchClass.NOT_IN_BOOKS.value], ["repeated", "only on portal"], "both"),
        "match_class": match, "clean": clean, "confidence": results["confidence"].to_numpy(dtype=np.int64)[at],
        "differences": results["differences"].to_numpy(dtype=object)[at],
    }, index=ims.index).astype({"match_class": "str", "differences": "str"})
    past = originals(ims, work, earlier, belonging["two_b_period"].to_numpy(dtype=object), str(rulebook.period))
    before = counted_earlier(ims, earlier, str(rulebook.period))
    receipt = _receipt(ims, books, evidence)
    facts = pd.concat([facts, books, past], axis=1)
    facts["receipt_date"] = receipt
    late = receipt.to_numpy() > np.datetime64(period.end, "s")
    facts["goods_received"] = worded([receipt.isna().to_numpy(), late], ["", "No"], "Yes")
    facts["counted_earlier"] = pd.array(before, dtype="str")
    facts["age"] = _age(ims["document_date"], as_of)
    facts["filed"] = _filed(ims)
    facts["change"] = work["change"].to_numpy(dtype=object)
    facts["frozen_in"] = pd.array(_frozen(ims, work, facts, earlier, settings, rulebook), dtype="str")
    facts["current_action"] = pd.array(_current(ims, work), dtype="str")
    facts = pd.concat([facts, standing(ims, work, facts, settings, rulebook, as_of)], axis=1)
    return pd.concat([facts, _words(ims, facts, side, settings)], axis=1)


def own_period(settings: Settings, rulebook: Rulebook) -> Period:
    """The return period: the quarter's last month for a quarterly client."""
    period = settings.period or rulebook.period
    return period.quarter_end if settings.quarterly else period


def _words(ims: pd.DataFrame, facts: pd.DataFrame, side: np.ndarray, settings: Settings) -> pd.DataFrame:
    """The facts of `rulebook.FACTS` that are not already there under their own name."""
    gone, frozen, counted = (facts["change"] == Change.GONE).to_numpy(), (facts["frozen_in"] != "").to_numpy(), (facts["counted_earlier"] != "").to_numpy()
    both = (facts["presence"] == "both").to_numpy()
    return pd.DataFrame({
        "state": worded([gone, frozen, counted], ["gone", "frozen", "counted earlier"], "live"),
        "document": changed(ims["section"], lambda section: _DOCUMENT[section]).array,
        "amendment": worded([(facts["original_state"] == "none").to_numpy()], ["no"], "yes"),
        "match": facts["match_class"].array,
        "goods": worded([(facts["goods_received"] == "Yes").to_numpy(), (facts["goods_received"] == "No").to_numpy()], ["received", "not received"], "not stated"),
        "portal_value": worded([both & (side == word) for word in _SIDES], _SIDES, "level"),
        "credit": worded([both & (facts["booked_eligibility"] == INELIGIBLE).to_numpy()], ["blocked"], "open"),
        "unbooked": worded([np.full(len(ims), settings.pending_not_in_books)], ["wait"], "leave"),
    }, index=ims.index)


def _portal_value(ims: pd.DataFrame, books: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Tax on the portal against the books by head: level, higher, lower, or mixed."""
    above = np.zeros(len(ims), dtype=bool)
    below = np.zeros(len(ims), dtype=bool)
    for head in HEADS:
        difference = ims[head].to_numpy(dtype=np.int64) - books[f"booked_{head}"].to_numpy(dtype=np.int64)
        tolerance = getattr(settings, f"{head}_tolerance")
        above |= difference > tolerance
        below |= difference < -tolerance
    value = np.select([above & below, above, below], _SIDES, "level").astype(object)
    return np.where(books["booked"].to_numpy(dtype=bool), value, "level")


def _receipt(ims: pd.DataFrame, books: pd.DataFrame, evidence: pd.DataFrame) -> pd.Series:
    """What a person typed as evidence goes before the register's date."""
    receipt = books["books_receipt"].astype("datetime64[s]")
    typed = evidence[evidence["receipt_date"].notna()] if len(evidence) else evidence
    if len(typed):
        by_key = typed.drop_duplicates("key", keep="last").set_index("key")["receipt_date"]
        found = ims["key"].map(by_key).astype("datetime64[s]")
        receipt = receipt.mask(found.notna(), found)
    return receipt


def _age(day: pd.Series, as_of: date) -> np.ndarray:
    values = day.to_numpy().astype("datetime64[D]")
    days = (np.datetime64(as_of) - values).astype(np.int64)
    return np.where(np.isnat(values), -1, days)


def _filed(ims: pd.DataFrame) -> Any:
    """A bill of entry comes from customs and has no filing status."""
    customs, status = ims["section"].str.startswith("IMPG").to_numpy(dtype=bool), ims["filing_status"]
    return worded([customs | (status == FILED).to_numpy(), (status == NOT_FILED).to_numpy()], ["filed", "not filed"], "not stated")


def _current(ims: pd.DataFrame, work: pd.DataFrame) -> np.ndarray:
    """The action as the last run left it (what is typed since counts as a change), else the sheet's, else the portal's, else none."""
    known = [action.value for action in Action]
    acted = work["fill_action"].to_numpy(dtype=object)
    for other in (work["action"], ims["portal_action"]):
        acted = np.where(np.isin(acted, known), acted, other.to_numpy(dtype=object))
    return np.where(np.isin(acted, known), acted, Action.NO_ACTION.value)


def _frozen(
    ims: pd.DataFrame, work: pd.DataFrame, facts: pd.DataFrame, earlier: pd.DataFrame, settings: Settings, rulebook: Rulebook,
) -> np.ndarray:
    """The period whose filed GSTR-3B froze the row, "" where it can still be acted on. Pending rows and later periods stay open."""
    here = str(rulebook.period)
    frozen = np.full(len(ims), "", dtype=object)
    if settings.gstr3b_filed:
        frozen[(facts["in_period"] & (_current(ims, work) != Action.PENDING)).to_numpy()] = here
    if len(earlier):
        closed = earlier[earlier["filed_3b"].to_numpy(dtype=bool) & (earlier["period"] == here).to_numpy() & (earlier["action"] != Action.PENDING).to_numpy()]
        frozen[ims["key"].isin(set(closed["key"])).to_numpy()] = here
    return frozen
