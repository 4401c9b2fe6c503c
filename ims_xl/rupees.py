"""Paise as text: plain where a program reads on, in lakhs and crores where a person does. Both are exact."""

from __future__ import annotations


def plain(paise: int) -> str:
    """-123450 -> "-1234.50"."""
    sign, paise = ("-", -paise) if paise < 0 else ("", paise)
    return f"{sign}{paise // 100}.{paise % 100:02d}"


def grouped(paise: int) -> str:
    """-123456789 -> "-12,34,567.89"."""
    whole, cents = divmod(abs(paise), 100)
    head, tail = str(whole)[:-3], str(whole)[-3:]
    while head:
        head, tail = head[:-2], f"{head[-2:]},{tail}"
    return f"{'-' if paise < 0 else ''}{tail}.{cents:02d}"
