"""Every place where git keeps text: each key is found, at the right place, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Keyscan
from hiding import Hidden, masked, secret

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
