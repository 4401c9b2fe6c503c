"""Plain tables (CSV or Parquet by ending) in and out, every column as text: `000123` stays `000123`.

`read_table(path, required)` gives the columns as they stand; `typed_ims` and `typed_register` turn them into ledgers, listing each unreadable cell as a
`Problem` with its file line. A file that cannot be understood at all is an `ImsXlError`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ims_xl.hosts.safe_files import write_atomically
from ims_xl.readers.cleaning import clean_text, to_dates, to_gstins, to_paise
from ims_xl.vocabulary import AMOUNTS, SECTION_BY_KEY, ImsXlError, Problem, Section

IMS_COLUMNS: Final = ("section", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "place_of_supply", "document_value",
                      *AMOUNTS, "supplier_period", "filing_status", "original_document_number", "original_document_date")
IMS_REQUIRED: Final = ("section", "supplier_gstin", "document_number", "document_date", "taxable_value")
REGISTER_COLUMNS: Final = ("voucher_number", "voucher_type", "voucher_date", "document_type", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number",
                           "document_date", "place_of_supply", "document_value", "reverse_charge", *AMOUNTS, "itc_eligibility", "receipt_date", "supply_nature")
REGISTER_REQUIRED: Final = ("voucher_number", "taxable_value")
_ENDINGS: Final = (".csv", ".parquet")


def read_table(path: Path, known: Collection[str], required: Collection[str]) -> tuple[dict[str, Any], list[Problem]]:
    """The known columns of a plain table as Arrow text ("" for blank), and the lines whose number of fields is wrong."""
    ending = _ending(path)
    if not path.is_file():
        raise ImsXlError(f"{path}: there is no such file.")
    try:
        table, problems = (_read_csv if ending == ".csv" else _read_parquet)(path, known)
    except csv.Error as wrong:
        raise ImsXlError(f"{path.name}: the text cannot be split into columns ({wrong}).") from None
    missing = [name for name in required if name not in table.column_names]
    if missing:
        raise ImsXlError(f"{path.name}: column {_listed(missing)} is missing; found {_listed(table.column_names) or 'no columns we know'}.")
    return {name: _as_text(table.column(name)) for name in table.column_names}, problems


def typed_ims(columns: dict[str, Any], path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """The IMS side as a ledger (a subset of IMS_LEDGER)."""
    raw = _frame(columns)
    problems: list[Problem] = []
    sections = clean_text(raw["section"])
    _check_sections(sections, path)
    ledger = {"section": sections, "supplier_gstin": to_gstins(raw["supplier_gstin"])}
    formless = (raw["supplier_gstin"].str.strip() != "") & (ledger["supplier_gstin"].str.len() != 15)
    problems += [Problem(path.name, "", int(at) + 2, "supplier_gstin", f"'{raw['supplier_gstin'].iat[at]}' is not a GSTIN of 15 characters") for at in np.flatnonzero(formless)]
    renamed = {"original_document_number": "original_number"}
    for name in ("supplier_name", "place_of_supply", "document_number", "supplier_period", "filing_status", "original_document_number"):
        if name in raw:
            ledger[renamed.get(name, name)] = clean_text(raw[name])
    _common(raw, ledger, path, problems, {"document_date": "document_date", "original_document_date": "original_date"})
    return pd.DataFrame(ledger), problems


def typed_register(columns: dict[str, Any], path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """The books' side as a ledger (a subset of REGISTER_LEDGER), a line each."""
    raw = _frame(columns)
    problems: list[Problem] = []
    ledger: dict[str, Any] = {}
    for name in ("voucher_number", "voucher_type", "document_type", "supplier_name", "place_of_supply", "document_number", "reverse_charge", "itc_eligibility", "supply_nature"):
        if name in raw:
            ledger[name] = clean_text(raw[name])
    # A line without a voucher number is a voucher of its own.
    voucher = ledger["voucher_number"]
    nameless = (voucher == "").to_numpy()
    if nameless.any():
        ledger["voucher_number"] = voucher.mask(nameless, pd.Series([f"(line {at + 2})" for at in range(len(raw))], dtype="str"))
        problems += [Problem(path.name, "", int(at) + 2, "voucher_number", "blank; the line is taken as a voucher of its own") for at in np.flatnonzero(nameless)]
    if "supplier_gstin" in raw:
        ledger["supplier_gstin"] = to_gstins(raw["supplier_gstin"])
    _common(raw, ledger, path, problems, {name: name for name in ("voucher_date", "document_date", "receipt_date")})
    return pd.DataFrame(ledger), problems


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
    for name in (*AMOUNTS, "document_value"):
        if name in raw:
            ledger[name], bad = to_paise(raw[name])
            problems += _problems(raw[name], bad, path, name, "is not an amount")
    for name, target in dates.items():
        if name in raw:
            ledger[target], bad = to_dates(raw[name])
            problems += _problems(raw[name], bad, path, name, "is not a date")


def _problems(series: pd.Series, bad: np.ndarray, path: Path, field: str, what: str) -> list[Problem]:
    return [Problem(path.name, "", int(at) + 2, field, f"'{series.iat[at]}' {what}; taken as blank") for at in np.flatnonzero(bad)]


def _check_sections(sections: pd.Series, path: Path) -> None:
    labels = {section.value for section in Section}
    for value in sections.unique():
        if value not in SECTION_BY_KEY and value not in labels:
            row = int(np.flatnonzero((sections == value).to_numpy())[0]) + 2
            raise ImsXlError(f"{path.name}, line {row}: section '{value}' is unknown; expected one of {', '.join(SECTION_BY_KEY)}.")


def _read_csv(path: Path, known: Collection[str]) -> tuple[Any, list[Problem]]:
    data = path.read_bytes()
    if not data.strip():
        raise ImsXlError(f"{path.name} is empty; expected a table with headings in its first line.")
    data = _in_utf8(data)
    separator, headings = _headings(data, known)
    wanted = _wanted(headings, known, path)
    if not wanted:
        return pa.table({}), []
    types = {heading: pa.large_string() for heading in wanted}
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data), parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in data),
            convert_options=arrow_csv.ConvertOptions(column_types=types, include_columns=list(wanted), strings_can_be_null=False, quoted_strings_can_be_null=False))
        return table.rename_columns([wanted[name] for name in table.column_names]), []
    except (pa.ArrowInvalid, KeyError):
        return _read_ragged(data, separator, headings, wanted, path)


def _in_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 without a mark in front, whichever of the encodings that spreadsheets write it came in."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode("utf-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        data = data.decode("cp1252", errors="replace").encode("utf-8")
    return data.removeprefix(b"\xef\xbb\xbf") if b"\n" in data else data.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n")


def _headings(data: bytes, known: Collection[str]) -> tuple[str, list[str]]:
    """The separator under which the first line has most headings that we know, and those headings."""
    first = data[: 1 << 16].decode("utf-8", errors="ignore")
    readings = [(separator, next(csv.reader(io.StringIO(first, newline=""), delimiter=separator), [])) for separator in ",;\t|"]
    return max(readings, key=lambda reading: sum(heading.strip().lower() in known for heading in reading[1]))


def _read_ragged(data: bytes, separator: str, headings: list[str], wanted: dict[str, str], path: Path) -> tuple[Any, list[Problem]]:
    """Line by line, for a file with lines of another length: short ones are filled with blanks, longer ones cut, both reported."""
    problems: list[Problem] = []
    columns: dict[str, list[str]] = {name: [] for name in wanted.values()}
    places = {name: headings.index(heading) for heading, name in wanted.items()}
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=separator)
    next(reader)
    for fields in reader:
        if not fields:
            continue
        if len(fields) != len(headings):
            if len(fields) < len(headings) or any(text.strip() for text in fields[len(headings):]):
                problems.append(Problem(path.name, "", reader.line_num, "", f"has {len(fields)} fields where the headings are {len(headings)}"))
            fields = fields[: len(headings)] + [""] * (len(headings) - len(fields))
        for name, place in places.items():
            columns[name].append(fields[place])
    return pa.table({name: pa.array(values, type=pa.large_string()) for name, values in columns.items()}), problems


def _read_parquet(path: Path, known: Collection[str]) -> tuple[Any, list[Problem]]:
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        wanted = _wanted(file.schema_arrow.names, known, path)
        table = file.read(columns=list(wanted))
    except (pa.ArrowInvalid, OSError) as wrong:
        raise ImsXlError(f"{path.name} is not a readable Parquet file ({str(wrong).splitlines()[0]}).") from wrong
    return table.rename_columns([wanted[name] for name in table.column_names]), []


def _wanted(headings: Sequence[str], known: Collection[str], path: Path) -> dict[str, str]:
    """Heading in the file -> column name, for the columns we know."""
    wanted: dict[str, str] = {}
    for heading in headings:
        name = heading.strip().lower()
        if name in known:
            if name in wanted.values():
                raise ImsXlError(f"{path.name}: the heading '{name}' stands there twice; keep one.")
            wanted[heading] = name
    return wanted


def _as_text(column: Any) -> Any:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], type=array.type)
    if pa.types.is_timestamp(array.type):
        array = pc.strftime(array, format="%Y-%m-%d")
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    array = array.cast(pa.large_string())
    return array.fill_null("") if array.null_count else array


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(pd.array(array, dtype="str")) for name, array in columns.items()})


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise ImsXlError(f"{path.name}: the ending must be .csv or .parquet, found '{path.suffix or 'none'}'.")
    return ending


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
