"""The numbered checks of the Tie-out tab: nothing lost between the files and the returns, to the row and to the paisa."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ims_xl.report import rupees
from ims_xl.state import Reconciliation, TieOut
from ims_xl.vocabulary import HEADS, Action, Change, Section


def tie_out(rec: Reconciliation) -> tuple[TieOut, ...]:
    """Every check in order; a failed one never stops the month, it turns the light on Home."""
    return (*_rows(rec), *_amounts(rec), *_actions(rec), *_two_b(rec), *_three_b(rec))


def _check(name: str, expected: object, found: object, note: str = "") -> TieOut:
    return TieOut(name, str(expected), str(found), str(expected) == str(found), note)


def _rows(rec: Reconciliation) -> Iterator[TieOut]:
    state = rec.state
    files = state.files
    if len(files):
        told = int(files.loc[files["kind"] == "ims", "rows"].sum())
        live = int((state.work["change"] != Change.GONE).sum())
        if int((files["kind"] == "ims").sum()) == 1:
            yield _check("IMS rows read = rows in the JSON", told, live)
        registers = files[files["kind"] == "register"]
        if len(registers) == 1:
            yield _check("Register lines read = lines in the file", int(registers["rows"].sum()), len(state.register))
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
    allowed = rec.decisions["allowed"].to_numpy(dtype=object)
    illegal = [int(i) for i in np.flatnonzero(live) if action[i] not in allowed[i].split(",")]
    yield _check("Actions that the portal does not allow", 0, len(illegal), _named(rec, illegal))
    needed = rec.decisions["reduce_needed"].to_numpy(dtype=bool) & live & (action == Action.ACCEPT) & (state.work["reduce_itc"] == "").to_numpy()
    open_rows = np.flatnonzero(needed).tolist()
    yield _check("Accepted rows whose ITC-reduction question is open", 0, len(open_rows), _named(rec, open_rows))


def _two_b(rec: Reconciliation) -> Iterator[TieOut]:
    two_b = rec.gstr2b
    counted = two_b.rows["counts"].to_numpy(dtype=bool)
    action = rec.state.work["action"].to_numpy(dtype=object)
    in_force = counted & np.isin(action, [Action.ACCEPT, Action.NO_ACTION])
    yield _check("Documents of this period counted in expected GSTR-2B", int(in_force.sum()), int(in_force.sum()), "estimated: no GSTR-2B of the period is pulled" if two_b.estimated else "")
    if not two_b.portal_boxes:
        yield TieOut("Portal GSTR-2B of the period", "pulled", "not pulled yet", True, "Expected figures are a forecast until the 2B of the period is pulled (drawn on the 14th).")
        return
    for block in ("itcavl", "itcunavl", "itcrev", "itcRejected"):
        for head in HEADS:
            expected = sum(box.get(head, 0) for path, box in two_b.boxes.items() if path.startswith(block + ".") and path.count(".") == 2)
            portal = sum(box.get(head, 0) for path, box in two_b.portal_boxes.items() if path.startswith(block + ".") and path.count(".") == 2)
            if expected or portal:
                yield _check(f"GSTR-2B {block} {head.upper()}: portal = expected", rupees(portal), rupees(expected), "" if expected == portal else "see the documents listed on GSTR-2B")


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


def _named(rec: Reconciliation, rows: list[int]) -> str:
    ims = rec.state.ims
    names = [f"{ims['section'].iloc[i]} {ims['document_number'].iloc[i]}" for i in rows[:10]]
    return ", ".join(names) + (f" and {len(rows) - 10} more" if len(rows) > 10 else "")
