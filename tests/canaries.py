"""Canary keys, planted everywhere a key can be, and the search for any stretch of them in what was written."""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import sqlite3
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from checkout import PERSON, environment
from keys.test_decode import WAYS
from samples import PREFIX, body, key, secret

STRETCH = 12
"""So many characters of a key's body in a row are a leak; a mask shows four."""

_STRETCH_OF_HEX = 18
"""As unlikely to be there by chance: reports are full of digests."""

_SEEDS = range(100, 300)
BODIES = tuple(body(seed) for seed in _SEEDS)
SECRETS = tuple(secret(seed) for seed in range(200, 206))
_OTHER = key(999).encode()

Fresh = Callable[[], str]


class Canaries:
    """Keys, each given out once."""

    def __init__(self) -> None:
        self._left = iter(BODIES)

    def key(self) -> str:
        """The next key."""
        return PREFIX + next(self._left)


def _windows(text: bytes, size: int, step: int = 1) -> Iterator[bytes]:
    return (text[start : start + size] for start in range(0, len(text) - size + 1, step))


@cache
def needles() -> dict[int, frozenset[bytes]]:
    """By the length of a stretch, what must be found nowhere: windows of every canary, plain and in every encoding.

    A window is about half a stretch and data is searched in steps of the other half: no whole stretch is missed.
    """
    found: dict[int, set[bytes]] = {}
    ways = [way for row in WAYS.values() for way in row.values()]
    for value in (*BODIES, *SECRETS):
        raw = value.encode()
        forms = [raw, raw[::-1], raw.hex().encode(), raw.hex().upper().encode(), base64.b64encode(raw)]
        forms += [base64.b64encode(b"x" * lead + raw)[4:] for lead in (1, 2)]
        for form in forms:
            stretch = STRETCH if value in BODIES else _STRETCH_OF_HEX
            size = -(-stretch * len(form) // len(raw))
            found.setdefault(size, set()).update(_windows(form, size - size // 2 + 1))
    for value in BODIES:
        for way in ways:
            form, other = way(f"{PREFIX}{value}".encode()), way(_OTHER)
            size = -(-STRETCH * len(form) // len(_OTHER))
            width = size - size // 2 + 1
            found.setdefault(size, set()).update(set(_windows(form, width)) - set(_windows(other, width)))
    return {size: frozenset(windows) for size, windows in found.items()}


def leaks(data: bytes) -> list[str]:
    """Every stretch of a canary in the data, with what stands around it."""
    return [
        data[max(0, number * (size // 2) - 60) : number * (size // 2) + size + 30].decode("utf-8", "replace")
        for size, wanted in needles().items()
        for number, window in enumerate(_windows(data, size - size // 2 + 1, size // 2))
        if window in wanted
    ]


def leaks_of_files(folder: Path) -> list[str]:
    """The same for the content of every file below a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [f"{path.name}: {leak}" for path in files for leak in leaks(path.read_bytes())]


def plant(root: Path) -> Path:
    """A git repository, all of it staged, with keys wherever they can be; returns the work tree."""
    canaries = Canaries()
    root.mkdir()
    for name, content in _files(canaries):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (root / "link").symlink_to(f"to/{canaries.key()}")
    env = environment(Path(os.devnull)) | PERSON
    for command in (["init", "-q"], ["checkout", "-q", "-b", canaries.key()], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=root, env=env, check=True, capture_output=True)
    _history(root, env, canaries.key)
    return root


def _history(root: Path, env: dict[str, str], fresh: Fresh) -> None:
    """Commits, people, a note, a tag and a stash with keys on other branches than the current one, which has none."""

    def git(*arguments: str, stdin: str = "", **people: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=root, env=env | people, input=stdin.encode(), check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    parents: list[str] = []
    name = f"{fresh()}.txt"
    for text in (f"ALLO_API_KEY={fresh()} # {fresh()}", "clean"):
        blob = git("hash-object", "-w", "--stdin", stdin=text)
        tree = git("mktree", stdin=f"100644 blob {blob}\t{name}\n")
        people = {"GIT_AUTHOR_NAME": fresh(), "GIT_AUTHOR_EMAIL": f"{fresh()}@example.org"}
        commit = git("commit-tree", tree, *parents, stdin=f"Use {fresh()}\n\n{fresh()}\n", **people)
        parents = ["-p", commit]
    git("update-ref", f"refs/heads/{fresh()}", commit)
    git("update-ref", f"refs/remotes/origin/{fresh()}", commit)
    git("tag", "-a", "-m", f"signed with {fresh()}", f"v-{fresh()}", commit)
    git("notes", "add", "-m", f"noted {fresh()}", commit)
    git("config", "remote.origin.url", f"https://{fresh()}@example.org/x.git")


def _files(canaries: Canaries) -> Iterator[tuple[str, bytes | str]]:
    fresh = canaries.key
    yield "plain.txt", f"one {fresh()} two {fresh()}\n{fresh()}"
    for number, way in enumerate(way for row in WAYS.values() for way in row.values()):
        yield f"encoded/{number}.txt", b"x '" + way(fresh().encode()) + b"'\n"
    one, two, three, four = (fresh().encode() for _ in range(4))
    yield "one-line.txt", one + b" " + base64.b64encode(two) + b" " + three.hex().encode() + b" " + four[::-1]
    yield f"{fresh()}.txt", f"named {fresh()}"
    yield f"folder-{fresh()}/b\n.py", f"x = '{fresh()}'"
    yield from _names(fresh)
    yield (
        ".env",
        f"ALLO_API_KEY={SECRETS[0]} # {SECRETS[0]}\nALLO_KEY={SECRETS[5]}\nexport WITHALLO_API_KEY='{SECRETS[1]}'\n",
    )
    yield (
        "mcp.json",
        json.dumps({"url": "https://mcp.withallo.com/mcp", "headers": {"Authorization": f"Api-Key {SECRETS[2]}"}}),
    )
    yield "ignored.py", f"a = '{fresh()}'  # allo-keyscan: ignore[AK001] {fresh()}\n# allo-keyscan: ignore[{fresh()}]\n"
    yield "unused.py", f"a = 1  # allo-keyscan: ignore[AK001] it was {fresh()}, pragma: allowlist {fresh()}\n"
    yield from _containers(fresh)
    yield from _python(fresh)


def _names(fresh: Fresh) -> Iterator[tuple[str, str]]:
    """Files that are named by keys in the encodings that a name can hold, each told of by `scan` and by `scopes`."""
    ways: list[Callable[[bytes], bytes]] = [
        lambda raw: raw.hex().encode(),
        base64.urlsafe_b64encode,
        lambda raw: base64.urlsafe_b64encode(b"k=" + raw),
        lambda raw: raw[::-1],
        lambda raw: raw.replace(b"_", b"%5F"),
        lambda raw: raw.hex().upper().encode(),
    ]
    call = "import requests\nrequests.delete('https://api.withallo.com/v2/api/tags')  # "
    for way in ways:
        yield f"named/{way(fresh().encode()).decode()}.py", f"{call}{fresh()}\n"
        yield f"named/{way(fresh().encode()).decode()}/broken.py", f"def f(:  # {fresh()}\nallo = '{fresh()}'\n"
        yield f"named/{way(fresh().encode()).decode()}.zip", f"PK\x03\x04{fresh()}"


def _containers(fresh: Fresh) -> Iterator[tuple[str, bytes]]:
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = fresh().encode()
        archive.writestr(f"{fresh()}.txt", fresh())
    with tarfile.open(fileobj=tarred, mode="w:gz") as tar:
        for name, content in ((f"{fresh()}.zip", zipped.getvalue()), ("b.txt", fresh().encode())):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    yield "a.zip", zipped.getvalue()
    yield "a.tar.gz", tarred.getvalue()
    yield "cut.zip", zipped.getvalue()[: len(zipped.getvalue()) // 2] + fresh().encode()
    yield "cut.tar.gz", tarred.getvalue()[: len(tarred.getvalue()) * 2 // 3]
    with sqlite3.connect(":memory:") as base:
        base.execute("create table t (v)")
        base.execute("insert into t values (?)", (fresh(),))
        base.commit()
        yield "a.sqlite", base.serialize()


def _python(fresh: Fresh) -> Iterator[tuple[str, str]]:
    yield "broken.py", f"def f(:\n    key = '{fresh()}' + '{fresh()[-20:]}'\n  ALLO_API_KEY = '{fresh()}\n"
    halves = fresh()
    first, second = halves[:25], halves[25:]
    yield "assembled.py", f'A = "{first}"  # \\d\nB = "\\d"\nKEY = A + "{second}"; OTHER = "{fresh()}"\n'
    pieces = fresh()
    yield (
        "joined.py",
        (
            f'import requests\nKEY = "".join(["ak_", "live_", "{pieces[8:22]}", "{pieces[22:]}"])\n'
            f'H = {{"Authorization": "Api-Key " + KEY}}\n'
            'requests.get("https://api.withallo.com/v2/api/tags", headers=H)\n'
        ),
    )
    name = fresh()
    yield (
        "calls.py",
        (
            "import os, requests\n"
            f"def {name}(path):\n    return requests.get('https://api.withallo.com' + path + '{fresh()}')\n"
            f"{name}('/v2/api/tags?token={fresh()}')\n"
            f"requests.post('https://{fresh()}@api.withallo.com/v2/api/contacts/{fresh()}')\n"
            f"requests.get('https://api.withallo.com/v2/api/tags?t={fresh().replace('_', '%5F')}')\n"
            f"requests.get('https://api.withallo.com/v2/api/me', headers={{'Authorization': '{SECRETS[3]}'}})\n"
            f"requests.get('https://api.withallo.com/v2/api/me', headers={{'Authorization': 'Api-Key {SECRETS[4]}'}})\n"
            f"requests.get(os.environ['{fresh()}'] + '/v2/api/tags')\n"
            f"requests.request('{fresh()}', 'https://api.withallo.com/v2/api/tags', auth=('u', 'p'))\n"
        ),
    )


def unused(count: int) -> list[str]:
    """Keys that are planted nowhere: for arguments, settings and rules. They are canaries all the same."""
    return [PREFIX + value for value in itertools.islice(reversed(BODIES), count)]
