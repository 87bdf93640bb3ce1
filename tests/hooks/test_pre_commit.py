"""Real pre-commit, with the project's own manifest from a clone, in an environment that pre-commit installs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkout import clone, environment, once
from hooks.repositories import Repository, assert_committed, assert_refused
from samples import body, key

pytestmark = pytest.mark.slow

_CONFIG = """\
default_install_hook_types: [pre-commit, pre-merge-commit, commit-msg, pre-push]
repos:
  - repo: {project}
    rev: {rev}
    hooks:
      - id: allo-keyscan
      - id: allo-keyscan-message
      - id: allo-keyscan-scopes
      - id: allo-keyscan-tree
      - id: allo-keyscan-push
      - id: allo-keyscan-history
"""
_PASSED, _FAILED, _SKIPPED = "Passed", "Failed", "Skipped"


@dataclass(frozen=True)
class Installed:
    """A clone of the project, and the folder where pre-commit keeps the environment that it made of it."""

    project: Path
    store: Path
    rev: str

    @property
    def config(self) -> str:
        """A configuration with every hook of the manifest."""
        return _CONFIG.format(project=self.project, rev=self.rev)


def pre_commit(repo: Repository, *arguments: str, **extra: str) -> str:
    """What pre-commit says, which is also what it says to `git commit`."""
    return repo.run(sys.executable, "-m", "pre_commit", *arguments, **extra).said


def outcomes(said: str) -> dict[str, str]:
    """What pre-commit says of each hook: the hook's name and Passed, Failed or Skipped."""
    found = {}
    for line in said.splitlines():
        name, dots, rest = line.partition("..")
        if dots and rest.rstrip().endswith((_PASSED, _FAILED, _SKIPPED)):
            found[name] = rest.rstrip().rpartition(".")[2].rpartition(")")[2]
    return found


FILES = "allo-keyscan (leaked Allo API keys)"
MESSAGE = "allo-keyscan (commit message)"
SCOPES = "allo-keyscan (API scopes)"
TREE = "allo-keyscan (whole work tree)"
PUSH = "allo-keyscan (commits about to be pushed)"
HISTORY = "allo-keyscan (whole history)"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Made once, for all tests and all of their processes: pip builds the project and fetches what it needs."""

    def build(folder: Path) -> None:
        project = clone(folder / "project")
        env = environment(Path(os.devnull)) | {"PRE_COMMIT_HOME": str(folder / "store")}
        first = Repository(folder / "first", env)
        first.root.mkdir()
        first.git("init", "-q")
        rev = Repository(project, env).git("rev-parse", "HEAD")
        first.write(".pre-commit-config.yaml", _CONFIG.format(project=project, rev=rev))
        done = first.run(sys.executable, "-m", "pre_commit", "install-hooks")
        assert done.code == 0, done.said

    folder = once(tmp_path_factory, "pre-commit", build)
    project = folder / "project"
    return Installed(project, folder / "store", Repository(project, environment(Path(os.devnull))).head or "")


@pytest.fixture
def repo(tmp_path: Path, installed: Installed) -> Repository:
    """A repository with the hooks installed and one commit without a key."""
    made = bare(tmp_path, installed)
    made.stage("a.txt", "a\n")
    made.commit_unchecked()
    return made


def bare(folder: Path, installed: Installed) -> Repository:
    """The same before its first commit."""
    made = Repository.make(folder)
    made = Repository(made.root, made.env | {"PRE_COMMIT_HOME": str(installed.store)})
    made.stage(".pre-commit-config.yaml", installed.config)
    assert "installed" in pre_commit(made, "install")
    return made


def test_try_repo_from_a_clone(tmp_path: Path, installed: Installed) -> None:
    repo = Repository.make(tmp_path)
    repo.stage("leak", f"\n {key()}")
    repo.stage("clean", "clean")
    said = pre_commit(repo, "try-repo", str(installed.project), "allo-keyscan", "--all-files")
    assert outcomes(said) == {FILES: _FAILED}, said
    assert [line.partition(": ")[0] for line in said.splitlines() if "AK001" in line] == ["leak:2:2"]
    assert "- exit code: 1" in said


def test_a_commit_with_a_key_is_refused_and_one_without_it_is_not(repo: Repository) -> None:
    before = repo.head
    repo.stage("src/app.py", f'\nkey = "{key()}"\n')
    repo.stage("picture.bin", b"\0\1\2" + key(1).encode())
    done = repo.commit()
    assert_refused(repo, before, done, ["src/app.py:2:8", "picture.bin:1:4"])
    assert outcomes(done.said) == {FILES: _FAILED, SCOPES: _PASSED}
    assert not any(piece in done.said for piece in (body()[:12], body(1)[:12]))
    repo.stage("src/app.py", "\nkey = None\n")
    repo.stage("picture.bin", b"\0")
    done = repo.commit()
    assert_committed(repo, before, done)
    assert outcomes(done.said) == {FILES: _PASSED, MESSAGE: _PASSED, SCOPES: _PASSED}


def test_the_first_commit(tmp_path: Path, installed: Installed) -> None:
    repo = bare(tmp_path, installed)
    repo.stage("leak", key())
    assert_refused(repo, None, repo.commit(), ["leak:1:1"])
    repo.stage("leak", "clean")
    assert_committed(repo, None, repo.commit())


def test_amend(repo: Repository) -> None:
    before = repo.head
    repo.stage("leak", key())
    assert_refused(repo, before, repo.commit("--amend", "--no-edit"), ["leak:1:1"])


def test_rename_and_delete(repo: Repository) -> None:
    repo.stage("old", f"{key()}\n")
    repo.stage("gone", key(1))
    repo.commit_unchecked()
    before = repo.head
    repo.git("mv", "old", "new")
    assert_refused(repo, before, repo.commit(), ["new:1:1"])
    repo.git("mv", "new", "old")
    repo.git("rm", "-q", "gone")
    done = repo.commit()
    assert_committed(repo, before, done)
    assert outcomes(done.said) == {FILES: _SKIPPED, MESSAGE: _PASSED, SCOPES: _SKIPPED}


def test_a_merge_with_a_conflict(repo: Repository) -> None:
    repo.branch_with("other", "a.txt", "other\n")
    repo.stage("a.txt", "mine\n")
    repo.commit_unchecked()
    before = repo.head
    repo.git("merge", "-q", "other", code=1)
    repo.stage("a.txt", f"mine\n{key()}\n")
    assert_refused(repo, before, repo.commit("--no-edit"), ["a.txt:2:1"])
    repo.stage("a.txt", "mine\nother\n")
    done = repo.commit("--no-edit")
    assert_committed(repo, before, done)
    assert outcomes(done.said) == {FILES: _PASSED, MESSAGE: _PASSED, SCOPES: _SKIPPED}
    assert len(repo.git("rev-parse", "HEAD^@").split()) == 2


def test_a_merge_without_a_conflict(repo: Repository) -> None:
    repo.branch_with("other", "leak", key())
    repo.stage("b", "mine\n")
    repo.commit_unchecked()
    before = repo.head
    assert_refused(repo, before, repo.run("git", "merge", "--no-edit", "other"), ["leak:1:1"])


def test_all_files_are_looked_at_though_nothing_is_staged(repo: Repository) -> None:
    repo.stage("leak", key())
    repo.commit_unchecked()
    repo.write("not-tracked", key(1))
    done = repo.run(sys.executable, "-m", "pre_commit", "run", "allo-keyscan", "--all-files")
    assert_refused(repo, repo.head, done, ["leak:1:1"])


def test_the_files_that_are_named_are_looked_at_and_no_others(repo: Repository) -> None:
    for name in ("one", "two", "three"):
        repo.stage(name, key())
    repo.commit_unchecked()
    done = repo.run(sys.executable, "-m", "pre_commit", "run", "allo-keyscan", "--files", "one", "three")
    assert_refused(repo, repo.head, done, ["one:1:1", "three:1:1"])
    done = repo.run(sys.executable, "-m", "pre_commit", "run", "allo-keyscan", "--files", "a.txt")
    assert (done.code, outcomes(done.said)) == (0, {FILES: _PASSED})


def test_a_linked_worktree(repo: Repository) -> None:
    other = repo.worktree("linked")
    other.stage("there", key())
    before = other.head
    assert_refused(other, before, other.commit(), ["there:1:1"])
    other.stage("there", "clean")
    git_dir = repo.root / ".git" / "worktrees" / "linked"
    assert_refused(other, before, other.commit("-m", f"a {key()}"), [f"{git_dir}/COMMIT_EDITMSG:1:3"])
    assert_committed(other, before, other.commit())


def test_a_key_in_the_message(repo: Repository) -> None:
    before = repo.head
    repo.stage("b", "clean")
    done = repo.commit("-m", f"subject\n\n{key()}")
    assert_refused(repo, before, done, [".git/COMMIT_EDITMSG:3:1"])
    assert outcomes(done.said) == {FILES: _PASSED, MESSAGE: _FAILED, SCOPES: _SKIPPED}
    assert body()[:12] not in done.said


@pytest.mark.parametrize("name", ["--exit-zero", "-h", "--version", "--exclude=*"])
def test_a_file_named_like_an_option_switches_nothing_off(repo: Repository, name: str) -> None:
    before = repo.head
    repo.stage(name, "clean")
    repo.stage("leak", key())
    assert_refused(repo, before, repo.commit(), ["leak:1:1"])


def test_a_key_in_a_file_named_like_an_option(repo: Repository) -> None:
    repo.stage("-h", key())
    assert_refused(repo, repo.head, repo.commit(), ["-h:1:1"])


def test_an_excluded_file_is_left_out_though_it_is_named(repo: Repository) -> None:
    before = repo.head
    repo.stage(".allo-keyscanignore", "fixtures/\n")
    repo.stage("fixtures/leak", key())
    assert_committed(repo, before, repo.commit())


def test_a_fix_that_is_not_staged_hides_nothing(repo: Repository) -> None:
    repo.stage("b", key())
    repo.write("b", "fixed\n")
    assert_refused(repo, repo.head, repo.commit(), ["b:1:1"])
    assert (repo.root / "b").read_text() == "fixed\n"


CLIENT = """\
import os
import requests

def get(path):
    headers = {"Authorization": "Api-Key " + os.environ["ALLO_API_KEY"]}
    return requests.get("https://api.withallo.com/v2/api" + path, headers=headers)
"""
DECLARED = '[tool.allo-keyscan.scopes]\n"env:ALLO_API_KEY" = [{}]\n'


def test_a_commit_that_needs_a_scope_more_is_refused_until_it_is_declared(repo: Repository) -> None:
    """The call is staged, the wrapper that sends it is not: the hook looks at the whole project."""
    repo.stage("client.py", CLIENT)
    repo.stage("a.py", 'from client import get\n\nget("/tags")\n')
    repo.stage("pyproject.toml", DECLARED.format('"TAGS_READ"'))
    before = repo.head
    done = repo.commit()
    assert_committed(repo, before, done)
    assert outcomes(done.said) == {FILES: _PASSED, MESSAGE: _PASSED, SCOPES: _PASSED}
    before = repo.head
    repo.stage("b.py", 'from client import get\n\nget("/users")\n')
    done = repo.commit()
    assert (done.code, repo.head, outcomes(done.said)) == (1, before, {FILES: _PASSED, SCOPES: _FAILED})
    assert "b.py:3:1: AK102 missing-scope: GET /v2/api/users needs USERS_READ" in done.said
    repo.stage("pyproject.toml", DECLARED.format('"TAGS_READ", "USERS_READ"'))
    assert_committed(repo, before, repo.commit())


def test_a_declared_scope_that_nothing_needs_is_refused(repo: Repository) -> None:
    repo.stage("client.py", CLIENT + 'get("/tags")\n')
    repo.stage("pyproject.toml", DECLARED.format('"TAGS_READ"'))
    repo.commit_unchecked()
    before = repo.head
    repo.stage("pyproject.toml", DECLARED.format('"BILLING", "TAGS_READ"'))
    done = repo.commit()
    assert (done.code, repo.head, outcomes(done.said)) == (1, before, {FILES: _PASSED, SCOPES: _FAILED})
    assert "pyproject.toml:2:1: AK103 unused-scope: BILLING is declared for env:ALLO_API_KEY" in done.said


def test_the_whole_tree_on_demand(repo: Repository) -> None:
    repo.write("not-tracked", key())
    repo.write(".gitignore", "ignored\n")
    repo.write("ignored", key(1))
    done = repo.run(sys.executable, "-m", "pre_commit", "run", "allo-keyscan-tree", "--hook-stage", "manual")
    assert_refused(repo, repo.head, done, ["not-tracked:1:1"])
    assert outcomes(done.said) == {TREE: _FAILED}


def test_the_manifest_is_valid_and_every_hook_of_it_is_tried_here(installed: Installed) -> None:
    project = Repository(installed.project, environment(Path(os.devnull)))
    done = project.run(sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml")
    assert (done.code, done.said) == (0, "")
    manifest = (installed.project / ".pre-commit-hooks.yaml").read_text()
    offered = [line.partition(": ")[2] for line in manifest.splitlines() if line.startswith("- id: ")]
    assert all(f"id: {name}\n" in _CONFIG for name in offered)


def pushed(repo: Repository, *arguments: str) -> tuple[bool, list[str], str]:
    """Whether a push went through, the places that were found, and the outcome of the hook."""
    done = repo.run("git", "push", *arguments)
    found = sorted(line.partition(": ")[0] for line in done.said.splitlines() if "AK001" in line)
    return done.code == 0, found, outcomes(done.said).get(PUSH, "")


def test_pushes(repo: Repository, tmp_path: Path) -> None:
    repo.git("init", "-q", "--bare", str(tmp_path / "origin"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin"))
    assert pushed(repo, "origin", "main") == (True, [], _PASSED)  # the first one, of a root
    repo.stage("leak", key())
    repo.commit_unchecked()
    repo.stage("leak", "gone\n")
    repo.commit_unchecked()
    assert pushed(repo, "origin", "main") == (False, ["leak:1:1"], _FAILED)  # there in neither of the two trees
    repo.git("reset", "-q", "--hard", "HEAD~2")
    repo.branch_with("one", "one.txt", "fine\n")
    repo.branch_with("two", "two.txt", key())
    assert pushed(repo, "origin", "one", "two") == (False, ["two.txt:1:1"], _FAILED)  # pre-commit names the first alone
    repo.git("branch", "-q", "-D", "two")
    assert pushed(repo, "origin", "one") == (True, [], _PASSED)
    repo.git("commit", "-q", "--amend", "--no-verify", "-m", key())
    place = f".git/objects/{repo.head}:5:1"
    assert pushed(repo, "--force", "origin", "main") == (False, [place], _FAILED)


def test_a_first_push_with_a_key(repo: Repository, tmp_path: Path) -> None:
    repo.git("init", "-q", "--bare", str(tmp_path / "origin"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin"))
    repo.stage("leak", key())
    repo.commit_unchecked()
    assert pushed(repo, "origin", "main") == (False, ["leak:1:1"], _FAILED)


def test_the_whole_history_on_demand(repo: Repository) -> None:
    repo.stage("leak", key())
    repo.commit_unchecked()
    repo.git("reset", "-q", "--hard", "HEAD~1")
    said = pre_commit(repo, "run", "allo-keyscan-history", "--hook-stage", "manual")
    assert outcomes(said) == {HISTORY: _FAILED}, said
    assert [line.partition(": ")[0] for line in said.splitlines() if "AK001" in line] == ["leak:1:1"]
