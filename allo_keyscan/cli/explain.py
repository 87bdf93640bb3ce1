"""`allo-keyscan explain`: what a rule, an endpoint or a scope means, and where that is documented."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from textwrap import wrap
from typing import Any

import click
from click.shell_completion import CompletionItem

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.api import ApiRules, Endpoint, Scope, api_rules
from allo_keyscan.catalog.clients import METHODS
from allo_keyscan.catalog.findings import FindingRule
from allo_keyscan.catalog.keys import KeyForm, key_rules
from allo_keyscan.cli import options
from allo_keyscan.cli.output import write
from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import documented
from allo_keyscan.report.json import SCHEMA_VERSION, TOOL
from allo_keyscan.report.redact import mask_keys_of

_BASES = {
    "guide": "the authentication guide's table",
    "page": "the endpoint's own page",
    "overview": "an overview page",
    "live": "the API's own list for a key",
    "security-scheme": "the OpenAPI document's security scheme",
    "inferred": "inferred",
    "unknown": "not known",
}
Facts = dict[str, Any]
_WIDTH = 100


def known_words(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What a shell completes: codes and names of rules, scopes, paths; behind a method the paths that have it."""
    rules = api_rules(rules_dir(ctx.params.get("rules")))
    before = tuple(ctx.params.get("what") or ())
    if before:
        method = before[0].upper() if len(before) == 1 else ""
        found = {one.path: ", ".join(one.scopes) for one in rules.endpoints if one.method == method}
    else:
        found = {kind.code: kind.name for kind in rules.kinds.values()}
        found |= {kind.name: kind.summary for kind in rules.kinds.values()}
        found |= {scope.name: scope.description for scope in rules.scopes.values()}
        found |= dict.fromkeys(METHODS, "an HTTP method: its path follows")
        found |= {one.path: "" for one in rules.endpoints}
    start = incomplete.lower()
    return [CompletionItem(word, help=what or None) for word, what in found.items() if word.lower().startswith(start)]


@click.command("explain", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("what", nargs=-1, required=True, shell_complete=known_words)
@options.text_or_json
@options.rules
@options.manners
def command(what: tuple[str, ...], format_name: str, rules: str | None, **_: Any) -> None:
    """Explain WHAT: a rule's code or name (AK101), an endpoint (GET /v2/api/tags, or a path for all its methods), or a
    scope (TAGS_WRITE), or several of these: what it means, and where that is documented.

    Exits 2 where nothing is known by that name.
    """
    folder = rules_dir(rules)
    mask_keys_of(folder)
    known, form = api_rules(folder), key_rules(folder).forms[0]
    found = [fact for words in _things(" ".join(what).split()) for fact in explained(words, known, form)]
    if format_name == "json":
        write(json.dumps({"schema_version": SCHEMA_VERSION, "tool": TOOL, "explained": found}, indent=2) + "\n")
    else:
        write("\n".join(_text(one) for one in found))


def _things(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Words of a command line by what they name: a method goes with the path behind it."""
    rest = [*words]
    while rest:
        size = 2 if rest[0].upper() in METHODS and len(rest) > 1 else 1
        yield rest[:size]
        del rest[:size]


def explained(words: Sequence[str], rules: ApiRules, form: KeyForm) -> list[Facts]:
    """What is known of a rule, a scope, or the endpoints that a path or a method and a path come to.

    Raises KeyscanError, naming what is nearest, where nothing is known.
    """
    if len(words) == 2 and words[0].upper() in METHODS:
        return _endpoints(words[1], (words[0].upper(),), rules)
    if len(words) == 1 and "/" in words[0]:
        return _endpoints(words[0], METHODS, rules)
    name = " ".join(words)
    for kind in rules.kinds.values():
        if name.lower() in (kind.name, kind.code.lower()):
            return [_rule(kind, form)]
    for scope in rules.scopes.values():
        if name.lower() == scope.name.lower():
            return [_scope(scope, rules)]
    names = [*rules.scopes, *rules.kinds, *(kind.code for kind in rules.kinds.values())]
    raise KeyscanError(f"{name!r} is no rule, endpoint or scope that is known{_hint(name, names)}")


def _endpoints(address: str, methods: Sequence[str], rules: ApiRules) -> list[Facts]:
    from allo_keyscan.calls import routes  # its room loads libcst, which takes 0.2 s
    from allo_keyscan.calls.domain import Text

    url = routes.take_apart(Text((address,)), rules)
    if url.host == "other":
        hosts = ", ".join(sorted(rules.api_hosts))
        raise KeyscanError(f"{address}: not on a host of the API ({hosts})")
    found = {one: route.endpoint for one in METHODS for route in routes.match(url, one, rules) if route.sure}
    asked = [_endpoint(found[one]) for one in methods if one in found]
    if asked:
        return asked
    path = url.shown()
    if found:
        raise KeyscanError(f"{path} has {', '.join(found)}, and no {methods[0]}")
    for rule in rules.asides:
        if any(f"{path}/".startswith(prefix) for prefix in rule.prefixes):
            raise KeyscanError(f"{path} is no operation of the API ({rule.id}: {rule.source})")
    raise KeyscanError(f"{path} is no endpoint that is known{_hint(path, {one.path for one in rules.endpoints})}")


def _hint(name: str, names: Iterable[str]) -> str:
    """The nearest name in its own spelling, whatever the case of what was asked for."""
    spelled = {one.lower(): one for one in names}
    near = get_close_matches(name.lower(), spelled, 1)
    return f"; did you mean {spelled[near[0]]!r}?" if near else ""


def _endpoint(endpoint: Endpoint) -> Facts:
    return {
        "kind": "endpoint",
        "method": endpoint.method,
        "path": endpoint.path,
        "scopes": list(endpoint.scopes),
        "basis": documented(endpoint.basis),
        "read_in": endpoint.basis,
        "source": endpoint.source,
        "conflict": list(endpoint.conflict) if endpoint.conflict else None,
        "conflict_source": endpoint.conflict_source,
        "note": endpoint.note,
    }


def _scope(scope: Scope, rules: ApiRules) -> Facts:
    def those(asks: Any) -> list[str]:
        return [f"{one.method} {one.path}" for one in rules.endpoints if asks(one)]

    opened = rules.covered([scope.name])
    return {
        "kind": "scope",
        "scope": scope.name,
        "description": scope.description,
        "source": scope.source,
        "implies": list(scope.implies),
        "implied_by": [one.name for one in rules.scopes.values() if scope.name in one.implies],
        "opens": those(lambda one: opened.intersection(one.scopes)),
        "conflict": those(lambda one: scope.name in (one.conflict or ())),
        "note": scope.note,
    }


def _rule(kind: FindingRule, form: KeyForm) -> Facts:
    prefix = form.prefix.decode()
    shown = {
        "{key}": f"{prefix}<32 letters and digits>",
        "{secret}": "<40 hex digits>",
        "{example}": f"{prefix}<as in the documentation>",
        "{prefix}": prefix,
    }

    def filled(text: str) -> str:
        for mark, words in shown.items():
            text = text.replace(mark, words)
        return text.rstrip("\n")

    return {
        "kind": "rule",
        "code": kind.code,
        "rule": kind.name,
        "severity": kind.severity,
        "command": kind.command,
        "summary": kind.summary,
        "remedy": kind.remedy.replace("{revoke}", form.revoke),
        "meaning": kind.meaning,
        "why": kind.why,
        "steps": [step.replace("{revoke}", form.revoke) for step in kind.steps],
        "reported": [filled(text) for text in kind.examples.true],
        "not_reported": [filled(text) for text in kind.examples.false],
        "page": kind.page,
    }


def _text(facts: Facts) -> str:
    return {"endpoint": _endpoint_text, "scope": _scope_text, "rule": _rule_text}[facts["kind"]](facts)


def _endpoint_text(facts: Facts) -> str:
    open_to_all = "not known" if facts["read_in"] == "unknown" else "none: any valid key will do"
    lines = [
        f"{facts['method']} {facts['path']}",
        f"  scopes    {', '.join(facts['scopes']) or open_to_all}",
        f"  basis     {_BASES[facts['read_in']]}",
        f"  source    {facts['source']}",
    ]
    if facts["conflict"]:
        lines.append(f"  conflict  {', '.join(facts['conflict'])} ({facts['conflict_source']})")
    if facts["note"]:
        lines.append(f"  note      {facts['note']}")
    return "\n".join(lines) + "\n"


def _scope_text(facts: Facts) -> str:
    lines = [facts["scope"], f"  {facts['description']}", f"  source      {facts['source']}"]
    for field, label in (("implies", "implies"), ("implied_by", "implied by")):
        if facts[field]:
            lines.append(f"  {label:<10}  {', '.join(facts[field])}")
    if facts["note"]:
        lines.append(f"  note        {facts['note']}")
    lines.append("  opens" if facts["opens"] else "  opens no endpoint that is known")
    lines += [f"    {one}" for one in facts["opens"]]
    if facts["conflict"]:
        lines.append("  another source names it for")
        lines += [f"    {one}" for one in facts["conflict"]]
    return "\n".join(lines) + "\n"


def _rule_text(facts: Facts) -> str:
    lines = [
        f"{facts['code']} {facts['rule']} ({facts['severity']}, of `{facts['command']}`)",
        f"  {facts['summary']}",
        f"  what to do: {facts['remedy']}",
        "",
        *_wrapped(facts["meaning"], "  "),
        "",
        *_wrapped(facts["why"], "  "),
        "",
        "  reported",
        *(f"    {line}" for line in facts["reported"][0].splitlines()),
        "  not reported",
        *(f"    {line}" for line in facts["not_reported"][0].splitlines()),
        "",
        "  what to do",
    ]
    for number, step in enumerate(facts["steps"], 1):
        lines += _wrapped(step, f"    {number}. ", "       ")
    lines += ["", f"  to silence a line, end it with: # allo-keyscan: ignore[{facts['code']}] and the reason"]
    return "\n".join([*lines, f"  page        {facts['page']}"]) + "\n"


def _wrapped(text: str, first: str, other: str = "  ") -> list[str]:
    return wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=other, break_on_hyphens=False, break_long_words=False
    )
