"""A shared formula whose first cell is overwritten: the cells that leaned on it get the formula in full, so that nothing is lost."""

from __future__ import annotations

import re

from ims_xl.hosts.package import xml

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?=[\s/>])([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?f>)", re.S)
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3}\d+)[\"']")


class SharedFormulas:
    """Remembers which shared formulas lost their first cell; `mended` gives rows in which no cell leans on those."""

    def __init__(self, prefix: str) -> None:
        self._p = prefix.encode()
        self._lost: dict[str, tuple[str, str]] = {}

    @property
    def broken(self) -> bool:
        """Whether any cell may lean on a formula that is gone."""
        return bool(self._lost)

    def overwritten(self, reference: str, inner: bytes) -> None:
        """Takes note of a formula cell that ours replaces."""
        found = _FORMULA.search(inner)
        if found is None or not found[2]:
            return
        a = xml.attributes(found[1])
        if a.get("t") == "shared" and "ref" in a:
            self._lost[a.get("si", "")] = (reference, xml.unescape(found[2].decode("utf-8", "replace")))

    def mended(self, rows: bytes) -> bytes:
        """The rows, every leaning cell with its own formula."""
        from openpyxl.formula.translate import Translator

        p = self._p
        leaning = re.compile(rb"(<" + p + rb"c(?=\s)([^>]*?)>)<" + p + rb"f(\s[^>]*?)(?:/>|></" + p + rb"f>)")

        def alone(found: re.Match[bytes]) -> bytes:
            a = xml.attributes(found[3])
            known = self._lost.get(a.get("si", "")) if a.get("t") == "shared" else None
            reference = _REFERENCE.search(found[2])
            if known is None or reference is None:
                return found[0]
            formula = Translator(f"={known[1]}", origin=known[0]).translate_formula(reference[1].decode())
            return found[1] + b"<" + p + b"f>" + xml.formula_text(formula).encode() + b"</" + p + b"f>"

        return leaning.sub(alone, rows)
