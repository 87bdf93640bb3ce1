"""Names of commits, and what tags stand for."""

from collections.abc import Callable
from pathlib import Path

from allo_keyscan.sources.history.home import home
from allo_keyscan.sources.history.refs import Ref, list_refs


def test_tags_of_tags_of_trees_and_of_nothing(git: Callable[..., str], tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    commit, tree = git(tmp_path, "rev-parse", "HEAD", "HEAD^{tree}").split()
    git(tmp_path, "tag", "plain")
    git(tmp_path, "tag", "-a", "-m", "one", "own")
    git(tmp_path, "tag", "-a", "-m", "two", "twice", "own")
    git(tmp_path, "tag", "-a", "-m", "three", "folder", tree)
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "gone")
    git(tmp_path, "tag", "-a", "-m", "four", "lost")
    gone = git(tmp_path, "rev-parse", "HEAD").strip()
    git(tmp_path, "reset", "-q", "--hard", "HEAD~1")
    (tmp_path / ".git" / "objects" / gone[:2] / gone[2:]).unlink()
    ids = dict(
        line.split() for line in git(tmp_path, "for-each-ref", "--format=%(refname:short) %(objectname)").splitlines()
    )
    found, skipped = list_refs(home(str(tmp_path)))
    assert [ref for ref in found if ref.kind != "reflog"] == [
        Ref("branch", "main", "refs/heads/main", commit),
        Ref("tag", "folder", "refs/tags/folder", tree, ids["folder"]),
        Ref("tag", "lost", "refs/tags/lost", ids["lost"]),
        Ref("tag", "own", "refs/tags/own", commit, ids["own"]),
        Ref("tag", "plain", "refs/tags/plain", commit),
        Ref("tag", "twice", "refs/tags/twice", commit, ids["twice"]),
    ]
    assert not skipped
