"""What `fix` does once its options are known: reading before, writing after, what remains in the history. No click."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from allo_keyscan import baseline as accepted
from allo_keyscan.catalog.fixes import fix_rules
from allo_keyscan.cli.progress import Progress
from allo_keyscan.cli.resolve import Options, read_text, resolve
from allo_keyscan.cli.search import search_history
from allo_keyscan.errors import KeyscanError
from allo_keyscan.fix import Change, dotenv, write
from allo_keyscan.fix.found import FIXABLE, Watcher, every, masked
from allo_keyscan.fix.plan import Fixing, Plan, plan, values, variables
from allo_keyscan.fix.style import Style, settings
from allo_keyscan.keys.secret import Secret
from allo_keyscan.model import Finding, Report, Skipped, Suppressed
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.places import is_python
from allo_keyscan.sources import git
from allo_keyscan.sources.worktree import list_files

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ENV = ".env"
_IN_ARCHIVE = "it stands inside an archive: pack that anew"
_NO_FILE = "it stands in a symbolic link, or in a file that changed meanwhile: delete the link, or run fix once more"
_HEAD = 512


class Place(NamedTuple):
    """One place of a key, and what became of it.

    `state` is `fixed` (would be, without --write) or `refused`; `replacement` is what stands, or could stand, there.
    """

    finding: Finding
    name: str
    state: str
    replacement: str = ""
    reason: str = ""


class File(NamedTuple):
    """One file that changes: its text before and after, keys masked, and why it was not written where it was not."""

    path: str
    before: str
    after: str
    written: bool = False
    failure: str = ""


class Key(NamedTuple):
    """One distinct key: its variable, where to revoke it, and the finding of the history that has it, if any.

    A `foreign` one may be another vendor's; it alone may have no variable ("").
    """

    name: str
    masked: str
    revoke: str
    foreign: bool
    past: Finding | None = None


class Fixed(NamedTuple):
    """Everything that a run of `fix` says; `advice` are steps that are the user's own."""

    places: tuple[Place, ...] = ()
    files: tuple[File, ...] = ()
    keys: tuple[Key, ...] = ()
    advice: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    suppressed: Suppressed = Suppressed()
    placeholders: int = 0
    history: bool = False
    """Whether the history was looked at."""

    @property
    def complete(self) -> bool:
        """Whether everything was looked at."""
        return not any(skip.incomplete for skip in self.skipped)

    @property
    def refused(self) -> list[Place]:
        """What stays."""
        return [one for one in self.places if one.state == "refused"]


def fix(paths: tuple[str, ...], given: dict[str, Any]) -> Fixed:
    """Plan, write where that is asked for, and look at what remains.

    Raises KeyscanError where it cannot run; nothing was written then.
    """
    if "-" in paths:
        raise KeyscanError("fix changes files: name files or folders, not standard input (-)")
    if given["write_env"] is not None and not given["write"]:
        raise KeyscanError("--write-env belongs to --write: without it nothing is written")
    return _Run(paths, given).fixed()


def _style(given: dict[str, Any]) -> Style:
    expression, statement = given["expression"], given["statement"]
    if given["style"] == "settings":
        if expression is None:
            raise KeyscanError("--style settings needs --expression, such as settings.{lower}")
        return settings(expression, statement or "")
    if expression is not None or statement is not None:
        raise KeyscanError("--expression and --import belong to --style settings")
    return Style(given["style"])


class _Run:
    def __init__(self, paths: tuple[str, ...], given: dict[str, Any]) -> None:
        self._paths = paths
        self._given = given
        self._chosen: Options = resolve(given, paths)
        if given["name"] is not None and not _NAME.match(given["name"]):
            raise KeyscanError(f"--name {given['name']!r}: a variable's name is letters, digits and _, no digit first")
        known = self._chosen.baseline
        entries = accepted.parse(read_text(known), known) if known else frozenset()
        fingerprints = frozenset(one.fingerprint for one in entries)
        start = paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else os.curdir
        self._root = git.find_root(start)
        self._home = self._root or start
        self._files: dict[str, str] = {}
        self._reused: list[tuple[str, str]] = []
        self._how = Fixing(
            fix_rules(self._chosen.rules), _style(given), given["name"], fingerprints, self._set_already()
        )

    def _set_already(self) -> tuple[tuple[Secret, str], ...]:
        """The values of the .env file: a key among them is known by its name."""
        try:
            text = read_text(os.path.join(self._home, _ENV))
        except KeyscanError:
            return ()
        return tuple((Secret(value.encode()), name) for name, value in dotenv.entries(text).items() if value)

    def fixed(self) -> Fixed:
        """The whole run."""
        report = self._search()
        scanner = Watcher(self._chosen.rules, self._chosen.reader.policy)
        wanted = [one for one in report.findings if one.rule in FIXABLE]
        made = plan(self._read(wanted), scanner, self._how, self._elsewhere) if wanted else Plan((), {})
        example = self._example(made) if made.changes and not self._given["no_example"] else None
        private = self._private(made)
        changes = [one for one in made.changes if example is None or one.path != example.path]
        changes += [example] if example is not None else []
        if self._given["write"] and private is not None:
            self._put(*private)  # first: where this fails, the keys are still where they were
        files = [self._file(change, scanner) for change in changes if change.new != change.old]
        hide = self._chosen.hide
        failed = {file.path: file.failure for file in files if file.failure}
        places = [*_places(made.changes, failed), *_others(wanted, made.changes)]
        keys, looked, skipped = self._keys(made, places)
        return Fixed(
            tuple(sorted((one._replace(finding=_hidden(one.finding, hide)) for one in places), key=_order)),
            tuple(file._replace(path=hide(file.path)) for file in sorted(files)),
            keys,
            tuple(self._advice(made.changes)),
            (*report.skipped, *skipped),
            report.suppressed,
            report.placeholders,
            looked,
        )

    def _search(self) -> Report:
        """What `scan` finds in these paths."""
        chosen, tally = self._chosen, Tally()
        progress = Progress(wanted=not self._given["quiet"])
        try:
            run.work_tree(self._listing(), chosen.reader, chosen.jobs, tally, progress)
        finally:
            progress.end()
        kept = [one for one in tally.findings if one.fingerprint not in self._how.accepted]
        found = run.report(tally, lambda name: name)
        baseline = Suppressed(baseline=len(tally.findings) - len(kept))
        findings = tuple(one for one in found.findings if one.fingerprint not in self._how.accepted)
        skipped = tuple(skip._replace(path=chosen.hide(skip.path)) for skip in found.skipped)
        return found._replace(findings=findings, skipped=skipped, suppressed=found.suppressed.plus(baseline))

    def _listing(self) -> Any:
        chosen = self._chosen
        return list_files(
            self._paths, gitignore=chosen.gitignore, ignore=chosen.ignore, force_exclude=chosen.force_exclude
        )

    def _read(self, wanted: Sequence[Finding]) -> list[tuple[str, bytes]]:
        """The files that hold keys, by the paths that findings name."""
        shown = {one.origin.path for one in wanted if one.origin.member is None}
        self._files = {name: path for path, name in self._listing().files() if name in shown or name.endswith(".py")}
        found = []
        for name in sorted(shown & self._files.keys()):
            try:
                with open(self._files[name], "rb") as file:
                    found.append((name, file.read()))
            except OSError:
                continue  # gone by now: its findings are told as such
        return found

    def _elsewhere(self, path: str, name: str) -> bool:
        """Whether another Python file of the run has a word."""
        word = re.compile(rb"\b%s\b" % re.escape(name.encode()))
        for shown, file in self._files.items():
            if shown != path and shown.endswith(".py"):
                try:
                    with open(file, "rb") as opened:
                        if word.search(opened.read()):
                            return True
                except OSError:
                    return True
        return False

    def _example(self, made: Plan) -> Change | None:
        """The list of variables with the new ones in it; None where it has them all."""
        changes = made.changes
        names = variables(change for change in changes if is_python(change.path, change.old[:_HEAD]))
        here = [name for name in dotenv.EXAMPLES if os.path.isfile(os.path.join(self._home, name))]
        name = here[0] if here else dotenv.EXAMPLES[0]
        path = os.path.join(self._home, name)
        real = os.path.realpath(path)
        own = next((one for one in changes if os.path.realpath(self._files.get(one.path, "")) == real), None)
        old = b""
        if here:
            with open(path, "rb") as file:
                old = file.read()
        try:
            before = (old if own is None else own.new).decode("utf-8")  # it may have lost a key itself
            known = dotenv.entries(before)
            new = dotenv.example(before, names).encode("utf-8")
        except UnicodeDecodeError:
            return None
        shown = own.path if own else os.path.relpath(path, self._root or os.curdir).replace(os.sep, "/")
        self._files[shown] = path
        settled = {name: secret for secret, name in self._how.known}
        given = values(made)
        self._reused = [
            (_ENV if one in settled else shown, one)
            for one in names
            if (one in known or one in settled) and settled.get(one) != given[one]
        ]
        if own is not None:
            return own._replace(new=new)
        return None if new == old else Change(shown, old, new)

    def _file(self, change: Change, scanner: Watcher) -> File:
        """A change as people may see it, written where that is asked for."""
        before = masked(change.old, every(scanner, change.old, change.path), change.path)
        after = masked(change.new, every(scanner, change.new, change.path), change.path)
        file = File(change.path, before, after)
        if not self._given["write"]:
            return file
        path = self._files[change.path]
        try:
            if change.old or os.path.lexists(path):
                write.replace(path, change.old, change.new)
            else:
                write.create(path, change.new)
        except write.NotWritten as refusal:
            return file._replace(failure=str(refusal))
        return file._replace(written=True)

    def _private(self, made: Plan) -> tuple[str, bytes | None, bytes] | None:
        """The file for the keys themselves, what it holds, and what is to be added.

        Raises KeyscanError where git does not ignore it, or it has another value.
        """
        file = self._given["write_env"]
        if file is None:
            return None
        folder = os.path.dirname(os.path.abspath(file))
        root = git.find_root(folder)
        if root is None or git.attempt(("check-ignore", "-q", os.path.abspath(file)), root, own=git.is_own(root))[0]:
            raise KeyscanError(
                f"{file}: git does not ignore it, so the keys are not written there: name it in .gitignore first"
            )
        text = None
        if os.path.lexists(file):
            text = read_text(file)
        added = dotenv.additions(
            text or "", {name: secret.reveal().decode() for name, secret in values(made).items()}, file
        )
        return file, None if text is None else text.encode("utf-8"), added.encode("utf-8")

    def _put(self, file: str, old: bytes | None, added: bytes) -> None:
        try:
            if old is None:
                write.create(file, added, private=True)
            elif added:
                write.append(file, added)
        except write.NotWritten as refusal:
            raise KeyscanError(f"{file}: {refusal}") from None

    def _keys(self, made: Plan, places: Sequence[Place]) -> tuple[tuple[Key, ...], bool, list[Skipped]]:
        """Each key with what the history has of it."""
        past: dict[str, Finding] = {}
        tally = Tally()
        looked = bool(made.names or made.foreign) and self._root is not None and not self._given["no_history"]
        if looked and self._root is not None:
            from allo_keyscan.scan.history.lives import one_per_key

            search_history((self._root,), self._chosen, tally, progress_wanted=not self._given["quiet"])
            report = one_per_key(run.report(tally, self._chosen.hide))
            past = {one.key: one for one in report.findings if one.life is not None}
        keys: dict[str, Key] = {}
        known = {secret.fingerprint("", ""): secret for secret in (*made.names, *made.foreign)}
        said: dict[str, list[str]] = {}
        for place in places:
            said.setdefault(place.finding.key, []).append(place.name)
        for identity in (one for one in said if one in known):
            secret, called = known[identity], said[identity]
            name = made.names.get(secret, "")
            keys[identity] = Key(
                name if name in called else called[0],
                secret.masked,
                self._revoke(secret.masked),
                secret in made.foreign,
                past.get(identity),
            )
        return tuple(sorted(keys.values(), key=lambda key: (len(key.name), key.name))), looked, tally.skipped

    def _revoke(self, shown: str) -> str:
        forms = self._chosen.reader.detector.rules.forms
        return next((form for form in forms if shown.startswith(form.prefix.decode())), forms[0]).revoke

    def _advice(self, changes: Sequence[Change]) -> list[str]:
        """What is missing around a .env file."""
        if self._root is None or not any(change.taken for change in changes):
            return []
        own = git.is_own(self._root)
        said = [
            f"{name} stands in {file} already: if that is another key, choose a name with --name"
            for file, name in self._reused
        ]
        if git.attempt(("ls-files", "--error-unmatch", "--", _ENV), self._root, own=own)[0] == 0:
            said.append(f"{_ENV} is in the repository: git rm --cached {_ENV}")
        if git.attempt(("check-ignore", "-q", "--no-index", _ENV), self._root, own=own)[0]:
            said.append(f"git does not ignore {_ENV}, where the variable may be set: echo {_ENV} >> .gitignore")
        return said


def _places(changes: Sequence[Change], failed: dict[str, str]) -> list[Place]:
    found = []
    for change in changes:
        failure = failed.get(change.path, "")
        for taken in change.taken:
            state = "refused" if failure else "fixed"
            found.append(Place(taken.found.finding, taken.name, state, taken.replacement, failure))
        found += [Place(one.found.finding, one.name, "refused", one.instead, one.reason) for one in change.refused]
    return found


def _others(wanted: Sequence[Finding], changes: Sequence[Change]) -> list[Place]:
    """Findings that stand in no file that could be read again."""
    known = {change.path for change in changes}
    return [
        Place(one, "", "refused", "", _IN_ARCHIVE if one.origin.member is not None else _NO_FILE)
        for one in wanted
        if one.origin.member is not None or one.origin.path not in known
    ]


def _hidden(one: Finding, hide: Any) -> Finding:
    return one._replace(
        origin=one.origin._replace(path=hide(one.origin.path), member=one.origin.member and hide(one.origin.member))
    )


def _order(place: Place) -> tuple[object, ...]:
    one = place.finding
    return (one.origin.path, one.origin.member or "", one.start, one.end, place.reason)
