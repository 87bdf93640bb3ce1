"""An address -> the server that is asked. Pure.

It names one server and nothing else: no user, no query, no other way of writing a host than the one that is shown.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from allo_keyscan.errors import KeyscanError

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|[0-9a-f.]*:[0-9a-f:.]*")
"""A name, or an IPv6 address without its brackets, in small letters."""
_ADDRESS = re.compile(r"[!-~]+")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%@-]+)*/?")


class Server(NamedTuple):
    """Where the API is: `secure` is TLS; `base` is the path that a gateway puts before the API's own."""

    secure: bool
    host: str
    port: int
    base: str

    @classmethod
    def of(cls, url: str) -> Server:
        """The server of an address.

        Raises KeyscanError, which does not repeat the address, where it is none or would send the key in clear.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host = ""
        if not HOST.fullmatch(host) or port == 0 or parts.scheme not in ("https", "http"):
            raise KeyscanError("--api-url: not an address such as https://api.example.com")
        # urlsplit drops line breaks and tabs: the address must be what was read.
        more = parts.username is not None or parts.query or parts.fragment or not _ADDRESS.fullmatch(url)
        if more or not _PATH.fullmatch(parts.path):
            raise KeyscanError("--api-url: scheme, host, port and a path before the API's own are all that it may have")
        if parts.scheme == "http" and not is_here(host):
            raise KeyscanError("--api-url: http:// would send the key in clear: use https:// (this machine excepted)")
        secure = parts.scheme == "https"
        return cls(secure, host, port or (443 if secure else 80), parts.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == (443 if self.secure else 80) else f":{self.port}"
        return f"{'https' if self.secure else 'http'}://{host}{port}{self.base}"


def is_here(host: str) -> bool:
    """Whether a host is this machine by its own word: a loopback address, or the name for them."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
