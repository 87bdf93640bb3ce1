"""Every endpoint through every HTTP library, as programs made from a table: one line a call."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from allo_keyscan.catalog.api import Endpoint, api_rules
from allo_keyscan.scopes import scopes_report

RULES = str(Path(__file__).parents[1] / "rules")
HOST = "https://api.withallo.com"
# A library and a way to use it -> what the program begins with, and one call. {method} is GET, {verb} get; {url},
# {path} and {relative} (the path without its first slash) are string expressions.
CLIENTS = {
    "requests": ("import requests", "requests.{verb}({url})"),
    "requests.request": ("import requests", "requests.request({method!r}, url={url})"),
    "requests.Session": ("import requests\ns = requests.Session()", "s.{verb}({url})"),
    "requests prepared": (
        "import requests\ns = requests.Session()",
        "s.send(requests.Request({method!r}, {url}).prepare())",
    ),
    "httpx": ("import httpx", "httpx.request({method!r}, {url})"),
    "httpx.Client": (f"import httpx\nc = httpx.Client(base_url={HOST!r})", "c.{verb}({path})"),
    "httpx.AsyncClient": (
        f"import httpx\nc = httpx.AsyncClient(base_url={HOST!r})",
        "await c.request({method!r}, {path})",
    ),
    "aiohttp": ("import aiohttp\ns = aiohttp.ClientSession()", "await s.{verb}({url})"),
    "aiohttp base_url": (
        f"import aiohttp\ns = aiohttp.ClientSession({HOST!r})",
        "await s.request({method!r}, {path})",
    ),
    "urllib.request": (
        "from urllib.request import Request, urlopen",
        "urlopen(Request({url}, method={method!r}))",
    ),
    "urllib3": ("import urllib3\np = urllib3.PoolManager()", "p.request({method!r}, {url})"),
    "urllib3 pool": (
        'import urllib3\np = urllib3.HTTPSConnectionPool("api.withallo.com")',
        "p.request({method!r}, {path})",
    ),
    "http.client": (
        'import http.client\nc = http.client.HTTPSConnection("api.withallo.com")',
        "c.request({method!r}, {path})",
    ),
    "niquests": ("import niquests", "niquests.{verb}({url})"),
    "requests_toolbelt": (
        f"from requests_toolbelt.sessions import BaseUrlSession\ns = BaseUrlSession({HOST + '/'!r})",
        "s.request({method!r}, {relative})",
    ),
    "requests_futures": (
        "from requests_futures.sessions import FuturesSession\ns = FuturesSession()",
        "s.{verb}({url}).result()",
    ),
    "tornado": (
        "from tornado.httpclient import AsyncHTTPClient\nc = AsyncHTTPClient()",
        "await c.fetch({url}, method={method!r}, allow_nonstandard_methods=True)",
    ),
    "treq": ("import treq", "await treq.{verb}({url})"),
    "curl": ("import subprocess", 'subprocess.run(["curl", "-X", {method!r}, {url}])'),
    "curl in a shell": ("import os", 'os.system("curl -X {method} " + {url})'),
}
SAMPLES = {"number": "+33612345678", "contact_number": "+33612345678", "tag": "vip", "key": "job_title"}


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """The endpoints of the rules in force."""
    return tuple(api_rules(RULES).endpoints)


def program(client: str, *, holes: bool) -> tuple[str, dict[int, Endpoint]]:
    """A program that calls each endpoint once, and which line calls which; parameters are samples or f-string holes."""
    head, call = CLIENTS[client]
    lines = [*head.splitlines(), "async def run(ids):"]
    at = {}
    for endpoint in endpoints():
        if holes:
            path = re.sub(r"\{(\w+)\}", r"{ids.\1}", endpoint.path)
        else:
            path = re.sub(r"\{(\w+)\}", lambda found: SAMPLES.get(found[1], "x_1"), endpoint.path)
        mark = "f" if holes else ""
        lines.append(
            "    "
            + call.format(
                method=endpoint.method,
                verb=endpoint.method.lower(),
                url=f'{mark}"{HOST}{path}"',
                path=f'{mark}"{path}"',
                relative=f'{mark}"{path[1:]}"',
            )
        )
        at[len(lines)] = endpoint
    return "\n".join(lines) + "\n", at


def overlap(one: Endpoint, other: Endpoint) -> bool:
    """Whether a parameter of one may be the literal that the other has in its place, all else alike."""
    pairs = list(zip(one.path.split("/"), other.path.split("/"), strict=False))
    return (
        one.method == other.method
        and one.path.count("/") == other.path.count("/")
        and all(a == b or a.startswith("{") or b.startswith("{") for a, b in pairs)
    )


def complaints(client: str, *, holes: bool) -> list[str]:
    """What is reported of such a program and should not be, or the other way round."""
    source, at = program(client, holes=holes)
    calls = scopes_report([("program.py", source.encode())], api_rules(RULES)).calls
    certainty = "possible" if client.startswith("curl") else "definite"
    wrong = []
    for line, endpoint in at.items():
        got = {(call.method, call.endpoint, call.scopes, call.certainty) for call in calls if call.line == line}
        wanted = (endpoint.method, endpoint.path, tuple(sorted(endpoint.scopes)))
        alike = [other for other in endpoints() if other is not endpoint and overlap(endpoint, other)]
        if holes and alike:
            fine = wanted in {one[:3] for one in got} and {one[1] for one in got} <= {
                endpoint.path,
                *(other.path for other in alike),
            }
        else:
            fine = got == {(*wanted, certainty)}
        if not fine:
            wrong.append(f"{source.splitlines()[line - 1].strip()}: {sorted(map(str, got))}")
    return wrong + [f"line {call.line}: {call.method} {call.url}" for call in calls if call.line not in at]
