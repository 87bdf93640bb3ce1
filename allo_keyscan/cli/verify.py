"""`allo-keyscan verify`: whether a key works, whose it is, and what it opens."""

from __future__ import annotations

import sys
from typing import Any

import click

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import load_scopes
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.catalog.live import LiveRules, live_rules
from allo_keyscan.cli import asking, options
from allo_keyscan.cli.output import wants_color, write
from allo_keyscan.cli.verifying import client
from allo_keyscan.errors import ExitCode, KeyscanError
from allo_keyscan.keys.secret import Secret
from allo_keyscan.report.redact import cleaned, mask_keys_of
from allo_keyscan.report.verification import Asked, render_json, render_text

_CODES = {"active": ExitCode.CLEAN, "invalid": ExitCode.FINDINGS, "unknown": ExitCode.INCOMPLETE}


@click.command("verify", context_settings={"help_option_names": ["-h", "--help"], "allow_extra_args": True})
@click.pass_context
@asking.key_env
@click.option("--key-fd", type=asking.Descriptor(), metavar="N", help="Read the key from this file descriptor.")
@click.option("--prompt", is_flag=True, help="Ask for the key at the terminal, without showing it.")
@asking.api_url
@click.option(
    "--timeout", type=options.Seconds(), metavar="SECONDS", help="Wait no longer for an answer.  [default: 20]"
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=options.WRITTEN,
)
@options.option("--output", name="output", help="Write the result there instead of standard output.", **options.FILE)
@options.rules
@options.manners
def command(context: click.Context, /, **given: Any) -> int:
    """Ask the API whether a key works, whose it is, and what it opens: one request, to the API's own server.

    The key comes from the variable that the rules name (--key-env names another one), from a file descriptor or from a
    prompt, never from the command line, and is sent to no other host. HTTPS_PROXY, ALL_PROXY and NO_PROXY are obeyed,
    and so are SSL_CERT_FILE and SSL_CERT_DIR.

    Exits 0 where the key is active, 1 where it is invalid, 3 where that is not known, and 2 where it could not be
    asked.
    """
    if context.args:
        raise KeyscanError(
            "a key is not taken from the command line, where other users and the shell's history see it: if that was "
            "one, revoke it. Set an environment variable, or use --prompt or --key-fd"
        )
    if sum((given["key_env"] is not None, given["key_fd"] is not None, given["prompt"])) > 1:
        raise click.UsageError("--key-env, --key-fd and --prompt: one of them at a time")
    folder = rules_dir(given["rules"])
    mask_keys_of(folder)
    rules = live_rules(folder)
    scopes = load_scopes(folder)
    asks = client(rules, given["api_url"], limit=given["timeout"], quiet=given["quiet"])
    key = _key(given, rules, tuple(form.prefix for form in key_rules(folder).forms))
    from allo_keyscan.live.client import refused

    problem = refused(key)
    if problem:
        raise KeyscanError(f"the key {problem}; nothing was sent")
    asked = cleaned(Asked(asks.ask(key), key.masked, str(asks.server), rules.revoke))
    if given["format_name"] == "json":
        write(render_json(asked, scopes), given["output"])
    else:
        color = given["output"] is None and wants_color(given["color"], 1)
        write(render_text(asked, scopes, color=color), given["output"])
    return _CODES[asked.answer.state]


def _at_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _key(given: dict[str, Any], rules: LiveRules, prefixes: tuple[bytes, ...]) -> Secret:
    if given["key_fd"] is not None:
        return asking.key_from(given["key_fd"], prefixes)
    found = None if given["prompt"] else asking.key_in(rules, given["key_env"], prefixes)
    if found is not None:
        return found
    if given["prompt"] or _at_a_terminal():
        return asking.key_typed(prefixes)
    raise KeyscanError(f"{rules.check.variable} is not set: set it, or use --key-env NAME, --key-fd N or --prompt")
