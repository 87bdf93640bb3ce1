"""`fix` as a user runs it: what it shows, what it writes and what it leaves, and what it says remains."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from canaries import Canaries, leaks, leaks_of_files
from cli.conftest import Keyscan
from hooks.repositories import Repository
from samples import PREFIX, body, key, secret

from allo_keyscan.fix import write

CLIENT = f"""\"\"\"A client.\"\"\"

import json
import sys

KEY = "{key()}"  # ours


def call():
    return get(headers={{"Authorization": "Api-Key {key(1)}"}})
"""
FIXED = CLIENT.replace("import sys", "import os\nimport sys").replace(f'"{key()}"', 'os.environ["ALLO_API_KEY"]')
FIXED = FIXED.replace(f'"Api-Key {key(1)}"', "f\"Api-Key {os.environ['ALLO_API_KEY_2']}\"")
WORKFLOW = f"env:\n  ALLO_API_KEY: {key()}  # mine\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """Two keys in code and one of them in a workflow, committed; .env is ignored."""
    made = Repository.make(tmp_path)
    for name, content in (
        ("app/client.py", CLIENT),
        (".github/workflows/ci.yml", WORKFLOW),
        (".gitignore", ".env\n"),
        ("kept.py", f"K = '{key(2)}'  # allo-keyscan: ignore[AK001] a test\nP = '{PREFIX}your_key_here'\n"),
    ):
        made.stage(name, content)
    made.commit_unchecked()
    return made


def contents(root: Path) -> dict[str, str]:
    files = [path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts]
    return {str(path.relative_to(root)): path.read_text() for path in files}


def test_without_write_a_masked_diff_is_shown_and_nothing_changes(repo: Repository, keyscan: Keyscan) -> None:
    before = contents(repo.root)
    done = keyscan("fix", cwd=repo.root)
    assert (done.code, contents(repo.root)) == (1, before)
    lines = done.out.splitlines()
    masked = f"{PREFIX}…{key()[-4:]}"
    assert f'-KEY = "{masked}"  # ours' in lines
    assert '+KEY = os.environ["ALLO_API_KEY"]  # ours' in lines
    assert "+  ALLO_API_KEY: ${{ secrets.ALLO_API_KEY }}  # mine" in lines
    assert [line for line in lines if line.startswith("+++")] == [
        "+++ b/.env.example",
        "+++ b/.github/workflows/ci.yml",
        "+++ b/app/client.py",
    ]
    assert not any(body(seed) in done.out + done.err for seed in range(3))
    assert "3 places to take out, 0 refused, 1 suppressed (1 by comments), 1 placeholder" in done.err


def test_write_changes_the_files_and_says_what_remains(repo: Repository, keyscan: Keyscan) -> None:
    before = contents(repo.root)
    done = keyscan("fix", "--write", cwd=repo.root)
    assert done.code == 0
    assert contents(repo.root) == before | {
        "app/client.py": FIXED,
        ".github/workflows/ci.yml": WORKFLOW.replace(key(), "${{ secrets.ALLO_API_KEY }}"),
        ".env.example": "ALLO_API_KEY=\nALLO_API_KEY_2=\n",
    }
    sha = repo.git("rev-parse", "HEAD")[:12]
    lines = done.out.splitlines()
    remains = lines[lines.index("What remains:") :]
    assert remains[1] == f"  {PREFIX}…{key()[-4:]} (ALLO_API_KEY)"
    assert remains[2].startswith("    revoke it at https://web.withallo.com/settings/api")
    assert remains[3].startswith(f"    it is in the history since commit {sha} of ")
    assert remains[3].endswith(", not pushed, as far as this repository knows")
    assert "git commit --amend" in remains[4]
    again = keyscan("fix", "--write", cwd=repo.root)
    assert (again.code, again.out) == (0, "")
    assert keyscan("scan", cwd=repo.root).code == 0


def test_a_key_that_was_pushed_is_said_to_be(repo: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    repo.git("init", "-q", "--bare", str(tmp_path / "origin"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin"))
    repo.git("push", "-q", "origin", "main")
    done = keyscan("fix", "--format", "json", cwd=repo.root)
    histories = [one["history"] for one in done.json["keys"]]
    assert [(one["pushed"], one["remotes"]) for one in histories] == [(True, ["origin/main"])] * 2
    assert "pushed (origin/main)" in keyscan("fix", cwd=repo.root).out


def test_the_json(repo: Repository, keyscan: Keyscan) -> None:
    repo.stage("sql.py", f"run('INSERT INTO k VALUES (\"{key(3)}\")')\n")
    done = keyscan("fix", "--no-history", "--format", "json", cwd=repo.root)
    found = done.json
    assert [
        (one["path"], one["start"]["line"], one["name"], one["state"], one["replacement"]) for one in found["places"]
    ] == [
        (".github/workflows/ci.yml", 2, "ALLO_API_KEY", "would be fixed", "${{ secrets.ALLO_API_KEY }}"),
        ("app/client.py", 6, "ALLO_API_KEY", "would be fixed", 'os.environ["ALLO_API_KEY"]'),
        ("app/client.py", 10, "ALLO_API_KEY_2", "would be fixed", 'os.environ["ALLO_API_KEY_2"]'),
        ("sql.py", 1, "ALLO_API_KEY_3", "refused", None),
    ]
    assert found["places"][3]["reason"] == "it stands inside SQL: hand it over as a parameter of the statement"
    assert [(one["path"], one["written"]) for one in found["files"]] == [
        (".env.example", False),
        (".github/workflows/ci.yml", False),
        ("app/client.py", False),
    ]
    assert [(one["name"], one["history"]) for one in found["keys"]] == [
        ("ALLO_API_KEY", None),
        ("ALLO_API_KEY_2", None),
        ("ALLO_API_KEY_3", None),
    ]
    assert (found["written"], found["suppressed"]["comments"], found["placeholders"]) == (False, 1, 1)
    assert keyscan("fix", "--write", cwd=repo.root).code == 1


def test_env_files_are_advised_on_and_examples_kept(repo: Repository, keyscan: Keyscan) -> None:
    repo.stage(".gitignore", "")
    repo.stage(".env", f"OURS={key()}\n")
    repo.stage(".env.sample", "# variables\nA=1")
    done = keyscan("fix", "--write", "--no-history", cwd=repo.root)
    assert done.code == 1
    assert f"  .env:1:6: {PREFIX}…{key()[-4:]}: a .env file may hold the key, " in done.out
    assert "  .env is in the repository: git rm --cached .env\n" in done.out
    assert "  git does not ignore .env, where the variable may be set: echo .env >> .gitignore\n" in done.out
    assert (repo.root / ".env.sample").read_text() == "# variables\nA=1\nOURS=\nALLO_API_KEY_2=\n"
    assert 'KEY = os.environ["OURS"]' in (repo.root / "app/client.py").read_text()
    assert (repo.root / ".env").read_text() == f"OURS={key()}\n"


def test_the_keys_themselves_go_into_an_ignored_file_alone(repo: Repository, keyscan: Keyscan) -> None:
    before = contents(repo.root)
    refused = keyscan("fix", "--write", "--write-env", "keys.txt", cwd=repo.root)
    assert (refused.code, contents(repo.root)) == (2, before)
    assert "keys.txt: git does not ignore it, so the keys are not written there" in refused.err
    (repo.root / ".env").write_text("# mine\nA=1")
    os.chmod(repo.root / ".env", 0o644)
    done = keyscan("fix", "--write", "--no-history", "--write-env", ".env", cwd=repo.root)
    wanted = f"# mine\nA=1\nALLO_API_KEY={key()}\nALLO_API_KEY_2={key(1)}\n"
    assert (done.code, (repo.root / ".env").read_text()) == (0, wanted)
    assert stat.S_IMODE((repo.root / ".env").stat().st_mode) == 0o600
    (repo.root / "again.py").write_text(f"a = '{key(1)}', '{key(4)}'\n")
    (repo.root / ".env").write_text(f"{wanted}ALLO_API_KEY=\n")
    keyscan("fix", "--write", "--no-history", "--write-env", ".env", cwd=repo.root)
    assert (
        (repo.root / "again.py").read_text().endswith("a = os.environ['ALLO_API_KEY_2'], os.environ['ALLO_API_KEY']\n")
    )
    assert (repo.root / ".env").read_text() == f"{wanted}ALLO_API_KEY=\nALLO_API_KEY={key(4)}\n"
    (repo.root / "more.py").write_text(f"a = '{key(5)}'\n")
    clash = keyscan("fix", "--write", "--no-history", "--write-env", ".env", cwd=repo.root)
    assert (clash.code, "has another value for ALLO_API_KEY" in clash.err) == (2, True)
    assert (repo.root / "more.py").read_text() == f"a = '{key(5)}'\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "name files or folders"),
        (["--write-env", "x"], "--write-env belongs to --write"),
        (["--name", "1a"], "--name '1a': a variable's name is"),
        (["--style", "settings"], "--style settings needs --expression"),
        (["--import", "import a"], "belong to --style settings"),
        (["--style", "settings", "--expression", "a b"], "'a b' is no expression that reads a setting"),
        (["gone"], "gone"),
        (["--wirte"], "--write"),
    ],
)
def test_what_cannot_run(repo: Repository, keyscan: Keyscan, arguments: list[str], said: str) -> None:
    done = keyscan("fix", *arguments, cwd=repo.root)
    assert (done.code, said in done.err) == (2, True)


def test_names_and_styles(repo: Repository, keyscan: Keyscan) -> None:
    done = keyscan("fix", "app", "--name", "TOKEN", "--style", "getenv", cwd=repo.root)
    assert '+KEY = os.getenv("TOKEN")  # ours' in done.out.splitlines()
    one = ("--style", "settings", "--expression", "settings.key", "--import", "from conf import settings")
    done = keyscan("fix", "app", *one, cwd=repo.root)
    assert "+KEY = settings.key  # ours" in done.out.splitlines()
    assert "+from conf import settings" in done.out.splitlines()
    assert "this is another key: put {lower} in it" in done.out


def test_another_vendors_key_is_neither_named_nor_revoked_as_one_of_this_api(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "pay.py").write_text(f"PAGARME_KEY = '{key(6)}'\nx = f('{key(7)}')  # pagarme too\n")
    (tmp_path / "own.py").write_text(f"K = '{key(8)}'\n")
    done = keyscan("fix", "--format", "json", cwd=tmp_path)
    assert [(one["name"], one["foreign"], one["masked"][-4:]) for one in done.json["keys"]] == [
        (None, True, key(7)[-4:]),
        ("PAGARME_KEY", True, key(6)[-4:]),
        ("ALLO_API_KEY", False, key(8)[-4:]),
    ]
    assert [(one["path"], one["name"], one["state"]) for one in done.json["places"]] == [
        ("own.py", "ALLO_API_KEY", "would be fixed"),
        ("pay.py", "PAGARME_KEY", "would be fixed"),
        ("pay.py", None, "refused"),
    ]
    lines = keyscan("fix", cwd=tmp_path).out.splitlines()
    remains = lines[lines.index("What remains:") + 1 :]
    assert [line for line in remains if not line.startswith("    ")] == [
        f"  {PREFIX}…{key(7)[-4:]}",
        f"  {PREFIX}…{key(6)[-4:]} (PAGARME_KEY)",
        f"  {PREFIX}…{key(8)[-4:]} (ALLO_API_KEY)",
    ]
    assert [line.startswith("    it may be another vendor's, who is named beside it: ") for line in remains[1::2]] == [
        True,
        True,
        False,
    ]
    named = keyscan("fix", "--name", "TOKEN", "--format", "json", cwd=tmp_path)
    assert [one["name"] for one in named.json["places"]] == ["TOKEN", "TOKEN_2", "TOKEN_3"]


def test_one_variable_that_had_two_keys_as_defaults(repo: Repository, keyscan: Keyscan) -> None:
    source = f"import os\na = os.getenv('OURS', '{key(6)}')\nb = os.getenv('OURS', '{key(7)}')\nc = '{key(7)}'\n"
    (repo.root / "app/client.py").write_text(source)
    done = keyscan("fix", "app", "--write", "--write-env", ".env", "--format", "json", cwd=repo.root)
    assert [one["name"] for one in done.json["places"]] == ["OURS", "OURS", "ALLO_API_KEY"]
    assert (repo.root / ".env").read_text() == f"OURS={key(6)}\nALLO_API_KEY={key(7)}\n"
    (repo.root / "app/client.py").write_text(source.rpartition("c = ")[0])
    done = keyscan("fix", "app", "--format", "json", cwd=repo.root)
    assert [(one["name"], one["masked"][-4:]) for one in done.json["keys"]] == [
        ("OURS", key(6)[-4:]),
        ("OURS", key(7)[-4:]),
    ]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_the_diff_is_read_in_the_files_own_encoding(tmp_path: Path, keyscan: Keyscan, encoding: str) -> None:
    source = f"# coding: {encoding}\nimport os\nK = 'né', '{key()}', '{key(1)} ü'\n"
    (tmp_path / "a.py").write_bytes(source.encode(encoding))
    lines = keyscan("fix", cwd=tmp_path).out.splitlines()
    assert f"-K = 'né', '{PREFIX}…{key()[-4:]}', '{PREFIX}…{key(1)[-4:]} ü'" in lines
    assert "+K = 'né', os.environ['ALLO_API_KEY'], f'{os.environ[\"ALLO_API_KEY_2\"]} ü'" in lines


def test_where_the_keys_cannot_be_put_the_code_keeps_them(repo: Repository, keyscan: Keyscan) -> None:
    before = contents(repo.root)
    (repo.root / ".env").symlink_to("/dev/null")
    done = keyscan("fix", "--write", "--no-history", "--write-env", ".env", cwd=repo.root)
    assert (done.code, done.err.splitlines()[-1][:28]) == (2, "error: .env: cannot be writt")
    (repo.root / ".env").unlink()
    assert contents(repo.root) == before


def test_an_example_that_loses_a_key_gets_the_variables_too(repo: Repository, keyscan: Keyscan) -> None:
    (repo.root / ".env.example").write_text(f"# ours\nA_KEY={key(6)}  # a\n")
    done = keyscan("fix", "--write", "--no-history", cwd=repo.root)
    assert done.code == 0
    assert (repo.root / ".env.example").read_text() == "# ours\nA_KEY=  # a\nALLO_API_KEY=\nALLO_API_KEY_2=\n"


def test_files_that_cannot_be_replaced_stay(repo: Repository, keyscan: Keyscan) -> None:
    os.link(repo.root / "app/client.py", repo.root / "other.txt")
    done = keyscan("fix", "app", "--write", "--no-history", "--format", "json", cwd=repo.root)
    assert (done.code, (repo.root / "app/client.py").read_text()) == (1, CLIENT)
    assert {one["reason"] for one in done.json["places"]} == {
        "it has other names (hard links), which would keep the old text: remove those first"
    }
    assert done.json["complete"] is False


def test_archives_and_links_are_told_of(repo: Repository, keyscan: Keyscan) -> None:
    subprocess.run(["tar", "czf", "a.tgz", "app"], cwd=repo.root, check=True)
    (repo.root / "link").symlink_to(f"to/{key()}")
    done = keyscan("fix", "a.tgz", "link", "--no-history", "--format", "json", cwd=repo.root)
    assert [(one["path"], one["state"], one["reason"][:30]) for one in done.json["places"]] == [
        ("a.tgz", "refused", "it stands inside an archive: p"),
        ("a.tgz", "refused", "it stands inside an archive: p"),
        ("link", "refused", "it stands in a symbolic link, "),
    ]


def test_outside_of_a_repository(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a.py").write_text(f"ALLO_API_KEY = '{secret()}'\n")
    refused = keyscan("fix", "--write", "--write-env", ".env", cwd=tmp_path)
    assert (refused.code, "git does not ignore it" in refused.err) == (2, True)
    os.chmod(tmp_path / "a.py", 0o751)
    done = keyscan("fix", "--write", cwd=tmp_path)
    assert (done.code, "history" in done.out) == (0, False)
    assert (tmp_path / "a.py").read_text() == "import os\n\nALLO_API_KEY = os.environ['ALLO_API_KEY']\n"
    assert stat.S_IMODE((tmp_path / "a.py").stat().st_mode) == 0o751
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env.example", "a.py"]


def changes(path: Path) -> None:
    path.write_bytes(b"changed")


def is_cut_off(path: Path) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("meanwhile", "error", "left"), [(changes, write.NotWritten, b"changed"), (is_cut_off, KeyboardInterrupt, b"old")]
)
def test_nothing_is_left_beside_a_file_that_is_not_replaced(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[Path], None],
    error: type[BaseException],
    left: bytes,
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: meanwhile(path))
    with pytest.raises(error):
        write.replace(str(path), b"old", b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.py", left)]


def test_a_write_over_planted_keys_leaks_none(tmp_path: Path, keyscan: Keyscan) -> None:
    canaries = Canaries()
    tree = tmp_path / "tree"
    tree.mkdir()
    one = canaries.key()
    (tree / "a.py").write_text(f"A = '{one}'\nB = '{one[:20]}' + '{one[20:]}'\nC = b'x {canaries.key()}'\n")
    (tree / f"{canaries.key()}.py").write_text(f"A = '{canaries.key()}'\n")
    (tree / "compose.yaml").write_text(f"a: 'k {canaries.key()}' # why\n")
    outputs = []
    for arguments in ((), ("--format", "json"), ("--write", "-vv"), ("--write",)):
        done = keyscan("fix", *arguments, cwd=tree, TMPDIR=str(tmp_path))
        outputs.append(done.out + done.err)
    assert [leak for output in outputs for leak in leaks(output.encode())] == []
    assert leaks_of_files(tree) == []
    assert leaks_of_files(tmp_path) == []


def test_an_interrupt_before_anything_is_written(repo: Repository) -> None:
    code = "import os, signal, allo_keyscan.fix.plan as p\nfrom allo_keyscan.cli import run\nimport sys\n"
    code += "p.names = lambda *a, **b: os.kill(os.getpid(), signal.SIGINT)\nsys.exit(run(['fix', '--write']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=repo.root, capture_output=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, b"interrupted")
    assert (repo.root / "app/client.py").read_text() == CLIENT
