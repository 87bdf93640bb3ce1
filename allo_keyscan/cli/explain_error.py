"""`allo-keyscan explain-error`: what an error answer of the API means, which calls here it is about, and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

import click

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import api_rules, load_scopes
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.catalog.live import error_rules
from allo_keyscan.cli import options
from allo_keyscan.cli.output import say, say_skipped, write
from allo_keyscan.cli.resolve import read_text, standard_input
from allo_keyscan.cli.scopes import search_code
from allo_keyscan.errors import KeyscanError, hint
from allo_keyscan.live.errors import Said, mentioned, pasted, understood
from allo_keyscan.model import Call, ScopesReport
from allo_keyscan.report import json
from allo_keyscan.report.redact import cleaned, mask_keys_of
from allo_keyscan.report.text import printable

_SOME = 10
_MARKUP = (
    "it is a page of HTML, written by what stands before the API, such as a firewall that refuses a library's own "
    "User-Agent: it says nothing about the key or its scopes"
)
_NO_ANSWER = "no error answer of the API is in it: paste the body of the answer, its JSON"


class Explained(NamedTuple):
    """An error answer, in words; `calls` need one of the scopes it names, where it names some."""

    said: Said
    status: int
    means: str
    summary: str
    remedy: str
    source: str
    calls: tuple[Call, ...] = ()
    unresolved: tuple[str, ...] = ()
    conflicting: tuple[str, ...] = ()


@click.command("explain-error", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", required=False, shell_complete=options.as_files)
@click.option(
    "--code",
    "paths",
    multiple=True,
    metavar="PATH",
    shell_complete=options.as_files,
    help='The code that got the answer (repeatable). [default: "."]',
)
@click.option(
    "--status", type=click.IntRange(400, 599), metavar="N", help="The HTTP status, where FILE does not say it."
)
@options.text_or_json
@options.where
@options.settings
@options.manners
def command(file: str | None, paths: tuple[str, ...], **given: Any) -> None:
    """Explain an error answer in FILE, or pasted or piped into standard input: the JSON of the body, alone or anywhere
    in a log.

    Where a scope is missing: which one, which calls of the code in --code need it, with which key, and what to do.
    Exits 2 where there is no error answer of the API, or nothing is known of its code.
    """
    if file in (None, "-") and os.isatty(0) and not given["quiet"]:
        say("Paste the answer, and end with Ctrl-D:")
    text = b"".join(standard_input()).decode("utf-8", "replace") if file in (None, "-") else read_text(file or "-")
    folder = rules_dir(given["rules"])
    mask_keys_of(folder)
    found = _explained(text, given["status"], folder)
    if found.means == "missing-scope":
        rules = api_rules(folder)
        report = search_code(paths or (os.curdir,), rules, given)
        if not given["quiet"]:
            say_skipped(report.skipped, verbose=given["verbose"])
        found = with_calls(found, report)
        descriptions = {name: rules.scopes[name].description for name in found.said.scopes if name in rules.scopes}
    else:
        descriptions = {}
    found = cleaned(found)
    write(json.dumps(_json(found), 2) + "\n" if given["format_name"] == "json" else _text(found, descriptions))


def _explained(text: str, status: int | None, folder: str) -> Explained:
    """What a pasted text says.

    Raises KeyscanError where it is no error answer, or nothing is known of it.
    """
    envelopes, errors = error_rules(folder)
    what = pasted(text)
    status = status or what.status
    answers = [said for one in what.values if (said := understood(one, envelopes, errors)) is not None]
    found = mentioned(text, envelopes, errors, load_scopes(folder)) if not answers else None
    if not answers and found is None:
        raise KeyscanError(_MARKUP if what.markup else _NO_ANSWER)
    said = found or next((one for one in answers if one.rule is not None), answers[0])
    rule = said.rule
    if rule is None:
        raise KeyscanError(f"nothing is known of the code {said.code}{hint(said.code, [one.code for one in errors])}")
    remedy = rule.remedy.replace("{revoke}", key_rules(folder).forms[0].revoke)
    return Explained(said, status or rule.status, rule.means, rule.summary, remedy, rule.source)


def with_calls(found: Explained, report: ScopesReport) -> Explained:
    """The same with the calls of some code that need one of the scopes it names, by any source; of no scope: all."""
    wanted = set(found.said.scopes)
    calls = [
        call for call in report.calls if call.scopes and (not wanted or wanted & {*call.scopes, *(call.conflict or ())})
    ]
    conflicting = {
        f"{call.method} {call.endpoint}" for call in calls if wanted and not wanted & set(call.scopes) and call.endpoint
    }
    unresolved = [f"{one.path}:{one.line}: {one.reason}" for one in report.unresolved]
    return found._replace(calls=tuple(calls), unresolved=tuple(unresolved), conflicting=tuple(sorted(conflicting)))


def _keys(calls: Iterable[Call]) -> list[str]:
    return sorted({call.key for call in calls if call.key is not None})


def _json(found: Explained) -> dict[str, Any]:
    return {
        **json.head(),
        "code": found.said.code,
        "status": found.status,
        "form": found.said.envelope or None,
        "means": found.means,
        "summary": found.summary,
        "remedy": found.remedy,
        "source": found.source,
        "retry_after_seconds": found.said.wait,
        "missing_scopes": list(found.said.scopes),
        "keys": _keys(found.calls) if found.said.scopes else [],
        "calls": [
            {
                "path": call.path,
                "line": call.line,
                "column": call.column,
                "method": call.method,
                "endpoint": call.endpoint,
                "scopes": list(call.scopes),
                "key": call.key,
            }
            for call in found.calls
        ],
        "unresolved": list(found.unresolved),
    }


def _text(found: Explained, descriptions: dict[str, str]) -> str:
    said = found.said
    form = f", {said.envelope}" if said.envelope else ""
    lines = [f"{said.code} (HTTP {found.status}{form}): {found.summary}"]
    if found.means == "missing-scope":
        lines += [f"  missing     {name}{_about(descriptions.get(name))}" for name in said.scopes]
        if not said.scopes:
            lines.append("  missing     the answer does not name the scope")
        lines += _calls(found)
    if said.wait is not None:
        lines.append(f"  wait        {said.wait:g} s")
    lines.append(f"  what to do  {found.remedy}")
    lines.append(f"  source      {found.source}")
    return "\n".join(lines) + "\n"


def _about(description: str | None) -> str:
    return f": {description}" if description else ", a scope that the rules do not know"


def _calls(found: Explained) -> list[str]:
    named = bool(found.said.scopes)
    lines = []
    if found.calls:
        lines.append(f"  calls here that {'need it' if named else 'need any scope'}")
        for call in found.calls:
            key = f"  with {printable(call.key)}" if call.key else ""
            scopes = "" if named else f"  {', '.join(call.scopes)}"
            target = f"{call.method} {call.endpoint or printable(call.url)}"
            lines.append(f"    {printable(call.path)}:{call.line}:{call.column}: {target}{scopes}{key}")
        if named:
            lines.append(f"  key         {', '.join(map(printable, _keys(found.calls))) or 'not known'}")
    elif named:
        lines.append("  calls here  none that is known to need it (--code PATH looks elsewhere)")
    lines += [
        f"  note        by the source used here {name} needs another scope; sources disagree on it"
        for name in found.conflicting
    ]
    if found.unresolved:
        lines.append("  not resolved, and may need it")
        lines += [f"    {printable(one)}" for one in found.unresolved[:_SOME]]
        if len(found.unresolved) > _SOME:
            lines.append(f"    and {len(found.unresolved) - _SOME} more")
    return lines
