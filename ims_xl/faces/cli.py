"""The command `ims-xl`: names, options, exit codes. Commands live in their own modules and are imported only when called."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ims_xl import __version__
from ims_xl.vocabulary import Cancelled, ImsXlError

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module of ims_xl.faces holding a click command of that name with "-" as "_", one line for --help)
    "demo": ("demo", "A sample client, the whole month-end, and the paths to open."),
    "new": ("commands_month", "A fresh workbook for one client and period."),
    "pull": ("commands_month", "Read portal and books files into a workbook."),
    "reconcile": ("commands_month", "Match, highlight, fill the action column, write the summary tabs."),
    "run": ("commands_month", "new, pull and reconcile in one go."),
    "export": ("commands_portal", "The actions as the portal's upload JSON."),
    "errors": ("commands_portal", "Put the portal's error report on the rows it is about."),
    "fill-offline-tool": ("commands_portal", "Fill the GSTN IMS Offline Tool's own workbook."),
    "match": ("commands_match", "The matching engine alone, on plain tables."),
    "setoff": ("commands_setoff", "Table 6.1: credit against liability with the least cash."),
    "letters": ("commands_followup", "Supplier alerts as e-mail drafts and plain text."),
    "rollover": ("commands_followup", "The next period's workbook."),
    "sign": ("commands_followup", "Sign off a book with hashes of its sources and contents."),
    "verify": ("commands_followup", "Prove that a signed book is unaltered."),
    "print": ("commands_followup", "The working paper as PDF."),
    "restore": ("commands_restore", "Bring back an earlier version of a book."),
    "batch": ("commands_batch", "Every client under a folder."),
    "doctor": ("commands_batch", "What is installed, what is missing, how to mend it."),
    "addin": ("commands_addin", "Build, install, check or remove the Excel add-in."),
    "ribbon": ("commands_addin", "What a ribbon button calls."),
}
HIDDEN = {"ribbon"}
_OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}      # a full disk, a folder without leave: no defect of ours


class LazyGroup(click.Group):
    """Knows every command's name and line of help without importing it: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if name not in HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ims_xl.faces.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, {"print": "print_"}.get(cmd_name, cmd_name.replace("-", "_")))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="ims-xl")
@click.option("--quiet", is_flag=True, expose_value=False, callback=lambda c, p, v: _remember(c, "quiet", v), help="Print errors only.")
@click.option("--debug", is_flag=True, expose_value=False, callback=lambda c, p, v: _remember(c, "debug", v), help="Show the full trace of a defect.")
def group() -> None:
    """GST IMS against the purchase register, in Excel: match, decide, and see GSTR-2B and GSTR-3B."""


def _remember(ctx: click.Context, name: str, value: bool) -> bool:
    root = ctx.find_root()
    root.obj = root.obj or {}
    root.obj[name] = bool(root.obj.get(name) or value)
    return value


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--quiet` and `--debug` on a subcommand; read them with `is_quiet()`."""
    for name, text in (("debug", "Show the full trace of a defect."), ("quiet", "Print errors only.")):
        command = click.option(f"--{name}", is_flag=True, expose_value=False, callback=lambda c, p, v, n=name: _remember(c, n, v), help=text)(command)
    return command


def is_quiet() -> bool:
    ctx = click.get_current_context(silent=True)
    return bool(ctx and (ctx.find_root().obj or {}).get("quiet"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; the result is the exit code: 0 done, 2 the request or input is wrong, 3 some clients failed, 1 a defect of ours."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")   # there is no linear algebra here: a thread for every core of the machine would only cost time and memory
    gc.set_threshold(200_000, 20, 20)    # a month makes millions of small texts and hardly a cycle: looking for cycles less often saves a twentieth
    try:
        result = group.main(args=words, prog_name="ims-xl", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except (click.Abort, KeyboardInterrupt, Cancelled):
        click.echo("ims-xl: cancelled; nothing was changed.", err=True)
        return 2
    except ImsXlError as wrong:
        if debug:
            raise
        click.echo(f"ims-xl: {wrong}", err=True)
        return 2
    except BrokenPipeError:
        return 0
    except Exception as defect:
        if debug:
            raise
        if isinstance(defect, OSError) and defect.errno in _OF_THE_MACHINE:
            from ims_xl.hosts.safe_files import explained

            click.echo(f"ims-xl: {explained(defect, Path(str(defect.filename or 'a file')))}", err=True)
            return 2
        click.echo(f"ims-xl: a defect of ours ({type(defect).__name__}: {defect}). Nothing was written. Run again with --debug and send us what it prints.", err=True)
        return 1


def program() -> int:
    """`main` as the whole of a process: the exit code for the system."""
    code = main()
    gc.freeze()   # the process ends here: taking a million objects apart first would cost a twentieth of the run
    return code
