"""Keys that only Python's own meaning shows: where they are reported, what is masked, and what is left alone."""

from __future__ import annotations

import libcst
import pytest
from samples import PREFIX, body, key, secret

from allo_keyscan.catalog import rules_dir
from allo_keyscan.model import Origin
from allo_keyscan.scan.blob import Scanner, Tally
from allo_keyscan.scan.places import begins_otherwise

SCANNER = Scanner(rules_dir())
B = body()
Found = list[tuple[str, int, int, int, str | None]]


def scanned(source: str) -> tuple[Found, Tally]:
    tally = Tally()
    SCANNER.scan(source.encode(), Origin("a.py"), tally)
    found = [(one.rule, one.start.line, one.start.column, one.end.column, one.encoding) for one in tally.findings]
    return sorted(found), tally


@pytest.mark.parametrize(
    "expression",
    [
        f"'ak_' 'live_' '{B}'",
        f"'ak_' + 'live_' + '{B}'",
        f"'ak' + '_live_{B}'",
        f"'ak_l' 'ive_{B}'",
        f"f'ak_{{\"live\"}}_{B}'",
        f"'%s_live_%s' % ('ak', '{B}')",
        f"'{{}}_live_{{}}'.format('ak', '{B}')",
        f"'{{a}}_live_{{b}}'.format(a='ak', b='{B}')",
        f"'_'.join(['ak', 'live', '{B}'])",
        f"bytes.fromhex('616b5f').decode() + 'live_{B}'",
        f"'xxak_'[2:] + 'live_{B}'",
        f"'_ka'[::-1] + 'live_{B}'",
        f"'{PREFIX}%s' % '{B}'",
        f"'{PREFIX}%(b)s' % {{'b': '{B}'}}",
        f"'{PREFIX}' + os.getenv('B', '{B}')",
        f"'AK_'.lower() + 'live_{B}'",
    ],
)
def test_a_key_put_together_is_found_where_it_is_joined(expression: str) -> None:
    found, tally = scanned(f"import os\n\nKEY = {expression}\n")
    assert found == [("leaked-key", 3, 7, 7 + len(expression), "assembled")]
    assert B not in tally.findings[0].excerpt


def test_code_that_names_the_vendor_and_crafts_strings_is_understood() -> None:
    found, _ = scanned(f"# for withallo.com\nKEY = 'ak-live-{B}'.replace('-', '_')\n")
    assert [(rule, line, encoding) for rule, line, _, _, encoding in found] == [("leaked-key", 2, "assembled")]


def test_constants_of_other_lines_are_followed() -> None:
    found, _ = scanned(f"A = 'ak_' + 'live_'\nB = '{B}'\n\ndef key():\n    return A + B\n\nprint(key(), A + B)\n")
    assert [(rule, line) for rule, line, *_ in found] == [("leaked-key", 5)]


def test_a_literal_that_goes_on_is_one_key_not_two() -> None:
    source = f"KEY = (\n    '{key()[:20]}'\n    '{key()[20:]}'\n)\n"
    found, tally = scanned(source)
    assert [(rule, line, encoding) for rule, line, _, _, encoding in found] == [("leaked-key", 2, "assembled")]
    assert tally.findings[0].masked == f"{PREFIX}…{key()[-4:]}"


def test_factories_and_tests_of_a_prefix_are_only_counted() -> None:
    source = f"P = 'ak_' + 'live_'\nmake = lambda x: P + x\nok = value.startswith('{PREFIX}')\nf = f'{PREFIX}{{x}}'\n"
    found, tally = scanned(source)
    assert (found, tally.placeholders) == ([], 3)


def test_python_that_does_not_parse_is_said_and_its_bytes_are_searched() -> None:
    found, tally = scanned(f"def broken(:\n    x = 'ak_' + 'live_'\nKEY = '{key()}'\n")
    assert [(rule, line) for rule, line, *_ in found] == [("leaked-key", 3)]
    (skip,) = tally.skipped
    assert (skip.path, skip.incomplete) == ("a.py", False)
    assert skip.reason.endswith("keys put together from pieces were not looked for")


CALL = """import requests

KEY = "{secret}"
OTHER = "{other}"


def headers():
    return {{"Authorization": f"Api-Key {{KEY}}"}}

{filler}
def tags():
    return requests.get("https://{host}/v2/api/tags", headers=headers())
"""
FILLER = "# nothing\n" * 400


def test_a_literal_that_is_sent_to_allo_is_a_credential_whatever_its_form() -> None:
    found, _ = scanned(CALL.format(secret=secret(1), other=secret(2), filler=FILLER, host="api.withallo.com"))
    assert found == [("hardcoded-credential", 3, 7, 49, None)]


def test_a_literal_that_is_sent_elsewhere_is_none() -> None:
    other = "# api.withallo.com\n" + CALL.format(
        secret=secret(1), other=secret(2), filler=FILLER, host="api.example.org"
    )
    assert scanned(other)[0] == []


def test_another_vendors_header_near_an_allo_url_is_not_allos() -> None:
    source = (
        "import requests\nrequests.get('https://api.withallo.com/v2/api/me')\n"
        f"requests.get(OTHER, headers={{'Authorization': '{secret(1)}'}})\n"
    )
    assert scanned(source)[0] == []


def test_a_key_with_its_prefix_is_told_once() -> None:
    found, _ = scanned(CALL.format(secret=key(), other=secret(2), filler=FILLER, host="api.withallo.com"))
    assert [(rule, line) for rule, line, *_ in found] == [("leaked-key", 3)]


@pytest.mark.parametrize(
    "source",
    [
        "/**\n * Words.\n */\nvar a;\n",
        "\ufeff\n// words\n",
        '"use strict";\n\nconst a = 1;\n',
        "'use strict'\nlet a;\n",
        "<!DOCTYPE html>\n",
        "function f() {}\n",
        "export default a;\n",
        "import a from 'b';\n",
        "import { a } from 'b';\n",
        "import * as a from 'b';\n",
        "import 'a';\n",
        "package main\n",
        ")\n",
        "};\n",
    ],
)
def test_text_that_begins_otherwise_is_no_python(source: str) -> None:
    assert begins_otherwise(source.encode())
    with pytest.raises(libcst.ParserSyntaxError):
        libcst.parse_module(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a = 1\n",
        "*a, b = c\n",
        "-a\n",
        "~a\n",
        "(a)\n",
        "[a]\n",
        "{a}\n",
        "...\n",
        ".5\n",
        "@a\ndef f(): ...\n",
        "# /* words */\n",
        "'''\nconst a\n'''\n",
        "'use strict' / 2\n",
        "'use strict' \\\n/ 2\n",
        "'use strict'\n",
        "let = const = var = function = export = package = 1\n",
        "let\t[a]\n",
        "let (a)\n",
        "function\\\n(a)\n",
        "import a\nfrom b import c\n",
        "import a.b\n",
        "type a = b\n",
        "import \\\na\n",
    ],
)
def test_python_does_not_begin_otherwise(source: str) -> None:
    libcst.parse_module(source)
    assert not begins_otherwise(source.encode())


def test_bytes_that_a_comment_gives_another_meaning_may_be_python() -> None:
    source = b"/\n# coding: utf-16-le\n"
    assert not begins_otherwise(source)


def test_what_begins_otherwise_is_said_to_be_no_python_and_its_plain_keys_are_found() -> None:
    found, tally = scanned(f"// a comment\nconst a = '{key()}' + 'b';\n")
    assert [(rule, line, encoding) for rule, line, _, _, encoding in found] == [("leaked-key", 2, "joined")]
    (skip,) = tally.skipped
    assert skip.path == "a.py"
    assert skip.reason.startswith("not Python: ")
    assert not skip.incomplete
