"""Every place where git keeps text: each key is found, at the right place, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Keyscan, Run
from hiding import Hidden, masked, secret
from hooks.repositories import Repository
from samples import EXAMPLE, PREFIX, key

_ID = re.compile(r"(?<=^\.git/objects/)[0-9a-f]{40,64}")


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def hidden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Hidden:
    return Hidden(tmp_path_factory.mktemp("hidden"), request.param)


def told(report: Any) -> dict[str, list[str]]:
    """The paths of each key, by the key as it is shown."""
    found: dict[str, list[str]] = {}
    for one in report["findings"]:
        paths = {place["path"].partition("!")[0] for place in one["history"]["places"]}
        found.setdefault(one["masked"], []).extend(sorted(_ID.sub("{}", path) for path in paths))
    return found


def missing(found: dict[str, list[str]], expected: dict[str, str]) -> dict[str, list[str]]:
    """The places whose key is not told where it stands, with what is told of it."""
    told_of = {place: found.get(masked(secret(place)), []) for place in expected}
    return {place: paths for place, paths in told_of.items() if expected[place] not in paths}


def test_every_key_is_found_at_its_place(hidden: Hidden, keyscan: Keyscan) -> None:
    run = keyscan("scan", "--history", "--format", "json", cwd=hidden.repo.root)
    found = told(run.json)
    assert run.code == 1
    assert missing(found, hidden.paths) == {}
    assert len(run.json["findings"]) == len(hidden.paths)


def test_a_bare_clone_has_every_key_that_a_ref_leads_to(hidden: Hidden, keyscan: Keyscan, tmp_path: Path) -> None:
    hidden.repo.git("clone", "-q", "--mirror", "--no-local", str(hidden.repo.root), str(tmp_path / "bare"))
    found = told(keyscan("scan", "--history", "--format", "json", str(tmp_path / "bare")).json)
    local = ("reflog", "index", "reached by", "amended", "a remote", "a header", "a hook")
    cloned = {place: path for place, path in hidden.paths.items() if not any(word in place for word in local)}
    cloned["on a remote-tracking branch"] = hidden.paths["on a remote-tracking branch"]
    del cloned["stashed"]  # the older of two stashes: refs/stash is the newest, and the others stand in its log alone
    assert missing(found, cloned) == {}
    assert len(found) == len(cloned)


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """Two commits, of a file with a key and of one without."""
    made = Repository.make(tmp_path)
    for name, content in (("leak.env", f"{key()}\n"), ("clean.txt", "clean\n")):
        made.stage(name, content)
        made.commit_unchecked()
    return made


def scan(keyscan: Keyscan, folder: Path, *more: str, **environment: str) -> Run:
    return keyscan("scan", *(more or ("--history",)), "--format", "json", cwd=folder, **environment)


def reasons(run: Run) -> list[str]:
    return [skip["reason"] for skip in run.json["skipped"]]


def test_the_life_of_a_key(repo: Repository, keyscan: Keyscan) -> None:
    first = repo.git("rev-parse", "HEAD~1")
    repo.stage("leak.env", f"\n{key()}\n")
    repo.git("mv", "clean.txt", "other.txt")
    repo.stage("copy.env", key())
    repo.commit_unchecked("copy")
    last = repo.head
    repo.git("tag", "v1")
    repo.git("rm", "-q", "leak.env", "copy.env")
    repo.commit_unchecked("remove")
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD~1")
    (one,) = scan(keyscan, repo.root).json["findings"]
    life = one["history"]
    assert (one["path"], one["start"]["line"], one["commit"]["sha"]) == ("leak.env", 1, first)
    assert (life["first"]["sha"], life["last"]["sha"], life["first"]["author"]) == (first, last, "A <a@example.org>")
    assert (life["branches"], life["tags"], life["remotes"], life["tips"]) == (
        ["main"],
        ["v1"],
        ["origin/main"],
        ["origin/main", "v1"],
    )
    assert (life["pushed"], life["in_work_tree"], life["in_index"], life["unreachable"]) == (True, False, False, False)
    spans = [(place["path"], place["first"]["sha"], place["last"]["sha"]) for place in life["places"]]
    assert spans == [("copy.env", last, last), ("leak.env", first, last)]
    assert life["advice"].startswith("revoke it first: others may have it (origin/main, v1)")


def test_a_key_still_there_and_only_here(repo: Repository, keyscan: Keyscan) -> None:
    (one,) = scan(keyscan, repo.root).json["findings"]
    life = one["history"]
    assert (life["in_work_tree"], life["in_index"], life["pushed"], life["tips"]) == (True, True, False, ["main"])
    assert life["advice"].startswith("no remote-tracking branch has it: amend or drop the commit")


def test_a_merge_does_not_bring_what_its_side_brought(repo: Repository, keyscan: Keyscan) -> None:
    repo.branch_with("side", "side.env", key(1))
    side = repo.git("rev-parse", "side")
    repo.stage("main.txt", "x\n")
    repo.commit_unchecked()
    repo.git("merge", "-q", "side")
    found = {one["path"]: one for one in scan(keyscan, repo.root).json["findings"]}
    assert found["side.env"]["commit"]["sha"] == side
    assert found["side.env"]["history"]["last"]["sha"] == repo.head
    assert found["side.env"]["history"]["branches"] == ["main", "side"]


def test_names_decide_as_they_do_for_files(repo: Repository, keyscan: Keyscan) -> None:
    source = f'KEY = "{PREFIX[:5]}" + "{key(1)[5:]}"\n'
    for name in ("joined.py", "joined.txt"):
        repo.stage(name, source.replace("KEY", name[-1] + "Y"))
    for name in ("example.md", "example.env"):
        repo.stage(name, f"k={EXAMPLE} {name}\n")
    repo.commit_unchecked()
    found = {(one["rule"], one["path"]) for one in scan(keyscan, repo.root).json["findings"]}
    assert found == {("leaked-key", "leak.env"), ("leaked-key", "joined.py"), ("example-key", "example.env")}


def test_a_baseline_accepts_a_key_at_its_path(repo: Repository, keyscan: Keyscan) -> None:
    assert keyscan("baseline", "create", cwd=repo.root).code == 0
    name = ".allo-keyscan-baseline.jsonl"
    run = scan(keyscan, repo.root, "--history", "--baseline", name)
    assert (run.code, run.json["findings"], run.json["suppressed"]["baseline"]) == (0, [], 1)
    repo.stage("second.env", key())
    repo.commit_unchecked()
    run = scan(keyscan, repo.root, "--history", "--baseline", name)
    assert [one["path"] for one in run.json["findings"]] == ["second.env"]


def test_a_shallow_clone_says_so(repo: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    repo.git("rm", "-q", "leak.env")
    repo.commit_unchecked()
    repo.git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "shallow"))
    run = scan(keyscan, tmp_path / "shallow")
    assert (run.code, run.json["complete"], run.json["findings"]) == (3, False, [])
    assert "a shallow clone" in reasons(run)[0]
    assert "incomplete" in run.err


def test_a_partial_clone_says_so_and_fetches_nothing(repo: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    repo.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.root}", str(partial))
    run = scan(keyscan, partial)
    assert (run.code, run.json["findings"]) == (3, [])
    assert reasons(run) == ["a partial clone: 2 objects are not here, and nothing was fetched"]
    run = scan(keyscan, partial, "--commits", "HEAD~1..HEAD")
    assert (run.code, run.json["complete"]) == (3, False)


def test_a_history_that_is_cut_by_grafts(repo: Repository, keyscan: Keyscan) -> None:
    repo.write(".git/info/grafts", f"{repo.head}\n")
    run = scan(keyscan, repo.root)
    assert [one["path"] for one in run.json["findings"]] == ["leak.env"]
    assert "info/grafts" in reasons(run)[0]
    run = scan(keyscan, repo.root, "--commits", "HEAD")
    assert [one["path"] for one in run.json["findings"]] == ["leak.env"]


def loose(repo: Repository, oid: str) -> Path:
    return repo.root / ".git" / "objects" / oid[:2] / oid[2:]


@pytest.mark.parametrize("name", ["HEAD:clean.txt", "HEAD^{tree}", "HEAD"])
def test_a_damaged_object_is_named_and_the_others_are_read(repo: Repository, keyscan: Keyscan, name: str) -> None:
    repo.git("update-ref", "refs/heads/kept", "HEAD")
    path = loose(repo, repo.git("rev-parse", name))
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\0" * (len(data) - len(data) // 2))
    run = scan(keyscan, repo.root)
    assert (run.code, [one["path"] for one in run.json["findings"]]) == (1, ["leak.env"])
    assert not run.json["complete"]
    assert any("damaged" in reason for reason in reasons(run)), reasons(run)


def test_a_ref_that_leads_to_nothing_is_named(repo: Repository, keyscan: Keyscan) -> None:
    loose(repo, repo.head or "").unlink()
    run = scan(keyscan, repo.root)
    assert (run.code, [one["path"] for one in run.json["findings"]]) == (1, ["leak.env"])
    assert any(f"missing object {repo.head}" in reason for reason in reasons(run))


def test_what_cannot_run_exits_2(repo: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for where, arguments in (
        (outside, ("--history",)),
        (outside, ("--commits", "A..B")),
        (repo.root, ("--commits", "nothing..HEAD")),
        (repo.root, ("--commits", "--all")),
        (repo.root, ("--history", "--staged")),
        (repo.root, ("--history", "missing")),
        (repo.root, ("--history", ".", "..")),
    ):
        run = keyscan("scan", *arguments, cwd=where)
        assert (run.code, run.out) == (2, ""), arguments
    assert keyscan("scan", "--pre-push", cwd=repo.root, stdin=b"no hook's line\n").code == 2


def test_the_commits_of_a_range(repo: Repository, keyscan: Keyscan) -> None:
    base = repo.head
    repo.stage("a.txt", key(1))
    repo.commit_unchecked()
    added = repo.head
    repo.stage("a.txt", "gone\n")
    repo.commit_unchecked(f"drop {key(2)}")
    run = scan(keyscan, repo.root, "--commits", f"{base}..HEAD")
    found = [(one["path"], one["start"]["line"], one["commit"]["sha"]) for one in run.json["findings"]]
    assert found == [(f".git/objects/{repo.head}", 6, repo.head), ("a.txt", 1, added)]
    assert run.json["summary"] | {"bytes": 0} == {"files": 0, "bytes": 0, "objects": 2, "commits": 2}
    assert scan(keyscan, repo.root, "--commits", "HEAD..HEAD").code == 0


def test_hostile_settings_run_nothing_and_hide_nothing(repo: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\ntouch '{trap}'\n")
    tool.chmod(0o755)
    for name, value in {
        "core.fsmonitor": str(tool),
        "core.pager": str(tool),
        "core.sshCommand": str(tool),
        "core.alternateRefsCommand": str(tool),
        "diff.external": str(tool),
        "diff.all.textconv": str(tool),
        "diff.orderFile": str(tool),
        "log.showRoot": "false",
        "diff.ignoreSubmodules": "all",
        "filter.all.smudge": str(tool),
        "uploadpack.packObjectsHook": str(tool),
        "color.ui": "always",
        "core.quotePath": "false",
        "gc.auto": "1",
        "pager.cat-file": str(tool),
        "alias.cat-file": f"!{tool}",
        "remote.evil.promisor": "true",
        "remote.evil.url": f"ext::{tool}",
        "extensions.partialClone": "evil",
        "transfer.hideRefs": "refs",
    }.items():
        repo.git("config", name, value)
    repo.write(".git/info/attributes", "* diff=all filter=all -diff\n")
    repo.git("replace", repo.git("rev-parse", "HEAD~1:leak.env"), repo.git("rev-parse", "HEAD:clean.txt"))
    repo.git("replace", "--graft", "HEAD")
    trap.unlink(missing_ok=True)
    for arguments in (("--history",), ("--commits", "HEAD")):
        run = scan(keyscan, repo.root, *arguments)
        assert [one["path"] for one in run.json["findings"]] == ["leak.env"]
    assert not trap.exists()


def test_a_time_limit_is_said(repo: Repository, keyscan: Keyscan) -> None:
    run = scan(keyscan, repo.root, "--history", "--timeout", "0.000001")
    assert run.code == 3
    assert "time limit" in reasons(run)[-1]
    assert run.json["summary"]["objects"] == 0
