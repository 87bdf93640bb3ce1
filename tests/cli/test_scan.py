"""`scan` as the contract has it: what is found where, streams, exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from cli.conftest import Keyscan
from hooks.repositories import Repository
from samples import EXAMPLE, PREFIX, body, key, secret

from allo_keyscan import __version__
from allo_keyscan.catalog import rules_dir


def test_the_json_of_one_finding_is_the_contracts(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(f'import os\n\né = "{key()}"\nexample = "{PREFIX}your_key_here"\n')
    done = keyscan("scan", ".", "--format", "json")
    assert done.code == 1
    fingerprint = done.json["findings"][0]["fingerprint"]
    assert int(fingerprint, 16) > 0
    assert done.json == {
        "schema_version": 1,
        "tool": {"name": "allo-keyscan", "version": __version__},
        "findings": [
            {
                "rule": "leaked-key",
                "code": "AK001",
                "severity": "error",
                "confidence": "medium",
                "path": "src/app.py",
                "start": {"line": 3, "column": 6},
                "end": {"line": 3, "column": 6 + len(key())},
                "masked": f"{PREFIX}…{body()[-4:]}",
                "fingerprint": fingerprint,
                "encoding": None,
                "member": None,
                "commit": None,
                "message": "an Allo API key stands in the open: "
                "revoke it at https://web.withallo.com/settings/api first, then remove it",
                "excerpt": f'é = "{PREFIX}…{body()[-4:]}"',
                "caret": [5, 5 + len(PREFIX) + 5],
            }
        ],
        "placeholders": 1,
        "suppressed": {"comments": 0, "baseline": 0, "config": 0},
        "skipped": [],
        "complete": True,
        "summary": {"files": 1, "bytes": (tmp_path / "src" / "app.py").stat().st_size, "objects": 0, "commits": 0},
    }


def test_text_shows_the_line_masked_with_a_caret_and_what_to_do(tmp_path: Path, keyscan: Keyscan) -> None:
    text = f"X=1\nALLO_API_KEY={key()} # é\n"
    (tmp_path / "a.env").write_text(text)
    done = keyscan("scan")
    masked = f"{PREFIX}…{body()[-4:]}"
    assert done.out == (
        "a.env:2:14: AK001 leaked-key: an Allo API key stands in the open: revoke it at "
        "https://web.withallo.com/settings/api first, then remove it\n"
        "  |\n"
        f"2 | ALLO_API_KEY={masked} # é\n"
        f"  |              {'^' * len(masked)}\n"
    )
    assert done.err == f"1 finding in 1 file ({len(text.encode())} bytes)\n"


def test_jsonl_is_one_finding_a_line_and_the_rest(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a").write_text(f"{key(1)}\n{key(2)}\n")
    done = keyscan("scan", "--format", "jsonl")
    whole = keyscan("scan", "--format", "json").json
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert lines[:-1] == whole.pop("findings")
    assert lines[-1] == whole


def test_github_annotations_cannot_be_commands(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a,b:c%\n::error::x").write_text(key())
    done = keyscan("scan", "--format", "github")
    assert done.out.startswith(
        "::error file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax,line=1,endLine=1,title=AK001 leaked-key,col=1,endColumn=41::"
    )
    assert done.out.count("\n") == 1


def test_formats_agree_on_the_exit_code(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "clean").write_text("nothing\n")
    formats = ("text", "json", "jsonl", "github")
    assert [keyscan("scan", "clean", "--format", name).code for name in formats] == [0, 0, 0, 0]
    (tmp_path / "clean").write_text(key())
    assert [keyscan("scan", "clean", "--format", name).code for name in formats] == [1, 1, 1, 1]


def test_output_and_several_reports_in_one_run(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a").write_text(key())
    done = keyscan("scan", "a", "--output", "o.txt", "--report", "json:r.json", "--report", "github:r.txt")
    assert (done.code, done.out) == (1, "")
    assert (tmp_path / "o.txt").read_text().startswith("a:1:1: AK001")
    assert json.loads((tmp_path / "r.json").read_text())["findings"][0]["path"] == "a"
    assert (tmp_path / "r.txt").read_text().startswith("::error file=a,")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, keyscan: Keyscan) -> None:
    for number in range(900):
        (tmp_path / f"f{number:03}").write_text(f"x\n{key(number)}\n" if number % 9 == 0 else "clean\n")
    runs = {keyscan("scan", "--format", "json", "-j", jobs).out for jobs in ("1", "2", "4")}
    assert len(runs) == 1
    found = json.loads(runs.pop())
    assert [one["path"] for one in found["findings"]] == [f"f{number:03}" for number in range(0, 900, 9)]
    assert found["summary"]["files"] == 900


class TestExitCodes:
    @pytest.mark.parametrize(
        ("text", "options", "expected"),
        [
            ("clean", (), 0),
            (key(), (), 1),
            (key(), ("--exit-zero",), 0),
            (key(), ("--fail-on", "never"), 0),
            (EXAMPLE, (), 1),
            (EXAMPLE, ("--fail-on", "error"), 0),
            ("x = 1  # allo-keyscan: ignore[AK001]", (), 0),
            ("x = 1  # allo-keyscan: ignore[AK001]", ("--fail-on", "note"), 1),
        ],
    )
    def test_by_severity(
        self, tmp_path: Path, keyscan: Keyscan, text: str, options: tuple[str, ...], expected: int
    ) -> None:
        (tmp_path / "a.py").write_text(text)
        assert keyscan("scan", "a.py", *options).code == expected

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("scan", "gone.py"), "error: gone.py: no such file or directory"),
            (("scan", "--formta", "json"), "No such option '--formta'"),
            (("scan", "--format", "xml"), "'xml' is not one of"),
            (("scan", "--max-file-size", "big"), "'big' is not a size: write 500, 20K, 1.5M or 2G"),
            (("scan", "--report", "json"), "'json' is not FORMAT:FILE"),
            (("scan", "--baseline", "gone.jsonl"), "gone.jsonl: cannot be read: No such file or directory"),
            (("scan", "--config", "gone.toml"), "gone.toml: cannot be read: No such file or directory"),
            (("scan", "--rules", "gone"), "gone: not a folder of rules files"),
            (("scan", "--output", "gone/x"), "gone/x: cannot be written"),
            (("scan", "--staged"), "not a git repository"),
            (("scna",), "No such command 'scna'; did you mean 'scan'?"),
        ],
    )
    def test_what_cannot_run_is_2_and_says_why(self, keyscan: Keyscan, arguments: tuple[str, ...], said: str) -> None:
        done = keyscan(*arguments)
        assert (done.code, said in done.err) == (2, True), done.err
        assert "Traceback" not in done.err

    def test_a_file_that_cannot_be_read_makes_a_clean_run_incomplete(self, tmp_path: Path, keyscan: Keyscan) -> None:
        (tmp_path / "a").write_text("clean")
        os.mkfifo(tmp_path / "pipe")
        done = keyscan("scan", "a", "pipe", "--format", "json")
        assert done.code == 3
        assert done.json["skipped"] == [{"path": "pipe", "reason": "not a regular file", "incomplete": True}]
        assert done.json["complete"] is False
        assert keyscan("scan", "a", "pipe", "--allow-incomplete").code == 0
        (tmp_path / "a").write_text(key())
        assert keyscan("scan", "a", "pipe").code == 1

    def test_a_cap_that_is_reached_makes_it_incomplete(self, tmp_path: Path, keyscan: Keyscan) -> None:
        (tmp_path / "a").write_text("x" * 3000)
        done = keyscan("scan", "a", "--max-file-size", "2K")
        assert done.code == 3
        assert "not read: a: 3,000 bytes, beyond the limit of 2,048" in done.err


def test_a_file_named_twice_is_read_once(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a.txt").write_text(key())
    done = keyscan("scan", "a.txt", str(tmp_path / "a.txt"), "--format", "json")
    assert (done.places, done.json["summary"]["files"]) == ([("leaked-key", "a.txt", 1)], 1)


def test_nothing_to_look_at_is_said(keyscan: Keyscan) -> None:
    done = keyscan("scan")
    assert done.code == 0
    assert "0 files were looked at" in done.err


def test_standard_input_is_named(keyscan: Keyscan) -> None:
    done = keyscan(
        "scan", "-", "--stdin-filename", "web/public/a.js", "--format", "json", stdin=f"a\nb {key()}".encode()
    )
    assert done.places == [("client-side-key", "web/public/a.js", 2)]
    assert keyscan("scan", "-", "--format", "json", stdin=key().encode()).places == [("leaked-key", "<stdin>", 1)]


def test_standard_input_may_be_an_archive(keyscan: Keyscan) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        info = tarfile.TarInfo("in/side.env")
        info.size = len(key())
        archive.addfile(info, io.BytesIO(key().encode()))
    done = keyscan("scan", "-", "--stdin-filename", "x.tgz", "--format", "json", stdin=packed.getvalue())
    (one,) = done.json["findings"]
    assert (one["path"], one["member"]) == ("x.tgz", "in/side.env")


def test_archives_are_looked_into_unless_told_not_to(tmp_path: Path, keyscan: Keyscan) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:p>{'<w:r/>' * 50}{key()[:12]}</w:t></w:r><w:t>{key()[12:]}</w:p>")
    done = keyscan("scan", "a.docx", "--format", "json")
    assert {(one["path"], len(one["masked"])) for one in done.json["findings"]} == {("a.docx", 13)}
    assert done.code == 1
    assert keyscan("scan", "a.docx", "--no-archives").code == 0


def test_one_line_of_100_megabytes(tmp_path: Path, keyscan: Keyscan) -> None:
    filler = "é" * 5_000_000
    with (tmp_path / "big.json").open("w") as file:
        for _ in range(5):
            file.write(filler)
        file.write(f'"{key(1)}"')
        for _ in range(5):
            file.write(filler)
        file.write(f'"{key(2)}"')
    done = keyscan("scan", "big.json", "--format", "json")
    assert [(one["start"]["line"], one["start"]["column"]) for one in done.json["findings"]] == [
        (1, 25_000_002),
        (1, 50_000_000 + len(key()) + 4),
    ]


@pytest.mark.parametrize(
    "codec", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1", "utf-8-sig"]
)
def test_places_in_other_encodings_count_characters(tmp_path: Path, keyscan: Keyscan, codec: str) -> None:
    (tmp_path / "a.txt").write_bytes(f"première ligne\nclé: {key()}\n".encode(codec))
    done = keyscan("scan", "a.txt", "--format", "json")
    (one,) = done.json["findings"]
    assert one["start"] == {"line": 2, "column": 6}
    assert one["encoding"] == (codec[:6] if codec.startswith(("utf-16", "utf-32")) else None)


def test_configuration_silences_by_rule_and_by_path_and_is_counted(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.py").write_text(f'x = "{key()}"')
    (tmp_path / "b.py").write_text(f'x = "{key()}"\ny = "{EXAMPLE}"')
    (tmp_path / "pyproject.toml").write_text(
        '[tool.allo-keyscan]\nignore = ["example-key"]\nper-file-ignores = { "tests/" = ["AK001"] }\n'
    )
    done = keyscan("scan", "--format", "json")
    assert done.places == [("leaked-key", "b.py", 1)]
    assert done.json["suppressed"] == {"comments": 0, "baseline": 0, "config": 2}
    for options in (("--no-ignores",), ("--isolated",)):
        assert [rule for rule, _, _ in keyscan("scan", "--format", "json", *options).places] == [
            "leaked-key",
            "example-key",
            "leaked-key",
        ]


class TestBaseline:
    def test_by_value_not_by_place(self, tmp_path: Path, keyscan: Keyscan) -> None:
        (tmp_path / "a.py").write_text(f'x = "{key(1)}"\n')
        assert keyscan("baseline", "create").code == 0
        file = tmp_path / ".allo-keyscan-baseline.jsonl"
        assert key(1)[12:20] not in file.read_text()
        (tmp_path / "a.py").write_bytes(f'# moved\r\n\r\ny = "{key(1)}"\r\n'.encode())
        done = keyscan("scan", "--baseline", file.name, "--format", "json")
        assert (done.code, done.json["suppressed"]["baseline"]) == (0, 1)
        (tmp_path / "a.py").write_text(f'x = "{key(2)}"\n')
        done = keyscan("scan", "--baseline", file.name, "--format", "json")
        assert done.places == [("leaked-key", "a.py", 1)]

    def test_another_path_is_another_finding(self, tmp_path: Path, keyscan: Keyscan) -> None:
        (tmp_path / "a.py").write_text(key(1))
        keyscan("baseline", "create")
        (tmp_path / "a.py").rename(tmp_path / "b.py")
        done = keyscan("scan", "--baseline", ".allo-keyscan-baseline.jsonl", "--format", "json")
        assert done.places == [("leaked-key", "b.py", 1)]

    def test_create_refuses_to_replace_update_adds_prune_drops(self, tmp_path: Path, keyscan: Keyscan) -> None:
        (tmp_path / "a.py").write_text(key(1))
        file = tmp_path / "base"
        assert keyscan("baseline", "create", "--baseline", "base").code == 0
        again = keyscan("baseline", "create", "--baseline", "base")
        assert (again.code, "base: exists" in again.err) == (2, True)
        (tmp_path / "a.py").write_text("clean")
        (tmp_path / "b.py").write_text(key(2))
        keyscan("baseline", "update", "--baseline", "base")
        paths = [json.loads(line)["path"] for line in file.read_text().splitlines()[1:]]
        assert paths == ["a.py", "b.py"]
        keyscan("baseline", "prune", "--baseline", "base")
        paths = [json.loads(line)["path"] for line in file.read_text().splitlines()[1:]]
        assert paths == ["b.py"]

    def test_the_configured_baseline_is_used_and_no_ignores_shows_all(self, tmp_path: Path, keyscan: Keyscan) -> None:
        (tmp_path / ".allo-keyscan.toml").write_text('baseline = "base"\n')
        (tmp_path / "a.py").write_text(key(1))
        assert keyscan("baseline", "create").code == 0
        assert (tmp_path / "base").exists()
        assert keyscan("scan").code == 0
        assert keyscan("scan", "--no-ignores").code == 1


def test_colour_only_where_asked_or_looked_at(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a").write_text(key())
    assert "\x1b[" not in keyscan("scan").out
    assert "\x1b[1;31m" in keyscan("scan", "--color", "always").out
    assert "\x1b[1;31m" in keyscan("scan", FORCE_COLOR="1").out
    assert "\x1b[" not in keyscan("scan", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b[" not in keyscan("scan", "--color", "never", FORCE_COLOR="1").out


def test_a_name_that_is_a_key_is_masked_everywhere(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / f"{key()}.txt").write_text(key(1))
    for name in ("text", "json", "jsonl", "github"):
        done = keyscan("scan", "-v", "--format", name)
        assert body()[:16] not in done.out + done.err
        assert PREFIX + "…" in done.out.replace("\\u2026", "…")


def test_another_vendors_rules_find_and_mask_another_vendors_keys(tmp_path: Path, keyscan: Keyscan) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in Path(rules_dir()).glob("*.toml"):
        text = path.read_text("utf-8").replace(PREFIX, "zzsecret-").replace('vendor = "Allo"', 'vendor = "Zz"')
        (rules / path.name).write_text(text, "utf-8")
    other = "zzsecret-" + body()
    (tmp_path / f"{other}.txt").write_text(f"x {other}\ny {key()}\n")
    done = keyscan("scan", f"{other}.txt", "--rules", "rules", "--format", "json", "-v")
    assert [(rule, line) for rule, _, line in done.places] == [("leaked-key", 1)]
    assert body()[:12] not in done.out + done.err


def test_terminal_sequences_in_what_is_scanned_do_not_reach_the_terminal(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "a\x1b[2Jb").write_text(f"\x1b]0;x\x07 {key()} \x1b[31m\u202e")
    done = keyscan("scan")
    assert not set("\x1b\x07\u202e") & set(done.out + done.err)


def test_a_credential_without_a_prefix(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "mcp.json").write_text(
        json.dumps({"allo": {"url": "https://mcp.withallo.com/mcp", "headers": {"Authorization": secret()}}}, indent=1)
    )
    done = keyscan("scan", "--format", "json")
    assert done.places == [("hardcoded-credential", "mcp.json", 5)]
    assert done.json["findings"][0]["masked"] == f"…{secret()[-4:]}"


def test_commit_messages_end_at_the_scissors(tmp_path: Path, keyscan: Keyscan) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    scissors = "# ------------------------ >8 ------------------------\n"
    message.write_text(f"fix\n{scissors}-old {key()}\n")
    assert keyscan("scan", "--commit-message", "COMMIT_EDITMSG").code == 0
    message.write_text(f"fix {key()}\n{scissors}")
    assert keyscan("scan", "--commit-message", "COMMIT_EDITMSG").code == 1


def test_files_named_like_options_do_not_switch_the_hook_off(tmp_path: Path, keyscan: Keyscan) -> None:
    (tmp_path / "--exit-zero").write_text(key(1))
    (tmp_path / "-h").write_text("clean")
    (tmp_path / "-").write_text("clean")
    done = keyscan("scan", "--format", "json", "--exit-zero", "-h", "-", PRE_COMMIT="1")
    assert done.code == 1
    assert done.places == [("leaked-key", "--exit-zero", 1)]


def test_a_reader_that_leaves_does_no_harm(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"f{number}").write_text(key(number))
    command = f"{sys.executable} -m allo_keyscan scan . ; echo code $? >&2"
    done = subprocess.run(
        f"({command}) | head -1", shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("f0:1:1: AK001")
    assert "Traceback" not in done.stderr
    assert "code 1" in done.stderr


def test_an_interrupt_prints_what_was_found_and_is_130(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(key())
    os.mkfifo(tmp_path / "seen")
    # The process tells when it waits for more of its standard input: then it is interrupted.
    code = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from allo_keyscan.cli import resolve, run\n"
        "def waiting():\n"
        f"    yield {key(1)!r}.encode() * 2\n"
        "    open('seen', 'w').close()\n"
        "    signal.pause()\n"
        "resolve.standard_input.__code__ = waiting.__code__\n"
        "resolve.standard_input.__globals__['signal'] = signal\n"
        "sys.exit(run(['scan', '-', 'a', '--format', 'json']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with (tmp_path / "seen").open():
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    report = json.loads(out)
    assert [one["path"] for one in report["findings"]] == ["a"]
    assert report["complete"] is False
    assert b"interrupted" in err


@pytest.mark.parametrize(("setting", "arguments"), [("", ["--timeout", "1.5"]), ("timeout = 1.5", [])])
def test_a_time_limit_shows_what_was_found_and_what_was_not_looked_at(
    tmp_path: Path, setting: str, arguments: list[str]
) -> None:
    (tmp_path / ".allo-keyscan.toml").write_text(setting)
    (tmp_path / "a").write_text(key())
    for paths, code, found in (["a", "-"], 1, ["a"]), (["-"], 3, []):
        process = subprocess.Popen(
            [sys.executable, "-m", "allo_keyscan", "scan", *paths, "--format", "json", *arguments],
            cwd=tmp_path,
            stdin=subprocess.PIPE,  # open, and never written to
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.wait(timeout=20) == code
        assert process.stdout is not None
        assert process.stderr is not None
        report = json.loads(process.stdout.read())
        said = process.stderr.read()
        for pipe in (process.stdin, process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()
        assert [one["path"] for one in report["findings"]] == found
        assert report["complete"] is False
        assert report["skipped"] == [
            {
                "path": ".",
                "reason": "the time limit of 1.5 s was reached: everything behind it was not looked at",
                "incomplete": True,
            },
            {"path": "<stdin>", "reason": "the time limit was reached while it was read", "incomplete": True},
        ]
        assert b"the time limit of 1.5 s was reached" in said


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('ignore = ["leaked-keys"]', "ignore: unknown rule 'leaked-keys'; did you mean 'leaked-key'?"),
        ('ignore = ["ak001"]', "ignore: unknown rule 'ak001'; did you mean 'AK001'?"),
        (
            'per-file-ignores = { "t/" = ["AK0900"] }',
            "per-file-ignores: 't/': unknown rule 'AK0900'; did you mean 'AK090'?",
        ),
        ('ignore = ["nonsense"]', "ignore: unknown rule 'nonsense' (known: AK001, "),
    ],
)
def test_a_setting_that_names_no_rule_is_told_the_nearest(
    tmp_path: Path, keyscan: Keyscan, setting: str, said: str
) -> None:
    (tmp_path / ".allo-keyscan.toml").write_text(setting)
    done = keyscan("scan", ".")
    assert done.code == 2
    assert f".allo-keyscan.toml: {said}" in done.err


@pytest.mark.parametrize("text", ["-1", "soon", "nan", "inf", "1e9"])
def test_a_time_limit_is_a_number_of_seconds(keyscan: Keyscan, text: str) -> None:
    done = keyscan("scan", f"--timeout={text}", ".")
    assert (done.code, f"{text!r} must be a number of seconds" in done.err) == (2, True), done.err


def test_libcst_pathspec_and_their_like_stay_out_of_a_hook_run(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import requests\nrequests.get('https://api.withallo.com/v2/api/tags')\n")
    code = (
        "import sys; from allo_keyscan.cli import run; "
        "assert run(['scan', '--force-exclude', 'a.py', '-q']) == 0; "
        "rooms = {'libcst', 'pathspec', 'signal', 'subprocess', 'pickle', 'zipfile', 'tarfile'}; "
        "print(*sorted(rooms & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(("name", "value"), [("core.worktree", "../../nowhere"), ("core.bare", "true")])
def test_settings_that_take_the_work_tree_away_hide_nothing(
    tmp_path: Path, keyscan: Keyscan, name: str, value: str
) -> None:
    """With core.worktree git looked for untracked files in that folder, and the answer was clean."""
    repo = Repository.make(tmp_path)
    repo.stage("a.txt", "clean\n")
    repo.stage(".gitignore", "out\n")
    repo.commit_unchecked()
    for file in ("leak.env", "sub/leak.env", "out/leak.env"):
        repo.write(file, key())
    (tmp_path / "nowhere").mkdir()
    repo.git("config", name, value)
    for folder, places in ((".", ["leak.env", "sub/leak.env"]), ("sub", ["sub/leak.env"]), ("out", ["out/leak.env"])):
        run = keyscan("scan", folder, "--format", "json", cwd=repo.root)
        assert (run.code, [path for _, path, _ in run.places]) == (1, places)
