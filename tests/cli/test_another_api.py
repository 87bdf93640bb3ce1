"""The engine knows no vendor: with the rules of an invented API both commands find what is that API's, and no more."""

from __future__ import annotations

import ast
import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from loopback import says, serving
from samples import body, key, secret

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "parcel"
PREFIX = "parcel_" + "sk_"

CALLS = """import os, requests
CODE = os.environ["PARCEL_CODE"]
H = {"X-Parcel-Code": "Sesame " + CODE}
requests.get("https://api.parcel.example/rest/parcels/7", headers=H)
requests.post(os.environ["PARCEL_URL"] + "/rest/parcels", headers=H)
requests.get("http://api.parcel.example/rest/trucks", headers=H)
requests.delete("https://api.parcel.example/rest/parcels/7", headers={"X-Parcel-Code": "Basic " + CODE})
requests.get("https://api.withallo.com/v2/api/tags", headers={"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]})
requests.get(os.environ["ALLO_URL"] + "/v2/api/tags")
def f(path):
    requests.get("https://api.parcel.example" + path, headers=H)
"""


@pytest.fixture
def rules(tmp_path: Path) -> str:
    """Parcel's own API and keys, the libraries and placeholders that are everybody's, and findings in its name."""
    folder = tmp_path / "rules"
    folder.mkdir()
    for path in CASES.glob("*.toml"):
        (folder / path.name).write_bytes(path.read_bytes())
    for name in ("clients.toml", "placeholders.toml", "findings.toml"):
        text = (ROOT / "rules" / name).read_text("utf-8")
        (folder / name).write_text(text.replace("Allo", "Parcel"), "utf-8")
    return str(folder)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "calls.py").write_text(CALLS)
    return folder


def test_keys_of_another_form_are_found_and_allos_are_not(tree: Path, rules: str, keyscan: Keyscan) -> None:
    own = PREFIX + body(1)
    value = secret(3)
    lines = [
        f"a = {own}",
        "b = " + base64.b64encode(f"x{' '}{own}".encode()).decode(),
        f"c = {key()}",
        f"MYPARCEL_CODE={value}",
        f"WITHPARCEL_CODE={value}",
        f"ALLO_API_KEY={value}",
        f"curl https://api.parcel.example -H 'X-Parcel-Code: Sesame {secret(4)}'",
        f"{PREFIX}your_key_here",
    ]
    (tree / "settings.txt").write_text("\n\n".join(lines) + "\n")
    (tree / "made.py").write_text(f'k = "{own[:12]}" + "{own[12:]}"\n')
    sent = (
        f'requests.post("https://api.parcel.example/rest/parcels", headers={{"X-Parcel-Code": "Sesame {secret(5)}"}})'
    )
    (tree / "sent.py").write_text(f"import requests\n{sent}\n")
    done = keyscan("scan", ".", "--rules", rules, "--format", "json", cwd=tree)
    assert done.places == [
        ("leaked-key", "made.py", 1),
        ("hardcoded-credential", "sent.py", 2),
        ("leaked-key", "settings.txt", 1),
        ("leaked-key", "settings.txt", 3),
        ("hardcoded-credential", "settings.txt", 7),
        ("hardcoded-credential", "settings.txt", 13),
    ]
    assert (done.code, done.json["placeholders"]) == (1, 1)
    assert all("https://parcel.example/keys" in one["message"] for one in done.json["findings"])
    assert {own, key(), value} & set(re.findall(r"\w+", done.out + done.err)) == set()


def test_calls_on_another_api_are_found_and_allos_are_not(tree: Path, rules: str, keyscan: Keyscan) -> None:
    arguments = ("scopes", ".", "--rules", rules, "--granted", "parcels:write")
    done = keyscan(*arguments, "--check", "--format", "json", cwd=tree)
    found = [
        (one["line"], one["method"], one["endpoint"], one["scopes"], one["basis"], one["certainty"], one["key"])
        for one in done.json["calls"]
    ]
    code = "env:PARCEL_CODE"
    assert found == [
        (4, "GET", "/rest/parcels/{number}", ["parcels:read"], "documented", "definite", code),
        (5, "POST", "/rest/parcels", ["parcels:write"], "inferred", "definite", code),
        (6, "GET", None, [], "unknown", "definite", code),
        (7, "DELETE", None, [], "unknown", "definite", code),
    ]
    assert [one["line"] for one in done.json["unresolved"]] == [11]
    assert done.places == [
        ("undocumented-endpoint", "calls.py", 6),
        ("insecure-url", "calls.py", 6),
        ("method-not-allowed", "calls.py", 7),
        ("wrong-auth-scheme", "calls.py", 7),
        ("unresolved-call", "calls.py", 11),
    ]
    assert (done.code, done.json["required_scopes"]) == (1, ["parcels:write"])
    shown = keyscan(*arguments, cwd=tree)
    assert "allo" not in (done.out + shown.out + shown.err).lower().replace("allo-keyscan", "").replace(
        "not-allowed", ""
    )


def test_keys_of_another_api_are_taken_out_and_allos_are_not(tree: Path, rules: str, keyscan: Keyscan) -> None:
    (tree / "keys.py").write_text(f"a = '{PREFIX}{body(1)}'\nb = '{key()}'\n")
    done = keyscan("fix", ".", "--rules", rules, "--write", cwd=tree)
    assert done.code == 0
    assert (tree / "keys.py").read_text() == f"import os\n\na = os.environ['PARCEL_CODE']\nb = '{key()}'\n"
    assert "revoke it at https://parcel.example/keys" in done.out
    assert key() not in done.out + done.err


def test_another_api_is_explained(rules: str, keyscan: Keyscan) -> None:
    done = keyscan("explain", "https://api.parcel.example/rest/parcels/7", "--rules", rules)
    assert done.out.splitlines()[:2] == ["GET /rest/parcels/{number}", "  scopes    parcels:read"]
    assert "    GET /rest/parcels/{number}\n" in keyscan("explain", "parcels:write", "--rules", rules).out
    assert keyscan("explain", "TAGS_READ", "--rules", rules).code == 2


def test_a_key_of_another_api_is_asked_about_as_that_api_has_it(rules: str, keyscan: Keyscan) -> None:
    found = b'{"code": {"name": "c-1", "may": ["parcels:read"]}, "routes": []}'
    with serving(says(200, found)) as server, serving(says(410, b'{"failure": "gone"}')) as late:
        done = keyscan("verify", "--rules", rules, "--api-url", server.url, PARCEL_CODE=secret(1), ALLO_API_KEY=key())
        gone = keyscan("verify", "--rules", rules, "--api-url", late.url, PARCEL_CODE=secret(1))
    ((_, path, headers),) = server.requests
    assert (path, headers["x-parcel-code"], "authorization" in headers) == (
        "/rest/whoami",
        f"Sesame {secret(1)}",
        False,
    )
    assert done.out.splitlines()[-5:-3] == ["  parcels:read  do this: See parcels", ""]
    assert (done.code, gone.code, gone.out.splitlines()[-1]) == (0, 1, "  reason     gone: the code is gone")


def test_keys_of_the_usual_rules_stay_masked_under_other_rules(tree: Path, rules: str, keyscan: Keyscan) -> None:
    (tree / f"{key()}.txt").write_text(PREFIX + body(1))
    done = keyscan("scan", ".", "--rules", rules, cwd=tree)
    assert (done.code, key() in done.out + done.err, body(1) in done.out + done.err) == (1, False, False)


def _strings(path: Path) -> Iterator[str]:
    """The string and bytes literals of a module, docstrings and help texts aside."""
    tree = ast.parse(path.read_text("utf-8"))
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)) and id(node) not in texts:
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def test_the_code_names_neither_the_vendor_nor_its_hosts_headers_and_keys() -> None:
    """What the tool is for stands in the help of its commands; all else that is known of Allo is rules/."""
    vendor = re.compile(r"(?i)allo(?![-_]?keyscan|w|c)|ak_live|api-key|/v[12]/|pagar")
    named = {
        (path.name, text)
        for path in (ROOT / "allo_keyscan").rglob("*.py")
        for text in _strings(path)
        if vendor.search(text)
    }
    assert {text for name, text in named if name == "__init__.py"} == {
        "Find leaked Allo API keys.",
        "Say which scopes the Allo API calls in Python code need.",
    }
    assert {name for name, _ in named} == {"__init__.py"}
