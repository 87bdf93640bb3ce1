"""Which paths the user wants left out: `.allo-keyscanignore`, `--exclude` and the configuration, in gitignore's syntax.

Names and `*.suffix` patterns, which most are, never load pathspec (28 ms); only the others are translated by it. As in
git, what lies in an excluded directory is excluded, so a directory is judged once for all that is below it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.errors import KeyscanError

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Sequence

IGNORE_FILE = ".allo-keyscanignore"
_SPECIAL = frozenset("*?[]\\!#/ ")
# As in any glob, what stands between two stars may be taken where it first fits: without this `*a*a*a*a*a*b`, which a
# hostile repository may hold, is tried in every split of a name.
_STAR_BEFORE_STAR = r"\[\^/\]\*((?:\\.|\[(?!\^/\]\*)(?:\\.|[^\]\\])+\]|[^\\\[\]()|/*])+)(?=\[\^/\]\*)"
_DOUBLE_STARS = 4  # the same for `**`, which has no such short cut
_LIMIT = 1 << 20  # bytes of an ignore file that are read


class _Pattern(NamedTuple):
    """One line. Exactly one of `name`, `suffix` and `regex` is set."""

    ignores: bool
    directories_only: bool
    anchored: bool
    name: str | None
    suffix: str | None
    regex: re.Pattern[str] | None

    def hits(self, path: str, name: str, directory: bool) -> bool:
        """Whether this very path (no trailing `/`) is meant: not one of its parents."""
        if self.regex is None:
            if self.directories_only and not directory:
                return False
            return name == self.name if self.suffix is None else name.endswith(self.suffix)
        subject = path if self.anchored else name
        found = self.regex.match(subject)
        if found is not None and found.lastgroup is None:
            return True
        if not directory:
            return False
        # pathspec marks by the group ps_d the `/` behind the directory that was hit: it must be this one's.
        found = self.regex.match(subject + "/")
        return found is not None and found.lastgroup is not None and found.end(found.lastgroup) == len(subject) + 1


class Rules:
    """The patterns of one file, or one list, for paths relative to one folder."""

    __slots__ = ("_patterns", "names", "on_name", "on_path", "suffixes")

    def __init__(self, lines: Iterable[str], source: str, *, strict: bool = True) -> None:
        """Compile `lines`. A line git would make nothing of raises KeyscanError (`source:line`) if `strict`."""
        self._patterns: list[_Pattern] = []
        for number, line in enumerate(lines, 1):
            pattern = _parse(line, f"{source}:{number}", strict)
            if pattern is not None:
                self._patterns.insert(0, pattern)
        self._prepare()

    def _prepare(self) -> None:
        """What tells most files in one step that no pattern hits them: names, suffixes, regular expressions."""
        patterns = [pattern for pattern in self._patterns if not pattern.directories_only]
        self.names = frozenset(pattern.name for pattern in patterns if pattern.name is not None)
        self.suffixes = tuple({pattern.suffix for pattern in patterns if pattern.suffix is not None})
        expressions = [(pattern.regex.match, pattern.anchored) for pattern in patterns if pattern.regex is not None]
        self.on_name = [match for match, anchored in expressions if not anchored]
        self.on_path = [match for match, anchored in expressions if anchored]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def without(self, path: str) -> Rules:
        """The same without the patterns that hit `path` or a directory above it."""
        parts = path.split("/")
        chain = [("/".join(parts[:end]), parts[end - 1]) for end in range(1, len(parts) + 1)]
        copy = Rules((), "")
        copy._patterns = [
            pattern for pattern in self._patterns if not any(pattern.hits(own, name, True) for own, name in chain)
        ]
        copy._prepare()
        return copy

    def may_hit(self, path: str, name: str) -> bool:
        """Whether any pattern may hit the file `path`."""
        if name in self.names or name.endswith(self.suffixes):
            return True
        for match in self.on_name:
            if match(name):
                return True
        return any(match(path) for match in self.on_path)

    def verdict(self, path: str, name: str, directory: bool) -> bool | None:
        """True where the last pattern that hits ignores `path`, False where it re-includes it, None where none hits."""
        if not directory and not self.may_hit(path, name):
            return None
        for pattern in self._patterns:
            if pattern.hits(path, name, directory):
                return pattern.ignores
        return None


def _parse(line: str, where: str, strict: bool) -> _Pattern | None:
    line = line.rstrip("\r\n")
    if "\\" not in line:
        line = line.rstrip(" ")
    if not line or line.startswith("#"):
        return None
    ignores = not line.startswith("!")
    body = line if ignores else line[1:]
    directories_only = body.endswith("/")
    stem = body.removesuffix("/")
    if stem and _SPECIAL.isdisjoint(stem):
        return _Pattern(ignores, directories_only, False, stem, None, None)
    if stem.startswith("*.") and _SPECIAL.isdisjoint(stem[1:]):
        return _Pattern(ignores, directories_only, False, None, stem[1:], None)
    regex = _translate(line)
    if regex is None:
        if strict:
            raise KeyscanError(f"{where}: {line!r} is not a pattern that can match (gitignore syntax)")
        return None
    return _Pattern(ignores, directories_only, "/" in stem, None, None, regex)


def _translate(line: str) -> re.Pattern[str] | None:
    """pathspec's regular expression for a line; None where there is none, or not the one git means."""
    import re
    import warnings

    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    if "[[:" in line or line.count("**") > _DOUBLE_STARS:  # pathspec takes POSIX classes for letters
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            source, _ = GitIgnoreSpecPattern.pattern_to_regex(line)
            if source is None:
                return None
            # pathspec searches: `*` becomes a bare `.`. Neither `.` nor `$` may stop at a line end inside a name.
            head = "" if source.startswith("^") else ".*?"
            source = re.sub(r"(?<!\\)\[\^(?!/)", "[^/", source)  # git's `[!a]` is no separator
            source = re.sub(_STAR_BEFORE_STAR, r"(?>[^/]*?\1)", source).replace("$)", r"\Z)")
            return re.compile(head + source, re.DOTALL)
    except (ValueError, re.error, FutureWarning):
        return None


def read_rules(path: str, *, strict: bool) -> Rules | None:
    """The patterns in the file at `path`, None where there is no such file. Raises KeyscanError if `strict`."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if strict:
            raise KeyscanError(f"{path}: cannot be read: {error.strerror}") from None
        return None
    try:
        data = os.read(handle, _LIMIT)
    except OSError as error:
        if strict:
            raise KeyscanError(f"{path}: cannot be read: {error.strerror}") from None
        return None
    finally:
        os.close(handle)
    text = os.fsdecode(data.removeprefix(b"\xef\xbb\xbf"))
    return Rules(text.split("\n"), path, strict=strict)


class Ignore:
    """Everything the user excluded, for paths relative to the project's root (`root`, absolute).

    The last word is `--exclude`'s and the configuration's, then the scanned folder's file, then the project's.
    """

    __slots__ = ("_chosen", "_files", "_folders", "_layers", "_quick", "root")

    def __init__(
        self,
        root: str,
        exclude: Sequence[str] = (),
        *,
        config: Sequence[str] = (),
        config_name: str = "the configuration",
        files: bool = True,
    ) -> None:
        """Read `.allo-keyscanignore` in `root` unless `files` is off. Raises KeyscanError for a bad pattern."""
        self.root = os.path.realpath(root)
        self._files = files
        self._chosen = [Rules(config, f"{config_name}: exclude"), Rules(exclude, "--exclude")]
        own = read_rules(os.path.join(self.root, IGNORE_FILE), strict=True) if files else None
        self._set([("", own)] if own else [], self._chosen)

    def _set(self, files: Sequence[tuple[str, Rules]], chosen: Sequence[Rules]) -> None:
        layers = [*files, *(("", rules) for rules in chosen)]
        self._layers = [(base, rules) for base, rules in reversed(layers) if rules]
        self._folders: dict[str, bool] = {"": False}
        self._quick = (
            frozenset(name for _, rules in layers for name in rules.names),
            tuple(suffix for _, rules in layers for suffix in rules.suffixes),
            [match for _, rules in layers for match in rules.on_name],
            [(match, base) for base, rules in layers for match in rules.on_path],
        )

    def __bool__(self) -> bool:
        return bool(self._layers)

    def for_scan(self, folder: str, project: str | None, *, force: bool = False) -> Ignore:
        """The rules for scanning the directory `folder` (absolute, links resolved), which lies in `project`.

        Its own ignore file is added. The folder was asked for by name, so patterns that hit it or a folder above it
        do not count, unless `force`. A folder outside of `root` is judged from `project`, or else from itself.
        """
        inside = below(folder, self.root)
        made = Ignore.__new__(Ignore)
        made._files = self._files
        made._chosen = self._chosen
        made.root = self.root if inside is not None else project or folder
        prefix = below(folder, made.root) or ""
        bases = ("", below(project or folder, made.root) or "", prefix) if self._files else ()
        files = []
        for base in dict.fromkeys(bases):
            rules = read_rules(os.path.join(made.root, base, IGNORE_FILE), strict=True)
            if rules:
                if base != prefix and not force:
                    rules = rules.without(prefix.removeprefix(base).lstrip("/"))
                files.append((base and base + "/", rules))
        made._set(files, self._chosen if force or not prefix else [rules.without(prefix) for rules in self._chosen])
        return made

    def matches(self, path: str) -> bool:
        """Whether the file `path` (relative to `root`, `/` separators), or a directory above it, is excluded."""
        if not self._layers:
            return False
        folder, _, name = path.rpartition("/")
        return self.matches_directory(folder) or self._judge(path, name, False)

    def matches_directory(self, path: str) -> bool:
        """The same for a directory; "" is the root, which is never excluded."""
        known = self._folders.get(path)
        if known is None:
            parent, _, name = path.rpartition("/")
            known = self._folders[path] = self.matches_directory(parent) or self._judge(path, name, True)
        return known

    def keep(self, prefix: str, names: list[str]) -> list[str]:
        """Those of `names` (files) that are not excluded; `prefix` ("" or "x/") leads from `root` to them."""
        if not self._layers:
            return names
        known, suffixes, on_name, on_path = self._quick
        tests = [(match, prefix[len(base) :] if prefix.startswith(base) else None) for match, base in on_path]
        kept: list[str] = []
        last, gone = None, False
        # Written out, without a call for each name: 80,000 names and ten patterns take about 80 ms.
        for name in names:
            folder, _, base = name.rpartition("/")
            if folder != last:
                last, gone = folder, self.matches_directory((prefix + folder).rstrip("/"))
            if gone:
                continue
            doubt = base in known or base.endswith(suffixes)
            if not doubt:
                for match in on_name:
                    if match(base):
                        doubt = True
                        break
                for match, head in tests:
                    if head is None or match(head + name):
                        doubt = True
                        break
            if not doubt or not self._judge(prefix + name, base, False):
                kept.append(name)
        return kept

    def _judge(self, path: str, name: str, directory: bool) -> bool:
        for base, rules in self._layers:
            if not base:
                verdict = rules.verdict(path, name, directory)
            elif path.startswith(base):
                verdict = rules.verdict(path[len(base) :], name, directory)
            else:
                continue
            if verdict is not None:
                return verdict
        return False


def below(path: str, root: str) -> str | None:
    """`path` relative to `root` with `/` separators ("" for the same), or None; both absolute, links resolved."""
    if path == root:
        return ""
    head = root if root.endswith(os.sep) else root + os.sep
    return path[len(head) :].replace(os.sep, "/") if path.startswith(head) else None
