"""Find the command, run it, and turn whatever goes wrong into one line and an exit status."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from vedette.errors import VedetteError

DONE, INTERNAL, MISUSE = 0, 1, 2
INTERRUPTED = 130  # 128 + SIGINT, what shells expect


def run(args: Sequence[str], commands: Mapping[str, tuple[str, str]], about: str) -> int:
    """Run ``args`` against the table of commands. Returns the exit status; prints nothing to stdout but data."""
    args, debug = _take_debug(args)
    _tolerant_streams()
    if not args or args[0] in ("--help", "-h", "help"):
        if len(args) < 2 or args[0] != "help":
            print(_overview(commands, about))
            return DONE
        args = [*args[1:], "--help"]
    name, rest = args[0], args[1:]
    if name in ("--version", "-V"):
        return _misuse("--version takes nothing after it")
    if name not in commands:
        return _unknown(name, commands)
    return guarded(lambda: _invoke(name, commands[name][0], rest), debug=debug)


def guarded(action: Callable[[], int], *, debug: bool = False) -> int:
    """Run ``action``; errors become one line on stderr, tracebacks only with ``debug``."""
    try:
        status = action()
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Keep the interpreter's last flush from complaining.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("\nvedette: stopped; what was committed before stays", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if debug:
            raise
        status, line = _explained(error)
        print(f"vedette: {line}", file=sys.stderr)
        return status


def _explained(error: Exception) -> tuple[int, str]:
    if isinstance(error, VedetteError):
        return MISUSE, _one_line(str(error))
    shown = getattr(error, "format_message", None)
    if shown is not None:  # what the option parser raises
        context = getattr(error, "ctx", None)
        path = f"{context.command_path}: " if context is not None else ""
        hint = f". Try: {context.command_path} --help" if context is not None else ""
        return MISUSE, f"{path}{_one_line(shown()).rstrip('.')}{hint}"
    if type(error).__name__ == "Abort":
        return MISUSE, "no answer given, nothing was written. Give the answers as options (see --help)"
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError | PermissionError):
        return MISUSE, _about_a_path(_asked_for(error.filename), error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{_asked_for(error.filename)}: " if error.filename else ""
        return MISUSE, f"{where}{error.strerror}. Nothing was lost; free space or choose another folder"
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("vedette"):
        return MISUSE, f"the package {error.name} is not installed. Install it with: pip install {error.name}"
    said = f"internal error ({type(error).__name__}: {_one_line(str(error))})"
    return INTERNAL, f"{said}. Repeat with --debug for details"


def _asked_for(name: object) -> str:
    """The file that was asked for: ``.NAME.PID.part`` is where it is written before it takes its name."""
    folder, base = os.path.split(os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) else str(name))
    part = re.fullmatch(r"\.(.+)\.\d+\.part", base)
    return os.path.join(folder, part[1] if part else base)


def _about_a_path(path: str, error: OSError) -> str:
    folder = os.path.dirname(path)
    if isinstance(error, FileNotFoundError) and folder and not os.path.isdir(folder):
        return f"{path}: there is no folder {folder}. Make it first: mkdir -p {folder}"
    if isinstance(error, PermissionError):
        return f"{path}: {error.strerror}. Choose another folder, or change who may write there"
    return f"{path}: {error.strerror}"


def _invoke(name: str, target: str, rest: Sequence[str]) -> int:
    module, _, attribute = target.partition(":")
    found: Any = getattr(import_module(module), attribute)
    import typer

    app = found
    if not isinstance(found, typer.Typer):
        app = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
            context_settings=CONTEXT,
        )  # fmt: skip
        app.command()(found)
    command: Any = typer.main.get_command(app)
    if not rest and hasattr(command, "commands") and not command.invoke_without_command:
        rest = ["--help"]  # a bare group, like a bare vedette, shows what it holds
    status = command.main(args=list(rest), prog_name=f"vedette {name}", standalone_mode=False)
    if status == INTERRUPTED:  # the option parser caught Ctrl-C itself
        raise KeyboardInterrupt
    return status if isinstance(status, int) else DONE


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
"""Context settings of every command."""


def _take_debug(args: Sequence[str]) -> tuple[list[str], bool]:
    end = list(args).index("--") if "--" in args else len(args)
    head = [a for a in args[:end] if a != "--debug"]
    return [*head, *args[end:]], len(head) < end


def _tolerant_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A terminal without some letter shows its escape; it must not end the command.
            reconfigure(errors="backslashreplace")


def _overview(commands: Mapping[str, tuple[str, str]], about: str) -> str:
    width = max(len(name) for name in commands)
    lines = [f"  {name:<{width}}  {text}" for name, (_, text) in commands.items()]
    return "\n".join(
        [
            "Usage: vedette COMMAND [OPTIONS]", "", about, "", "Commands:", *lines, "",
            "Every command takes --help and --json; data go to stdout, messages to stderr.",
            "vedette --version prints the version; --debug shows the traceback of an internal error.",
        ]
    )  # fmt: skip


def _unknown(name: str, commands: Mapping[str, tuple[str, str]]) -> int:
    import difflib

    nearest = difflib.get_close_matches(name, commands, n=3, cutoff=0.4)
    hint = f"Nearest: {', '.join(nearest)}" if nearest else "See vedette --help"
    return _misuse(f"unknown {'option' if name.startswith('-') else 'command'} {name!r}. {hint}")


def _misuse(line: str) -> int:
    print(f"vedette: {line}", file=sys.stderr)
    return MISUSE


def _one_line(text: str) -> str:
    return " ".join(text.split())
