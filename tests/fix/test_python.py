"""Keys out of Python: what each place becomes, where the import goes, and what is refused."""

from __future__ import annotations

import base64

import pytest
from fix.programs import became, fixed, refusals
from samples import body, key, secret

from allo_keyscan.errors import KeyscanError
from allo_keyscan.fix.style import Style, settings

K, B = key(), body()
E = "os.environ['ALLO_API_KEY']"
E2 = E.replace("'", '"')
SETS = "it sets ALLO_API_KEY itself: delete the statement, and set the variable outside of the program"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"'{K}'", E),
        (f'"{K}"', E2),
        (f"'''{K}'''", E),
        (f"u'{K}'", E),
        (f"r'{K}'", E),
        (f"b'{K}'", f"{E}.encode()"),
        (f"b'{K}'.upper()", f"{E}.encode().upper()"),
        (f"'Api-Key {K}'", f"f'Api-Key {{{E2}}}'"),
        (f"'{K}{{x}}\\n'", f"f'{{{E2}}}{{{{x}}}}\\n'"),
        (f"rb'\\n {K}'", f"rb'\\n ' + {E}.encode()"),
        (f"(b'a {K}'.upper())", f"((b'a ' + {E}.encode()).upper())"),
        (f"2 * b'a {K} b'", f"2 * (b'a ' + {E}.encode() + b' b')"),
        (f"r'\\{{ {K}'", f"fr'\\{{{{ {{{E2}}}'"),
        (f"'\\N{{DASH}} {K}'".replace("DASH", "EN DASH"), f"f'\\N{{EN DASH}} {{{E2}}}'"),
        (f"f'{{1}} {K}'", f"f'{{1}} {{{E2}}}'"),
        (f"rf'\\d {K}'", f"rf'\\d {{{E2}}}'"),
        (f"f'{{\"{K}\"}}'", f"f'{{{E2}}}'"),
        (f"f'''{{'{K}'}} \" '''", f"f'''{{{E2}}} \" '''"),
        (f"('Api-Key '  # why\n     '{K}')", f"('Api-Key '  # why\n     f'{{{E2}}}')"),
        (f"(b'Api-Key '  # why\n     b'{K}' b' x')", f"(b'Api-Key ' +  # why\n     {E}.encode() + b' x')"),
        (f"'ak_' 'live_{B}'", E),
        (f"'ak_' + 'live_{B}'", E),
        (f"b'ak_' + b'live_{B}'", f"{E}.encode()"),
        (f"'Bearer ' + 'ak_' + 'live_{B}'", f'f"Bearer {{{E}}}"'),
        (f"'_'.join(['ak', 'live', '{B}'])", E),
        (f"'%s_live_%s' % ('ak', '{B}')", E),
        (f"'\\x61k_live_{B}'", E),
        (f"__import__('base64') and '{K}'", f"__import__('base64') and {E}"),
        (f"{{'Authorization': 'Api-Key {K}'}}", f"{{'Authorization': f'Api-Key {{{E2}}}'}}"),
        (f"dict(key='{K}')", f"dict(key={E})"),
        (f"[x for x in '{K}']", f"[x for x in {E}]"),
        (f"1 if'{K}'else 2", f"1 if {E} else 2"),
        (f"lambda k='{K}': k", f"lambda k={E}: k"),
        (f"os.getenv('ALLO_API_KEY', '{K}')", E),
        (f"os.environ.get('ALLO_API_KEY', default='{K}')", E),
        (f"os.getenv('OURS', 'ak_' + 'live_{B}')", "os.environ['OURS']"),
        (f"os.getenv(NAME, '{K}')", "os.environ[NAME]"),
        (f"os.environ.get('OURS') or '{K}'", "os.environ['OURS']"),
        (f"f((os.getenv('OURS')) or ('ak_' 'live_{B}'))", "f(os.environ['OURS'])"),
        (f"os.getenv('OURS') or '{K}' or 1", f"os.getenv('OURS') or {E} or 1"),
        (f"os.getenv('OURS') and '{K}'", f"os.getenv('OURS') and {E}"),
        (f"os.getenv('OURS', '1') or '{K}'", f"os.getenv('OURS', '1') or {E}"),
        (f"os.getenv('OURS') or 'Api-Key {K}'", f"os.getenv('OURS') or f'Api-Key {{{E2}}}'"),
        (f"'{K}' or os.getenv('OURS')", f"{E} or os.getenv('OURS')"),
        (
            f"parser.add_argument('--key', default='{K}')",
            "parser.add_argument('--key', default=os.environ.get('ALLO_API_KEY'))",
        ),
        (
            f"parser.add_argument('--key', default=os.getenv('OURS', '{K}'))",
            "parser.add_argument('--key', default=os.environ.get('OURS'))",
        ),
        (
            f"parser.add_argument('--key', nargs='?', const='{K}', default=os.getenv('OURS') or '{key(1)}')",
            "parser.add_argument('--key', nargs='?', const=os.environ.get('ALLO_API_KEY'), "
            "default=os.environ.get('OURS'))",
        ),
        (
            f"click.option('--key', default='{K}', help='h')",
            "click.option('--key', default=os.environ.get('ALLO_API_KEY'), help='h')",
        ),
        (f"decouple.config('KEY', default='{K}')", "decouple.config('KEY', default=os.environ.get('ALLO_API_KEY'))"),
        (f"env.str('KEY', default='{K}')", "env.str('KEY', default=os.environ.get('ALLO_API_KEY'))"),
        (f"os.getenv(key='OURS', default='{K}')", "os.environ['OURS']"),
        (f"'{K} {key(1)}'", f"f'{{{E2}}} {{{E2[:-2]}_2\"]}}'"),
        (f"('{K} '\n 'x {key(1)}')", f"(f'{{{E2}}} '\n f'x {{{E2[:-2]}_2\"]}}')"),
        (f"(b'{K} ' b'x'\n b'{key(1)}')", f"({E}.encode() + b' ' + b'x' +\n {E[:-2]}_2'].encode())"),
    ],
)
def test_an_expression(before: str, after: str) -> None:
    assert became(f"import os\n\nx = {before}  # mine\ny = 'é'\n") == f"import os\n\nx = {after}  # mine\ny = 'é'\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("class A(BaseSettings):\n    k: str = {}\n", ".get('ALLO_API_KEY')"),
        ("class A(p.BaseSettings):\n    k = {}\n", ".get('ALLO_API_KEY')"),
        ("class A(BaseSettings):\n    k: str = Field({})\n", ".get('ALLO_API_KEY')"),
        ("class A(BaseSettings):\n    k: str = Field(default={}, alias='a')\n", ".get('ALLO_API_KEY')"),
        ("class A(BaseSettings):\n    def f(self):\n        k = {}\n", "['ALLO_API_KEY']"),
        ("class A(BaseSettings):\n    k: str = f({})\n", "['ALLO_API_KEY']"),
        ("class A(BaseModel):\n    k: str = Field({})\n", "['ALLO_API_KEY']"),
    ],
)
def test_a_field_that_is_filled_from_elsewhere_may_have_no_variable(before: str, after: str) -> None:
    assert became(f"import os\n{before.format(repr(K))}") == f"import os\n{before.format('os.environ' + after)}"


def test_an_environment_for_another_program_may_name_the_variable() -> None:
    source = f"import os\nrun(env={{'ALLO_API_KEY': '{K}'}})\nrun(env={{**os.environ, 'ALLO_API_KEY': '{K}'}})\n"
    assert became(source) == source.replace(f"'{K}'", E)


@pytest.mark.parametrize(
    ("head", "before", "after"),
    [
        ("import os\ndef app(environ):\n    return ", f"environ.get('X', '{K}')", f"environ.get('X', {E})"),
        ("import os\nx = ", f"request.environ.get('X', '{K}')", f"request.environ.get('X', {E})"),
        ("import os\nfrom conf import getenv\nx = ", f"getenv('X', '{K}')", f"getenv('X', {E})"),
        ("import os as o\nx = ", f"o.getenv('X', '{K}')", "o.environ['X']"),
        ("from os import environ as env\nx = ", f"env.get('X', '{K}')", "env['X']"),
        ("from os import getenv\nimport os\nx = ", f"getenv('X', '{K}')", "os.environ['X']"),
    ],
)
def test_only_what_reads_the_environment_is_replaced_as_a_whole(head: str, before: str, after: str) -> None:
    assert became(f"{head}{before}\n") == f"{head}{after}\n"


def test_a_base64_literal_goes_with_what_decodes_it() -> None:
    packed = base64.b64encode(K.encode()).decode()
    source = f"import base64\nimport os\nPACKED = '{packed}'\nx = base64.b64decode(PACKED).decode()\n"
    assert became(source) == f"import base64\nimport os\nx = {E2}\n"


def test_a_credential_without_a_prefix() -> None:
    assert became(f"import os\nALLO_API_KEY = '{secret()}'\n") == f"import os\nALLO_API_KEY = {E}\n"
    call = "requests.get('https://api.withallo.com/v2/api/me', headers={'Authorization': %s})\n"
    source = f"import os\nimport requests\nTOKEN = 'Api-Key {secret()}'\n{call % 'TOKEN'}"
    assert became(source) == f"import os\nimport requests\nTOKEN = f'Api-Key {{{E2}}}'\n{call % 'TOKEN'}"


def test_pieces_that_nothing_else_needs_go_with_it() -> None:
    source = f"import os\n# the body\nBODY = '{B}'\nHEAD = 'ak_'\nKEY = HEAD + 'live_' + BODY\n"
    assert became(source) == f"import os\n# the body\nHEAD = 'ak_'\nKEY = {E}\n"


@pytest.mark.parametrize("more", ["print(BODY)", "__all__ = ['BODY']", "def f():\n    global BODY"])
def test_pieces_that_something_else_needs_are_in_the_way(more: str) -> None:
    source = f"BODY = '{B}'\nKEY = 'ak_' + 'live_' + BODY\n{more}\n"
    assert refusals(source) == [(2, "line 1 holds a piece of it that is not only used here: take that out by hand")]
    comment = f"BODY = '{B}'  # why\nKEY = 'ak_' + 'live_' + BODY\n"
    assert refusals(comment)[0][0] == 2
    change = fixed(f"BODY = '{B}'\nKEY = 'ak_' + 'live_' + BODY\n", elsewhere="BODY")
    assert [one.reason for one in change.refused] == ["other files speak of a piece of it: take it out by hand"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "import os\n\n"),
        ("#!/usr/bin/env python\n", "#!/usr/bin/env python\nimport os\n\n"),
        ("# -*- coding: utf-8 -*-\n# about it\n", "# -*- coding: utf-8 -*-\nimport os\n\n# about it\n"),
        ("# a licence\n# of two lines\n\n", "# a licence\n# of two lines\n\nimport os\n\n"),
        ('"""Doc."""\n\n', '"""Doc."""\n\nimport os\n\n'),
        ('"""Doc."""\nx = 1\n', '"""Doc."""\n\nimport os\n\nx = 1\n'),
        ("from __future__ import annotations\n\n", "from __future__ import annotations\n\nimport os\n\n"),
        (
            '"""Doc."""\nfrom __future__ import annotations\n\nimport json\nimport sys\nfrom a import b\n',
            '"""Doc."""\nfrom __future__ import annotations\n\nimport json\nimport os\nimport sys\nfrom a import b\n',
        ),
        ("# std\nimport sys\n", "# std\nimport os\nimport sys\n"),
        ("import json\nfrom sys import path\n", "import json\nimport os\nfrom sys import path\n"),
        ("import requests\n", "import os\n\nimport requests\n"),
        ("from . import a\n", "import os\n\nfrom . import a\n"),
        ("from tkinter import *\n", "from tkinter import *\nimport os\n"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\n",
            "import os\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\n",
        ),
        (
            "try:\n    import os\nexcept ImportError:\n    pass\n",
            "import os\n\ntry:\n    import os\nexcept ImportError:\n    pass\n",
        ),
        ("import os.path\n", None),
        ("import os.path as p\n", "import os\nimport os.path as p\n"),
        ("from os.path import join\n", "import os\nfrom os.path import join\n"),
        (
            "from __future__ import annotations; import sys\n",
            "from __future__ import annotations; import sys\n\nimport os\n\n",
        ),
        ('"""Doc."""; import sys\n', '"""Doc."""; import sys\n\nimport os\n\n'),
        ("import os, sys\n", None),
        ("import json\r\n", "import json\r\nimport os\r\n"),
    ],
)
def test_the_import(before: str, after: str | None) -> None:
    assert became(f"{before}KEY = '{K}'\n") == f"{before if after is None else after}KEY = {E}\n"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import os as o\nK = %s\n", "import os as o\nK = o.environ['ALLO_API_KEY']\n"),
        ("from os import environ\nK = %s\n", "from os import environ\nK = environ['ALLO_API_KEY']\n"),
        ("from os import environ as env\nK = %s\n", "from os import environ as env\nK = env['ALLO_API_KEY']\n"),
        ("K = %s\nimport os\n", f"import os\n\nK = {E}\nimport os\n"),
        (
            "import os\ndef f(os):\n    return %s\n",
            "import os\nimport os as _os\ndef f(os):\n    return _os.environ['ALLO_API_KEY']\n",
        ),
        ("import os.path as os\nK = %s\n", "import os as _os\nimport os.path as os\nK = _os.environ['ALLO_API_KEY']\n"),
        ("import os\ndef f(os):\n    pass\nK = %s\n", f"import os\ndef f(os):\n    pass\nK = {E}\n"),
        ("import os\nos = None\nK = %s\n", "import os\nimport os as _os\nos = None\nK = _os.environ['ALLO_API_KEY']\n"),
        (
            "import os\nclass A:\n    os = 1\n    K = %s\n",
            "import os\nimport os as _os\nclass A:\n    os = 1\n    K = _os.environ['ALLO_API_KEY']\n",
        ),
        ("def f():\n    import os\n    return %s\n", f"import os\n\ndef f():\n    import os\n    return {E}\n"),
        (
            "def f():\n    x = %s\n    import os\n",
            "import os as _os\n\ndef f():\n    x = _os.environ['ALLO_API_KEY']\n    import os\n",
        ),
        ("import os\nfrom a import *\nK = %s\n", f"import os\nfrom a import *\nimport os\nK = {E}\n"),
    ],
)
def test_names_of_the_module(source: str, wanted: str) -> None:
    assert became(source % f"'{K}'") == wanted


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        (f'"""{K}"""\n', 1, "it stands in a docstring, or in a text that nothing uses"),
        (
            f'def f():\n    """Text.\n\n    >>> f("{K}")\n    """\n',
            4,
            "it stands in a docstring, or in a text that nothing uses",
        ),
        (f"D = '''\n>>> f(\"{K}\")\n'''\n", 2, "it stands inside a doctest: rewrite the example by hand"),
        (
            f"run('INSERT INTO k VALUES (\"{K}\")')\n",
            1,
            "it stands inside SQL: hand it over as a parameter of the statement",
        ),
        (
            f"run(f'select a from b where k = \"{K}\" and c = {{c}}')\n",
            1,
            "it stands inside SQL: hand it over as a parameter of the statement",
        ),
        (f"# {K}\n", 1, "it stands in a comment, or in no string at all"),
        (f"match x:\n    case '{K}':\n        pass\n", 2, "it stands in a match pattern, which takes constants only"),
        (f"x: Literal['{K}']\n", 1, "it stands in a Literal type, which takes constants only"),
        (f"x: '{K}' = 1\n", 1, "it stands in a type annotation"),
        (f"T = typing.Literal['{K}']\n", 1, "it stands in a Literal type, which takes constants only"),
        (f"__all__ = ['{K}']\n", 1, "it stands in a list of names"),
        (f"x = f'{{y:{K}}}'\n", 1, "it stands in the format of an f-string, or in one that shows its own source"),
        (f"x = f'{{\"{K}\"=}}'\n", 1, "it stands in the format of an f-string, or in one that shows its own source"),
        (f"x = f'{{\"a {K}\"}}'\n", 1, "both kinds of quotes are taken by the strings around it"),
        (f"x = a + 'ak_' + 'live_{B}'\n", 1, "it is put together from parts that are not known, or that change"),
        (f"x = ('ak_'  # one\n    'live_{B}')\n", 1, "a comment inside of it would be lost"),
        (f"import os\nos.environ['ALLO_API_KEY'] = '{K}'\n", 2, SETS),
        (f"import os\nos.environ.setdefault('ALLO_API_KEY', '{K}')\n", 2, SETS),
        (f"import os\nos.environ['ALLO_API_KEY']: str = '{K}'\n", 2, SETS),
        (f"import os\nos.environb[b'ALLO_API_KEY'] = b'{K}'\n", 2, SETS),
        (f"import os\nos.environ.update(ALLO_API_KEY='{K}')\n", 2, SETS),
        (f"import os\nos.environ.update({{'ALLO_API_KEY': '{K}'}})\n", 2, SETS),
        (f"import os\nos.environ |= {{'ALLO_API_KEY': '{K}'}}\n", 2, SETS),
        (f"import os\npatch.dict(os.environ, {{'ALLO_API_KEY': '{K}'}})\n", 2, SETS),
        (f"import os\npatch.dict(os.environ, ALLO_API_KEY='{K}')\n", 2, SETS),
        (f"monkeypatch.setenv('ALLO_API_KEY', '{K}')\n", 1, SETS),
        (f"monkeypatch.setitem(os.environ, 'ALLO_API_KEY', '{K}')\n", 1, SETS),
        (
            f"x = '{base64.b64encode(K.encode()).decode()}'\n",
            1,
            "it stands there as base64: write the code that decodes it anew",
        ),
        (f"x = '{K}\n", 1, "not Python that libcst can parse"),
        (f"import os; K = '{K}'\n", 1, ""),
    ],
)
def test_what_cannot_be_proved_is_refused(source: str, line: int, reason: str) -> None:
    found = [(place, said[: len(reason)]) for place, said in refusals(source)]
    assert found == ([(line, reason)] if reason else [])


def test_a_key_that_stands_plain_and_in_pieces_goes_from_both() -> None:
    source = f"import os\nA = '{K}'\nB = '{K[:20]}' + '{K[20:]}'\nC = 'ak_' 'live_' '{B}'\n"
    assert became(source) == f"import os\nA = {E}\nB = {E}\nC = {E}\n"


def test_what_begins_like_a_key_goes_with_the_whole_of_it() -> None:
    source = f"import os\nA = '{K[:25]}'\nKEY = A + '{K[25:]}'\n"
    assert became(source) == f"import os\nKEY = {E}\n"
    assert refusals(source + "print(A)\n")[0][0] == 3


def test_a_part_that_would_be_found_afterwards_keeps_its_own_place_alone() -> None:
    source = f"import os\na = '%s%s' % ('{K[:18]}', '{K[18:]}').upper()\nb = '{key(1)}'\n"
    change = fixed(source)
    assert change.new.decode() == source.replace(f"'{key(1)}'", "os.environ['ALLO_API_KEY_2']")
    left = "a key, or a part of one, would still be found after the change: take it out by hand"
    assert [one.reason for one in change.refused] == [left]


def test_two_keys_that_a_value_has_side_by_side_are_two() -> None:
    source = f"import os\n\ndef url(path):\n    return path + ('{key(1)}' if path else '')\n\nx = url('{K}')\n"
    wanted = source.replace(f"'{key(1)}'", "os.environ['ALLO_API_KEY']").replace(
        f"'{K}'", "os.environ['ALLO_API_KEY_2']"
    )
    assert became(source) == wanted


def test_a_key_that_is_put_together_inside_of_what_holds_another_goes_alone() -> None:
    source = f"import os\nx = os.path.join('%s%s' % ('{K[:7]}', '{K[7:]}'), 'x {key(1)}')\n"
    assert became(source) == f"import os\nx = os.path.join({E}, f'x {{{E2[:-2]}_2\"]}}')\n"


def test_a_key_in_pieces_beside_a_name_that_holds_it_whole_goes_too() -> None:
    source = f"import os\ny = '{K}'\nx = ''.join(['{K[:9]}', '{K[9:]}']).format(y)\n"
    assert became(source) == f"import os\ny = {E}\nx = {E}\n"


def test_a_key_that_goes_on_in_one_place_is_another_in_the_next() -> None:
    source = f"import os\nx = (\"{K}\"\n    'Note')\ny = '{K}'\n"
    assert became(source) == f"import os\nx = ({E2})\ny = {E[:-2]}_2']\n"


def test_one_refusal_does_not_keep_the_others() -> None:
    change = fixed(f"import os\nA = '{K}'\n# {key(1)}\nB = '{key(2)}'\n")
    assert change.new.decode() == f"import os\nA = {E}\n# {key(1)}\nB = {E[:-2]}_3']\n"
    assert [(one.found.finding.start.line, one.name) for one in change.refused] == [(3, "ALLO_API_KEY_2")]


def test_a_stub_and_an_unreadable_file_stay() -> None:
    stub = "it stands in a stub, which is never run: write ... there"
    assert refusals(f"K: str = '{K}'\n", "a.pyi") == [(1, stub)]
    unknown = "the encoding that its coding comment names is not known: take it out by hand"
    assert refusals(f"# coding: nope\nK = '{K}'\n".encode())[0][1] == unknown


@pytest.mark.parametrize(("encoding", "letter"), [("latin-1", "é"), ("cp1251", "ж"), ("shift_jis", "日本")])
def test_other_encodings_stay(encoding: str, letter: str) -> None:
    source = f"# coding: {encoding}\nimport os\na = '{letter}'; K = 'é'.encode() and '{K}'\n".replace("é", letter)
    wanted = source.replace(f"'{K}'", E)
    assert fixed(source.encode(encoding)).new == wanted.encode(encoding)


def test_a_byte_order_mark_and_line_ends_stay() -> None:
    source = f"import os\r\nx = '''a\r\nb'''\nK = '{K}'\r\n".encode("utf-8-sig")
    assert fixed(source).new == source.replace(f"'{K}'".encode(), E.encode())


def test_styles() -> None:
    assert became(f"import os\nx = '{K}', b'{K}'\n", Style("getenv")) == (
        "import os\nx = os.getenv('ALLO_API_KEY'), os.getenv('ALLO_API_KEY', '').encode()\n"
    )
    assert became(f"from os import getenv\nx = '{K}'\n", Style("getenv")).endswith("x = getenv('ALLO_API_KEY')\n")
    style = settings("settings.{lower}", "from app.config import settings")
    assert became(f"import sys\nx = '{K}', 'a {key(1)}'\n", style) == (
        "import sys\nfrom app.config import settings\nx = settings.allo_api_key, f'a {settings.allo_api_key_2}'\n"
    )
    assert became(f"x = os.getenv('A', '{K}')\n", style) == (
        "from app.config import settings\n\nx = os.getenv('A', settings.allo_api_key)\n".replace(
            "os.getenv('A', settings.allo_api_key)", "settings.a"
        )
    )
    own = fixed(f"key = '{K}'\n", style, "src/app/config.py")
    assert [one.reason[:27] for one in own.refused] == ["the settings are made here,"]
    assert fixed(f"key = '{K}'\n", style, "src/myapp/config.py").refused == ()
    for expression, statement in (("settings", ""), ("a +", ""), ("settings.x", "import os"), ("a.b\\\n", "")):
        with pytest.raises(KeyscanError):
            settings(expression, statement)


P = "os.environ['PAGARME_KEY']"
FOREIGN = "it may be another vendor's key, and no name of its own is free: choose one with --name"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"PAGARME_KEY = '{K}'", f"PAGARME_KEY = {P}"),
        (f"pagarmeKey: str = '{K}'", f"pagarmeKey: str = {P}"),
        (f"self.pagarme_key = '{K}'", f"self.pagarme_key = {P}"),
        (f"settings['PAGARME_KEY'] = '{K}'", f"settings['PAGARME_KEY'] = {P}"),
        (f"x = {{'pagarme_key': '{K}'}}", f"x = {{'pagarme_key': {P}}}"),
        (f"f(pagarme_key='{K}')", f"f(pagarme_key={P})"),
        (f"lambda pagarme_key='{K}': 1", f"lambda pagarme_key={P}: 1"),
        (f"(pagarme_key := '{K}')", f"(pagarme_key := {P})"),
        (f"PAGARME_KEY = '{K[:9]}' + '{K[9:]}'", f"PAGARME_KEY = {P}"),
        (f"pagarme = os.getenv('OURS', '{K}')", "pagarme = os.environ['OURS']"),
    ],
)
def test_another_vendors_key_is_called_as_the_setting_it_is(before: str, after: str) -> None:
    assert became(f"import os\n{before}\n") == f"import os\n{after}\n"


@pytest.mark.parametrize("source", [f"pagarme = '{K}'\n", f"PAGARME_AUTH = 'Bearer {K}'\n", f"pagarme(f('{K}'))\n"])
def test_another_vendors_key_without_a_name_stays(source: str) -> None:
    assert refusals(source) == [(1, FOREIGN)]


def test_a_key_of_this_api_that_stands_near_another_vendor_too_is_this_apis() -> None:
    source = f"import os\nPAGARME_KEY = '{K}'\n" + "x = 1\n" * 200 + f"WITHALLO = '{K}'\n"
    assert became(source) == source.replace(f"'{K}'", E)
