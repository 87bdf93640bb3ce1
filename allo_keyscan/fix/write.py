"""Files replaced whole or not at all, and only where they are still what was read. The only writing of this room."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS
_OWN = 0o600
_CHANGED = "it has changed since it was read: run fix once more"


class NotWritten(Exception):
    """A file that stays as it is; the message is the reason in words."""


def replace(path: str, old: bytes, new: bytes) -> None:
    """Put `new` in the place of a file that holds `old`: mode and owner stay, and nobody ever sees a half of it.

    Raises NotWritten where it is no longer that file, or may not be replaced.
    """
    try:
        info = _expect(path, old)
        folder = os.path.dirname(os.path.abspath(path))
        beside = os.path.join(folder, f".allo-keyscan-{os.urandom(8).hex()}.tmp")
        handle = os.open(beside, _NEW, _OWN)
        try:
            try:
                _write(handle, new)
                _like(handle, beside, info)
                os.fsync(handle)
            finally:
                os.close(handle)
            if _identity(_expect(path, old)) != _identity(info):
                raise NotWritten(_CHANGED)
            os.replace(beside, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside)
            raise
    except OSError as error:
        raise NotWritten(f"cannot be written: {error.strerror or type(error).__name__}") from None


def create(path: str, data: bytes, *, private: bool = False) -> None:
    """Make a file that is not there, `private` to its owner where that is asked for.

    Raises NotWritten.
    """
    try:
        handle = os.open(path, _NEW, _OWN if private else 0o666)
        try:
            _write(handle, data)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotWritten(f"cannot be written: {error.strerror or type(error).__name__}") from None


def append(path: str, data: bytes) -> None:
    """Put data behind a file, which becomes private to its owner first. No other file holds it, however this ends.

    Raises NotWritten.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | _FLAGS)
        try:
            os.chmod(path, _OWN)
            _write(handle, data)
        finally:
            os.close(handle)
    except OSError as error:
        raise NotWritten(f"cannot be written: {error.strerror or type(error).__name__}") from None


def _expect(path: str, old: bytes) -> os.stat_result:
    """The state of a file that holds `old` and may be replaced."""
    handle = os.open(path, os.O_RDONLY | _FLAGS)
    with open(handle, "rb") as file:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode) or file.read() != old:
            raise NotWritten(_CHANGED)
    if info.st_nlink > 1:
        raise NotWritten("it has other names (hard links), which would keep the old text: remove those first")
    if not info.st_mode & stat.S_IWUSR or not os.access(path, os.W_OK):
        raise NotWritten("it is read-only: make it writable first")
    return info


def _identity(info: os.stat_result) -> tuple[int, ...]:
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns


def _like(handle: int, path: str, info: os.stat_result) -> None:
    """Mode and owner of another file."""
    mine = os.fstat(handle)
    if (mine.st_uid, mine.st_gid) != (info.st_uid, info.st_gid) and hasattr(os, "chown"):
        try:
            os.chown(path, info.st_uid, info.st_gid)
        except PermissionError:
            raise NotWritten("it belongs to another user or group, which a new file would not: be that user") from None
    os.chmod(path, stat.S_IMODE(info.st_mode))


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
