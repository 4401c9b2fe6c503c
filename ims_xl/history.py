"""What earlier periods claimed, deferred and answered: a small database beside the client's books.

SQLite in `.ims-xl/history.sqlite` by default, any SQLAlchemy URL otherwise (a firm may keep one PostgreSQL for all). A period is
recorded when its book is signed or rolled over; a closed period is never rewritten: what arrives late is told as "cleared in".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa

from ims_xl.period import Period
from ims_xl.state import EARLIER_COLUMNS, BookState, Reconciliation, empty
from ims_xl.vocabulary import HEADS, Action, Change, ImsXlError, Section

FILE: Final = "history.sqlite"
_META = sa.MetaData()
_PERIODS = sa.Table(
    "periods", _META,
    sa.Column("gstin", sa.String(15), primary_key=True), sa.Column("period", sa.String(7), primary_key=True),
    sa.Column("recorded_at", sa.String(32), nullable=False), sa.Column("closed", sa.Boolean, nullable=False), sa.Column("book", sa.String(400), nullable=False),
    sa.Column("matched", sa.Integer, nullable=False), sa.Column("on_portal", sa.Integer, nullable=False),
)
_DOCUMENTS = sa.Table(
    "documents", _META,
    sa.Column("gstin", sa.String(15), primary_key=True), sa.Column("period", sa.String(7), primary_key=True), sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("section", sa.String(12), nullable=False), sa.Column("supplier_gstin", sa.String(15), nullable=False), sa.Column("supplier_name", sa.String(200), nullable=False),
    sa.Column("document_number", sa.String(60), nullable=False), sa.Column("document_date", sa.Date), sa.Column("supplier_period", sa.String(6), nullable=False),
    sa.Column("action", sa.String(12), nullable=False), sa.Column("set_by", sa.String(8), nullable=False), sa.Column("rule", sa.String(80), nullable=False),
    sa.Column("match_class", sa.String(16), nullable=False), sa.Column("counted", sa.Boolean, nullable=False), sa.Column("filed_3b", sa.Boolean, nullable=False),
    sa.Column("taxable_value", sa.BigInteger, nullable=False), *(sa.Column(head, sa.BigInteger, nullable=False) for head in HEADS),
    sa.Index("documents_supplier", "gstin", "supplier_gstin"), sa.Index("documents_key", "gstin", "key"),
)
_FILES = sa.Table(
    "files", _META,
    sa.Column("gstin", sa.String(15), primary_key=True), sa.Column("period", sa.String(7), primary_key=True), sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("file", sa.String(400), nullable=False), sa.Column("kind", sa.String(16), nullable=False), sa.Column("rows", sa.Integer, nullable=False), sa.Column("read_at", sa.String(32), nullable=False),
)
_MATCHED: Final = ("exact", "tolerance", "number", "date", "value", "gstin", "grouped")


@dataclass(frozen=True)
class History:
    """One database of history; open it with `open_history`."""

    engine: sa.Engine

    def record(self, rec: Reconciliation, book: str, closed: bool) -> None:
        """Keeps what this period decided. A period that is closed already stays as it is: an ImsXlError where anything would differ."""
        gstin, period = rec.state.settings.gstin, str(rec.state.settings.period)
        documents = _documents(rec)
        files = rec.state.files.assign(gstin=gstin, period=period)[["gstin", "period", "sha256", "file", "kind", "rows", "read_at"]].drop_duplicates("sha256")
        classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result]
        live = (rec.state.work["change"] != Change.GONE).to_numpy(dtype=bool)
        with self.engine.begin() as db:
            held = db.execute(sa.select(_PERIODS.c.closed).where(_PERIODS.c.gstin == gstin, _PERIODS.c.period == period)).scalar()
            if held:
                if self._same(db, gstin, period, documents):
                    return
                raise ImsXlError(f"The history of {gstin} has {period} as closed with other decisions; a closed month is not rewritten.")
            for table in (_DOCUMENTS, _FILES, _PERIODS):
                db.execute(sa.delete(table).where(table.c.gstin == gstin, table.c.period == period))
            db.execute(sa.insert(_PERIODS), [{
                "gstin": gstin, "period": period, "recorded_at": datetime.now(UTC).isoformat(timespec="seconds"), "closed": closed, "book": book,
                "matched": int((np.isin(classes, _MATCHED) & live).sum()), "on_portal": int(live.sum()),
            }])
            if len(documents):
                db.execute(sa.insert(_DOCUMENTS), [{str(k): v for k, v in row.items()} for row in documents.to_dict("records")])
            if len(files):
                db.execute(sa.insert(_FILES), [{str(k): v for k, v in row.items()} for row in files.to_dict("records")])

    def _same(self, db: sa.Connection, gstin: str, period: str, documents: pd.DataFrame) -> bool:
        kept = db.execute(sa.select(_DOCUMENTS.c.key, _DOCUMENTS.c.action, *(_DOCUMENTS.c[h] for h in HEADS)).where(_DOCUMENTS.c.gstin == gstin, _DOCUMENTS.c.period == period))
        return {tuple(row) for row in kept} == {tuple(row) for row in documents[["key", "action", *HEADS]].itertuples(index=False)}

    def earlier(self, gstin: str, before: Period) -> pd.DataFrame:
        """EARLIER_COLUMNS: the documents of periods before that one whose credit was counted or that were rejected, latest period last."""
        query = (
            sa.select(*(_DOCUMENTS.c[name] for name in EARLIER_COLUMNS))
            .where(_DOCUMENTS.c.gstin == gstin, _DOCUMENTS.c.period < str(before), sa.or_(_DOCUMENTS.c.counted, _DOCUMENTS.c.action == Action.REJECT.value))
            .order_by(_DOCUMENTS.c.period, _DOCUMENTS.c.key)
        )
        return self._frame(query, EARLIER_COLUMNS)

    def trend(self, gstin: str) -> pd.DataFrame:
        """period, match_rate (0 to 1), documents: the line on Home."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(_PERIODS.c.period, _PERIODS.c.matched, _PERIODS.c.on_portal).where(_PERIODS.c.gstin == gstin).order_by(_PERIODS.c.period)).all()
        return pd.DataFrame([(p, m / n if n else 0.0, n) for p, m, n in rows], columns=["period", "match_rate", "documents"])

    def suppliers(self, gstin: str) -> pd.DataFrame:
        """Per supplier GSTIN: documents, periods, mismatches, rejections, months late (2B period against the document's month) on average."""
        query = sa.select(_DOCUMENTS.c.supplier_gstin, _DOCUMENTS.c.supplier_name, _DOCUMENTS.c.period, _DOCUMENTS.c.document_date, _DOCUMENTS.c.action, _DOCUMENTS.c.match_class).where(_DOCUMENTS.c.gstin == gstin)
        with self.engine.connect() as db:
            frame = pd.DataFrame(db.execute(query).all(), columns=["supplier_gstin", "supplier_name", "period", "document_date", "action", "match_class"])
        if frame.empty:
            return pd.DataFrame(columns=["supplier_gstin", "supplier_name", "documents", "periods", "mismatches", "rejections", "months_late"])
        day = pd.to_datetime(frame["document_date"])
        months = frame["period"].str[:4].astype(int) * 12 + frame["period"].str[5:].astype(int)
        frame["late"] = (months - (day.dt.year * 12 + day.dt.month)).clip(lower=0)
        grouped = frame.groupby("supplier_gstin", sort=True)
        return pd.DataFrame({
            "supplier_name": grouped["supplier_name"].last(), "documents": grouped.size(), "periods": grouped["period"].nunique(),
            "mismatches": grouped["match_class"].agg(lambda c: int(c.isin(["value", "gstin", "date", "number"]).sum())),
            "rejections": grouped["action"].agg(lambda a: int((a == Action.REJECT.value).sum())), "months_late": grouped["late"].mean().fillna(0.0),
        }).reset_index()

    def year_to_date(self, gstin: str, financial_year: int) -> dict[str, int]:
        """Credit counted in the 2B periods April to March, paise by head, credit notes taken off: the start of GSTR-9 table 6."""
        first, last = f"{financial_year}-04", f"{financial_year + 1}-03"
        notes = [s.value for s in Section if s.document_type.sign < 0]
        sign = sa.case((_DOCUMENTS.c.section.in_(notes), -1), else_=1)
        query = sa.select(*(sa.func.coalesce(sa.func.sum(_DOCUMENTS.c[h] * sign), 0) for h in HEADS)).where(
            _DOCUMENTS.c.gstin == gstin, _DOCUMENTS.c.counted, _DOCUMENTS.c.period.between(first, last)
        )
        with self.engine.connect() as db:
            row = db.execute(query).one()
        return {head: int(value) for head, value in zip(HEADS, row)}

    def cleared_in(self, gstin: str, waiting: Mapping[str, str]) -> dict[str, str]:
        """For documents that waited in a closed period ({key: period}): the later period that counted them, where one did."""
        found: dict[str, str] = {}
        keys = list(waiting)
        with self.engine.connect() as db:
            for start in range(0, len(keys), 500):
                query = sa.select(_DOCUMENTS.c.key, sa.func.min(_DOCUMENTS.c.period)).where(_DOCUMENTS.c.gstin == gstin, _DOCUMENTS.c.counted, _DOCUMENTS.c.key.in_(keys[start : start + 500])).group_by(_DOCUMENTS.c.key)
                found |= {key: period for key, period in db.execute(query) if period > waiting[key]}
        return found

    def _frame(self, query: sa.Select[Any], schema: Mapping[str, str]) -> pd.DataFrame:
        with self.engine.connect() as db:
            rows = db.execute(query).all()
        if not rows:
            return empty(schema)
        blank = empty(schema)
        frame = pd.DataFrame([tuple(row) for row in rows], columns=list(schema))
        for name, kind in schema.items():
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]") if kind == "date" else frame[name].astype(blank[name].dtype)
        return frame


@contextmanager
def open_history(where: str | Path) -> Iterator[History]:
    """The history at a SQLAlchemy URL, or in the `.ims-xl` folder beside a book or in a client's folder (a path)."""
    url: str | sa.URL = where if isinstance(where, str) and "://" in where else _sqlite_url(Path(where))
    try:
        engine = sa.create_engine(url)
        _META.create_all(engine)
    except (sa.exc.SQLAlchemyError, ImportError) as wrong:
        # The message of the database is left out: it may repeat the password of the URL.
        raise ImsXlError(f"The history database cannot be opened ({type(wrong).__name__}); check its address and that its driver is installed.") from None
    try:
        yield History(engine)
    finally:
        engine.dispose()


def history_beside(book: Path) -> Path:
    """Where the history of the books in that folder stands."""
    return (book if book.is_dir() else book.parent) / ".ims-xl" / FILE


def with_history(state: BookState, folder: Path) -> BookState:
    """The state with what the history beside the book knows of earlier periods, over what was carried by rollover."""
    if state.settings.period is None or not history_beside(folder).exists():
        return state
    with open_history(folder) as history:
        found = history.earlier(state.settings.gstin, state.settings.period)
    if found.empty:
        return state
    return replace(state, earlier=_together([state.earlier, found]))


def trend_frame(state: BookState, folder: Path) -> pd.DataFrame:
    """period, match_percent: the closed periods before the book's own, oldest first."""
    with open_history(folder) as history:
        trend = history.trend(state.settings.gstin)
    trend = trend[trend["period"] < str(state.settings.period)]
    return pd.DataFrame({"period": trend["period"], "match_percent": (trend["match_rate"] * 100).round(1)}).reset_index(drop=True)


def _together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """A document carried by the book and found in the history stands once per period."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty(EARLIER_COLUMNS)
    whole = pd.concat(filled, ignore_index=True)
    return whole.drop_duplicates(["key", "period"], keep="first").reset_index(drop=True).astype(empty(EARLIER_COLUMNS).dtypes.to_dict())


def _sqlite_url(path: Path) -> sa.URL:
    file = path if path.suffix == ".sqlite" else history_beside(path)
    file.parent.mkdir(exist_ok=True)
    return sa.URL.create("sqlite", database=str(file))


def _documents(rec: Reconciliation) -> pd.DataFrame:
    """One row per live document of the period's book, as it was decided."""
    state = rec.state
    keep = np.flatnonzero((state.work["change"] != Change.GONE).to_numpy(dtype=bool))
    action = state.work["action"].to_numpy(dtype=object)[keep]
    counts = rec.gstr2b.rows["counts"].to_numpy(dtype=bool)[keep]
    days = state.ims["document_date"].iloc[keep]
    frame = state.ims.iloc[keep][["key", "section", "supplier_gstin", "supplier_name", "document_number", "supplier_period", "taxable_value", *HEADS]].reset_index(drop=True)
    frame["document_date"] = pd.Series([None if pd.isna(d) else d.date() for d in days], dtype=object)
    frame["action"] = action
    frame["set_by"] = state.work["set_by"].to_numpy(dtype=object)[keep]
    frame["rule"] = rec.decisions["rule"].to_numpy(dtype=object)[keep]
    frame["match_class"] = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result[keep]]
    frame["counted"] = counts & np.isin(action, [Action.ACCEPT.value, Action.NO_ACTION.value])
    frame["filed_3b"] = counts
    return frame.assign(gstin=state.settings.gstin, period=str(state.settings.period)).drop_duplicates("key")
