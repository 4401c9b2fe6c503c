"""Spoiling that knows the format: directories of zips, records of old workbooks, footers of Parquet, columns of tables, the hidden sheet, a database.

Each is a function of a die and the file's bytes, like those of `spoil.py`; bytes that do not have the shape asked for raise ValueError.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import random
import re
import sqlite3
import struct
import zipfile
import zlib
from typing import Any

from tests.hardening.nasty import NASTY_JSON, NASTY_TEXT, NASTY_TOML, Raw, places
from tests.portal_files import dumps

_ODD = (0, 1, 2, 8, 99, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"([^>]*)>(.*?)</c>', re.S)


def by_directory(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """A number in a zip's directory, local heads or end record: sizes, places, methods, flags, check sums, lengths of names."""
    mark, fields = dice.choice((
        (b"PK\x01\x02", {"version": (6, 2), "flags": (8, 2), "method": (10, 2), "check sum": (16, 4), "packed size": (20, 4), "size": (24, 4), "name length": (28, 2), "extra length": (30, 2), "place": (42, 4)}),
        (b"PK\x03\x04", {"flags": (6, 2), "method": (8, 2), "packed size": (18, 4), "size": (22, 4), "name length": (26, 2), "extra length": (28, 2)}),
        (b"PK\x05\x06", {"disk": (4, 2), "entries": (10, 2), "directory size": (12, 4), "directory place": (16, 4), "comment length": (20, 2)}),
    ))
    found = [at.start() for at in re.finditer(re.escape(mark), data)]
    if not found:
        raise ValueError("no directory")
    name, (place, width) = dice.choice(sorted(fields.items()))
    value = dice.choice(_ODD) & ((1 << 8 * width) - 1)
    held = bytearray(data)
    for at in found if dice.random() < 0.2 else [dice.choice(found)]:
        held[at + place: at + place + width] = value.to_bytes(width, "little")
    return bytes(held), f"{name} = {value} in {mark[2:]!r}"


def by_record(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """An old workbook: a number in the head of the container, in its table of sectors, or the kind, length or first bytes of a record."""
    if data[:4] != b"\xd0\xcf\x11\xe0":
        raise ValueError("no old workbook")
    held = bytearray(data)
    match dice.randrange(4):
        case 0:
            at = dice.choice((24, 26, 28, 30, 32, 44, 48, 56, 60, 64, 68, 72, 76))
            value = dice.choice(_ODD)
            held[at: at + 4] = value.to_bytes(4, "little")
            return bytes(held), f"head {at} = {value}"
        case 1:
            first = struct.unpack_from("<I", data, 76)[0]
            at = 512 * (first + 1) + 4 * dice.randrange(128)
            held[at: at + 4] = dice.choice((*_ODD, dice.randrange(20))).to_bytes(4, "little")
            return bytes(held[: len(data)]), f"sector table at {at}"
    at, records = data.find(b"\x09\x08\x10\x00\x00\x06"), []
    while 0 <= at < len(data) - 4:
        kind, length = struct.unpack_from("<HH", data, at)
        if not kind:
            break
        records.append((at, kind, length))
        at += 4 + length
    if not records:
        raise ValueError("no records")
    at, kind, length = dice.choice(records)
    if dice.random() < 0.4 or not length:
        value = dice.choice((*_ODD[:7], length + 1, length - 1)) & 0xFFFF
        held[at + 2: at + 4] = value.to_bytes(2, "little")
        return bytes(held), f"record {kind:#x} of {length} bytes says {value}"
    inside = at + 4 + dice.randrange(length)
    held[inside: inside + 2] = dice.choice(_ODD[:7]).to_bytes(2, "little")
    return bytes(held[: len(data)]), f"record {kind:#x}, byte {inside - at - 4}"


def by_footer(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """What a Parquet file says of itself: a few bytes of its footer, or the footer's length."""
    if data[-4:] != b"PAR1" or len(data) < 12:
        raise ValueError("no Parquet")
    (length,) = struct.unpack_from("<I", data, len(data) - 8)
    held = bytearray(data)
    if dice.random() < 0.15:
        held[-8:-4] = dice.choice((*_ODD, length - 1, length + 1, len(data))).to_bytes(4, "little")
        return bytes(held), "footer length"
    start = max(0, len(data) - 8 - length)
    for _ in range(dice.choice((1, 2, 6))):
        held[dice.randrange(start, len(data) - 8)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    return bytes(held), "footer bytes"


def by_columns(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """A table's columns and rows: headings doubled, exchanged or gone, a whole column of one strange value, rows by the hundred, another separator."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    if len(rows) < 2 or not rows[0]:
        raise ValueError("no table")
    at, other, nasty = dice.randrange(len(rows[0])), dice.randrange(len(rows[0])), dice.choice([t for t in NASTY_TEXT if t != "\ud800"])
    separator, how = ",", ""
    match dice.randrange(9):
        case 0:
            rows[0][at] = rows[0][other]
            how = "a heading twice"
        case 1:
            rows[0][at], rows[0][other] = rows[0][other], rows[0][at]
            how = "headings exchanged"
        case 2:
            rows = [row[:at] + row[at + 1:] for row in rows]
            how = f"without column {at}"
        case 3 | 4:
            rows[1:] = [[nasty if place == at else cell for place, cell in enumerate(row)] for row in rows[1:]]
            how = f"column {at} is {nasty[:20]!r}"
        case 5:
            rows[1:] = rows[1:] * (dice.choice((2, 300)) if len(rows) < 100 else 2)      # a file of a million rows is no spoiled file, and takes its time
            how = "rows again"
        case 6:
            rows.insert(dice.randrange(len(rows) + 1), dice.choice((rows[0], [], [nasty], [nasty] * len(rows[0]), ["Total", *rows[-1][1:]])))
            how = "a row between"
        case 7:
            rows = [[nasty] * dice.choice((1, 3))] * dice.choice((1, 30)) + rows
            how = "lines above"
        case _:
            separator = dice.choice((";", "\t", "|", ":", "\x1f"))
            how = f"separated by {separator!r}"
    held = io.StringIO()
    csv.writer(held, delimiter=separator).writerows(rows)
    return held.getvalue().encode(dice.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252")), "replace"), how


def by_key(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """One key of a JSON text everywhere: gone, of one strange value, exchanged with another, as text, as a list."""
    tree = json.loads(data.decode("utf-8-sig"))
    held = [(holder, key) for holder, key in places(tree) if isinstance(holder, dict)]
    if not held:
        raise ValueError("no keys")
    name, other, nasty = dice.choice(held)[1], dice.choice(held)[1], dice.choice(NASTY_JSON)
    nasty = nasty if len(nasty) < 1000 else "9" * 40
    change = dice.randrange(5)
    for holder, key in held:
        if key == name:
            match change:
                case 0:
                    holder.pop(key, None)
                case 1:
                    holder[key] = Raw(nasty)
                case 2 if other in holder:
                    holder[key], holder[other] = holder[other], holder[key]
                case 3:
                    holder[key] = str(holder[key])
                case _:
                    holder[key] = [holder[key]]
    return dumps(tree).encode("utf-8", "surrogatepass"), f"every {name}: {('gone', nasty[:30], f'exchanged with {other}', 'as text', 'as a list')[change]}"


def by_settings(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """TOML: a key of another value or kind, twice, unknown, or in a table."""
    lines = data.decode("utf-8").splitlines()
    at, nasty = dice.randrange(len(lines)), dice.choice(NASTY_TOML)
    key = lines[at].partition("=")[0].strip()
    match dice.randrange(5):
        case 0 | 1 | 2:
            lines[at] = f"{key} = {nasty}"
        case 3:
            lines.insert(at, f"{dice.choice((key, key.upper(), 'colour', key + '.x'))} = {nasty}")
        case _:
            lines.insert(0, dice.choice(("[client]", f"[{key}]", "[[a]]", "# \x01", "\ufeff")))
    return "\n".join(lines).encode("utf-8", "surrogatepass"), f"{key} = {nasty[:30]}"


def by_cells(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """A workbook's column: every cell of it of one strange text, number or kind, exchanged with another column, or its formats beyond the list."""
    members = unpacked(data)
    sheets = [name for name in members if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name) and _CELL.search(members[name])]
    if not sheets:
        raise ValueError("no cells")
    name = dice.choice(sheets)
    columns = sorted({m[1] for m in _CELL.finditer(members[name])})
    column, other = dice.choice(columns), dice.choice(columns)
    text = dice.choice([t for t in NASTY_TEXT if not re.search("[\x00-\x08\ud800]", t)]).replace("&", "&amp;").replace("<", "&lt;").encode()
    number = dice.choice((b"1e999", b"-1e308", b"NaN", b"", b"45678.5", b"99999999", b"-1", b"1e-320", b"0.1e", b"9" * 400, b"2958466", b"60"))
    change, sparing_top = dice.randrange(6), dice.random() < 0.7

    def cell(m: re.Match[bytes]) -> bytes:
        letters, row, attributes, inside = m[1], m[2], m[3], m[4]
        if letters not in (column, other) or (sparing_top and int(row) < 8) or (letters == other and change != 4):
            return m[0]
        plain = re.sub(rb' t="\w+"', b"", attributes)
        match change:
            case 0:
                return b'<c r="%s%s"%s t="inlineStr"><is><t>%s</t></is></c>' % (letters, row, plain, text)
            case 1:
                return b'<c r="%s%s"%s><v>%s</v></c>' % (letters, row, plain, number)
            case 2:
                return b'<c r="%s%s"%s t="%s">%s</c>' % (letters, row, plain, dice.choice((b"d", b"e", b"b", b"str", b"s", b"n", b"z")), inside)
            case 3:
                return b'<c r="%s%s"%s><f>%s</f><v>1</v></c>' % (letters, row, plain, text[:60])
            case 4:
                return b'<c r="%s%s"%s>%s</c>' % (other if letters == column else column, row, attributes, inside)
        return b'<c r="%s%s" s="%d">%s</c>' % (letters, row, dice.choice((0, 99_999, 1, 2**31)), inside)

    members[name] = _CELL.sub(cell, members[name])
    what = ("a text", "a number", "of another kind", "a formula", f"exchanged with {other.decode()}", "formats")[change]
    return packed(list(members.items())), f"column {column.decode()} of {name}: {what}"


def by_memory(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """What our own book remembers in its hidden sheet, unfolded, spoiled and folded again so that only its meaning is wrong."""
    members = unpacked(data)
    found = [(name, m) for name in members if name.endswith(".xml") for m in re.finditer(rb">z([A-Za-z0-9+/=]{40,})<", members[name])]
    if not found:
        raise ValueError("no hidden sheet")
    name, m = dice.choice(found)
    plain = zlib.decompress(base64.b64decode(m[1]))
    lines = plain.split(b"\n")
    at = dice.randrange(len(lines))
    frame = lines[at].startswith(b"frame ")
    line = lines[at].removeprefix(b"frame ")
    spoiled, how = (by_key if line[:1] == b"{" and dice.random() < 0.5 else _one_value)(dice, line)
    lines[at] = b"frame " * frame + spoiled
    folded = base64.b64encode(zlib.compress(b"\n".join(lines), 1))
    members[name] = members[name][: m.start(1)] + folded + members[name][m.end(1):]
    return packed(list(members.items())), f"hidden sheet, line {at} of {len(lines)}: {how}"


def _one_value(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """One value of a JSON text, at any depth or the whole of it."""
    root = {"": json.loads(data)}
    holder, key = dice.choice(places(root))
    nasty = dice.choice(NASTY_JSON)
    holder[key] = Raw(nasty if len(nasty) < 6000 else "9" * 30)
    return dumps(root)[len('{"":'):-1].strip().encode("utf-8", "surrogatepass"), f"{key} = {nasty[:30]}"


def by_database(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """A history database: cells of other values and kinds, columns renamed or gone, tables gone."""
    base = sqlite3.connect(":memory:")
    base.deserialize(data)
    try:
        tables = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
        table = dice.choice(tables)
        columns = [row[1] for row in base.execute(f'pragma table_info("{table}")')]
        column = dice.choice(columns)
        nasty = dice.choice((*(t for t in NASTY_TEXT if t != "\ud800"), None, -1, 2**62, 1e300, float("inf"), b"\xff\xfe\x00", "2026-99"))
        match dice.randrange(6):
            case 0 | 1 | 2:
                base.execute(f'update or ignore "{table}" set "{column}" = ?', (nasty,))
                how = f"{table}.{column} = {str(nasty)[:20]!r}"
            case 3:
                base.execute(f'alter table "{table}" rename column "{column}" to "other"')
                how = f"{table}.{column} renamed"
            case 4:
                base.execute(f'drop table "{table}"')
                how = f"without {table}"
            case _:
                base.execute(f'alter table "{table}" rename to "other"')
                base.execute(f'create view "{table}" as select 1 as "{column}"')
                how = f"{table} is a view"
        base.commit()
        return base.serialize(), how
    except sqlite3.Error as wrong:
        raise ValueError(str(wrong)) from None
    finally:
        base.close()


def unpacked(data: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(members: list[tuple[str, bytes]]) -> bytes:
    import warnings

    held = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        warnings.simplefilter("ignore")   # doubled names are the point
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()
