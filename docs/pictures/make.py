"""Makes the pictures of the documents: `python docs/pictures/make.py` (needs rich, and a Chromium), or those named.

Pictures of commands come from real runs, those of the house from what the tests know (drawn.py; they need neither).
Each says what it was made of, as a digest of what the command wrote or of the drawing: tests/test_pictures.py compares
that with today's.
"""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT), str(HERE)]

from demo import shop  # noqa: E402
from drawn import house, way  # noqa: E402
from hooks.repositories import Repository  # noqa: E402
from leaky import leaky  # noqa: E402

_STAMP = re.compile(rb"made of sha256:([0-9a-f]{64})")
_SHOWN = ("scan .", "scopes")
_COLUMNS = 150
_SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def transcript(folder: Path) -> bytes:
    """What a terminal shows of the commands, with its colours."""
    repo = shop(folder)
    return b"\n".join(
        b"\x1b[1m$ allo-keyscan " + command.encode() + b"\x1b[0m\n" + _run(repo, *command.split(), "--color", "always")
        for command in _SHOWN
    )


def page(folder: Path) -> bytes:
    """The page that an audit writes."""
    return _run(leaky(folder), "audit", "--format", "html", "--quiet")


def _run(repo: Repository, *arguments: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "allo_keyscan", *arguments],
        cwd=repo.root,
        env=repo.env | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout
    return done.stdout


MADE_OF: dict[str, Callable[[Path], bytes]] = {
    "terminal.svg": transcript,
    "audit.png": page,
    "house.svg": lambda _: house().encode(),
    "way.svg": lambda _: way().encode(),
}


def stamp(source: bytes) -> bytes:
    """What a picture says of what it was made of."""
    return b"made of sha256:" + sha256(source).hexdigest().encode()


def stamped(picture: bytes) -> bytes | None:
    """What a picture was made of, as it says."""
    found = _STAMP.search(picture)
    return found and found[0]


def _terminal(source: bytes) -> bytes:
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(source.decode()))
    drawn: str = console.export_svg(title="allo-keyscan", code_format=_SVG, unique_id="terminal")
    return drawn.encode() + b"<!-- " + stamp(source) + b" -->\n"


def _screen(source: bytes) -> bytes:
    from browser import Browser, chromium

    program = chromium()
    if program is None:
        raise SystemExit("make.py: no Chromium on PATH")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # the browser still writes as it ends
        html, picture = Path(folder) / "audit.html", Path(folder) / "audit.png"
        html.write_bytes(source)
        browser = Browser(program, Path(folder) / "profile")
        browser.open(html, width=1100, height=1010)
        browser.screenshot(picture, whole=False)
        browser.close()
        taken = picture.read_bytes()
    text = b"tEXtComment\0" + stamp(source)
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return taken[:33] + chunk + taken[33:]  # behind the head


def _drawn(source: bytes) -> bytes:
    return source + b"<!-- " + stamp(source) + b" -->\n"


_DRAW = {"terminal.svg": _terminal, "audit.png": _screen, "house.svg": _drawn, "way.svg": _drawn}


def main(names: Sequence[str]) -> None:
    """Make those that are named, or all of them."""
    for name in names or MADE_OF:
        with tempfile.TemporaryDirectory() as folder:
            (HERE / name).write_bytes(_DRAW[name](MADE_OF[name](Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1:])
