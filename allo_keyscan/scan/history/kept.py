"""Objects in which there was nothing to tell of, kept between runs: a second search reads only those that are new.

An object says the same under the same rules whatever its name, as long as it says nothing: names are looked at only for
what was found. Those with a finding, a placeholder, an ignored key or a note are read each time. Nothing of what an
object holds is kept but its kind and size, which a report counts.
"""

from __future__ import annotations

import os
import sys
from array import array
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

import allo_keyscan
from allo_keyscan.cache import Cache
from allo_keyscan.model import Summary
from allo_keyscan.sources.history.home import Home
from allo_keyscan.sources.history.objects import COMMIT, Objects

_RECORD = 1 + 8
"""Bytes beside an id: its kind, and what git writes for it."""


class Known(NamedTuple):
    """Clean objects of a repository: their ids (raw bytes), kinds and spans, in the same order."""

    ids: list[bytes]
    kinds: bytes
    spans: array[int]

    def summary(self) -> Summary:
        """What a report says of them."""
        return Summary(bytes=sum(self.spans), objects=len(self.ids), commits=self.kinds.count(COMMIT))

    def commits(self) -> list[str]:
        """The ids of commits among them, in hex."""
        return [oid.hex() for oid, kind in zip(self.ids, self.kinds, strict=True) if kind == COMMIT]


NOTHING = Known([], b"", array("q"))


def folder_cache(folder: str) -> Cache:
    """The cache in a folder, apart for each make of the program: any change to it may find what another did not."""
    make = blake2b(digest_size=8)
    package = os.path.dirname(allo_keyscan.__file__)
    for inner, folders, names in os.walk(package):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".py"):
                with suppress(OSError):  # inside an archive the version alone must do
                    status = os.stat(os.path.join(inner, name))
                    make.update(f"{inner} {name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return Cache(folder, f"{allo_keyscan.__version__}-{make.hexdigest()}-{sys.implementation.cache_tag}")


class Kept:
    """The clean objects of one repository under some rules and one manner of reading."""

    def __init__(self, cache: Cache, home: Home, rules: str, manner: str) -> None:
        """`rules` is the folder of rules files in force."""
        self._cache = cache
        self._width = home.width // 2
        key = blake2b(digest_size=20, person=b"clean objects")
        parts = [os.fsencode(home.common), manner.encode("utf-8", "surrogateescape")]
        for name in sorted(os.listdir(rules)):
            if name.endswith(".toml"):
                with open(os.path.join(rules, name), "rb") as file:
                    parts += [os.fsencode(name), file.read()]
        for part in parts:
            key.update(len(part).to_bytes(8, "little") + part)
        self._key = f"clean-{key.hexdigest()}"
        self._count = 0

    def sort_out(self, objects: Objects) -> tuple[Objects, Known]:
        """The objects that must be read, and those among them all that are known to be clean."""
        kept = self._load()
        self._count = len(kept.ids)
        if not kept.ids:
            return objects, NOTHING
        places = dict(zip(kept.ids, range(self._count), strict=True))
        listed = _split(bytes.fromhex(objects.ids.decode("ascii")), self._width)
        line = objects.width + 1
        found, new = [], []
        for number, place in enumerate(map(places.get, listed)):
            if place is None:
                new.append(objects.ids[number * line : (number + 1) * line])
            else:
                found.append(place)
        if len(found) == self._count:
            return Objects(objects.width, b"".join(new)), kept
        known = Known(
            [kept.ids[place] for place in found],
            bytes([kept.kinds[place] for place in found]),
            array("q", [kept.spans[place] for place in found]),
        )
        return Objects(objects.width, b"".join(new)), known

    def keep(self, known: Known, objects: Objects) -> None:
        """Keep those that are known to be clean, and those that were found to be so, for the next run."""
        ids = _split(bytes.fromhex(objects.ids.decode("ascii")), self._width)
        new = [number for number in range(len(ids)) if objects.clean[number]]
        if not new and len(known.ids) == self._count:
            return
        data = b"".join(
            (
                *known.ids,
                *(ids[number] for number in new),
                known.kinds,
                bytes([objects.kinds[number] for number in new]),
                known.spans.tobytes(),
                array("q", [objects.spans[number] for number in new]).tobytes(),
            )
        )
        self._cache.put(self._key, data, dense=True)
        self._cache.tidy()

    def _load(self) -> Known:
        data = self._cache.get(self._key) or b""
        count, rest = divmod(len(data), self._width + _RECORD)
        if rest:
            self._cache.drop(self._key)
            return NOTHING
        cut = count * self._width
        spans = array("q")
        spans.frombytes(data[cut + count :])
        return Known(_split(data[:cut], self._width), data[cut : cut + count], spans)


def _split(data: bytes, width: int) -> list[bytes]:
    return [data[at : at + width] for at in range(0, len(data), width)]
