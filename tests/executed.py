"""Programs made of pieces, run for real and analysed: what was sent, against what is reported of them.

The pieces stand in executed_pieces.txt; executed_run.py runs programs. By hand, over many:
`python tests/executed.py --seeds 0:2000`, or every piece of a kind alone: `python tests/executed.py --alone`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from allo_keyscan.catalog.api import api_rules
from allo_keyscan.model import Call
from allo_keyscan.scopes import scopes_report

_HERE = Path(__file__).parent
_RULES = str(_HERE.parent / "rules")
_IMPORTS = """\
import abc, argparse, asyncio, contextlib, contextvars, functools, itertools, json, operator, os, posixpath, queue
import random, threading, urllib.request
import httpx, requests
from collections import ChainMap, defaultdict, deque, namedtuple
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import PurePosixPath
from string import Template
from types import SimpleNamespace
from typing import Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode, urljoin, urlunsplit
"""
# Each of the first four is asked for with GET and with POST; the others are never asked for.
_PATHS = ("threads", "summary_templates", "crm/attributes", "crm/views", "tags", "users", "numbers", "me")
_ROOT = "/v2/api"


@dataclass(frozen=True)
class Piece:
    """One piece: what stands at module level, and the statements where it is used."""

    name: str
    top: str
    use: str
    awaits: bool = False


@dataclass(frozen=True)
class Sent:
    """One call of a unit: how its path is built, and what stands around it."""

    path: str
    flow: str = "plain"


@dataclass(frozen=True)
class Unit:
    """One client with the calls that are made through it; the fields name pieces."""

    base: str = "constant"
    client: str = "requests"
    calls: tuple[Sent, ...] = (Sent("literal"),)
    entry: str = "direct"
    verb: str = "get"
    number: int = 0


@dataclass
class Program:
    """The source of some units, and which lines are whose."""

    source: str
    spans: list[tuple[Unit, range]] = field(default_factory=list)


@cache
def pieces() -> dict[str, dict[str, Piece]]:
    """kind -> name -> piece."""
    found: dict[str, dict[str, Piece]] = {"base": {}, "path": {}, "client": {}, "flow": {}, "entry": {}}
    text = (_HERE / "executed_pieces.txt").read_text("utf-8")
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        kind, *awaits, name = head.split()
        top, parted, use = body.rpartition("--\n")
        found[kind][name] = Piece(name, top if parted else "", use.rstrip("\n"), bool(awaits))
    return found


def _filled(text: str, names: dict[str, str]) -> str:
    def put(found: re.Match[str]) -> str:
        return "$" if found[1] == "$" else names.get(found[1], found[0])

    return re.sub(r"\$(\$|[a-zA-Z](?![a-z]))", put, text)


def _block(unit: Unit, sent: Sent, index: int, base: str) -> tuple[str, str]:
    """The module's part and the function's part of one call."""
    known = pieces()
    path, client, flow = known["path"][sent.path], known["client"][unit.client], known["flow"][sent.flow]
    own = _PATHS[(2 * unit.number + index) % 4]
    names = {
        "n": str(unit.number), "m": f"{unit.number}{index}", "p": f"{_ROOT}/{own}", "h": _ROOT, "s": own,
        "d": f"{_ROOT}/{_PATHS[4 + unit.number % 4]}", "b": base, "v": unit.verb, "V": unit.verb.upper(),
    }  # fmt: skip
    *before, expression = _filled(path.use, names).split("\n")
    if not re.fullmatch(r'[\w.]+(\[[^][]*\])*|"[^"]*"', expression):
        expression = f"({expression})"
    body = _filled(client.use, names | {"x": expression})
    if before and before[-1].endswith(":"):
        body = textwrap.indent(body, "    ")
    inner = "\n".join([*before, body])
    lines = []
    for line in flow.use.split("\n"):
        if line.strip() == "$body":
            lines.append(textwrap.indent(inner, line[: line.index("$")]))
        else:
            line = line.replace("$def", "async def" if client.awaits else "def")
            lines.append(
                _filled(
                    line.replace("$await", "await" if client.awaits else "").lstrip() if "$await" in line else line,
                    names,
                )
            )
    return _filled(path.top, names), "\n".join(lines)


def _unit(unit: Unit) -> str:
    known = pieces()
    names = {"n": str(unit.number)}
    base, client = known["base"][unit.base], known["client"][unit.client]
    expression = _filled(base.use, names)
    blocks = [_block(unit, sent, index, expression) for index, sent in enumerate(unit.calls)]
    verbs = {"b": expression, "v": unit.verb, "V": unit.verb.upper()}
    run = f"{'async ' if client.awaits else ''}def run_{unit.number}():\n" + textwrap.indent(
        "\n".join(body for _, body in blocks), "    "
    )
    tops = [_filled(base.top, names), _filled(client.top, names | verbs), *(top for top, _ in blocks)]
    return "\n".join(
        [*(top.strip("\n") for top in tops if top.strip()), run, _filled(known["entry"][unit.entry].use, names)]
    )


def program(units: Iterable[Unit]) -> Program:
    """The program of some units, one after the other; more than one only where nothing is compared."""
    made = Program(_IMPORTS)
    for number, unit in enumerate(units):
        first = made.source.count("\n") + 1
        made.source += _unit(replace(unit, number=number)) + "\n"
        made.spans.append((unit, range(first, made.source.count("\n") + 1)))
    return made


def chosen(seed: int) -> list[Unit]:
    """The units of one seed: the same for ever, as long as the pieces are."""
    draw = random.Random(seed)
    known = pieces()

    def unit() -> Unit:
        client = draw.choice(sorted(known["client"]))
        awaits = known["client"][client].awaits
        calls = tuple(
            Sent(draw.choice(sorted(known["path"])), draw.choice(["plain", draw.choice(sorted(known["flow"]))]))
            for _ in range(draw.choice([1, 2]))
        )
        entries = sorted(name for name, entry in known["entry"].items() if entry.awaits is awaits)
        return Unit(
            draw.choice(sorted(known["base"])), client, calls, draw.choice(entries), draw.choice(["get", "post"])
        )

    return [unit()]


def alone() -> list[list[Unit]]:
    """Each piece in the simplest program that has it."""
    known = pieces()
    plain = [Unit(base=name) for name in known["base"]]
    plain += [Unit(calls=(Sent(name),)) for name in known["path"]]
    plain += [Unit(calls=(Sent("literal", name),)) for name in known["flow"]]
    for name, client in known["client"].items():
        plain.append(Unit(client=name, entry="run" if client.awaits else "direct"))
    for name, entry in known["entry"].items():
        plain.append(Unit(client="httpx_async" if entry.awaits else "requests", entry=name))
    return [[unit] for unit in plain]


def outcomes(sources: Sequence[str]) -> list[dict[str, object]]:
    """What each program did: `sent` (method, URL), `lines` that ran, `error` or None."""
    ran = subprocess.run(
        [sys.executable, str(_HERE / "executed_run.py")],
        input=json.dumps(sources), capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if ran.returncode:
        raise RuntimeError(f"exit {ran.returncode}: {ran.stderr[-2000:]}")
    done: list[dict[str, object]] = json.loads(ran.stdout)
    return done


def _same(call: Call, method: str, path: str) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(call.endpoint or urlsplit(call.url).path))
    return call.method == method and re.fullmatch(pattern, path) is not None


@dataclass(frozen=True)
class Wrong:
    """One disagreement: `what` is missed (sent, and not said) or false (said for certain, and not sent)."""

    what: str
    unit: Unit
    said: str


def compared(made: Program, outcome: dict[str, object]) -> tuple[list[Wrong], Counter[str]]:
    """Where the report of a program and its run disagree, and how many of its calls are said how."""
    if outcome["error"] is not None:
        raise AssertionError(f"{outcome['error']} in\n{made.source}")
    report = scopes_report([("program.py", made.source.encode())], api_rules(_RULES))
    sent = {(method, re.sub("/+", "/", urlsplit(url).path)) for method, url in outcome["sent"]}  # type: ignore[attr-defined]
    ran = set(outcome["lines"])  # type: ignore[call-overload]
    wrong, how = [], Counter[str]()
    for unit, span in made.spans:
        calls = [call for call in report.calls if call.line in span]
        open_calls = [one for one in report.unresolved if one.line in span]
        for method, path in sorted(sent):
            how_said = {call.certainty for call in calls if _same(call, method, path)}
            said = (
                "definite" if "definite" in how_said else "possible" if how_said else "open" if open_calls else "missed"
            )
            how[said] += 1
            if said == "missed":
                wrong.append(Wrong("missed", unit, f"{method} {path}"))
        for call in calls:
            lines = {call.line, *(place.line for place in call.via)}
            if call.certainty == "definite" and lines <= ran and not any(_same(call, *one) for one in sent):
                wrong.append(Wrong("false", unit, f"line {call.line}: {call.method} {call.endpoint}"))
    return wrong, how


def run(many: Sequence[Sequence[Unit]]) -> tuple[list[Wrong], Counter[str], list[str]]:
    """All disagreements of some programs, how calls are said, and what could not be run."""
    made = [program(units) for units in many]
    wrong, how, broken = [], Counter[str](), []
    for one, outcome in zip(made, outcomes([one.source for one in made]), strict=True):
        try:
            found, said = compared(one, outcome)
        except AssertionError as failed:
            broken.append(str(failed))
            continue
        wrong += found
        how += said
    return wrong, how, broken


def smaller(unit: Unit) -> Iterable[Unit]:
    """Units with one piece less."""
    client = pieces()["client"][unit.client]
    if len(unit.calls) > 1:
        yield from (replace(unit, calls=(sent,)) for sent in unit.calls)
    if unit.base != "constant":
        yield replace(unit, base="constant")
    if unit.client != "requests":
        yield replace(unit, client="requests", entry="direct")
    plain_entry = "run" if client.awaits else "direct"
    if unit.entry != plain_entry:
        yield replace(unit, entry=plain_entry)
    if unit.verb != "get":
        yield replace(unit, verb="get")
    for index, sent in enumerate(unit.calls):
        for less in (replace(sent, path="literal"), replace(sent, flow="plain")):
            if less != sent:
                yield replace(unit, calls=(*unit.calls[:index], less, *unit.calls[index + 1 :]))


def shrunk(wrong: Sequence[Wrong]) -> list[Wrong]:
    """For each, the smallest unit found that is wrong in the same way."""
    at, going = list(wrong), set(range(len(wrong)))
    while going:
        tries = [(index, less) for index in sorted(going) for less in smaller(at[index].unit)]
        made = [program([unit]) for _, unit in tries]
        going = set()
        for (index, _), one, outcome in zip(tries, made, outcomes([one.source for one in made]), strict=True):
            if index not in going:
                same = [found for found in compared(one, outcome)[0] if found.what == at[index].what]
                if same:
                    at[index] = same[0]
                    going.add(index)
    return at


def main() -> None:
    """Compares many programs and prints what is wrong, shrunk, most frequent first."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--seeds", default="0:200")
    ask.add_argument("--alone", action="store_true")
    ask.add_argument("--open", action="store_true", help="with --alone: say which pieces are not definite")
    asked = ask.parse_args()
    first, _, last = asked.seeds.partition(":")
    many = alone() if asked.alone else [chosen(seed) for seed in range(int(first), int(last))]
    wrong, how, broken = run(many)
    print(len(many), "programs", dict(how), len(wrong), "wrong,", len(broken), "did not run")  # noqa: T201
    for text in broken[:5]:
        print(text)  # noqa: T201
    smallest = Counter(wrong if asked.alone else (replace(one, said="") for one in shrunk(wrong[:60])))
    for one, number in smallest.most_common():
        print(number, one.what, one.unit, one.said)  # noqa: T201
    if asked.open:
        for units in many:
            said = run([units])[1]
            if not said["definite"]:
                print(dict(said), units[0])  # noqa: T201


if __name__ == "__main__":
    main()
