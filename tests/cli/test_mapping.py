"""`mapping`: the rules against what the API lists for a key, and the rules with its word in them."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from cli.conftest import Keyscan
from samples import body, key

from allo_keyscan import catalog
from allo_keyscan.catalog.api import load_endpoints, load_scopes
from allo_keyscan.cli import run

ROWS = load_endpoints(str(ROOT / "rules"))
SCOPES = tuple(load_scopes(str(ROOT / "rules")))
ACTION = "/v2/api/conversations/{contact_number}/action"


def answer(*changes: tuple[str, str, str | None], without: frozenset[str] = frozenset(), scopes: Any = SCOPES) -> str:
    """What the API would list if it agreed with the rules, but for changes; as documented without PATCH."""
    listed = {
        (row.method, row.path): next(iter(row.scopes), None)
        for row in ROWS
        if row.method != "PATCH" and row.basis not in ("unknown", "inferred") and row.conflict is None
        and set(row.scopes) <= set(scopes) and row.path not in without
    }  # fmt: skip
    changed = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path, _ in changes}
    listed = {one: scope for one, scope in listed.items() if (one[0], re.sub(r"\{\w+\}", "{}", one[1])) not in changed}
    listed |= {(method, path): scope for method, path, scope in changes}
    endpoints = [{"method": m, "path": p, "description": "", "scope": scope} for (m, p), scope in listed.items()]
    data = {"api_key_id": "api-1", "scopes": list(scopes), "endpoints": endpoints, "team": None}
    return json.dumps({"data": data})


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    return tmp_path / "rules"


CHANGES: tuple[tuple[str, str, str | None], ...] = (
    ("GET", "/v2/api/moons/:id/", "MOONS_READ"),
    ("GET", "/v2/api/tags", "TAGS_WRITE"),
    ("GET", "/v2/api/users/{number}", None),
    ("PUT", ACTION, "CONVERSATIONS_WRITE"),
    ("BREW", "/v2/api/tea", "TAGS_READ"),
)


def kinds(done: Any) -> dict[str, tuple[str, Any, Any]]:
    return {
        f"{one['method']} {one['path']}": (one["kind"], one["rules"], one["live"]) for one in done.json["differences"]
    }


def test_where_rules_and_api_disagree(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "me.json").write_text(answer(*CHANGES, without=frozenset({"/v2/api/webhooks"})))
    done = keyscan("mapping", "diff", "me.json", "--format", "json")
    assert done.code == 1
    found = kinds(done)
    absent = [name for name, one in found.items() if one[0] == "absent"]
    assert {name: one for name, one in found.items() if name not in absent} == {
        "GET /v2/api/moons/{id}": ("new", None, ["MOONS_READ"]),
        "GET /v2/api/tags": ("scope", ["TAGS_READ"], ["TAGS_WRITE"]),
        "GET /v2/api/users/{id}": ("scope", ["USERS_READ"], []),
        f"PUT {ACTION}": ("scope", ["CONVERSATIONS_READ"], ["CONVERSATIONS_WRITE"]),
        "BREW /v2/api/tea": ("unusable", None, ["TAGS_READ"]),
    }
    assert {"GET /v2/api/webhooks", "POST /v2/api/webhooks"} <= set(absent)
    assert [name for name in absent if name.startswith("PATCH")] == []
    assert done.json["unknown_scopes"] == ["MOONS_READ"]
    shown = keyscan("mapping", "diff", "me.json")
    assert "scope      GET    /v2/api/tags  TAGS_READ -> TAGS_WRITE  (another scope)\n" in shown.out
    assert "scopes that the rules do not know: MOONS_READ\n" in shown.err


def test_a_key_is_not_expected_to_show_what_it_cannot_open(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "me.json").write_text(answer(scopes=("TAGS_READ",)))
    done = keyscan("mapping", "diff", "me.json", "--format", "json")
    assert (done.code, done.json["differences"]) == (0, [])
    versions = {one.path.split("/")[1] for one in ROWS}
    assert versions == {"v1", "v2"}
    (tmp_path / "one.json").write_text(
        answer(without=frozenset(one.path for one in ROWS if one.path.startswith("/v1")))
    )
    assert [name for name in kinds(keyscan("mapping", "diff", "one.json", "--format", "json")) if "/v1/" in name] == []


def test_the_apis_word_is_written_and_the_others_kept_as_conflict(
    keyscan: Keyscan, tmp_path: Path, rules: Path
) -> None:
    inferred = next(row for row in ROWS if row.basis == "inferred" and row.scopes and row.method != "PATCH")
    changes = (*CHANGES, (inferred.method, inferred.path, inferred.scopes[0]))
    (tmp_path / "me.json").write_text(answer(*changes))
    before = (rules / "endpoints.toml").read_text("utf-8")
    done = keyscan("mapping", "update", "me.json", "--rules", str(rules))
    assert (done.code, done.out) == (0, "")
    assert done.err == (f"{rules}/endpoints.toml: 5 entries written\n{rules}/scopes.toml: 1 entry written\n")
    rows = {(row.method, row.path): row for row in load_endpoints(str(rules))}
    wanted: dict[tuple[str, str], Any] = {
        ("GET", "/v2/api/moons/{id}"): (("MOONS_READ",), "live", None),
        ("GET", "/v2/api/tags"): (("TAGS_WRITE",), "live", ("TAGS_READ",)),
        ("GET", "/v2/api/users/{id}"): ((), "live", ("USERS_READ",)),
        ("PUT", ACTION): (("CONVERSATIONS_WRITE",), "live", ("CONVERSATIONS_READ",)),
        (inferred.method, inferred.path): (inferred.scopes, "live", None),
    }
    assert {place: (rows[place].scopes, rows[place].basis, rows[place].conflict) for place in wanted} == wanted
    old = {(row.method, row.path): row for row in ROWS}
    assert {place: row for place, row in rows.items() if place not in wanted} == {
        place: row for place, row in old.items() if place not in wanted
    }
    after = (rules / "endpoints.toml").read_text("utf-8")
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    pairs = zip(before.split("[[endpoint]]"), after.split("[[endpoint]]"), strict=False)
    assert sum(old.strip() != new.strip() for old, new in pairs) == 4
    again = keyscan("mapping", "diff", "me.json", "--rules", str(rules), "--format", "json")
    assert {one["kind"] for one in again.json["differences"]} <= {"absent", "unusable", "settled"}
    shown = keyscan("explain", "GET", "/v2/api/moons/7", "--rules", str(rules))
    assert shown.out.splitlines()[:3] == [
        "GET /v2/api/moons/{id}", "  scopes    MOONS_READ", "  basis     the API's own list for a key",
    ]  # fmt: skip


def test_nothing_is_written_through_a_link_that_lay_there(keyscan: Keyscan, tmp_path: Path, rules: Path) -> None:
    (tmp_path / "victim").write_text("mine\n")
    (rules / "endpoints.toml.new").symlink_to(tmp_path / "victim")
    (tmp_path / "me.json").write_text(answer(*CHANGES))
    assert keyscan("mapping", "update", "me.json", "--rules", str(rules)).code == 0
    assert (tmp_path / "victim").read_text() == "mine\n"
    assert "moons" in (rules / "endpoints.toml").read_text()


def test_sources_that_disagree_are_settled_by_the_api(keyscan: Keyscan, tmp_path: Path, rules: Path) -> None:
    (tmp_path / "me.json").write_text(answer(("PUT", ACTION, "CONVERSATIONS_READ"), scopes=("CONVERSATIONS_READ",)))
    done = keyscan("mapping", "diff", "me.json", "--format", "json")
    assert kinds(done)[f"PUT {ACTION}"][0] == "settled"
    keyscan("mapping", "update", "me.json", "--rules", str(rules))
    row = next(one for one in load_endpoints(str(rules)) if one.path == ACTION)
    assert (row.scopes, row.basis, row.conflict) == (("CONVERSATIONS_READ",), "live", None)
    assert keyscan("mapping", "diff", "me.json", "--rules", str(rules)).code == 0


def test_several_keys_show_more(keyscan: Keyscan, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(answer(("GET", "/v2/api/moons", "TAGS_READ"), scopes=("TAGS_READ",)))
    (tmp_path / "b.json").write_text(answer(("GET", "/v2/api/suns", "USERS_READ"), scopes=("USERS_READ",)))
    done = keyscan("mapping", "diff", "a.json", "b.json", "--format", "json")
    assert {name: one[0] for name, one in kinds(done).items()} == {
        "GET /v2/api/moons": "new",
        "GET /v2/api/suns": "new",
    }


def test_nothing_is_written_where_rules_would_not_load(keyscan: Keyscan, tmp_path: Path, rules: Path) -> None:
    (tmp_path / "me.json").write_text(answer(("GET", "/v2/api/moons", "TAGS_READ")))
    scopes = rules / "scopes.toml"
    scopes.write_text(scopes.read_text("utf-8"), "utf-8")
    old = (rules / "endpoints.toml").read_bytes()
    os.chmod(rules, 0o500)
    try:
        done = keyscan("mapping", "update", "me.json", "--rules", str(rules))
    finally:
        os.chmod(rules, 0o700)
    if os.geteuid() != 0:  # root may write everywhere
        assert (done.code, "cannot be written" in done.err) == (2, True)
        assert (rules / "endpoints.toml").read_bytes() == old
    assert [name for name in os.listdir(rules) if name.endswith(".new")] == []


def test_a_key_in_a_path_gets_into_no_rules(keyscan: Keyscan, tmp_path: Path, rules: Path) -> None:
    (tmp_path / "me.json").write_text(answer(("GET", f"/v2/api/x/{key(8)}", "TAGS_READ")))
    done = keyscan("mapping", "update", "me.json", "--rules", str(rules))
    assert (done.code, done.err) == (0, "the rules say what the API says: nothing is written\n")
    assert body(8) not in (rules / "endpoints.toml").read_text("utf-8")


def test_rules_of_an_installed_package_are_not_changed(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "me.json").write_text(answer(("GET", "/v2/api/moons", "TAGS_READ")))
    before = (rules / "endpoints.toml").read_bytes()
    monkeypatch.setattr(catalog, "_PACKAGE", str(tmp_path))
    assert run(["mapping", "update", str(tmp_path / "me.json")]) == 2
    assert "the rules of the installed package, which its next version would replace: copy" in capfd.readouterr().err
    assert (rules / "endpoints.toml").read_bytes() == before
    assert run(["mapping", "update", str(tmp_path / "me.json"), "--rules", str(rules)]) == 0


@pytest.mark.parametrize("text", ["", "{}", '{"data": {"api_key_id": "a"}}', "[" * 100_000])
def test_what_is_no_answer_exits_2(keyscan: Keyscan, text: str) -> None:
    done = keyscan("mapping", "diff", "-", stdin=text.encode())
    assert done.code == 2
    assert "-: not the answer for an active key: save what GET /v2/api/me answers" in done.err
