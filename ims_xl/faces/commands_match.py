"""`ims-xl match IMS REGISTER -o MATCHES`: the matching engine alone, on plain tables."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ims_xl.faces.cli import common, is_quiet
from ims_xl.hosts.safe_files import write_bytes
from ims_xl.vocabulary import ImsXlError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from ims_xl.state import Links


@click.command(name="match", help="Match IMS documents with a purchase register, both plain tables (.csv or .parquet).")
@click.argument("ims", type=click.Path(path_type=Path))
@click.argument("register", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the matches go (.csv or .parquet).")
@click.option("--report", type=click.Path(path_type=Path), help="Counts by class, problems and seconds, as JSON.")
@click.option("--explain", "explained", metavar="ROW", multiple=True, help="Tell the whole story of a row: ims:12 or register:7, counted from 0. May be repeated.")
@click.option("--workers", type=click.IntRange(1), default=1, metavar="N", help="Processes that share the work by supplier (default: this one).")
@click.option("--scheduler", default="", metavar="tcp://HOST:PORT", help="An existing Dask cluster that shares the work by supplier.")
@click.option("--force", is_flag=True, help="Replace an output that exists.")
@common
def match(ims: Path, register: Path, output: Path | None, report: Path | None, explained: tuple[str, ...], workers: int, scheduler: str, force: bool) -> None:
    """Reads both tables, links them, writes MATCHES; with --explain it may do without -o."""
    from ims_xl.matching.telling import RowName, tell
    from ims_xl.settings import Settings

    names = [RowName.parse(text) for text in explained]
    if output is None and not names:
        raise ImsXlError("say with -o where the matches shall go.")
    if workers > 1 and scheduler:
        raise ImsXlError("Give --workers or --scheduler, not both.")
    _check_outputs((ims, register), (output, report), force)
    began = time.perf_counter()
    ims_ledger, register_ledger, problems = _read(ims, register)
    read = time.perf_counter()
    from ims_xl.matching import link_documents

    links = _without_doubt(link_documents(ims_ledger, register_ledger, Settings(), **_spread(workers, scheduler)), ims_ledger["doubtful"], register_ledger["doubtful"])
    linked = time.perf_counter()
    stories = [tell(ims_ledger, register_ledger, links, name, Settings()) for name in names]
    counts = Counter(links.results["match_class"].tolist())
    seconds = {"read": round(read - began, 3), "match": round(linked - read, 3), "write": 0.0}
    told = partial(_report, len(ims_ledger), len(register_ledger), counts, int(links.results["clean"].sum()), problems)
    with _kept_or_written(report, partial(told, seconds)):
        if output is not None:
            from ims_xl.matching.listing import matches_table
            from ims_xl.readers.plain import write_table

            write_table(matches_table(links), output)
    if report is not None:
        write_bytes(report, told(seconds | {"write": round(time.perf_counter() - linked, 3)}))
    for story in stories:
        click.echo("\n".join(story) + "\n")
    if not is_quiet() and output is not None:
        _say(output, counts, problems)


def _spread(workers: int, scheduler: str) -> dict[str, Any]:
    """Where the work by supplier is done, as `link_documents` takes it."""
    if workers == 1 and not scheduler:
        return {}
    from ims_xl.batch.cluster import OnCluster, OnCores

    return {"spread": OnCluster(scheduler) if scheduler else OnCores(workers)}


def _read(ims: Path, register: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    from ims_xl.readers import plain
    from ims_xl.sides import both

    (ims_columns, ims_lines), (register_columns, register_lines) = both(
        lambda: plain.read_table(ims, plain.IMS_COLUMNS, plain.IMS_REQUIRED), lambda: plain.read_table(register, plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED))
    (ims_ledger, ims_problems), (register_ledger, register_problems) = both(lambda: plain.typed_ims(ims_columns, ims), lambda: plain.typed_register(register_columns, register))
    return ims_ledger, register_ledger, [*ims_lines, *register_lines, *ims_problems, *register_problems]


def _without_doubt(links: Links, ims: pd.Series, register: pd.Series) -> Links:
    """No result is clean that holds a row of which something could not be read: what was left out might differ."""
    import numpy as np

    held = np.zeros(len(links.results), dtype=bool)
    held[links.ims_result[ims.to_numpy(dtype=bool)]] = True
    held[links.register_result[register.to_numpy(dtype=bool)]] = True
    held &= links.results["clean"].to_numpy(dtype=bool)
    if not held.any():
        return links
    results = links.results.assign(clean=links.results["clean"].to_numpy(dtype=bool) & ~held)
    results["explanation"] = results["explanation"].mask(held, results["explanation"] + " A cell of it could not be read; see the problems.")
    return replace(links, results=results)


def _report(ims: int, register: int, counts: Counter[str], clean: int, problems: list[Problem], seconds: dict[str, float]) -> bytes:
    from ims_xl.vocabulary import MatchClass

    # A line each, by the fast encoder: there may be a problem for every row.
    listed = ",\n  ".join(json.dumps({"file": p.file, "sheet": p.sheet, "row": p.row, "field": p.field, "message": p.message}, ensure_ascii=False) for p in problems)
    matches = {match_class.value: counts.get(match_class.value, 0) for match_class in MatchClass}
    report = {"rows": {"ims": ims, "register": register, "problems": len(problems)}, "matches": matches, "clean": clean, "seconds": seconds}
    return (json.dumps(report, indent=1, ensure_ascii=False)[:-2] + f',\n "problems": [{listed}]\n}}\n').encode()


@contextmanager
def _kept_or_written(report: Path | None, text: Callable[[], bytes]) -> Iterator[None]:
    """Writes the report first, and takes it back where what follows fails: both files or neither."""
    if report is None:
        yield
        return
    earlier = report.read_bytes() if report.exists() else None
    write_bytes(report, text())
    try:
        yield
    except BaseException:
        if earlier is None:
            report.unlink()
        else:
            write_bytes(report, earlier)
        raise


def _say(output: Path, counts: Counter[str], problems: list[Problem]) -> None:
    click.echo(f"{output}: " + (", ".join(f"{count} {name}" for name, count in counts.most_common()) or "no rows on either side"))
    for problem in problems[:5]:
        click.echo(f"  {problem.file}, line {problem.row}{', ' + problem.field if problem.field else ''}: {problem.message}")
    if len(problems) > 5:
        click.echo(f"  and {len(problems) - 5} more problems; --report lists them all")


def _check_outputs(inputs: tuple[Path, ...], outputs: tuple[Path | None, ...], force: bool) -> None:
    """Outputs are new (or --force), in a folder that exists, none of the inputs, and two different files; MATCHES has a known ending."""
    from ims_xl.readers.plain import check_ending

    for path in (*inputs, outputs[0]):
        if path is not None:
            check_ending(path)
    for path in (*inputs, *outputs):
        if path is not None:
            _check_name(path)
    named = [output.resolve() for output in outputs if output is not None]
    if len(set(named)) < len(named):
        raise ImsXlError("-o and --report name the same file; give them two names.")
    for output in outputs:
        if output is None:
            continue
        if any(output.resolve() == path.resolve() for path in inputs):
            raise ImsXlError(f"{output} is one of the inputs; give the output another name.")
        if output.is_dir():
            raise ImsXlError(f"{output} is a folder; name a file.")
        if output.exists() and not force:
            raise ImsXlError(f"{output} exists; give another name, or --force to replace it.")
        if not output.resolve().parent.is_dir():
            raise ImsXlError(f"{output}: there is no folder {output.parent}.")


def _check_name(path: Path) -> None:
    """ImsXlError where the system takes no such name: endless links, a name too long, a NUL in it, a folder that may not be entered."""
    try:
        path.resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError) as wrong:
        raise ImsXlError(f"'{str(path)[:80]}' cannot be used as a file here ({getattr(wrong, 'strerror', None) or str(wrong).partition(' from ')[0]}).") from None
