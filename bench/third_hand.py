"""A third generator of two ledgers with known truth, by habits of its own: whoever tunes the engine to one generator is found out by the others.

    python bench/third_hand.py --n 20000 --preset clean|typical|messy --seed 1 --out DIR
    python -m bench.matching --generator bench/third_hand.py --seeds 501-502 --recall

Writes ims.csv, register.csv and truth.csv (ims_row, register_row, group, verdict, classes; rows are 0-based positions, -1 for none). Some twenty trades
number their documents in some fifty ways from August 2025 to November 2026, so that series start again on a 1 April within the ledgers; the register
is a person's. Verdicts come from the sums of what was written, never from the name of a mistake; what a person with both ledgers could not resolve is
left out (third_hand_clerk.py). The chances of mistakes are of the size that generate.py has, so that the same goals apply.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import third_hand_mistakes as mistakes
from bench.third_hand_clerk import PRESETS, Booking, Clerk, Cluster, summed
from bench.third_hand_suppliers import FIRST, LETTERS, OWN, Document, Supplier, fiscal, issue, letters, make_suppliers
from ims_xl.gstin import check_character

FOREIGN = ("Amazon Web Services Inc", "Figma Inc", "Zoom Communications", "LinkedIn Singapore Pte", "Upwork Global")


def make(count: int, seed: int, preset: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """IMS, register and truth."""
    rng = Random(f"{seed} {preset}")
    suppliers = make_suppliers(rng, max(30, count // 20))
    documents = issue(rng, suppliers, count)
    clerk = Clerk(rng, preset, suppliers, documents)
    clusters = clerk.clusters(documents)
    clustered = {document: at for at, cluster in enumerate(clusters) for document in cluster.documents}
    clustered |= {document: len(clusters) + at for at, document in enumerate(sorted(clerk.not_in_books, key=lambda document: (document.gstin, document.number)))}
    portal = _portal(rng, clerk, documents, clusters, clustered)
    rng.shuffle(portal)
    place = {document: at for at, (document, role, _) in enumerate(portal) if role == "match"}
    vouchers = [(booking, at) for at, cluster in enumerate(clusters) for booking in cluster.bookings]
    vouchers += [(booking, -1) for booking in _never_in_ims(rng, suppliers, round(count * clerk.rates["never in ims"]))]
    vouchers.sort(key=lambda one: one[0].voucher_date)
    register, rows_of, outside = _register(rng, vouchers)
    truth: list[tuple[int, int, int, str, str]] = [(-1, row, len(clustered) + at, "outside_ims", "") for at, row in enumerate(outside)]
    for at, cluster in enumerate(clusters):
        found = [place[document] for document in cluster.documents if document in place]
        verdict, kinds = _verdict(cluster), "|".join(dict.fromkeys(cluster.kinds))
        for booking in cluster.bookings:
            said = "duplicate_books" if booking.again else verdict if found else "missing_in_ims"
            truth += [(ims, row, at, said, kinds + ("|booked_twice" if booking.again else "")) for row in rows_of[booking] for ims in found or [-1]]
    truth += [(at, -1, clustered[document], "missing_in_books" if role == "match" else role, "") for at, (document, role, _) in enumerate(portal)
              if role != "match" or document in clerk.not_in_books]
    return _ims(rng, clerk, portal), register, pd.DataFrame(truth, columns=["ims_row", "register_row", "group", "verdict", "classes"])


def _verdict(cluster: Cluster) -> str:
    """By the sums: a head that differs by more than a rupee is a difference; then the GSTIN that was typed."""
    mixed = len({document.kind for document in cluster.documents}) > 1
    issued = summed([amount * (-1 if mixed and document.kind == "CRN" else 1) for amount in document.heads] for document in cluster.documents)
    booked = summed(line for booking in cluster.bookings if not booking.again for line in booking.lines)
    differing = [name for name, one, two in zip(("taxable", "igst", "cgst", "sgst", "cess"), issued, booked) if abs(one - two) > 100]
    if differing:
        return "mismatch:" + "+".join(differing)
    return "match" if all(booking.gstin == cluster.documents[0].gstin for booking in cluster.bookings) else "wrong_gstin"


def _portal(rng: Random, clerk: Clerk, documents: list[Document], clusters: list[Cluster], clustered: dict[Document, int]) -> list[tuple[Document, str, Document]]:
    """Rows of the portal: document, role in the truth, and the document as that row shows it."""
    alone = {cluster.documents[0] for cluster in clusters if len(cluster.documents) == 1 and len(cluster.bookings) == 1} | clerk.not_in_books
    rows: list[tuple[Document, str, Document]] = []
    for document in documents:
        if document in clerk.not_in_ims:
            continue
        rows.append((document, "match", document))
        if document in clerk.amended:
            if rng.random() < .7:
                rows.append((document, "superseded", clerk.amended[document]))
        elif document in alone and clerk.happens("uploaded twice"):
            copy = replace(document, number=(document.number.replace("/", "-") if "/" in document.number else f"0{document.number}")[:16])
            rows.append((document, "duplicate_ims", copy))
    return rows


def _ims(rng: Random, clerk: Clerk, portal: list[tuple[Document, str, Document]]) -> pd.DataFrame:
    rows = []
    for document, role, shown in portal:
        earlier = clerk.amended.get(document) if role == "match" else None
        stem = {"INV": "b2b", "CRN": "b2bcn", "DBN": "b2bdn"}[document.kind]
        if document.supplier.trade.name == "marketplace" and document.kind == "INV" and document.serial % 5 == 0:
            stem = "ecom"
        filed = shown.date.month - 1 + 12 * shown.date.year + (earlier is not None) + rng.choice((0,) * 9 + (1, 2))
        rows.append((stem + ("a" if earlier else ""), shown.gstin, document.supplier.legal, shown.recipient, shown.number, shown.date.isoformat(), shown.recipient[:2], _rupees(shown.value),
                     *map(_rupees, shown.heads), f"{filed % 12 + 1:02d}{filed // 12}", rng.choice(("Filed",) * 15 + ("Not Filed",)), earlier.number if earlier else "",
                     earlier.date.isoformat() if earlier else ""))
    return pd.DataFrame(rows, columns=["section", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "place_of_supply", "document_value",
                                       "taxable_value", "igst", "cgst", "sgst", "cess", "supplier_period", "filing_status", "original_document_number", "original_document_date"])


def _register(rng: Random, vouchers: list[tuple[Booking, int]]) -> tuple[pd.DataFrame, dict[Booking, list[int]], list[int]]:
    """The register in order of entry, the rows of each booking, and the rows that can never be in IMS."""
    style = rng.choice(mistakes.BASE_STYLES)
    rows: list[tuple[str, ...]] = []
    rows_of: dict[Booking, list[int]] = {}
    outside: list[int] = []
    for serial, (booking, cluster) in enumerate(vouchers, 1):
        voucher = f"{booking.voucher_type[0]}{'V' if booking.voucher_type == 'Purchase' else 'N'}/{fiscal(booking.voucher_date) % 100}/{serial:06d}"
        rows_of[booking] = list(range(len(rows), len(rows) + len(booking.lines)))
        outside += rows_of[booking] if cluster < 0 else []
        value = "" if booking.value is None else _rupees(booking.value * booking.sign)
        day = mistakes.written_date(booking.date, style, booking.odd_date, rng)
        rows += [(voucher, booking.voucher_type, booking.voucher_date.strftime(style), booking.gstin, booking.name, booking.recipient, booking.number, day, value,
                  *(_rupees(amount * booking.sign) for amount in line), booking.reverse_charge) for line in booking.lines]
    columns = ["voucher_number", "voucher_type", "voucher_date", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "document_value",
               "taxable_value", "igst", "cgst", "sgst", "cess", "reverse_charge"]
    return pd.DataFrame(rows, columns=columns), rows_of, outside


def _never_in_ims(rng: Random, suppliers: list[Supplier], count: int) -> list[Booking]:
    """Reverse charge, unregistered persons, imports of services, an input service distributor, bills of supply."""
    made = []
    for serial in range(count):
        day, supplier = FIRST + dt.timedelta(days=rng.randrange(470)), rng.choice(suppliers)
        taxable = round(math.exp(rng.gauss(8.5, 1))) * 100
        heads, gstin, name, number, kind = [taxable, 0, 0, 0, 0], "", supplier.legal, str(rng.randrange(1, 900)), rng.randrange(5)
        if kind == 0:
            gstin, number = supplier.gstins[0], f"RC{rng.randrange(10, 9999)}"
            heads = rng.choice((heads, [taxable, round(taxable * .05), 0, 0, 0]))
        elif kind == 1:
            name, number = rng.choice(("Raju Tea Stall", "Hamal charges", "Scrap dealer", "Local carpenter")), rng.choice(("", number))
        elif kind == 2:
            name, number, heads[1] = rng.choice(FOREIGN), f"{letters(rng, 4, LETTERS)}-{rng.randrange(10**6)}", round(taxable * .18)
        elif kind == 3:
            gstin, name, number, heads[1] = f"07{OWN[0][2:12]}2Z" + check_character(f"07{OWN[0][2:12]}2Z"), "Head office (ISD)", f"ISD/26-27/{serial + 1:04d}", round(taxable * .18)
        else:
            gstin, number = supplier.gstins[0], f"BOS-{rng.randrange(10, 9999)}"
        made.append(Booking([heads], "Journal" if kind in (2, 3) else "Purchase", day + dt.timedelta(days=rng.randrange(20)), gstin, name, rng.choice(OWN), number, day, sum(heads),
                            reverse_charge="Y" if kind in (0, 2) else "N"))
    return made


def _rupees(paise: int) -> str:
    return f"{paise / 100:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=20000)
    parser.add_argument("--preset", choices=PRESETS, default="typical")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, table in zip(("ims", "register", "truth"), make(arguments.n, arguments.seed, arguments.preset)):
        table.to_csv(arguments.out / f"{name}.csv", index=False)


if __name__ == "__main__":
    main()
