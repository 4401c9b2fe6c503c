"""Text of a portal file, and its JSON walked without losing a digit.

A file comes in (plain, with a byte-order mark, or a zip of parts); out come its texts, or `Record`s: the parsed object beside the
very characters it was written with, so that `296941.40` can be echoed as `296941.40`. Sizes and depths are bounded.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from json.decoder import scanstring  # type: ignore[attr-defined]  # the stubs leave it out
from pathlib import Path
from typing import Any, Final

from ims_xl.vocabulary import ImsXlError

MAX_BYTES: Final = 1 << 30
MAX_PARTS: Final = 500
MAX_RATIO: Final = 400
MAX_DEPTH: Final = 12

_BLANK = re.compile(r"[ \t\r\n]*")
_BEYOND: Final = "something stands behind the end"
_SPACED: Final = ("\n", '": ', ', "', '" :', '" ,', "{ ", " }", "\t", "\r")
_TEXT_OR_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+', re.S)


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a file: the file itself, or one member of a zip."""

    name: str
    text: str


@dataclass(slots=True)
class Record:
    """One element of an array: its value, its own characters, and the keys that stand twice in it."""

    value: Any
    raw: str
    twice: tuple[str, ...]


def read_parts(path: Path) -> list[Part]:
    """The JSON texts of a file: one, or those of a zip; anything unreadable is an ImsXlError."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImsXlError(f"{path.name} is larger than {MAX_BYTES >> 20} MB; no portal file is.")
        data = path.read_bytes()
    except OSError as wrong:
        raise ImsXlError(f"{path.name} cannot be read: {wrong.strerror or wrong}.") from None
    if data[:4] == b"PK\x03\x04":
        return [Part(f"{path.name}/{name}", decode(member, f"{path.name}/{name}")) for name, member in zip_members(data, path.name, (".json", ".txt"))]
    return [Part(path.name, decode(data, path.name))]


def zip_members(data: bytes, name: str, endings: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """The members with one of the endings, unpacked within bounds; a zip that would burst is an ImsXlError."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and m.filename.lower().endswith(endings) and not m.filename.startswith("__MACOSX")]
            total = sum(m.file_size for m in members)
            if len(members) > MAX_PARTS or total > MAX_BYTES or total > MAX_RATIO * max(len(data), 4096):
                raise ImsXlError(f"{name} would unpack to {len(members)} files of {total >> 20} MB; that is no portal download.")
            found = []
            for member in members:
                with archive.open(member) as stream:
                    content = stream.read(member.file_size + 1)
                if len(content) > member.file_size:
                    raise ImsXlError(f"{name} is damaged: {member.filename} is longer than it says.")
                found.append((member.filename, content))
            return found
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as wrong:
        raise ImsXlError(f"{name} is a damaged or locked zip file ({str(wrong)[:120]}); download it again.") from None


def decode(data: bytes, name: str) -> str:
    """UTF-8 with or without a byte-order mark, or UTF-16 with one."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise ImsXlError(f"{name} is not a text file in UTF-8 (byte {wrong.start}); download it from the portal again.") from None


def parse(text: str, name: str) -> dict[str, Any]:
    """The whole text as one object; half a file, wrong JSON or another top level is an ImsXlError."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ImsXlError(f"{name} is nested deeper than any portal file.") from None
    except ValueError as wrong:
        raise broken(text, name, wrong) from None
    return _object(value, name)


def broken(text: str, name: str, wrong: ValueError) -> ImsXlError:
    """One sentence that tells whether the file ends early or is wrong in the middle."""
    if not text.strip():
        return ImsXlError(f"{name} is empty; download it from the portal again.")
    if isinstance(wrong, json.JSONDecodeError):
        if wrong.msg != _BEYOND and (wrong.pos >= len(text.rstrip()) - 1 or wrong.msg.startswith("Unterminated")):
            return ImsXlError(f"{name} ends in the middle (line {wrong.lineno}): the download is not complete; download it again.")
        return ImsXlError(f"{name} is not JSON: {wrong.msg} at line {wrong.lineno}, column {wrong.colno}.")
    return ImsXlError(f"{name} is not JSON that can be read: {wrong}.")


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ImsXlError(f"{name} does not hold a portal file: expected a JSON object, found {kind_of(value)}.")
    return value


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return type(value).__name__


class Walker:
    """Walks one text from its top object: `members` of an object at a position, `elements` of an array at a position."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._twice: list[str] = []
        self._decode = json.JSONDecoder(object_pairs_hook=self._pairs).raw_decode

    def top(self) -> int:
        """The position of the top object; another top level is an ImsXlError."""
        at = self.skip(0)
        if self.peek(at) != "{":
            if not self.text.strip():
                raise ImsXlError(f"{self.name} is empty; download it from the portal again.")
            _object(self.value(at).value, self.name)
        return at

    def members(self, at: int) -> Iterator[tuple[str, int]]:
        """(key, position of its value) of the object that begins at `at`. The consumer must say where the value ended, by `send`."""
        at = self.skip(at + 1)
        if self.peek(at) == "}":
            self.end = at + 1
            return
        while True:
            if self.peek(at) != '"':
                raise self._wrong("a key in double quotes", at)
            try:
                key, at = scanstring(self.text, at + 1, True)
            except ValueError as wrong:
                raise broken(self.text, self.name, wrong) from None
            at = self.skip(at)
            if self.peek(at) != ":":
                raise self._wrong("':'", at)
            yield key, self.skip(at + 1)
            at = self.skip(self.end)
            if self.peek(at) == "}":
                self.end = at + 1
                return
            if self.peek(at) != ",":
                raise self._wrong("',' or '}'", at)
            at = self.skip(at + 1)

    def elements(self, at: int) -> Iterator[Record]:
        """The elements of the array that begins at `at`; afterwards `end` stands behind it."""
        text, skip = self.text, self.skip
        at = skip(at + 1)
        if self.peek(at) == "]":
            self.end = at + 1
            return
        while True:
            yield self.value(at)
            at = skip(self.end)
            mark = text[at:at + 1]
            if mark == "]":
                self.end = at + 1
                return
            if mark != ",":
                raise self._wrong("',' or ']'", at)
            at = skip(at + 1)

    def value(self, at: int) -> Record:
        """The value at a position, whole; afterwards `end` stands behind it."""
        if self._twice:
            self._twice = []
        try:
            value, self.end = self._decode(self.text, at)
        except RecursionError:
            raise ImsXlError(f"{self.name} is nested deeper than any portal file.") from None
        except ValueError as wrong:
            raise broken(self.text, self.name, wrong) from None
        return Record(value, self.text[at:self.end], tuple(self._twice))

    def finish(self) -> None:
        """Nothing may stand behind the top object."""
        at = self.skip(self.end)
        if at < len(self.text):
            raise broken(self.text, self.name, json.JSONDecodeError(_BEYOND, self.text, at))

    def skip(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def peek(self, at: int) -> str:
        return self.text[at:at + 1]

    end: int = 0

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self._twice.append(key)
                seen.add(key)
        return made

    def _wrong(self, expected: str, at: int) -> ImsXlError:
        return broken(self.text, self.name, json.JSONDecodeError(f"expected {expected}", self.text, at))


def compact(raw: str) -> str:
    """The same tokens without the white space between them; text inside quotes stays as it is."""
    if any(mark in raw for mark in _SPACED):
        return "".join(_TEXT_OR_TOKENS.findall(raw))
    return raw
