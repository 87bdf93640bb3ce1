"""`report merge` as a user runs it: on what `audit` wrote, whole and broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Keyscan, Run
from hooks.repositories import Repository
from leaky import PUSHED, masked


def save(keyscan: Keyscan, file: Path, *arguments: str | Path, form: str = "json") -> Path:
    run = keyscan("audit", *map(str, arguments), "--format", form, "--output", str(file), "-q")
    assert run.out == ""
    return file


def merge(keyscan: Keyscan, *arguments: str | Path) -> Run:
    return keyscan("report", "merge", *map(str, arguments), "--format", "json")


def edited(file: Path, target: Path, **changes: Any) -> Path:
    """A copy of saved JSON with some fields of it changed."""
    target.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    return target


def shard(number: int, of: int = 3, names: str = "list") -> dict[str, object]:
    return {"number": number, "of": of, "names": names}


def comparable(out: str, form: str) -> object:
    """JSON lines come as repositories end, each with what `--resume` compares; the rest is the same byte for byte."""
    if form != "jsonl":
        return out
    lines = [json.loads(line) for line in out.splitlines()]
    return sorted(json.dumps({name: value for name, value in line.items() if name != "conditions"}) for line in lines)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_merged_parts_are_what_one_run_says(
    shop: Repository, clean: Repository, keyscan: Keyscan, tmp_path: Path, form: str
) -> None:
    parts = [save(keyscan, tmp_path / name, one.root, form=form) for name, one in (("a", shop), ("b", clean))]
    forms = ("json", "jsonl", "text", "markdown", "sarif", "html") if form == "json" else ("json", "text")
    reports = [f"--report={shown}:{tmp_path / shown}" for shown in forms]
    whole = keyscan("audit", str(shop.root), str(clean.root), *reports)
    for shown in forms:
        merged = keyscan("report", "merge", *map(str, parts), "--format", shown)
        expected = comparable((tmp_path / shown).read_text("utf-8"), shown)
        assert (comparable(merged.out, shown), merged.code) == (expected, whole.code)
    assert masked(PUSHED) in merged.out


def test_exit_codes_are_those_of_the_audits(
    shop: Repository, clean: Repository, keyscan: Keyscan, tmp_path: Path
) -> None:
    bad = save(keyscan, tmp_path / "bad", shop.root)
    good = save(keyscan, tmp_path / "good", clean.root)
    gone = save(keyscan, tmp_path / "gone", tmp_path / "nowhere", clean.root)
    harmless = save(keyscan, tmp_path / "harmless", shop.root, "--fail-on", "never")
    late = save(keyscan, tmp_path / "late", clean.root, "--timeout", "0.000001")
    told = {
        name: merge(keyscan, *files).code
        for name, files in {
            "findings": (gone, bad, good),
            "clean": (good,),
            "error": (gone,),
            "level": (harmless,),
            "incomplete": (harmless, late),
            "allowed": (harmless, late, "--allow-incomplete"),
        }.items()
    }
    assert told == {"findings": 1, "clean": 0, "error": 2, "level": 0, "incomplete": 3, "allowed": 0}


def test_a_missing_shard_is_named_in_every_format(clean: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    part = save(keyscan, tmp_path / "part", clean.root)
    first = edited(part, tmp_path / "first", shards=[shard(1)])
    third = edited(part, tmp_path / "third", shards=[shard(3)], repositories=[])
    for form in ("json", "jsonl", "text", "markdown", "sarif", "html"):
        run = keyscan("report", "merge", str(first), str(third), "--format", form)
        assert (run.code, "shard 2/3" in run.out, "not read: shard 2/3" in run.err) == (3, True, True), form
        assert "shard 1/3" not in run.err + run.out
    (tmp_path / "both").write_text(merge(keyscan, first, third).out)
    second = edited(part, tmp_path / "second", shards=[shard(2)], repositories=[])
    run = merge(keyscan, tmp_path / "both", second)
    assert (run.code, run.json["skipped"], [one["number"] for one in run.json["shards"]]) == (0, [], [1, 2, 3])


@pytest.mark.parametrize("other", [shard(2, 2, "another list"), shard(2, 4)])
def test_shards_that_do_not_belong_together(
    clean: Repository, keyscan: Keyscan, tmp_path: Path, other: dict[str, object]
) -> None:
    part = save(keyscan, tmp_path / "part", clean.root)
    files = [edited(part, tmp_path / "1", shards=[shard(1, 2)]), edited(part, tmp_path / "2", shards=[other])]
    run = merge(keyscan, *files)
    assert run.code == 3
    assert "several" in run.json["skipped"][0]["reason"]


def test_one_repository_in_several_parts(shop: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    part = save(keyscan, tmp_path / "part", shop.root)
    run = merge(keyscan, part, edited(part, tmp_path / "again"))
    assert (len(run.json["repositories"]), "alike" in run.err) == (1, True)
    (entry,) = json.loads(part.read_text())["repositories"]
    other = edited(part, tmp_path / "other", repositories=[{**entry, "keys": entry["keys"][:1]}])
    run = merge(keyscan, part, other)
    assert ([len(one["keys"]) for one in run.json["repositories"]], "different" in run.err) == ([4, 1], True)
    failed = edited(part, tmp_path / "failed", repositories=[{**entry, "keys": [], "error": "no access"}])
    for files in ((part, failed), (failed, part)):
        run = merge(keyscan, *files)
        assert [(len(one["keys"]), one["error"]) for one in run.json["repositories"]] == [(4, None)]
        assert "one part could not read it" in run.err


def test_several_versions_are_said(clean: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    part = save(keyscan, tmp_path / "part", clean.root)
    old = edited(part, tmp_path / "old", tool={"name": "allo-keyscan", "version": "0.0.9"})
    run = merge(keyscan, part, old)
    assert (run.code, "several versions of allo-keyscan (0.0.9, " in run.err) == (0, True)
    new = edited(part, tmp_path / "new", schema_version=2)
    run = merge(keyscan, part, new)
    assert (run.code, run.out, f"{new}:1: schema version 2" in run.err) == (2, "", True)


def test_a_stream_that_was_cut_is_no_clean_answer(clean: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    part = save(keyscan, tmp_path / "part", clean.root, form="jsonl")
    entry, totals = part.read_text().splitlines(keepends=True)
    for text in (entry, entry + totals[:50], entry + entry[:-9]):
        part.write_text(text)
        run = merge(keyscan, part)
        assert (run.code, len(run.json["repositories"])) == (3, 1), text[-30:]
        assert (run.json["skipped"][0]["path"], "no last line" in run.err) == (str(part), True)
    part.write_text(totals)
    assert "counts 1 repositories and has 0" in merge(keyscan, part).json["skipped"][0]["reason"]
    part.write_text(entry + totals + entry.replace(clean.root.name, "other") + totals)
    run = merge(keyscan, part)
    assert (run.code, len(run.json["repositories"])) == (0, 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [("[1, 2]", 1), ("{}", 1), ("no json\n", 1), ("{0}garbage\n{0}", 2), ('{"repositories": []}', 1), ("[" * 9999, 1)],
)
def test_other_files_are_refused_with_file_and_line(
    clean: Repository, keyscan: Keyscan, tmp_path: Path, text: str, line: int
) -> None:
    part = save(keyscan, tmp_path / "part", clean.root, form="jsonl")
    part.write_text(text.replace("{0}", part.read_text().splitlines(keepends=True)[0]))
    run = merge(keyscan, part)
    assert (run.code, run.out) == (2, "")
    assert f"{part}:{line}: no JSON of `allo-keyscan audit`" in run.err


def test_standard_input_and_a_file_that_is_not_there(clean: Repository, keyscan: Keyscan, tmp_path: Path) -> None:
    part = save(keyscan, tmp_path / "part", clean.root)
    run = keyscan("report", "merge", "-", "--format", "json", stdin=part.read_bytes())
    assert (run.code, len(run.json["repositories"])) == (0, 1)
    run = merge(keyscan, tmp_path / "nothing")
    assert (run.code, str(tmp_path / "nothing") in run.err) == (2, True)
    assert merge(keyscan).code == 2
