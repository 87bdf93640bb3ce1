"""Programs with keys in them, made by chance, and real files with keys planted in them: what `fix` makes of both.

    python tests/fixes.py --seeds 0:2000           programs that are run before and after, with the variables set
    python tests/fixes.py --files 3000 --seed 1    files of the standard library and of what is installed
    python tests/fixes.py --files 3000 --seed 1 --most 30000 --seconds 500    none larger, and no longer than that

A program must say the same when it is run; of a real file no line may change but those that held a key. Of both no key
that was taken out may be left, and a second run must have nothing to do.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import random
import sys
import sysconfig
import tempfile
import time
import tokenize
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

from fix.programs import fixed
from samples import key

from allo_keyscan.fix import Change

KEYS = [key(seed) for seed in range(700, 704)]
_TEXTS = ("Api-Key ", "Bearer\\t", "{x} ", "é: ", "", "'", "%s ", "\\N{EN DASH} ", "{{", "#", "\\\\ ")
_HEADS = (
    "",
    "import os\n",
    '"""Doc."""\n',
    "# comment\n\n",
    "#!/usr/bin/env python\n# coding: utf-8\n",
    "from __future__ import annotations\nimport json\nimport sys\n",
    '"""Doc."""\nfrom __future__ import annotations\n\nfrom os import environ as env\n',
    "import os.path as p\nimport os as o\n",
    "import os.path as path\n",
    "from __future__ import annotations; import sys\n",
    "try:\n    import os\nexcept ImportError:\n    os = None\n",
    "import string\nif False:\n    import os\n",
    "from string import *\n",
)
Draw = random.Random
QUOTES = ("'", '"', "(")


def literal(draw: Draw, secret: str, *, binary: bool = False) -> str:
    """A literal that holds a key, perhaps amid other text."""
    quote = draw.choice(["'", '"', "'''", '"""'])
    texts = [text for text in _TEXTS if quote[0] not in text and (not binary or (text.isascii() and "N{" not in text))]
    before, behind = draw.choice([("", ""), (draw.choice(texts), ""), (draw.choice(texts), f" {draw.choice(texts)}")])
    prefix = draw.choice(["b", "B"] if binary else ["", "", "", "u", "f"])
    if prefix == "f":
        before, behind = before.replace("{x}", "{1}"), behind.replace("{x}", "{1}").replace("{{", "{{{{")
        before = before.replace("{{", "{{{{") if "{{{{" not in before else before
    if not before.endswith("\\t") and before and before[-1].isalnum():
        before += " "
    if "\\" not in before + behind and not binary and draw.random() < 0.2 and prefix != "u":
        prefix += draw.choice("rR")
    return f"{prefix}{quote}{before}{secret}{behind}{quote}"


def pieces(draw: Draw, secret: str) -> str:
    """An expression that puts a key together."""
    cut = draw.randrange(3, 20)
    left, right = secret[:cut], secret[cut:]
    return draw.choice(
        [
            f"'{left}' '{right}'",
            f"('{left}'\n    '{right}')",
            f"'{left}' + \"{right}\"",
            f"('Api-Key ' + '{left}' + '{right}')",
            f"''.join(['{left}', '{right}'])",
            f"'%s%s' % ('{left}', '{right}')",
            f"'{{}}{{}}'.format('{left}', '{right}')",
            f"f'{{\"{left}\"}}{right}'",
            f"(b'{left}' + b'{right}')",
            f"'{secret[::-1]}'[::-1]",
        ]
    )


def expression(draw: Draw, depth: int = 0) -> str:
    """An expression with a key somewhere in it."""
    secret = draw.choice(KEYS)
    make = draw.random()
    inner = literal(draw, secret, binary=make < 0.15) if make < 0.8 or depth else pieces(draw, secret)
    if depth > 2 or draw.random() < 0.35:
        return inner
    other = expression(draw, depth + 1)
    return draw.choice(
        [
            f"[{inner}, {other}]",
            f"{{'a': {inner}, 1: {other}}}",
            f"({inner}, {other})",
            f"same({inner}, key={other})",
            f"({inner} if{inner if inner[0] in QUOTES else f' {inner}'}else {other})",
            f"(lambda k={inner}: (k, {other}))()",
            f"[c for c in {inner}]",
            f"{inner}.upper()",
            f"len({inner}) * 2",
            f"not{inner if inner[0] in QUOTES else f' {inner}'}",
            f"({inner}  # why\n    , {other})",
            f"os_get('NOT_SET', {inner})",
            f"f'{{len({inner})}}'" if "'" not in inner and "\\" not in inner and "#" not in inner else inner,
        ]
    )


def program(seed: int) -> str:
    """A program that leaves what it computes in names that begin with `r`."""
    draw = random.Random(seed)
    lines = [draw.choice(_HEADS), "def same(*a, **k):\n    return a, sorted(k.items())\n", "os_get = lambda n, d: d\n"]
    for number in range(draw.randrange(1, 5)):
        made = expression(draw)
        lines.append(
            draw.choice(
                [
                    f"r{number} = {made}  # note {number}\n",
                    f"r{number}: object = {made}\n",
                    f"def f{number}(os=None):\n    return {made}\nr{number} = f{number}()\n",
                    f"def g{number}(k={made}):\n    '''Doc.'''\n    return k\nr{number} = g{number}()\n",
                    f"class C{number}:\n    k = {made}\nr{number} = C{number}.k\n",
                    f"def h{number}():\n    import os\n    return os.sep, {made}\nr{number} = h{number}()\n",
                    f"if True:\n    r{number} = {made}\n",
                    f"from os import getenv as get{number}\n"
                    f"r{number} = get{number}('NO{number}', {literal(draw, KEYS[0])})\n",
                    f"HEAD{number} = '{KEYS[1][:8]}'\nTAIL{number} = '{KEYS[1][8:]}'\n"
                    f"r{number} = HEAD{number} + TAIL{number}\n",
                ]
            )
        )
    return "".join(lines)


def outcome(source: str, variables: dict[str, str]) -> dict[str, Any] | str:
    """What a program leaves, or which error it ends in."""
    space: dict[str, Any] = {"__name__": "program"}
    with mock.patch.dict(os.environ, variables), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "program", "exec"), space)
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
    return {name: value for name, value in space.items() if name[0] == "r" and name[1:].isdigit()}


def wrong(source: str) -> tuple[str, Change]:
    """What is wrong with the fix of a program, "" where nothing is."""
    change = fixed(source)
    new = change.new.decode()
    variables = {one.name: one.found.secret.reveal().decode() for one in change.taken}
    variables |= {f"NO{number}": KEYS[0] for number in range(5) if f"'NO{number}']" in new}
    if outcome(source, {}) != outcome(new, variables):
        return "it says something else", change
    return _left(change), change


def _left(change: Change) -> str:
    new = change.new.decode("utf-8", "replace")
    refused = {one.found.secret for one in change.refused}
    for one in change.taken:
        if one.found.secret not in refused and one.found.secret.reveal().decode() in new:
            return "a key is left"
    again = fixed(change.new)
    if again.taken or again.new != change.new:
        return "a second run changes something"
    return "" if change.taken or change.new == change.old else "it changed for nothing"


def planted(source: str, draw: Draw) -> str | None:
    """A real file with keys in the place of some of its literals, or with other text; None where it has none."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source, newline="").readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    strings = [token for token in tokens if token.type == tokenize.STRING]
    if not strings:
        return None
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for token in sorted(
        draw.sample(strings, min(len(strings), draw.randrange(1, 4))), key=lambda one: one.start, reverse=True
    ):
        low = starts[token.start[0] - 1] + token.start[1]
        high = starts[token.end[0] - 1] + token.end[1]
        prefix = token.string[: min(token.string.find("'") % 1000, token.string.find('"') % 1000)].lower()
        made = literal(draw, draw.choice(KEYS), binary="b" in prefix)
        if draw.random() < 0.3 and "b" not in prefix:
            made = pieces(draw, draw.choice(KEYS)).replace("\n    ", " ")
        source = source[:low] + made + source[high:]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    return source


def disturbed(change: Change) -> str:
    """What is wrong with the fix of a real file, "" where nothing is: lines that changed and held no key."""
    old, new = (
        [line for line in data.decode("utf-8", "surrogateescape").splitlines() if line.strip()]
        for data in (change.old, change.new)
    )  # blank lines would be matched with those around an import
    parts = {secret[start : start + 6] for secret in KEYS for start in range(3, len(secret) - 5)}
    parts |= {part[::-1] for part in parts}
    for kind, low, high, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "insert" and not {*new[first:last]} <= {"import os", "import os as _os"}:
            return "a line came from nowhere"
        if kind in ("replace", "delete") and not any(part in line for line in old[low:high] for part in parts):
            return "a line changed that held no key"
    if _compiles(change.old) and not _compiles(change.new):
        return "it is no program any more"
    return _left(change)


def _compiles(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def real_files() -> Iterator[Path]:
    """Python files of the standard library and of what is installed, in a fixed order."""
    for name in ("stdlib", "purelib"):
        yield from sorted(Path(sysconfig.get_paths()[name]).rglob("*.py"))


def chosen_files(seed: int, number: int, most: int = 200_000) -> Iterator[tuple[Path, str]]:
    """Some real files with keys planted in them."""
    files = list(real_files())
    draw = random.Random(seed)
    while number:
        path = draw.choice(files)
        if path.stat().st_size > most:
            continue
        try:
            source = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        made = planted(source, draw) if "ak_" not in source else None
        if made is not None:
            number -= 1
            yield path, made


def main() -> None:
    """Fixes many, and prints what is wrong and why keys were refused."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--seeds", default="0:0")
    ask.add_argument("--files", type=int, default=0)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--show", type=int, default=3)
    ask.add_argument("--most", type=int, default=200_000, help="the size of the largest file, in bytes")
    ask.add_argument("--seconds", type=float, default=float("inf"), help="stop then, and tell what was seen until then")
    asked = ask.parse_args()
    until = time.monotonic() + asked.seconds
    counts, reasons, shown = Counter[str](), Counter[str](), 0
    tell: Callable[[str], None] = print
    first, _, last = asked.seeds.partition(":")
    cases = [(str(seed), program(seed), wrong) for seed in range(int(first), int(last))]
    for name, source, judge in cases:
        said, change = judge(source)
        counts[said or ("fixed" if change.taken else "refused")] += 1
        reasons.update(one.reason for one in change.refused)
        if said and shown < asked.show:
            shown += 1
            tell(f"--- {name}: {said}\n{source}\n---\n{change.new.decode()}")
    for path, source in chosen_files(asked.seed, asked.files, asked.most):
        if time.monotonic() > until:
            break
        change = fixed(source)
        said = disturbed(change)
        counts[said or ("fixed" if change.taken else "refused")] += 1
        reasons.update(one.reason for one in change.refused)
        if said and shown < asked.show:
            shown += 1
            tell(f"--- {path}: {said}")
            Path(tempfile.gettempdir(), f"fixes-{asked.seed}-{shown}.py").write_text(source, "utf-8")
    tell(f"{counts}")
    for reason, number in reasons.most_common():
        tell(f"{number:6} {reason}")


if __name__ == "__main__":
    main()
