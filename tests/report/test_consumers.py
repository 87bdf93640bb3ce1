"""What others read: each format of findings by what its consumer demands, over every kind of document."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import string
import zlib
from functools import cache, reduce
from html import escape
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from report.documents import EVIL, KINDS, documents, every, finding, schema, shown
from report.test_audit_formats import parsed
from runners import commands, foreign

from allo_keyscan.model import AuditReport, Finding, Life, Origin, PipelineReport, Place, Report, ScopesReport, Skipped
from allo_keyscan.report import FORMATS, Document, formats_of, kind_of, sarif
from allo_keyscan.report.csv import COLUMNS
from allo_keyscan.report.github import LIMIT, MOST_CHARACTERS
from allo_keyscan.report.markdown import MOST_BYTES
from allo_keyscan.report.scan_words import verdict
from allo_keyscan.report.scopes_html import verdict as scopes_verdict
from allo_keyscan.report.text import printable

TEXTS = ("x", *EVIL)


@cache
def validator(name: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(schema(name))


def checked(name: str, text: str) -> Any:
    value = json.loads(text)
    validator(name).validate(value)
    text.encode("ascii")  # no lone surrogate, and no doubt about an encoding
    assert "\\ud8" not in text
    return value


def many(count: int, **changes: Any) -> Report:
    found = [
        finding("p", key="")._replace(origin=Origin(f"p{number}"), fingerprint=f"{number:032x}", **changes)
        for number in range(count)
    ]
    return Report(tuple(found))


# -- every format -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_no_format_holds_a_command_to_a_runner(text: str) -> None:
    for (kind, form, told), (_, _, harmless) in zip(every(text), every(), strict=True):
        assert foreign(form, told) == set(), (kind, form)
        assert len(commands(told)) == len(commands(harmless)), "none is added, none is swallowed"


def test_the_search_for_commands_finds_them() -> None:
    log = "a ##[group]b\n  ::add-mask::x\r::notice title=a::b ##[c]\n ##VSO[task.x y]z\n- ::no::"
    assert commands(log) == ["group", "add-mask", "notice", "task.x y"]


def test_the_same_document_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = every()
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert every() == first
    assert len({(kind, form) for kind, form, _ in first}) == len(first) == sum(len(one.of) for one in FORMATS.values())


def test_no_format_is_silent_about_what_could_not_be_looked_at() -> None:
    gaps = (Skipped("GONE", "no such luck"),)
    for document in documents():
        whole: Document
        if isinstance(document, AuditReport):
            whole = AuditReport(tuple(one._replace(leaks=(), notes=(), skipped=gaps) for one in document.repositories))
        elif isinstance(document, PipelineReport):
            whole = PipelineReport(Report(), ScopesReport(skipped=gaps))
        else:
            whole = document._replace(findings=(), skipped=gaps)
        for form in formats_of(kind_of(whole)):
            told = shown(form, whole)
            assert "no such luck" in told or form == "text", (kind_of(whole), form)  # text: standard error says it


# -- GitLab -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_gitlab_code_quality(text: str) -> None:
    for document in documents(text):
        issues = checked("gitlab", shown("gitlab", document))
        prints = [one["fingerprint"] for one in issues]
        assert len(prints) == len(set(prints)) > 0, "GitLab shows only the first issue with a fingerprint"


def test_gitlab_code_quality_of_a_finding() -> None:
    (issue,) = json.loads(shown("gitlab", Report((finding("src/a.py", key="")._replace(origin=Origin("src/a.py")),))))
    assert issue == {
        "description": "AK001 leaked-key: MASKED: src/a.py: do src/a.py",
        "check_name": "leaked-key",
        "fingerprint": issue["fingerprint"],
        "severity": "critical",
        "location": {"path": "src/a.py", "lines": {"begin": 3, "end": 3}},
    }


def test_gitlab_paths_begin_with_the_repository_where_there_are_several() -> None:
    issues = json.loads(shown("gitlab", documents("x")[2]))
    assert {one["location"]["path"] for one in issues} == {"x/x", "other/x"}


@pytest.mark.parametrize("text", TEXTS)
def test_gitlab_secret_detection(text: str) -> None:
    for document in (documents(text)[0], documents(text)[2]):
        report = checked("gitlab-secret-detection", shown("gitlab-secret-detection", document))
        identities = [one["id"] for one in report["vulnerabilities"]]
        assert len(identities) == len(set(identities)) > 0
        assert report["scan"]["messages"] != []


def test_gitlab_secret_detection_names_the_commit_and_holds_keys_alone() -> None:
    scan, _, audit, _ = documents("x")
    told = json.loads(shown("gitlab-secret-detection", scan))["vulnerabilities"]
    assert [one["location"]["commit"]["sha"][0] for one in told] == ["0", "1", "0"]
    found = json.loads(shown("gitlab-secret-detection", audit))["vulnerabilities"]
    assert [one["name"] for one in found] == ["AK001 leaked-key"] * 2
    assert "raw_source_code_extract" not in shown("gitlab-secret-detection", scan)


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ({}, "1970-01-01T00:00:00"),
        ({"SOURCE_DATE_EPOCH": "86400"}, "1970-01-02T00:00:00"),
        ({"CI_PIPELINE_CREATED_AT": "2026-11-25T01:02:03Z"}, "2026-11-25T01:02:03"),
        ({"CI_PIPELINE_CREATED_AT": "2026-11-25T01:02:03Z", "SOURCE_DATE_EPOCH": "0"}, "1970-01-01T00:00:00"),
        ({"CI_PIPELINE_CREATED_AT": "yesterday", "SOURCE_DATE_EPOCH": "9" * 40}, "1970-01-01T00:00:00"),
    ],
)
def test_gitlab_secret_detection_takes_its_time_from_outside(
    given: dict[str, str], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SOURCE_DATE_EPOCH", "CI_PIPELINE_CREATED_AT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    scan = json.loads(shown("gitlab-secret-detection", Report()))["scan"]
    assert (scan["start_time"], scan["end_time"], scan["status"]) == (moment, moment, "success")


# -- JUnit ------------------------------------------------------------------------------------------------------------

# junit-10.xsd of Jenkins: the attributes and children that each element may have, and those it must have.
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors", "time", "disabled"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "package"},
        {"name", "tests"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "classname", "assertions", "time", "status"},
        {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


@pytest.mark.parametrize("text", TEXTS)
def test_junit_is_what_jenkins_reads(text: str) -> None:
    for document in documents(text):
        tree = ElementTree.fromstring(shown("junit", document).encode("utf-8"))
        for element in tree.iter():
            may, must, inside = JUNIT[element.tag]
            assert must <= set(element.attrib) <= may
            assert {child.tag for child in element} <= inside
        for element in [tree, *tree]:
            counts = [len(element.findall(f".//{name}")) for name in ("testcase", "failure", "error")]
            assert counts == [int(element.attrib[name]) for name in ("tests", "failures", "errors")]
        assert tree.findall(".//failure") != []


def test_junit_has_a_case_that_passes_where_nothing_was_found() -> None:
    tree = ElementTree.fromstring(shown("junit", Report()))
    (case,) = tree.findall("testsuite/testcase")
    assert (case.attrib["name"], list(case)) == ("nothing found", [])
    assert (tree.attrib["tests"], tree.attrib["failures"], tree.attrib["errors"]) == ("1", "0", "0")


def test_junit_of_a_note_passes_and_says_it() -> None:
    note = finding("x", rule="unused-ignore", key="")
    (case,) = ElementTree.fromstring(shown("junit", Report((note,)))).findall("testsuite/testcase")
    assert [child.tag for child in case] == ["system-out"]


# -- CSV --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_csv_is_rfc_4180_without_a_formula(text: str) -> None:
    for document in documents(text):
        told = shown("csv", document)
        assert told.count("\r\n") == told.count("\n") == told.count("\r"), "a line end is CRLF, and ends a record"
        rows = list(csv.reader(io.StringIO(told, newline=""), strict=True))
        assert tuple(rows[0]) == COLUMNS
        assert {len(row) for row in rows} == {len(COLUMNS)}
        assert [cell for row in rows for cell in row if cell.lstrip()[:1] in tuple("=+-@＝＋－＠\t\r") and cell] == []
        for line in told.splitlines():
            assert re.fullmatch(r'("(?:[^"]|"")*"(?:,|$))+', line)


def test_csv_of_a_finding() -> None:
    told = shown(
        "csv", Report((finding("-a", key="")._replace(origin=Origin("-a", "b")),), skipped=(Skipped("c", "d"),))
    )
    first, second = csv.DictReader(io.StringIO(told, newline=""))
    assert (first["path"], first["member"], first["line"], first["column"]) == ("'-a", "b", "3", "5")
    assert (first["kind"], first["message"]) == ("finding", "MASKED: -a: do -a (in b)")
    assert (second["kind"], second["path"], second["message"]) == ("not looked at", "c", "d")


# -- GitHub -----------------------------------------------------------------------------------------------------------


def test_github_shows_no_more_than_github_does() -> None:
    some = [
        finding("p", rule=rule, key="") for rule in ("leaked-key", "example-key", "unused-ignore") for _ in range(30)
    ]
    names = commands(shown("github", Report(tuple(some), skipped=(Skipped("GONE", "w"),))))
    assert names == ["error"] * LIMIT + ["warning"] * LIMIT + ["notice"] * LIMIT
    long = shown("github", Report((finding("p", key="")._replace(message="m" * 70_000),)))
    assert len(long) < MOST_CHARACTERS + 300


def test_github_says_what_the_log_alone_has() -> None:
    told = shown("github", many(LIMIT + 2)).splitlines()
    assert told[LIMIT] == "::notice title=allo-keyscan::2 more in the log of this step"
    assert [line[:6] for line in told[LIMIT + 1 :]] == ["- p10:", "- p11:"]


def test_github_says_that_an_answer_is_incomplete() -> None:
    assert shown("github", Report()) == ""
    assert shown("github", Report(skipped=(Skipped("a\n::x::", "b"),))).splitlines() == [
        "::warning title=allo-keyscan::incomplete: 1 place could not be looked at: see the log of this step",
        "- a\\n::x::: not looked at: b",
    ]
    assert commands(shown("github", Report(interrupted=True))) == ["warning"]


# -- Azure ------------------------------------------------------------------------------------------------------------

# The agent's command: a name, properties that end with `;`, and a message; then what it makes of each text.
LOGISSUE = re.compile(r"##vso\[task\.logissue ((?:[^=;\]]+=[^;\]]*;)+)\](.*)")
AZURE = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%"))


def issues(told: str) -> list[tuple[dict[str, str], str]]:
    def read(text: str) -> str:
        return reduce(lambda text, pair: text.replace(*pair), AZURE, text)

    found = [LOGISSUE.fullmatch(line) for line in told.splitlines() if line.startswith("##")]
    pairs = [(dict(one.split("=", 1) for one in match[1].split(";")[:-1]), match[2]) for match in found if match]
    assert len(pairs) == len(found)
    return [({name: read(value) for name, value in fields.items()}, read(said)) for fields, said in pairs]


@pytest.mark.parametrize("text", TEXTS)
def test_azure_reads_back_every_name_and_message(text: str) -> None:
    one = finding(text, key="")._replace(origin=Origin(text))
    told = issues(shown("azure", Report((one,), skipped=(Skipped(text, text),))))
    place = {"sourcepath": printable(text), "linenumber": "3", "columnnumber": "5", "code": "AK001"}
    assert told == [
        ({"type": "error", **place}, printable(f"MASKED: {text}: do {text}")),
        ({"type": "warning"}, "allo-keyscan: incomplete: 1 place could not be looked at"),
    ]


def test_azure_has_the_gravest_first_and_notes_as_lines_of_the_log() -> None:
    some = [finding("p", rule=rule, key="") for rule in ("unused-ignore", "example-key", "leaked-key")]
    told = shown("azure", Report(tuple(some)))
    assert [fields["type"] for fields, _ in issues(told)] == ["error", "warning"]
    assert told.splitlines()[2].startswith("- p!p:3:5: AK090 unused-ignore: ")
    assert shown("azure", Report()) == ""


# -- SARIF ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_sarif(text: str) -> None:
    for document in documents(text):
        told = shown("sarif", document)
        for run in checked("sarif", told)["runs"]:
            rules = run["tool"]["driver"]["rules"]
            for result in run["results"]:
                assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
                region = result["locations"][0]["physicalLocation"]["region"]
                start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
                assert start < end
            prints = [one["partialFingerprints"]["alloKeyscan/v1"] for one in run["results"]]
            assert len(prints) == len(set(prints))
        assert not re.search(r"snippet|contextRegion|/tmp|file:", told)


def test_sarif_prints_of_history_are_our_own_and_of_files_githubs() -> None:
    results = checked("sarif", shown("sarif", documents()[0]))["runs"][0]["results"]
    assert [one["partialFingerprints"] for one in results] == [
        {"alloKeyscan/v1": f"{'f' * 32}:1"},
        {"alloKeyscan/v1": f"{'e' * 32}:1", "primaryLocationLineHash": f"{'e' * 16}:1"},
        {"alloKeyscan/v1": f"{'d' * 32}:1"},
    ]


def test_sarif_has_no_more_results_than_github_shows_and_says_so() -> None:
    (run,) = json.loads(shown("sarif", many(5003)))["runs"]
    assert (len(run["results"]), notes(run)) == (5000, ["3 more findings are left out: see the JSON"])


def test_sarif_is_no_larger_than_github_takes_once_it_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif._MOST_PACKED <= 9_500_000, "GitHub's limit is 10 MB, of the rules and what was packed in one piece too"
    monkeypatch.setattr(sarif, "_MOST_PACKED", 300_000)
    letters = random.Random(1)
    hard = [
        finding("p", key="")._replace(message="".join(letters.choices(string.digits, k=6000)), fingerprint=f"{at:x}")
        for at in range(400)
    ]
    told = shown("sarif", Report(tuple(hard)))
    (run,) = checked("sarif", told)["runs"]
    assert len(zlib.compress(told.encode())) < 350_000
    assert 50 < len(run["results"]) < 400
    assert notes(run) == [f"{400 - len(run['results'])} more findings are left out: see the JSON"]


def test_sarif_of_many_repositories_has_as_many_runs_as_github_takes_the_gravest_of_them() -> None:
    one = documents()[2].repositories[0]  # type: ignore[union-attr]
    quiet = one._replace(leaks=(), notes=(), scopes=None)
    some = [quiet._replace(path=f"quiet{number}") for number in range(30)] + [one._replace(path="loud")]
    runs = checked("sarif", shown("sarif", AuditReport(tuple(some))))["runs"]
    assert [run["automationDetails"]["id"] for run in runs] == [
        *(f"allo-keyscan/audit/quiet{number}/" for number in range(19)),
        "allo-keyscan/audit/loud/",
    ]
    assert notes(runs[-1])[-1] == "11 more repositories are left out: see the JSON"


def notes(run: Any) -> list[str]:
    return [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]


def test_sarif_of_a_call_has_its_chain_and_no_more_of_it_than_github_takes() -> None:
    chain = tuple(Place("w.py", number) for number in range(1, 200))
    run = checked("sarif", shown("sarif", Report((finding("p", key="")._replace(chain=chain),))))["runs"][0]
    steps = run["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]
    assert len(steps) == 101


# -- HTML -------------------------------------------------------------------------------------------------------------


def pages(text: str = "x") -> list[Document]:
    """The documents that have a page."""
    return [one for one in documents(text) if "html" in formats_of(kind_of(one))]


@pytest.mark.parametrize("text", EVIL)
def test_nothing_scanned_becomes_html(text: str) -> None:
    for plain, evil in zip(pages(), pages(text), strict=True):
        before, after = parsed(shown("html", plain)), parsed(shown("html", evil))
        assert (after.wrong, after.open) == ([], [])
        assert (after.seen, after.attributes) == (before.seen, before.attributes)


def test_a_page_asks_for_nothing_and_names_each_thing_once() -> None:
    for document in pages():
        page = shown("html", document)
        assert "default-src 'none'; style-src 'unsafe-inline'" in page
        assert re.findall(r"<script|<link|url\(|@import|src=|srcset=|http-equiv=\"refresh", page) == []
        names = re.findall(r' id="([^"]+)"', page)
        assert len(names) == len(set(names))
        assert set(re.findall(r'(?:href="#|aria-labelledby=")([^"]+)"', page)) <= set(names)


def test_a_page_of_more_findings_than_cards_has_all_of_them() -> None:
    page = shown("html", many(600))
    assert (page.count("<article"), "100 more findings" in page) == (500, True)
    assert [number for number in range(600) if f"p{number}:3" not in page] == []


def test_the_page_of_a_scan_says_first_what_matters() -> None:
    gap = (Skipped("GONE", "w"),)
    for report, state in (
        (Report(), "clean"),
        (Report(skipped=gap), "unsure"),
        (Report(interrupted=True), "unsure"),
        (Report((finding("p", rule="unused-ignore", key=""),)), "clean"),
        (Report((finding("p", rule="example-key", key=""),), skipped=gap), "local"),
        (Report((finding("p", key=""),)), "local"),
        (Report((finding("p", rule="client-side-key", key=""),)), "shared"),
        (Report((finding("p", Life(remotes=("origin/main",))),)), "shared"),
    ):
        told = verdict(report)
        assert told.state == state
        assert ("Not everything" in told.sentence or "not everything" in told.sentence) is (not report.complete)
        assert escape(told.sentence) in shown("html", report)
        assert told.sentence in shown("markdown", report)


def test_the_page_of_scopes_says_first_what_matters() -> None:
    whole = documents()[1]
    assert isinstance(whole, ScopesReport)
    for report, state in (
        (ScopesReport(), "clean"),
        (ScopesReport(skipped=(Skipped("GONE", "w"),)), "unsure"),
        (ScopesReport(unresolved=whole.unresolved), "unsure"),
        (ScopesReport(calls=whole.calls), "clean"),
        (whole, "local"),
    ):
        told = scopes_verdict(report)
        assert told.state == state
        assert escape(told.sentence) in shown("html", report)


def test_a_number_that_is_no_cause_for_alarm_does_not_look_like_one() -> None:
    alarms = [set(re.findall(r'class="some"><dt>([^<]+)', shown("html", document))) for document in documents()[:2]]
    assert alarms == [
        {"errors", "not looked at"},
        {"missing scopes", "unresolved calls", "not read"},
    ]


# -- Markdown ---------------------------------------------------------------------------------------------------------


def test_markdown_fits_a_summary_of_github_and_says_what_is_left_out() -> None:
    told = shown("markdown", many(20_000))
    assert len(told.encode()) <= MOST_BYTES
    (said,) = re.findall(r"\*\*([\d,]+) more lines are left out here", told)
    assert told.count("\n| error |") + int(said.replace(",", "")) >= 20_000
    assert told.rstrip().endswith("The JSON has everything.")


def test_markdown_that_is_cut_ends_its_block_of_commands_and_names_the_sections() -> None:
    one = documents("x")[2].repositories[0]  # type: ignore[union-attr]
    leaks = tuple(one.leaks) * 4000
    told = shown("markdown", AuditReport((one._replace(leaks=leaks), one._replace(path="late"))))
    assert len(told.encode()) <= MOST_BYTES
    assert len(re.findall(r"^ *(?:```|~~~~)", told, re.MULTILINE)) % 2 == 0
    assert "sections of their own: " in told
    assert "late" not in told


def test_every_rule_of_findings_is_known_to_the_formats() -> None:
    found: list[Finding] = [finding("x", rule=rule, key="") for rule in KINDS if KINDS[rule].command == "scan"]
    for form, entry in FORMATS.items():
        if "scan" in entry.of:
            assert shown(form, Report(tuple(found)))
