"""Draws `docs/img/tab-*.png`, a picture of every tab of the demo client: `python docs/draw_tabs.py`. Needs LibreOffice and pdftoppm.

The demo is made afresh, printed to PDF, and the top left of each tab's first page is cut out at a size that can be read, in few colours so that it stays small.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

from ims_xl.gstin import check_character
from ims_xl.sample import write_sample

CLIENTS = ("Balaji Traders", "Kaveri Polymers", "Konark Cables", "Malhar Paper Mills", "Nandi Hardware", "Sahyadri Foods", "Shree Ganesh Steel", "Teesta Textiles")
IMG = Path(__file__).parent / "img"
WIDTH, HEIGHT, MOST = 1120, 560, 60_000
LETTER = 7.5          # points that a letter of the body shall have on the picture


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run([sys.executable, "-m", "ims_xl", "demo", str(demo), "--quiet"], check=True)
        book = next(demo.glob("27*_2026-10.xlsx"))
        pdf = printed(book, Path(folder))
        for name, (page, size) in first_pages(pdf).items():
            keep(IMG / f"tab-{name.lower().replace(' ', '-')}.png", cut(pdf, page, max(70, min(330, round(72 * LETTER / size * 1.25)))))
        keep(IMG / "firm.png", cut(printed(firm(Path(folder) / "firm"), Path(folder)), 1, 104))


def firm(root: Path) -> Path:
    """A night over eight small clients, one of whose downloads is cut short."""
    for number, name in enumerate(CLIENTS):
        first = f"27AA{chr(65 + number)}CB{4321 + number}Q1Z"
        write_sample(root / name, seed=number, documents=30, gstin=first + check_character(first), name=name)
    download = next((root / CLIENTS[5]).glob("*IMS.json"))
    download.write_bytes(download.read_bytes()[:5000])
    subprocess.run([sys.executable, "-m", "ims_xl", "batch", str(root), "--as-of", "2026-11-17", "--quiet"], check=False)
    return root / "firm_2026-10.xlsx"


def printed(book: Path, folder: Path) -> Path:
    """The book as PDF."""
    subprocess.run(["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(book)], check=True, stdout=subprocess.DEVNULL)
    return folder / f"{book.stem}.pdf"


def keep(target: Path, picture: np.ndarray) -> None:
    """The picture, cut down until it is small."""
    data = png(picture)
    while len(data) > MOST:
        picture = picture[: int(len(picture) * 0.85), : int(picture.shape[1] * 0.95)]
        data = png(picture)
    target.write_bytes(data)
    print(f"{target.name}: {picture.shape[1]} x {picture.shape[0]}, {len(data):,} bytes")


def first_pages(pdf: Path) -> dict[str, tuple[int, float]]:
    """Tab -> its first page and the height of its letters; the footer of every page names the tab."""
    found: dict[str, tuple[int, float]] = {}
    boxes = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    for number, page in enumerate(boxes.split("<page ")[1:], 1):
        words = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<', page)
        text = " ".join(word for _, _, word in words)
        named = re.search(r"([A-Z0-9][\w-]*(?: [\w-]+){0,2}) page \d+ of \d+", text)
        sizes = sorted(float(low) - float(high) for high, low, _ in words)
        if named and sizes:
            name = next((tab for tab in TABS if named[1].endswith(tab)), "")
            if name and name not in found:
                found[name] = (number, max(sizes[len(sizes) // 3], 1.0) / 1.2)
    return found


TABS = ("Purchase Register", "Not in IMS", "Credit Notes", "Default Risk", "Portal 2B", "Movement", "Rule 37", "Amendments", "Suppliers", "Settings", "Rejected", "Imports", "Pending", "Tie-out", "GSTR-2B", "GSTR-3B", "Legend", "Rules", "Home", "IMS", "Log")


def cut(pdf: Path, page: int, dpi: int) -> np.ndarray:
    """The top left of a page, without the white around it."""
    raw = subprocess.run(["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), str(pdf)], check=True, capture_output=True).stdout
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", raw)
    assert head
    whole = np.frombuffer(raw[head.end():], np.uint8).reshape(int(head[2]), int(head[1]), 3)
    ink = np.argwhere((whole < 250).any(axis=2))
    top, left = np.maximum(ink.min(axis=0) - 8, 0)
    part = whole[top: top + HEIGHT, left: left + WIDTH]
    used = np.argwhere((part < 250).any(axis=2)).max(axis=0) + 8
    return part[: used[0], : used[1]]


def png(picture: np.ndarray) -> bytes:
    """An indexed PNG of at most 256 colours."""
    few = ((picture.astype(np.uint32) + 8) // 17 * 17)
    codes = few[..., 0] << 16 | few[..., 1] << 8 | few[..., 2]
    colours, index = np.unique(codes, return_inverse=True)
    if len(colours) > 256:
        order = np.bincount(index.ravel()).argsort()[::-1][:256]
        kept = colours[order].astype(np.int64)
        apart = sum(np.abs((colours[:, None] >> shift & 255).astype(np.int64) - (kept[None, :] >> shift & 255)) for shift in (0, 8, 16))
        colours, index = kept, apart.argmin(axis=1)[index]
    index = index.reshape(picture.shape[:2]).astype(np.uint8)
    palette = b"".join(struct.pack(">I", int(c))[1:] for c in colours)
    lines = b"".join(b"\0" + line.tobytes() for line in index)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", picture.shape[1], picture.shape[0], 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"PLTE", palette) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    main()
