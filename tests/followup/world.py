"""A client's portal and books over several months, from a seed: what is saved, filed, booked, amended, deleted and filed twice, and when.

The world plays the portal: `files(month)` gives the IMS download and the month's register, `statement(month)` the GSTR-2B that the
uploaded actions lead to, `close(month)` lets settled rows leave IMS. It knows nothing of how the books are reconciled.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ims_xl.period import Period
from tests.portal_files import RECIPIENT, doc, gstin, gstr2b, ims_download, record, write

FIRST = Period(2026, 6)
CUT_OFF = {2025: date(2026, 11, 30), 2026: date(2027, 11, 30)}
HEADS = ("igst", "cgst", "sgst", "cess")


@dataclass
class Document:
    """One document of the world; months are numbered from 0, `booked`, `deleted` and `booked_as` None = never."""

    section: str
    supplier: int
    number: str
    day: date
    taxable: int
    heads: dict[str, int]
    saved: int
    filed: int
    booked: int | None
    deleted: int | None = None
    original: Document | None = None
    again: bool = False
    action: str = "N"
    settled: bool = False
    counted_in: int | None = None
    first_seen: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.section, gstin(self.supplier), self.number

    @property
    def sign(self) -> int:
        return -1 if self.section.startswith("b2bcn") else 1

    @property
    def year(self) -> int:
        return self.day.year - (self.day.month < 4)

    def effect(self) -> dict[str, int]:
        """Signed credit that the document moves: an amendment of a counted document moves the difference."""
        before = self.original.heads if self.original and self.original.counted_in is not None else dict.fromkeys(HEADS, 0)
        return {h: self.sign * (self.heads[h] - before[h]) for h in HEADS}


@dataclass
class World:
    months: int
    per_month: int
    seed: int
    documents: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        for month in range(self.months):
            for n in range(self.per_month):
                self.documents.append(self._fresh(rng, month, n))
        # Filed a second time, with the same number, two months after it was counted; and amended after the month was closed.
        plain = [d for d in self.documents if d.section == "b2b" and d.saved == d.filed == d.booked and d.year == 2026]
        for d in rng.sample([d for d in plain if d.filed <= self.months - 3], max(1, self.per_month // 8)):
            self.documents.append(Document(d.section, d.supplier, d.number, d.day, d.taxable, d.heads, d.filed + 2, d.filed + 2, None, again=True))
            plain.remove(d)
        for n, d in enumerate(rng.sample([d for d in plain if d.filed <= self.months - 2], max(2, self.per_month // 6))):
            factor = 120 if n % 2 else 75
            heads = {h: v * factor // 100 for h, v in d.heads.items()}
            self.documents.append(Document("b2ba", d.supplier, d.number, d.day, d.taxable * factor // 100, heads, d.filed + 1, d.filed + 1, None, original=d))

    def _fresh(self, rng: random.Random, month: int, n: int) -> Document:
        period = self.period(month)
        section = rng.choices(("b2b", "b2bcn", "b2bdn"), (8, 2, 1))[0]
        taxable = rng.randint(1_000_00, 900_000_00)
        tax = taxable * 18 // 100
        heads = dict.fromkeys(HEADS, 0) | ({"igst": tax} if rng.random() < 0.6 else {"cgst": tax // 2, "sgst": tax // 2})
        filed = month + rng.choices((0, 1, 2), (8, 2, 1))[0]
        booked = rng.choices((month, month + 1, None), (8, 2, 2))[0]
        saved = rng.choices((month, filed), (3, 1))[0]
        old = section == "b2b" and rng.random() < 0.1   # of the year before: its time ends in the sixth month
        day = date(2026, 3, rng.randint(1, 28)) if old else date(period.year, period.month, rng.randint(1, 28))
        deleted = filed if saved < filed and rng.random() < 0.3 else None
        number = f"{ {'b2b': 'INV', 'b2bcn': 'CN', 'b2bdn': 'DN'}[section]}/{month}{n:04d}"
        return Document(section, rng.randrange(12), number, day, taxable, heads, saved, filed if deleted is None else 99, booked, deleted)

    def period(self, month: int) -> Period:
        return FIRST.plus(month)

    def as_of(self, month: int) -> date:
        following = self.period(month).plus(1)
        return date(following.year, following.month, 16)

    def visible(self, month: int) -> list[Document]:
        return [d for d in self.documents if d.saved <= month and not d.settled and (d.deleted is None or d.deleted > month)]

    def files(self, month: int, folder: Path) -> tuple[Path, Path]:
        rows = []
        for d in self.visible(month):
            d.first_seen = month if d.first_seen is None else d.first_seen
            more = {"original": (d.original.number, f"{d.original.day:%d-%m-%Y}")} if d.original else {}
            rows.append(record(
                d.section, gstin(d.supplier), d.number, f"{d.day:%d-%m-%Y}", taxable=_rs(d.taxable), **{h: _rs(v) for h, v in d.heads.items()}, action=d.action,
                filed=d.filed <= month, period=self.period(min(d.saved, month)).code, name=f"Supplier {d.supplier}", hash=f"{d.number}{d.taxable}{d.filed <= month}", **more,
            ))
        ims = write(folder / f"ims{month}.json", ims_download(*rows))
        register = folder / f"register{month}.csv"
        with register.open("w", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(["Voucher No", "Voucher Type", "Voucher Date", "Supplier GSTIN", "Supplier Name", "Supplier Invoice No", "Supplier Invoice Date", "Taxable Value", "IGST", "CGST", "SGST", "Cess"])
            period = self.period(month)
            lines.writerow([f"X{month}", "Purchase", f"28-{period.month:02d}-{period.year}", gstin(90), "Never Files", f"NF-{month}", f"20-{period.month:02d}-{period.year}", "1000.00", "180.00", "0", "0", "0"])
            for d in self.documents:
                if d.booked == month:
                    kind = {"b2bcn": "Debit Note", "b2bdn": "Credit Note"}.get(d.section, "Purchase")
                    lines.writerow([f"V-{d.number}", kind, f"28-{period.month:02d}-{period.year}", gstin(d.supplier), f"Supplier {d.supplier}", d.number, f"{d.day:%d-%m-%Y}", _rs(d.taxable), *(_rs(d.heads[h]) for h in HEADS)])
        return ims, register

    def statement(self, month: int, folder: Path) -> Path:
        """GSTR-2B of the month under the actions that stand: filed, not pending; rejected ones in their own block."""
        rows = []
        for d in self.visible(month):
            if d.filed > month or d.action == "P":
                continue
            section = {"b2bcn": "cdnr", "b2bdn": "cdnr"}.get(d.section, d.section)
            more = {"original": (d.original.number, f"{d.original.day:%d-%m-%Y}")} if d.original else {}
            rows.append(doc(section, gstin(d.supplier), d.number, f"{d.day:%d-%m-%Y}", taxable=_rs(d.taxable), **{h: _rs(v) for h, v in d.heads.items()}, note="D" if d.section == "b2bdn" else "C",
                            supprd=self.period(month).code, filed=f"{self.as_of(month):%d-%m-%Y}", name=f"Supplier {d.supplier}", block="rejected" if d.action == "R" else "docdata", **more))
        drawn = self.as_of(month).replace(day=14)
        return write(folder / f"2b{month}.json", gstr2b(*rows, period=self.period(month).code, gendt=f"{drawn:%d-%m-%Y}"))

    def expected(self, month: int) -> dict[str, dict[str, int]]:
        """What the actions do to the credit of every document that is visible: cleared, lost or still waiting, signed paise by head."""
        sums = {name: dict.fromkeys(HEADS, 0) for name in ("cleared", "lost", "closing")}
        here = self.visible(month)
        deleted = [d for d in self.documents if d.first_seen is not None and d.deleted == month and not d.settled]
        for d in deleted:
            for head, paise in d.effect().items():
                sums["lost"][head] += paise
        replaced = {id(d.original) for d in here if d.original}
        due = self.as_of(month).replace(day=20)
        for d in here:
            if id(d) in replaced:
                fate = "lost"
            elif d.filed <= month and d.action != "P":
                fate = "lost" if d.action == "R" else "cleared"
            else:
                fate = "lost" if d.sign > 0 and CUT_OFF[d.year] < due else "closing"
            for head, paise in d.effect().items():
                sums[fate][head] += paise
        return sums

    def close(self, month: int) -> None:
        """GSTR-3B is filed: what was filed by the supplier and is not pending leaves IMS."""
        for d in self.visible(month):
            if d.filed <= month and d.action != "P":
                d.settled = True
                d.counted_in = month if d.action in "AN" else None


def _rs(paise: int) -> str:
    return f"{paise // 100}.{paise % 100:02d}"


__all__ = ["CUT_OFF", "FIRST", "HEADS", "RECIPIENT", "Document", "World"]
