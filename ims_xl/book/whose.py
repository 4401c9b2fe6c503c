"""Whose book it is and for which period, where the workbook itself does not say."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ims_xl.gstin import is_valid
from ims_xl.period import Period
from ims_xl.settings import Settings
from ims_xl.state import BookState
from ims_xl.vocabulary import ImsXlError


def told(state: BookState, gstin: str, period: str, name: str, quarterly: bool) -> Settings:
    """What the command line or the documents say, where the book does not."""
    settings = state.settings
    if not settings.gstin:
        found = gstin.strip().upper() or _unanimous(state.ims["recipient_gstin"]) or _unanimous(state.register["recipient_gstin"])
        if not is_valid(found):
            if gstin:
                raise ImsXlError(f"--gstin {gstin} is not a valid GSTIN of 15 characters.")
            both = settings.period is None and not period
            raise ImsXlError(
                "The workbook does not say whose it is" + (", nor for which tax period; give --gstin with the client's own GSTIN, and --period, e.g. --period 2026-10." if both else "; give --gstin with the client's own GSTIN.")
            )
        settings = replace(settings, gstin=found)
    elif gstin and gstin.strip().upper() != settings.gstin:
        raise ImsXlError(f"The book is for {settings.gstin}, not for {gstin}; start a new book with 'ims-xl new'.")
    if settings.period is None:
        if not period:
            raise ImsXlError("The workbook does not say which tax period it is for; give --period, e.g. --period 2026-10.")
        when = Period.parse(period)
        settings = replace(settings, period=when.quarter_end if quarterly else when, quarterly=quarterly or settings.quarterly)
    elif period and Period.parse(period) not in (settings.period,):
        raise ImsXlError(f"The book is for {settings.period}, not for {period}; 'ims-xl rollover' opens the next period.")
    return replace(settings, name=settings.name or name)


def _unanimous(column: pd.Series) -> str:
    values = {str(v) for v in column.unique()} - {""}
    return values.pop() if len(values) == 1 else ""
