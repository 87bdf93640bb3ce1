"""The four rules files of the scopes analysis: their own examples and checks."""

import re
import shutil
from pathlib import Path

import pytest

from allo_keyscan.calls.analyze import analyze
from allo_keyscan.calls.clients import nameless
from allo_keyscan.calls.credentials import key_name
from allo_keyscan.calls.domain import Text
from allo_keyscan.calls.routes import aside, match, take_apart
from allo_keyscan.catalog import RulesError
from allo_keyscan.catalog.api import ApiRules, api_rules, load_endpoints, load_scopes
from allo_keyscan.catalog.clients import load_clients, load_doubles

FOLDER = str(Path(__file__).parents[2] / "rules")
ENDPOINTS = load_endpoints(FOLDER)
SCOPES = load_scopes(FOLDER)
CLIENTS = load_clients(FOLDER)
RULES = api_rules(FOLDER)
HOST = "https://api.withallo.com"


def reached(example: str, rules: ApiRules) -> list[str]:
    method, _, url = example.partition(" ")
    taken = take_apart(Text((url,)), rules)
    if taken.host == "other":
        return []
    return [f"{route.endpoint.method} {route.endpoint.path}" for route in match(taken, method, rules) if route.sure]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
class TestEndpoints:
    def test_true_examples_come_here_alone(self, endpoint, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
        for example in endpoint.examples.true:
            assert reached(example, rules) == [f"{endpoint.method} {endpoint.path}"], example

    def test_false_examples_do_not(self, endpoint, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
        for example in endpoint.examples.false:
            assert f"{endpoint.method} {endpoint.path}" not in reached(example, rules), example


@pytest.mark.parametrize("name", SCOPES)
def test_scope_examples(name: str) -> None:
    for example in SCOPES[name].examples.true:
        assert name in RULES.covered(example.split())
    for example in SCOPES[name].examples.false:
        assert name not in RULES.covered(example.split())


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.id)
def test_client_examples(client, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
    for example in client.examples.true:
        source, _, wanted = example.rpartition(" # ")
        found = analyze([("a.py", source.encode())], rules)
        got = [(f"{call.method} {call.endpoint}", call.client, call.certainty) for call in found.calls]
        sure = "possible" if client.id == "curl" else "definite"  # another program, if it is there
        assert got == [(wanted, client.id, sure)], example
        verb = wanted.partition(" ")[0].lower()
        line = next(
            number for number, text in enumerate(source.split("\n"), 1) if "\n" not in source or verb + "(" in text
        )
        assert found.calls[0].line == line, example
        assert found.unresolved == ()
    for example in client.examples.false:
        found = analyze([("a.py", example.encode())], rules)
        assert (found.calls, found.unresolved, found.unparsed) == ((), (), ()), example


@pytest.mark.parametrize("host", RULES.hosts, ids=lambda host: host.id)
def test_host_examples(host, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
    for example in host.examples.true:
        assert (take_apart(Text((example,)), rules).host == "api") is host.api
        assert any(name in example.lower() for name in host.hosts)
    for example in host.examples.false:
        authority = example.split("/")[2].lower()
        assert authority not in host.hosts
        if host.api:
            assert take_apart(Text((example,)), rules).host == "other", example


@pytest.mark.parametrize("rule", RULES.asides, ids=lambda rule: rule.id)
def test_aside_examples(rule, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
    for example in rule.examples.true:
        assert aside(take_apart(Text((HOST + example,)), rules), rules), example
    for example in rule.examples.false:
        assert not aside(take_apart(Text((HOST + example,)), rules), rules), example


@pytest.mark.parametrize("rule", [*RULES.names, *RULES.paths], ids=lambda rule: rule.id)
def test_pattern_examples(rule) -> None:  # type: ignore[no-untyped-def]
    for around in ("{}", "x = '{}'\n", "é" * 100 + "({})" + "é" * 100, "{} " + "x" * 31 + "allowed /v2/apis"):
        assert all(rule.search(around.format(example)) for example in rule.examples.true)
        assert not any(rule.search(around.format(example)) for example in rule.examples.false)


@pytest.mark.parametrize("rule", RULES.credentials, ids=lambda rule: rule.id)
def test_credential_examples(rule, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
    plain = key_name(Text(("K",)), rules)
    for example, wanted in [(one, plain) for one in rule.examples.true] + [(one, None) for one in rule.examples.false]:
        name, _, value = example.partition(": ")
        source = f'import requests\nrequests.get("{HOST}/v2/api/tags", headers={{"{name}": "{value}"}})\n'
        (call,) = analyze([("a.py", source.encode())], rules).calls
        assert call.key == wanted, example


@pytest.mark.parametrize("rule", load_doubles(FOLDER), ids=lambda rule: rule.id)
def test_double_examples(rule, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
    for example in rule.examples.true:
        found = analyze([("a.py", example.encode())], rules)
        assert (found.calls, found.unresolved) == ((), ()), example
    for example in rule.examples.false:
        (one,) = analyze([("a.py", example.encode())], rules).unresolved
        assert one.call.line == 1
    assert nameless.__doc__


@pytest.mark.parametrize("rule", RULES.guesses.values(), ids=lambda rule: rule.about)
def test_guess_examples(rule) -> None:  # type: ignore[no-untyped-def]
    assert [example for example in rule.examples.true if not rule.fits(example)] == []
    assert [example for example in rule.examples.false if rule.fits(example)] == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("endpoints.toml", "scopes.toml", "clients.toml", "api.toml", "findings.toml"):
        shutil.copy(Path(FOLDER) / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("endpoints.toml", 'method = "GET"', 'method = "FETCH"', "method must be one of"),
        ("endpoints.toml", 'path = "/v2/api/me"', 'path = "v2/api/me"', "'v2/api/me': path must be"),
        ("endpoints.toml", 'basis = "guide"', 'basis = "rumour"', "basis must be one of"),
        (
            "endpoints.toml",
            'scopes = ["TAGS_READ"]',
            'scopes = ["TAGS_RAED"]',
            "'TAGS_RAED' is not in scopes.toml; did you mean 'TAGS_READ'?",
        ),
        ("endpoints.toml", 'path = "/v2/api/users"', 'path = "/v2/api/tags"', "GET /v2/api/tags stands there twice"),
        ("endpoints.toml", "conflict_source = ", "note = ", "lacks 'conflict_source'"),
        ("endpoints.toml", 'source = "https:', 'source = "ftp:', "source must be an https:// URL"),
        ("scopes.toml", 'name = "BILLING"', 'name = "BILL ING"', "name must be letters"),
        ("scopes.toml", "[[scope]]", "[[scop]]", "unknown table [[scop]]; did you mean 'scope'?"),
        (
            "endpoints.toml",
            'path = "/v2/api/tags"',
            'path = "/v2/api/users/{u}"',
            "twice (as /v2/api/users/{id})",
        ),
        ("endpoints.toml", 'basis = "guide"', 'basis = "unknown"', "scopes must be empty where the basis is unknown"),
        (
            "endpoints.toml",
            'conflict_source = "https:',
            'conflict_source = "file:',
            "conflict_source must be an https:// URL",
        ),
        ("endpoints.toml", 'note = "', 'notes = "', "unknown field 'notes'; did you mean 'note'?"),
        ("findings.toml", 'name = "missing-scope"', 'name = "mising-scope"', "did you mean 'missing-scope'?"),
        ("api.toml", 'header = "Authorization"', "header = 7", "header must be a string"),
        ("scopes.toml", 'implies = ["CONTACTS_READ"]', 'implies = ["X"]', "implies unknown scope 'X'"),
        ("scopes.toml", "description = ", "descripton = ", "unknown field 'descripton'"),
        ("clients.toml", 'base_url = "append"', 'base_url = "glue"', "base_url must be one of"),
        ("clients.toml", 'url = "0:url"', 'url = "first"', "url must be a slot"),
        ("clients.toml", "verb = true", "vreb = true", "unknown field 'vreb'"),
        ("clients.toml", 'about = "address"', 'about = "adress"', "about must be one of client, address"),
        ("clients.toml", 'about = "address"', 'about = "client"', "another one is about 'client' too"),
        ("clients.toml", '"address", "endpoint"', '"address", "End-Point"', "words must be letters, in lower case"),
        ("clients.toml", 'host = "0:host"', 'host = "host"', "host must be a slot"),
        ("clients.toml", 'mounts = ["mount"]', 'mounts = "mount"', "mounts must be a list of strings"),
        ("clients.toml", 'command = "0:args"', 'default = "GET"', "subprocess.run: needs url with"),
        ("clients.toml", 'HEAD = ["-I", "--head"]', 'HAED = ["-I"]', "implies must be one of"),
        ("api.toml", "'/v[12]/api(?![A-Za-z0-9_-])'", "'('", "pattern is not a regular expression"),
        ("api.toml", '"/v1/oauth/"', '"v1/oauth"', "prefixes must begin and end with /"),
        ("api.toml", "api = true", 'api = "yes"', "api must be true or false"),
        ("api.toml", "true = [", "truth = [", "unknown field 'truth'"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_entry(copy: Path, file: str, old: str, new: str, said: str) -> None:
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RulesError) as error:
        api_rules(str(copy))
    assert said in str(error.value)
    assert file in str(error.value)


def test_an_entry_without_examples_does_not_load(copy: Path) -> None:
    text = (copy / "endpoints.toml").read_text("utf-8")
    (copy / "endpoints.toml").write_text(re.sub(r"(?ms)^false = \[.*?\]\n", "", text, count=1), "utf-8")
    with pytest.raises(RulesError, match="lacks 'false'"):
        api_rules(str(copy))


def test_a_new_library_is_an_entry_and_nothing_else(copy: Path) -> None:
    """The mechanism knows no library by name: one that does not exist is found by its rules alone."""
    entry = """
[[client]]
id = "fetchlib"
imports = ["fetchlib"]
base_url = "join"
source = "https://fetchlib.example/"
true = ["x"]
false = ["x"]

[[client.object]]
names = ["fetchlib.Pool"]
base_url = "0:root"
headers = ":defaults"

[[client.object.method]]
names = ["fetch"]
method = ":how"
default = "GET"
url = "0:where"
"""
    with (copy / "clients.toml").open("a", encoding="utf-8") as file:
        file.write(entry)
    source = """
import os
from fetchlib import Pool
pool = Pool("https://api.withallo.com/v2/api/", defaults={"Authorization": os.environ["ALLO_KEY"]})
pool.fetch("tags")
pool.fetch("/v2/api/users/" + ident, how="get")
pool.fetch("/tags")
"""
    found = analyze([("a.py", source.encode())], api_rules(str(copy)))
    assert [(call.line, call.method, call.endpoint, call.client, call.key) for call in found.calls] == [
        (5, "GET", "/v2/api/tags", "fetchlib", "env:ALLO_KEY"),
        (6, "GET", "/v2/api/users/{id}", "fetchlib", "env:ALLO_KEY"),
        (7, "GET", None, "fetchlib", "env:ALLO_KEY"),
    ]


def test_a_literal_part_goes_before_a_parameter(copy: Path) -> None:
    text = (copy / "endpoints.toml").read_text("utf-8")
    entry = text[text.index('[[endpoint]]\nmethod = "GET"\npath = "/v2/api/users/{id}"') :].split("\n\n")[0]
    added = entry.replace('path = "/v2/api/users/{id}"', 'path = "/v2/api/users/search"')
    (copy / "endpoints.toml").write_text(text + "\n" + added + "\n", "utf-8")
    wider = api_rules(str(copy))
    assert reached("GET /v2/api/users/search", wider) == ["GET /v2/api/users/search"]
    assert reached("GET /v2/api/users/7", wider) == ["GET /v2/api/users/{id}"]
