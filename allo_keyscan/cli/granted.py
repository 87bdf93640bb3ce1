"""The scopes that keys really have: by the API's word, or by answers of it that were saved.

An answer is tied to a key of the code by the name that reports give it (`env:ALLO_API_KEY`). One that is tied to none
speaks for every key that no other one speaks for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.catalog.live import LiveRules, live_rules
from allo_keyscan.cli.resolve import read_bytes
from allo_keyscan.errors import KeyscanError
from allo_keyscan.live.answer import saved
from allo_keyscan.live.values import Answer
from allo_keyscan.needs.held import Held, is_open
from allo_keyscan.report.asked_words import in_words

_ENVIRONMENT = "env:"
_TIED = re.compile(r"((?:env|setting|parameter|literal):[^=]+)=(.+)", re.DOTALL)


def read_answer(file: str, rules: LiveRules) -> Answer:
    """A saved answer of the check, as the API gave it or as `verify --format json` wrote it; "-" is standard input.

    Raises KeyscanError where it is none.
    """
    found = saved(read_bytes(file), rules.check)
    if found is None:
        raise KeyscanError(
            f"{file}: not the answer for an active key: save what GET {rules.check.path} answers, or the output of "
            "`allo-keyscan verify --format json`"
        )
    return found


def from_files(named: Sequence[str], folder: str, keys: Iterable[str | None]) -> tuple[Held, list[str]]:
    """What saved answers say, each `FILE` or `KEY=FILE`, and what is to be told of them.

    `keys` are those of the code. Raises KeyscanError where a file cannot be used, or which key it is of is not clear.
    """
    rules = live_rules(folder)
    found: dict[str | None, Answer] = {}
    for one in named:
        tied = _TIED.fullmatch(one)
        name, file = (tied[1], tied[2]) if tied else (None, one)
        if name in found:
            names = ", ".join(sorted(key for key in set(keys) if key is not None)) or "none that has a name"
            whose = f"{name} has two answers" if name else "two answers without a key"
            raise KeyscanError(f"--granted-file: {whose}: write KEY=FILE for each (keys of the code: {names})")
        found[name] = read_answer(file, rules)
    return _held(found, keys)


def from_api(given: dict[str, Any], folder: str, keys: Iterable[str | None]) -> tuple[Held, list[str]]:
    """What the API says of the keys in the environment, and what is to be told of it.

    Those that are named (--key-env), else those that the code reads, else the rules' own. Raises KeyscanError where
    none is set, or where the API does not say that one of them works.
    """
    from allo_keyscan.cli.asking import key_in
    from allo_keyscan.cli.verifying import client

    rules = live_rules(folder)
    prefixes = tuple(form.prefix for form in key_rules(folder).forms)
    keys = list(keys)
    read = sorted({key.removeprefix(_ENVIRONMENT) for key in keys if key and key.startswith(_ENVIRONMENT)})
    names = given["key_env"] or [name for name in read if os.environ.get(name)]
    asks = client(rules, given["api_url"], quiet=given["quiet"])
    found: dict[str | None, Answer] = {}
    for name in names or [None]:
        secret = key_in(rules, name, prefixes)
        if secret is None:
            wanted = ", ".join(dict.fromkeys([*read, rules.check.variable]))
            raise KeyscanError(f"--granted-from-api: no key to ask about: set {wanted}, or name another with --key-env")
        answer = asks.ask(secret)
        shown = name or rules.check.variable
        if answer.state != "active":
            raise KeyscanError(f"{shown}: {in_words(answer.verification)}: its scopes are not known ({asks.server})")
        # The only key, in a variable that the code does not read: the code gets it in some other way.
        found[None if name is None or (len(names) == 1 and name not in read) else f"{_ENVIRONMENT}{name}"] = answer
    held, told = _held(found, keys)
    return held, [f"asked {asks.server}", *told]


def _held(found: Mapping[str | None, Answer], keys: Iterable[str | None]) -> tuple[Held, list[str]]:
    named = {key for key in keys if key is not None and not is_open(key)}
    of = {name: answer.scopes for name, answer in found.items() if name is not None}
    others = found[None].scopes if None in found else None
    told = [
        f"{name or 'every other key' if of else 'every key'}: {answer.key_id}, {in_words(answer.verification)}"
        for name, answer in found.items()
    ]
    told += [f"{name}: no call was found that is signed with it" for name in of if name not in named]
    silent = sorted(named - set(of)) if others is None else []
    told += [f"{name}: nothing is known of its scopes, so none is called missing or unused" for name in silent]
    return Held(of, others, whole=not silent), told
