"""A headless Chromium, spoken to in its DevTools protocol through a pipe: pages are really rendered, nothing is mocked.

Only where one is installed; no other package is needed.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def chromium() -> str | None:
    """The path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page of a browser of its own; `events` are what it told of itself, by name."""

    def __init__(self, program: str, profile: Path) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()

        def place() -> None:
            # The ends may already be 3 or 4 themselves: move them out of the way first.
            low, high = os.dup(theirs_in), os.dup(theirs_out)
            low, high = os.dup2(low, 33), os.dup2(high, 34)
            os.dup2(low, 3)
            os.dup2(high, 4)

        self._process = subprocess.Popen(
            [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=place,
            env={**os.environ, "HOME": str(profile)},
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._held = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[tuple[str, Any]] = []
        (target,) = [one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def call(self, method: str, **given: Any) -> Any:
        """One command and its result."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": given}
        if self._session is not None:
            asked["sessionId"] = self._session
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        number = self._number
        answer = self._until(lambda told: told.get("id") == number)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _until(self, wanted: Callable[[Any], bool]) -> Any:
        while True:
            while b"\0" not in self._held:
                piece = os.read(self._in, 1 << 20)
                assert piece, "the browser is gone"
                self._held += piece
            first, _, self._held = self._held.partition(b"\0")
            told = json.loads(first)
            if "method" in told:
                self.events.append((told["method"], told["params"]))
            if wanted(told):
                return told

    def open(self, page: Path, *, width: int, height: int = 900, dark: bool = False, mobile: bool = False) -> None:
        """Load a file, and wait until it is there."""
        self.events.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media="", features=[scheme])
        self.call("Page.navigate", url=page.as_uri())
        if not any(name == "Page.loadEventFired" for name, _ in self.events):
            self._until(lambda told: told.get("method") == "Page.loadEventFired")

    def told(self, name: str) -> list[Any]:
        """What the browser told under one name since the page was asked for."""
        return [told for event, told in self.events if event == name]

    def value(self, expression: str) -> Any:
        """The value of an expression in the page, of a promise what it gives."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def print_media(self) -> None:
        """Show it as on paper; styles are new with the next frame."""
        self.call("Emulation.setEmulatedMedia", media="print")
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")

    def screenshot(self, file: Path, *, whole: bool = True) -> None:
        """The whole page as a PNG, or what a screen shows of it first."""
        taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(taken["data"]))

    def pdf(self) -> bytes:
        """The page on paper."""
        return base64.b64decode(self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"])

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
