"""What the lines of the GSTR-3B tab are made of, as formulas: cells of GSTR-2B, helper columns of IMS, the list of vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS, HEADS
from ims_xl.workbook.tabs.gstr2b import EXPECTED, PATH, PORTAL, Gstr2BPlaces
from ims_xl.workbook.tabs.returns_columns import BOOKED, BOOKS, ITC, TAKEN_BACK, TREATMENT
from ims_xl.workbook.tabs.returns_links import DocumentPlaces
from ims_xl.workbook.tabs.returns_live import LiveIms, joined
from ims_xl.workbook.tabs.where import Layout, letters, quoted

_TREATED: Final = {"IMS.Ineligible": "*neligible", "IMS.Not received": "Not received", "IMS.Not in books": "Not in books"}
_BLOCKS: Final = ("itcavl.nonrevsup.*", "itcavl.othersup.*", "itcavl.imports.*")
TAXABLE_2B: Final = 10
"""Column of the taxable value in the list of documents outside IMS."""


@dataclass
class Figures:
    """Formulas by the key of a component (`+itcavl.revsup`, `books.4A3`, `IMS.Ineligible`); "" where a figure is not live."""

    rec: Reconciliation
    where: Layout
    places: Gstr2BPlaces
    reverse_charge_header: int = 1

    @property
    def taken_back_header(self) -> int:
        """The list of what 4(B) takes back stands below that of the vouchers under reverse charge."""
        return self.reverse_charge_header + max(1, len(self.rec.gstr3b.reverse_charge)) + 4

    @cached_property
    def documents(self) -> DocumentPlaces:
        return DocumentPlaces(self.rec, self.where, self.places.bypass_header)

    @property
    def live(self) -> LiveIms:
        return LiveIms(self.where.ims)

    def formula(self, key: str, name: str, source: str) -> str:
        """The formula of one amount (`name` a head or taxable_value)."""
        if key[:1] in "+-" and key[1:] in self.places.rows:
            return self._of_gstr2b(key[1:], key[0], name, source)
        if key.startswith("books.") and len(self.rec.gstr3b.reverse_charge):
            return self._of_vouchers(key, name)
        if key in _TREATED and name in HEADS:
            return joined(*(self.live.total(TAKEN_BACK[name], block, self.live.where(TREATMENT, _TREATED[key])) for block in _BLOCKS)) if self.live.works else ""
        return ""

    def link(self, key: str, source: str) -> str:
        """Where the documents of a line stand; a line of GSTR-2B without documents leads to its row of the form."""
        if key[:1] in "+-" and key[1:] in self.places.rows:
            return self.documents.of(key[1:]) or f"#{quoted(self.where.name('GSTR-2B'))}!A{self.places.rows[key[1:]]}"
        if key.startswith("books."):
            return self._list(self.reverse_charge_header)
        if key.startswith("GSTR-2B.") or source == "IMS":
            return self._list(self.taken_back_header)
        return ""

    def documents_of(self, box: str) -> str:
        """Where the documents of a whole box stand; "" for one that is only typed."""
        if box == "4B1" or (box == "4B2" and not self.documents.of_box(box)):
            return self._list(self.taken_back_header)
        vouchers = self.rec.gstr3b.reverse_charge
        booked = len(vouchers) > 0 if box == "3.1(d)" else bool((vouchers["box"] == box).any())
        return self.documents.of_box(box) or (self._list(self.reverse_charge_header) if booked else "")

    def _list(self, header: int) -> str:
        return f"#{quoted(self.where.name('GSTR-3B'))}!A{header}"

    def forward(self, head: str, *conditions: str) -> str:
        """Signed credit of forward-charge IMS documents in 2B now: invoices less credit notes."""
        plus = self.live.total(ITC[head], _BLOCKS[0], *conditions)
        minus = self.live.total(ITC[head], _BLOCKS[1], *conditions)
        return f"{plus}-{minus}" if plus else ""

    def taken_back(self, head: str, treatment: str) -> str:
        """What 4(B) takes back of forward-charge documents with that treatment."""
        return "+".join(self.live.total(TAKEN_BACK[head], block, self.live.where(TREATMENT, treatment)) for block in _BLOCKS[:2])

    def books(self, head: str, booked: str) -> str:
        """Tax booked for forward-charge documents in 2B now."""
        return "+".join(self.live.total(BOOKS[head], block, self.live.where(BOOKED, booked)) for block in _BLOCKS[:2])

    def booked(self, value: str) -> str:
        return self.live.where(BOOKED, value)

    def _of_gstr2b(self, path: str, sign: str, name: str, source: str) -> str:
        sheet = quoted(self.where.name("GSTR-2B"))
        minus = "-" if sign == "-" else ""
        if name not in HEADS:
            # The form has no taxable value; 3.1(d) takes it from the documents, all of which stand outside IMS.
            if not len(self.rec.gstr2b.bypass):
                return ""
            paths = f"{path}.*" if path.count(".") == 1 else path
            return f'={minus}SUMIFS({sheet}!{self.places.bypass_area(TAXABLE_2B)},{sheet}!{self.places.bypass_area(PATH)},"{paths}")'
        column = PORTAL[name] if source == "GSTR-2B as drawn" else EXPECTED[name]
        return f"={minus}{sheet}!{letters(column)}{self.places.rows[path]}"

    def _of_vouchers(self, key: str, name: str) -> str:
        first = self.reverse_charge_header + 1
        last = self.reverse_charge_header + len(self.rec.gstr3b.reverse_charge)

        def column(number: int) -> str:
            return f"${letters(number)}${first}:${letters(number)}${last}"

        amounts = column(3 + AMOUNTS.index(name))
        if key == "books.ineligible":
            box = "4A2" if self.rec.state.settings.itc_lock else "4A*"
            return f'=SUMIFS({amounts},{column(1)},"{box}",{column(11)},"Ineligible")'
        return f'=SUMIFS({amounts},{column(1)},"{key.removeprefix("books.")}")'
