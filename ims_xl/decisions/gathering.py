"""Every fact that a decision may name, one row a portal document: what the books hold, what earlier periods say, until when it may wait.

The values are the words of `rulebook/facts.py`; beside them stand the figures and dates that the reasons print.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ims_xl.decisions.booked import INELIGIBLE, booked_facts
from ims_xl.decisions.differing import differences_in_words
from ims_xl.decisions.past import counted_earlier, originals, rejected_earlier
from ims_xl.decisions.waiting import may_wait
from ims_xl.rulebook import Rulebook
from ims_xl.settings import Settings
from ims_xl.state import Links
from ims_xl.vocabulary import AMOUNTS, FILED, NOT_FILED, Change, DocumentType, MatchClass, Section

_DOCUMENT = {
    s.value: "eco document" if s in (Section.ECO, Section.ECOA) else {
        DocumentType.INVOICE: "invoice", DocumentType.DEBIT_NOTE: "debit note", DocumentType.CREDIT_NOTE: "credit note", DocumentType.BILL_OF_ENTRY: "bill of entry",
    }[s.document_type] for s in Section
}
_IMPORTS = [s.value for s in Section if s.is_import]
_AMENDED = [s.value for s in Section if s.is_amendment]
_NEVER_CLEAN = [m.value for m in (MatchClass.VALUE, MatchClass.GSTIN, MatchClass.NOT_IN_BOOKS, MatchClass.DUPLICATE, MatchClass.SUPERSEDED)]
_UNBOOKED = [m.value for m in (MatchClass.NOT_IN_BOOKS, MatchClass.DUPLICATE, MatchClass.SUPERSEDED)]


def gather_facts(
    ims: pd.DataFrame, work: pd.DataFrame, register: pd.DataFrame, links: Links, belonging: pd.DataFrame, earlier: pd.DataFrame, evidence: pd.DataFrame,
    settings: Settings, rulebook: Rulebook, as_of: date,
) -> pd.DataFrame:
    """Aligned with ims: the facts of rulebook.FACTS as text, booked and availed amounts (int64 paise), dates and words for the reasons."""
    period = str(settings.period or rulebook.period)
    facts = booked_facts(ims, register, links)
    facts["two_b_period"] = belonging["two_b_period"].astype("str").to_numpy()
    facts["in_period"] = belonging["in_period"].to_numpy(dtype=bool)
    two_b = facts["two_b_period"].to_numpy(dtype=object)
    facts = pd.concat([facts, originals(ims, work, earlier, two_b, period)], axis=1)
    facts["counted_earlier"] = pd.array(counted_earlier(ims, earlier, period), dtype="str")
    frozen = rejected_earlier(ims, earlier, period)
    facts["earlier"] = pd.array(np.where(facts["counted_earlier"] != "", facts["counted_earlier"], frozen), dtype="str")

    gone = (work["change"] == Change.GONE).to_numpy(dtype=bool)
    facts["state"] = pd.array(np.select([gone, (facts["counted_earlier"] != "").to_numpy(), frozen != ""], ["gone", "counted earlier", "frozen"], "live").astype(object), dtype="str")
    facts["document"] = ims["section"].map(_DOCUMENT).astype("str")
    facts["amendment"] = _yes(ims["section"].isin(_AMENDED).to_numpy())
    _matching(facts, ims, links, settings)
    imports = ims["section"].isin(_IMPORTS).to_numpy()
    status = ims["filing_status"].to_numpy(dtype=object)
    facts["filed"] = pd.array(np.select([imports | (status == FILED), status == NOT_FILED], ["filed", "not filed"], "not stated").astype(object), dtype="str")
    _goods(facts, ims, evidence, settings, rulebook)
    facts["credit"] = pd.array(np.where(facts["booked_eligibility"] == INELIGIBLE, "blocked", "open").astype(object), dtype="str")
    facts["unbooked"] = "wait" if settings.pending_not_in_books else "leave"
    return pd.concat([facts, may_wait(ims, facts, settings, rulebook, as_of)], axis=1)


def _yes(mask: np.ndarray) -> pd.Series:
    return pd.Series(pd.array(np.where(mask, "yes", "no").astype(object), dtype="str"))


def _matching(facts: pd.DataFrame, ims: pd.DataFrame, links: Links, settings: Settings) -> None:
    results = links.results
    match = results["match_class"].to_numpy(dtype=object)[links.ims_result].astype(object)
    clean = results["clean"].to_numpy(dtype=bool)[links.ims_result]
    level, higher, lower = _compared(facts, ims, settings)
    # A bill of entry that met its voucher by number and year: the supplier is customs, the amounts tell.
    bills = facts["bill_joined"].to_numpy(dtype=bool)
    match = np.where(bills, np.where(level, MatchClass.EXACT.value, MatchClass.VALUE.value), match)
    clean = np.where(bills, level, clean) & ~np.isin(match, _NEVER_CLEAN)
    facts["booked"] = facts["booked"].to_numpy(dtype=bool) | bills
    unbooked = np.isin(match, _UNBOOKED)
    facts["match"] = pd.array(match, dtype="str")
    facts["clean"] = _yes(clean)
    facts["portal_value"] = pd.array(np.select([unbooked | level, higher, lower], ["level", "higher", "lower"], "mixed").astype(object), dtype="str")
    facts["difference"] = pd.array(differences_in_words(links, clean), dtype="str")


def _compared(facts: pd.DataFrame, ims: pd.DataFrame, settings: Settings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(level within tolerance, portal higher, portal lower): every amount agrees on the way it goes."""
    up = np.zeros(len(ims), dtype=bool)
    down = np.zeros(len(ims), dtype=bool)
    for name in AMOUNTS:
        tolerance = getattr(settings, "taxable_tolerance" if name == "taxable_value" else f"{name}_tolerance")
        gap = ims[name].to_numpy(dtype=np.int64) - facts[f"booked_{name}"].to_numpy(dtype=np.int64)
        up |= gap > tolerance
        down |= gap < -tolerance
    return ~up & ~down, up & ~down, down & ~up


def _goods(facts: pd.DataFrame, ims: pd.DataFrame, evidence: pd.DataFrame, settings: Settings, rulebook: Rulebook) -> None:
    """Receipt as the register or the evidence of the Pending tab tells it; the evidence, typed later, wins."""
    receipt = facts["books_receipt"].to_numpy().astype("datetime64[s]")
    if len(evidence):
        known = evidence.drop_duplicates("key", keep="last").set_index("key")["receipt_date"].reindex(ims["key"]).to_numpy().astype("datetime64[s]")
        receipt = np.where(np.isnat(known), receipt, known)
    end = np.datetime64((settings.period or rulebook.period).end, "s")
    stated = ~np.isnat(receipt)
    facts["receipt_date"] = receipt
    goods = np.select([stated & (receipt > end), stated], ["not received", "received"], "not stated")
    facts["goods"] = pd.array(goods.astype(object), dtype="str")
    facts["goods_received"] = pd.array(np.select([goods == "received", goods == "not received"], ["Yes", "No"], "").astype(object), dtype="str")
