"""What `scan` does once its options are known. Knows no click, so that a hook starts without it (cli/quick)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from allo_keyscan import baseline as accepted
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.cli.deadline import deadline
from allo_keyscan.cli.output import exit_code, show, summarize
from allo_keyscan.cli.progress import Progress
from allo_keyscan.cli.resolve import Options, cache_folder, read_text, resolve, standard_input
from allo_keyscan.errors import KeyscanError, TimeUp
from allo_keyscan.model import Skipped
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Tally
from allo_keyscan.sources.names import Names
from allo_keyscan.sources.worktree import list_files

if TYPE_CHECKING:
    from allo_keyscan.cli.verifying import Verifier
    from allo_keyscan.sources.history.ahead import Ahead

_MODES = {
    "staged": "--staged",
    "commit_message": "--commit-message",
    "history": "--history",
    "commits": "--commits",
    "pre_push": "--pre-push",
}


def search(paths: tuple[str, ...], given: dict[str, Any], ahead: Names | Ahead | None = None) -> int:
    """Scan, show, and decide the exit code; `given` are the command's options by name, `ahead` what git was asked.

    Raises KeyscanError where it cannot run.
    """
    try:
        return _searched(paths, given, ahead)
    finally:
        if ahead is not None:
            ahead.close()


def _searched(paths: tuple[str, ...], given: dict[str, Any], ahead: Names | Ahead | None) -> int:
    wanted = _asks(given)
    chosen = resolve(given, paths, "scan")
    given = chosen.given
    verifier = _verifier(given, chosen.rules) if wanted else None
    known = accepted.parse(read_text(chosen.baseline), chosen.baseline) if chosen.baseline else frozenset()
    tally = Tally()
    interrupted = False
    try:
        with deadline(given["timeout"]):
            _search(paths, given, chosen, tally, ahead)
    except TimeUp:
        reason = f"the time limit of {given['timeout']:g} s was reached: everything behind it was not looked at"
        tally.skipped.append(Skipped(".", reason))
    except KeyboardInterrupt:
        interrupted = True
    report = run.report(tally, chosen.hide, known, interrupted=interrupted)
    if given["history"]:
        from allo_keyscan.scan.history.lives import one_per_key

        report = one_per_key(report)
    if verifier is not None and chosen.vault is not None:
        (report,) = verifier.verified((report,), chosen.vault)
    show(report, lambda: finding_rules(chosen.rules), given)
    if not given["quiet"]:
        summarize(report, verbose=given["verbose"])
    return exit_code(
        report,
        fail_on=given["fail_on"],
        exit_zero=given["exit_zero"],
        allow_incomplete=given["allow_incomplete"],
    )


def _asks(given: dict[str, Any]) -> bool:
    """Whether the API is to be asked about keys; a hook does not load what that takes."""
    if not (given["verify"] or given["verify_all"] or given["api_url"] is not None):
        return False
    from allo_keyscan.cli.verifying import check_options

    check_options(given)
    return True


def _verifier(given: dict[str, Any], rules: str) -> Verifier:
    """Who asks about keys; made before the search, so that what it lacks is said at once."""
    from allo_keyscan.cli.verifying import Verifier

    return Verifier(given, rules)


def _search(
    paths: tuple[str, ...], given: dict[str, Any], chosen: Options, tally: Tally, ahead: Names | Ahead | None
) -> None:
    modes = [name for name in _MODES if given[name] not in (None, False)]
    if len(modes) > 1:
        raise KeyscanError(f"{' and '.join(_MODES[name] for name in modes)}: one of them at a time")
    if given["staged"]:
        run.index(os.curdir, paths, chosen.ignore, chosen.reader, tally)
        return
    if given["commits"] is not None or given["pre_push"]:
        search_commits(paths, given, chosen, tally)
        return
    if given["history"]:
        asked = None if isinstance(ahead, Names) else ahead
        search_history(paths, chosen, tally, progress_wanted=not given["quiet"], ahead=asked)
        return
    if given["commit_message"]:
        run.commit_messages(paths, chosen.reader, tally)
        return
    files = [path for path in paths if path != "-"]
    if files or not paths:
        names = ahead if isinstance(ahead, Names) else None
        search_tree(files, chosen, tally, progress_wanted=not given["quiet"], names=names)
    if len(files) < len(paths):
        run.stream(standard_input(), given["stdin_filename"] or "<stdin>", chosen.reader, tally)


def search_history(
    paths: Sequence[str], chosen: Options, tally: Tally, *, progress_wanted: bool, ahead: Ahead | None = None
) -> None:
    """Search the whole history of one repository; `ahead` is what git was asked about it before."""
    from allo_keyscan.scan.history.run import Machine, history
    from allo_keyscan.sources.history.home import home

    progress = Progress(wanted=progress_wanted, unit="thousand objects", scale=1_000)
    found = Tally()
    try:
        repository = home(_one(paths, "--history"), ahead)
        kept = None
        folder = cache_folder(chosen.given)
        if folder is not None:
            from allo_keyscan.scan.history.kept import Kept, folder_cache

            kept = Kept(folder_cache(folder), repository, chosen.rules, chosen.reader.manner())
        history(repository, Machine(chosen.reader, chosen.archives, chosen.jobs, kept), found, progress)
    finally:
        progress.end()
        found.findings = [one for one in found.findings if not chosen.ignore.matches(one.origin.path)]
        tally.add(found)


def search_commits(paths: Sequence[str], given: dict[str, Any], chosen: Options, tally: Tally) -> None:
    """Search the commits of a range, or those that a push is about to publish."""
    from allo_keyscan.scan.history.commits import search_commits as search
    from allo_keyscan.scan.history.commits import search_names
    from allo_keyscan.sources.history import ranges
    from allo_keyscan.sources.history.home import gaps, home

    repository = home(os.curdir if given["pre_push"] else _one(paths, "--commits"))
    if given["pre_push"]:
        told = ranges.from_pre_commit(repository, os.environ)
        if told is None:
            told = ranges.from_hook(repository, b"".join(standard_input())), paths[0] if paths else ""
        search_names(told[0], chosen.reader, tally)
        what = ranges.push_commits(repository, *told)
    else:
        what = ranges.Publication(ranges.range_commits(repository, given["commits"]), [], [])
        tally.skipped += gaps(repository)
    search(repository, what, chosen.reader, chosen.jobs, tally)
    tally.findings = [one for one in tally.findings if not chosen.ignore.matches(one.origin.path)]


def _one(paths: Sequence[str], option: str) -> str:
    if len(paths) > 1:
        raise KeyscanError(f"{option} reads one repository: give one PATH, or none for the current folder")
    return paths[0] if paths else os.curdir


def search_tree(
    paths: Sequence[str], chosen: Options, tally: Tally, *, progress_wanted: bool, names: Names | None = None
) -> None:
    """Search files and folders; `names`, where they were started ahead, are those of the one folder."""
    listing = list_files(
        paths, gitignore=chosen.gitignore, ignore=chosen.ignore, force_exclude=chosen.force_exclude, names=names
    )
    progress = Progress(wanted=progress_wanted)
    try:
        run.work_tree(listing, chosen.reader, chosen.jobs, tally, progress)
    finally:
        progress.end()
