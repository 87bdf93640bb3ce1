"""A standard stream that is closed, full or no terminal: said in one line, never taken for an answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from samples import key

_NO_INPUT = "error: standard input: cannot be read: it is closed\n"
_NO_OUTPUT = "error: standard output: cannot be written: it is closed\n"


def _run(cwd: Path, redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "allo_keyscan", *arguments]
    return subprocess.run(
        command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, start_new_session=True
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leak.py").write_text(f'KEY = "{key()}"\n')
    (tmp_path / "clean.py").write_text("import requests\nrequests.get('https://api.withallo.com/v2/api/tags')\n")
    return tmp_path


@pytest.mark.parametrize(
    ("redirection", "arguments", "said"),
    [
        ("<&-", ("scan", "-"), _NO_INPUT),
        ("<&-", ("explain-error",), _NO_INPUT),
        ("<&-", ("report", "-"), _NO_INPUT),
        ("<&-", ("scopes", "--granted-file", "-"), _NO_INPUT),  # nothing of its own may stand at that number
        (">&-", ("scan", "clean.py"), _NO_OUTPUT),
        (">&-", ("scopes", "clean.py"), _NO_OUTPUT),
        (">&-", ("explain", "AK001"), _NO_OUTPUT),
        (">/dev/full", ("explain", "AK001"), "error: standard output: cannot be written: No space left on device\n"),
        ("<&-", ("verify",), "error: ALLO_API_KEY is not set: set it, or use --key-env NAME, --key-fd N or --prompt\n"),
    ],
    ids=lambda one: one if isinstance(one, str) else " ".join(one),
)
def test_a_stream_that_is_needed_and_closed_exits_2(
    folder: Path, monkeypatch: pytest.MonkeyPatch, redirection: str, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("ALLO_API_KEY", raising=False)
    done = _run(folder, redirection, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(said)
    assert "internal error" not in done.stderr


@pytest.mark.parametrize(("file", "code"), [("clean.py", 0), ("leak.py", 1), ("gone.py", 2)])
def test_the_exit_code_is_right_where_nobody_hears_what_is_said(folder: Path, file: str, code: int) -> None:
    assert _run(folder, "2>&-", "scan", file).returncode == code


@pytest.mark.parametrize("redirection", ["", "<&-"])
def test_a_prompt_that_would_show_the_key_is_none(folder: Path, redirection: str) -> None:
    done = _run(folder, redirection, "verify", "--prompt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --prompt: no terminal, or one that would show the key: use --key-env or --key-fd\n"
