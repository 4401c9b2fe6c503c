"""Files built to do harm: each is a kind, a name and a function of the sound file's bytes."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

Hostile = tuple[str, str, Callable[[bytes], bytes]]
BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 20) for n in range(9)) + b"]>"
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>'


def hostile(files: dict[str, Path]) -> list[Hostile]:
    """All of them, for the kinds there are."""
    made: list[Hostile] = []
    for kind in files:
        if kind.endswith((".xlsx", ".xlsm")):
            made += [(kind, name, lambda data, spoil=spoil: spoil(data)) for name, spoil in _WORKBOOK.items()]
        elif kind.endswith(".zip"):
            made += [(kind, name, lambda data, spoil=spoil: spoil(data)) for name, spoil in _ZIP.items()]
        elif kind.endswith(".json"):
            made += [(kind, name, lambda data, spoil=spoil: spoil(data)) for name, spoil in _JSON.items()]
        elif kind in ("tally.xml", "table.2003.xls", "table.html.xls"):
            made += [(kind, name, lambda data, spoil=spoil: spoil(data)) for name, spoil in _MARKUP.items()]
        elif kind.endswith(".csv"):
            made += [(kind, name, lambda data, spoil=spoil: spoil(data)) for name, spoil in _TEXT.items()]
        elif kind.endswith(".toml"):
            made += [(kind, name, lambda data, spoil=spoil: spoil(data)) for name, spoil in _TOML.items()]
        made += [(kind, "empty", lambda data: b""), (kind, "zeros", lambda data: b"\0" * 4096), (kind, "a picture", lambda data: b"\x89PNG\r\n\x1a\n" + data[:200])]
        made += [(kind, f"in truth a {other}", lambda data, path=path: path.read_bytes()) for other, path in files.items() if other != kind]
    return made


def _members(data: bytes) -> list[tuple[zipfile.ZipInfo, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def _part(change: Callable[[str, bytes], bytes]) -> Callable[[bytes], bytes]:
    """The workbook with each part given through `change`."""

    def spoil(data: bytes) -> bytes:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for info, content in _members(data):
                archive.writestr(info.filename, change(info.filename, content))
        return held.getvalue()

    return spoil


def _sheets(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return _part(lambda name, content: change(content) if "worksheets/sheet" in name and name.endswith(".xml") else content)


def _with(name: str, content: bytes) -> Callable[[bytes], bytes]:
    def spoil(data: bytes) -> bytes:
        held = io.BytesIO(data)
        with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.writestr(name, content)
        return held.getvalue()

    return spoil


def _lying(data: bytes) -> bytes:
    """Every size in the directory says four gigabytes less one."""
    held = bytearray(data)
    at = 0
    while (at := held.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", held, at + 24, 0xFFFFFFFE)
        at += 4
    return bytes(held)


def _locked(data: bytes) -> bytes:
    """Every entry says that it is encrypted."""
    held = bytearray(data)
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = 0
        while (at := held.find(mark, at)) >= 0:
            held[at + place] |= 1
            at += 4
    return bytes(held)


_WORKBOOK: dict[str, Callable[[bytes], bytes]] = {
    "billion laughs in the sheets": _sheets(lambda c: BILLION + c.partition(b"?>")[2].replace(b"<v>", b"<v>&j;", 1)),
    "billion laughs in the shared texts": _part(lambda n, c: BILLION + c.partition(b"?>")[2].replace(b"<t>", b"<t>&j;", 1) if n.endswith("sharedStrings.xml") else c),
    "billion laughs in the workbook part": _part(lambda n, c: BILLION + c.partition(b"?>")[2] if n.endswith("workbook.xml") else c),
    "outside entities in the content types": _part(lambda n, c: OUTSIDE + c.partition(b"?>")[2] if n.startswith("[Content") else c),
    "a billion rows declared": _sheets(lambda c: c.replace(b"<sheetData>", b'<sheetData><row r="1000000000"><c r="A1000000000"><v>1</v></c></row>')),
    "the used area is everything": _sheets(lambda c: c.replace(b'<dimension ref="', b'<dimension ref="A1:XFD1048576" x="')),
    "a cell in the last corner": _sheets(lambda c: c.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')),
    "columns beyond the sheet": _sheets(lambda c: c.replace(b"</sheetData>", b'<row r="900"><c r="ZZZZZZ900"><v>1</v></c></row></sheetData>')),
    "negative places": _sheets(lambda c: c.replace(b'<row r="', b'<row r="-').replace(b' s="', b' s="-')),
    "shared texts beyond the list": _sheets(lambda c: c.replace(b't="s"><v>', b't="s"><v>99999')),
    "negative shared texts": _sheets(lambda c: c.replace(b't="s"><v>', b't="s"><v>-')),
    "the shared texts claim four billion": _part(lambda n, c: c.replace(b"uniqueCount=", b'uniqueCount="4294967295" x=') if n.endswith("sharedStrings.xml") else c),
    "rows backwards": _sheets(lambda c: c.replace(b'<row r="1"', b'<row r="99"')),
    "every row the same": _sheets(lambda c: re.sub(rb'<row r="\d+"', b'<row r="7"', c)),
    "a shared text of forty megabytes": _part(lambda n, c: c.replace(b"<t>", b"<t>" + b"A" * 40_000_000, 1) if n.endswith("sharedStrings.xml") else c),
    "a bomb beside the parts": lambda data: _with("xl/media/image1.bin", b"\0" * 300_000_000)(data),
    "two workbook parts": _with("XL/WORKBOOK.XML", b"<workbook/>"),
    "a part that climbs": _with("../../../../tmp/ims-xl-was-here", b"x"),
    "merged over everything": _sheets(lambda c: c.replace(b"</sheetData>", b'</sheetData><mergeCells count="2"><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B2:A1"/></mergeCells>')),
    "numbers beyond numbers": _sheets(lambda c: re.sub(rb"<v>([\d.]+)</v></c><c", b"<v>1e999</v></c><c", c)),
    "not numbers": _sheets(lambda c: re.sub(rb"<c r=\"(\w+)\" s=\"(\d+)\"><v>[\d.]+</v>", rb'<c r="\1" s="\2"><v>NaN</v>', c)),
    "sheets of one name": _part(lambda n, c: re.sub(rb'<sheet name="[^"]*"', b'<sheet name="IMS"', c) if n.endswith("workbook.xml") else c),
    "styles without end": _part(lambda n, c: c.replace(b"<cellXfs count=", b'<cellXfs count="2147483648" x=') if n.endswith("styles.xml") else c),
    "deep nesting": _sheets(lambda c: c.replace(b"<sheetData>", b"<sheetData>" + b"<x>" * 100_000)),
    "sizes that lie": _lying,
    "entries that say they are locked": _locked,
    "encrypted": lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + data[:4000],
}
_ZIP: dict[str, Callable[[bytes], bytes]] = {
    "a zip bomb": lambda data: _with("more.json", b'{"imsDetails":{"b2b":[' + b" " * 400_000_000 + b"]}}")(data), "a member that climbs": _with("../../../../tmp/ims-xl-was-here.json", b"{}"),
    "a thousand members": lambda data: _many(data, 1000), "a zip in a zip": lambda data: _with("inner.zip", data)(data), "sizes that lie": _lying, "entries that say they are locked": _locked,
    "an absolute member": _with("/etc/ims-xl.json", b"{}"), "no JSON at all": lambda data: _with("x.bin", b"x")(b"PK\x05\x06" + b"\0" * 18),
}


def _many(data: bytes, count: int) -> bytes:
    held = io.BytesIO(data)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}.json", b"{}")
    return held.getvalue()


_JSON: dict[str, Callable[[bytes], bytes]] = {
    "deep lists": lambda data: b"[" * 2_000_000, "deep objects": lambda data: b'{"imsDetails":' * 200_000 + b"1" + b"}" * 200_000,
    "a deep value in a sound file": lambda data: data.replace(b'"rtin"', b'"x":' + b"[" * 200_000 + b"]" * 200_000 + b',"rtin"', 1).replace(b'"liability"', b'"x":' + b"[" * 200_000 + b"]" * 200_000 + b',"liability"', 1),
    "not numbers": lambda data: re.sub(rb'("(?:txval|igst|camt|cgst)":\s*)"?[\d.]+"?', rb"\1NaN", data), "beyond numbers": lambda data: re.sub(rb'("(?:txval|val|igst|iamt)":\s*)"?[\d.]+"?', rb"\g<1>1e999", data),
    "a number of a hundred thousand digits": lambda data: re.sub(rb'("(?:txval|igst)":\s*)"?[\d.]+"?', rb"\g<1>" + b"9" * 100_000, data, count=2),
    "half": lambda data: data[: len(data) // 2], "UTF-16": lambda data: data.decode().encode("utf-16"), "UTF-32": lambda data: data.decode().encode("utf-32"), "a list": lambda data: b"[" + data + b"]",
    "twice": lambda data: data + data, "lone surrogates": lambda data: data.replace(b'"tradenm":"', b'"tradenm":"\\ud800').replace(b'"trdnm":"', b'"trdnm":"\\udfff'),
    "NUL characters": lambda data: data.replace(b'"inum":"', b'"inum":"\\u0000'), "formulas": lambda data: data.replace(b'"inum":"', b'"inum":"=cmd|').replace(b'"tradenm":"', b'"tradenm":"@SUM(1)'),
    "a long name": lambda data: data.replace(b'"tradenm":"', b'"tradenm":"' + b"N" * 200_000, 1).replace(b'"trdnm":"', b'"trdnm":"' + b"N" * 200_000, 1), "only null": lambda data: b"null",
}
_MARKUP: dict[str, Callable[[bytes], bytes]] = {
    "billion laughs": lambda data: BILLION + data.replace(b"</", b"&j;</", 1), "outside entities": lambda data: OUTSIDE + data.replace(b"</", b"&a;</", 1), "deep nesting": lambda data: data[:40] + b"<x>" * 300_000 + data[40:],
    "UTF-16": lambda data: data.decode().encode("utf-16"), "half": lambda data: data[: len(data) // 2], "NUL characters": lambda data: data.replace(b"A-", b"A\0-"),
    "characters that XML forbids": lambda data: data.replace(b"A-", b"A&#0;&#1;&#xFFFF;-"), "spans of millions": lambda data: data.replace(b"<td>", b'<td colspan="99999999" rowspan="99999999">').replace(b"<Cell>", b'<Cell xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" ss:Index="99999999">'),
    "a day that is none": lambda data: data.replace(b"20261005", b"20269999"), "numbers beyond numbers": lambda data: data.replace(b"-1000.00", b"-" + b"9" * 400).replace(b"1000.00", b"9" * 400),
}
_TEXT: dict[str, Callable[[bytes], bytes]] = {
    "a field of forty megabytes": lambda data: data + b"V99," + b"x" * 40_000_000 + b"\n", "an open quote": lambda data: data.replace(b",", b',"', 3), "a million separators": lambda data: data + b"," * 1_000_000 + b"\n",
    "headings of a million columns": lambda data: b",".join(b"c%d" % n for n in range(300_000)) + b"\n" + data, "only headings": lambda data: data.splitlines()[0] + b"\n", "NUL characters": lambda data: data.replace(b"A-", b"A\0-"),
    "UTF-16": lambda data: data.decode().encode("utf-16"), "UTF-32": lambda data: data.decode().encode("utf-32"), "formulas": lambda data: data.replace(b"A-", b"=cmd|' /C calc'!A").replace(b"V", b"@V"),
    "not numbers": lambda data: re.sub(rb"\d+\.\d\d", b"NaN", data), "beyond numbers": lambda data: re.sub(rb"\d+\.\d\d", b"1e308", data), "old line ends": lambda data: data.replace(b"\n", b"\r"), "no line ends": lambda data: data.replace(b"\n", b" "),
    "a hundred thousand empty lines": lambda data: data + b"\n" * 100_000, "a hundred thousand commas lines": lambda data: data + b",,,,\n" * 100_000,
}
_TOML: dict[str, Callable[[bytes], bytes]] = {
    "gstin is a list": lambda data: b"gstin = [1]\n", "period is a date": lambda data: b"period = 2026-10-01\n", "period is nonsense": lambda data: b'period = "soon"\n', "quarterly is a text": lambda data: data.replace(b"false", b'"no"'),
    "name is a number": lambda data: data.replace(b'"Balaji"', b"7"), "a name with line breaks": lambda data: data.replace(b"Balaji", b"B\\n\\u0000=1+1"), "deep": lambda data: b"gstin = " + b"[" * 50_000, "UTF-16": lambda data: data.decode().encode("utf-16"),
}
