"""What `audit` does for one repository: reading, by the commands that look at one side of it each, and the join."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from allo_keyscan import audit
from allo_keyscan import baseline as accepted
from allo_keyscan.baseline import Entry
from allo_keyscan.calls.layout import is_test
from allo_keyscan.catalog.api import ApiRules, api_rules
from allo_keyscan.cli.deadline import deadline
from allo_keyscan.cli.resolve import Options, check_scopes, read_text, resolve
from allo_keyscan.cli.scopes import SUFFIXES, Sources, assessed, python_sources
from allo_keyscan.cli.search import search_history, search_tree
from allo_keyscan.errors import KeyscanError, TimeUp
from allo_keyscan.model import Audited, Commit, ScopesReport, Skipped
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Tally
from allo_keyscan.sources import git
from allo_keyscan.sources.history.commits import described
from allo_keyscan.sources.history.home import Home, home
from allo_keyscan.sources.history.tree import head_files

_BARE = "a bare repository: Python code is that of its current commit, and settings in it are not read (--config)"
_AROUND = "; the files beside it were not looked at: is core.bare set by mistake?"


def repository(path: str) -> Home:
    """The repository around a folder.

    Raises KeyscanError, with the remedy, where there is none.
    """
    if not os.path.isdir(path):
        raise KeyscanError(
            f"{path}: {'is no folder' if os.path.lexists(path) else 'does not exist'}: name a repository"
        )
    try:
        found = home(path)
    except git.GitError as error:
        if "not a git repository" not in str(error):
            raise
        raise KeyscanError(
            f"{path}: not a git repository: run `allo-keyscan scan {path}` for keys in its files, and "
            f"`allo-keyscan scopes {path}` for the scopes of its code"
        ) from None
    inside = found.root is None and os.path.basename(found.git_dir) == ".git"
    return home(os.path.dirname(found.git_dir)) if inside else found


def look(path: str, given: dict[str, Any]) -> Audited:
    """What is said of one repository; what was found by the time limit, or by an interrupt, is in it.

    Raises KeyscanError where it cannot be read at all.
    """
    one = _Repository(path, given)
    told = one.chosen.given
    return one.audit(told["timeout"])._replace(fail_on=told["fail_on"])


class _Repository:
    def __init__(self, path: str, given: dict[str, Any]) -> None:
        self._path = path
        self._home = repository(path)
        self._root = self._home.root or self._home.cwd
        self._bare = self._home.root is None
        alone = {**given, "isolated": given["isolated"] or (self._bare and given["config_file"] is None)}
        self.chosen: Options = resolve(alone, (self._root,))
        self._given = self.chosen.given
        self._rules: ApiRules = api_rules(self.chosen.rules)
        check_scopes(self.chosen.config, self._rules.scopes)
        baseline = self.chosen.baseline
        self._accepted: Iterable[Entry] = accepted.parse(read_text(baseline), baseline) if baseline else frozenset()
        self._scopes: ScopesReport | None = None
        self._declared = False

    def audit(self, limit: float | None) -> Audited:
        """Everything, or as much as the limit (seconds) and the user allow."""
        tree, past = Tally(), Tally()
        steps: list[tuple[str, Tally, Callable[[], None]]] = [
            ("its history", past, lambda: self._search_history(past)),
            ("its Python code", past, self._search_code),
        ]
        if self._bare:
            around = os.path.basename(self._home.git_dir) == ".git"  # files that its setting core.bare hides from git
            past.skipped.append(Skipped(".", f"{_BARE}{_AROUND if around else ''}", incomplete=around))
        else:
            steps.insert(0, ("its work tree", tree, lambda: self._search_tree(tree)))
        interrupted = False
        left = [name for name, _, _ in steps]
        try:
            with deadline(limit):
                for name, tally, step in steps:
                    _try(name, tally, step)
                    left.remove(name)
        except TimeUp:
            reason = f"the time limit was reached: {', '.join(left)} was not looked at, or not to the end"
            past.skipped.append(Skipped(".", reason))
        except KeyboardInterrupt:
            interrupted = True
            past.skipped.append(Skipped(".", f"interrupted: {', '.join(left)} was not looked at, or not to the end"))
        hide = self.chosen.hide
        return audit.audited(
            self._path,
            self._head(),
            run.report(tree, hide, self._accepted),
            run.report(past, hide, self._accepted, interrupted=interrupted),
            self._scopes,
            declared=self._declared,
            bare=self._bare,
        )

    def _search_tree(self, tally: Tally) -> None:
        search_tree((self._root,), self.chosen, tally, progress_wanted=not self._given["quiet"])

    def _search_history(self, tally: Tally) -> None:
        search_history((self._root,), self.chosen, tally, progress_wanted=not self._given["quiet"])

    def _search_code(self) -> None:
        given, config, rules = self._given, self.chosen.config, self._rules
        read = self._code_of_head() if self._bare else python_sources((self._root,), self._root, config, given)
        self._scopes, self._declared = assessed(read, rules, self.chosen, self._root, given)

    def _code_of_head(self) -> Sources:
        skipped: list[Skipped] = []
        ignore = self.chosen.ignore

        def wanted(path: str) -> bool:
            return path.endswith(SUFFIXES) and not ignore.matches(path)

        sources = sorted(head_files(self._home, wanted, skipped))
        return Sources(sources, skipped, {path for path, _ in sources if is_test(path)})

    def _head(self) -> Commit | None:
        code, said, _ = git.attempt(("rev-parse", "-q", "--verify", "HEAD"), self._home.cwd, own=self._home.own)
        oid = said.decode("ascii", "replace").strip()
        return None if code else described(self._home, [oid]).get(oid)


def _try(name: str, tally: Tally, step: Callable[[], None]) -> None:
    """One step; where it fails, the others still count and this one is named."""
    try:
        step()
    except KeyscanError as error:
        tally.skipped.append(Skipped(".", f"{name} could not be read: {error}"))
