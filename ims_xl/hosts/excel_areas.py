"""Addresses and texts for Excel, worked out here: areas in pieces it takes, what few of many hold, the thirds of a header."""

from __future__ import annotations

from collections.abc import Callable


def area_chunks(area: str, most: int = 250) -> list[str]:
    """"A1:B2 C3 ..." as addresses joined by commas, none longer than Excel takes in one call."""
    chunks: list[str] = []
    for part in area.replace(",", " ").split():
        if chunks and len(chunks[-1]) + len(part) < most:
            chunks[-1] += "," + part
        else:
            chunks.append(part)
    return chunks


def held_by(first: int, last: int, holds: Callable[[int, int], bool]) -> list[int]:
    """The numbers for which `holds` is true, found by halving: `holds(a, b)` tells whether any from a to b is one."""
    if not holds(first, last):
        return []
    if first == last:
        return [first]
    middle = (first + last) // 2
    return held_by(first, middle, holds) + held_by(middle + 1, last, holds)


def header_parts(text: str) -> tuple[str, str, str]:
    """`&Lone&Ctwo&Rthree` as left, centre, right; text without marks stands in the centre."""
    parts = {"L": "", "C": "", "R": ""}
    place = "C"
    i = 0
    while i < len(text):
        if text[i] == "&" and text[i + 1 : i + 2] in parts:
            place = text[i + 1]
            i += 2
        elif text[i] == "&":
            parts[place] += text[i : i + 2]
            i += 2
        else:
            parts[place] += text[i]
            i += 1
    return parts["L"], parts["C"], parts["R"]
