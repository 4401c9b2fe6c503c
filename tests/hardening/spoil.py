"""Ways of spoiling a file, each a plain function of a die and the file's bytes; and the hostile files that people have really built.

    spoiled(random.Random(7), "register.xlsx", data) -> (bytes, "cell r=-1 in xl/worksheets/sheet1.xml")

By bytes (cut, flipped, repeated, other encodings), by structure (JSON values, XML attributes and values, zip members, CSV fields) and by what the
format says of itself (`spoil_inside.py`). The same die gives the same file.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable

from tests.hardening.nasty import NASTY_JSON, NASTY_TEXT, NUMBERS, Raw, places
from tests.hardening.spoil_inside import by_cells, by_columns, by_database, by_directory, by_footer, by_key, by_memory, by_record, by_settings, packed, unpacked
from tests.portal_files import dumps


def spoiled(dice: random.Random, kind: str, data: bytes) -> tuple[bytes, str]:
    """The file spoiled in one or two ways, and how, for the report."""
    ways: list[Callable[[random.Random, bytes], tuple[bytes, str]]] = [by_bytes]
    if data[:2] == b"PK":
        ways += [by_member, by_markup_in_zip, by_markup_in_zip, by_directory]
        if kind.endswith((".xlsx", ".xlsm")):
            ways += [by_cells, by_cells]
        if kind == "book.xlsx":
            ways += [by_memory, by_memory]
    elif kind.endswith(".json"):
        ways += [by_json, by_json, by_json, by_key, by_key]
    elif b"<" in data[:200]:
        ways += [by_markup, by_markup, by_markup]
    elif kind.endswith(".toml"):
        ways += [by_settings, by_settings, by_settings]
    elif kind.endswith(".csv"):
        ways += [by_fields, by_fields, by_columns, by_columns]
    elif kind.endswith(".parquet"):
        ways += [by_footer]
    elif kind.endswith(".xls"):
        ways += [by_record, by_record]
    elif kind.endswith(".sqlite"):
        ways += [by_database, by_database, by_database]
    told = []
    for _ in range(dice.choice((1, 1, 1, 2))):
        way = dice.choice(ways)
        try:
            data, how = way(dice, data)
        except (ValueError, EOFError, zipfile.BadZipFile, UnicodeDecodeError, RecursionError, OSError, NotImplementedError, RuntimeError, zlib.error, csv.Error, IndexError):
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
        found = places(tree)
        holder, key = dice.choice(found)
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
                line.extend([nasty] * dice.choice((1, 20, 20_000 if len(nasty) < 100 else 200)))      # no gigabytes
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
    members = unpacked(data)
    name = dice.choice([n for n in members if members[n]] or list(members))
    spoiler = by_json if name.endswith(".json") else by_markup
    members[name], how = spoiler(dice, members[name])
    return packed(list(members.items())), f"{how} in {name}"


def by_member(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """Members cut, dropped, doubled, renamed out of the folder, swapped or blown up."""
    members = unpacked(data)
    name = dice.choice(list(members))
    other = dice.choice(list(members))
    listed = list(members.items())
    match dice.randrange(8):
        case 0:
            return packed([(n, d if n != name else d[:dice.randrange(len(d) + 1)]) for n, d in listed]), f"{name} cut"
        case 1:
            return packed([m for m in listed if m[0] != name]), f"{name} missing"
        case 2:
            return packed([*listed, (name, members[other])]), f"{name} twice"
        case 3:
            return packed([(n if n != name else "../" * dice.choice((1, 8)) + n, d) for n, d in listed]), f"{name} climbs out"
        case 4:
            return packed([(n, members[other] if n == name else d) for n, d in listed]), f"{name} holds {other}"
        case 5:
            return packed([(n, b"" if n == name else d) for n, d in listed]), f"{name} empty"
        case 6:
            return packed([(n, d + b" " * 30_000_000 if n == name else d) for n, d in listed]), f"{name} blown up"
        case _:
            return packed([(n if n != name else dice.choice((n.upper(), "/" + n, n.replace("/", "\\"), "é" + n)), d) for n, d in listed]), f"{name} written otherwise"
