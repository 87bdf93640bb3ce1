"""Runs programs with their HTTP libraries pointed at a recorder: a list of sources in, what each did out, in JSON.

Started as a process of its own, `python executed_run.py < sources > outcomes`. Nothing here reaches a network.
"""

from __future__ import annotations

import io
import json
import ssl
import sys
import threading
import types
import urllib.request
from functools import cache
from typing import Any

import httpx
import requests.adapters

sent: list[tuple[str, str]] = []  # (method, URL) of the program that runs


class _Answer(io.BytesIO):
    """What urllib's opener gives back."""

    status = 200
    code = 200


def _requests(_adapter: Any, request: Any, **_options: Any) -> requests.Response:
    sent.append((request.method, request.url))
    answer = requests.Response()
    answer.status_code, answer.url, answer.request, answer.raw = 200, request.url, request, io.BytesIO(b"{}")
    return answer


def _httpx(_transport: Any, request: httpx.Request) -> httpx.Response:
    sent.append((request.method, str(request.url)))
    return httpx.Response(200, json={}, request=request)


async def _httpx_async(transport: Any, request: httpx.Request) -> httpx.Response:
    return _httpx(transport, request)


def _urllib(_opener: Any, asked: Any, data: Any = None, _timeout: Any = None) -> _Answer:
    request = urllib.request.Request(asked, data) if isinstance(asked, str) else asked
    sent.append((request.get_method(), request.full_url))
    return _Answer(b"{}")


def _run(source: str) -> dict[str, object]:
    module = types.ModuleType("__main__")
    kept, sys.modules["__main__"] = sys.modules["__main__"], module
    lines: set[int] = set()

    def trace(frame: types.FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != "program.py":
            return None
        if event == "line":
            lines.add(frame.f_lineno)
        return trace

    sent.clear()
    error = None
    threading.settrace(trace)
    sys.settrace(trace)
    try:
        exec(compile(source, "program.py", "exec"), module.__dict__)
    except BaseException as failed:  # noqa: BLE001
        error = f"{type(failed).__name__}: {failed}"
    finally:
        sys.settrace(None)
        threading.settrace(None)
        sys.modules["__main__"] = kept
    return {"sent": list(sent), "lines": sorted(lines), "error": error}


def main() -> None:
    """Patches the lowest layer of each library and runs what standard input holds."""
    requests.adapters.HTTPAdapter.send = _requests  # type: ignore[method-assign,assignment]
    httpx.HTTPTransport.handle_request = _httpx  # type: ignore[method-assign,assignment]
    httpx.AsyncHTTPTransport.handle_async_request = _httpx_async  # type: ignore[method-assign,assignment]
    urllib.request.OpenerDirector.open = _urllib  # type: ignore[method-assign,assignment]
    ssl.create_default_context = cache(ssl.create_default_context)  # type: ignore[assignment]
    told, sys.stdout = sys.stdout, sys.stderr
    json.dump([_run(source) for source in json.load(sys.stdin)], told)


if __name__ == "__main__":
    main()
