"""Closing a month and opening the next: the history is written, the new book starts where this one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ims_xl import book as books
from ims_xl.followup.rollover import rolled_over
from ims_xl.history import open_history
from ims_xl.progress import Progress, silent
from ims_xl.state import Reconciliation


@dataclass(frozen=True)
class Rolled:
    """What rode along into the next period's book."""

    period: str
    documents: int
    vouchers: int
    earlier: int


def roll_over(book: Path, output: Path, as_of: date, progress: Progress = silent) -> Rolled:
    """Writes the next period's book beside; the closed one is only read."""
    opened = books.open_state(book)
    rec = books.reconciled(opened, as_of, progress)
    state = rolled_over(rec)
    with open_history(output.parent) as history:
        history.record(rec, book.name, closed=False)
    following = books.with_state(books.fresh(state.settings), state)
    books.write(following, books.reconciled(following, as_of, progress), output, progress=progress)
    return Rolled(str(state.settings.period), len(state.ims), len(state.register), len(state.earlier))


def record_closed(book: Path) -> None:
    """The signed month goes into the history beside the book, closed."""
    opened = books.open_state(book)
    as_of = date.fromisoformat(opened.state.inputs.get("run.as_of") or date.today().isoformat())
    rec: Reconciliation = books.reconciled(opened, as_of)
    with open_history(book.parent) as history:
        history.record(rec, book.name, closed=True)
