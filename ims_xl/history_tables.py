"""The tables of the history: periods, documents with their decisions, what waited and moved, boxes of the returns, files with their hashes."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from ims_xl.vocabulary import HEADS

META: Final = sa.MetaData()


def _of_period() -> list[sa.Column[str]]:
    return [sa.Column("gstin", sa.String(15), primary_key=True), sa.Column("period", sa.String(7), primary_key=True)]


def _text(name: str, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False, server_default="" if not key else None)


def _amounts() -> list[sa.Column[int]]:
    return [sa.Column(head, sa.BigInteger, nullable=False, server_default="0") for head in HEADS]


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


PERIODS: Final = sa.Table(
    "periods", META, *_of_period(), _text("recorded_at"), sa.Column("closed", sa.Boolean, nullable=False), _text("book"), _count("matched"), _count("on_portal"),
)
DOCUMENTS: Final = sa.Table(
    "documents", META, *_of_period(), _text("key", key=True), _text("section"), _text("supplier_gstin"), _text("supplier_name"), _text("document_number"),
    sa.Column("document_date", sa.Date), _text("supplier_period"), _text("action"), _text("set_by"), _text("rule"), _text("match_class"),
    sa.Column("counted", sa.Boolean, nullable=False), sa.Column("filed_3b", sa.Boolean, nullable=False), _count("months_late"),
    sa.Column("taxable_value", sa.BigInteger, nullable=False), *_amounts(),
    sa.Index("documents_key", "gstin", "key"),
)
MOVES: Final = sa.Table(
    "moves", META, *_of_period(), _text("side", key=True), _text("key", key=True), _text("kind"), _text("supplier_gstin"), _text("supplier_name"), _text("document_number"),
    sa.Column("document_date", sa.Date), sa.Column("since", sa.String(7), nullable=False), _text("fate"), sa.Column("itc", sa.BigInteger, nullable=False),
)
BOXES: Final = sa.Table("boxes", META, *_of_period(), sa.Column("box", sa.String(12), primary_key=True), *_amounts())
FILES: Final = sa.Table(
    "files", META, *_of_period(), sa.Column("sha256", sa.String(64), primary_key=True), _text("file"), _text("kind"), _count("rows"), _text("read_at"),
)


def upgraded(engine: sa.Engine) -> None:
    """Adds the columns that an older version's tables lack; what they would have held is blank or nought."""
    inspector = sa.inspect(engine)
    for table in META.sorted_tables:
        there = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                with engine.begin() as db:
                    db.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {sa.schema.CreateColumn(column).compile(engine)}"))
