"""Plain tables (CSV or Parquet by ending) in and out, every column as text: `000123` stays `000123`.

`read_table(path, known, required)` gives the columns as they stand; `typed_ims` and `typed_register` turn them into ledgers, listing each cell that is
unreadable or must not be blank as a `Problem` with its file line. A file that cannot be understood at all is an `ImsXlError`.

Both ledgers bear `doubtful`: rows of which an amount or the section could not be read. They are matched by what is left, but nobody may call them clean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ims_xl.hosts.safe_files import write_atomically
from ims_xl.readers.cleaning import clean_text, to_dates, to_gstins, to_paise
from ims_xl.readers.decimal_comma import decimal_commas, with_decimal_points
from ims_xl.readers.plain_csv import line_of_rows, read_csv, wanted_columns
from ims_xl.readers.register_words import document_types, flags, voucher_types
from ims_xl.vocabulary import AMOUNTS, SECTION_BY_KEY, ImsXlError, Problem, Section

IMS_COLUMNS: Final = ("section", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "place_of_supply", "document_value",
                      *AMOUNTS, "supplier_period", "filing_status", "original_document_number", "original_document_date")
IMS_REQUIRED: Final = ("section", "supplier_gstin", "document_number", "document_date", "taxable_value")
REGISTER_COLUMNS: Final = ("voucher_number", "voucher_type", "voucher_date", "document_type", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number",
                           "document_date", "place_of_supply", "document_value", "reverse_charge", *AMOUNTS, "itc_eligibility", "receipt_date", "supply_nature")
REGISTER_REQUIRED: Final = ("voucher_number", "taxable_value")
_WORDS: Final = {"voucher_type": voucher_types, "document_type": document_types, "reverse_charge": flags}
_ENDINGS: Final = (".csv", ".parquet")
_WITHOUT_GSTIN: Final = {name for section in (Section.IMPG, Section.IMPGA) for name in (section.key, section.value)}
_CREDIT_NOTES: Final = {name for section in Section if section.document_type.sign < 0 for name in (section.key, section.value)}


def read_table(path: Path, known: Collection[str], required: Collection[str]) -> tuple[dict[str, Any], list[Problem]]:
    """The known columns of a plain table as Arrow text ("" for blank), and the lines whose number of fields is wrong."""
    ending = _ending(path)
    if not path.is_file():
        raise ImsXlError(f"{path}: there is no such file.")
    try:
        table, headings, problems = (read_csv if ending == ".csv" else _read_parquet)(path, known)
    except OSError as wrong:
        raise ImsXlError(f"{path.name}: cannot be read ({str(wrong.strerror or wrong).splitlines()[0]}).") from None
    missing = [name for name in required if name not in table.column_names]
    if missing:
        shown = _listed(_shown(heading) for heading in headings[:20] if heading.strip()) or "none"
        raise ImsXlError(f"{path.name}: column {_listed(missing)} is missing; the headings in it are {shown}{' and more' if len(headings) > 20 else ''}.")
    return {name: _as_text(table.column(name), name, path) for name in table.column_names}, problems


def typed_ims(columns: dict[str, Any], path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """The IMS side as a ledger (a subset of IMS_LEDGER) with `doubtful`."""
    raw = _frame(columns)
    problems: list[Problem] = []
    sections = clean_text(raw["section"])
    unknown = _unknown_sections(sections, path)
    problems += _listed_cells(raw["section"], unknown, path, "section", f"is no section; taken as {Section.B2B.key}")
    ledger: dict[str, Any] = {"section": sections.mask(unknown, Section.B2B.key), "supplier_gstin": to_gstins(raw["supplier_gstin"])}
    formless = (raw["supplier_gstin"].str.strip() != "") & (ledger["supplier_gstin"].str.len() != 15)
    problems += _listed_cells(raw["supplier_gstin"], formless.to_numpy(), path, "supplier_gstin", "is not a GSTIN of 15 characters")
    renamed = {"original_document_number": "original_number"}
    for name in ("supplier_name", "place_of_supply", "document_number", "supplier_period", "filing_status", "original_document_number"):
        if name in raw:
            ledger[renamed.get(name, name)] = clean_text(raw[name])
    _common(raw, ledger, path, problems, {"document_date": "document_date", "original_document_date": "original_date"})
    problems += _blanks(raw["supplier_gstin"], (ledger["supplier_gstin"] == "").to_numpy() & ~_within(sections, _WITHOUT_GSTIN), path)
    problems += _blanks(raw["document_number"], (ledger["document_number"] == "").to_numpy(), path)
    problems += _blanks(raw["document_date"], np.isnat(ledger["document_date"]), path)
    _blank_amounts(raw["taxable_value"], ledger, path, problems)
    negative = (ledger["taxable_value"] < 0) & ~_within(sections, _CREDIT_NOTES)
    problems += _listed_cells(raw["taxable_value"], negative, path, "taxable_value", "is negative; the portal prints the amounts of such a document positive")
    ledger["doubtful"] |= unknown | negative
    return pd.DataFrame(ledger), _at_file_lines(_blank_rows_once(problems, raw, path), path, IMS_COLUMNS, len(raw))


def typed_register(columns: dict[str, Any], path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """The books' side as a ledger (a subset of REGISTER_LEDGER) with `doubtful`, a line each."""
    raw = _frame(columns)
    problems: list[Problem] = []
    ledger: dict[str, Any] = {}
    for name in ("voucher_number", "voucher_type", "document_type", "supplier_name", "place_of_supply", "document_number", "reverse_charge", "itc_eligibility", "supply_nature"):
        if name in raw:
            ledger[name] = clean_text(raw[name])
    said = ledger.get("reverse_charge")
    for name, read in _WORDS.items():
        if name in ledger:
            ledger[name] = read(ledger[name], len(raw))
    # A line without a voucher number is a voucher of its own.
    voucher = ledger["voucher_number"]
    nameless = (voucher == "").to_numpy()
    if nameless.any():
        ledger["voucher_number"] = voucher.mask(nameless, pd.Series([f"(line {at + 2})" for at in range(len(raw))], dtype="str"))
        problems += [Problem(path.name, "", int(at) + 2, "voucher_number", "blank; the line is taken as a voucher of its own") for at in np.flatnonzero(nameless)]
    if "supplier_gstin" in raw:
        ledger["supplier_gstin"] = to_gstins(raw["supplier_gstin"])
    _common(raw, ledger, path, problems, {name: name for name in ("voucher_date", "document_date", "receipt_date")})
    _blank_amounts(raw["taxable_value"], ledger, path, problems)
    if said is not None:
        unread = ((ledger["reverse_charge"] == "") & (said != "")).to_numpy(dtype=bool)
        problems += _listed_cells(said, unread, path, "reverse_charge", "is neither Y nor N; taken as N")
        ledger["doubtful"] |= unread
    return pd.DataFrame(ledger), _at_file_lines(_blank_rows_once(problems, raw, path), path, REGISTER_COLUMNS, len(raw))


def write_table(columns: dict[str, Sequence[Any] | np.ndarray | Any], path: Path) -> None:
    """Writes the columns as CSV or Parquet by the ending of `path`: the whole file or nothing."""
    table = pa.table({name: value if isinstance(value, (pa.Array, pa.ChunkedArray)) else pa.array(value) for name, value in columns.items()})
    if _ending(path) == ".parquet":
        from pyarrow import parquet

        write_atomically(path, lambda file: parquet.write_table(table, file))
    else:
        write_atomically(path, lambda file: arrow_csv.write_csv(table, file))


def check_ending(path: Path) -> None:
    """ImsXlError where the ending is neither .csv nor .parquet."""
    _ending(path)


def _common(raw: pd.DataFrame, ledger: dict[str, Any], path: Path, problems: list[Problem], dates: dict[str, str]) -> None:
    if "recipient_gstin" in raw:
        ledger["recipient_gstin"] = to_gstins(raw["recipient_gstin"])
    amounts = {name: raw[name] for name in (*AMOUNTS, "document_value") if name in raw}
    read = {name: to_paise(cells) for name, cells in amounts.items()}
    if any(bad.any() for _, bad in read.values()) and decimal_commas(amounts.values()):
        read = {name: to_paise(with_decimal_points(cells)) for name, cells in amounts.items()}
    ledger["doubtful"] = np.zeros(len(raw), dtype=bool)
    for name, (paise, bad) in read.items():
        ledger[name] = paise
        ledger["doubtful"] |= bad & (name != "document_value")
        problems += _listed_cells(raw[name], bad, path, name, "is not an amount; taken as blank")
    for name, target in dates.items():
        if name in raw:
            ledger[target], bad = to_dates(raw[name])
            problems += _listed_cells(raw[name], bad, path, name, "is not a date; taken as blank")


def _listed_cells(series: pd.Series, bad: np.ndarray, path: Path, field: str, what: str) -> list[Problem]:
    return [Problem(path.name, "", int(at) + 2, field, f"'{_shown(series.iat[at])}' {what}") for at in np.flatnonzero(bad)]


def _blanks(series: pd.Series, empty: np.ndarray, path: Path) -> list[Problem]:
    """Blank cells of a column that must be filled, among the rows where nothing was read."""
    rows = np.flatnonzero(empty)
    rows = rows[(series.iloc[rows].str.strip() == "").to_numpy(dtype=bool)]
    return [Problem(path.name, "", int(at) + 2, str(series.name), "is blank, and must not be") for at in rows]


def _blank_amounts(series: pd.Series, ledger: dict[str, Any], path: Path, problems: list[Problem]) -> None:
    """Lists the lines without a taxable value, and marks them doubtful."""
    without = np.flatnonzero(ledger["taxable_value"] == 0)
    without = without[(series.iloc[without].str.strip() == "").to_numpy(dtype=bool)]
    ledger["doubtful"][without] = True
    problems += [Problem(path.name, "", int(at) + 2, str(series.name), "is blank, and must not be") for at in without]


def _shown(cell: str) -> str:
    """A cell as a message may quote it: one line, and not the whole of a page."""
    text = "".join(character for character in cell[:200] if character.isprintable())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _within(sections: pd.Series, names: Collection[str]) -> np.ndarray:
    return np.asarray(sections.isin(list(names)), dtype=bool)


def _unknown_sections(sections: pd.Series, path: Path) -> np.ndarray:
    """Rows of no section that we know, such as totals; ImsXlError where no row has one: then it is another kind of file."""
    labels = {section.value for section in Section}
    unknown = sections.isin([value for value in sections.unique() if value not in SECTION_BY_KEY and value not in labels]).to_numpy()
    if unknown.any() and unknown.all():
        raise ImsXlError(f"{path.name}, line 2: section '{_shown(sections.iat[0])}' is unknown; expected one of {', '.join(SECTION_BY_KEY)}.")
    return np.asarray(unknown, dtype=bool)


def _blank_rows_once(problems: list[Problem], raw: pd.DataFrame, path: Path) -> list[Problem]:
    """Rows in which nothing stands at all, as Excel saves them by the thousand, are told once each, not once a column."""
    empty = (raw["taxable_value"].str.strip() == "").to_numpy(dtype=bool)
    rows = np.flatnonzero(empty)
    for name in raw:
        rows = rows[(raw[name].iloc[rows].str.strip() == "").to_numpy(dtype=bool)] if len(rows) else rows
    if not len(rows):
        return problems
    told = set((rows + 2).tolist())
    return [problem for problem in problems if problem.row not in told] + [Problem(path.name, "", row, "", "nothing stands in this line") for row in sorted(told)]


def _at_file_lines(problems: list[Problem], path: Path, known: Collection[str], rows: int) -> list[Problem]:
    """Problems of row + 2 moved to the line of the file on which that row begins."""
    if not problems or path.suffix.lower() != ".csv":
        return problems
    lines = line_of_rows(path, known, rows)
    return [replace(problem, row=int(lines[problem.row - 2])) for problem in problems]


def _read_parquet(path: Path, known: Collection[str]) -> tuple[Any, list[str], list[Problem]]:
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        headings = list(file.schema_arrow.names)
        wanted = wanted_columns(headings, known, path)
        table = file.read(columns=list(wanted))
        table.validate(full=True)            # bytes that spell no text would else come up somewhere in the matching
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, MemoryError) as wrong:
        raise ImsXlError(f"{path.name} is not a readable Parquet file ({(str(wrong).splitlines() or [''])[0][:200] or type(wrong).__name__}).") from wrong
    return table.rename_columns([wanted[name] for name in table.column_names]), headings, []


def _as_text(column: Any, name: str, path: Path) -> Any:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], type=array.type)
    try:
        if pa.types.is_timestamp(array.type):
            array = pc.strftime(array, format="%Y-%m-%d")
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        array = array.cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise ImsXlError(f"{path.name}: column '{name}' holds {array.type}, which cannot be read as text, numbers or dates.") from None
    return array.fill_null("") if array.null_count else array


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(pd.array(array, dtype="str")) for name, array in columns.items()})


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise ImsXlError(f"{path.name}: the ending must be .csv or .parquet, found '{path.suffix or 'none'}'.")
    return ending


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
