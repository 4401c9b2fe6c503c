"""Text in a workbook: the shared strings, and the runs of a text that changes its font on the way."""

from __future__ import annotations

import re

from ims_xl.hosts.package import xml

_ITEM = re.compile(rb"<(?:[\w.-]+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:[\w.-]+:)?si>)", re.S)
_PLAIN = re.compile(rb"\s*<(?:[\w.-]+:)?t(?:\s[^>]*)?>([^<]*)</(?:[\w.-]+:)?t>\s*")
_PHONETIC = re.compile(rb"<(?:[\w.-]+:)?rPh\b.*?</(?:[\w.-]+:)?rPh>", re.S)
_RUN = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^>]*)?(?:/>|>(.*?)</(?:[\w.-]+:)?t>)", re.S)


def shared_strings(data: bytes) -> list[str]:
    """Every shared string as plain text, by its number."""
    return [item_text(m[1] or b"") for m in _ITEM.finditer(data)]


def item_text(inner: bytes) -> str:
    """The plain text of a string item: its runs joined, reading aids (furigana) left out."""
    plain = _PLAIN.fullmatch(inner)
    if plain:
        return readable(plain[1])
    if b"rPh" in inner:
        inner = _PHONETIC.sub(b"", inner)
    return "".join(readable(m[1] or b"") for m in _RUN.finditer(inner))


def readable(raw: bytes) -> str:
    """XML text as a person reads it."""
    if b"<![CDATA[" in raw:
        return xml.cell_text("".join(
            part.decode("utf-8", "replace") if i % 2 else xml.unescape(part.decode("utf-8", "replace")) for i, part in enumerate(re.split(rb"<!\[CDATA\[(.*?)\]\]>", raw, flags=re.S))))
    text = raw.decode("utf-8", "replace")
    if "&" in text:
        text = xml.unescape(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return xml.cell_text(text) if "_x" in text else text
