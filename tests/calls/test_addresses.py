"""Addresses of libraries that are not installed here: what each says it makes of them, and holes in them."""

import pytest
from folded import evaluated

from allo_keyscan.calls.domain import Hole, Text

BASE = "https://api.example.com/v2"
# As yarl 1.20, httpx 0.28 and furl 2.1 print them.
SAID = {
    "str(yarl.URL(B) / 'calls')": f"{BASE}/calls",
    "str(yarl.URL(B + '/') / 'calls' / '7')": f"{BASE}/calls/7",
    "str(yarl.URL(B + '?a=b') / 'calls')": f"{BASE}/calls",
    "str(yarl.URL(B).joinpath('a', 'b'))": f"{BASE}/a/b",
    "str(yarl.URL(B).with_path('/x'))": "https://api.example.com/x",
    "str(yarl.URL(B).with_name('v3'))": "https://api.example.com/v3",
    "str(yarl.URL(B).parent / 'x')": "https://api.example.com/x",
    "str(yarl.URL(B).origin())": "https://api.example.com",
    "str(yarl.URL(B).join(yarl.URL('calls')))": "https://api.example.com/calls",
    "str(yarl.URL(B).join(yarl.URL('/x')))": "https://api.example.com/x",
    "f'{yarl.URL(B)}/x'": f"{BASE}/x",
    "yarl.URL(B).path": "/v2",
    "yarl.URL(B).host": "api.example.com",
    "str(httpx.URL(B).join('calls'))": "https://api.example.com/calls",
    "str(httpx.URL(B + '/').join('calls'))": f"{BASE}/calls",
    "str(httpx.URL(B).copy_with(path='/x'))": "https://api.example.com/x",
    "str(httpx.URL(B, path='/x'))": "https://api.example.com/x",
    "httpx.URL(B).path": "/v2",
    "(furl.furl(B) / 'calls').url": f"{BASE}/calls",
    "furl.furl(B).add(path='calls').url": f"{BASE}/calls",
    "furl.furl(B).set(path='/x').url": "https://api.example.com/x",
    "str(furl.furl(B).join('x'))": "https://api.example.com/x",
}


@pytest.mark.parametrize("expression", SAID)
def test_addresses_are_what_their_libraries_print(expression: str) -> None:
    (only,) = evaluated(f"import furl, httpx, yarl\nB = {BASE!r}\nx = {expression}\n")
    assert isinstance(only.value, Text)
    assert only.value.literal == SAID[expression]


HOST = Hole("env:BASE")
HOLED = {
    "urljoin(E, 'calls')": (HOST, "/calls"),
    "urljoin(E + '/v1/', 'calls')": (HOST, "/v1/calls"),
    "urljoin(E + '/v1', '/calls')": (HOST, "/calls"),
    "urlsplit(E + '/v1?a')._replace(path='/v2/x', query='').geturl()": (HOST, "/v2/x"),
    "yarl.URL(E) / 'calls' / 'x'": (HOST, "/calls/x"),
    "yarl.URL(E).with_path('/v2/calls')": (HOST, "/v2/calls"),
    "yarl.URL(B).with_query(a=1)": (BASE + "?", Hole(slash=False)),
    "posixpath.join(E, 'v2', 'calls')": (HOST, "/v2/calls"),
    "os.path.join(E, '/v2')": ("/v2",),
    "str(PurePosixPath('/v2') / E)": ("/v2/", HOST),
    "urlunsplit(('https', E, '/v2', '', ''))": ("https://", HOST, "/v2"),
}


@pytest.mark.parametrize("expression", HOLED)
def test_holes_stay_in_their_place(expression: str) -> None:
    source = (
        "import os, posixpath, yarl\nfrom pathlib import PurePosixPath\n"
        "from urllib.parse import urljoin, urlsplit, urlunsplit\n"
        f"B = {BASE!r}\nE = os.environ.get('BASE')\nx = {expression}\n"
    )
    (only,) = evaluated(source)
    assert isinstance(only.value, Text)
    assert only.value.parts == HOLED[expression]
