"""rules/ci.toml -> the pipelines that `ci` recognises, and what each kind of their runs says of its commits.

A value is named by a variable (`GITHUB_BASE_REF`, in capitals) or by a field of the run's event document
(`pull_request.base.sha`).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args

from allo_keyscan.catalog import (
    EXAMPLES,
    RulesError,
    Table,
    entries,
    known,
    optional_strings,
    source_url,
    strings,
    text,
)
from allo_keyscan.errors import hint

Kind = Literal["pull-request", "push", "other"]
_KINDS: tuple[str, ...] = get_args(Kind)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_FIELD = re.compile(r"[a-z_]+(\.[a-z_]+)*")
_SETTING = re.compile(r"([A-Z][A-Z0-9_]*)(?:=(.+))?", re.DOTALL)


class Condition(NamedTuple):
    """A variable that must be set; with a `value`, to that."""

    variable: str
    value: str | None


class Example(NamedTuple):
    """A run, by its variables and its event document (JSON, "" where there is none).

    `range` is what its commits are, in git's words; "" where there are none, None of what is no such run. All of it has
    placeholders for commits of the repository that rules/README.md describes. `at` is the branch that is checked out.
    """

    variables: dict[str, str]
    document: str
    range: str | None
    at: str


class Event(NamedTuple):
    """A kind of run of one pipeline: `when` holds any of the conditions, or where there are none.

    `base` names commits that were there before, `target` branches that the change goes to, `heads` commits that the run
    is about beside the one that is checked out; of base and target the first that is set counts.
    """

    pipeline: str
    kind: Kind
    when: tuple[Condition, ...]
    base: tuple[str, ...]
    target: tuple[str, ...]
    heads: tuple[str, ...]
    true: tuple[Example, ...]
    false: tuple[Example, ...]


class Pipeline(NamedTuple):
    """A CI system: all of `signs` are set in its runs.

    `document` is the variable that names the event document's file; `branch` and `default` name the branch of the run
    and the repository's default branch. `deepen` tells how to get more history. `format` goes to standard output,
    `files` are formats with the files they go to, `append` those with the variables that name files to append to.
    """

    id: str
    name: str
    source: str
    signs: tuple[str, ...]
    document: str | None
    branch: tuple[str, ...]
    default: tuple[str, ...]
    deepen: str
    format: str
    files: tuple[tuple[str, str], ...]
    append: tuple[tuple[str, str], ...]
    true: tuple[dict[str, str], ...]
    false: tuple[dict[str, str], ...]


class CiRules(NamedTuple):
    """Both tables, in the order in which they are tried."""

    pipelines: tuple[Pipeline, ...]
    events: tuple[Event, ...]


def ci_rules(folder: str) -> CiRules:
    """The pipelines and their kinds of runs.

    Raises RulesError for a file or an entry that cannot be used, and for a pipeline without a run that is always it.
    """
    pipelines = entries(folder, "ci.toml", "pipeline", _pipeline)
    events = entries(folder, "ci.toml", "event", _event, label="pipeline")
    names = [one.id for one in pipelines]
    for name in names:
        if not any(event.pipeline == name and not event.when for event in events):
            raise RulesError(f"{folder}/ci.toml: pipeline {name!r}: no [[event]] without `when`, for all other runs")
    for event in events:
        if event.pipeline not in names:
            near = hint(event.pipeline, names)
            raise RulesError(f"{folder}/ci.toml: event {event.pipeline!r}: no such pipeline{near}")
    return CiRules(pipelines, events)


def is_variable(name: str) -> bool:
    """Whether a value's name is a variable's; else it is a field of the event document."""
    return _VARIABLE.fullmatch(name) is not None


def variables(settings: str) -> dict[str, str]:
    """Variables as an entry writes them: `NAME=value`, one a word. Raises ValueError for anything else."""
    found = {}
    for word in settings.split():
        name, equals, value = word.partition("=")
        if not equals or not is_variable(name):
            raise ValueError(f"{word!r} is not NAME=value")
        found[name] = value
    return found


def _pipeline(entry: Table) -> Pipeline:
    fields = {name for name in Pipeline._fields if name not in ("true", "false")}
    known(entry, EXAMPLES | fields)
    signs = strings(entry["signs"], "signs")
    document = text(entry, "document") if "document" in entry else None
    for name in (*signs, *([document] if document is not None else [])):
        if not is_variable(name):
            raise ValueError(f"{name!r} is not a variable's name")
    return Pipeline(
        text(entry, "id"),
        text(entry, "name"),
        source_url(entry),
        signs,
        document,
        _values(entry, "branch"),
        _values(entry, "default"),
        text(entry, "deepen"),
        text(entry, "format"),
        _pairs(entry, "files"),
        _pairs(entry, "append"),
        tuple(map(variables, strings(entry["true"], "true"))),
        tuple(map(variables, strings(entry["false"], "false"))),
    )


def _event(entry: Table) -> Event:
    known(entry, EXAMPLES | {"pipeline", "kind", "when", "base", "target", "heads"})
    if entry["kind"] not in _KINDS:
        raise ValueError(f"kind must be one of {', '.join(_KINDS)}")
    return Event(
        text(entry, "pipeline"),
        entry["kind"],
        tuple(map(_condition, optional_strings(entry, "when"))),
        _values(entry, "base"),
        _values(entry, "target"),
        _values(entry, "heads"),
        _examples(entry, "true"),
        _examples(entry, "false"),
    )


def _condition(words: str) -> Condition:
    found = _SETTING.fullmatch(words)
    if found is None:
        raise ValueError(f"when: {words!r} is neither NAME nor NAME=value")
    return Condition(found[1], found[2])


def _values(entry: Table, name: str) -> tuple[str, ...]:
    found = optional_strings(entry, name)
    for one in found:
        if not is_variable(one) and not _FIELD.fullmatch(one):
            raise ValueError(f"{name}: {one!r} is neither a variable nor a field of the event document")
    return found


def _pairs(entry: Table, name: str) -> tuple[tuple[str, str], ...]:
    found = []
    for one in optional_strings(entry, name):
        form, colon, file = one.partition(":")
        if not form or not colon or not file:
            raise ValueError(f"{name}: {one!r} is not FORMAT:FILE")
        found.append((form, file))
    return tuple(found)


def _examples(entry: Table, name: str) -> tuple[Example, ...]:
    some = entry[name]
    if not isinstance(some, list) or not some or not all(isinstance(one, dict) for one in some):
        raise ValueError(f"{name} must be a list of tables, with at least one")
    return tuple(_example(one, name) for one in some)


def _example(one: Table, name: str) -> Example:
    known(one, ("variables", "document", "range", "at"))
    document, at = one.get("document", ""), one.get("at", "topic")
    commits = one["range"] if name == "true" else None
    if not all(isinstance(value, str) for value in (document, at, commits or "")):
        raise ValueError(f"{name}: document, range and at must be strings")
    return Example(variables(text(one, "variables")), document, commits, at)
