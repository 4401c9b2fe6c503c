"""A client over six months by the commands themselves: run, a person's typing, reconcile, 2B, both signatures, rollover, pull.

    python -m bench.six_months [--months 6] [--documents 30] [--seed 1]

Proves on the files what `tests/followup/test_six_months.py` proves on states: the Movement tab is right to the paisa each month,
no closed book changes a byte, every one verifies, nothing is claimed twice. Prints one line a month; exit code 1 where anything differs.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
from pathlib import Path

import openpyxl

from ims_xl.faces.cli import main as ims_xl
from tests.followup.world import HEADS, RECIPIENT, World

LETTER = {"Accept": "A", "Reject": "R", "Pending": "P", "No Action": "N"}
SECTION = {"b2b": "B2B", "b2ba": "B2BA", "b2bcn": "B2B-CN", "b2bdn": "B2B-DN"}
PARTS = {"Opening": "opening", "+ Added": "added", "- Cleared": "cleared", "- Lost": "lost", "= Closing": "closing"}


def call(*words: object) -> None:
    if ims_xl([*(str(w) for w in words), "--quiet"]):
        raise SystemExit(f"failed: {' '.join(map(str, words))}")


def ims_rows(book: Path) -> dict[tuple[str, str, str], dict[str, object]]:
    sheet = openpyxl.load_workbook(book, data_only=True)["IMS"]
    at = {cell.value: cell.column for cell in sheet[6]}
    rows = {}
    for r in range(7, sheet.max_row + 1):
        row = {name: sheet.cell(r, at[name]).value for name in ("Section", "Supplier GSTIN", "Document number", "Action", "Change", "Why")}
        rows[str(row["Section"]), str(row["Supplier GSTIN"]), str(row["Document number"])] = {**row, "row": r, "column": at["Action"]}
    return rows


def typing(book: Path, rng: random.Random) -> int:
    """A person accepts some rows that wait, rejects some, and lets some good ones wait."""
    workbook = openpyxl.load_workbook(book)
    typed = 0
    for row in ims_rows(book).values():
        dice, cell = rng.random(), workbook["IMS"].cell(row["row"], row["column"])
        if row["Change"] != "gone" and row["Action"] == "Pending" and "ounted in" not in str(row["Why"]) and dice < 0.4:
            cell.value, typed = ("Accept" if dice < 0.3 else "Reject"), typed + 1
        elif row["Change"] != "gone" and row["Action"] == "Accept" and dice < 0.05:
            cell.value, typed = "Pending", typed + 1
    workbook.save(book)
    return typed


def statement(book: Path) -> dict[str, dict[str, dict[str, int]]]:
    """The Movement tab: side -> part -> paise by head."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    side = ""
    for row in openpyxl.load_workbook(book, data_only=True)["Movement"].iter_rows(max_col=6, values_only=True):
        side = {"On the portal": "portal", "In the books:": "books"}.get(str(row[0])[:13], side)
        if row[0] in PARTS:
            found.setdefault(side, {})[PARTS[row[0]]] = {head: round(value * 100) for head, value in zip(HEADS, row[2:6])}
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("months", 6), ("documents", 30), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    told = parser.parse_args()
    world, rng, wrong = World(told.months, told.documents, told.seed), random.Random(told.seed), []
    with tempfile.TemporaryDirectory() as place:
        folder, digests, before = Path(place), {}, {side: dict.fromkeys(HEADS, 0) for side in ("portal", "books")}
        for month in range(told.months):
            book, day = folder / f"book{month}.xlsx", world.as_of(month)
            ims, register = world.files(month, folder)
            if month == 0:
                call("run", "--gstin", RECIPIENT, "--period", world.period(0), "--ims", ims, "--register", register, "-o", book, "--as-of", day)
            else:
                call("pull", book, "--ims", ims, "--register", register, "--as-of", day)
            typed = typing(book, rng)
            call("reconcile", book, "--as-of", day)
            rows = ims_rows(book)
            for document in world.visible(month):
                document.action = LETTER[str(rows[SECTION[document.section], *document.key[1:]]["Action"])]
            call("pull", book, "--gstr2b", world.statement(month, folder), "--as-of", day)
            found, expected = statement(book), world.expected(month)
            if {name: found["portal"][name] for name in expected} != expected:
                wrong.append(f"{world.period(month)}: the Movement tab has {found['portal']}, the portal {expected}")
            for side, parts in found.items():
                if parts["opening"] != before[side] or any(parts["opening"][h] + parts["added"][h] - parts["cleared"][h] - parts["lost"][h] != parts["closing"][h] for h in HEADS):
                    wrong.append(f"{world.period(month)}: {side} does not move to the paisa")
                before[side] = parts["closing"]
            for role in ("preparer", "reviewer"):
                call("sign", book, "--as", role, "--name", "R. Iyer")
            digests[book] = hashlib.sha256(book.read_bytes()).hexdigest()
            world.close(month)
            if month + 1 < told.months:
                call("rollover", book, "-o", folder / f"book{month + 1}.xlsx", "--as-of", day)
            print(f"{world.period(month)}: {len(rows)} documents, {typed} typed, closing Rs {sum(before['portal'].values()) / 100:,.2f} on the portal, {sum(before['books'].values()) / 100:,.2f} in the books", flush=True)
        for book, digest in digests.items():
            call("verify", book)
            if hashlib.sha256(book.read_bytes()).hexdigest() != digest:
                wrong.append(f"{book.name} changed after it was closed")
    print("\n".join(wrong) or "every month to the paisa, every closed book as it was signed")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
