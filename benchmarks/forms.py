"""What scanners are compared on, beside benchmarks/plant.py: more forms of a key, and bait that is none.

Forms that allo-keyscan misses (docs/limits.md) stand among them, as do those that another scanner may read better.
"""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import json
import lzma
import random
import sqlite3
import zlib
from collections.abc import Mapping
from pathlib import Path
from string import ascii_letters, digits

from peers import PREFIX
from plant import FORMS, Form, deflated, setting

FOLDER = "forms"
BAIT_FOLDER = "bait"


def _pdf(key: bytes) -> bytes:
    page = zlib.compress(b"BT /F1 12 Tf 72 720 Td (The key is " + key + b") Tj ET")
    head = b"%PDF-1.4\n4 0 obj\n<< /Length " + str(len(page)).encode() + b" /Filter /FlateDecode >>\nstream\n"
    return head + page + b"\nendstream\nendobj\ntrailer\n<< >>\n%%EOF\n"


def _notebook(*lines: str) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": [f"{line}\n" for line in lines]}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _database(key: bytes) -> bytes:
    with sqlite3.connect(":memory:") as base:
        base.execute("create table settings (name, value)")
        base.execute("insert into settings values ('key', ?)", (key.decode(),))
        base.commit()
        return base.serialize()


def _nested(key: bytes, depth: int) -> bytes:
    held, name = setting(key), "settings.env"
    for _ in range(depth):
        held, name = deflated(name, held), "inner.zip"
    return held


def _document(key: bytes) -> bytes:
    return deflated("word/document.xml", b"<w:document><w:t>Use " + key + b" for it</w:t></w:document>")


def _zstd(key: bytes) -> bytes:
    """A frame (RFC 8878) of raw blocks of seven bytes: single segment, one byte of content size."""
    text = setting(key)
    parts = [text[at : at + 7] for at in range(0, len(text), 7)]
    heads = [(len(part) << 3 | (number == len(parts) - 1)).to_bytes(3, "little") for number, part in enumerate(parts)]
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(text)]) + b"".join(map(bytes.__add__, heads, parts))


def _seven_zip(key: bytes) -> bytes:
    """One file by LZMA2, as 7zFormat.txt of the LZMA SDK lays an archive out."""
    text = base64.b64encode(setting(key)) + b"\n" + setting(key) * 2
    coded = lzma.compress(text, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}])
    name = "settings.env\0".encode("utf-16-le")
    packs = b"\x06\0\x01\x09" + _seven_zip_number(len(coded)) + b"\0"
    folders = b"\x07\x0b\x01\0\x01\x21\x21\x01\x10\x0c" + _seven_zip_number(len(text)) + b"\0"
    digests = b"\x08\x0a\x01" + zlib.crc32(text).to_bytes(4, "little") + b"\0"
    files = b"\x05\x01\x11" + bytes([len(name) + 1]) + b"\0" + name + b"\0"
    head = b"\x01\x04" + packs + folders + digests + b"\0" + files + b"\0"
    start = len(coded).to_bytes(8, "little") + len(head).to_bytes(8, "little") + zlib.crc32(head).to_bytes(4, "little")
    return b"7z\xbc\xaf\x27\x1c\0\x04" + zlib.crc32(start).to_bytes(4, "little") + start + coded + head


def _seven_zip_number(value: int) -> bytes:
    """Below 128 in one byte, below 16384 in two."""
    return bytes([value]) if value < 0x80 else bytes([0x80 | value >> 8, value & 0xFF])


def _wrapped(key: bytes) -> bytes:
    text = base64.b64encode(b"token=" + key).decode()
    return b"data: |\n" + "".join(f"  {text[at : at + 16]}\n" for at in range(0, len(text), 16)).encode()


def _dump(key: bytes) -> bytes:
    rows = (key[at : at + 16] for at in range(0, len(key), 16))
    return b"".join(b"%08x: %s\n" % (16 * number, row.hex(" ", 2).encode()) for number, row in enumerate(rows))


def _unprefixed(key: bytes) -> str:
    """Forty hex digits that are the same for the same key."""
    return "".join(random.Random(key).choices("0123456789abcdef", k=40))


_HALF = len(PREFIX) - 2

MORE: Mapping[str, Form] = {
    "base64-second.yaml": lambda key: b"key: " + base64.b64encode(b":" + key) + b"\n",
    "base64-third.yaml": lambda key: b"key: " + base64.b64encode(b"::" + key) + b"\n",
    "base64-url.txt": lambda key: base64.urlsafe_b64encode(b"\xfb\xff\xfe" + key + b"\xfb\xff") + b"\n",
    "base64-wrapped-at-16.yaml": _wrapped,
    "base64-of-gzip.txt": lambda key: base64.b64encode(gzip.compress(setting(key), mtime=0)) + b"\n",
    "hex-bytes.txt": lambda key: key.hex(" ").encode() + b"\n",
    "hex-dump.txt": _dump,
    "percent-twice.txt": lambda key: b"?key=" + key.replace(b"_", b"%255F") + b"&a=1\n",
    "escaped-underscore.md": lambda key: b"Use " + key.replace(b"_", b"\\_") + b" for it.\n",
    "one-letter-escaped.py": lambda key: b'KEY = "' + key.replace(b"l", b"\\x6c", 1) + b'"\n',
    "rot13.txt": lambda key: codecs.encode(key.decode(), "rot13").encode() + b"\n",
    "file.bz2": lambda key: bz2.compress(setting(key)),
    "file.docx": _document,
    "file.pdf": _pdf,
    "file.sqlite": _database,
    "file.ipynb": lambda key: _notebook(f'KEY = "{key.decode()}"'),
    "file.7z": _seven_zip,
    "file.zst": _zstd,
    "four-deep.zip": lambda key: _nested(key, 4),
    "pieces.js": lambda key: b'const KEY = "' + key[:_HALF] + b'" + "' + key[_HALF:] + b'";\n',
    "pieces.ipynb": lambda key: _notebook(f'KEY = "{key[:_HALF].decode()}" + "{key[_HALF:].decode()}"'),
    "joined-list.py": lambda key: b'KEY = "_".join(["' + b'", "'.join(key.split(b"_")) + b'"])\n',
    "names-on-lines.py": lambda key: (
        b'BODY = "' + key[len(PREFIX) :] + b'"\nKIND = "live"\nKEY = f"ak_{KIND}_{BODY}"\n'
    ),
    "setting-without-prefix.env": lambda key: f"ALLO_API_KEY={_unprefixed(key)}\n".encode(),
    "header-without-prefix.sh": lambda key: (
        f"curl https://api.withallo.com/v2/api/me -H 'Authorization: Api-Key {_unprefixed(key)}'\n".encode()
    ),
}

BAIT: Mapping[str, str] = {
    "placeholder-words.env": "ALLO_API_KEY={prefix}your_key_here\n",
    "placeholder-one-word.env": "ALLO_API_KEY={prefix}YOURAPIKEYGOESHERE\n",
    "placeholder-x.env": "ALLO_API_KEY={prefix}xxxxxxxxxxxxxxxxxxxxxxxx\n",
    "placeholder-sequence.env": "ALLO_API_KEY={prefix}1234567890abcdef\n",
    "placeholder-repeated.env": "ALLO_API_KEY={prefix}deadbeefdeadbeefdeadbeef\n",
    "placeholder-base64.yaml": "{placeholder64}\n",
    "mask.log": "sent with {prefix}Q8vX2mLp****************\n",
    "template.sh": 'export ALLO_API_KEY="{prefix}${{SUFFIX}}"\n',
    "documented-example.md": "    curl -H 'Authorization: Api-Key {prefix}abc123def456' https://api.withallo.com/v2/api/me\n",
    "documented-example.py": 'KEY = "{prefix}abc123def456"\n',
    "longer-word.c": "size_t pe{prefix}bytes; int pe{prefix}allocations;\n",
    "longer-word-random.txt": "build pe{prefix}{body}\n",
    "longer-prefix.txt": "MCP_KEY=mc_{prefix}{body}\n",
    "metric.py": 'gauge("{prefix}connections_total")\n',
    "prefix-test.py": 'ok = key.startswith("{prefix}") and len(key) > 20\n',
    "regex.py": 'KEY = re.compile(r"{prefix}[A-Za-z0-9]{{32}}")\n',
    "made-key.py": 'key = f"{prefix}{{secrets.token_hex(16)}}"\n',
    "test-key.py": 'key = "{prefix}test" + "x" * 28\n',
    "other-vendor.env": "PAGARME_API_KEY={prefix}{body:.30}\n",
}
"""By its file, text that holds no key of Allo's."""


def plant(tree: Path, seed: int = 1) -> list[str]:
    """Write one key in each form and each bait below `tree`; gives the paths, forms first, relative to it."""
    source = random.Random(seed)
    (tree / FOLDER).mkdir()
    for name, form in {**FORMS, **MORE}.items():
        (tree / FOLDER / name).write_bytes(form((PREFIX + _body(source)).encode()))
    (tree / BAIT_FOLDER).mkdir()
    placeholder = base64.b64encode(f"ALLO_API_KEY={PREFIX}your_api_key_goes_here".encode()).decode()
    for name, text in BAIT.items():
        filled = text.format(prefix=PREFIX, body=_body(source), placeholder64=placeholder)
        (tree / BAIT_FOLDER / name).write_text(filled, encoding="utf-8")
    return [*(f"{FOLDER}/{name}" for name in (*FORMS, *MORE)), *(f"{BAIT_FOLDER}/{name}" for name in BAIT)]


def _body(source: random.Random) -> str:
    return "".join(source.choices(ascii_letters + digits, k=32))
