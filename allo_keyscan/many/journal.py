"""The JSON lines of a run that was stopped, read back: what stands there is not done again.

Each line says under which `conditions` it was made: version, rules, options, and the folder itself. A line counts if
these are the same, nothing went wrong, and nobody interrupted. Whether a repository has changed since is not asked: a
journal is of one run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Audited
from allo_keyscan.saved import values

NEW = ".new"


class Journal:
    """A file of JSON lines that outlives who writes it.

    `conditions` gives those of a repository by its name. Raises KeyscanError where the file cannot be used.
    """

    def __init__(self, file: str, conditions: Callable[[str], str]) -> None:
        self._file = file
        self._conditions = conditions
        self._sink: Any = None
        self.taken: set[str] = set()
        self.again = 0
        """How many repositories it had, and not in a way that counts."""

    def begin(self) -> None:
        """Write anew."""
        try:
            self._sink = open(self._file, "wb", buffering=0)  # noqa: SIM115 (close)
        except OSError as error:
            raise self._unusable(error) from None

    def resume(self, names: Collection[str], take: Callable[[Audited], None]) -> None:
        """Go on behind what counts of it for these repositories, each of which is handed to `take`."""
        try:
            source = open(self._file, "rb")  # noqa: SIM115 (below)
        except FileNotFoundError:
            return self.begin()
        except OSError as error:
            raise self._unusable(error) from None
        seen: set[str] = set()
        try:
            with source, open(self._file + NEW, "wb") as target:
                for number, line in enumerate(source, 1):
                    told = self._told(number, line)
                    name = str(told.get("path"))
                    if name not in names or name in self.taken:
                        continue
                    seen.add(name)
                    one = self._counts(told)
                    if one is not None:
                        self.taken.add(name)
                        target.write(line)
                        take(one)
            os.replace(self._file + NEW, self._file)
            self._sink = open(self._file, "ab", buffering=0)  # noqa: SIM115 (close)
        except OSError as error:
            raise self._unusable(error) from None
        finally:
            with suppress(OSError):
                os.unlink(self._file + NEW)
        self.again = len(seen - self.taken)
        return None

    def write(self, line: bytes) -> None:
        """Add a line; once this returns it stays, whatever becomes of this process."""
        try:
            while line:
                line = line[self._sink.write(line) :]
        except OSError as error:
            raise self._unusable(error) from None

    def close(self) -> None:
        """Nothing more will be written."""
        if self._sink is not None:
            self._sink.close()

    def _told(self, number: int, line: bytes) -> dict[str, Any]:
        """One line; an empty one where it was cut. Another file than ours is not touched."""
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            if not line.endswith(b"\n") and line.startswith(b"{"):
                return {}
            told = None
        if not isinstance(told, dict) or "schema_version" not in told:
            raise KeyscanError(
                f"{self._file}:{number}: no JSON line of `allo-keyscan audit`: --resume goes on with a file that "
                "--format jsonl wrote, and leaves others alone"
            )
        return told if line.endswith(b"\n") else {}

    def _counts(self, told: dict[str, Any]) -> Audited | None:
        try:
            one = values.audited(told)
        except values.UNREADABLE:
            return None
        same = told.get("conditions") == self._conditions(one.path)
        return one if same and not one.error and not one.interrupted else None

    def _unusable(self, error: OSError) -> KeyscanError:
        return KeyscanError(f"{self._file}: cannot be written: {error.strerror}")
