"""What `fix` says: a diff with keys masked, what was refused, and what remains to be done."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from allo_keyscan.cli.fixing import File, Fixed, Key, Place
from allo_keyscan.cli.output import counted, hushed, say, say_skipped, wants_color, write
from allo_keyscan.errors import ExitCode
from allo_keyscan.report import json
from allo_keyscan.report.redact import cleaned
from allo_keyscan.report.text import printable

_GREEN, _RED, _BOLD, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"


def deliver(done: Fixed, given: dict[str, Any]) -> ExitCode:
    """Write the result, and decide how the run ends."""
    if given["format_name"] == "json":
        write(json.dumps(cleaned_json(document(done, written=given["write"])), indent=2) + "\n", given["output"])
    else:
        color = given["output"] is None and wants_color(given["color"], 1)
        write("".join(f"{line}\n" for line in text(done, color=color)), given["output"])
    if not given["quiet"]:
        _summarize(done, given)
    return _exit_code(done, written=given["write"], allow_incomplete=given["allow_incomplete"])


def _exit_code(done: Fixed, *, written: bool, allow_incomplete: bool) -> ExitCode:
    if done.refused or (done.places and not written) or any(file.failure for file in done.files):
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if done.complete or allow_incomplete else ExitCode.INCOMPLETE


def _summarize(done: Fixed, given: dict[str, Any]) -> None:
    say_skipped(done.skipped, verbose=given["verbose"])
    fixed = len(done.places) - len(done.refused)
    verb = "taken out" if given["write"] else "to take out"
    parts = [f"{counted(fixed, 'place')} {verb}", f"{len(done.refused):,} refused", *hushed(done.suppressed)]
    if done.placeholders:
        parts.append(counted(done.placeholders, "placeholder"))
    say(", ".join(parts))
    if fixed and not given["write"]:
        say("nothing was written: --write changes the files")


def text(done: Fixed, *, color: bool = False) -> Iterator[str]:
    """The lines for people."""
    for file in done.files:
        yield from diff(file, color=color)
    if done.refused:
        yield from ("", "Refused:") if done.files else ("Refused:",)
        for place in done.refused:
            yield f"  {_where(place)}: {place.finding.masked}: {printable(cleaned(place.reason))}"
            if place.replacement:
                yield f"    instead: {printable(cleaned(place.replacement))}"
    if done.keys:
        yield from ("", "What remains:") if done.files or done.refused else ("What remains:",)
        for key in done.keys:
            yield from _remains(key, done)
        for step in done.advice:
            yield f"  {printable(cleaned(step))}"


def diff(file: File, *, color: bool = False) -> Iterator[str]:
    """A unified diff of a file, for reading: in removed lines keys are masked."""
    path = printable(cleaned(file.path))
    before = cleaned(file.before).splitlines()
    after = cleaned(file.after).splitlines()
    source = f"a/{path}" if before else "/dev/null"
    for line in unified_diff(before, after, source, f"b/{path}", lineterm=""):
        shown = printable(line.replace("\t", "    ")) if not line.isprintable() else printable(line)
        paint = {"+": _GREEN, "-": _RED}.get(line[:1], "")
        if line.startswith(("+++", "---")):
            paint = _BOLD
        yield f"{paint}{shown}{_PLAIN}" if color and paint else shown


def _where(place: Place) -> str:
    one = place.finding
    return f"{printable(cleaned(str(one.origin)))}:{one.start.line}:{one.start.column}"


def _remains(key: Key, done: Fixed) -> Iterator[str]:
    """What is to be done about one key."""
    yield f"  {key.masked} ({key.name})" if key.name else f"  {key.masked}"
    where = f"revoke it at {key.revoke}"
    if key.foreign:
        where = f"it may be another vendor's, who is named beside it: revoke it there, or at {key.revoke}"
    yield f"    {where}, and set {key.name} to a new key where the program runs" if key.name else f"    {where}"
    if key.past is None or key.past.life is None:
        if done.history:
            yield "    it is in no commit of this repository"
        return
    life = key.past.life
    if life.first is not None:
        pushed = f"pushed ({', '.join(life.remotes)})" if life.pushed else "not pushed, as far as this repository knows"
        since = f"since commit {life.first.sha[:12]} of {life.first.date[:10]}"
        yield f"    it is in the history {since}, {printable(cleaned(pushed))}"
    if life.advice:
        yield f"    {printable(cleaned(life.advice))}"


def document(done: Fixed, *, written: bool) -> dict[str, Any]:
    """The JSON."""
    failed = {file.path for file in done.files if file.failure}
    return {
        **json.head(),
        "written": written,
        "places": [
            {
                **{
                    name: value
                    for name, value in json.finding(place.finding).items()
                    if name in ("rule", "code", "path", "member", "start", "end", "masked", "fingerprint", "encoding")
                },
                "name": place.name or None,
                "state": place.state if written or place.state == "refused" else "would be fixed",
                "replacement": place.replacement or None,
                "reason": place.reason or None,
            }
            for place in done.places
        ],
        "files": [
            {
                "path": file.path,
                "diff": "".join(f"{line}\n" for line in diff(file)),
                "written": file.written,
                "reason": file.failure or None,
            }
            for file in done.files
        ],
        "keys": [
            {
                "name": key.name or None,
                "foreign": key.foreign,
                "masked": key.masked,
                "revoke": key.revoke,
                "history": json.life(key.past.life) if key.past is not None and key.past.life is not None else None,
            }
            for key in done.keys
        ],
        "advice": done.advice,
        "placeholders": done.placeholders,
        "suppressed": json.suppressed(done.suppressed),
        "skipped": json.skipped(done.skipped),
        "complete": done.complete and not failed,
    }


def cleaned_json(value: Any) -> Any:
    """The same with every key masked in every text."""
    if isinstance(value, dict):
        return {name: cleaned_json(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleaned_json(inner) for inner in value]
    return cleaned(value) if isinstance(value, str) else value
