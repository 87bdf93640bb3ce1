"""Variables and event -> `Run`: which pipeline this is, what kind of run, and which commits and branches it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from allo_keyscan.catalog.ci import CiRules, Condition, Event, Kind, Pipeline, is_variable
from allo_keyscan.errors import KeyscanError

Variables = Mapping[str, str]
Load = Callable[[str], Mapping[str, Any]]


class Named(NamedTuple):
    """A value, and the variable or field it comes from. Nothing is known of it: it may be an attack."""

    value: str
    source: str


class Run(NamedTuple):
    """What a run says of itself. `base`, `target`, `branch` and `default` are None where it says nothing.

    `unread` says why its event document could not be read, "" where it was or where there is none.
    """

    pipeline: Pipeline
    kind: Kind
    base: Named | None
    target: Named | None
    heads: tuple[Named, ...]
    branch: Named | None
    default: Named | None
    unread: str = ""


def recognise(rules: CiRules, variables: Variables) -> Pipeline | None:
    """The first pipeline whose signs are all set."""
    return next((one for one in rules.pipelines if all(variables.get(sign) for sign in one.signs)), None)


def kind_of(rules: CiRules, pipeline: Pipeline, variables: Variables) -> Event:
    """What kind of run this is: the first of the pipeline's events that fits, and one always does."""
    return next(
        one
        for one in rules.events
        if one.pipeline == pipeline.id and (not one.when or any(_holds(when, variables) for when in one.when))
    )


def run_of(rules: CiRules, pipeline: Pipeline, variables: Variables, load: Load) -> Run:
    """The run of a pipeline. `load` reads an event document, and its KeyscanError becomes `unread`."""
    event = kind_of(rules, pipeline, variables)
    fields: Mapping[str, Any] = {}
    unread = ""
    if pipeline.document is not None:
        path = variables.get(pipeline.document, "")
        try:
            fields = load(path) if path else {}
            unread = "" if path else "is not set"
        except KeyscanError as error:
            unread = str(error)

    def first(names: Iterable[str]) -> Named | None:
        return next(iter(_named(names, variables, fields)), None)

    return Run(
        pipeline,
        event.kind,
        first(event.base),
        first(event.target),
        tuple(_named(event.heads, variables, fields)),
        first(pipeline.branch),
        first(pipeline.default),
        unread,
    )


def _holds(condition: Condition, variables: Variables) -> bool:
    value = variables.get(condition.variable, "")
    return bool(value) if condition.value is None else value == condition.value


def _named(names: Iterable[str], variables: Variables, fields: Mapping[str, Any]) -> Iterable[Named]:
    """The values that are set, in the order of their names."""
    for name in names:
        value: Any = variables.get(name) if is_variable(name) else fields
        for part in () if is_variable(name) else name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            yield Named(value, name)
