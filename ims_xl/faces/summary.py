"""One screen at the end of a run: counts, rupees by action, what needs a person, the next dates."""

from __future__ import annotations

from pathlib import Path

from ims_xl.report import action_totals, doubt_of, match_counts
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, MatchClass


def indian(amount: str) -> str:
    """`-1234567.80` -> `-12,34,567.80`: lakh and crore grouping, right for negatives."""
    sign, digits = ("-", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, _, paise = digits.partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return sign + ",".join([*groups, tail]) + (f".{paise}" if paise else "")


def needs_a_person(rec: Reconciliation) -> list[str]:
    """What is left to do, most urgent first; empty when the month is clean."""
    todo: list[str] = []
    matches = match_counts(rec)
    if doubt := doubt_of(rec):
        todo.append(doubt)
    for name, one, many in (
        (MatchClass.VALUE, "document differs in value or tax", "documents differ in value or tax"),
        (MatchClass.GSTIN, "document stands under another GSTIN in the books", "documents stand under another GSTIN in the books"),
        (MatchClass.NOT_IN_BOOKS, "portal document is not in the books", "portal documents are not in the books"),
        (MatchClass.NOT_IN_IMS, "voucher is not on the portal: chase the supplier", "vouchers are not on the portal: chase the suppliers"),
        (MatchClass.DUPLICATE, "duplicate: the same document twice", "duplicates: the same document twice"),
    ):
        if matches[name.value]:
            todo.append(f"{matches[name.value]} {one if matches[name.value] == 1 else many}")
    failed = [t for t in rec.tie_out if not t.ok]
    if failed:
        todo.append(f"{len(failed)} {'check on Tie-out does' if len(failed) == 1 else 'checks on Tie-out do'} not agree: {failed[0].check}")
    cells = sum(problem.row > 0 for problem in rec.state.problems)
    whole = [problem for problem in rec.state.problems if not problem.row]
    if cells:
        todo.append(f"{cells} {'cells or rows' if cells > 1 else 'cell or row'} could not be read as {'they stand' if cells > 1 else 'it stands'} (Tie-out lists all)")
    if whole:
        first = f"{whole[0].file} {whole[0].sheet}".strip()
        todo.append(f"{len(whole)} remark{'s' if len(whole) > 1 else ''} on whole files, sheets or columns (Tie-out lists all), first {first}: {whole[0].message}")
    return todo


def print_summary(rec: Reconciliation, book: Path) -> None:
    """Prints the screen with rich; to a pipe it comes out as plain text."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    settings = rec.state.settings
    period = settings.period.label if settings.period else ""
    console.print(f"[bold]{escape(settings.name or settings.gstin)}[/bold]  {escape(settings.gstin) + '  ' if settings.name else ''}{period}  as of {rec.as_of:%d-%m-%Y}")
    totals = action_totals(rec)
    # Whole rupees here, so that crores fit a screen of eighty columns; the paise stand in the workbook.
    heads = [h for h in HEADS if h != "cess" or any(total["cess"] != "0.00" for total in totals.values())]
    table = Table(show_edge=False, pad_edge=False, title="Rupees, paise left out", title_justify="left", title_style="italic")
    table.add_column("Action", no_wrap=True)
    for heading in ("Documents", "Taxable value", *(h.upper() if h != "cess" else "Cess" for h in heads)):
        table.add_column(heading, justify="right", no_wrap=True)
    for action, total in totals.items():
        table.add_row(action, str(total["count"]), *(indian(total[name].partition(".")[0]) for name in ("taxable_value", *heads)))
    console.print(table)
    matches = match_counts(rec)
    met = ", ".join(f"{count} {MatchClass(name).label.lower()}" for name, count in matches.items() if count)
    console.print(f"Matches: {met or 'none'}")
    todo = needs_a_person(rec)
    if todo:
        console.print("[bold]Needs a person[/bold]")
        for line in todo:
            console.print(f"  - {escape(line)}")
    for line in next_dates(rec):
        console.print(escape(line))
    for warning in rec.gstr3b.warnings:
        console.print(f"! {escape(warning)}")
    console.print(f"Open {escape(str(book))}")


def next_dates(rec: Reconciliation) -> list[str]:
    """The 14th and the 3B date, with the days that are left."""
    from ims_xl.gstin import state_code
    from ims_xl.rulebook import rulebook_for

    settings = rec.state.settings
    if settings.period is None:
        return []
    rulebook = rulebook_for(settings.period)
    lines = []
    for what, coming, past in (("GSTR-2B", "is drawn", "was drawn"), ("GSTR-3B", "is due", "was due")):
        day = rulebook.due_date(what, settings.period, state_code(settings.gstin), settings.quarterly)
        left = (day - rec.as_of).days
        days = f"{abs(left)} {'day' if abs(left) == 1 else 'days'}"
        when = "today" if left == 0 else f"in {days}" if left > 0 else f"{days} ago"
        lines.append(f"{what} {past if left < 0 else coming} on {day:%d-%m-%Y} ({when})")
    return lines
