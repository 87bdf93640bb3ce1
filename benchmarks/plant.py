"""Keys planted in a tree, one file each and every encoding among them; the names of the files are the answer sheet."""

from __future__ import annotations

import base64
import gzip
import io
import lzma
import quopri
import random
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from string import ascii_letters, digits

from peers import PREFIX

FOLDER = "planted"
Form = Callable[[bytes], bytes]


def setting(key: bytes) -> bytes:
    """A line as settings files have it."""
    return b"ALLO_API_KEY=" + key + b"\n"


def _joined(key: bytes) -> bytes:
    cut = len(PREFIX) - 2
    return b'KEY = "' + key[:cut] + b'" + "' + key[cut:] + b'"\n'


def deflated(name: str, data: bytes) -> bytes:
    """A zip of one member."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return held.getvalue()


def _zipped(key: bytes) -> bytes:
    return deflated("settings.env", setting(key))


def _tarred(key: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        member = tarfile.TarInfo("inner.zip")
        data = _zipped(key)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return held.getvalue()


def _each(form: str) -> Form:
    return lambda key: b'x = "' + "".join(form.format(byte) for byte in key).encode() + b'"\n'


FORMS: Mapping[str, Form] = {
    "plain.env": setting,
    "first-byte.txt": lambda key: key + b"\n",
    "last-byte.txt": lambda key: b"key: " + key,
    "one-line.js": lambda key: b"var a=1;" * 40_000 + b'k="' + key + b'";' + b"var b=2;" * 40_000,
    "large.sql": lambda key: b"INSERT INTO a VALUES (1, 'text');\n" * 400_000 + setting(key),
    "binary.bin": lambda key: bytes(range(256)) * 8 + key + bytes(range(256)),
    ".hidden": setting,
    "utf-16.txt": lambda key: ("key: " + key.decode()).encode("utf-16"),
    "utf-16-inside.bin": lambda key: b"\1\2\3" + key.decode().encode("utf-16-le") + b"\0\0",
    "utf-32.txt": lambda key: ("key: " + key.decode()).encode("utf-32"),
    "base64.yaml": lambda key: b"key: " + base64.b64encode(b"token=" + key) + b"\n",
    "base64-twice.yaml": lambda key: b"key: " + base64.b64encode(base64.b64encode(b"a:" + key)) + b"\n",
    "base64-lines.pem": lambda key: base64.encodebytes(b"some text first, and more " * 5 + key + b" behind it"),
    "hex.txt": lambda key: key.hex().encode() + b"\n",
    "percent.txt": _each("%{:02X}"),
    "percent-underscore.txt": lambda key: b"?key=" + key.replace(b"_", b"%5F") + b"&a=1\n",
    "unicode-escape.json": _each("\\u00{:02x}"),
    "hex-escape.c": _each("\\x{:02x}"),
    "octal-escape.sh": _each("\\{:03o}"),
    "entities.html": _each("&#x{:02x};"),
    "byte-array.js": lambda key: b"[" + b",".join(str(byte).encode() for byte in key) + b"]\n",
    "quoted-printable.eml": lambda key: (
        b"Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(b"Text and words " * 4 + key + b"\n")
    ),
    "reversed.txt": lambda key: key[::-1] + b"\n",
    "pieces.py": _joined,
    "file.gz": lambda key: gzip.compress(setting(key), mtime=0),
    "file.xz": lambda key: lzma.compress(setting(key)),
    "file.zip": _zipped,
    "nested.tar.gz": _tarred,
}


def plant(tree: Path, seed: int = 1) -> list[str]:
    """Write one key in each form below `tree`; gives their paths, relative to it."""
    source = random.Random(seed)
    folder = tree / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("!*\n", encoding="ascii")  # whatever the tree around it ignores
    for name, form in FORMS.items():
        key = PREFIX + "".join(source.choices(ascii_letters + digits, k=32))
        (folder / name).write_bytes(form(key.encode()))
    return sheet(tree)


def sheet(tree: Path) -> list[str]:
    """The planted files of a tree."""
    return [f"{FOLDER}/{name}" for name in FORMS if (tree / FOLDER / name).is_file()]


def named(output: bytes, expected: list[str]) -> int:
    """How many planted files a scanner's output names."""
    return sum(f"{path}".encode() in output for path in expected)
