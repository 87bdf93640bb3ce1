"""Small pieces of HTML. Text becomes markup only here: every string is escaped, and only `Markup` is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from allo_keyscan.report.text import printable

# No request to anywhere, no script, nothing but the sheet in the page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Piece = str | Markup


def text(piece: Piece) -> Markup:
    """A piece as HTML: text on one harmless line, escaped."""
    return piece if isinstance(piece, Markup) else Markup(escape(printable(piece)))


def join(pieces: Iterable[Piece], between: str = "") -> Markup:
    """Pieces one behind the other."""
    return Markup(between.join(map(text, pieces)))


def tag(name: str, *pieces: Piece, **attributes: str) -> Markup:
    """An element; an attribute `data_label` is `data-label`, `class_` is `class`."""
    given = "".join(
        f' {attribute.rstrip("_").replace("_", "-")}="{escape(printable(value))}"'
        for attribute, value in attributes.items()
    )
    return Markup(f"<{name}{given}>{join(pieces)}</{name}>")


def code(piece: str) -> Markup:
    """A name, as it is written."""
    return tag("code", piece)


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Piece]], *, class_: str = "list") -> Markup:
    """A table whose first column heads its rows. Roles are written out: on phones the sheet lays it out as blocks."""
    columns = (tag("th", head, scope="col", role="columnheader") for head in heads)
    body = []
    for row in rows:
        first = tag("th", row[0], scope="row", role="rowheader", data_label=heads[0])
        others = (tag("td", cell, role="cell", data_label=head) for head, cell in zip(heads[1:], row[1:], strict=True))
        body.append(tag("tr", first, *others, role="row"))
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *columns, role="row"), role="rowgroup"),
        tag("tbody", *body, role="rowgroup"),
        role="table",
        class_=class_,
    )


def listing(pieces: Iterable[Piece], most: int = 6) -> Markup:
    """A list; what stands behind the first few is folded, and open on paper."""
    items = [tag("li", piece) for piece in pieces]
    if len(items) <= most + 1:
        return tag("ul", *items, class_="plain")
    rest = tag("details", tag("summary", f"{len(items) - most} more"), tag("ul", *items[most:], class_="plain"))
    return join([tag("ul", *items[:most], class_="plain"), rest])


def document(title: str, style: str, body: Markup) -> str:
    """A whole document."""
    head = (
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"{tag('title', title)}\n<style>{style}</style>"
    )
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'
