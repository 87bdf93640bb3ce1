"""What the attributes of objects, classes and modules are worth: what classes say, what methods set, what came in.

Items of containers are looked up here too, for a field may be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo_keyscan.calls import (
    addresses,
    conditions,
    enums,
    fields,
    foreign,
    modules,
    objects,
    readers,
    stdlib,
    written,
)
from allo_keyscan.calls import facts as f
from allo_keyscan.calls.domain import (
    UNKNOWN,
    Alternative,
    Alternatives,
    Choice,
    Class,
    Frame,
    Function,
    Hole,
    Instance,
    Label,
    Late,
    Made,
    Mapping,
    Member,
    Method,
    Module,
    Partial,
    Ref,
    Scalar,
    Super,
    Text,
    Unknown,
    Value,
    bounded,
    plain,
    text_of,
    under,
)
from allo_keyscan.calls.domain import (
    within as domain_within,
)

if TYPE_CHECKING:
    from allo_keyscan.calls.values import Engine

_PROPERTIES = ("property", "functools.cached_property", "django.utils.functional.cached_property")
_OF_SUBCLASS = "__init_subclass__"
_MAKING = ("__init__", "__new__", "__post_init__", "__attrs_post_init__", "model_post_init")


def attribute(engine: Engine, value: Value, name: str, frame: Frame, site: f.Site | None = None) -> Alternatives:
    """`value.name`, read at a site where that is known."""
    match value:
        case Ref(path=path):
            return (Alternative(stdlib.outside(f"{path}.{name}")),)
        case Text(kind=None) if name == "value" or (name == "name" and value.literal in stdlib.METHODS):
            return (Alternative(value),)
        case Module():
            return modules.attribute(engine, value, name, frame)
        case Instance():
            return _of_instance(engine, value, name, frame, site)
        case Super(instance=instance, after=after):
            classes = objects.mro(engine, instance.scope)
            written = [one.copied or one for one in classes]
            behind = classes[written.index(after) + 1 :] if after in written else objects.mro(engine, after)[1:]
            inherited = _in_classes(engine, instance, name, frame, behind)
            return inherited or _by_getattr(engine, instance, name, frame, behind)
        case Class(scope=scope):
            return _of_class(engine, value, scope, name, frame)
        case Text(kind=Label() as label) | Member(label=label):
            found = enums.attribute(engine, value, label, name, frame)
            own = value.value if isinstance(value, Member) else value
            return (
                found
                if found is not None
                else attribute(engine, plain(own) if isinstance(own, Text) else own, name, frame)
            )
        case Text(kind=str()):
            part = addresses.attribute(value, name)
            return (Alternative(part if part is not None else Method(value, name)),)
        case Made():
            return foreign.attribute(engine, value, name, frame, site) or (Alternative(Method(value, name)),)
        case Unknown(origin=origin):
            return (Alternative(Unknown(f"{origin}.{name}") if origin else UNKNOWN),)
        case Function():
            return (Alternative(UNKNOWN),)
        case _:
            return (Alternative(Method(value, name)),)


def _names(engine: Engine, scope: f.Scope) -> Alternatives:
    """What a class is called, or the subclass that an object of it may be of (_with_overrides)."""
    subclasses = engine.subclasses(scope)
    own = (Alternative(Text((scope.name,))),)
    if not subclasses:
        return own
    fork = (scope, "object")
    engine.lean(scope)
    made = any(callee == Class(scope) for _, callee in engine.callers(scope))
    found = under(own, Choice(fork, -1, False)) if made else []
    for number, sub in enumerate(subclasses):
        found.extend(under((Alternative(Text((sub.name,))),), Choice(fork, number, False)))
    return bounded(found)


def _of_class(engine: Engine, value: Class, scope: f.Scope, name: str, frame: Frame) -> Alternatives:
    if name in ("__name__", "__qualname__"):
        return _names(engine, scope)
    found = engine.mutations.from_outside(engine, scope, name, _in_class(engine, value, scope, name, frame), frame)
    return found or (Alternative(Text((Hole(f"setting:{scope.qualname}.{name}"),))),)


def _in_class(engine: Engine, value: Class, scope: f.Scope, name: str, frame: Frame) -> Alternatives | None:
    if enums.is_member(engine, scope, name):
        return (Alternative(enums.member(engine, scope, name)),)
    for current in objects.mro(engine, scope):
        found: list[Alternative] = []
        for binding in reversed(current.bindings.get(name, [])):
            if isinstance(binding.value, f.Defined) and binding.value.scope.kind == "function":
                receiver = value if objects.decorated(binding.value.scope, "classmethod") else None
                return (Alternative(Function(binding.value.scope, engine.base(frame), receiver)),)
            found.extend(engine.evaluate(binding.value, engine.base(frame)))
            break
        known = [item for item in found if item.value != Scalar(None)]
        told = _told_subclasses(engine, scope, current, name, frame)
        if told:
            return bounded(told)
        for number, (_, expr) in enumerate(current.attributes.get(name, ())):
            later = engine.evaluate(expr, engine.base(frame))
            known.extend(under(later, Choice((current, name), number, False)) if known else later)
        if known or found:
            return bounded(known or found)
    return None


def _told_subclasses(engine: Engine, scope: f.Scope, current: f.Scope, name: str, frame: Frame) -> list[Alternative]:
    """What `__init_subclass__` of a class sets on the classes below it, as one of them has it, or any of them."""
    sites = [one for one in current.attributes.get(name, ()) if one[0].scope.name == _OF_SUBCLASS]
    classes = [*([scope] if scope is not current else []), *engine.subclasses(scope)] if sites else []
    found: list[Alternative] = []
    for number, one in enumerate(classes):
        for site, expr in sites:
            values = engine.evaluate(expr, _making_class(engine, one, site.scope, frame))
            found += under(values, Choice((scope, "object"), number, False)) if len(classes) > 1 else values
    return found


def _making_class(engine: Engine, scope: f.Scope, method: f.Scope, frame: Frame) -> Frame:
    """The frame of `__init_subclass__` when a class is made, with the keywords of its statement."""
    base = engine.base(frame)
    bound: dict[str, Late | Value | Alternatives] = {
        one.name: Late(one.default, base) for one in method.parameters if one.default is not None
    }
    bound |= {one.keyword: Late(one.value, base) for one in scope.keywords if one.keyword is not None}
    bound |= {one.name: Class(scope) for one in method.parameters[:1]}
    return engine.frame((method, scope, "class", frame.joined), lambda: Frame(method, bound, base, frame.joined))


def _of_instance(engine: Engine, value: Instance, name: str, frame: Frame, site: f.Site | None) -> Alternatives:
    if name == "__class__":
        return (Alternative(Class(value.scope)),)
    classes = objects.mro(engine, value.scope)
    own = _in_classes(engine, value, name, frame, classes)
    if value.call is None and name != "__init__":
        own = _with_overrides(engine, value, name, frame, classes, own)
    if name in engine.mutations.set:
        now = tuple(written.moments(site, frame))
        later = written.since(engine, name, lambda write: _outside(engine, value, write, frame), now)
        known = [item for item in own if not later.found or item.value != Scalar(None)]
        own = bounded(later.beside(known))
    return own or _by_getattr(engine, value, name, frame, classes)


def _outside(engine: Engine, value: Instance, write: f.Write, frame: Frame) -> Frame | None:
    """The frame of a statement that sets an attribute of an object, or of its class, from outside of its methods."""
    method = write.site.scope.method()
    own = method.owner.attributes.get(write.attribute or "", ()) if method is not None and method.owner else ()
    if any(site is write.site for site, _ in own):
        return None  # `self.name = value`
    place = written.running(write.site.scope, frame) or engine.base(frame)
    for target, _ in engine.evaluate(write.target, place):
        if isinstance(target, Class) and target.scope in objects.mro(engine, value.scope):
            return place
        if isinstance(target, Instance) and objects.same_instance(engine, target, value):
            return place
    return None


def _with_overrides(
    engine: Engine, value: Instance, name: str, frame: Frame, classes: list[f.Scope], own: Alternatives
) -> Alternatives:
    """Some object of a class may be one of a subclass: what those say otherwise counts beside the class's own word.

    A method that only says what subclasses do, a field that is only declared, or an attribute of None, is no word of
    its own. A choice of subclass holds for all attributes at once, so a subclass that says nothing has its base's
    word; and every subclass is somebody's.
    """
    subclasses = engine.subclasses(value.scope)
    chains = [objects.mro(engine, sub) for sub in subclasses]
    says = [
        any(name in one.bindings or name in one.attributes for one in known if one not in classes) for known in chains
    ]
    if not any(says):
        return own
    fork = (value.scope, "object")
    real = [item for item in own if not (item.value == Scalar(None) or _abstract(item.value))]
    if _only_declared(engine, name, classes):
        real = []
    found = under(tuple(real), Choice(fork, -1, True))
    for number, (sub, known) in enumerate(zip(subclasses, chains, strict=True)):
        said = _in_classes(engine, Instance(sub), name, frame, known) if says[number] else real
        found.extend(under(tuple(said), Choice(fork, number, True)))
    return bounded(found) or own


def _only_declared(engine: Engine, name: str, classes: list[f.Scope]) -> bool:
    """Whether a class names an attribute without a value, and writes no `__init__` that takes one."""
    for scope in classes:
        if name in scope.attributes:
            return False
        if name in scope.bindings:
            return isinstance(scope.bindings[name][-1].value, f.Opaque) and not fields.has_any(engine, scope)
    return False


def _abstract(value: Value) -> bool:
    return isinstance(value, Function) and value.scope.abstract


def _by_getattr(engine: Engine, value: Instance, name: str, frame: Frame, classes: list[f.Scope]) -> Alternatives:
    foreign = objects.foreign_bases(engine, value.scope)
    for scope in classes:
        for binding in scope.bindings.get("__getattr__", ()):
            if isinstance(binding.value, f.Defined) and not foreign and not name.startswith("__"):
                function = Function(binding.value.scope, engine.base(frame), value)
                return returned_for(engine, function, name, frame)
    for path in foreign:
        through, call = engine.delegates.get(path, {}).get(name, (None, None))
        sends = defined(engine, value, through, frame) if through is not None else None
        if sends is not None and call is not None:
            return (Alternative(Partial(sends, call, engine.open)),)
    return (Alternative(Method(value, name)),)


def returned_for(engine: Engine, function: Function, name: str, frame: Frame) -> Alternatives:
    """What a function gives for one literal argument."""
    if not objects.may_enter(engine, function.scope, frame):
        return (Alternative(UNKNOWN),)
    key = (function.scope, name, function.receiver, frame.joined)
    inner = engine.frame(key, lambda: objects.bind(engine, function, objects.Given([Text((name,))]), frame))
    return bounded([found for _, result in function.scope.returns for found in engine.evaluate(result, inner)])


def defined(engine: Engine, value: Instance, name: str, frame: Frame) -> Function | None:
    """The method of that name that an object's class defines in this program."""
    for item in _in_classes(engine, value, name, frame, objects.mro(engine, value.scope)):
        if isinstance(item.value, Function):
            return item.value
    return None


def _in_classes(engine: Engine, value: Instance, name: str, frame: Frame, classes: list[f.Scope]) -> Alternatives:
    """What the classes themselves say of an attribute, nearest first; nothing where they have none."""
    maybe: list[Alternative] = []
    for scope in classes:
        found, sure = _written(engine, value, scope, name, frame)
        if sure:
            return bounded([*found, *maybe])
        maybe += found
        for binding in reversed(scope.bindings.get(name, [])):
            made = _class_level(engine, value, scope, name, binding.value, frame)
            if not isinstance(binding.value, f.Defined):
                made = engine.mutations.applied_attribute(engine, value, scope, name, made, frame)
            if not maybe:
                return made
            default = [item for item in made if item.value != Scalar(None) and not isinstance(binding.value, f.Opaque)]
            return bounded([*maybe, *under(tuple(default), Choice((scope, name), -1, False))])
    if not maybe and enums.is_enum(engine, value.scope) and name in ("value", "name"):  # `self` in a method of an Enum
        return any_of(engine, value.scope, tuple(enums.valued(engine, value.scope, name)))
    return bounded(maybe)


def _written(engine: Engine, value: Instance, scope: f.Scope, name: str, frame: Frame) -> tuple[Alternatives, bool]:
    """What a class's methods assign to an attribute of the object, and whether one that makes it surely does."""
    writes = [
        (site, expr)
        for site, expr in scope.attributes.get(name, ())
        if not any(block.dead for block in site.block.chain())
    ]
    found: list[Alternative] = []
    sure = False
    for number, (site, expr) in enumerate(writes):
        inner = objects.method_frame(engine, value, site.scope, frame)
        if inner.call is not None and not conditions.feasible(engine, site, inner):
            continue
        making = site.scope.name in _MAKING and site.scope.owner is scope
        sure = sure or (making and conditions.certain(engine, site, inner))
        alternatives = engine.evaluate(expr, inner)
        found.extend(under(alternatives, Choice((scope, name), number, False)) if len(writes) > 1 else alternatives)
    real = [item for item in found if not (isinstance(item.value, Scalar) and item.value.value is None)]
    if real and len(real) < len(found) and len({item.value for item in real}) == 1:
        real = [Alternative(real[0].value)]  # `self.x = None` first and the object later: nothing to choose between
    return engine.mutations.applied_attribute(engine, value, scope, name, bounded(real or found), frame), sure


def _class_level(
    engine: Engine, value: Instance, scope: f.Scope, name: str, expr: f.Expr, frame: Frame
) -> Alternatives:
    if isinstance(expr, f.Defined):
        return _definition(engine, value, expr.scope, frame)
    if fields.has_any(engine, value.scope):
        set_by = fields.given(engine, value, scope, name, frame)
        if set_by:
            return bounded([found for argument in set_by for found in engine.force(argument)])
    setting = readers.field(engine, scope, name, expr, frame)
    if setting is not None:
        return setting
    if isinstance(expr, f.Opaque):
        return (Alternative(Text((Hole(f"parameter:{scope.qualname}.{name}"),))),)
    if isinstance(expr, f.Call) and readers.is_field(expr):
        args = objects.given(engine, expr, engine.base(frame))
        default, factory = args.at(0, "default"), args.named.get("default_factory", args.named.get("factory"))
        if isinstance(factory, Late):
            return engine.evaluate(f.Call(-1, factory.expr, (), expr.site), factory.frame)
        return engine.force(default) if default is not None else (Alternative(UNKNOWN),)
    found: list[Alternative] = []
    for made, choices in engine.evaluate(expr, engine.base(frame)):
        found.extend(domain_within(_received(engine, made, value, frame), choices))
    return bounded(found)


def _received(engine: Engine, found: Value, value: Instance, frame: Frame) -> Alternatives:
    """What an object has of a plain value of its class: a function or partialmethod is a method of the object all the
    same, and `property(function)` is what that gives."""
    match found:
        case Function(receiver=None) if not objects.decorated(found.scope, "staticmethod"):
            return (Alternative(Function(found.scope, found.frame, value)),)
        case Partial(target=Function(receiver=None) as function, method=True):
            return (Alternative(Partial(Function(function.scope, function.frame, value), found.call, found.frame)),)
        case Made(path=path, call=f.Call() as call) if path in _PROPERTIES:
            args = objects.given(engine, call, found.frame or engine.base(frame))
            getter = args.at(0, "fget") or args.at(0, "func")
            says = engine.force(getter)[0].value if getter is not None else UNKNOWN
            if not isinstance(says, Function) or not objects.may_enter(engine, says.scope, frame):
                return (Alternative(UNKNOWN),)
            inner = objects.bind(engine, Function(says.scope, says.frame, value), objects.Given(), frame)
            return bounded([item for _, made in says.scope.returns for item in engine.evaluate(made, inner)])
        case _:
            return (Alternative(found),)


def _definition(engine: Engine, value: Instance, scope: f.Scope, frame: Frame) -> Alternatives:
    """A method, property or class defined in the class of an object."""
    if scope.kind == "class":
        return (Alternative(Class(scope)),)
    if objects.decorated(scope, "property", "cached_property"):
        inner = objects.method_frame(engine, value, scope, frame)
        return bounded([found for _, result in scope.returns for found in engine.evaluate(result, inner)])
    receiver: Value | None = Class(value.scope) if objects.decorated(scope, "classmethod") else value
    if objects.decorated(scope, "staticmethod"):
        receiver = None
    return (Alternative(Function(scope, engine.base(frame), receiver)),)


def any_of(engine: Engine, fork: object, items: tuple[Late | Value, ...], *, loop: bool = False) -> Alternatives:
    """Any one of several values, each under its own choice at a fork."""
    found: list[Alternative] = []
    for number, item in enumerate(items):
        found.extend(under(engine.force(item), Choice(fork, number, loop)))
    return bounded(found)


def lookup(engine: Engine, mapping: Mapping, key: str | None, fork: object) -> Alternatives:
    """The value of a key, the last one written; a key nobody knows may be any of them."""
    if key is None:
        return any_of(engine, fork, tuple(item for _, item in mapping.entries))
    maybe: list[Alternative] = []
    for name, item in reversed(mapping.entries):
        if name == key:
            known = engine.force(item)
            if not maybe:
                return known
            literal = text_of(known[0].value).literal if len(known) == 1 else None
            if literal:  # as a default is: what comes later may say otherwise
                return (Alternative(Text((Hole(default=literal),))),)
            return bounded([*under(bounded(maybe), Choice(fork, 0, False)), *under(known, Choice(fork, 1, False))])
        if name is None:
            maybe.append(Alternative(UNKNOWN))
    return bounded(maybe)
