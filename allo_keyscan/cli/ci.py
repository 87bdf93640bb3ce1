"""`allo-keyscan ci`: new commits, the work tree and scopes in one command, shown where a pipeline shows it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import click

from allo_keyscan import baseline as accepted
from allo_keyscan.catalog.api import ApiRules, api_rules
from allo_keyscan.catalog.ci import Pipeline, ci_rules
from allo_keyscan.catalog.findings import finding_rules
from allo_keyscan.cli import options
from allo_keyscan.cli.deadline import deadline
from allo_keyscan.cli.output import append, counted, exit_code, hushed, say, say_skipped, show, summarize, write
from allo_keyscan.cli.resolve import Options, check_scopes, read_text, resolve
from allo_keyscan.cli.scopes import assessed, python_sources
from allo_keyscan.cli.search import search_tree
from allo_keyscan.errors import ExitCode, KeyscanError, TimeUp
from allo_keyscan.model import PipelineReport, ScopesReport, Skipped
from allo_keyscan.pipelines import document
from allo_keyscan.pipelines.commits import New, new_commits, since
from allo_keyscan.pipelines.runs import Run, recognise, run_of
from allo_keyscan.report import render
from allo_keyscan.report.text import printable
from allo_keyscan.scan import run
from allo_keyscan.scan.blob import Tally
from allo_keyscan.scan.history.commits import search_commits
from allo_keyscan.sources.history.home import Home, home
from allo_keyscan.sources.history.ranges import Publication


@click.command("ci", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--base", metavar="REV", help="The commit that was there before, instead of what the pipeline says.")
@click.option("--no-scopes", is_flag=True, help="Search for keys alone.")
@options.output("ci")
@click.option("--no-files", is_flag=True, help="Write and append to no file of the pipeline's own, only to --report.")
@options.baseline("Findings that are accepted: see `allo-keyscan baseline`.")
@options.fail_on()
@click.option("--exit-zero", is_flag=True, help="Exit 0 where something was found.")
@options.allow_incomplete
@options.timeout("Stop then; the default, 0, is no limit.")
@options.cache("Read every file anew, and keep nothing for the next run.")
@options.where
@options.looking
@options.settings
@options.manners
def command(**given: Any) -> int:
    """Search what a pipeline brings: the commits of its push or pull request, the files and their scopes.

    GitHub Actions, GitLab CI, Azure Pipelines, Bitbucket Pipelines, Jenkins and others that set CI are recognised by
    their variables; -v says what was. Scopes count where the project declares them. Exits 0 where there is nothing to
    act on, 1 for findings, 2 where it could not run, and 3 where nothing was found but something could not be looked
    at, such as commits that a shallow clone lacks.
    """
    look = _Look(given)
    given = look.given
    report = look.report()
    failed = _deliver(report, look, given)
    if not given["quiet"]:
        _summarize(report, given["verbose"])
    code = exit_code(
        report.counted,
        fail_on=given["fail_on"],
        exit_zero=given["exit_zero"],
        allow_incomplete=given["allow_incomplete"],
    )
    return ExitCode.CANNOT_RUN if failed and code not in (ExitCode.FINDINGS, ExitCode.INTERRUPTED) else code


class _Look:
    """Everything that one run looks at, and what its pipeline wants to have.

    Raises KeyscanError for settings, rules or options that cannot be used, and where there is no repository.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self._home = _repository()
        self._root = self._home.root or self._home.cwd
        self._chosen: Options = resolve(given, (self._root,))
        self.given = self._chosen.given
        self.form: str | None = given["format_name"]
        self._api: ApiRules = api_rules(self._chosen.rules)
        check_scopes(self._chosen.config, self._api.scopes)
        rules = ci_rules(self._chosen.rules)
        self.pipeline: Pipeline | None = recognise(rules, os.environ)
        self._run: Run | None = None
        if self.pipeline is not None:
            self._run = run_of(rules, self.pipeline, os.environ, document.load)
        elif given["base"] is None:
            names = ", ".join(one.name for one in rules.pipelines)
            raise KeyscanError(f"no pipeline is recognised by its variables ({names}): give --base REV")
        self._new = self._found()

    @property
    def rules(self) -> str:
        """The folder of rules in force."""
        return self._chosen.rules

    def report(self) -> PipelineReport:
        """What was found by the end, by the time limit, or by an interrupt."""
        chosen, given = self._chosen, self.given
        known = accepted.parse(read_text(chosen.baseline), chosen.baseline) if chosen.baseline else frozenset()
        tree, past = Tally(), Tally()
        past.skipped += self._new.gaps
        scopes: list[tuple[ScopesReport, bool]] = []
        seconds = given["timeout"]
        interrupted = False
        try:
            with deadline(seconds):
                with _named("the new commits", past):
                    self._search_commits(past)
                with _named("the work tree", tree):
                    search_tree((self._root,), chosen, tree, progress_wanted=not given["quiet"])
                if not given["no_scopes"]:
                    with _named("the Python code", past):
                        scopes.append(self._scopes())
        except TimeUp:
            reason = f"the time limit of {seconds:g} s was reached: everything behind it was not looked at"
            past.skipped.append(Skipped(".", reason))
        except KeyboardInterrupt:
            interrupted = True
        tree.add(_without(past, tree))
        found = run.report(tree, chosen.hide, known, interrupted=interrupted)
        return PipelineReport(found, *(scopes[0] if scopes else (None, False)))

    def _found(self) -> New:
        base = self.given["base"]
        new = since(self._home, base) if base is not None or self._run is None else new_commits(self._home, self._run)
        if self.given["verbose"]:
            what = "no pipeline" if self._run is None else f"{self._run.pipeline.name}, {self._run.kind}"
            say(f"{what}: {counted(len(new.commits), 'commit')}: {printable(new.said)}")
        return new

    def _search_commits(self, tally: Tally) -> None:
        chosen = self._chosen
        what = Publication(list(self._new.commits), [], [])
        try:
            search_commits(self._home, what, chosen.reader, chosen.jobs, tally)
        finally:
            tally.findings = [one for one in tally.findings if not chosen.ignore.matches(one.origin.path)]

    def _scopes(self) -> tuple[ScopesReport, bool]:
        read = python_sources((self._root,), self._root, self._chosen.config, self.given)
        return assessed(read, self._api, self._chosen, self._root, self.given)


def _repository() -> Home:
    """The repository around the current folder. Raises KeyscanError where there is none, or no work tree."""
    found = home(os.curdir)
    if found.root is None:
        raise KeyscanError(f"{found.cwd}: no work tree: check the commit out first (`scan --commits A..B` needs none)")
    return found


@contextmanager
def _named(name: str, tally: Tally) -> Iterator[None]:
    """Where a part fails the others still count, and this one is named."""
    try:
        yield
    except KeyscanError as error:
        tally.skipped.append(Skipped(".", f"{name} could not be read: {error}"))


def _without(past: Tally, tree: Tally) -> Tally:
    """Commits less the keys that their files still have: they are one thing to act on, at the place of today."""
    here = {(one.rule, one.fingerprint) for one in tree.findings}
    past.findings = [one for one in past.findings if (one.rule, one.fingerprint) not in here]
    return past


class _Sink(NamedTuple):
    form: str
    file: str
    put: Callable[[str, str], None]


def _sinks(pipeline: Pipeline | None, given: dict[str, Any]) -> Iterator[_Sink]:
    for form, file in given["reports"]:
        yield _Sink(form, file, write)
    if pipeline is not None and not given["no_files"]:
        for form, file in pipeline.files:
            yield _Sink(form, file, write)
        for form, variable in pipeline.append:
            if os.environ.get(variable):
                yield _Sink(form, os.environ[variable], append)


def _deliver(report: PipelineReport, look: _Look, given: dict[str, Any]) -> bool:
    """Write standard output, then every file; whether one could not be written, which is said."""
    kinds = finding_rules(look.rules)
    form = look.form or (look.pipeline.format if look.pipeline is not None else "text")
    failed = False

    def put(sink: _Sink) -> None:
        sink.put(render(sink.form, report, lambda: kinds), sink.file)

    steps: list[Callable[[], None]] = [
        lambda: show(report, lambda: kinds, {**given, "format_name": form, "reports": ()}),
        *(partial(put, sink) for sink in _sinks(look.pipeline, given)),
    ]
    for step in steps:
        try:
            step()
        except KeyscanError as error:
            say(f"error: {error}")
            failed = True
    return failed


def _summarize(report: PipelineReport, verbose: int) -> None:
    summarize(report.scan, verbose=verbose)
    scopes = report.scopes
    if scopes is None:
        return
    say_skipped(scopes.skipped, verbose=verbose)
    calls = len({(call.path, call.line, call.column) for call in scopes.calls})
    parts = [counted(len(scopes.findings), "finding"), counted(calls, "call"), f"{len(scopes.unresolved)} unresolved"]
    undeclared = "" if report.declared or not calls else "; no scopes are declared, so none is missing or too much"
    say(f"scopes: {', '.join([*parts, *hushed(scopes.suppressed)])}{undeclared}")
