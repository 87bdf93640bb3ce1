"""JUnit XML with no more than Jenkins' schema (junit-10.xsd) knows: a suite a file, a failing case a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from allo_keyscan.report.results import Result, Results
from allo_keyscan.report.text import printable


def render(found: Sequence[Results], **_: object) -> str:
    """Errors and warnings fail, notes are said in a case that passes, what could not be looked at is an error.

    Where nothing was found one case passes: several readers take a report without a case for a broken one.
    """
    suites = [suite for of in found for suite in _suites(of)]
    total = [sum(counts) for counts in zip(*(counts for counts, _ in suites), strict=True)]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="allo-keyscan" {_counted(total)}>\n'
    return head + "".join(text for _, text in suites) + "</testsuites>\n"


_Counts = tuple[int, int, int]


def _suites(of: Results) -> Iterator[tuple[_Counts, str]]:
    by_file = sorted(of.results, key=lambda one: (one.finding.origin.path, one.finding.start, one.finding.rule))
    for path, some in groupby(by_file, key=lambda one: one.finding.origin.path):
        yield _suite(of.where(path), list(map(_case, some)))
    name = f"allo-keyscan {of.mode}"
    gaps = [_gap(of.where(gap.path), gap.reason) for gap in of.gaps]
    if gaps:
        yield _suite(f"{name}: not looked at", gaps)
    elif not of.results:
        yield _suite(name, [("", f'<testcase name="nothing found" classname={_quoted(name)}/>')])


def _case(one: Result) -> tuple[str, str]:
    finding = one.finding
    place = f"{finding.origin}:{finding.start.line}:{finding.start.column}"
    what = f"{finding.code} {finding.rule}"
    head = f"<testcase name={_quoted(f'{what} at {place}')} classname={_quoted(str(finding.origin))}>"
    told = _text(one.told)
    if finding.severity == "note":
        return "", f"{head}<system-out>{told}</system-out></testcase>"
    short = _quoted(finding.message)
    return "failure", f"{head}<failure type={_quoted(finding.severity)} message={short}>{told}</failure></testcase>"


def _gap(path: str, reason: str) -> tuple[str, str]:
    head = f"<testcase name={_quoted(path)} classname={_quoted(path)}>"
    return "error", f'{head}<error type="not looked at" message={_quoted(reason)}/></testcase>'


def _suite(name: str, cases: Sequence[tuple[str, str]]) -> tuple[_Counts, str]:
    states = [state for state, _ in cases]
    counts = (len(cases), states.count("failure"), states.count("error"))
    inside = "".join(f"    {text}\n" for _, text in cases)
    return counts, f"  <testsuite name={_quoted(name)} {_counted(counts)}>\n{inside}  </testsuite>\n"


def _counted(counts: Iterable[int]) -> str:
    return " ".join(f'{name}="{number}"' for name, number in zip(("tests", "failures", "errors"), counts, strict=True))


def _text(text: str) -> str:
    return escape(printable(text))


def _quoted(text: str) -> str:
    return f'"{escape(printable(text), {chr(34): "&quot;"})}"'
