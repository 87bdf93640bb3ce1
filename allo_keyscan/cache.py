"""Bytes kept between runs, by key: a folder of the user's own that may be lost, broken, full or read-only at any time.

Each entry is one file: a checksum and the compressed bytes, written aside and moved into place, so that runs at the
same time see an entry whole or not at all. What does not match its checksum is removed. Nothing here raises.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Mapping
from hashlib import blake2b

FOLDER_VARIABLE = "ALLO_KEYSCAN_CACHE_DIR"
MAX_BYTES = 256 << 20
"""Beyond this the entries unused for longest are removed, down to three quarters."""
MAX_ENTRY = 64 << 20
_UNUSED_DAYS = 30
_DAY = 86_400
_CHECK = 16
_NEW = ".new-"
_GENERATION = "facts-"
# https://bford.info/cachedir/: backup programs leave such folders out.
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by allo-keyscan; it may be removed at any time.\n"


def default_folder(env: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """The user's cache folder by the platform's convention; None where no home folder is known."""
    named = env.get(FOLDER_VARIABLE)
    if named:
        return os.path.abspath(named)
    home = os.path.expanduser("~")
    if platform == "win32":
        base = env.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:  # https://specifications.freedesktop.org/basedir-spec/: a relative path is to be ignored
        base = env.get("XDG_CACHE_HOME") or ""
        base = base if os.path.isabs(base) else os.path.join(home, ".cache")
    return os.path.join(base, "allo-keyscan") if os.path.isabs(base) else None


class Cache:
    """The entries of one `generation`, which names what wrote them."""

    def __init__(self, folder: str, generation: str) -> None:
        self._parent = folder
        self._folder = os.path.join(folder, _GENERATION + generation)
        self._usable: bool | None = None
        self._written = False

    def get(self, key: str) -> bytes | None:
        """The bytes kept under a key; None where there are none, or none to trust."""
        if not self._ready():
            return None
        try:
            with open(self._path(key), "rb") as file:
                status = os.fstat(file.fileno())
                data = file.read(MAX_ENTRY)
            if status.st_mtime < time.time() - _DAY:
                os.utime(self._path(key))  # so that what is used stays
        except OSError:
            return None
        unpacker = zlib.decompressobj()
        try:
            found = unpacker.decompress(data[_CHECK:], MAX_ENTRY)
        except zlib.error:
            found = b""
        if unpacker.eof and data[:_CHECK] == _checksum(key, found):
            return found
        self.drop(key)
        return None

    def put(self, key: str, data: bytes, *, dense: bool = False) -> None:
        """Keep bytes under a key, if the folder takes them; `dense` ones no compression makes shorter."""
        if len(data) > MAX_ENTRY or not self._ready():
            return
        try:
            file, name = tempfile.mkstemp(dir=self._folder, prefix=_NEW)
        except OSError:
            self._usable = False
            return
        try:
            with open(file, "wb") as target:
                target.write(_checksum(key, data) + zlib.compress(data, 0 if dense else 1))
            os.replace(name, self._path(key))
            self._written = True
        except OSError:
            self._usable = False  # full: the rest of this run does without
            with contextlib.suppress(OSError):
                os.unlink(name)

    def drop(self, key: str) -> None:
        """Forget an entry."""
        with contextlib.suppress(OSError):
            os.unlink(self._path(key))

    def tidy(self) -> None:
        """Remove old entries and generations, if this run added to them."""
        if not self._written:
            return
        with contextlib.suppress(OSError):
            for one in os.scandir(self._parent):
                ours = one.name.startswith(_GENERATION) and one.is_dir(follow_symlinks=False)
                if ours and one.stat().st_mtime < time.time() - _UNUSED_DAYS * _DAY:
                    _remove(one.path)
        with contextlib.suppress(OSError):
            _shrink(self._folder, MAX_BYTES)

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, key)

    def _ready(self) -> bool:
        if self._usable is None:
            self._usable = self._make()
        return self._usable

    def _make(self) -> bool:
        """Whether the folder is there, made if need be, and nobody else can write into it."""
        try:
            os.makedirs(self._parent, 0o700, exist_ok=True)
            os.makedirs(self._folder, 0o700, exist_ok=True)
            for name, text in ((".gitignore", "# Made by allo-keyscan.\n*\n"), ("CACHEDIR.TAG", _TAG)):
                path = os.path.join(self._parent, name)
                if not os.path.lexists(path):
                    with open(path, "x", encoding="ascii") as file:
                        file.write(text)
        except FileExistsError:
            pass  # another run made it just now
        except OSError:
            if not os.path.isdir(self._folder):
                return False  # read-only, and nothing in it
        try:
            status = os.lstat(self._folder)
        except OSError:
            return False
        mine = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
        return mine and os.path.isdir(self._folder) and not os.path.islink(self._folder)


def _checksum(key: str, data: bytes) -> bytes:
    return blake2b(data, digest_size=_CHECK, key=key.encode()[:64]).digest()


def _shrink(folder: str, most: int) -> None:
    """Removes what was unused for longest until three quarters of `most` are left, and what a killed run left over."""
    files = []
    for one in os.scandir(folder):
        status = one.stat(follow_symlinks=False)
        files.append((status.st_mtime, status.st_size, one.path))
    total = sum(size for _, size, _ in files)
    kept = most if total <= most else most * 3 // 4
    for age, size, path in sorted(files):
        abandoned = os.path.basename(path).startswith(_NEW) and age < time.time() - _DAY
        if total > kept or abandoned:
            with contextlib.suppress(OSError):
                os.unlink(path)
            total -= size


def _remove(folder: str) -> None:
    for one in os.scandir(folder):
        with contextlib.suppress(OSError):
            os.unlink(one.path)
    with contextlib.suppress(OSError):
        os.rmdir(folder)
