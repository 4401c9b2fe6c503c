"""A file from elsewhere may say anything: what cannot be made sense of is one sentence for the user, never a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ims_xl.vocabulary import ImsXlError


@contextmanager
def told_as_damage(name: str) -> Iterator[None]:
    """ImsXlError where the workbook `name` holds a number, name or tie that no spreadsheet program writes; `--debug` shows what it stumbled over."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as wrong:
        raise ImsXlError(f"{name} holds something that no spreadsheet program writes ({type(wrong).__name__}: {str(wrong)[:120]}); nothing was changed. "
                         "Open it in Excel, save it under a new name, and run again on that.") from wrong
