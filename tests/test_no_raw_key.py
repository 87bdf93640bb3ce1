"""No raw key anywhere, ever: every command, every format, at the highest verbosity, and whatever goes wrong.

Canaries stand everywhere a key can stand (tests/canaries.py). Whatever is written to standard output, standard error
or a file is searched for any stretch of any of them, plain or encoded.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from canaries import STRETCH, leaks, leaks_of_files, needles, plant, unused
from checkout import ROOT, environment
from samples import PREFIX
from warm import Server

from allo_keyscan.cli import COMMANDS
from allo_keyscan.cli.group import cli
from allo_keyscan.report import FORMATS, formats_of

A, B, C, D = unused(4)


@dataclass(frozen=True)
class Scene:
    """The planted tree, and an empty folder for what is written."""

    tree: Path
    out: Path
    warm: Server

    def run(self, *command: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
        """Run `python *command` in the tree; its streams, and all files it wrote, must hold no canary."""
        for name in ("home", "tmp"):
            (self.out / name).mkdir(exist_ok=True)
        env = environment(Path(os.devnull)) | {
            "HOME": str(self.out / "home"),
            "ALLO_KEYSCAN_CACHE_DIR": str(self.out / "home" / "cache"),
            "TMPDIR": str(self.out / "tmp"),
            "ALLO_API_KEY": A,
            "PYTHONWARNINGS": "default",
            "PYTHONPATH": str(ROOT),
        }
        before = listing(self.tree)
        if command[:2] == ("-m", "allo_keyscan"):
            code, out, err = self.warm.run(command[2:], self.tree, env, stdin, 120)
        else:
            line = [sys.executable, *command]
            done = subprocess.run(line, cwd=self.tree, env=env, input=stdin, capture_output=True, timeout=120)
            code, out, err = done.returncode, done.stdout, done.stderr
        assert leaks(out) == []
        assert leaks(err) == []
        assert leaks_of_files(self.out) == []
        assert listing(self.tree) == before
        assert b"Traceback" not in err
        return code, out, err

    def keyscan(self, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
        """The command at its highest verbosity."""
        return self.run("-m", "allo_keyscan", *arguments, "-v", "-v", "-v", stdin=stdin)


def listing(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("canaries") / "tree")


@pytest.fixture
def scene(tree: Path, tmp_path: Path, warm: Server) -> Scene:
    return Scene(tree, tmp_path, warm)


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command, or the commands of a group, by their full names."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for inner in command.list_commands(click.Context(command)):
        found = command.get_command(click.Context(command), inner)
        assert found is not None
        yield from leaves(found, f"{name} {inner}")


def every_leaf() -> dict[str, click.Command]:
    return {
        name: leaf
        for top in COMMANDS
        if (command := cli.get_command(click.Context(cli), top)) is not None
        for name, leaf in leaves(command, top)
    }


# The ways to run each command over the planted tree. A command without a row fails a test below.
WAYS_TO_RUN: dict[str, Sequence[Sequence[str]]] = {
    "scan": [
        ["."],
        ["--staged"],
        ["--history"],
        ["-", "--stdin-filename", "in.py"],
        [".", "-", "--no-archives", "--no-ignores", "--max-file-size", "300"],
        ["--commit-message", "plain.txt", "broken.py"],
    ],
    "ci": [
        ["--base", "refs/notes/commits"],
        ["--base", "refs/notes/commits", "--no-scopes", "--no-ignores", "--no-archives", "--no-gitignore"],
    ],
    "scopes": [
        ["."],
        [".", "--check", "--granted", "TAGS_READ"],
        [".", "--write", "--config", "{out}/settings.toml", "--no-ignores"],
    ],
    "audit": [["."], [".", "--isolated", "--no-ignores", "--no-gitignore", "--no-archives", "--timeout", "100"]],
    "report merge": [["{out}/saved.jsonl"]],
    "report show": [["{out}/saved.jsonl"], ["{out}/scan.json"], ["{out}/scopes.json"]],
    "fix": [
        ["."],
        [".", "--no-ignores", "--no-gitignore", "--style", "settings", "--expression", "s.key()", "--no-history"],
    ],
    "explain": [["GET", f"/v2/api/users/{A}"]],
    "completion": [["bash"]],
    "config schema": [[]],
    "config show": [[".", "--baseline", A]],
    "baseline create": [[".", "--baseline", "{out}/made"]],
    "baseline update": [[".", "--baseline", "{out}/base"]],
    "baseline prune": [[".", "--baseline", "{out}/base"]],
}
ANSWERS = ("completion", "config schema", "config show", "explain")
"""They say nothing beside their result."""
BASELINE = '{"allo-keyscan-baseline": 1}\n'


def formats_taken(leaf: click.Command) -> list[str]:
    for parameter in leaf.params:
        if "--format" in parameter.opts and isinstance(parameter.type, click.Choice):
            return [str(choice) for choice in parameter.type.choices]
    return []


def takes_reports(leaf: click.Command) -> bool:
    return any("--report" in parameter.opts for parameter in leaf.params)


# Where one run can write every format, it does; tests of streams below have each format on standard output.
EVERY_RUN = [
    pytest.param(name, [*arguments, *(("--format", form) if form else ())], id=" ".join([name, *arguments, form]))
    for name, leaf in every_leaf().items()
    for arguments in WAYS_TO_RUN.get(name, [])
    for form in ([""] if takes_reports(leaf) else formats_taken(leaf) or [""])
]


def test_every_command_and_every_format_is_run() -> None:
    assert set(WAYS_TO_RUN) == set(every_leaf())
    for name in ("scan", "scopes", "audit", "ci"):
        assert formats_taken(every_leaf()[name]) == list(formats_of(name))


def test_the_search_finds_what_it_is_to_find(tree: Path) -> None:
    assert leaks(f"x{A[-STRETCH:]}x".encode()) != []
    assert leaks(f"x{A[-STRETCH // 2 :]}x {PREFIX}".encode()) == []
    assert leaks(A.encode().hex().encode()) != []
    planted = [path for path in tree.rglob("*") if path.is_file() and ".git" not in path.parts]
    plain = [path for path in planted if path.suffix not in (".zip", ".gz")]
    assert [path.name for path in plain if not leaks(path.read_bytes())] == []
    assert len(needles()) > 5


@pytest.mark.parametrize(("name", "arguments"), EVERY_RUN)
def test_a_run(scene: Scene, name: str, arguments: Sequence[str]) -> None:
    (scene.out / "base").write_text(BASELINE)
    (scene.out / "settings.toml").write_text("")
    if name.startswith("report"):
        file = arguments[0].format(out=scene.out)
        saves = {"saved.jsonl": ["audit", "."], "scan.json": ["scan", "--history"], "scopes.json": ["scopes", "."]}
        made = saves[Path(file).name]
        scene.keyscan(*made, "--format", file.rpartition(".")[2], "--output", file)
    filled = [argument.format(out=scene.out) for argument in arguments]
    leaf = every_leaf()[name]
    if takes_reports(leaf):
        kind = next((one for one in ("scopes", "scan") if any(one in word for word in (name, *filled))), "audit")
        kind = "ci" if name == "ci" else kind
        forms = [form for form in formats_taken(leaf) if kind in FORMATS[form].of]
        filled += [word for form in forms for word in ("--report", f"{form}:{scene.out}/report.{form}")]
    source = f"key = '{B}'\nother = '{B[:20]}' + '{B[20:]}'\n# {C.encode().hex()}\n".encode()
    code, out, err = scene.keyscan(*name.split(), *filled, stdin=source)
    assert code in (0, 1, 3)
    if name in ("scan", "audit", "ci", "report merge"):
        assert code == 1
        assert PREFIX.encode() in out
    if takes_reports(leaf):
        assert {path.name for path in scene.out.glob("report.*")} == {f"report.{form}" for form in forms}
        assert all(path.stat().st_size > 200 for path in scene.out.glob("report.*"))
    assert (err != b"") is (name not in ANSWERS)


def test_outputs_and_reports_in_files(scene: Scene) -> None:
    reports = [word for form in formats_of("scan") for word in ("--report", f"{form}:{scene.out}/report.{form}")]
    code, out, _ = scene.keyscan("scan", ".", *reports, "--output", f"{scene.out}/output", "--color", "always")
    assert (code, out) == (1, b"")
    written = {path.name for path in scene.out.iterdir() if path.is_file()}
    assert written == {"output", *(f"report.{form}" for form in formats_of("scan"))}
    assert all((scene.out / name).stat().st_size > 1000 for name in written)


@pytest.mark.parametrize("name", sorted(every_leaf()))
@pytest.mark.parametrize(
    "arguments",
    [
        [A],
        [f"--{A}"],
        ["--config", A],
        ["--rules", A],
        ["--format", A],
        ["--color", A],
        ["--exclude", f"[{A}", "--exclude", f"!{A}**["],
        ["--max-file-size", A],
        ["--fail-on", A],
        ["-j", A],
        ["--report", f"xml:{A}"],
        ["--baseline", f"{A}/{B}"],
        ["--output", f"gone/{A}/x"],
        ["--granted", A],
        ["--stdin-filename", A, "-"],
    ],
    ids=lambda words: words[0].replace(A, "KEY"),
)
def test_keys_as_arguments(scene: Scene, name: str, arguments: Sequence[str]) -> None:
    code, out, err = scene.keyscan(*name.split(), "plain.txt", *arguments, stdin=C.encode())
    assert code in (0, 1, 2, 3)
    assert err != b"" or (name in ANSWERS and out != b"")


@pytest.mark.parametrize("words", [[A], [f"--{A}"], ["baseline", A], ["scan", "--help", A]], ids=range(4))
def test_keys_as_commands(scene: Scene, words: Sequence[str]) -> None:
    assert scene.run("-m", "allo_keyscan", *words)[0] in (0, 2)


@pytest.mark.parametrize(
    "settings",
    [
        f"{A} = 1",
        f'"{A}" = "{B}"',
        f'fail-on = "{A}"',
        f'max-file-size = "{A}"',
        f'exclude = ["[{A}", "!{B}"]',
        f'exclude = "{A}"',
        f'ignore = ["{A}"]',
        f'baseline = "{A}"',
        f'scopes = ["{A}"]',
        f'scopes = {{"{A}" = ["{B}"]}}',
        f'scopes = {{"env:{A}" = ["{B}"]}}',
        f'per-file-ignores = {{"{A}" = ["{B}"]}}',
        f'per-file-ignores = {{"{A}" = "{B}"}}',
        f'gitignore = "{A}"',
        f'[{A}]\nx = "{B}"',
        f"{A} = '{B}",
        f"= {A}",
        f'a = "{A}"\na = "{B}"',
        f'a = "\\{A}"',
    ],
)
def test_keys_in_settings(scene: Scene, settings: str) -> None:
    file = scene.tree.with_name("settings.toml")
    file.write_text(settings)
    for name in ("scan", "scopes"):
        code, _, err = scene.keyscan(name, "plain.txt", "--config", str(file))
        assert code in (0, 1, 2)
        assert err != b""


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "rules").glob("*.toml")))
@pytest.mark.parametrize(
    "broken",
    [f"{A} = '{B}", f"{A} = '{B}'", "", f'[[{{table}}]]\nid = "{A}"\nname = "{B}"\n{C} = ["{D}"]\ntrue = ["{A}"]\n'],
    ids=["not TOML", "another key", "empty", "an entry"],
)
def test_keys_in_rules(scene: Scene, name: str, broken: str) -> None:
    rules = scene.tree.with_name("rules")
    rules.mkdir(exist_ok=True)
    for path in (ROOT / "rules").glob("*.toml"):
        (rules / path.name).write_bytes(path.read_bytes())
    text = (ROOT / "rules" / name).read_text("utf-8")
    table = text.partition("[[")[2].partition("]]")[0]
    (rules / name).write_text(broken.replace("{table}", table))
    keys = ("findings.toml", "keys.toml", "placeholders.toml")
    command = ["ci"] if name == "ci.toml" else ["scan" if name in keys else "scopes", "calls.py"]
    command = ["fix", "calls.py"] if name == "fixes.toml" else command
    code, _, err = scene.keyscan(*command, "--rules", str(rules))
    assert (code, name.encode() in err) == (2, True)


@pytest.mark.parametrize(
    "content",
    [
        A,
        f"{BASELINE}{A}\n",
        f'{BASELINE}{{"path": "{A}"}}\n',
        f'{BASELINE}{{"path": "{A}", "rule": "{B}", "fingerprint": "{C}"}}\n',
        f'{{"allo-keyscan-baseline": "{A}"}}\n',
    ],
)
def test_keys_in_a_baseline(scene: Scene, content: str) -> None:
    base = scene.tree.with_name("base")
    base.write_text(content)
    for name in ("scan", "baseline update", "baseline prune"):
        code, _, _ = scene.keyscan(*name.split(), "plain.txt", "--baseline", str(base))
        assert code in (0, 1, 2)
        written = base.read_text()
        assert written == content or leaks(written.encode()) == []
        base.write_text(content)


CRASH = """
import sys, importlib
module, _, name = sys.argv[1].partition(":")
owner = importlib.import_module(module)
*path, last = name.split(".")
for part in path:
    owner = getattr(owner, part)
kind, texts = sys.argv[2], sys.argv[3].split(",")
real, calls = getattr(owner, last), 0
def crash(*arguments, **named):
    global calls
    calls += 1
    if calls < int(sys.argv[4]):
        return real(*arguments, **named)
    sys.stderr.write("crashed\\n")
    key, plain = texts[0], texts[1]
    error = getattr(__import__("builtins"), kind)
    raise (error(5, plain, key) if kind == "OSError" else error("utf-8", plain.encode(), 1, 9, key)
           if kind == "UnicodeDecodeError" else error(plain, key)) from ValueError(plain)
setattr(owner, last, crash)
from allo_keyscan.cli import run
sys.exit(run(sys.argv[5:]))
"""
SCAN = ("scan", "--format", "text")
BASE = ("baseline", "create", "--force", "--baseline", "{out}/b")
# Where it happens, at which call, in which command.
FIX = ("fix", "--no-history")
POINTS = [
    ("allo_keyscan.fix.proof:prove", 1, FIX),
    ("allo_keyscan.fix.found:look", 2, FIX),
    ("allo_keyscan.cli.fixed:diff", 1, FIX),
    ("allo_keyscan.scan.blob:Scanner.scan", 1, SCAN),
    ("allo_keyscan.scan.blob:Scanner.scan", 3, BASE),
    ("allo_keyscan.keys.detect:Detector.matches", 2, SCAN),
    ("allo_keyscan.scan.blob:excerpt", 4, SCAN),
    ("allo_keyscan.scan.run:report", 1, SCAN),
    ("allo_keyscan.scan.run:report", 1, BASE),
    ("allo_keyscan.report.json:finding", 3, ("scan", "--format", "json")),
    ("allo_keyscan.config:load", 1, BASE),
    ("allo_keyscan.catalog:read", 1, SCAN),
    ("allo_keyscan.sources.containers:members", 1, SCAN),
    ("os:readv", 2, SCAN),
    ("os:open", 2, BASE),
    ("allo_keyscan.calls.selection:imports", 2, ("scopes",)),
    ("allo_keyscan.calls.collect:parse_text", 1, ("scopes",)),
]
KINDS = ["RuntimeError", "KeyboardInterrupt", "OSError", "UnicodeDecodeError"]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]} {point[1]} {point[2][0]}")
def test_a_failure_in_the_middle(scene: Scene, point: tuple[str, int, Sequence[str]]) -> None:
    place, call, command = point
    words = [word.format(out=scene.out) for word in command]
    for kind in KINDS:
        where = ["plain.txt", "a.zip", "assembled.py", "calls.py", ".env", "-j", "1", "-vvv"]
        code, _, err = scene.run("-c", CRASH, place, kind, f"{A},{B}", str(call), *words, *where)
        assert b"crashed" in err, "the place is not reached: give it another one"
        assert code in ({130} if kind == "KeyboardInterrupt" else {0, 1, 2, 3}), (kind, err)


def test_a_crash_in_a_process_of_many(tmp_path: Path, warm: Server) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for number in range(900):
        (tree / f"f{number}").write_text(B if number % 50 == 0 else "clean")
    scene = Scene(tree, tmp_path / "out", warm)
    scene.out.mkdir()
    for kind, expected in (("KeyboardInterrupt", 130), ("MemoryError", 1)):
        place = "allo_keyscan.scan.blob:Scanner.scan"
        code, _, err = scene.run("-c", CRASH, place, kind, f"{A},{C}", "3", "scan", ".", "-j", "2", "-vvv")
        assert (code, b"crashed" in err) == (expected, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_from_outside(scene: Scene, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "allo_keyscan", "scan", "plain.txt", "-", "-vvv"],
        cwd=scene.tree,
        env=environment(Path(os.devnull)) | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    assert process.stdin is not None
    line = f"{B}\n{C[:20]}" + "." * 9_000 + "\n"
    process.stdin.write(line.encode() * 20)  # more than a pipe holds: once it is written, it is being read
    process.stdin.flush()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert leaks(out) + leaks(err) == []
    assert b"Traceback" not in err
    assert process.returncode == (130 if number == signal.SIGINT else -number)


@pytest.mark.parametrize("form", sorted(formats_of("scan")))
def test_an_output_that_cannot_be_written(scene: Scene, form: str) -> None:
    scan = ("scan", "plain.txt", "assembled.py", "--format", form)
    code, out, err = scene.keyscan(*scan, "--output", str(scene.out))
    assert (code, out) == (2, b"")
    assert b"cannot be written" in err
    code, _, err = scene.run("-c", STREAMS, "/dev/full", "-", *scan)
    assert code == 2
    assert b"cannot be written" in err
    code, _, err = scene.run("-c", STREAMS, "pipe", "-", *scan)
    assert (code, b"rror" in err) == (1, False)
    for stream in ("/dev/full", "pipe"):
        code, out, err = scene.run("-c", STREAMS, "-", stream, *scan)
        assert (code, err) == (1, b"")
        assert b"AK001" in out or b"leaked-key" in out


STREAMS = """
import os, sys
def put(target, where):
    if where == "pipe":
        end, sink = os.pipe()
        os.close(end)
    elif where != "-":
        sink = os.open(where, os.O_WRONLY)
    else:
        return
    os.dup2(sink, target)
put(1, sys.argv[1])
put(2, sys.argv[2])
os.execv(sys.executable, [sys.executable, "-m", "allo_keyscan", *sys.argv[3:]])
"""
