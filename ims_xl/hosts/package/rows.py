"""Rows of a sheet with our cells put in, the person's cells as they were.

The rows are scanned as bytes: one that is not ours is passed on with its neighbours in one piece; one that is ours keeps everything
left of our first column untouched, and is taken apart cell by cell only from there on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import cast

from ims_xl.hosts.package.cells import ColumnCells, Maker, column_cells, joined_rows, part_of
from ims_xl.hosts.package.shared_formulas import SharedFormulas
from ims_xl.hosts.package.sheet_text import column_letters, column_number
from ims_xl.workbook.plan import TableColumn

_STRETCH = 512                           # rows given on in one piece
_SLASH = ord("/")
_BLOCK = 4096                            # rows whose cells are made at a time: all at once would be hundreds of megabytes
_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
_PLACED = re.compile(rb"\s(?:r|spans)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_SPANS = re.compile(rb"\sspans\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})\d+[\"']")
_STYLE = re.compile(rb"\ss\s*=\s*[\"'](\d+)[\"']")
_RESULT = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")


@dataclass(frozen=True, slots=True)
class OwnCell:
    """One cell to write: its format attribute (` s="5"`, or nothing) and the rest; `rest` None leaves the value that is there."""

    column: int
    style: bytes
    rest: bytes


@dataclass(slots=True)
class RowEdit:
    """What is to be written: `columns` (from left to right) in `rows` (ascending), and single cells besides, by row."""

    rows: list[int]
    columns: Sequence[TableColumn]
    singles: Mapping[int, Sequence[OwnCell]] = field(default_factory=dict)
    keep_styles: bool = True
    header_row: int = 0
    number_formats: Mapping[int, str] = field(default_factory=dict)
    """By column: the number format that a value of ours needs where the cell that is there has none."""


class RowEditor:
    """Applies an edit to the rows of one sheet as they pass; when all have passed, `formulas_changed` is known."""

    def __init__(self, maker: Maker, edit: RowEdit) -> None:
        self.maker, self.edit = maker, edit
        self.formulas_changed = any(c.formulas is not None and any(c.formulas) for c in edit.columns) or any(b"f>" in cell.rest for cells in edit.singles.values() for cell in cells)
        self._formula = b"<" + maker.prefix.encode() + b"f"
        self._letters = [column_letters(c.column).encode() for c in edit.columns]
        self._p = maker.prefix.encode()
        self._index = {row: i for i, row in enumerate(edit.rows)}
        self._numbers = [b"%d" % row for row in edit.rows]
        self._first = min((c.column for c in edit.columns), default=1 << 20)
        self._cells: tuple[int, list[ColumnCells]] = (-1, [])
        self._block: tuple[int, list[bytes]] = (-1, [])
        self._cell = re.compile(rb"<" + self._p + rb"c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</" + self._p + rb"c>)", re.S)
        self._above: dict[int, bytes] = {}
        self._above_attributes = b""
        self._continuing: tuple[list[bytes], list[bytes | None], list[int]] | None = None
        self._variants: dict[tuple[bytes, int], bytes] = {}
        self.shared = SharedFormulas(maker.prefix)
        self._left = frozenset(column_letters(n).encode() for n in range(1, self._first)) if edit.columns else frozenset()
        self._heads = [b'<%bc r="%b' % (self._p, letters) for letters in self._letters]
        self._opening = self._heads[0] if self._heads else b""
        self._shape = re.compile(rb"<" + self._p + rb'c r="([A-Z]+)\d+"( s="\d+")?')
        self._shapes: dict[tuple[tuple[bytes, bytes], ...], list[bytes] | None] = {}
        self._rest_block: tuple[int, list[tuple[bytes, ...]]] = (-1, [])

    def apply(self, data: bytes, start: int, end: int) -> Iterator[bytes]:
        """The rows between `start` and `end` of the part, in pieces, with the edit in them."""
        for piece in self._pieces(data, start, end):
            yield self.shared.mended(piece) if self.shared.broken else piece

    def _pieces(self, data: bytes, start: int, end: int) -> Iterator[bytes]:
        p = self._p
        opening = re.compile(rb"<" + p + rb"row(?=[\s/>])([^>]*?)(/?)>")
        closing = b"</" + p + b"row>"
        wanted = sorted({*self._index, *self.edit.singles})
        copied, position, row, next_wanted = start, start, 0, 0
        last_tag, last_inner = b"", (0, 0)
        while next_wanted < len(wanted):
            straight, count, behind = self._straight(data, position, end, wanted[next_wanted])
            if count:
                yield b"".join((data[copied:position], *straight))
                copied = position = behind
                next_wanted += count
                row = wanted[next_wanted - 1]
                last = opening.search(data, data.rfind(b"<" + p + b"row ", start, behind))
                assert last
                last_tag, last_inner = last[1], (last.end(), behind - len(closing))
                continue
            found = opening.search(data, position, end)
            if found is None:
                break
            attributes = found[1]
            if attributes.startswith(b' r="'):
                row = int(attributes[4: attributes.index(b'"', 4)])
            else:
                number = _NUMBER.search(attributes)
                row = int(number[1]) if number else row + 1
            if found[2]:
                inner_end = position = found.end()
            else:
                inner_end = data.find(closing, found.end(), end)
                position = inner_end + len(closing)
            # rows that the sheet does not have yet come before the first one behind them
            if wanted[next_wanted] < row:
                yield data[copied: found.start()]
                copied = found.start()
                while next_wanted < len(wanted) and wanted[next_wanted] < row:
                    yield self._fresh_row(wanted[next_wanted], b"")
                    next_wanted += 1
            last_tag, last_inner = attributes, (found.end(), inner_end)
            if next_wanted < len(wanted) and wanted[next_wanted] == row:
                next_wanted += 1
                if copied < found.start():
                    yield data[copied: found.start()]
                copied = position
                yield self._merged_row(row, attributes, data, found.end(), inner_end)
        yield data[copied: end]
        remaining = wanted[next_wanted:]
        if remaining and row > self.edit.header_row:
            self._remember_look(last_tag, data[last_inner[0]: last_inner[1]])
        for one in remaining:
            yield self._fresh_row(one, self._above_attributes)

    def _straight(self, data: bytes, position: int, end: int, row: int) -> tuple[list[bytes], int, int]:
        """The rows from `position` on, one behind the other and each with an edit, whose cells all stand left of ours: ours go to their end; how many they are, and where they stop."""
        first = index = self._index.get(row, -1)
        if index < 0 or not self._heads:
            return [], 0, position
        p, rows, numbers, singles, left = self._p, self.edit.rows, self._numbers, self.edit.singles, self._left
        opening, cell, closing = b"<" + p + b'row r="%b"', b"<" + p + b"c ", b"</" + p + b"row>"
        bare, given = b"<" + p + b"c>", len(cell) + 3
        made: list[bytes] = []
        own, place = self._own_rows(index)
        while index < len(rows) and index - first < _STRETCH and rows[index] not in singles and data.startswith(opening % numbers[index], position):
            inner = data.find(b">", position) + 1
            stop = data.find(closing, inner, end)
            last = data.rfind(cell, inner, stop)
            reference = last + given
            letters = data[reference: data.find(b'"', reference) - len(numbers[index])]
            # a row without cells in the common form, or with a cell where ours begin, is for those who look closer
            if stop < 0 or last < 0 or data[reference - 3: reference] != b'r="' or letters not in left or data[inner - 2] == _SLASH or data.find(bare, last, stop) >= 0:
                break
            if place == len(own):
                own, place = self._own_rows(index)
            spans = data.find(b' spans="', position, inner)
            if spans < 0:
                made += data[position:stop], own[place], closing
            else:
                made += data[position:spans], data[data.find(b'"', spans + 8) + 1: stop], own[place], closing
            position = stop + len(closing)
            index += 1
            place += 1
        return made, index - first, position

    def _own(self, row: int) -> bytes:
        """The cells of ours in that row, as they stand where the sheet has none yet."""
        index = self._index.get(row)
        if index is None or not self.edit.columns:
            return b""
        cells, place = self._own_rows(index)
        return cells[place]

    def _own_rows(self, index: int) -> tuple[list[bytes], int]:
        """The same for the block of rows that holds row `index` of the edit, and its place there."""
        number, place = divmod(index, _BLOCK)
        if self._block[0] != number:
            self._block = (number, list(joined_rows(self._made(number), self._numbers[number * _BLOCK: (number + 1) * _BLOCK])))
        return self._block[1], place

    def _made(self, number: int) -> list[ColumnCells]:
        """The cells of all columns for one block of rows."""
        if self._cells[0] != number:
            self._cells = (number, [column_cells(self.maker, part_of(c, number * _BLOCK, (number + 1) * _BLOCK)) for c in self.edit.columns])
        return self._cells[1]

    def _own_cells(self, row: int) -> list[OwnCell]:
        index = self._index.get(row)
        place = (index or 0) % _BLOCK
        cells = [] if index is None else [OwnCell(c.column, c.styles[place][1:], c.rests[place]) for c in self._made(index // _BLOCK)]
        # where both a column and a single cell have something to say, the single cell does
        return sorted({c.column: c for c in (*cells, *self.edit.singles.get(row, ()))}.values(), key=lambda c: c.column)

    def _merged_row(self, row: int, attributes: bytes, data: bytes, start: int, end: int) -> bytes:
        p = self._p
        if b"spans" in attributes:
            attributes = _SPANS.sub(b"", attributes)
        tag = b"<" + p + b"row" + attributes + b">"
        closing = b"</" + p + b"row>"
        if row in self.edit.singles or not self._heads:
            return b"".join((tag, self._interleaved(row, data[start:end], self._own_cells(row)), closing))
        # the cells left of our first column stay one piece
        keep = data.find(self._opening + b"%d" % row + b'"', start, end)
        if keep >= 0:
            region = data[keep:end]
            again = self._again(row, region)
            return b"".join((tag, data[start:keep], self._interleaved(row, region, self._own_cells(row)) if again is None else again, closing))
        if self._ends_before(data, start, end, self._first):
            return b"".join((tag, data[start:end], self._own(row), closing))
        return b"".join((tag, self._interleaved(row, data[start:end], self._own_cells(row)), closing))

    def _again(self, row: int, region: bytes) -> bytes | None:
        """The cells of a row that has exactly our columns at its end, as after an earlier run; None where it has others."""
        if self._formula in region:
            if b'"shared"' in region:
                return None
            self.formulas_changed = True
        shape = tuple(self._shape.findall(region))
        if shape not in self._shapes:
            ours = [letters for letters, _ in shape] == self._letters and len(shape) == len(self._cell.findall(region))
            self._shapes[shape] = [self._kept(style[4:-1] if style else b"", c.column) for (_, style), c in zip(shape, self.edit.columns)] if ours else None
        styles = self._shapes[shape]
        if styles is None:
            return None
        index = self._index[row]
        if not self.edit.keep_styles:
            return self._own(row)
        number = self._numbers[index]
        return b"".join(chain.from_iterable(zip(self._heads, repeat(number + b'"'), styles, self._rests(index))))

    def _rests(self, index: int) -> tuple[bytes, ...]:
        number = index // _BLOCK
        if self._rest_block[0] != number:
            self._rest_block = (number, list(zip(*(c.rests for c in self._made(number)))))
        return self._rest_block[1][index - number * _BLOCK]

    def _ends_before(self, data: bytes, start: int, end: int, column: int) -> bool:
        last = data.rfind(b"<" + self._p + b"c ", start, end)
        if last < 0:
            return data.find(b"<" + self._p + b"c", start, end) < 0
        reference = _REFERENCE.search(data, last, data.find(b">", last))
        return reference is not None and column_number(reference[1].decode()) < column

    def _interleaved(self, row: int, existing: bytes, cells: list[OwnCell]) -> bytes:
        """Existing cells and ours in column order; where both stand, ours with the format of the one that was there."""
        p, out, position, column = self._p, [], 0, 0
        number = b"%d" % row
        waiting = iter(cells)
        own = next(waiting, None)
        for found in self._cell.finditer(existing):
            raw = found[1]
            reference = _REFERENCE.search(raw)
            column = column_number(reference[1].decode()) if reference else column + 1
            while own and own.column < column:
                out.append(b'<%bc r="%b%b"%b%b' % (p, column_letters(own.column).encode(), number, own.style, own.rest))
                own = next(waiting, None)
            if own and own.column == column:
                inner = found[2]
                if inner and _RESULT.search(inner):
                    self.formulas_changed = True
                    self.shared.overwritten(f"{column_letters(column)}{row}", inner)
                style = self._kept_style(raw, own, row > self.edit.header_row) if self.edit.keep_styles else own.style
                out.append(b'<%bc r="%b%b"%b%b' % (p, column_letters(column).encode(), number, style, own.rest))
                own = next(waiting, None)
            else:
                # a cell without a reference stands where its neighbours put it: with ours between them it must say so
                out.append(found[0] if reference else b'<%bc r="%b%b"%b' % (p, column_letters(column).encode(), number, found[0][2 + len(p):]))
            position = found.end()
        while own:
            out.append(b'<%bc r="%b%b"%b%b' % (p, column_letters(own.column).encode(), number, own.style, own.rest))
            own = next(waiting, None)
        return b"".join(out) + existing[position:]

    def _kept_style(self, raw: bytes, own: OwnCell, in_table: bool) -> bytes:
        found = _STYLE.search(raw)
        if not in_table:                 # titles above the table share its columns, not its kinds of value
            return b' s="%b"' % found[1] if found else b""
        return self._kept(found[1] if found else b"", own.column)

    def _kept(self, number: bytes, column: int) -> bytes:
        """The format attribute of a cell that had format `number`, now that ours stands in it."""
        if (number, column) not in self._variants:
            code = self.edit.number_formats.get(column, "")
            changed = self.maker.styles.variant(int(number or b"0"), code) if code else int(number or b"0")
            self._variants[number, column] = b' s="%d"' % changed if changed or number else b""
        return self._variants[number, column]

    def _remember_look(self, attributes: bytes, inner: bytes) -> None:
        """The formats of the last row, which appended rows continue."""
        self._above_attributes = _PLACED.sub(b"", attributes)
        column = 0
        for found in self._cell.finditer(inner):
            reference = _REFERENCE.search(found[1])
            column = column_number(reference[1].decode()) if reference else column + 1
            style = _STYLE.search(found[1])
            if style:
                self._above[column] = b' s="%b"' % style[1]

    def _continued(self, row: int) -> Iterator[bytes]:
        """The cells of an appended row: ours, and empty ones that only continue a format, each with the format of the row above."""
        index = self._index[row]
        if self._continuing is None:
            ours = [c.column for c in self.edit.columns]
            order = sorted({*ours, *self._above})
            at = {column: place for place, column in enumerate(ours)}
            heads = [b'<%bc r="%b' % (self._p, column_letters(column).encode()) for column in order]
            self._continuing = heads, [self._above.get(column) for column in order], [at.get(column, len(ours)) for column in order]
        heads, looks, places = self._continuing
        styles = cast("list[bytes]", looks)
        if None in looks:   # the row above says nothing of these columns: their own formats
            own = self._made(index // _BLOCK)
            styles = [own[place].styles[index % _BLOCK][1:] if look is None else look for look, place in zip(looks, places)]
        rests = (*self._rests(index), b"/>")
        return chain.from_iterable(zip(heads, repeat(self._numbers[index] + b'"'), styles, map(rests.__getitem__, places)))

    def _fresh_row(self, row: int, attributes: bytes) -> bytes:
        p = self._p
        head = b'<%brow r="%d"%b>' % (p, row, attributes)
        closing = b"</%brow>" % p
        if not self._above and row not in self.edit.singles:
            return head + self._own(row) + closing
        if row in self._index and row not in self.edit.singles and self.edit.keep_styles:
            return b"".join((head, *self._continued(row), closing))
        looks = dict(self._above) if row in self._index else {}
        cells = {c.column: OwnCell(c.column, looks.get(c.column, c.style) if self.edit.keep_styles else c.style, c.rest) for c in self._own_cells(row)}
        for column, style in looks.items():
            cells.setdefault(column, OwnCell(column, style, b"/>"))
        return head + b"".join(b'<%bc r="%b%d"%b%b' % (p, column_letters(c).encode(), row, cells[c].style, cells[c].rest) for c in sorted(cells)) + closing
