"""What a program reads from its environment: the functions that read variables, and the fields of settings classes.

Sources: the documentation of os, environs, django-environ, python-decouple, python-dotenv, starlette and
pydantic-settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import objects, types
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Frame,
    Hole,
    Instance,
    Items,
    Late,
    Made,
    Mapping,
    Scalar,
    Text,
    Value,
    bounded,
    product,
    text_of,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine


class Reader(NamedTuple):
    """How a function reads a variable: where its name and its default stand, and whether it raises without one."""

    default: int | None
    sure: bool = False
    name: int = 0


_NAMES = ("key", "name", "var", "option", "varname")
# Functions, by their dotted names.
_FUNCTIONS = {
    "os.getenv": Reader(1),
    "getenv": Reader(1),
    "os.environ.get": Reader(1),
    "os.environ.pop": Reader(1, True),
    "os.environ.setdefault": Reader(1),
    "os.environ.__getitem__": Reader(None, True),
    "decouple.config": Reader(1, True),
    "dotenv.get_key": Reader(None, name=1),
    "environs.env": Reader(1, True),
    "starlette.config.environ.get": Reader(1),
}
# Objects that are called with a variable's name.
_CALLED = {
    "decouple.AutoConfig": Reader(1, True),
    "decouple.Config": Reader(1, True),
    "environ.Env": Reader(2, True),
    "environ.FileAwareEnv": Reader(2, True),
    "environs.Env": Reader(1, True),
    "environs.FileAwareEnv": Reader(1, True),
    "starlette.config.Config": Reader(2, True),
}
# Objects whose methods are called so; which methods, where not all of them.
_METHODS: dict[str, tuple[Reader, frozenset[str]]] = {
    "environ.Env": (Reader(1, True), frozenset({"str", "url", "get_value", "bytes"})),
    "environ.FileAwareEnv": (Reader(1, True), frozenset({"str", "url", "get_value", "bytes"})),
    "environs.Env": (Reader(1, True), frozenset({"str", "url", "enum", "path"})),
    "environs.FileAwareEnv": (Reader(1, True), frozenset({"str", "url", "enum", "path"})),
    "dotenv.dotenv_values": (Reader(1), frozenset({"get", "__getitem__"})),
    "starlette.config.Config": (Reader(2, True), frozenset({"get"})),
}
_FIELDS = ("field", "Field", "ib", "attrib")


def read(engine: Engine, path: str, args: objects.Given, made: Made | None = None) -> Alternatives | None:
    """What a call of `path` reads (`Name()` calls an object that Name made); None where it is no reader."""
    reader = _reader(path)
    if reader is None:
        return None
    name = args.at(reader.name, None) or next((args.named[key] for key in _NAMES if key in args.named), None)
    if name is None:
        return (Alternative(UNKNOWN),)
    default = args.at(reader.default, "default")
    rows = [engine.force(name), engine.force(default) if default is not None else (Alternative(Scalar(None)),)]
    found = []
    for (key, fallback), choices in product(rows):
        literal = text_of(key).literal
        if literal is None:
            found.append(Alternative(UNKNOWN, choices))
            continue
        if made is not None and default is None:
            fallback, literal = _of_object(engine, made, literal)
        found.append(Alternative(_variable(literal, fallback, sure=reader.sure and default is None), choices))
    return bounded(found)


def _reader(path: str) -> Reader | None:
    if path.endswith("()"):
        return _CALLED.get(path[:-2])
    path = path.replace("environs.env.", "environs.Env().") if path.startswith("environs.env.") else path
    owner, mark, method = path.rpartition("().")
    if mark and owner in _METHODS:
        reader, methods = _METHODS[owner]
        return reader if method in methods else None
    return _FUNCTIONS.get(path)


def _of_object(engine: Engine, made: Made, name: str) -> tuple[Value, str]:
    """The default that `environ.Env(NAME=(str, default))` lays down, and the name with the object's prefix."""
    if made.call is None or made.frame is None:
        return Scalar(None), name
    args = objects.given(engine, made.call, made.frame)
    prefix = engine.literal(args.named["prefix"]) if "prefix" in args.named else None
    scheme = engine.force(args.named[name])[0].value if name in args.named else None
    if isinstance(scheme, Items) and len(scheme.items) == 2:
        return engine.force(scheme.items[1])[0].value, name
    return Scalar(None), (prefix or "") + name


def _variable(name: str, default: Value, *, sure: bool) -> Text:
    """A variable's value; a default is what stands for it in this program."""
    literal = text_of(default).filled().literal if isinstance(default, Text) else None
    return Text((Hole(f"env:{name}", default=literal or None, present=sure and literal is None),))


def field(engine: Engine, scope: f.Scope, name: str, expr: f.Expr, frame: Frame) -> Alternatives | None:
    """A field of a pydantic-settings class, under the name it is read by; None where the class is none, or the field
    holds something else than text."""
    if not any("Settings" in base for base in objects.foreign_bases(engine, scope)):
        return None
    if isinstance(expr, f.Opaque) and expr.parts:
        inner = types.annotated(engine, expr.parts[0], scope)
        if isinstance(inner, Instance):
            return (Alternative(inner),)
    args = objects.Given()
    default: Late | Value | None = None if isinstance(expr, f.Opaque) else Late(expr, engine.base(frame))
    if is_field(expr) and isinstance(expr, f.Call):
        args = objects.given(engine, expr, engine.base(frame))
        default = args.at(0, "default")
        if "default_factory" in args.named:
            return None
    fallback = engine.force(default)[0].value if default is not None else Scalar(None)
    if isinstance(fallback, (Instance, Items, Mapping)):
        return None
    return (Alternative(_variable(_variable_name(engine, scope, name, args), fallback, sure=default is None)),)


def is_field(expr: f.Expr) -> bool:
    """Whether a class-level value is a call of `field`, `Field` or attrs' `ib`."""
    if not isinstance(expr, f.Call) or not isinstance(expr.func, (f.Name, f.Attribute)):
        return False
    return (expr.func.id if isinstance(expr.func, f.Name) else expr.func.name) in _FIELDS


def _variable_name(engine: Engine, scope: f.Scope, name: str, args: objects.Given) -> str:
    """An alias as it is written; else the field's name in upper case behind the class's prefix."""
    for key in ("validation_alias", "alias", "env"):
        if key in args.named:
            alias = engine.force(args.named[key])[0].value
            if isinstance(alias, Made) and alias.call is not None and alias.frame is not None:  # AliasChoices
                first = objects.given(engine, alias.call, alias.frame).at(0, None)
                alias = engine.force(first)[0].value if first is not None else UNKNOWN
            if isinstance(alias, Items) and alias.items:
                alias = engine.force(alias.items[0])[0].value
            literal = text_of(alias).literal
            if literal:
                return literal
    prefix, exact = _configured(engine, scope)
    return f"{prefix}{name}" if exact else f"{prefix}{name}".upper()


def _configured(engine: Engine, scope: f.Scope) -> tuple[str, bool]:
    """A settings class's prefix, and whether case matters, from `model_config` or its inner class `Config`."""
    for current in objects.mro(engine, scope):
        found: dict[str, Late | Value] = {}
        for binding in current.bindings.get("model_config", ()):
            config = engine.evaluate(binding.value, engine.open)[0].value
            if isinstance(config, Made) and config.call is not None and config.frame is not None:
                found |= objects.given(engine, config.call, config.frame).named
            elif isinstance(config, Mapping):
                found |= {key: item for key, item in config.entries if key is not None}
        for binding in current.bindings.get("Config", ()):
            if isinstance(binding.value, f.Defined):
                inner = binding.value.scope.bindings
                found |= {key: Late(made[-1].value, engine.open) for key, made in inner.items()}
        if found:
            prefix = engine.literal(found["env_prefix"]) if "env_prefix" in found else None
            exact = found.get("case_sensitive")
            return prefix or "", exact is not None and engine.force(exact)[0].value == Scalar(True)
    return "", False
