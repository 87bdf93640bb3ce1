"""The scopes that a project's settings file declares, and the file with those that the code needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.config import Config
from allo_keyscan.declare import line_numbers, rewritten
from allo_keyscan.errors import KeyscanError
from allo_keyscan.model import Skipped
from allo_keyscan.needs.held import DECLARED, Held
from allo_keyscan.needs.keys import Seen, key_needs, listed
from allo_keyscan.needs.plan import Line, plan
from allo_keyscan.scopes import Found

_PYPROJECT = "pyproject.toml"
_OWN = ".allo-keyscan.toml"


class Settings(NamedTuple):
    """A settings file (None: there is none), its text, its path from `root`, and what it declares."""

    file: str | None
    text: str
    root: str
    scopes: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, config: Config, root: str) -> Settings:
        """Those of a configuration; the file is read again only where it declares scopes."""
        text = _read(config.source) if config.source is not None and config.scopes else ""
        return cls(config.source, text, root, config.scopes)

    @property
    def name(self) -> str | None:
        """The file's path as reports name it."""
        if self.file is None:
            return None
        return os.path.relpath(os.path.realpath(self.file), os.path.realpath(self.root)).replace(os.sep, "/")

    @property
    def texts(self) -> dict[str, bytes]:
        """The file by its path, for ignore comments."""
        return {self.name: self.text.encode()} if self.name is not None else {}

    @property
    def held(self) -> Held | None:
        """What is declared; None where nothing is."""
        if not self.scopes:
            return None
        declared = dict(self.scopes)
        others = declared.pop(DECLARED, None)
        return Held(declared, others, self.name, line_numbers(self.text, self.scopes))

    def written(
        self, found: Found, skipped: Sequence[Skipped], rules: ApiRules, folder: str, tell: Callable[[str], None]
    ) -> Settings:
        """Change the file to what the code needs, tell what changed, and give the settings that it has now.

        Raises KeyscanError where the file cannot be changed or written.
        """
        held = self.held or Held({}, None)
        seen = Seen(found.calls, found.unresolved, [*skipped, *found.unparsed])
        lines = plan(key_needs(seen, rules, held), seen, rules, held)
        file = self.file or _target(folder, self.root)
        changed = {line.name: line.after for line in lines if line.added or line.dropped or _comes_or_goes(line)}
        name = self._replace(file=file).name
        for said in (said for line in lines for said in _said(line)):
            tell(f"{name}: {said}")
        if not changed:
            tell(f"{name}: the declared scopes stay as they are")
            return self
        old = _read(file) if os.path.exists(file) else ""
        tables = ("tool", "allo-keyscan", "scopes") if os.path.basename(file) == _PYPROJECT else ("scopes",)
        try:
            new = rewritten(old, tables, changed)
        except KeyscanError as error:
            raise KeyscanError(f"{file}: {error}") from None
        _write(file, new)
        now = {**dict(self.scopes), **changed}
        return Settings(file, new, self.root, tuple((key, now[key] or ()) for key in now if now[key] is not None))


def _comes_or_goes(line: Line) -> bool:
    return (line.before is None) is not (line.after is None)


def _target(folder: str, root: str) -> str:
    """The file that takes settings where none has any yet: the nearest pyproject.toml up to the root, else our own."""
    folder = os.path.abspath(folder)
    while True:
        path = os.path.join(folder, _PYPROJECT)
        if os.path.isfile(path):
            return path
        parent = os.path.dirname(folder)
        if os.path.realpath(folder) == os.path.realpath(root) or parent == folder:
            return os.path.join(root, _OWN)
        folder = parent


def _said(line: Line) -> Iterator[str]:
    yield from (f"{line.name}: + {scope}" for scope in line.added)
    yield from (f"{line.name}: - {scope}" for scope in line.dropped)
    if line.kept:
        yield f"{line.name}: kept {', '.join(line.kept)}: not observed, may be needed at {listed(line.blockers)}"


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8", newline="") as source:
            return source.read()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyscanError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None


def _write(file: str, text: str) -> None:
    try:
        with open(file, "w", encoding="utf-8", newline="") as sink:
            sink.write(text)
    except OSError as error:
        raise KeyscanError(f"{file}: cannot be written: {error.strerror}") from None
