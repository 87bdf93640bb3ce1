"""The formats of `scopes` that other tools read: SARIF, annotations, Markdown; nothing scanned may become markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.model import (
    Call,
    Finding,
    KeyNeeds,
    Origin,
    Place,
    Position,
    ScopeNeed,
    ScopesReport,
    Severity,
    Skipped,
    Unresolved,
)
from allo_keyscan.report import formats_of, render
from allo_keyscan.report.github import LIMIT

KINDS = finding_rules(str(Path(__file__).parents[2] / "rules"))


def finding(
    rule: str = "missing-scope",
    path: str = "src/a.py",
    line: int = 3,
    message: str = "GET /x needs X",
    severity: Severity | None = None,
    chain: tuple[Place, ...] = (),
) -> Finding:
    kind = KINDS[rule]
    at = Position(line, 5)
    level = severity or kind.severity
    return Finding(rule, kind.code, level, "high", Origin(path), at, at, "", "f" * 32, None, message, chain=chain)


def shown(form: str, *findings: Finding, **rest: Any) -> str:
    return render(form, ScopesReport(findings=findings, **rest), lambda: KINDS)


def sarif(*findings: Finding, **rest: Any) -> Any:
    log = json.loads(shown("sarif", *findings, **rest))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    return log["runs"][0]


def test_every_format_renders_an_empty_report() -> None:
    for form in formats_of("scopes"):
        text = shown(form)
        assert text == "" if form in ("github", "azure") else text.endswith("\n")


# -- SARIF -----------------------------------------------------------------------------------------------------------


def test_sarif_rules_are_all_of_scopes_whatever_was_found() -> None:
    rules = sarif()["tool"]["driver"]["rules"]
    scopes = [rule for rule in KINDS.values() if rule.command == "scopes"]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        (rule.code, rule.severity) for rule in scopes
    ]
    for rule, entry in zip(rules, scopes, strict=True):
        assert re.fullmatch(r"([A-Z][a-z]+)+", rule["name"])
        assert entry.remedy[1:] in rule["help"]["text"]
        assert len(rule["fullDescription"]["text"]) <= 1024


def test_sarif_result() -> None:
    run = sarif(finding(path="src/ä b.py", chain=(Place("c.py", 40), Place("d.py", 9))))
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "AK102"
    assert (result["level"], result["message"]["text"]) == ("error", "GET /x needs X.")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "src/%C3%A4%20b.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 6},
            }
        }
    ]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["physicalLocation"]["region"]["startLine"],
            step["nestingLevel"],
        )
        for step in steps
    ] == [("src/%C3%A4%20b.py", 3, 0), ("c.py", 40, 1), ("d.py", 9, 2)]
    assert run["originalUriBaseIds"]["%SRCROOT%"].keys() == {"description"}
    assert run["automationDetails"]["id"] == "allo-keyscan/scopes/"
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_without_a_chain_has_no_code_flow_and_never_a_snippet() -> None:
    text = shown("sarif", finding())
    assert not re.search("codeFlows|snippet|contextRegion", text)


def test_sarif_fingerprints_tell_equal_findings_apart_and_know_no_line() -> None:
    def prints(*lines: int) -> list[str]:
        results = sarif(*(finding(line=line) for line in lines))["results"]
        return [one["partialFingerprints"]["alloKeyscan/v1"] for one in results]

    assert prints(3, 8) == prints(30, 80) == ["f" * 32 + ":1", "f" * 32 + ":2"]


def test_sarif_names_what_was_not_read_and_what_it_leaves_out() -> None:
    many = [finding("scope-conflict", line=number + 1) for number in range(5001)]
    run = sarif(*many, finding(line=9000), skipped=(Skipped("b.py", "not Python"),))
    assert (len(run["results"]), run["results"][0]["level"]) == (5000, "error"), "the gravest first"
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"].partition(":")[0] for note in notes] == ["b.py", "2 more findings are left out"]
    assert notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b.py"


# -- GitHub ----------------------------------------------------------------------------------------------------------


def test_github_annotations_gravest_first() -> None:
    lines = shown("github", finding("scope-conflict"), finding(line=9)).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::notice"]
    assert lines[0] == (
        "::error file=src/a.py,line=9,endLine=9,title=AK102 missing-scope,col=5,endColumn=5::GET /x needs X"
    )


def test_github_shows_as_many_as_it_may_and_logs_the_others() -> None:
    errors = [finding(line=number + 1) for number in range(LIMIT + 2)]
    notes = [finding("scope-conflict", line=number + 1) for number in range(LIMIT)]
    lines = shown("github", *errors, *notes).splitlines()
    assert sum(line.startswith("::error") for line in lines) == LIMIT
    assert sum(line.startswith("::notice") for line in lines) == LIMIT
    assert "::notice title=allo-keyscan::3 more in the log of this step" in lines
    assert [line for line in lines if not line.startswith("::")] == [
        f"- src/a.py:{LIMIT + 1}:5: AK102 missing-scope: GET /x needs X",
        f"- src/a.py:{LIMIT + 2}:5: AK102 missing-scope: GET /x needs X",
        f"- src/a.py:{LIMIT}:5: AK106 scope-conflict: GET /x needs X",
    ]


@pytest.mark.parametrize(
    "evil", ["::error::x", "a\n::stop-commands::x", "a\r::x", "##[add-mask]x", "a,line=1::x", "%0A::x"]
)
def test_no_scanned_name_becomes_a_command(evil: str) -> None:
    findings = [finding(path=evil, line=number + 1, message=evil) for number in range(LIMIT + 1)]
    for line in re.split(r"[\r\n]", shown("github", *findings).rstrip("\n")):
        assert re.match(r"::error file=[^:]*,line=\d+,endLine=\d+,title=AK102 missing-scope,|::notice title=|- ", line)
        assert line.startswith("::") or "##[" not in line


# -- Markdown --------------------------------------------------------------------------------------------------------


def call(path: str = "a.py", url: str = "https://api.withallo.com/x", endpoint: str | None = "/v2/api/tags") -> Call:
    scopes = ("TAGS_READ",) if endpoint else ()
    return Call(
        path,
        3,
        1,
        "GET",
        endpoint,
        url,
        scopes,
        "inferred",
        None,
        "possible",
        "requests",
        "env:A",
        (Place("c.py", 40),),
    )


def test_markdown_whole() -> None:
    one, other = call(), call(endpoint=None)
    needs = KeyNeeds(
        "env:A",
        ("TAGS_READ",),
        ("TAGS_READ",),
        ("PARTNER",),
        2,
        1,
        ("BILLING",),
        (Place("a.py", 30),),
        (ScopeNeed("TAGS_READ", (one,)),),
    )
    report = ScopesReport(
        (one, other),
        (Unresolved("a.py", 30, "the URL is not known"),),
        (needs,),
        ("TAGS_READ",),
        (finding(), finding("unresolved-call")),
        (Skipped("b.py", "not Python"),),
    )
    assert render("markdown", report, lambda: KINDS) == (
        "### `env:A`: required scopes, from 2 calls; 1 unresolved\n\n"
        "| scope | call | endpoint | certainty | remarks |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| `TAGS_READ` (missing) | `a.py:3` | `GET /v2/api/tags` | possible | scope inferred; via c.py:40 |\n"
        "| not known | `a.py:3` | `GET https://api.withallo.com/x` | possible | scope inferred; via c.py:40 |\n\n"
        "Not needed: `PARTNER`.\n\n"
        "Not observed, may be needed at a.py:30: `BILLING`.\n\n"
        "### Unresolved\n\n"
        "| call | reason |\n"
        "| --- | --- |\n"
        "| `a.py:30` | the URL is not known |\n\n"
        "### Findings\n\n"
        "| severity | rule | place | what |\n"
        "| --- | --- | --- | --- |\n"
        "| error | AK102 missing-scope | `src/a.py:3` | GET /x needs X |\n\n"
        "### Not read\n\n"
        "| path | reason |\n"
        "| --- | --- |\n"
        "| `b.py` | not Python |\n"
    )


@pytest.mark.parametrize("evil", ["a|b", "a`b|c`", "<img src=x>", "@everyone", "[x](http://y)", "a\nb", "![x](y)"])
def test_no_scanned_name_becomes_markup(evil: str) -> None:
    report = ScopesReport(unresolved=(Unresolved(evil, 1, evil),), findings=(finding(path=evil, message=evil),))
    rows = [line for line in render("markdown", report, lambda: KINDS).splitlines() if line.startswith("| ")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3, 3, 3, 5, 5, 5]
    # What is not code holds no mark that is not escaped.
    for row in rows:
        plain = re.sub(r"(?<!\\)`[^`]*`", "", row).strip("| ")
        assert not re.search(r"(?<!\\)[`<>\[\]!@]|\n", plain), row
