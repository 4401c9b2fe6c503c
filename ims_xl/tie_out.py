"""The numbered checks of the Tie-out tab: nothing lost between the files and the returns, to the row and to the paisa."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ims_xl.decisions import check_reductions
from ims_xl.distinct import judged_pairs
from ims_xl.followup.movement import movement_checks
from ims_xl.returns.checks import return_checks
from ims_xl.rupees import grouped
from ims_xl.rupees import plain as rupees
from ims_xl.state import Amounts, Reconciliation, TieOut
from ims_xl.vocabulary import HEADS, Action, Change, Section


def tie_out(rec: Reconciliation) -> tuple[TieOut, ...]:
    """Every check in order; a failed one never stops the month, it turns the light on Home."""
    return (*_rows(rec), *_amounts(rec), *_actions(rec), *_two_b(rec), *_three_b(rec), *movement_checks(rec))


def _check(name: str, expected: object, found: object, note: str = "") -> TieOut:
    return TieOut(name, str(expected), str(found), str(expected) == str(found), note)


def _rows(rec: Reconciliation) -> Iterator[TieOut]:
    state = rec.state
    files = state.files
    if len(files):
        told = int(files.loc[files["kind"] == "ims", "rows"].sum())
        live = int(((state.work["change"] != Change.GONE) & state.ims["source_file"].isin(list(files.loc[files["kind"] == "ims", "file"]))).sum())
        if int((files["kind"] == "ims").sum()) == 1:
            yield _check("IMS rows read = rows in the JSON", told, live)
        registers = files[files["kind"] == "register"]
        if len(registers) == 1:
            yield _check("Register lines read = lines in the file", int(registers["rows"].sum()), int(state.register["source_file"].isin(list(registers["file"])).sum()))
    results = len(rec.links.results)
    placed_ims = np.bincount(rec.links.ims_result, minlength=results) if results else np.zeros(0)
    placed_books = np.bincount(rec.links.register_result, minlength=results) if results else np.zeros(0)
    yield _check("IMS rows in exactly one result", len(state.ims), int(placed_ims.sum()))
    yield _check("Register lines in exactly one result", len(state.register), int(placed_books.sum()))
    yield _check("Results without a row", 0, int(((placed_ims + placed_books) == 0).sum()) if results else 0)


def _amounts(rec: Reconciliation) -> Iterator[TieOut]:
    state = rec.state
    sign = state.ims["section"].map({s.value: s.document_type.sign for s in Section}).fillna(1).to_numpy(dtype=np.int64)
    action = state.work["action"].to_numpy(dtype=object)
    live = state.work["change"].to_numpy(dtype=object) != Change.GONE
    for head in HEADS:
        signed = state.ims[head].to_numpy() * sign
        parts = sum(int(signed[live & (action == a.value)].sum()) for a in Action)
        yield _check(f"{head.upper() if head != 'cess' else 'Cess'}: accepted + rejected + pending + no action = read", rupees(int(signed[live].sum())), rupees(parts))


def _actions(rec: Reconciliation) -> Iterator[TieOut]:
    state = rec.state
    live = (state.work["change"] != Change.GONE).to_numpy()
    action = state.work["action"].to_numpy(dtype=object)
    legal = judged_pairs(action, rec.decisions["allowed"], lambda acted, options: acted in options.split(","))
    illegal = np.flatnonzero(live & ~legal).tolist()
    yield _check("Actions that the portal does not allow", 0, len(illegal), _named(rec, illegal) + (". Counted as typed (a rejected bill of entry as accepted), never exported." if illegal else ""))
    needed = rec.decisions["reduce_needed"].to_numpy(dtype=bool) & live & (action == Action.ACCEPT) & (state.work["reduce_itc"] == "").to_numpy()
    open_rows = np.flatnonzero(needed).tolist()
    yield _check("Accepted rows whose ITC-reduction question is open", 0, len(open_rows), _named(rec, open_rows))
    refused = [i for i in np.flatnonzero(check_reductions(state.ims, state.work, rec.facts) != "").tolist() if i not in set(open_rows)]
    yield _check("ITC-reduction answers that the portal would refuse", 0, len(refused), _named(rec, refused) + (". What is wrong stands in Why on IMS." if refused else ""))


def _two_b(rec: Reconciliation) -> Iterator[TieOut]:
    two_b = rec.gstr2b
    estimated = "estimated: no GSTR-2B of the period is pulled" if two_b.estimated else ""
    by_document = _by_document(rec)
    for head in HEADS:
        yield _check(f"Expected GSTR-2B {_HEAD[head]}: documents one by one = boxes", rupees(by_document[head]), rupees(_box_sum(two_b.boxes, _CREDIT, head)), estimated)
    yield from _portal_file(rec)
    if not two_b.portal_boxes:
        return
    lines = two_b.differences
    for block in ("itcavl", "itcunavl", "itcrev", "itcRejected"):
        in_block = lines[lines["path"].str.startswith(block + ".")]
        for head in HEADS:
            expected, portal = _printed(two_b.boxes, block, head), _printed(two_b.portal_boxes, block, head)
            if not (expected or portal):
                continue
            explained = int(in_block[head].sum()) if len(in_block) else 0
            note = "" if expected == portal else f"{len(in_block)} lines make the difference of {grouped(expected - portal)}; they are listed on GSTR-2B"
            yield _check(f"GSTR-2B, {_BLOCK[block]}, {_HEAD[head]}: portal + documents explained = expected", rupees(portal + explained), rupees(expected), note)


def _portal_file(rec: Reconciliation) -> Iterator[TieOut]:
    """Which drawn GSTR-2B the figures rest on, and what was left aside of several files of one period or one quarter."""
    two_b, drawn = rec.gstr2b, rec.state.portal_2b
    name = "Portal GSTR-2B of the period"
    if not two_b.estimated and drawn is not None:
        when = f"drawn on {drawn.generated_on:%d-%m-%Y}" if drawn.generated_on else "pulled, without a date"
        yield TieOut(name, "pulled", when, True, "" if two_b.portal_boxes else "The file has no summary, so there is nothing to compare the boxes with.")
    elif drawn is not None and rec.state.settings.quarterly and rec.state.settings.period and drawn.period.quarter_end == rec.state.settings.period.quarter_end:
        yield TieOut(name, "the quarter's", f"{drawn.period} only", False, "Early months of the quarter: what bypasses IMS is counted as far as they have it; pull the quarter's own file, which holds all three months.")
    else:
        yield TieOut(name, "pulled", "not pulled yet", True, "Expected figures are a forecast until the 2B of the period is pulled (drawn on the 14th).")
    files = set(rec.state.files.loc[rec.state.files["kind"] == "gstr2b", "file"]) if len(rec.state.files) else set()
    aside = [p for p in rec.state.problems if p.field in ("gendt", "rtnprd") and (p.file in files or "left aside" in p.message) and "early months" not in p.message]
    if aside:
        yield TieOut("GSTR-2B files that do not count, one statement of the period counting", "0", str(len(aside)), True, "; ".join(f"{p.file}: {p.message}" for p in aside[:5]))
    missing = [p for p in rec.state.problems if p.field in ("cpsumm", "fc") and p.file in files]
    if missing:
        yield TieOut("Parts of the GSTR-2B that are missing", "0", str(len(missing)), False, "; ".join(f"{p.file}: {p.message}" for p in missing[:5]))


_BLOCK = {"itcavl": "ITC available", "itcunavl": "ITC not available", "itcrev": "ITC reversal", "itcRejected": "ITC rejected"}
_HEAD = {"igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess"}
_CREDIT = ("nonrevsup", "revsup", "isdsup", "imports")


def _printed(boxes: Mapping[str, Amounts], block: str, head: str) -> int:
    """The block's rows as the form prints them, Part B among them, all positive."""
    return sum(box.get(head, 0) for path, box in boxes.items() if path.startswith(block + ".") and path.count(".") == 2)


def _box_sum(boxes: Mapping[str, Amounts], groups: tuple[str, ...], head: str) -> int:
    """Credit of the ITC available block: Part A less Part B."""
    return sum(
        box.get(head, 0) * (-1 if path.split(".")[1] == "othersup" else 1) for path, box in boxes.items()
        if path.startswith("itcavl.") and path.count(".") == 2 and path.split(".")[1] in (*groups, "othersup")
    )


def _by_document(rec: Reconciliation) -> Amounts:
    """The same credit by head, added up from the documents: IMS rows in force with their declared reductions, and what bypasses IMS."""
    rows, action = rec.gstr2b.rows, rec.state.work["action"].to_numpy(dtype=object)
    in_force = rows["counts"].to_numpy(dtype=bool) & np.isin(action, [Action.ACCEPT, Action.NO_ACTION])
    sign = rec.state.ims["section"].map({s.value: s.document_type.sign for s in Section}).fillna(1).to_numpy(dtype=np.int64)
    past = rec.gstr2b.bypass
    here = past[past["path"].str.startswith("itcavl.")] if len(past) else past
    against = here["path"].str.contains(".othersup.") if len(past) else None
    total = {}
    for head in HEADS:
        amounts = rows[f"itc_{head}" if f"itc_{head}" in rows else f"effect_{head}"].to_numpy(dtype=np.int64)
        total[head] = int((amounts * sign)[in_force].sum())
        if against is not None:
            total[head] += int(here.loc[~against, head].sum()) - int(here.loc[against, head].sum())
    return total


def _three_b(rec: Reconciliation) -> Iterator[TieOut]:
    boxes = rec.gstr3b.boxes
    for head in HEADS:
        available = sum(boxes[f"4A{n}"].get(head, 0) for n in range(1, 6))
        net = available - boxes["4B1"].get(head, 0) - boxes["4B2"].get(head, 0)
        yield _check(f"GSTR-3B 4C {head.upper()} = 4A - 4B", rupees(net), rupees(boxes["4C"].get(head, 0)))
    notes = rec.gstr2b.rows["note"].to_numpy(dtype=object)
    unknown = [i for i, note in enumerate(notes) if "original" in note.lower() and "unknown" in note.lower()]
    if unknown:
        yield TieOut("Amendments whose original is unknown", "0", str(len(unknown)), True, "counted in full: " + _named(rec, unknown))
    stray = rec.gstr2b.bypass[rec.gstr2b.bypass["note"].str.contains("should be in IMS", case=False)] if len(rec.gstr2b.bypass) else rec.gstr2b.bypass
    if len(stray):
        names = ", ".join(f"{s} {n}" for s, n in zip(stray["supplier_gstin"].head(10), stray["document_number"].head(10)))
        yield TieOut("2B documents that should be in IMS and are not", "0", str(len(stray)), False, names + (" ..." if len(stray) > 10 else ""))
    yield from return_checks(rec.gstr2b, rec.gstr3b, rec.state.inputs)


def _named(rec: Reconciliation, rows: list[int]) -> str:
    ims = rec.state.ims
    names = [f"{ims['section'].iloc[i]} {ims['document_number'].iloc[i]}" for i in rows[:10]]
    return ", ".join(names) + (f" and {len(rows) - 10} more" if len(rows) > 10 else "")
