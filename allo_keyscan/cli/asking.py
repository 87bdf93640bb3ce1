"""The options of every command that asks the API about a key, and where a key that is asked about comes from.

A key is read from an environment variable, a file descriptor or a prompt without echo. It is never taken from the
command line, which other users of the machine can read and shells keep.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from typing import Any

import click

from allo_keyscan.catalog.live import LiveRules
from allo_keyscan.cli.options import Function
from allo_keyscan.errors import KeyscanError, nearest
from allo_keyscan.keys.secret import Secret

_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_MOST = 1 << 16

api_url = click.option(
    "--api-url", metavar="URL", help="Ask this server instead of the API's own: a gateway, or one for tests."
)
_verify = click.option(
    "--verify", is_flag=True, help="Ask the API about each distinct key that was found, once: the only network access."
)
_verify_all = click.option(
    "--verify-all",
    is_flag=True,
    help="The same, also about keys that could be another vendor's: this API then gets to see them.",
)


def of_findings(function: Function) -> Function:
    """The options of commands that find keys and may ask about them."""
    return _verify(_verify_all(api_url(function)))


class Descriptor(click.ParamType[int]):
    """The number of a file descriptor. What is none is not repeated: it may be a key."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """click's protocol: an int, or a usage error."""
        if isinstance(value, int):
            return value
        if not re.fullmatch(r"[0-9]{1,4}", str(value)):
            self.fail("takes the number of a file descriptor", param, ctx)
        return int(value)


_key_env = click.option(
    "--key-env", "key_envs", multiple=True, metavar="NAME", help="The environment variable that holds the key."
)
_key_fd = click.option(
    "--key-fd",
    "key_fds",
    type=Descriptor(),
    multiple=True,
    metavar="N",
    help="Read the key from this file descriptor.",
)
_prompt = click.option("--prompt", is_flag=True, help="Ask for the key at the terminal, without showing it.")


def one_key(function: Function) -> Function:
    """The options that say where the one key comes from that a command is about."""
    return _key_env(_key_fd(_prompt(function)))


def the_key(given: dict[str, Any], rules: LiveRules, prefixes: tuple[bytes, ...]) -> Secret:
    """The key that the options of `one_key` name, else the one in the rules' variable, else what a person types.

    Raises KeyscanError where there is none, or more than one is named.
    """
    names, descriptors = given["key_envs"], given["key_fds"]
    if len(names) + len(descriptors) + given["prompt"] > 1:
        raise KeyscanError("--key-env, --key-fd and --prompt: one key at a time, so one of them, once")
    if descriptors:
        return key_from(descriptors[0], prefixes)
    found = None if given["prompt"] else key_in(rules, names[0] if names else None, prefixes)
    if found is not None:
        return found
    if given["prompt"] or os.isatty(0):
        return key_typed(prefixes)
    raise KeyscanError(f"{rules.check.variable} is not set: set it, or use --key-env NAME, --key-fd N or --prompt")


def key_in(rules: LiveRules, name: str | None, prefixes: tuple[bytes, ...]) -> Secret | None:
    """The key in an environment variable, the rules' own where none is named; None where that is not set.

    Raises KeyscanError where one is named that is not set.
    """
    value = os.environ.get(name or rules.check.variable)
    if value:
        return secret(os.fsencode(value), prefixes)
    if name is None:
        return None
    if not _NAME.fullmatch(name):
        raise KeyscanError("--key-env: takes the name of an environment variable, and none is set by what was given")
    near = nearest(name, os.environ)
    raise KeyscanError(
        f"--key-env {name}: {'is empty' if name in os.environ else 'is not set'}"
        f"{f'; did you mean {near}?' if near and near != name else ''}"
    )


def key_from(descriptor: int, prefixes: tuple[bytes, ...]) -> Secret:
    """The key that is read from a file descriptor to its end, less one line end.

    Raises KeyscanError where it cannot be read.
    """
    data = b""
    if os.isatty(descriptor):
        raise KeyscanError(f"--key-fd {descriptor}: is a terminal, which would show the key: use --prompt")
    try:
        while len(data) < _MOST and (piece := os.read(descriptor, _MOST)):
            data += piece
    except OSError as error:
        raise KeyscanError(f"--key-fd {descriptor}: cannot be read: {error.strerror}") from None
    return secret(data.removesuffix(b"\n").removesuffix(b"\r"), prefixes)


def key_typed(prefixes: tuple[bytes, ...]) -> Secret:
    """The key that a person types or pastes; it is not shown.

    Raises KeyscanError where there is no terminal that can be kept from showing it.
    """
    from getpass import GetPassWarning, getpass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)
            typed = getpass("Key (not shown): ", sys.stderr)
    except GetPassWarning:
        raise KeyscanError("--prompt: no terminal, or one that would show the key: use --key-env or --key-fd") from None
    return secret(typed.strip().encode("utf-8", "surrogateescape"), prefixes)


def secret(value: bytes, prefixes: tuple[bytes, ...]) -> Secret:
    """A value, of which the public prefix may be shown where it has one."""
    return Secret(value, next((prefix for prefix in prefixes if value.startswith(prefix)), b""))
