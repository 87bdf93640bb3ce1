"""Command-line options and their defaults: argparse's results, and the parameters that click and typer fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import objects
from allo_keyscan.calls.domain import (
    Alternative,
    Alternatives,
    Choice,
    Frame,
    Hole,
    Items,
    Late,
    Made,
    Ref,
    Scalar,
    Text,
    Value,
    bounded,
    text_of,
    under,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

PARSED = ("parse_args", "parse_known_args", "parse_intermixed_args")
_CLICK = ("click.option", "click.argument", "rich_click.option", "asyncclick.option")
_TYPER = ("typer.Option", "typer.Argument")


def parsed(engine: Engine, made: Made, name: str, frame: Frame) -> Alternatives | None:
    """`args.name` of argparse's result, with the defaults that the module's `add_argument` calls lay down."""
    if made.call is None or not made.path.startswith("argparse.ArgumentParser()"):
        return None
    module = engine.program.holder(made.call.site.scope)
    question = (module.path, name)
    if question in engine.asked:  # a default in terms of itself
        return None
    engine.asked.add(question)
    try:
        found = _added(engine, module, made, name, frame)
    finally:
        engine.asked.discard(question)
    return bounded(found) if found else None


def _added(engine: Engine, module: f.ModuleFacts, made: Made, name: str, frame: Frame) -> list[Alternative]:
    found: list[Alternative] = []
    for call in engine.mutations.methods.get("add_argument", ()):
        if engine.program.holder(call.site.scope) is not module:
            continue
        args = objects.given(engine, call, engine.base(frame))
        names = [engine.literal(item) or "" for item in args.positional]
        if name != (engine.literal(args.named.get("dest")) or _destination(names)):
            continue
        default = args.named.get("default")
        origin = f"setting:{made.path}.{name}"
        found.extend(_filled(engine.force(default), origin) if default is not None else _filled((), origin))
    return _laid_down(engine, module, made, name, frame, found)


def _laid_down(
    engine: Engine, module: f.ModuleFacts, made: Made, name: str, frame: Frame, options: list[Alternative]
) -> list[Alternative]:
    """With the defaults that `parser.set_defaults(name=…)` laid down: they win over an option's own, and stand alone
    where there is no option. Those of several parsers, or of a subcommand's, count where that one is chosen."""
    calls = [
        (call, args.named[name])
        for call in engine.mutations.methods.get("set_defaults", ())
        if engine.program.holder(call.site.scope) is module
        and name in (args := objects.given(engine, call, engine.base(frame))).named
    ]
    found: list[Alternative] = []
    for number, (call, item) in enumerate(calls):
        values = engine.force(item)
        laid = _filled(values, f"setting:{made.path}.{name}") if options else list(values)
        found += under(bounded(laid), Choice((made.call, name), number, False)) if len(calls) > 1 else laid
        if options and not _on_the_parser(engine, call, made, frame):
            found += under(bounded(options), Choice((made.call, name), -1, False))
    return found or options


def _on_the_parser(engine: Engine, call: f.Call, made: Made, frame: Frame) -> bool:
    """Whether a call is of the parser that read the command line, not of a subcommand's."""
    owner = call.func.value if isinstance(call.func, f.Attribute) else call.func
    base = engine.base(frame)
    parser = made.call.func.value if made.call is not None and isinstance(made.call.func, f.Attribute) else None
    read = engine.evaluate(parser, made.frame or base)[0].value if parser is not None else None
    return engine.evaluate(owner, base)[0].value == read


def parameter(engine: Engine, scope: f.Scope, parameter: f.Parameter, frame: Frame) -> Alternatives | None:
    """A parameter that click's decorators or typer's defaults describe; None where none does."""
    origin = f"parameter:{scope.qualname}.{parameter.name}"
    for decorator in scope.decorators:
        args = _called(engine, decorator, _CLICK, frame)
        if args is None:
            continue
        names = [engine.literal(item) or "" for item in args.positional]
        if parameter.name in (next((name for name in names if name.isidentifier()), None), _destination(names)):
            return _described(engine, args, None, origin)
    for expr in (parameter.default, *_inside(parameter.annotation)):
        args = _called(engine, expr, _TYPER, frame) if expr is not None else None
        if args is not None and expr is parameter.default:
            return _described(engine, args, args.at(0, "default"), origin)
        if args is not None:
            plain = Late(parameter.default, engine.base(frame)) if parameter.default is not None else None
            return _described(engine, args, plain, origin)
    return None


def _inside(annotation: f.Expr | None) -> Iterator[f.Expr]:
    stack = [annotation] if annotation is not None else []
    while stack:
        expr = stack.pop()
        if isinstance(expr, f.Call):
            yield expr
        else:
            stack.extend(f.children(expr))


def _called(engine: Engine, expr: f.Expr, wanted: tuple[str, ...], frame: Frame) -> objects.Given | None:
    """The arguments of a call of one of these functions."""
    if not isinstance(expr, f.Call):
        return None
    base = engine.base(frame)
    paths = [value.path for value, _ in engine.evaluate(expr.func, base) if isinstance(value, Ref)]
    return objects.given(engine, expr, base) if any(path in wanted for path in paths) else None


def _described(engine: Engine, args: objects.Given, default: Late | Value | None, origin: str) -> Alternatives:
    default = args.named.get("default", default)
    variable = args.named.get("envvar")
    value = engine.force(variable)[0].value if variable is not None else Scalar(None)
    if isinstance(value, Items) and value.items:
        value = engine.force(value.items[0])[0].value
    literal = text_of(value).literal if isinstance(value, Text) else None
    found = engine.force(default) if default is not None else ()
    return bounded(_filled(found, f"env:{literal}" if literal else origin))


def _filled(defaults: Alternatives, origin: str) -> list[Alternative]:
    """What the user gives, with each default; a default that is read from elsewhere says more than the option."""
    found = []
    for value, choices in defaults:
        literal = value.filled().literal if isinstance(value, Text) else None
        if isinstance(value, Text) and any(isinstance(part, Hole) for part in value.parts):
            found.append(Alternative(value, choices))
        elif literal is not None:
            found.append(Alternative(Text((Hole(origin, default=literal or None),)), choices))
    return found or [Alternative(Text((Hole(origin),)))]


def _destination(names: list[str]) -> str | None:
    """The name a value gets: the first long option's, else the first of any."""
    long = [name for name in names if name.startswith("--")] or names
    return long[0].lstrip("-").replace("-", "_") if long else None
