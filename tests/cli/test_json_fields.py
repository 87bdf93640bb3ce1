"""docs/json.md names every field that a command writes, and every command's JSON has the same head."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from checkout import ROOT
from cli.conftest import Keyscan
from hooks.repositories import Repository
from loopback import api, me, serving
from samples import key

from allo_keyscan import __version__
from allo_keyscan.cli.group import cli

_LACKING = '{"code": "API_KEY_INSUFFICIENT_SCOPE", "details": [{"message": "required=TAGS_READ", "field": "scope"}]}'
_COMMANDS: dict[str, tuple[str, ...]] = {
    "scan": ("scan", "--history", "--verify"),
    "scopes": ("scopes", "--granted", "TAGS_WRITE"),
    "audit": ("audit", "--verify"),
    "ci": ("ci", "--base", "HEAD"),
    "verify": ("verify",),
    "fix": ("fix",),
    "explain": ("explain", "AK001"),
    "explain a scope": ("explain", "TAGS_READ"),
    "explain an endpoint": ("explain", "/v2/api/conversations/{contact_number}/action"),
    "explain-error": ("explain-error",),
    "mapping diff": ("mapping", "diff", "me.json"),
    "config show": ("config", "show"),
    "report show": ("report", "scan.json"),
}
_WITHOUT = {"report merge"}  # it writes what audit writes


def _fields(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}.{name}", name
            yield from _fields(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, at)


def _with_json(command: click.Command, name: str = "") -> Iterator[str]:
    if isinstance(command, click.Group):
        for one in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), one)
            assert found is not None
            yield from _with_json(found, f"{name} {one}".strip())
    elif any("--format" in one.opts for one in command.params):
        yield name


def test_every_command_that_writes_json_is_looked_at_here() -> None:
    assert set(_with_json(cli)) == {name.partition(" a")[0] for name in _COMMANDS} | _WITHOUT


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a key that code uses, and a saved answer of the API."""
    call = 'requests.get("https://api.withallo.com/v2/api/tags", headers={"Authorization": KEY})\n'
    folder = Repository.of(
        tmp_path_factory.mktemp("shop"),
        ("app.py", f'import requests\nKEY = "{key(7)}"\n{call}'),
        ("test_app.py", "x = 1\n"),
    ).root
    answer = json.loads(me("TAGS_READ"))
    answer["data"]["endpoints"].append({"method": "POST", "path": "/v2/api/new", "description": "", "scope": "NEW"})
    (folder / "me.json").write_text(json.dumps(answer))
    return folder


@pytest.mark.parametrize("command", _COMMANDS)
def test_its_fields_stand_in_the_documents(keyscan: Keyscan, shop: Path, command: str) -> None:
    documents = [ROOT / "docs" / name for name in ("json.md", "fix.md")]
    text = "".join(one.read_text("utf-8") for one in documents)
    known = {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code)}
    if command == "report show":
        keyscan("scan", "app.py", "--format", "json", "--output", "scan.json", cwd=shop)
    with serving(api({key(7): ("TAGS_READ",)})) as server:
        asking = "--verify" in _COMMANDS[command] or command == "verify"
        where = ("--api-url", server.url) if asking else ()
        done = keyscan(
            *_COMMANDS[command], *where, "--format", "json", cwd=shop, stdin=_LACKING.encode(), ALLO_API_KEY=key(7)
        )
    assert done.json["schema_version"] == 1, done.err
    assert done.json["tool"] == {"name": "allo-keyscan", "version": __version__}
    assert sorted({at for at, name in _fields(done.json) if name not in known}) == []
