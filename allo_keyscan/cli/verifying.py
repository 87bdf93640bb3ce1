"""Who asks about keys, and what `--verify` adds to a search: each distinct key is asked about, once. Knows no click."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allo_keyscan.catalog.live import LiveRules, live_rules
from allo_keyscan.cli.output import counted, say
from allo_keyscan.errors import KeyscanError
from allo_keyscan.keys.vault import Vault
from allo_keyscan.live.findings import verifications, with_verifications
from allo_keyscan.model import Report, Verification

if TYPE_CHECKING:
    from allo_keyscan.live.client import Client

_STATES = ("active", "invalid", "unknown")


def check_options(given: dict[str, Any]) -> None:
    """Raises KeyscanError for options that go with --verify alone; --verify-all is --verify with more keys."""
    given["verify"] = given["verify"] or given["verify_all"]
    if given["api_url"] is not None and not given["verify"]:
        raise KeyscanError("--api-url says where --verify asks: give both")


def client(rules: LiveRules, url: str | None, *, limit: float | None = None, quiet: bool = False) -> Client:
    """What asks about keys; `limit` is in seconds, for each request. It tells of proxies, and of waiting.

    Raises KeyscanError where the server, or a proxy that the user set, cannot be used.
    """
    from allo_keyscan.live.client import Client, Limits  # loads TLS and HTTP, which only those who ask need

    def sleep(seconds: float) -> None:
        if seconds > 1 and not quiet:
            say(f"waiting {seconds:.0f} s, as the server asks")
        time.sleep(seconds)

    limits = Limits(limit, min(limit, Limits().silent)) if limit else Limits()
    made = Client(rules, url, limits=limits, sleep=sleep)
    if made.proxy is not None and not quiet:
        say(f"by way of the proxy {made.proxy}, as HTTPS_PROXY or ALL_PROXY says")
    return made


class Verifier:
    """Asks about the keys of one run, in however many reports; what was answered is kept in this object alone."""

    def __init__(self, given: dict[str, Any], rules: str) -> None:
        """`rules` is a folder. Raises KeyscanError where nobody can be asked."""
        self._client = client(live_rules(rules), given["api_url"], quiet=given["quiet"])
        self._every = given["verify_all"]
        self._quiet = given["quiet"]

    def verified(self, reports: tuple[Report, ...], vault: Vault) -> tuple[Report, ...]:
        """The reports on one repository with what is known of their keys; what was interrupted stays as it is."""
        if any(report.interrupted for report in reports):
            return reports
        findings = [one for report in reports for one in report.findings]
        try:
            found = verifications(findings, vault, self._client.ask, every=self._every)
        except KeyboardInterrupt:
            return tuple(report._replace(interrupted=True) for report in reports)
        self._tell(found)
        return tuple(with_verifications(report, found) for report in reports)

    def _tell(self, found: dict[str, Verification]) -> None:
        if found and not self._quiet:
            states = [one.state for one in found.values()]
            counts = ", ".join(f"{states.count(state)} {state}" for state in _STATES if state in states)
            say(f"{counted(len(found), 'key')} to ask {self._client.server} about: {counts}")
