"""Which commits are new in a run: every example of rules/ci.toml in a real clone, and clones that lack something."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ci.remotes import Remote
from hooks.repositories import Repository

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.ci import Event, Example, ci_rules
from allo_keyscan.errors import KeyscanError
from allo_keyscan.pipelines import document
from allo_keyscan.pipelines.commits import New, new_commits, since
from allo_keyscan.pipelines.runs import kind_of, recognise, run_of
from allo_keyscan.sources.history.home import home

RULES = ci_rules(rules_dir())
BRANCHES = ("main", "topic", "merged")


@pytest.fixture(scope="module")
def clones(remote: Remote, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Repository]:
    """A whole clone for each branch that can be checked out."""
    folder = tmp_path_factory.mktemp("clones")
    return {at: remote.clone(folder / at, at=at) for at in BRANCHES}


def chosen(repo: Repository, variables: dict[str, str], fields: Any = None) -> New:
    """The commits of a run."""
    pipeline = recognise(RULES, variables)
    assert pipeline is not None
    if pipeline.document is not None:
        variables = {pipeline.document: "event.json", **variables}
    return new_commits(home(str(repo.root)), run_of(RULES, pipeline, variables, lambda _: fields or {}))


def ids(repo: Repository, *revisions: str) -> list[str]:
    return sorted(repo.git("rev-list", *revisions).split())


@pytest.mark.parametrize(
    ("event", "example"),
    [
        pytest.param(event, example, id=f"{event.pipeline} {event.kind} {number}")
        for event in RULES.events
        for number, example in enumerate(event.true)
    ],
)
def test_an_example_is_recognised_and_has_its_commits(
    event: Event, example: Example, remote: Remote, clones: dict[str, Repository]
) -> None:
    repo = clones[example.at]
    variables = {name: remote.fill(value) for name, value in example.variables.items()}
    pipeline = recognise(RULES, variables)
    assert pipeline is not None
    assert kind_of(RULES, pipeline, variables) is event
    found = chosen(repo, variables, json.loads(remote.fill(example.document) or "{}"))
    assert example.range is not None
    assert sorted(found.commits) == (ids(repo, remote.fill(example.range)) if example.range else []), found.said
    assert found.gaps == ()


@pytest.mark.parametrize("pipeline", RULES.pipelines, ids=lambda one: one.id)
def test_a_pipeline_is_known_by_its_signs(pipeline: Any) -> None:
    assert [recognise(RULES, one) for one in pipeline.true] == [pipeline] * len(pipeline.true)
    assert [one for one in pipeline.false if recognise(RULES, one) is pipeline] == []


@pytest.mark.parametrize("event", RULES.events, ids=lambda one: f"{one.pipeline} {one.kind}")
def test_what_is_no_such_run_is_taken_for_another(event: Event) -> None:
    for example in event.false:
        pipeline = recognise(RULES, example.variables)
        assert pipeline is None or kind_of(RULES, pipeline, example.variables) is not event


PULL = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"}
PUSH = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_REF_NAME": "topic"}


def pull(remote: Remote) -> dict[str, Any]:
    return {"pull_request": {"base": {"sha": remote.ids["main"]}, "head": {"sha": remote.ids["topic"]}}}


def test_a_clone_of_one_commit_lacks_the_base_and_says_what_to_fetch(remote: Remote, tmp_path: Path) -> None:
    repo = remote.clone(tmp_path / "c", "--depth=1", at="merged", only="refs/heads/merged")
    found = chosen(repo, PULL, pull(remote))
    assert found.commits == ()
    assert [gap.incomplete for gap in found.gaps] == [True, True]
    assert all("fetch-depth: 0" in gap.reason for gap in found.gaps)
    assert remote.ids["main"] in found.gaps[1].reason


def test_a_shallow_clone_that_ends_within_the_range_says_so(remote: Remote, tmp_path: Path) -> None:
    repo = remote.clone(tmp_path / "c", "--depth=2", at="merged", only="refs/heads/merged")
    found = chosen(repo, PULL, pull(remote))
    # The first commit of topic is beyond the border, and nobody but git's list of borders tells.
    assert len(found.commits) < len(ids(remote.origin, "main..merged"))
    assert [gap.path for gap in found.gaps] == [".git/shallow"]
    assert "fetch-depth: 0" in found.gaps[0].reason


def test_a_shallow_clone_with_all_of_the_range_is_no_gap(remote: Remote, tmp_path: Path) -> None:
    repo = remote.clone(tmp_path / "c", "--depth=2", at="topic", only="refs/heads/topic")
    before = remote.origin.git("rev-parse", "topic~1")
    found = chosen(repo, PUSH, {"before": before, "after": remote.ids["topic"]})
    assert (found.commits, found.gaps) == ((remote.ids["topic"],), ())


def test_a_new_branch_in_a_shallow_clone_is_incomplete(remote: Remote, tmp_path: Path) -> None:
    repo = remote.clone(tmp_path / "c", "--depth=1", at="topic", only="refs/heads/topic")
    found = chosen(repo, PUSH, {"before": "0" * 40, "repository": {"default_branch": "main"}})
    assert [gap.path for gap in found.gaps] == [".git/shallow"]


def test_a_head_that_is_not_here_is_named(remote: Remote, clones: dict[str, Repository]) -> None:
    found = chosen(clones["topic"], PUSH, {"before": remote.ids["fork"], "after": remote.ids["gone"]})
    assert sorted(found.commits) == ids(clones["topic"], f"{remote.ids['fork']}..HEAD")
    assert [remote.ids["gone"] in gap.reason for gap in found.gaps] == [True]


def test_a_repository_without_a_commit_has_none(tmp_path: Path) -> None:
    assert chosen(Repository.make(tmp_path), PUSH, {}).commits == ()


def test_an_annotated_tag_as_the_base_is_its_commit(remote: Remote, clones: dict[str, Repository]) -> None:
    repo = clones["topic"]
    repo.git("tag", "-a", "-m", "x", "released", remote.ids["fork"])
    assert sorted(since(home(str(repo.root)), "released").commits) == ids(repo, f"{remote.ids['fork']}..HEAD")


@pytest.mark.parametrize("revision", ["--upload-pack=x", "-n1", "gone", "^main", "a..b", "", "a\nb", ";rm -rf x"])
def test_a_base_that_is_none_is_refused(revision: str, clones: dict[str, Repository]) -> None:
    with pytest.raises(KeyscanError, match=r"^--base "):
        since(home(str(clones["topic"].root)), revision)


HOSTILE = (
    "--upload-pack=touch pwned", "-n1", ";touch pwned", "$(touch pwned)", "main..topic", "^main", "main~1", "main^{/x}",
    "../../heads/main", "@{-1}", "main:a.txt", "*", "a\x00b", "a\nb", "\ud800", "x" * 300_000, "refs/heads/--all",
)  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_are_neither_options_nor_revisions(
    value: str, remote: Remote, clones: dict[str, Repository]
) -> None:
    repo = clones["topic"]
    event = {"before": value, "after": value, "repository": {"default_branch": value}}
    found = chosen(repo, PUSH | {"GITHUB_REF_NAME": value[:100].replace("\0", "") or "x"}, event)
    # Nothing is known of what was there, so all counts, and each value is told as what it is: no commit.
    assert sorted(found.commits) == ids(repo, "HEAD")
    assert ["no commit's id" in gap.reason or "is not here" in gap.reason for gap in found.gaps] == [True, True]
    assert all(gap.reason.isprintable() and len(gap.reason) < 400 for gap in found.gaps)
    target = chosen(clones["merged"], PULL | {"GITHUB_BASE_REF": value.replace("\0", "")}, {})
    assert sorted(target.commits) == ids(clones["merged"], "origin/main..HEAD")
    assert not (repo.root / "pwned").exists()


def test_an_event_document_that_cannot_be_read_is_a_gap(clones: dict[str, Repository]) -> None:
    def refuse(_: str) -> Any:
        raise KeyscanError("is not JSON")

    variables = {**PUSH, "GITHUB_EVENT_PATH": "x"}
    pipeline = recognise(RULES, variables)
    assert pipeline is not None
    for env, load, said in ((variables, refuse, "is not JSON"), (PUSH, refuse, "is not set")):
        found = new_commits(home(str(clones["topic"].root)), run_of(RULES, pipeline, env, load))
        assert [(gap.path, gap.reason.partition(":")[0]) for gap in found.gaps] == [("GITHUB_EVENT_PATH", said)]


def test_a_document_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = tmp_path / "event.json"
    good.write_text('{"before": "x"}')
    assert document.load(str(good)) == {"before": "x"}
    made = {
        "a list": b"[1]",
        "deep": b"[" * 200_000,
        "no JSON": b"{'a': 1}",
        "bytes": b'{"a": "\xff\xfe"}',
        "none": b"",
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "pipe")
    for name in (*made, "pipe", ".", "gone", "/dev/zero", "a\0b"):
        with pytest.raises(KeyscanError, match=r"^(?:is|cannot be)"):
            document.load(str(tmp_path / name))
    monkeypatch.setattr(document, "MOST_BYTES", 8)
    with pytest.raises(KeyscanError, match="larger"):
        document.load(str(good))
