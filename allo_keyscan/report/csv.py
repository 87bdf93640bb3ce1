"""CSV as RFC 4180 has it: CRLF, every cell quoted, and no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from allo_keyscan.report.results import Results
from allo_keyscan.report.text import printable

COLUMNS = (
    "kind", "severity", "code", "rule", "repository", "path", "member", "line", "column", "end_line", "end_column",
    "confidence", "masked", "encoding", "commit", "fingerprint", "message",
)  # fmt: skip
"""`kind` is `finding`, or `not looked at`: then path and message say what and why, and a clean answer is not sure."""

_FORMULA = "=+-@"


def render(found: Sequence[Results], **_: object) -> str:
    """A head, then a row a finding, the gravest first, then a row for what could not be looked at."""
    sink = io.StringIO()
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(value) for value in row] for of in found for row in _rows(of))
    return sink.getvalue()


def _rows(of: Results) -> Iterator[Iterable[object]]:
    for one in of.results:
        finding = one.finding
        origin = finding.origin
        sha = origin.commit.sha if origin.commit else ""
        yield (
            "finding", finding.severity, finding.code, finding.rule, of.root, origin.path, origin.member or "",
            finding.start.line, finding.start.column, finding.end.line, finding.end.column,
            finding.confidence, finding.masked, finding.encoding or "", sha, one.identity, one.told,
        )  # fmt: skip
    for gap in of.gaps:
        row = dict.fromkeys(COLUMNS, "") | {"kind": "not looked at", "repository": of.root}
        yield (row | {"path": gap.path, "message": gap.reason}).values()


def cell(value: object) -> str:
    """A value as one line; an apostrophe before what a spreadsheet would compute, however it is written."""
    if isinstance(value, int):
        return str(value)
    text = printable(str(value))
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if first and first in _FORMULA else text
