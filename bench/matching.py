"""How good and how fast the matching engine is: accuracy on ledgers with known truth, recall by kind of mistake, shuffling, time and memory.

    python bench/matching.py                                        the second generator (bench/other_hand.py), 20,000 documents, seeds 101 to 105
    python bench/matching.py --generator generate.py --presets clean typical messy --seeds 101-105
    python bench/matching.py --generator bench/third_hand.py --seeds 501-502 --recall   the third, with recall by kind of mistake
    python bench/matching.py --sizes 10000 100000 1000000           time and peak memory beside the floor, and growth
    python bench/matching.py --presets --clean-stage 100000         the exact join alone

A generator is any script with `--n N --preset P --seed S --out DIR` that writes ims.csv, register.csv and truth.csv (ims_row, register_row, group,
verdict, classes). The floor is one process that reads both CSV files with pandas and merges them on GSTIN and number.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import other_hand
from ims_xl.matching import link_documents
from ims_xl.matching.documents import gather_vouchers, portal_documents
from ims_xl.matching.partition import exact_join
from ims_xl.readers import plain
from ims_xl.settings import Settings
from ims_xl.state import Links

FAULTS = {"clean": 0.3, "typical": 1.0, "messy": 2.0}
ALONE = ("duplicate", "superseded", "not_in_books", "not_in_ims", "outside_ims")
FLOOR = ("import sys, pandas as pd\na = pd.read_csv(sys.argv[1], dtype=str)\nb = pd.read_csv(sys.argv[2], dtype=str)\n"
         "print(len(a.merge(b, on=['supplier_gstin', 'document_number'])))")


@dataclass
class Score:
    pairs: int = 0
    found: int = 0
    extra: int = 0
    clean: int = 0
    wrong_clean: int = 0
    tax_clean: int = 0
    auto: int = 0
    coverage: int = 0
    moved: int = 0
    seconds: float = 0.0
    by_class: Counter[str] = field(default_factory=Counter)
    found_by_class: Counter[str] = field(default_factory=Counter)

    @property
    def f1(self) -> float:
        precision, recall = self.found / max(1, self.found + self.extra), self.found / max(1, self.pairs)
        return 2 * precision * recall / max(1e-9, precision + recall)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--generator", type=Path, help="a script that makes ledgers; default bench/other_hand.py")
    parser.add_argument("--presets", nargs="*", default=["clean", "typical", "messy"])
    parser.add_argument("--seeds", default="101-105")
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--sizes", nargs="*", type=int, default=[])
    parser.add_argument("--clean-stage", nargs="*", type=int, default=[], help="sizes at which the exact join alone is timed")
    parser.add_argument("--recall", action="store_true", help="also recall by kind of mistake")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    with tempfile.TemporaryDirectory() as folder:
        if arguments.presets:
            print("| preset | pairs | F1 | recall | wrong among clean (95 % at most) | auto | tax differences clean | coverage errors | moved by shuffling | s per 20k |\n|---|---|---|---|---|---|---|---|---|---|")
        kinds: dict[str, Score] = {}
        for preset in arguments.presets:
            total = Score()
            for seed in range(int(first), int(last or first) + 1):
                place = Path(folder) / f"{preset}-{seed}"
                _make(arguments.generator, arguments.documents, preset, seed, place)
                _score(place, total)
            kinds[preset] = total
            n = int(last or first) - int(first) + 1
            print(f"| {preset} | {total.pairs:,} | {total.f1:.5f} | {total.found / total.pairs:.5f} | {total.wrong_clean} of {total.clean:,} ({_upper(total.wrong_clean, total.clean):.1e}) | "
                  f"{total.auto / total.pairs:.4f} | {total.tax_clean} | {total.coverage} | {total.moved} | {total.seconds / n:.2f} |", flush=True)
        if arguments.recall:
            _print_recall(kinds)
        if arguments.sizes:
            _print_sizes(arguments.generator, arguments.sizes, Path(folder))
        if arguments.clean_stage:
            _print_clean_stage(arguments.generator, arguments.clean_stage, Path(folder))


def _make(generator: Path | None, documents: int, preset: str, seed: int, place: Path) -> None:
    if generator is None:
        other_hand.write(other_hand.make(documents, seed, FAULTS[preset]), place)
    else:
        subprocess.run([sys.executable, str(generator), "--n", str(documents), "--preset", preset, "--seed", str(seed), "--out", str(place)], check=True, stdout=subprocess.DEVNULL)


def _read(place: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    ims, _ = plain.read_table(place / "ims.csv", plain.IMS_COLUMNS, plain.IMS_REQUIRED)
    register, _ = plain.read_table(place / "register.csv", plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED)
    return plain.typed_ims(ims, place / "ims.csv")[0], plain.typed_register(register, place / "register.csv")[0]


def _score(place: Path, score: Score) -> None:
    """Adds one ledger pair's figures: a pair is a document and a voucher (its first line)."""
    ims, register = _read(place)
    began = time.perf_counter()
    links = link_documents(ims, register, Settings())
    score.seconds += time.perf_counter() - began
    first: dict[str, int] = {}
    voucher = [first.setdefault(name, at) for at, name in enumerate(register["voucher_number"])]
    true_pairs: dict[tuple[int, int], tuple[str, str]] = {}
    with (place / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = [(int(r["ims_row"]), int(r["register_row"]), r["group"], r["verdict"], r["classes"]) for r in csv.DictReader(file)]
    for i, b, _, verdict, classes in truth:
        if i >= 0 and b >= 0 and not verdict.startswith("duplicate"):
            true_pairs.setdefault((i, voucher[b]), (verdict, classes))
    group_pair = {group: (i, voucher[b]) for i, b, group, verdict, _ in reversed(truth) if i >= 0 and b >= 0 and not verdict.startswith("duplicate")}
    twin_of = {i: group_pair[group][0] for i, _, group, verdict, _ in truth if verdict == "duplicate_ims" and group in group_pair}
    again = {voucher[b]: i for i, b, _, verdict, _ in truth if verdict == "duplicate_books" and b >= 0}
    booking_of: dict[int, int] = {}
    for i, b in true_pairs:
        booking_of.setdefault(i, b)
    found: dict[tuple[int, int], bool] = {}
    for i, b, clean in _linked(links, voucher):
        i0 = twin_of.get(i, i)
        pair = (i0, booking_of.get(again[b], b) if b in again and (i0, b) not in true_pairs else b)
        good = pair in true_pairs and pair not in found
        score.extra += not good
        if good:
            found[pair] = clean
        if clean:
            score.clean += 1
            score.wrong_clean += not good or true_pairs[pair][0].startswith("mismatch")
            score.tax_clean += good and true_pairs[pair][0].startswith("mismatch")
    score.pairs += len(true_pairs)
    score.found += len(found)
    score.auto += sum(clean and not true_pairs[pair][0].startswith("mismatch") for pair, clean in found.items())
    every = np.bincount(np.r_[links.ims_result, links.register_result], minlength=len(links.results))
    score.coverage += int((every == 0).sum() + (links.ims_result < 0).sum() + (links.register_result < 0).sum())
    for pair, (_, classes) in true_pairs.items():
        for kind in classes.split("|") if classes else ["(no mistake)"]:
            score.by_class[kind] += 1
            score.found_by_class[kind] += pair in found
    score.moved += _moved(ims, register, links, voucher)


def _linked(links: Links, voucher: list[int]) -> list[tuple[int, int, bool]]:
    books: dict[int, set[int]] = {}
    for line, result in enumerate(links.register_result.tolist()):
        books.setdefault(result, set()).add(voucher[line])
    classes, clean = links.results["match_class"].to_numpy(), links.results["clean"].to_numpy()
    return [(row, b, bool(clean[result])) for row, result in enumerate(links.ims_result.tolist()) if classes[result] not in ALONE for b in sorted(books.get(result, ()))]


def _moved(ims: pd.DataFrame, register: pd.DataFrame, links: Links, voucher: list[int]) -> int:
    """Pairs that change when both sides are shuffled; rows of equal content count as one."""
    rng = np.random.default_rng(20261123)
    order_p, order_b = rng.permutation(len(ims)), rng.permutation(len(register))
    other = link_documents(ims.iloc[order_p].reset_index(drop=True), register.iloc[order_b].reset_index(drop=True), Settings())
    content = pd.util.hash_pandas_object(ims.astype(str), index=False).to_numpy()
    back = np.empty(len(register), dtype=np.int64)
    back[order_b] = np.arange(len(register))
    names = register["voucher_number"].to_numpy()
    one = Counter((content[i], names[b]) for i, b, _ in _linked(links, voucher))
    first: dict[str, int] = {}
    shuffled = [first.setdefault(name, at) for at, name in enumerate(names[order_b])]
    two = Counter((content[order_p[i]], names[order_b][b]) for i, b, _ in _linked(other, shuffled))
    return sum(((one - two) + (two - one)).values())


def _upper(wrong: int, trials: int) -> float:
    """Upper end of the 95 % Wilson interval."""
    if not trials:
        return 1.0
    z, p = 1.96, wrong / trials
    return (p + z * z / (2 * trials) + z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))) / (1 + z * z / trials)


def _print_recall(kinds: dict[str, Score]) -> None:
    names = sorted({name for score in kinds.values() for name in score.by_class})
    print("\n| mistake | " + " | ".join(f"{preset} (pairs)" for preset in kinds) + " |\n|---|" + "---|" * len(kinds))
    for name in names:
        print(f"| {name} | " + " | ".join(f"{score.found_by_class[name] / score.by_class[name]:.3f} ({score.by_class[name]})" if score.by_class[name] else "" for score in kinds.values()) + " |")


def _print_sizes(generator: Path | None, sizes: list[int], folder: Path) -> None:
    print("\n| documents | floor s | match s | times floor | growth | floor CPU s | match CPU s | times floor | peak MB |\n|---|---|---|---|---|---|---|---|---|")
    earlier = 0.0
    for size in sizes:
        place = folder / f"size-{size}"
        _make(generator, size, "typical", 101, place)
        tables = [str(place / "ims.csv"), str(place / "register.csv")]
        times = 3 if size <= 100_000 else 1
        floor, floor_cpu, _ = (min(figures) for figures in zip(*(_run([sys.executable, "-c", FLOOR, *tables]) for _ in range(times))))
        runs = [_run([sys.executable, "-m", "ims_xl", "match", *tables, "-o", str(place / "matches.csv"), "--force", "--quiet"]) for _ in range(times)]
        seconds, cpu, megabytes = min(s for s, _, _ in runs), min(s for _, s, _ in runs), max(m for _, _, m in runs)
        growth = f"{seconds / earlier:.1f}" if earlier else ""
        print(f"| {size:,} | {floor:.2f} | {seconds:.2f} | {seconds / floor:.1f} | {growth} | {floor_cpu:.2f} | {cpu:.2f} | {cpu / floor_cpu:.1f} | {megabytes:,.0f} |", flush=True)
        earlier = seconds


def _print_clean_stage(generator: Path | None, sizes: list[int], folder: Path) -> None:
    """The exact join alone: how many of all links it makes, and its processor time with and without the documents and keys it works on."""
    print("\n| documents | links of the exact join | of all | documents and keys, CPU s | join, CPU s |\n|---|---|---|---|---|")
    settings = Settings()
    for size in sizes:
        place = folder / f"size-{size}"
        if not place.is_dir():
            _make(generator, size, "typical", 101, place)
        ims, register = _read(place)
        began = time.process_time()
        portal = portal_documents(ims, settings)
        books = gather_vouchers(register, settings).documents
        read = time.process_time()
        joined, _ = exact_join(portal, books, settings)
        ended = time.process_time()
        links = link_documents(ims, register, settings)
        linked = int((~links.results["match_class"].isin(ALONE)).sum())
        print(f"| {size:,} | {len(joined):,} | {len(joined) / linked:.0%} | {read - began:.2f} | {ended - read:.2f} |", flush=True)


def _run(command: list[str]) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak megabytes of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[1:3]} failed")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
