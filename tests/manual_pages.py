"""The commands -> manual pages (man 7): one of the whole, one for each command.

Made here and not by click-man: that needs an entry point which is a click command, and ours is a function that hooks
pass click by. Options are read from click's parameters, not from its help texts, which differ from version to version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
from checkout import ROOT

from allo_keyscan import __version__
from allo_keyscan.cli import COMMANDS
from allo_keyscan.cli.group import cli
from allo_keyscan.cli.variables import VARIABLES
from allo_keyscan.errors import ExitCode

FOLDER = "man/man1"
_BEFORE_ALL = "2026-11-30"
_MADE = '.\\" Made by `python tests/generated.py` from the commands and their options.'
_FEW = 4
"""So many choices stand at the option, more behind its text."""
_EXITS = {
    ExitCode.CLEAN: "There is nothing to act on.",
    ExitCode.FINDINGS: "There are findings. They win over incompleteness.",
    ExitCode.CANNOT_RUN: "It could not run: usage, settings, rules, a path that does not exist, not a repository.",
    ExitCode.INCOMPLETE: "Nothing was found, but something could not be looked at, or the time was up.",
    ExitCode.INTERRUPTED: "It was interrupted; what was found so far is shown.",
}
_FILES = {
    "pyproject.toml, .allo-keyscan.toml": "Settings: the table [tool.allo-keyscan], or the whole of the other file.",
    ".allo-keyscanignore": "Paths to leave out, in the syntax of gitignore(5).",
    ".allo-keyscan-baseline.jsonl": "Accepted findings, where no other file is named.",
}
_COLOR = {
    "NO_COLOR": "Set and not empty: no colour.",
    "FORCE_COLOR, CLICOLOR_FORCE": "Set, and not empty or 0: colour also where no terminal is.",
    "CI, PRE_COMMIT": "Set: no colour and no progress, whatever the streams are.",
}


def pages() -> dict[str, str]:
    """Every page by its path in the repository."""
    made = {f"{FOLDER}/allo-keyscan.1": _whole()}
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        made[f"{FOLDER}/allo-keyscan-{name}.1"] = _page(name, command)
    return made


def _whole() -> str:
    variables = {name: f"Stands for {_said(option)}." for option, name in _variables()}
    others = [f"\\fBallo\\-keyscan\\-{name}\\fR(1)" for name in sorted(COMMANDS)]
    return _joined(
        _head("allo-keyscan", str(cli.help)),
        _synopsis("allo-keyscan", "[OPTIONS] COMMAND [ARGS]..."),
        ('.SH "DESCRIPTION"', *_prose(str(cli.help))),
        ('.SH "COMMANDS"', *_terms({f"allo-keyscan-{name}(1)": line for name, line in sorted(COMMANDS.items())})),
        ('.SH "OPTIONS"', *_options(cli)),
        ('.SH "ENVIRONMENT"', *_terms(variables | _COLOR)),
        ('.SH "FILES"', *_terms(_FILES)),
        ('.SH "EXIT STATUS"', *_terms({str(int(code)): text for code, text in _EXITS.items()})),
        ('.SH "SEE ALSO"', ", ".join([*others, "\\fBgit\\fR(1)"])),
    )


def _page(name: str, command: click.Command) -> str:
    full = f"allo-keyscan {name}"
    body: list[tuple[str, ...]] = []
    if isinstance(command, click.Group):
        for inner, one in sorted(command.commands.items()):
            usage = f".SS {_quoted(f'{full} {inner} {_usage(one)}')}"
            body.append((usage, *_prose(str(one.help)), *_options(one)))
        body.insert(0, ('.SH "COMMANDS"',))
    else:
        body.append(('.SH "OPTIONS"', *_options(command)))
    asked = {parameter.name for one in _leaves(command) for parameter in one.params}
    used = {variable: f"Stands for {_said(option)}." for option, variable in _variables() if option in asked}
    return _joined(
        _head(f"allo-keyscan-{name}", COMMANDS[name]),
        _synopsis(full, _usage(command)),
        ('.SH "DESCRIPTION"', *_prose(str(command.help))),
        *body,
        ('.SH "ENVIRONMENT"', *_terms(used)) if used else (),
        ('.SH "EXIT STATUS"', *_terms({str(int(code)): text for code, text in _EXITS.items()})),
        ('.SH "SEE ALSO"', "\\fBallo\\-keyscan\\fR(1)"),
    )


def _joined(*parts: tuple[str, ...]) -> str:
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(title: str, line: str) -> tuple[str, ...]:
    return (
        _MADE,
        f'.TH "{title.upper()}" "1" "{_date()}" "allo-keyscan {__version__}" "User Commands"',
        '.SH "NAME"',
        f"{_escaped(title)} \\- {_escaped(line.splitlines()[0].rstrip('.'))}",
    )


def _date() -> str:
    """The day of the newest release that CHANGELOG.md has."""
    found = re.search(r"^## \[\d[^]]*\] - (\d{4}-\d{2}-\d{2})$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    return found[1] if found else _BEFORE_ALL


def _synopsis(name: str, usage: str) -> tuple[str, ...]:
    return ('.SH "SYNOPSIS"', f"\\fB{_escaped(name)}\\fR {_escaped(usage)}")


def _usage(command: click.Command) -> str:
    if isinstance(command, click.Group):
        return command.subcommand_metavar or "COMMAND [ARGS]..."
    return " ".join(["[OPTIONS]", *(_argument(one) for one in command.params if isinstance(one, click.Argument))])


def _argument(one: click.Argument) -> str:
    name = one.metavar or str(one.name).upper()
    if name.endswith("..."):
        return name
    name = name if one.required else f"[{name}]"
    return f"{name}..." if one.nargs == -1 else name


def _options(command: click.Command) -> Iterator[str]:
    shown = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    for one in shown:
        yield ".TP"
        yield ", ".join(f"\\fB{_escaped(name)}\\fR" for name in (*one.opts, *one.secondary_opts)) + _value(one)
        yield _escaped(_told(one))
    yield from (".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Show what the command takes, and exit.")


def _value(one: click.Option) -> str:
    if one.is_flag or one.count:
        return ""
    choices = _choices(one)
    if 0 < len(choices) <= _FEW:
        return " " + _escaped("|".join(choices))
    return f" \\fI{_escaped(one.metavar or max(one.opts, key=len).strip('-').upper())}\\fR"


def _choices(one: click.Option) -> list[str]:
    return [str(choice) for choice in one.type.choices] if isinstance(one.type, click.Choice) else []


def _told(one: click.Option) -> str:
    choices = _choices(one)
    several = f" One of {', '.join(choices)}." if len(choices) > _FEW and not one.metavar else ""
    default = f" [default: {one.default}]" if one.show_default and one.default is not None else ""
    variable = f" [{one.envvar}]" if one.envvar else ""
    head, mark, tail = str(one.help).partition("[default:")
    return f"{head.rstrip()}{several} {mark}{tail}{default}{variable}".strip()


def _leaves(command: click.Command) -> list[click.Command]:
    return list(command.commands.values()) if isinstance(command, click.Group) else [command]


def _variables() -> list[tuple[str, str]]:
    return sorted(VARIABLES.items(), key=lambda one: one[1])


def _said(option: str) -> str:
    """The option of a name, as it is written on the command line."""
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        for one in _leaves(command) if command is not None else ():
            for parameter in one.params:
                if parameter.name == option and isinstance(parameter, click.Option):
                    return "--" + max(parameter.opts, key=len).removeprefix("--")
    raise LookupError(option)


def _terms(terms: dict[str, str]) -> Iterator[str]:
    for term, text in terms.items():
        yield from (".TP", f"\\fB{_escaped(term)}\\fR", _escaped(text))


def _prose(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield _escaped(" ".join(paragraph.split()))


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace('"', "\\(dq") + '"'


def _escaped(text: str) -> str:
    """Text for roff: backslashes, hyphens that are to be copied, dots at the start, and code in bold."""
    text = text.replace("\\", "\\e").replace("…", "...")
    text = re.sub(r"(?<![\w])-[\w-]*|(?<=\w)-(?=\w)", lambda found: found[0].replace("-", "\\-"), text)
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text)
    return re.sub(r"^(?=[.'])", "\\\\&", text)
