"""Small pictures for the ribbon, drawn by code: `png("check")` is a 32 x 32 PNG. No font, no library, no file.

Each is a few strokes on a grid of 16 in the tab's colours; the strokes tell the buttons apart, not the colours.
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise
from typing import Final

import numpy as np

SIZE: Final = 32
Stroke = tuple[tuple[float, float], ...]
_INK, _TEAL, _ORANGE, _GOLD = (31, 58, 95), (15, 118, 110), (176, 74, 28), (150, 105, 0)
_BOX: Final[Stroke] = ((3, 2), (13, 2), (13, 14), (3, 14), (3, 2))
_LINES: Final[tuple[Stroke, ...]] = (((5, 6), (11, 6)), ((5, 9), (11, 9)), ((5, 12), (9, 12)))


def _ring(x: float, y: float, r: float) -> Stroke:
    return tuple((x + r * np.cos(t), y + r * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 25))


SHAPES: Final[dict[str, tuple[tuple[int, int, int], tuple[Stroke, ...]]]] = {
    "folder": (_GOLD, (((2, 13), (2, 4), (6, 4), (8, 6), (14, 6), (14, 13), (2, 13)), ((2, 8), (14, 8)))),
    "calendar": (_INK, (((2, 4), (14, 4), (14, 14), (2, 14), (2, 4)), ((2, 7), (14, 7)), ((5, 2), (5, 5)), ((11, 2), (11, 5)), ((6, 11), (10, 11)))),
    "forward": (_TEAL, (((2, 8), (12, 8)), ((8, 4), (12, 8), (8, 12)), ((14, 4), (14, 12)))),
    "cloud": (_INK, (((4, 9), (2, 7), (4, 5), (6, 5), (8, 3), (11, 4), (12, 6), (14, 8), (12, 10)), ((8, 7), (8, 14)), ((5, 11), (8, 14), (11, 11)))),
    "book": (_INK, (((8, 4), (2, 3), (2, 13), (8, 14), (14, 13), (14, 3), (8, 4)), ((8, 4), (8, 14)))),
    "sheet": (_TEAL, (_BOX, ((3, 6), (13, 6)), ((3, 10), (13, 10)), ((8, 6), (8, 14)))),
    "refresh": (_TEAL, (((12, 4), (8, 2), (4, 4), (2, 8)), ((4, 12), (8, 14), (12, 12), (14, 8)), ((12, 1), (12, 4), (9, 4)), ((4, 15), (4, 12), (7, 12)))),
    "columns": (_INK, (((2, 3), (6, 3), (6, 13), (2, 13), (2, 3)), ((10, 3), (14, 3), (14, 13), (10, 13), (10, 3)), ((6, 8), (10, 8)))),
    "scales": (_INK, (((8, 2), (8, 14)), ((3, 4), (13, 4)), ((3, 4), (1, 9), (5, 9), (3, 4)), ((13, 4), (11, 9), (15, 9), (13, 4)), ((5, 14), (11, 14)))),
    "link": (_TEAL, (_ring(5, 8, 3), _ring(11, 8, 3))),
    "unlink": (_ORANGE, (_ring(4, 8, 2.6), _ring(12, 8, 2.6), ((7, 3), (9, 13)))),
    "question": (_INK, (((5, 5), (6, 3), (10, 3), (11, 5), (8, 8), (8, 10)), ((8, 13), (8, 13.5)))),
    "bulb": (_GOLD, (_ring(8, 6, 4), ((6, 10), (6, 13), (10, 13), (10, 10)))),
    "accept": (_TEAL, (((3, 8), (7, 12), (13, 4)),)),
    "reject": (_ORANGE, (((4, 4), (12, 12)), ((12, 4), (4, 12)))),
    "pending": (_GOLD, (((4, 2), (12, 2)), ((4, 14), (12, 14)), ((5, 2), (11, 14)), ((11, 2), (5, 14)))),
    "noaction": (_INK, (((3, 8), (13, 8)),)),
    "reset": (_INK, (((5, 3), (2, 6), (5, 9)), ((2, 6), (10, 6), (13, 9), (10, 13), (5, 13)))),
    "next": (_TEAL, (((3, 3), (8, 8), (3, 13)), ((9, 3), (14, 8), (9, 13)))),
    "warning": (_ORANGE, (((8, 2), (15, 14), (1, 14), (8, 2)), ((8, 6), (8, 10)), ((8, 12), (8, 12.3)))),
    "note": (_INK, (_BOX, ((6, 8), (10, 8)))),
    "clock": (_GOLD, (_ring(8, 8, 6), ((8, 4), (8, 8), (11, 10)))),
    "funnel": (_INK, (((2, 3), (14, 3), (9, 9), (9, 14), (7, 13), (7, 9), (2, 3)),)),
    "table": (_TEAL, (_BOX, ((3, 5), (13, 5)), ((3, 8), (13, 8)), ((3, 11), (13, 11)))),
    "check": (_TEAL, (_BOX, ((5, 8), (7, 11), (11, 5)))),
    "shield": (_INK, (((8, 1), (14, 3), (14, 8), (8, 15), (2, 8), (2, 3), (8, 1)), ((5, 7), (7, 10), (11, 5)))),
    "upload": (_TEAL, (((8, 12), (8, 2)), ((4, 6), (8, 2), (12, 6)), ((2, 11), (2, 14), (14, 14), (14, 11)))),
    "errors": (_ORANGE, (_BOX, ((8, 5), (8, 9)), ((8, 11), (8, 11.5)))),
    "mail": (_INK, (((2, 4), (14, 4), (14, 13), (2, 13), (2, 4)), ((2, 4), (8, 9), (14, 4)))),
    "camera": (_INK, (((2, 5), (5, 5), (6, 3), (10, 3), (11, 5), (14, 5), (14, 13), (2, 13), (2, 5)), _ring(8, 9, 2.6))),
    "undo": (_TEAL, (((6, 2), (2, 6), (6, 10)), ((2, 6), (11, 6), (14, 9), (12, 14)))),
    "lock": (_INK, (((3, 7), (13, 7), (13, 14), (3, 14), (3, 7)), ((5, 7), (5, 4), (8, 2), (11, 4), (11, 7)))),
    "print": (_INK, (((4, 6), (4, 2), (12, 2), (12, 6)), ((2, 6), (14, 6), (14, 11), (12, 11)), ((2, 6), (2, 11), (4, 11)), ((4, 9), (12, 9), (12, 14), (4, 14), (4, 9)))),
    "gear": (_INK, (_ring(8, 8, 3), *(((8 + 4 * np.cos(t), 8 + 4 * np.sin(t)), (8 + 6 * np.cos(t), 8 + 6 * np.sin(t))) for t in np.arange(8) * np.pi / 4))),
    "help": (_TEAL, (_ring(8, 8, 6.4), ((6, 6), (7, 4.6), (9, 4.6), (10, 6), (8, 8), (8, 9.4)), ((8, 11.4), (8, 11.7)))),
}


def png(name: str) -> bytes:
    """The picture of that name; KeyError where there is none."""
    colour, strokes = SHAPES[name]
    scale = SIZE / 16
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    nearest = np.full((SIZE, SIZE), np.inf)
    for stroke in strokes:
        for (x1, y1), (x2, y2) in pairwise(stroke):
            ax, ay, bx, by = x1 * scale, y1 * scale, x2 * scale, y2 * scale
            length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9)
            along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
            nearest = np.minimum(nearest, np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
    alpha = (np.clip(1.9 - nearest, 0, 1) * 255).astype(np.uint8)      # a stroke of about three pixels, soft at its edge
    pixels = np.dstack([np.full((SIZE, SIZE), part, dtype=np.uint8) for part in colour] + [alpha])
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
