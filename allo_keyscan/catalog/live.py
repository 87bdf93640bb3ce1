"""rules/api.toml's tables `check`, `envelope` and `error` -> what is asked about a key, and how answers are read.

A value's place in a JSON answer is written as its names with dots between them; `*` stands for each item of a list.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from allo_keyscan.catalog import (
    Examples,
    RulesError,
    Table,
    entries,
    examples,
    known,
    optional_strings,
    source_url,
    text,
)
from allo_keyscan.catalog.api import Credential, load_credentials
from allo_keyscan.catalog.keys import key_rules

Means = Literal["dead-key", "missing-scope", "limit", "other"]
"""What an error code says of the key: it is dead, it lacks a scope, wait; or nothing that the program acts on."""

_PLACE = re.compile(r"[^.\s]+(?:\.[^.\s]+)*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Check(NamedTuple):
    """The request that asks about a key, and where its answer says what.

    `variable` is the environment variable that usually holds the key. `unlisted_methods` are those that the answer's
    list of endpoints is known to leave out.
    """

    id: str
    server: str
    path: str
    variable: str
    key_id: str
    team: str
    scopes: str
    endpoints: str
    unlisted_methods: tuple[str, ...]
    source: str
    examples: Examples


class Envelope(NamedTuple):
    """A form of error answers: where code, message and seconds to wait stand, and which scope a message names."""

    id: str
    code: str
    message: str | None
    wait: str | None
    scope: re.Pattern[str] | None
    source: str
    examples: Examples


class ErrorCode(NamedTuple):
    """One error code with its HTTP status: what it means, in words, and what to do."""

    code: str
    status: int
    means: Means
    summary: str
    remedy: str
    source: str
    examples: Examples


class LiveRules(NamedTuple):
    """How to ask about a key, and how to read what comes back. `scheme` None: the key stands alone in the header."""

    check: Check
    header: str
    scheme: str | None
    envelopes: tuple[Envelope, ...]
    errors: tuple[ErrorCode, ...]
    revoke: str
    folder: str


def live_rules(folder: str) -> LiveRules:
    """What a rules folder says of the check.

    Raises RulesError where it says nothing, or something that cannot be used.
    """
    checks = entries(folder, "api.toml", "check", _check, optional=True)
    if not checks:
        raise RulesError(f"{folder}/api.toml: no [[check]] entry, so nobody knows how to ask about a key of this API")
    forms = key_rules(folder).forms
    envelopes, errors = error_rules(folder)
    credential = load_credentials(folder)[0]
    return LiveRules(
        checks[0], credential.header, _scheme(credential, checks[0].path), envelopes, errors, forms[0].revoke, folder
    )


def error_rules(folder: str) -> tuple[tuple[Envelope, ...], tuple[ErrorCode, ...]]:
    """The forms of error answers and the codes that a rules folder knows; either may be none."""
    return (
        entries(folder, "api.toml", "envelope", _envelope, optional=True),
        entries(folder, "api.toml", "error", _error, label="code", optional=True),
    )


def _scheme(credential: Credential, path: str) -> str | None:
    for accepted in credential.accepts:
        if path.startswith(accepted.prefix):
            return accepted.schemes[0] if accepted.schemes else None
    return credential.schemes[0]


def _check(entry: Table) -> Check:
    places = {"key_id", "team", "scopes", "endpoints"}
    known(entry, {"id", "server", "path", "variable", "unlisted_methods", "source", "true", "false", *places})
    server, path, variable = text(entry, "server"), text(entry, "path"), text(entry, "variable")
    parts = urlsplit(server)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError("server must be https:// and a host")
    if not re.fullmatch(r"/[!-~]+", path):
        raise ValueError("path must begin with /")
    if not _NAME.fullmatch(variable):
        raise ValueError("variable must be the name of an environment variable")
    return Check(
        text(entry, "id"),
        server,
        path,
        variable,
        _place(entry, "key_id"),
        _place(entry, "team"),
        _place(entry, "scopes"),
        _place(entry, "endpoints"),
        optional_strings(entry, "unlisted_methods"),
        source_url(entry),
        examples(entry),
    )


def _envelope(entry: Table) -> Envelope:
    known(entry, {"id", "code", "message", "wait", "scope", "source", "true", "false"})
    try:
        scope = re.compile(text(entry, "scope"), re.ASCII) if "scope" in entry else None
    except re.error as error:
        raise ValueError(f"scope is not a regular expression: {error}") from None
    if scope is not None and (scope.groups != 1 or "message" not in entry):
        raise ValueError("scope must have one group, and needs a message to look in")
    return Envelope(
        text(entry, "id"),
        _place(entry, "code"),
        _place(entry, "message") if "message" in entry else None,
        _place(entry, "wait") if "wait" in entry else None,
        scope,
        source_url(entry),
        examples(entry),
    )


def _error(entry: Table) -> ErrorCode:
    known(entry, {"code", "status", "means", "summary", "remedy", "source", "true", "false"})
    status = entry["status"]
    if type(status) is not int or not 400 <= status < 600:
        raise ValueError("status must be an HTTP status from 400 to 599")
    if entry["means"] not in get_args(Means):
        raise ValueError(f"means must be one of {', '.join(get_args(Means))}")
    return ErrorCode(
        text(entry, "code"),
        status,
        entry["means"],
        text(entry, "summary"),
        text(entry, "remedy"),
        source_url(entry),
        examples(entry),
    )


def _place(entry: Table, name: str) -> str:
    place = text(entry, name)
    if not _PLACE.fullmatch(place):
        raise ValueError(f"{name} must be names with dots between them")
    return place
