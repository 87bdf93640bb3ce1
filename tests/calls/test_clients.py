"""Each HTTP library with each endpoint, their base URLs as the libraries themselves merge them, and what is no call."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allo_keyscan.calls.analyze import analyze, literal_keys
from allo_keyscan.calls.domain import Hole, Text
from allo_keyscan.calls.shell import split
from allo_keyscan.catalog.api import ApiRules, load_endpoints
from allo_keyscan.model import Call

HOST = "https://api.withallo.com"
ENDPOINTS = load_endpoints(str(Path(__file__).parents[2] / "rules"))
HEAD = """import os, requests, httpx, urllib.request, urllib3, http.client, aiohttp, niquests, treq, subprocess
from requests_futures.sessions import FuturesSession
from requests_toolbelt.sessions import BaseUrlSession
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
K = "Api-Key " + os.environ["ALLO_API_KEY"]
H = {"Authorization": K}
BASE = "https://api.withallo.com"
"""
# URL is the whole URL, PATH the path, METHOD and verb the method: how each library sends it.
WHOLE = {
    "requests": "requests.verb(URL, headers=H)",
    "requests.request": 'requests.request("METHOD", URL, headers=H)',
    "Session": "requests.Session().verb(URL, headers=H)",
    "httpx": "httpx.verb(URL, headers=H)",
    "httpx.Client": "httpx.Client(headers=H).verb(URL)",
    "urllib": 'urllib.request.urlopen(urllib.request.Request(URL, headers=H, method="METHOD"))',
    "urllib3": 'urllib3.PoolManager(headers=H).request("METHOD", URL)',
    "aiohttp": "aiohttp.ClientSession(headers=H).verb(URL)",
    "niquests": 'niquests.request("METHOD", URL, headers=H)',
    "FuturesSession": "FuturesSession().verb(URL, headers=H)",
    "tornado": 'AsyncHTTPClient().fetch(HTTPRequest(URL, method="METHOD", headers=H))',
    "treq": "treq.verb(URL, headers=H)",
    "curl": 'subprocess.run(["curl", "-X", "METHOD", "-H", f"Authorization: {K}", URL])',
    "shell": "os.system(f\"curl -sXMETHOD -H 'Authorization: {K}' {URL}\")",
}
PARTED = {
    "httpx": "httpx.Client(base_url=BASE, headers=H).verb(PATH)",
    "aiohttp": 'aiohttp.ClientSession(BASE, headers=H).request("METHOD", PATH)',
    "niquests": "niquests.Session(base_url=BASE, headers=H).verb(PATH)",
    "BaseUrlSession": "BaseUrlSession(BASE).verb(PATH, headers=H)",
    "http.client": 'http.client.HTTPSConnection("api.withallo.com").request("METHOD", PATH, None, H)',
    "urllib3": 'urllib3.HTTPSConnectionPool("api.withallo.com", headers=H).request("METHOD", PATH)',
    "from_url": 'urllib3.connection_from_url(BASE).urlopen("METHOD", PATH, headers=H)',
}


def calls(source: str, rules: ApiRules) -> list[Call]:
    """The calls of a program that leaves nothing open."""
    found = analyze([("a.py", source.encode())], rules)
    assert (found.unresolved, found.unparsed) == ((), ())
    return list(found.calls)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_each_library_with_each_endpoint(endpoint, rules: ApiRules) -> None:  # type: ignore[no-untyped-def]
    """The same call as styles of URL: literal, with f-string holes, base and path apart."""
    names = re.findall(r"\{(\w+)\}", endpoint.path)
    braces = re.sub(r"\{\w+\}", "{}", endpoint.path)
    path = f'f"{endpoint.path}"'
    urls = [f'f"{HOST}{endpoint.path}"', f"BASE + {path}", f'"{{}}{braces}".format({", ".join(["BASE", *names])})']
    lines = [f"url = {url}; {form.replace('URL', 'url')}" for form in WHOLE.values() for url in urls]
    lines += [form.replace("PATH", path) for form in PARTED.values()]
    lines = [line.replace("METHOD", endpoint.method).replace("verb", endpoint.method.lower()) for line in lines]
    source = HEAD + f"def f({', '.join(names)}):\n" + "".join(f"    {line}\n" for line in lines)
    first = HEAD.count("\n") + 2
    found = calls(source, rules)
    assert [call.line for call in found] == [*range(first, first + len(lines))]
    for call in found:
        line = lines[call.line - first]
        assert (call.method, call.endpoint, call.url) == (endpoint.method, endpoint.path, HOST + braces), line
        assert (call.scopes, call.conflict, call.basis) == (endpoint.scopes, endpoint.conflict, endpoint.basis)
        sure = "possible" if call.client == "curl" else "definite"
        assert (call.certainty, call.key) == (sure, "env:ALLO_API_KEY"), line


# -- base URLs, by the libraries themselves --------------------------------------------------------------------------


def _httpx(base: str, path: str) -> str:
    httpx = pytest.importorskip("httpx")
    with httpx.Client(base_url=base) as client:
        return str(client.build_request("GET", path).url)


def _aiohttp(base: str, path: str) -> str | None:
    aiohttp = pytest.importorskip("aiohttp")
    seen: list[str] = []

    async def started(_session: Any, _context: Any, params: Any) -> None:
        seen.append(str(params.url))
        raise ConnectionAbortedError

    async def ask() -> None:
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(started)
        async with aiohttp.ClientSession(base_url=base, trace_configs=[trace]) as session:
            await session.get(path)

    try:
        asyncio.run(ask())
    except ConnectionAbortedError:
        return seen[0]
    except ValueError:
        return None  # a base URL with a path must end in a slash
    raise AssertionError("the request was sent")


def _toolbelt(base: str, path: str) -> str:
    return str(pytest.importorskip("requests_toolbelt.sessions").BaseUrlSession(base).create_url(path))


def _niquests(base: str, path: str) -> str:
    niquests = pytest.importorskip("niquests")

    class Stop(niquests.adapters.BaseAdapter):  # type: ignore[misc, name-defined]
        def send(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
            raise ConnectionAbortedError(request.url)

        def close(self) -> None:
            pass

    session = niquests.Session(base_url=base)
    session.mount("https://", Stop())
    with pytest.raises(ConnectionAbortedError) as stopped:
        session.get(path)
    return str(stopped.value.args[0])


REAL: dict[str, tuple[str, Callable[[str, str], str | None]]] = {
    "httpx": ("httpx.Client(base_url={!r}).get({!r})", _httpx),
    "aiohttp": ("aiohttp.ClientSession({!r}).get({!r})", _aiohttp),
    "toolbelt": ("BaseUrlSession({!r}).get({!r})", _toolbelt),
    "niquests": ("niquests.Session(base_url={!r}).get({!r})", _niquests),
}


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("base", [HOST, HOST + "/", HOST + "/v2/api", HOST + "/v2/api/"])
def test_base_urls_merge_as_the_library_merges_them(name: str, base: str, rules: ApiRules) -> None:
    form, merge = REAL[name]
    for path in ("tags", "/tags", "/v2/api/tags", "v2/api/tags", "tags?page=1", "/users/7", HOST + "/v2/api/users"):
        real = merge(base, path)
        if real is not None:
            (call,) = calls(HEAD + form.format(base, path), rules)
            assert call.url == real.partition("?")[0], path
    assert calls(HEAD + form.format(base, "https://example.com/v2/api/tags"), rules) == []


@pytest.mark.parametrize(
    ("made", "url"),
    [
        ('aiohttp.ClientSession("https://api.withallo.com/v2/api/").get("/tags")', "/tags"),
        ('aiohttp.ClientSession("https://api.withallo.com/v2/api/").get("tags")', "/v2/api/tags"),
        ('BaseUrlSession("https://api.withallo.com/v2/api").get("tags")', "/v2/tags"),
        ('httpx.Client(base_url="https://api.withallo.com/v2/api").get("/tags")', "/v2/api/tags"),
        ('niquests.Session(base_url="https://api.withallo.com/v2/api/").get("tags")', "/v2/api/tags"),
        ('urllib3.connection_from_url("https://api.withallo.com/v2/api").request("GET", "/tags")', "/tags"),
    ],
)
def test_base_urls_as_measured(made: str, url: str, rules: ApiRules) -> None:
    """The same without the libraries at hand."""
    assert [call.url for call in calls(HEAD + made, rules)] == [HOST + url]


def test_a_base_url_nobody_knows_leaves_a_url_of_its_own_alone(rules: ApiRules) -> None:
    source = HEAD + "def f(s: aiohttp.ClientSession):\n    s.get(os.environ['ALLO_URL'] + '/v2/api/tags')\n"
    assert [(call.endpoint, call.certainty) for call in calls(source, rules)] == [("/v2/api/tags", "definite")]


# -- clients ---------------------------------------------------------------------------------------------------------


def keys(source: str, rules: ApiRules) -> list[str | None]:
    return [call.key for call in calls(HEAD + source, rules)]


@pytest.mark.parametrize(
    "source",
    [
        "s = aiohttp.ClientSession(); s.headers.update(H); s.get(BASE + '/v2/api/tags')",
        "import multidict; requests.get(BASE + '/v2/api/tags', headers=multidict.CIMultiDict([('authorization', K)]))",
        "h = requests.structures.CaseInsensitiveDict(); h['AUTHORIZATION'] = K; "
        "requests.get(BASE + '/v2/api/tags', headers=h)",
        "httpx.get(BASE + '/v2/api/tags', headers=httpx.Headers(H))",
        "httpx.get(BASE + '/v2/api/tags', headers=[('Authorization', K)])",
        "urllib3.request('GET', BASE + '/v2/api/tags', headers=urllib3.HTTPHeaderDict(Authorization=K))",
        "o = urllib.request.build_opener(); o.addheaders = [('Authorization', K)]; o.open(BASE + '/v2/api/tags')",
        "o = urllib.request.build_opener(); o.addheaders.append(('Authorization', K)); o.open(BASE + '/v2/api/tags')",
        "c = http.client.HTTPSConnection('api.withallo.com'); c.putrequest('GET', '/v2/api/tags'); "
        "c.putheader('authorization', K)",
        "r = HTTPRequest(BASE + '/v2/api/tags'); r.headers['Authorization'] = K; AsyncHTTPClient().fetch(r)",
        "treq.get(BASE + '/v2/api/tags', headers={b'Authorization': [K.encode()]})",
        "s = requests.Session(); s.headers = H; FuturesSession(session=s).get(BASE + '/v2/api/tags')",
        "def sign(request):\n    request.headers['Authorization'] = K\n"
        "httpx.Client(event_hooks={'request': [sign]}).get(BASE + '/v2/api/tags')",
    ],
)
def test_the_key_in_every_kind_of_headers(source: str, rules: ApiRules) -> None:
    assert keys(source, rules) == ["env:ALLO_API_KEY"]


def test_what_a_subclass_hands_to_its_library_counts(rules: ApiRules) -> None:
    source = HEAD + (
        "class Base(httpx.Client):\n"
        "    def __init__(self, key, root=BASE):\n"
        "        super().__init__(base_url=root + '/v2/api', headers={'Authorization': f'Api-Key {key}'})\n"
        "class Allo(Base):\n"
        "    def __init__(self, name):\n"
        "        super().__init__(os.environ[name])\n"
        "Allo('ALLO_A').get('/tags')\n"
        "Base(os.environ['ALLO_B']).get('users')\n"
    )
    found = calls(source, rules)
    assert [(call.endpoint, call.key) for call in found] == [
        ("/v2/api/tags", "env:ALLO_A"),
        ("/v2/api/users", "env:ALLO_B"),
    ]


def test_a_session_that_rewrites_urls_in_request_is_followed_from_its_verbs(rules: ApiRules) -> None:
    source = HEAD + (
        "from urllib.parse import urljoin\n"
        "class Allo(requests.Session):\n"
        "    def request(self, method, url, *args, **kwargs):\n"
        "        return super().request(method, urljoin(BASE + '/v2/api/', url), *args, headers=H, **kwargs)\n"
        "allo = Allo()\n"
        "allo.get('tags')\n"
        "allo.post('conversations/items/batch', json={})\n"
        "allo.request('GET', 'users')\n"
    )
    found = calls(source, rules)
    assert [(call.line, call.method, call.endpoint, call.key) for call in found] == [
        (13, "GET", "/v2/api/tags", "env:ALLO_API_KEY"),
        (14, "POST", "/v2/api/conversations/items/batch", "env:ALLO_API_KEY"),
        (15, "GET", "/v2/api/users", "env:ALLO_API_KEY"),
    ]


def test_a_partial_of_a_library_sends_with_what_was_laid_down(rules: ApiRules) -> None:
    source = HEAD + (
        "from functools import partial\n"
        "post = partial(requests.request, 'POST', headers=H)\n"
        "get = partial(httpx.Client(base_url=BASE, headers=H).get, timeout=3)\n"
        "post(BASE + '/v2/api/conversations/items/batch')\n"
        "get('/v2/api/tags')\n"
    )
    found = calls(source, rules)
    assert [(call.line, call.method, call.endpoint, call.key) for call in found] == [
        (11, "POST", "/v2/api/conversations/items/batch", "env:ALLO_API_KEY"),
        (12, "GET", "/v2/api/tags", "env:ALLO_API_KEY"),
    ]


def test_the_session_inside_a_futures_session_has_the_base_url(rules: ApiRules) -> None:
    (call,) = calls(HEAD + "FuturesSession(session=BaseUrlSession(BASE + '/v2/api/')).get('tags')", rules)
    assert (call.endpoint, call.client) == ("/v2/api/tags", "requests_futures")


def test_names_that_a_star_import_of_a_library_brings(rules: ApiRules) -> None:
    """A defect once: such a program ended the run."""
    (call,) = calls(f"from requests import *\nget('{HOST}/v2/api/tags')\nprint(len(unknown))\n", rules)
    assert (call.line, call.client) == (2, "requests")


def test_a_real_transport_does_not_hide_a_client(rules: ApiRules) -> None:
    for transport in ("httpx.HTTPTransport(retries=3)", "Retrying(httpx.HTTPTransport())", "transport"):
        (call,) = calls(HEAD + f"httpx.Client(transport={transport}).get(BASE + '/v2/api/tags')", rules)
        assert call.endpoint == "/v2/api/tags"


def test_a_callee_out_of_a_table_is_each_of_them(rules: ApiRules) -> None:
    source = HEAD + (
        "s = requests.Session()\n"
        "def f(m):\n"
        "    {'GET': s.get, 'POST': s.post}[m](BASE + '/v2/api/conversations/items/batch')\n"
    )
    assert [(call.method, call.certainty) for call in calls(source, rules)] == [
        ("GET", "possible"),
        ("POST", "possible"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "httpx.Client(transport=httpx.MockTransport(f)).get(BASE + '/v2/api/tags')",
        "class T(httpx.MockTransport): pass\nhttpx.Client(transport=T(f)).get(BASE + '/v2/api/tags')",
        "httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE).get('/v2/api/tags')",
        "httpx.Client(mounts={'https://': httpx.MockTransport(f)}).get(BASE + '/v2/api/tags')",
        "import requests_mock\ns = requests.Session()\ns.mount(BASE, requests_mock.Adapter())\n"
        "s.get(BASE + '/v2/api/tags')",
        "import requests_mock\nwith requests_mock.Mocker() as fake:\n    fake.get(BASE + '/v2/api/tags')",
        "import responses\nresponses.add(responses.GET, BASE + '/v2/api/tags')\nresponses.get(BASE + '/v2/api/tags')",
        "import respx\nrespx.get(BASE + '/v2/api/tags').mock(return_value=httpx.Response(200))",
        "import respx\nwith respx.mock(base_url=BASE) as router:\n    router.get('/v2/api/tags')",
        "from aioresponses import aioresponses\nwith aioresponses() as fake:\n    fake.get(BASE + '/v2/api/tags')",
        "def test(httpx_mock):\n    httpx_mock.add_response(url=BASE + '/v2/api/tags')",
        "from fastapi.testclient import TestClient\nTestClient(app, base_url=BASE).get('/v2/api/tags')",
        "from starlette.testclient import TestClient\nclass C(TestClient): pass\nC(app).get(BASE + '/v2/api/tags')",
        "from flask import Flask\napp = Flask('a')\nwith app.test_client() as c:\n    c.get('/v2/api/tags', headers=H)",
        "from aiohttp.test_utils import TestClient, TestServer\nTestClient(TestServer(app)).get('/v2/api/tags')",
        "async def test(aiohttp_client):\n    c = await aiohttp_client(app)\n    await c.get('/v2/api/tags')",
        "from unittest import mock\nfake = mock.Mock()\nfake.get(BASE + '/v2/api/tags')\n"
        "fake.get.assert_called_once_with(BASE + '/v2/api/tags')",
        "import unittest\nclass T(unittest.TestCase):\n    def setUp(self):\n        self.c = self.app.test_client()\n"
        "    def test(self):\n        self.c.get('/v2/api/tags')",
        "requests.Request('GET', BASE + '/v2/api/tags').prepare()",
        "aiohttp.ClientSession().ws_connect(BASE + '/v2/api/tags')",
    ],
)
def test_stand_ins_for_a_server_are_no_calls(source: str, rules: ApiRules) -> None:
    assert calls(HEAD + source, rules) == []


# -- command lines ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a;b|c&&d\ne & f (g)", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
        ("a >x 2>&1 <y b >>z c", [["a", "b", "c"]]),
        ("a b#c # d\ne", [["a", "b#c"], ["e"]]),
        ("a \\\n b '' \"\"", [["a", "b", "", ""]]),
        ("a '$b' \\$c \"\\$d\" $ e", [["a", "$b", "$c", "$d", "$", "e"]]),
        ("a'b'\"c\"d", [["abcd"]]),
        ("a 'b", [["a", "b"]]),
        ("a \\", [["a", ""]]),
    ],
)
def test_a_shells_text_becomes_words(text: str, commands: list[list[str]]) -> None:
    assert [[word.literal for word in words] for words in split(Text((text,)))] == commands


def test_variables_and_holes_of_a_shells_text_keep_their_origin() -> None:
    text = Text(('a $B-${C:-d}"x $(e f) ', Hole("env:G"), '" `h i`j'))
    (words,) = split(text)
    assert [word.parts for word in words] == [
        ("a",),
        (Hole("env:B"), "-", Hole("env:C", default="d"), "x ", Hole(), " ", Hole("env:G")),
        (Hole(), "j"),
    ]


@pytest.mark.parametrize(
    ("options", "method"),
    [
        ("", "GET"),
        ("-X PUT", "PUT"),
        ("-XPUT -d x", "PUT"),
        ("-sSLX put", "PUT"),
        ("--request=PATCH", "PATCH"),
        ("-d x -d y", "POST"),
        ("-sd@body.json", "POST"),
        ("--json {}", "POST"),
        ("-F a=b", "POST"),
        ("-G -d x", "GET"),
        ("-I", "HEAD"),
        ("-T file", "PUT"),
        ("-H X:-XDELETE", "GET"),
        ("-o -d -A -XPUT", "GET"),
    ],
)
def test_the_method_that_curl_uses(options: str, method: str, rules: ApiRules) -> None:
    source = f"import os\nos.system('curl {options} {HOST}/v2/api/conversations/items/batch')\n"
    found = analyze([("a.py", source.encode())], rules).calls
    assert [call.method for call in found] == [method]


def test_a_key_in_the_open_on_a_command_line_is_found(rules: ApiRules) -> None:
    secret = "7f3d9a1bc0e25d4f" + "88ab61c29e01d7f4"
    for command in (
        f'["curl", "-H", "Authorization: Api-Key {secret}", U]',
        f"f\"curl -H 'Authorization: {secret}' {{U}}\"",
    ):
        source = f'import subprocess\nU = "{HOST}/v2/api/me"\nsubprocess.run({command})\n'
        found = literal_keys(source.encode(), rules)
        assert isinstance(found, list)
        assert [(one.value, one.span.line) for one in found] == [(secret.encode(), 3)]
