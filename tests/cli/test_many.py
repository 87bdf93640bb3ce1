"""`audit` over many repositories: whatever happens to one of them, or to the run, no answer is lost or false."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from checkout import ROOT
from cli.conftest import Keyscan
from fleet import Fleet, entries, left, told, until

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a parent's death is told to children on Linux alone")


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path.resolve())


def test_each_line_comes_when_its_repository_is_done(fleet: Fleet) -> None:
    go = fleet.folder / "go"
    env = fleet.env("alpha", f"while [ ! -e {go} ]; do sleep 0.05; done")
    process = fleet.begin(env, "--format", "jsonl", "-j", "2")
    assert process.stdout is not None
    first = [json.loads(process.stdout.readline()) for _ in range(3)]
    go.touch()
    rest, _ = process.communicate(timeout=60)
    names = [Path(one["path"]) for one in first]
    assert [path for path in names if "alpha" in path.parts] == []
    last, totals = told(rest.decode())
    assert ("alpha" in last["path"], [leak["places"][0]["path"] for leak in last["keys"]]) == (True, ["leak.env"])
    assert (totals["repositories"], totals["keys"], totals["complete"]) == (4, 1, True)
    assert process.returncode == 1


def test_other_formats_keep_the_order_of_the_list(fleet: Fleet) -> None:
    env = fleet.env("alpha", f"mkdir {fleet.folder}/waited 2>&- && sleep 1")
    code, out, _ = fleet.run(env, "--format", "json", "-j", "4", "--report", f"text:{fleet.folder}/text")
    assert (code, [one["path"] for one in json.loads(out)["repositories"]]) == (1, fleet.paths)
    text = (fleet.folder / "text").read_text()
    assert sorted(fleet.paths, key=lambda path: text.index(f"{path}:")) == fleet.paths


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("kill -9 $PPID", "ended by SIGKILL"),
        ("kill -SEGV $PPID", "ended by SIGSEGV"),
        ("exec sleep 600", "did not end within the time limit of 8 s"),
    ],
)
def test_one_that_dies_or_hangs_costs_its_own_answer_alone(fleet: Fleet, action: str, said: str) -> None:
    limit = ["--timeout", "8"] if "sleep" in action else []
    code, out, err = fleet.run(fleet.env("beta", action), "--format", "jsonl", *limit, "-j", "2")
    found = entries(out)
    assert (code, len(found), len(found["alpha"]["keys"])) == (1, 4, 1)
    assert said in found["beta"]["error"]
    assert f"{fleet.list}:4: " in found["beta"]["error"], "the line of the list is named"
    assert said in err
    assert [one["error"] for name, one in found.items() if name != "beta"] == [None] * 3
    assert told(out)[-1]["errors"] == 1
    if not limit:
        fleet.list.write_text("\n".join(fleet.paths[1:3]))
        assert fleet.run(fleet.env("beta", action))[0] == 2
    if sys.platform == "linux":
        assert left(fleet) == []


@LINUX
def test_a_run_that_was_killed_goes_on_where_it_was(fleet: Fleet) -> None:
    env, file = fleet.env(), fleet.folder / "out.jsonl"
    arguments = ["--format", "jsonl", "--output", str(file), "--resume", "-j", "1"]
    assert fleet.run(env, *arguments)[0] == 1
    whole = file.read_bytes()
    file.unlink()

    there = fleet.folder / "there"
    process = fleet.begin(fleet.env("gamma", f"touch {there}; exec sleep 600"), *arguments)
    until(there.exists, "the third is not reached")
    process.kill()
    process.communicate(timeout=30)
    until(lambda: [one for one in left(fleet) if "sleep" not in one] == [], "processes outlive the run")
    assert sorted(entries(file.read_text() + "{}")) == ["alpha", "beta"]
    with open(file, "ab") as sink:
        sink.write(whole.splitlines()[2][:100])

    fleet.seen()
    code, _, err = fleet.run(fleet.env(), *arguments)
    assert (code, fleet.seen()) == (1, {"gamma", "delta"})
    assert f"resumed: 2 of 4 taken over from {file}\n" in err
    assert file.read_bytes() == whole
    assert list(fleet.folder.glob("out*")) == [file]
    assert fleet.run(fleet.env(), *arguments)[0] == 1
    assert (fleet.seen(), file.read_bytes()) == (set(), whole)


def test_what_was_made_in_another_way_or_failed_is_done_again(fleet: Fleet) -> None:
    file = fleet.folder / "out.jsonl"
    arguments = ["--format", "jsonl", "--output", str(file), "--resume"]
    assert fleet.run(fleet.env("beta", "kill -9 $PPID"), *arguments)[0] == 1
    fleet.seen()
    assert "3 of 4 taken over" in fleet.run(fleet.env(), *arguments)[2]
    assert fleet.seen() == {"beta"}
    rules = fleet.folder / "rules"
    shutil.copytree(ROOT / "rules", rules)
    (rules / "keys.toml").write_text((rules / "keys.toml").read_text() + "\n# other rules\n")
    for other in (["--fail-on", "error"], ["--exclude", "x"], ["--rules", str(rules)], ["--no-ignores"]):
        assert "0 of 4 taken over" in fleet.run(fleet.env(), *arguments, *other)[2], other
        assert fleet.seen() == set(fleet.names), other
        assert "4 of 4 taken over" in fleet.run(fleet.env(), *arguments, *other, "-j", "1", "-v")[2], other
        assert len(file.read_text().splitlines()) == 5
    fleet.seen()
    older = file.read_text().replace('"conditions":"', '"conditions":"0', 1)
    file.write_text(older)
    fleet.run(fleet.env(), *arguments, *other)
    assert len(fleet.seen()) == 1


@pytest.mark.parametrize("text", ["print('somebody else')\n", "somebody else's", "[]\n", '{"a": 1}\n'])
def test_resume_leaves_other_files_alone(fleet: Fleet, text: str) -> None:
    file = fleet.folder / "file.py"
    file.write_text(text)
    code, _, err = fleet.run(fleet.env(), "--format", "jsonl", "--output", str(file), "--resume")
    assert (code, f"{file}:1: no JSON line" in err, file.read_text()) == (2, True, text)
    for other in (["--format", "json", "--output", str(file)], ["--format", "jsonl"]):
        code, _, err = fleet.run(fleet.env(), "--resume", *other)
        assert (code, "--format jsonl and --output FILE" in err, file.read_text()) == (2, True, text)


@LINUX
@pytest.mark.parametrize("group", [False, True], ids=["the parent alone", "the whole group"])
@pytest.mark.parametrize("form", ["jsonl", "text"])
def test_an_interrupt_prints_what_was_found_and_leaves_no_process(fleet: Fleet, form: str, group: bool) -> None:
    there = fleet.folder / "there"
    env = fleet.env("gamma", f"touch {there}; exec sleep 600")
    process = fleet.begin(env, "--format", form, "-j", "2", alone=not group)
    until(there.exists, "the third is not reached")
    until(lambda: {"alpha", "beta", "delta"} <= {path for path in fleet.names if path in fleet.log()}, "others wait")
    time.sleep(2)
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    out, err = (stream.decode() for stream in process.communicate(timeout=30))
    assert (process.returncode, "Traceback" in err) == (130, False)
    assert left(fleet) == []
    assert "leak.env" in out
    assert "interrupted" in out
    if form == "jsonl":
        found = entries(out)
        assert (sorted(found), found["gamma"]["complete"]) == (sorted(fleet.names), False)
        assert (found["gamma"]["interrupted"], found["alpha"]["complete"]) == (True, True)
        assert (told(out)[-1]["complete"], told(out)[-1]["interrupted"]) == (False, True)


def test_shards_together_are_the_whole(fleet: Fleet, keyscan: Keyscan) -> None:
    whole = fleet.run(fleet.env(), "--format", "json", "-q")
    parts = []
    for number in (1, 2, 3):
        parts.append(str(fleet.folder / f"{number}.jsonl"))
        fleet.run(fleet.env(), "--format", "jsonl", "--output", parts[-1], "--shard", f"{number}/3")
    merged = keyscan("report", "merge", *parts, "--format", "json")
    assert merged.code == whole[0] == 1
    expected = {one["path"]: one for one in json.loads(whole[1])["repositories"]}
    assert {one["path"]: one for one in merged.json["repositories"]} == expected
    assert keyscan("report", "merge", parts[0], parts[2]).code in (1, 3)
    run = keyscan("report", "merge", parts[0], parts[2], "--format", "json")
    assert [skip["path"] for skip in run.json["skipped"]] == ["shard 2/3"]
    assert fleet.run(fleet.env(), "--shard", "4/3")[0] == 2


def test_lists(fleet: Fleet, keyscan: Keyscan) -> None:
    text = f"\ufeff  # a comment\r\n\r\n{fleet.paths[1]}\r\n{fleet.paths[1]}\nmissing # no comment\n"
    run = keyscan("audit", fleet.paths[2], "--repos-file", "-", "--format", "json", stdin=text.encode())
    found = run.json["repositories"]
    assert (run.code, [one["path"] for one in found]) == (2, [fleet.paths[2], fleet.paths[1], "missing # no comment"])
    assert found[2]["error"].startswith("standard input:5: missing # no comment: does not exist")
    for data, said in ((b"# nothing\n", "names no repository"), (b"a\nb\0c\n", "standard input:2: a NUL byte")):
        run = keyscan("audit", "--repos-file", "-", stdin=data)
        assert (run.code, run.out, said in run.err) == (2, "", True)
    run = keyscan("audit", "--repos-file", str(fleet.folder / "nothing"))
    assert (run.code, f"{fleet.folder}/nothing: cannot be read" in run.err) == (2, True)


def test_code_in_the_current_folder_is_not_run(fleet: Fleet, keyscan: Keyscan) -> None:
    for name in ("json", "allo_keyscan", "click"):
        (fleet.folder / f"{name}.py").write_text("raise SystemExit('hostile')\n")
    run = keyscan(
        *("audit", *fleet.paths[1:3], "--format", "jsonl", "--output", "out"), cwd=fleet.folder, PYTHONSAFEPATH="1"
    )
    assert (run.code, "hostile" in run.err) == (0, False)
