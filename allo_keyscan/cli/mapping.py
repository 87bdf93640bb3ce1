"""`allo-keyscan mapping`: the endpoints and scopes of the rules against what the API lists for a key."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

import click

from allo_keyscan import mapping
from allo_keyscan.catalog import RulesError, is_installed, rules_dir
from allo_keyscan.catalog.api import ApiRules, api_rules
from allo_keyscan.catalog.live import LiveRules, live_rules
from allo_keyscan.cli import options
from allo_keyscan.cli.granted import read_answer
from allo_keyscan.cli.group import Group
from allo_keyscan.cli.output import counted, say, write
from allo_keyscan.cli.resolve import read_text
from allo_keyscan.errors import ExitCode, KeyscanError
from allo_keyscan.mapping import WRITTEN, Difference
from allo_keyscan.report import json
from allo_keyscan.report.redact import cleaned, mask_keys_of
from allo_keyscan.report.text import printable

_WORDS = {
    "new": "no row has it",
    "scope": "another scope",
    "settled": "sources disagree, and the API is with the row",
    "confirmed": "was inferred, and is right",
    "absent": "not listed for a key that has its scopes",
    "unusable": "not in the form of a path of the rules",
}


@click.group("mapping", cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Compare rules/endpoints.toml with the endpoints that the API lists for a key.

    FILE is a saved answer of the API for an active key, or what `allo-keyscan verify --format json` wrote; "-" is
    standard input. Answers for several keys show more endpoints than one.
    """


@command.command("diff")
@options.paths("files", "FILE...", required=True)
@options.text_or_json
@options.rules
@options.manners
def diff(files: tuple[str, ...], format_name: str, rules: str | None, **given: Any) -> int:
    """Show where the rules and the API disagree: endpoints that no row has, other scopes, and what is settled now.

    Rows that are not listed are named too, but for methods that the list is known to leave out. Exits 1 where `update`
    would write something, else 0.
    """
    folder = rules_dir(rules)
    known, found = _compared(files, folder)
    shown = cleaned(tuple(one._replace(row=None) for one in found))
    if format_name == "json":
        write(json.dumps(_json(shown, known), 2) + "\n")
    else:
        write("".join(_line(one) for one in shown))
        if not given["quiet"]:
            _tell(found, known)
    return ExitCode.FINDINGS if any(one.kind in WRITTEN for one in found) else ExitCode.CLEAN


@command.command("update")
@options.paths("files", "FILE...", required=True)
@options.rules
@options.manners
def update(files: tuple[str, ...], rules: str | None, **given: Any) -> int:
    """Write what the API lists into endpoints.toml, with the basis `live`; what another source says stays as conflict.

    Formatting and comments stay, nothing is removed, and rules that would not load are not written. Rules in an
    installed package are not changed: copy the folder and name it with --rules.
    """
    folder = rules_dir(rules)
    if rules is None and is_installed(folder):
        raise KeyscanError(
            f"{folder}: the rules of the installed package, which its next version would replace: copy the folder, and "
            "name the copy with --rules DIR, here and with the other commands"
        )
    known, found = _compared(files, folder)
    changed = [one for one in found if one.kind in WRITTEN]
    check, day = live_rules(folder).check, datetime.datetime.now(datetime.UTC).date().isoformat()
    texts = {}
    if changed:
        file = os.path.join(folder, "endpoints.toml")
        try:
            texts["endpoints.toml"] = mapping.endpoints_written(read_text(file), changed, check, day)
        except KeyscanError as error:
            raise KeyscanError(f"{file}: {error}") from None
    names = mapping.novel(changed, known.scopes)
    if names:
        old = read_text(os.path.join(folder, "scopes.toml"))
        texts["scopes.toml"] = mapping.scopes_written(old, names, check, known.scopes)
    _replace(folder, texts)
    if not given["quiet"]:
        for name, number in (("endpoints.toml", len(changed)), ("scopes.toml", len(names))):
            if number:
                say(f"{os.path.join(folder, name)}: {counted(number, 'entry').replace('entrys', 'entries')} written")
        if not changed:
            say("the rules say what the API says: nothing is written")
    return ExitCode.CLEAN


def _compared(files: Sequence[str], folder: str) -> tuple[ApiRules, list[Difference]]:
    mask_keys_of(folder)
    known = api_rules(folder)
    live: LiveRules = live_rules(folder)
    answers = [cleaned(read_answer(file, live)) for file in files]  # no key gets into rules, wherever it stood
    return known, mapping.differences(known.endpoints, answers, live.check, known.covered)


def _replace(folder: str, texts: dict[str, str]) -> None:
    """Write files of rules, all or none, once they are known to load.

    Raises KeyscanError where they do not load or cannot be written.
    """
    if not texts:
        return
    with tempfile.TemporaryDirectory() as trial:
        for name in os.listdir(folder):
            if name.endswith(".toml"):
                shutil.copyfile(os.path.join(folder, name), os.path.join(trial, name))
        for name, text in texts.items():
            _write(os.path.join(trial, name), text)
        try:
            api_rules(trial)
        except RulesError as error:
            said = str(error).replace(trial, folder)
            raise KeyscanError(f"what the API says makes no rules that load, so nothing is written: {said}") from None
    for name, text in texts.items():
        file = os.path.join(folder, name)
        try:
            descriptor, fresh = tempfile.mkstemp(dir=folder)  # a name that nobody can have laid a link at
            os.close(descriptor)
            _write(fresh, text)
            shutil.copymode(file, fresh)
            os.replace(fresh, file)
        except OSError as error:
            raise KeyscanError(f"{file}: cannot be written: {error.strerror}") from None


def _write(file: str, text: str) -> None:
    with open(file, "w", encoding="utf-8", newline="") as sink:
        sink.write(text)


def _line(one: Difference) -> str:
    rules, live = (_scopes(scopes) for scopes in (one.rules, one.live))
    said = {"new": live, "scope": f"{rules} -> {live}", "unusable": live}.get(one.kind, rules)
    return f"{one.kind:<9}  {one.method:<6} {printable(one.path)}  {printable(said)}  ({_WORDS[one.kind]})\n"


def _scopes(scopes: Iterable[str] | None) -> str:
    return ", ".join(scopes or ()) or "no scope"


def _tell(found: Sequence[Difference], known: ApiRules) -> None:
    counts = {kind: sum(one.kind == kind for one in found) for kind in _WORDS}
    say(", ".join(f"{number} {kind}" for kind, number in counts.items() if number) or "the rules say what the API says")
    names = mapping.novel(found, known.scopes)
    if names:
        say(f"scopes that the rules do not know: {', '.join(names)}")


def _json(found: Iterable[Difference], known: ApiRules) -> dict[str, Any]:
    found = list(found)
    return {
        **json.head(),
        "differences": [
            {
                "kind": one.kind,
                "method": one.method,
                "path": one.path,
                "rules": None if one.rules is None else list(one.rules),
                "live": None if one.live is None else list(one.live),
            }
            for one in found
        ],
        "unknown_scopes": list(mapping.novel(found, known.scopes)),
    }
