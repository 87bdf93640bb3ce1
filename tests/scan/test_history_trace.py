"""Which refs lead to a commit, told of many keys and many refs."""

import pytest

from allo_keyscan.scan.history.trace import BRANCHES, GROUPS, LOGS, OTHERS, REMOTES, TAGS, Kinds, Refs, reaching
from allo_keyscan.sources.history.commits import Graph
from allo_keyscan.sources.history.refs import Kind, Ref

IDS = ["first", "left", "right", "merge", "alone"]
PARENTS: list[tuple[int, ...]] = [(), (0,), (0,), (1, 2), ()]
GRAPH = Graph(IDS, [""] * 5, PARENTS, frozenset(), {oid: number for number, oid in enumerate(IDS)})


def ref(kind: Kind, name: str, oid: str) -> Ref:
    return Ref(kind, name, f"refs/{name}", oid)


REFS = Refs(
    [
        ref("tag", "v1", "first"),
        ref("branch", "topic", "right"),
        ref("head", "HEAD", "merge"),
        ref("head", "HEAD", "left"),
        ref("branch", "main", "merge"),
        ref("branch", "elsewhere", "alone"),
        ref("remote", "origin/main", "left"),
        ref("stash", "stash@{0}", "right"),
        ref("note", "notes/commits", "alone"),
        ref("other", "pull/1", "right"),
        ref("reflog", "main@{1}", "left"),
        ref("branch", "unborn", "nothing that is here"),
    ]
)


@pytest.mark.parametrize(
    ("commit", "kinds", "names"),
    [
        ("first", BRANCHES, ("HEAD", "main", "topic")),
        ("first", TAGS, ("v1",)),
        ("first", REMOTES, ("origin/main",)),
        ("first", OTHERS, ("pull/1", "stash@{0}")),
        ("first", LOGS, ("main@{1}",)),
        ("left", BRANCHES, ("HEAD", "main")),
        ("left", TAGS, ()),
        ("right", BRANCHES, ("HEAD", "main", "topic")),
        ("right", REMOTES, ()),
        ("merge", BRANCHES, ("HEAD", "main")),
        ("merge", OTHERS, ()),
        ("alone", BRANCHES, ("elsewhere",)),
        ("alone", OTHERS, ("notes/commits",)),
    ],
)
def test_refs_that_lead_to_a_commit(commit: str, kinds: Kinds, names: tuple[str, ...]) -> None:
    (bits,) = reaching(GRAPH, REFS.all, [IDS.index(commit)]).values()
    assert REFS.names(bits, kinds) == names


def test_no_refs() -> None:
    assert [Refs([]).names(0, kinds) for kinds in GROUPS] == [()] * 5
