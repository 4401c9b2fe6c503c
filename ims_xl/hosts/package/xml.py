"""XML as bytes: find an element, read its attributes, put text where it belongs, and leave every other byte as it was.

A part written by somebody else is never parsed and written anew, since that loses prefixes, `mc:Ignorable` lists and unknown
extensions. It is cut at element borders and joined again: `[e.local for e in children(b"<a><x:b/></a>")]` is `["a"]`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from ims_xl.vocabulary import ImsXlError

_TAG = re.compile(rb"<(?:!--.*?--|!\[CDATA\[.*?\]\]|!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?|\?.*?\?|(/?)([^\s/>!?]+)((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?))>", re.S)
_ATTRIBUTE = re.compile(rb"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.S)
_NO_MARKUP = re.compile(rb"<!--|<!\[CDATA\[")
_ENTITY = re.compile(r"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)")
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile("_x([0-9a-fA-F]{4})_")


@dataclass(frozen=True, slots=True)
class Element:
    """Where one element stands: `data[start:end]` is all of it, `data[inner:inner_end]` what is between its tags."""

    name: bytes
    start: int
    end: int
    inner: int
    inner_end: int
    raw_attributes: bytes

    @property
    def local(self) -> str:
        """Its name without a prefix."""
        return self.name.rsplit(b":", 1)[-1].decode()

    @property
    def prefix(self) -> bytes:
        """`b"x:"` where it has a prefix, else nothing."""
        return self.name[: self.name.find(b":") + 1]

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes by their names as written, entities resolved."""
        return attributes(self.raw_attributes)


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """The elements that stand side by side in that stretch; what is inside them is passed over."""
    stop = len(data) if end is None else end
    depth, opened = 0, (b"", 0, 0, b"")
    for tag in _TAG.finditer(data, start, stop):
        closing, name, raw, empty = tag.groups()
        if name is None:
            continue
        if closing:
            depth -= 1
            if depth == 0:
                yield Element(opened[0], opened[1], tag.end(), opened[2], tag.start(), opened[3])
            continue
        if depth == 0:
            if empty:
                yield Element(name, tag.start(), tag.end(), tag.end(), tag.end(), raw)
                continue
            opened = (name, tag.start(), tag.end(), raw)
        depth += not empty


def first_tag(data: bytes, local: str = "") -> Element | None:
    """The first opening tag of that local name (of any name), found without looking for where it closes; an empty one has `inner` equal to `end`."""
    wanted = local.encode()
    for tag in _TAG.finditer(data):
        closing, name, raw, empty = tag.groups()
        if name is not None and not closing and (not local or name.rsplit(b":", 1)[-1] == wanted):
            return Element(name, tag.start(), tag.end() if empty else len(data), tag.end(), tag.end() if empty else len(data), raw)
    return None


def root(data: bytes) -> Element:
    """The outermost element of a part; an ImsXlError where there is none."""
    for element in children(data):
        return element
    raise ImsXlError("A part of the workbook is empty or no markup; open it in Excel and save it again, or restore it from a copy.")


def inside(data: bytes, element: Element) -> list[Element]:
    """The direct children of an element."""
    return list(children(data, element.inner, element.inner_end))


def descend(data: bytes, *path: str) -> Element | None:
    """The first element at that path of local names below the root."""
    here = first_tag(data) if path else root(data)
    if here is None:
        raise ValueError("no XML element")
    for local in path:
        found = next((e for e in children(data, here.inner, here.inner_end) if e.local == local), None)
        if found is None:
            return None
        here = found
    return here


def every(data: bytes, local: str, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """Every element of that local name at any depth; elements of one name are not looked for inside each other."""
    wanted = local.encode()
    stop = len(data) if end is None else end
    opened: tuple[bytes, int, int, bytes] | None = None
    for tag in _TAG.finditer(data, start, stop):
        closing, name, raw, empty = tag.groups()
        if name is None or name.rsplit(b":", 1)[-1] != wanted:
            continue
        if closing and opened:
            yield Element(opened[0], opened[1], tag.end(), opened[2], tag.start(), opened[3])
            opened = None
        elif empty and opened is None:
            yield Element(name, tag.start(), tag.end(), tag.end(), tag.end(), raw)
        elif not closing and opened is None:
            opened = (name, tag.start(), tag.end(), raw)


def attributes(raw: bytes) -> dict[str, str]:
    """The attributes of a tag by name as written."""
    return {m[1].decode(): unescape(((m[2] if m[2] is not None else m[3]) or b"").decode("utf-8", "replace")) for m in _ATTRIBUTE.finditer(raw)}


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """An opening (or empty) tag with that attribute set, the others as they were."""
    written = b'%s="%s"' % (name.encode(), attribute(value).encode())
    found = re.search(rb"(?<=\s)" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')", tag)
    if found:
        return tag[: found.start()] + written + tag[found.end():]
    close = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:close].rstrip() + b" " + written + tag[close:]


def without_attribute(tag: bytes, name: str) -> bytes:
    """An opening tag without that attribute."""
    return re.sub(rb"\s+" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", tag, count=1)


def opening(data: bytes, element: Element) -> bytes:
    """The opening tag of an element, as bytes."""
    return data[element.start: element.inner if element.inner != element.end or element.inner_end != element.end else element.end]


def append_child(data: bytes, parent: Element, child: bytes) -> bytes:
    """The part with `child` as the last child of `parent` (an empty parent is opened for it)."""
    if parent.inner == parent.end:
        tag = data[parent.start: parent.end]
        return data[: parent.start] + tag[:-2].rstrip() + b">" + child + b"</" + parent.name + b">" + data[parent.end:]
    return data[: parent.inner_end] + child + data[parent.inner_end:]


def unescape(text: str) -> str:
    """XML text with its entities resolved."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda m: _NAMED[m[3]] if m[3] else _character(int(m[1]) if m[1] else int(m[2], 16)), text)


def _character(code: int) -> str:
    return chr(code) if code <= 0x10FFFF else "�"


def storable(text: str) -> str:
    """Text as a workbook keeps it: control characters as `_x0007_`, and a literal `_x0007_` protected."""
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _FORBIDDEN.sub(_hidden, text).replace("\r", "_x000D_")


def escape(text: str) -> str:
    """Text for between tags, as a workbook keeps it."""
    # most texts are plain: that is told faster so than by the expression, which then decides
    if (text.isprintable() and "&" not in text and "<" not in text and ">" not in text and "_x" not in text) or not _SPECIAL.search(text):
        return text
    text = storable(text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _hidden(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"_x{code:04X}_" if code < 0x20 else "�"


def attribute(text: str) -> str:
    """Text for inside a double-quoted attribute."""
    text = _FORBIDDEN.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def formula_text(text: str) -> str:
    """A formula for between tags: no leading "=", and control characters (which no formula holds) dropped."""
    return _FORBIDDEN.sub("", text.removeprefix("=")).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell_text(text: str) -> str:
    """What a reader sees of a workbook's text: `_x000D_` is a carriage return again; both halves of a character (`_xD83D__xDE00_`) are that character, one alone is U+FFFD."""
    if "_x" not in text:
        return text
    seen = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    return seen.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _HALF.search(seen) else seen


def as_utf8(data: bytes) -> bytes:
    """The part in UTF-8 without a byte-order mark, comments and CDATA, whatever it was written in; an ImsXlError where its bytes are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8")
    elif data[1:2] == b"\0" and data[:1] == b"<":
        data = data.decode("utf-16-le", "replace").encode("utf-8")
    elif data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    declared = re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']", data)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        if not declared[1].lower().startswith(b"utf-16"):
            try:
                data = data.decode(declared[1].decode("ascii", "replace"), "replace").encode("utf-8")
            except (LookupError, ValueError):
                raise ImsXlError(f"A part of the workbook is in an unknown encoding ({declared[1][:40]!r}); open it in Excel and save it again.") from None
        declared = re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']", data)
        if declared:
            data = data[: declared.start(1)] + b"UTF-8" + data[declared.end(1):]
    if not data.isascii() and not _is_utf8(data):
        raise ImsXlError("A part of the workbook holds bytes that are no text (it says UTF-8 and is not); open it in Excel and save it again, or restore it from a copy.")
    # markup inside a comment or a CDATA stretch is none, and we cut at markup
    return _plain_markup(data) if b"!" in data and (b"<!--" in data or b"<![CDATA[" in data) else data


def _plain_markup(data: bytes) -> bytes:
    """Without comments, and CDATA as the text that it is; read once from end to end, for a search that finds no end would begin again at every opening."""
    pieces, position = [], 0
    while found := _NO_MARKUP.search(data, position):
        closing = b"-->" if found[0] == b"<!--" else b"]]>"
        end = data.find(closing, found.end())
        if end < 0:
            raise ImsXlError("A part of the workbook is cut off inside a comment or a CDATA stretch; open it in Excel and save it again, or restore it from a copy.")
        pieces.append(data[position: found.start()])
        if closing == b"]]>":
            pieces.append(data[found.end(): end].replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;"))
        position = end + len(closing)
    return b"".join((*pieces, data[position:]))


def check_form(data: bytes, name: str) -> None:
    """ImsXlError where a small part is not well formed: what we add to it would not mend it, and Excel would open nothing."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(data, True)
    except expat.ExpatError as wrong:
        raise ImsXlError(f"Part {name!r} of the workbook is damaged ({wrong}); restore the file from a copy.") from None


def _no_entities(*told: object) -> None:
    raise ValueError(f"an entity of its own: {told[0]}")


def _is_utf8(data: bytes) -> bool:
    """Five times as fast as decoding, and without a second copy of a sheet of a hundred megabytes."""
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(struct.pack("=qq", 0, len(data))), pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
