"""`ims-xl setoff`: table 6.1 from a small JSON file, answer as JSON. Amounts are rupees with at most two decimals."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import click

from ims_xl.faces.cli import common
from ims_xl.returns.setoff import ORDERS, SetOffRequest, habitual, set_off
from ims_xl.rupees import plain
from ims_xl.vocabulary import HEADS, ImsXlError

_KEYS: Final = ("liability", "credit", "cash_only", "rule_86b", "order")
_MOST: Final = Decimal(10) ** 15


@click.command("setoff", short_help="Table 6.1: credit against liability with the least cash.")
@click.argument("liability", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the result here instead of printing it.")
@click.option("--force", is_flag=True, help="Replace the output file where it exists.")
@common
def setoff(liability: Path, output: Path | None, force: bool) -> None:
    """Utilisation of credit with the least cash.

    LIABILITY is a JSON file: {"liability": {"igst": "60000.00", "cgst": ..., "sgst": ..., "cess": ...}, "credit": {same heads},
    "cash_only": {same heads}, "rule_86b": false, "order": "statute" or "portal"}; "-" reads it from standard input.
    """
    if output is not None:
        _may_write(output, liability, force)
    text = json.dumps(answer(_read(liability)), indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    from ims_xl.hosts.safe_files import write_bytes

    write_bytes(output, text.encode())


def answer(request: SetOffRequest) -> dict[str, Any]:
    """The result in rupees as text, with what the portal's habitual order would cost."""
    best, habit = set_off(request), habitual(request)
    return {
        "utilisation": {use: plain(value) for use, value in best.utilisation.items()},
        "cash": {head: plain(value) for head, value in best.cash.items()},
        "carry_forward": {head: plain(value) for head, value in best.carry_forward.items()},
        "total_cash": plain(best.total_cash),
        "portal_habit": {"order": "IGST credit to CGST first", "total_cash": plain(habit.total_cash), "cash_saved": plain(habit.total_cash - best.total_cash)},
    }


def parse_request(data: object, name: str) -> SetOffRequest:
    """A request from decoded JSON; an ImsXlError names the field that is wrong."""
    if not isinstance(data, Mapping):
        raise ImsXlError(f"{name} must hold one JSON object with 'liability' and 'credit'.")
    unknown = [str(key) for key in data if key not in _KEYS]
    if unknown:
        raise ImsXlError(f"{name} has {shown(unknown[0])}, which set-off does not know; it knows {', '.join(_KEYS)}.")
    for key in ("liability", "credit"):
        if key not in data:
            raise ImsXlError(f"{name} has no '{key}'; expected amounts for {', '.join(HEADS)}.")
    flag = data.get("rule_86b", False)
    if not isinstance(flag, bool):
        raise ImsXlError(f"{name}: rule_86b must be true or false, not {shown(flag)}.")
    order = data.get("order", "statute")
    if order not in ORDERS:
        raise ImsXlError(f"{name}: order must be 'statute' or 'portal', not {shown(order)}.")
    liability, credit, cash_only = (_amounts(data.get(key, {}), f"{name}: {key}", key != "cash_only") for key in ("liability", "credit", "cash_only"))
    return SetOffRequest(liability, credit, cash_only, rule_86b=flag, order=str(order))


def shown(value: object) -> str:
    """A value as a message may quote it: not longer than a line."""
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _amounts(data: object, name: str, whole: bool) -> dict[str, int]:
    """Paise by head. Where the four heads are asked for, one that is left out may be a slip and is never taken for nil."""
    if not isinstance(data, Mapping):
        raise ImsXlError(f"{name} must hold amounts by head ({', '.join(HEADS)}), not {shown(data)}.")
    unknown = [str(key) for key in data if key not in HEADS]
    if unknown:
        raise ImsXlError(f"{name} has the head {shown(unknown[0])}; the heads are {', '.join(HEADS)}.")
    missing = [head for head in HEADS if head not in data]
    if whole and missing:
        raise ImsXlError(f"{name} has no '{missing[0]}'; give all four heads ({', '.join(HEADS)}), \"0.00\" where there is nothing.")
    return {head: _paise(data.get(head, 0), f"{name}.{head}") for head in HEADS}


def _paise(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ImsXlError(f"{name} must be an amount such as \"60000.00\", not {shown(value)}.")
    try:
        amount = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
    except InvalidOperation:
        raise ImsXlError(f"{name} must be an amount such as \"60000.00\", not {shown(value)}.") from None
    if not amount.is_finite() or amount < 0 or amount > _MOST:
        raise ImsXlError(f"{name} must be an amount of zero or more, not {shown(value)}.")
    paise = amount * 100
    if paise != paise.to_integral_value():
        raise ImsXlError(f"{name} is {shown(value)}: at most two decimals are paise.")
    return int(paise)


def _read(path: Path) -> SetOffRequest:
    name = "standard input" if str(path) == "-" else path.name
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ImsXlError(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as wrong:
        raise ImsXlError(f"{name} cannot be read as text: {wrong}.") from None
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as wrong:
        raise ImsXlError(f"{name} is not JSON: {wrong}.") from None
    return parse_request(data, name)


def _may_write(output: Path, given: Path, force: bool) -> None:
    if output.exists() and given.exists() and output.samefile(given):
        raise ImsXlError(f"{output} is the input; give another file with -o.")
    if output.exists() and not force:
        raise ImsXlError(f"{output} exists already; give --force to replace it.")
    if not output.absolute().parent.is_dir():
        raise ImsXlError(f"There is no folder {output.absolute().parent} to write {output.name} in.")
