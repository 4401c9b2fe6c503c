"""What earlier periods claimed, deferred and answered: a small database beside the client's books.

SQLite in `.ims-xl/history.sqlite` beside the books; where the environment variable IMS_XL_HISTORY holds a SQLAlchemy URL, that
database for all clients (a firm may keep one PostgreSQL). A period is recorded when its book is signed or rolled over; a closed
period is never rewritten: what arrives late is told as "cleared in".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import sqlalchemy as sa

from ims_xl.history_tables import BOXES, DOCUMENTS, FILES, META, MOVES, PERIODS, upgraded
from ims_xl.period import Period
from ims_xl.state import EARLIER_COLUMNS, BookState, empty
from ims_xl.vocabulary import HEADS, Action, ImsXlError

FILE: Final = "history.sqlite"
ADDRESS: Final = "IMS_XL_HISTORY"
"""The environment variable with a SQLAlchemy URL; it may hold a password, so it is never printed or stored."""
_TABLES: Final = (DOCUMENTS, MOVES, BOXES, FILES, PERIODS)
_MISMATCHES: Final = ("value", "gstin", "date", "number")


@dataclass(frozen=True)
class Entry:
    """What the history keeps of one period: a row of `periods`, and frames with the columns of the other tables."""

    gstin: str
    period: str
    book: str
    matched: int
    on_portal: int
    documents: pd.DataFrame
    moves: pd.DataFrame
    boxes: pd.DataFrame
    files: pd.DataFrame


_P = ParamSpec("_P")
_R = TypeVar("_R")


def _sound(question: Callable[_P, _R]) -> Callable[_P, _R]:
    """A question that ends in an ImsXlError where the database holds values of another kind than its columns: SQLite keeps any value in any column."""

    @wraps(question)
    def asked(*given: _P.args, **named: _P.kwargs) -> _R:
        try:
            return question(*given, **named)
        except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as wrong:
            raise _damaged(type(wrong).__name__) from None

    return asked


@dataclass(frozen=True)
class History:
    """One database of history; open it with `open_history`."""

    engine: sa.Engine

    def record(self, entry: Entry, closed: bool) -> None:
        """Keeps what this period decided. A period that is closed already stays as it is: an ImsXlError where anything would differ."""
        gstin, period = entry.gstin, entry.period
        with self.engine.begin() as db:
            held = db.execute(sa.select(PERIODS.c.closed).where(PERIODS.c.gstin == gstin, PERIODS.c.period == period)).scalar()
            if held:
                if self._same(db, gstin, period, entry.documents):
                    return
                raise ImsXlError(f"The history of {gstin} has {period} as closed with other decisions; a closed month is not rewritten.")
            for table in _TABLES:
                db.execute(sa.delete(table).where(table.c.gstin == gstin, table.c.period == period))
            now = datetime.now(UTC).isoformat(timespec="seconds")
            db.execute(sa.insert(PERIODS), [{"gstin": gstin, "period": period, "recorded_at": now, "closed": closed, "book": entry.book, "matched": entry.matched, "on_portal": entry.on_portal}])
            for table, frame in ((DOCUMENTS, entry.documents), (MOVES, entry.moves), (BOXES, entry.boxes), (FILES, entry.files)):
                if len(frame):
                    db.execute(sa.insert(table), _rows(frame.assign(gstin=gstin, period=period), table))

    def _same(self, db: sa.Connection, gstin: str, period: str, documents: pd.DataFrame) -> bool:
        kept = db.execute(sa.select(DOCUMENTS.c.key, DOCUMENTS.c.action, *(DOCUMENTS.c[h] for h in HEADS)).where(DOCUMENTS.c.gstin == gstin, DOCUMENTS.c.period == period))
        return {tuple(row) for row in kept} == {tuple(row) for row in documents[["key", "action", *HEADS]].itertuples(index=False)}

    @_sound
    def earlier(self, gstin: str, before: Period) -> pd.DataFrame:
        """EARLIER_COLUMNS: the documents of periods before that one whose credit was counted or that were rejected, latest period last."""
        query = (
            sa.select(*(sa.cast(DOCUMENTS.c[name], sa.Text) if kind == "date" else DOCUMENTS.c[name] for name, kind in EARLIER_COLUMNS.items()))
            .where(DOCUMENTS.c.gstin == gstin, DOCUMENTS.c.period < str(before), sa.or_(DOCUMENTS.c.counted, DOCUMENTS.c.action == Action.REJECT.value))
            .order_by(DOCUMENTS.c.period, DOCUMENTS.c.key)
        )
        return self._frame(query, EARLIER_COLUMNS)

    @_sound
    def trend(self, gstin: str) -> pd.DataFrame:
        """period, match_rate (0 to 1), documents: the line on Home."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(PERIODS.c.period, PERIODS.c.matched, PERIODS.c.on_portal).where(PERIODS.c.gstin == gstin).order_by(PERIODS.c.period)).all()
        return pd.DataFrame([(p, m / n if n else 0.0, n) for p, m, n in rows], columns=["period", "match_rate", "documents"])

    @_sound
    def suppliers(self, gstin: str, before: Period) -> pd.DataFrame:
        """Per supplier GSTIN over the periods before: documents, periods, mismatches, rejections, late (documents of an earlier month than their 2B), months_late (their sum)."""
        d = DOCUMENTS.c
        months = sa.case((d.months_late > 0, d.months_late), else_=0)
        query = sa.select(
            d.supplier_gstin, sa.func.max(d.supplier_name), sa.func.count(), sa.func.count(sa.distinct(d.period)),
            sa.func.sum(sa.case((d.match_class.in_(_MISMATCHES), 1), else_=0)), sa.func.sum(sa.case((d.action == Action.REJECT.value, 1), else_=0)),
            sa.func.sum(sa.case((d.months_late > 0, 1), else_=0)), sa.func.sum(months),
        ).where(d.gstin == gstin, d.period < str(before)).group_by(d.supplier_gstin).order_by(d.supplier_gstin)
        with self.engine.connect() as db:
            rows = [tuple(row) for row in db.execute(query)]
        names = ["supplier_gstin", "supplier_name", "documents", "periods", "mismatches", "rejections", "late", "months_late"]
        return pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[2:], "int64"))

    @_sound
    def year_to_date(self, gstin: str, financial_year: int, before: Period | None = None) -> pd.DataFrame:
        """period, closed, credit_<head> (credit of GSTR-2B), net_<head> (4(C) of GSTR-3B) per recorded period April to March, paise: the start of GSTR-9."""
        first, last = f"{financial_year}-04", f"{financial_year + 1}-03"
        within = [BOXES.c.gstin == gstin, BOXES.c.period.between(first, last), BOXES.c.box.in_(("2B", "4C"))]
        if before is not None:
            within.append(BOXES.c.period < str(before))
        with self.engine.connect() as db:
            rows = db.execute(sa.select(BOXES.c.period, BOXES.c.box, *(BOXES.c[h] for h in HEADS)).where(*within)).all()
            closed = {str(p): bool(c) for p, c in db.execute(sa.select(PERIODS.c.period, PERIODS.c.closed).where(PERIODS.c.gstin == gstin))}
        lines = {period: {"period": period, "closed": closed.get(period, False)} for period in sorted({str(row[0]) for row in rows})}
        for period, box, *amounts in rows:
            lines[str(period)] |= {f"{'credit' if box == '2B' else 'net'}_{head}": int(value) for head, value in zip(HEADS, amounts)}
        names = ["period", "closed", *(f"credit_{h}" for h in HEADS), *(f"net_{h}" for h in HEADS)]
        return pd.DataFrame(list(lines.values()), columns=names)

    @_sound
    def boxes(self, gstin: str, financial_year: int) -> dict[str, dict[str, int]]:
        """The year's sum of every recorded box of GSTR-3B ("4A1" ...) and of the credit of GSTR-2B ("2B"), paise by head."""
        query = (
            sa.select(BOXES.c.box, *(sa.func.sum(BOXES.c[h]) for h in HEADS))
            .where(BOXES.c.gstin == gstin, BOXES.c.period.between(f"{financial_year}-04", f"{financial_year + 1}-03")).group_by(BOXES.c.box).order_by(BOXES.c.box)
        )
        with self.engine.connect() as db:
            return {str(box): {head: int(value) for head, value in zip(HEADS, amounts)} for box, *amounts in db.execute(query)}

    @_sound
    def cleared(self, gstin: str, before: Period, since: str = "") -> pd.DataFrame:
        """Documents and vouchers that waited when a month was closed and were taken in a later period before that one: who, since, period, itc (paise)."""
        m = MOVES.c
        names = ("side", "kind", "supplier_gstin", "supplier_name", "document_number", "document_date", "since", "period", "itc")
        query = sa.select(*(m[n] for n in names)).where(m.gstin == gstin, m.period < str(before), m.period >= since, m.since < m.period, m.fate.startswith("cleared")).order_by(m.period, m.key)
        with self.engine.connect() as db:
            frame = pd.DataFrame([tuple(row) for row in db.execute(query)], columns=list(names))
        return frame.assign(document_date=pd.to_datetime(frame["document_date"]).astype("datetime64[s]"), itc=frame["itc"].astype("int64"))

    def _frame(self, query: sa.Select[Any], schema: Mapping[str, str]) -> pd.DataFrame:
        """Dates come as ISO text: a hundred thousand of them are read at once, not one by one."""
        with self.engine.connect() as db:
            columns = list(zip(*db.execute(query).all()))
        blank = empty(schema)
        if not columns:
            return blank
        made = {
            name: np.array([day or "NaT" for day in values], dtype="datetime64[s]") if kind == "date" else pd.array(values, dtype=blank[name].dtype) if kind == "text"
            else np.array(values, dtype=blank[name].dtype)
            for (name, kind), values in zip(schema.items(), columns)
        }
        return pd.DataFrame(made)


@contextmanager
def open_history(where: str | Path) -> Iterator[History]:
    """The history at a SQLAlchemy URL, or in the `.ims-xl` folder beside a book or in a client's folder (a path)."""
    try:
        url = sa.make_url(where) if isinstance(where, str) and "://" in where else _sqlite_url(Path(where))
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, connect_args={"connect_timeout": 10} if url.drivername == "postgresql+psycopg" else {})
    except (sa.exc.SQLAlchemyError, ImportError, ValueError, OSError) as wrong:
        raise _unreachable(wrong) from None
    made = Path(url.database) if url.drivername == "sqlite" and url.database and not Path(url.database).exists() else None
    try:
        _prepare(engine)
        made = None
        yield History(engine)
    except sa.exc.SQLAlchemyError as wrong:
        raise _unreachable(wrong) from None
    finally:
        engine.dispose()
        if made is not None:
            made.unlink(missing_ok=True)     # half a database, on a full disk, is nobody's history


def place(folder: Path) -> str | Path:
    """Where the history of the books in that folder stands: the database of IMS_XL_HISTORY, else the file beside them."""
    return os.environ.get(ADDRESS, "").strip() or history_beside(folder)


def history_beside(book: Path) -> Path:
    """The SQLite file of the books in that folder."""
    return (book if book.is_dir() else book.parent) / ".ims-xl" / FILE


def has_history(folder: Path) -> bool:
    """Whether there is one to ask: an address in the environment, or a file beside the books."""
    return bool(os.environ.get(ADDRESS, "").strip()) or history_beside(folder).exists()


@_sound
def remembered(state: BookState, folder: Path) -> tuple[BookState, dict[str, pd.DataFrame]]:
    """The state with what the history knows of earlier periods over what rollover carried, and the frames that tabs show of them."""
    period = state.settings.period
    if period is None or not has_history(folder):
        return state, {}
    gstin, year = state.settings.gstin, period.financial_year
    with open_history(place(folder)) as history:
        found = history.earlier(gstin, period)
        trend = history.trend(gstin)
        frames = {"Suppliers": _record(history.suppliers(gstin, period)), "Year": history.year_to_date(gstin, year, period), "Cleared": history.cleared(gstin, period, f"{year}-04")}
    before = trend[trend["period"] < str(period)]
    frames["Trend"] = pd.DataFrame({"period": before["period"], "match_percent": (before["match_rate"] * 100).round(1)}).reset_index(drop=True)
    return (replace(state, earlier=_together([state.earlier, found])) if len(found) else state), frames


def _record(suppliers: pd.DataFrame) -> pd.DataFrame:
    """supplier_gstin, record: how the recorded periods went, in a few words."""
    words = [
        f"{s.documents} documents in {s.periods} period{'s' if s.periods > 1 else ''}"
        + (f", {s.mismatches} with a difference ({s.mismatches / s.documents:.0%})" if s.mismatches else "") + (f", {s.rejections} rejected" if s.rejections else "")
        + (f", {s.late} late by {s.months_late / s.late:.1f} months on average" if s.late else ", none late")
        for s in suppliers.itertuples()
    ]
    return pd.DataFrame({"supplier_gstin": suppliers["supplier_gstin"], "record": pd.array(words, dtype="str")})


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """A document carried by the book and found in the history stands once per period."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty(EARLIER_COLUMNS)
    whole = pd.concat(filled, ignore_index=True)
    return whole.drop_duplicates(["key", "period"], keep="first").reset_index(drop=True).astype(empty(EARLIER_COLUMNS).dtypes.to_dict())


def _prepare(engine: sa.Engine) -> None:
    """Tables where they are missing, columns that a later version added where they are missing; two that begin at once do not collide."""
    try:
        META.create_all(engine)
    except (sa.exc.ProgrammingError, sa.exc.IntegrityError, sa.exc.OperationalError):
        META.create_all(engine)   # the other one made them meanwhile
    upgraded(engine)


def _whose() -> str:
    return f"the database that {ADDRESS} names" if os.environ.get(ADDRESS, "").strip() else "the file .ims-xl/history.sqlite beside the books"


def _damaged(why: str) -> ImsXlError:
    return ImsXlError(f"The history is damaged: {_whose()} holds a value that its column cannot hold ({why}). Put a copy of it back, or move it away: the months that are signed from then on are remembered anew.")


def _unreachable(wrong: Exception) -> ImsXlError:
    # The message of the database is left out, since it may repeat the password of the URL; these words of SQLite's cannot.
    told = str(getattr(wrong, "orig", ""))
    for words, why in ((("disk is full", "disk I/O"), "the disk is full; free some space and run again"), (("readonly", "unable to open"), "no leave to write in that folder")):
        if any(word in told for word in words) or (isinstance(wrong, PermissionError) and "readonly" in words):
            return ImsXlError(f"The history cannot be used, {_whose()}: {why}.")
    return ImsXlError(f"The history cannot be used ({type(wrong).__name__}): check {_whose()}; for PostgreSQL also that the driver is there (pip install 'ims-xl[postgresql]').")


def _sqlite_url(path: Path) -> sa.URL:
    file = path if path.suffix == ".sqlite" else history_beside(path)
    file.parent.mkdir(exist_ok=True)
    return sa.URL.create("sqlite", database=str(file))


def _rows(frame: pd.DataFrame, table: sa.Table) -> list[dict[str, Any]]:
    """Plain values, one dict a row; dates as dates, text without the characters that a database refuses."""
    plain: dict[str, list[Any]] = {}
    for column in table.columns:
        values = frame[column.name]
        if isinstance(column.type, sa.Date):
            days = pd.to_datetime(values)
            plain[column.name] = [None if pd.isna(d) else d.date() for d in days]
        elif isinstance(column.type, sa.String):
            plain[column.name] = [str(v).replace("\x00", "").encode("utf-8", "replace").decode() for v in values]
        else:
            plain[column.name] = np.asarray(values).tolist()
    return [dict(zip(plain, row)) for row in zip(*plain.values())]
