"""Ways of spoiling a file, each a plain function of a die and the file's bytes; and the hostile files that people have really built.

    spoiled(random.Random(7), "register.xlsx", data) -> (bytes, "cell r=-1 in xl/worksheets/sheet1.xml")

By bytes (cut, flipped, repeated, other encodings), by structure (JSON values, XML attributes and values, zip members, CSV fields). The same die
gives the same file.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from tests.portal_files import dumps

NASTY_TEXT = (
    "", " ", "\x00", "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "NaN", "Infinity", "-Infinity", "1e999", "1E5", "null", "None", "#N/A", "#REF!", "\ud800", "\ufeff", "\u202egnp.exe",
    "अ" * 40, "é", "x" * 40_000, "9" * 400, "-" * 50, "0" * 16, "00-00-0000", "31-02-2026", "99-99-9999", "2026-13-45", "01-01-0001", "31-12-9999", "12/31/1899", "45678.99999", "-45000", "1" * 18,
    "922337203685477580.7", "92233720368547758.08", "-92233720368547758.09", "../../../etc/passwd", "C:\\con\\nul", "<script>", "&lt;&amp;", "]]>", "'", '"', '""', ",", ";", "|", "\r\n", "A\nB", "{{ 7*7 }}", "%s%n", "27AAKCB4321Q1ZA",
    "27AAKCB4321Q1Z", "ZZAAKCB4321Q1ZA", "13/2026", "132026", "002026", "999999", "Y", "N", "T", "0.005", "1,2,3", "1.2.3", "(100.00)", "100-", "100 Cr", "Rs. 5", "₹5", "１２３", "²", "٣",
)
NASTY_JSON = (
    *(json.dumps(t) for t in NASTY_TEXT if t != "\ud800"),
    '"\\ud800"', "null", "true", "false", "0", "-0", "-0.0", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "-Infinity", "9" * 400, "1" + "0" * 5000, "0." + "3" * 300, "1e18", "-1e15", "9223372036854775808",
    "[]", "{}", "[[]]", '{"a":{}}', "[" * 40 + "]" * 40, "[" * 100_000 + "]" * 100_000, '{"a":' * 3000 + "1" + "}" * 3000, "[1,2", "{", "01", "+1", ".5", "1.", "0x10", "'x'", "undefined", "/* */ 1",
)
NUMBERS = ("-1", "0", "1", "2", "99999", "65536", "1048577", "16385", "4294967296", "9223372036854775808", "1e9", "", "x", "A0", "AAAA1", "XFD1048576", "ZZZ99999999", "A1:XFD1048576", "B2:A1", "A1", "0.5", "NaN", "s", "str", "inlineStr", "e", "b", "d", "n")


class Raw(float):
    """Characters that go into a JSON text as they are."""

    text: str

    def __new__(cls, text: str) -> Raw:
        made = super().__new__(cls, 0.0)
        made.text = text
        return made


def spoiled(dice: random.Random, kind: str, data: bytes) -> tuple[bytes, str]:
    """The file spoiled in one or two ways, and how, for the report."""
    ways: list[Callable[[random.Random, bytes], tuple[bytes, str]]] = [by_bytes]
    if data[:2] == b"PK":
        ways += [by_member, by_member, by_markup_in_zip, by_markup_in_zip, by_markup_in_zip]
    elif kind.endswith(".json"):
        ways += [by_json, by_json, by_json, by_json]
    elif b"<" in data[:200]:
        ways += [by_markup, by_markup, by_markup]
    elif kind.endswith((".csv", ".toml")):
        ways += [by_fields, by_fields, by_fields]
    told = []
    for _ in range(dice.choice((1, 1, 1, 2))):
        way = dice.choice(ways)
        try:
            data, how = way(dice, data)
        except (ValueError, zipfile.BadZipFile, UnicodeDecodeError, RecursionError, OSError, NotImplementedError, RuntimeError, zlib.error):
            data, how = by_bytes(dice, data)   # the first way left nothing to take apart
        told.append(how)
    return data, "; ".join(told)


def by_bytes(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """Cut, flipped, repeated, blanked, or in another encoding."""
    at, more = dice.randrange(len(data) + 1), dice.randrange(1, 400)
    match dice.randrange(14):
        case 0:
            return data[:at], f"cut at {at}"
        case 1:
            return data[at:], f"begins at {at}"
        case 2:
            return data[:at] + data[at + more:], f"{more} bytes gone at {at}"
        case 3:
            return data[:at] + dice.randbytes(more) + data[at:], f"{more} random bytes at {at}"
        case 4:
            return data[:at] + data[at:at + more] * dice.choice((2, 50)) + data[at + more:], f"repeated at {at}"
        case 5:
            return data[:at] + b"\0" * more + data[at + more:], f"zeros at {at}"
        case 6 | 7 | 8:
            held = bytearray(data or b" ")
            for _ in range(dice.choice((1, 3, 20))):
                held[dice.randrange(len(held))] ^= 1 << dice.randrange(8)
            return bytes(held), "bits flipped"
        case 9:
            encoding = dice.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-7", "utf-8-sig"))
            return data.decode("latin-1").encode(encoding, "replace"), f"as {encoding}"
        case 10:
            return dice.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0", b"\n\n\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7\n", b"<?xml version='1.0'?>", b"{")) + data, "something before it"
        case 11:
            return data + dice.choice((b"\0" * 100, data, b"}", b"\n=1+1", dice.randbytes(50))), "something behind it"
        case 12:
            return gzip.compress(data), "gzipped"
        case _:
            return data.replace(b"\n", dice.choice((b"\r", b"\r\n", b""))), "line ends"


def by_json(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """One to three values of the tree replaced, dropped, renamed, doubled or wrapped."""
    tree = json.loads(data.decode("utf-8-sig"))
    how = []
    for _ in range(dice.choice((1, 1, 2, 3))):
        places = _places(tree)
        holder, key = dice.choice(places)
        nasty = dice.choice(NASTY_JSON)
        match dice.randrange(6):
            case 0 | 1 | 2:
                holder[key] = Raw(nasty)
                how.append(f"{key} = {nasty[:30]}")
            case 3 if isinstance(holder, dict):
                del holder[key]
                how.append(f"without {key}")
            case 4 if isinstance(holder, dict):
                other = dice.choice((str(key).upper(), "", "inum", "action", str(key) + " ", dice.choice(NASTY_TEXT[:18])))
                holder[other] = holder.pop(key)
                how.append(f"{key} renamed")
            case 5 if isinstance(holder, list):
                holder.extend([holder[key]] * dice.choice((1, 300)))
                how.append("doubled")
            case _:
                holder[key] = dice.choice(([holder[key]], {"x": holder[key]}))
                how.append(f"{key} wrapped")
    text = dumps(tree)
    if dice.random() < 0.1:
        text = re.sub(r'"(\w+)":', lambda m: f'"{m[1]}":{dice.choice(NASTY_JSON[:60])},"{m[1]}":' if dice.random() < 0.02 else m[0], text)
        how.append("keys twice")
    return text.encode("utf-8", "surrogatepass"), ", ".join(how)


def _places(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        held = waiting.pop()
        inner = list(held.items()) if isinstance(held, dict) else list(enumerate(held)) if isinstance(held, list) else []
        found += [(held, key) for key, _ in inner]
        waiting += [value for _, value in inner]
    return found or [([tree], 0)]


def by_fields(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """Fields of a table replaced, lines lengthened, quotes left open."""
    lines = [line.split(",") for line in data.decode("utf-8-sig").splitlines()]
    how = []
    for _ in range(dice.choice((1, 2, 8))):
        line = dice.choice(lines)
        at, nasty = dice.randrange(len(line)), dice.choice(NASTY_TEXT)
        match dice.randrange(6):
            case 0 | 1 | 2:
                line[at] = nasty
                how.append(f"{nasty[:20]!r}")
            case 3:
                line.extend([nasty] * dice.choice((1, 20, 20_000)))
                how.append("longer line")
            case 4:
                del line[at:]
                line.append("")
                how.append("shorter line")
            case _:
                line[at] = '"' + line[at]
                how.append("open quote")
    return "\n".join(",".join(line) for line in lines).encode("utf-8", "surrogatepass"), ", ".join(how)


def by_markup(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """Attributes and values replaced, tags dropped or nested, entities and other encodings declared."""
    how = []
    for _ in range(dice.choice((1, 2, 4))):
        nasty = dice.choice((*NUMBERS, *(t for t in NASTY_TEXT if "\x00" not in t))).encode("utf-8", "surrogatepass")
        match dice.randrange(9):
            case 0 | 1 | 2:
                found = list(re.finditer(rb'="([^"<>]{0,60})"', data))
                if found:
                    one = dice.choice(found)
                    data = data[:one.start(1)] + nasty.replace(b'"', b"") + data[one.end(1):]
                    how.append(f"attribute {one[0][:30]!r} -> {nasty[:20]!r}")
            case 3 | 4:
                found = list(re.finditer(rb">([^<]{1,80})<", data))
                if found:
                    one = dice.choice(found)
                    data = data[:one.start(1)] + nasty.replace(b"<", b"") + data[one.end(1):]
                    how.append(f"value {one[1][:20]!r} -> {nasty[:20]!r}")
            case 5:
                found = list(re.finditer(rb"</?[\w:.]+[^<>]*>", data))
                if found:
                    one = dice.choice(found)
                    data = data[:one.start()] + data[one.end():]
                    how.append(f"without {one[0][:30]!r}")
            case 6:
                found = list(re.finditer(rb"<([\w:.]+)[^<>]*>", data))
                if found:
                    one = dice.choice(found)
                    count = dice.choice((2, 300, 20_000))
                    data = data[:one.start()] + one[0] * count + data[one.end():]
                    how.append(f"{one[1]!r} nested {count} times")
            case 7:
                data = re.sub(rb"^\s*(<\?xml[^>]*\?>)?", rb'\1<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>', data, count=1)
                data = data.replace(b"<v>", b"<v>&b;", 1).replace(b"<t>", b"<t>&c;", 1)
                how.append("entities")
            case _:
                wrong = dice.choice((b"utf-16", b"utf-7", b"nonsense", b"iso-8859-1"))
                data = b'<?xml version="1.0" encoding="' + wrong + b'"?>' + re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)
                how.append(f"declared {wrong!r}")
    return data, ", ".join(how)


def by_markup_in_zip(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """One part of a workbook spoiled as markup (or as JSON)."""
    members = _unpacked(data)
    name = dice.choice([n for n in members if members[n]] or list(members))
    spoiler = by_json if name.endswith(".json") else by_markup
    members[name], how = spoiler(dice, members[name])
    return _packed(list(members.items())), f"{how} in {name}"


def by_member(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """Members cut, dropped, doubled, renamed out of the folder, swapped or blown up."""
    members = _unpacked(data)
    name = dice.choice(list(members))
    other = dice.choice(list(members))
    listed = list(members.items())
    match dice.randrange(8):
        case 0:
            return _packed([(n, d if n != name else d[:dice.randrange(len(d) + 1)]) for n, d in listed]), f"{name} cut"
        case 1:
            return _packed([m for m in listed if m[0] != name]), f"{name} missing"
        case 2:
            return _packed([*listed, (name, members[other])]), f"{name} twice"
        case 3:
            return _packed([(n if n != name else "../" * dice.choice((1, 8)) + n, d) for n, d in listed]), f"{name} climbs out"
        case 4:
            return _packed([(n, members[other] if n == name else d) for n, d in listed]), f"{name} holds {other}"
        case 5:
            return _packed([(n, b"" if n == name else d) for n, d in listed]), f"{name} empty"
        case 6:
            return _packed([(n, d + b" " * 30_000_000 if n == name else d) for n, d in listed]), f"{name} blown up"
        case _:
            return _packed([(n if n != name else dice.choice((n.upper(), "/" + n, n.replace("/", "\\"), "é" + n)), d) for n, d in listed]), f"{name} written otherwise"


def _unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def _packed(members: list[tuple[str, bytes]]) -> bytes:
    held = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        warnings.simplefilter("ignore")   # doubled names are the point
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()

