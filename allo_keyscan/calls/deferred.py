"""Calls that somebody makes for the program: executors, task queues, threads, and the built-in map."""

from __future__ import annotations

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import names

# Methods that call what they are handed, and which argument that is.
_HANDED_ON = {
    "submit": 0, "to_thread": 0, "map": 0, "imap": 0, "imap_unordered": 0, "map_async": 0, "run_in_executor": 1,
    "run_sync": 0, "run_in_threadpool": 0, "start_soon": 0, "call_soon": 0, "call_later": 1, "call_at": 1, "spawn": 0,
    "async_add_executor_job": 0, "async_add_job": 0, "call_soon_threadsafe": 0, "callLater": 1, "deferToThread": 0,
    "callInThread": 0, "add_task": 0, "add_callback": 0, "call": 0, "call_async": 0, "callback": 0, "enqueue": 0,
}  # fmt: skip
# Those of them that may just keep what they are handed: they call it where arguments stand behind it.
_KEEPING = ("add_callback", "add_task", "call", "call_async", "callback", "enqueue")
# The same of a pool's, with all arguments in a tuple and a dict, or with a tuple for each call.
_POOLED, _POOLED_EACH = ("apply", "apply_async"), ("starmap", "starmap_async", "istarmap")
_RETRYING = ("AsyncRetrying", "Retrying")
_BY_NAME = ("to_thread", "run_in_threadpool", "spawn")  # those that are functions, and called by their name too
_MAPS = ("imap", "imap_unordered", "map", "map_async")
# Methods that call the function they hang on, later or elsewhere, with their own arguments (Celery, dramatiq, RQ); and
# those that take the arguments as a tuple and a dict.
_QUEUED = ("delay", "send", "s", "si", "kiq")
_QUEUED_APART = {"apply_async": ("args", "kwargs"), "send_with_options": ("args", "kwargs")}
# What takes every element of what it is given.
_EXHAUSTING = ("frozenset", "list", "set", "sorted", "sum", "tuple")


def deferred(call: f.Call) -> list[f.Call]:
    """`pool.submit(send, url)` is `send(url)`; `pool.map(send, urls)` is `send` of each of them; `task.delay(url)` and
    `Thread(target=send, args=(url,))` call later."""
    if last_name(call.func) in ("Thread", "Process", "Timer"):
        named = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
        target = named.get("target")
        return [_apart(call, target, named.get("args"), named.get("kwargs"))] if target is not None else []
    if isinstance(call.func, f.Attribute) and isinstance(call.func.value, (f.Name, f.Attribute)):
        if call.func.name in _QUEUED:
            return [f.Call(call.span, call.func.value, call.arguments, call.site)]
        if call.func.name in _QUEUED_APART:
            args, kwargs = _QUEUED_APART[call.func.name]
            named = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
            first, second = (*(one.value for one in call.arguments if not one.keyword), None, None)[:2]
            queued = _apart(call, call.func.value, named.get(args, first), named.get(kwargs, second))
            return [queued, *_pooled(call)]
    if isinstance(call.func, f.Attribute) and call.func.name in (*_POOLED, *_POOLED_EACH):
        return _pooled(call)
    retried = isinstance(call.func, f.Call) and last_name(call.func.func) in _RETRYING  # tenacity's objects are called
    if retried and call.arguments and not call.arguments[0].star:
        return [f.Call(call.span, call.arguments[0].value, call.arguments[1:], call.site)]
    known = isinstance(call.func, f.Attribute) or last_name(call.func) in _BY_NAME
    place = _HANDED_ON.get(last_name(call.func) or "") if known else None
    if place is None or len(call.arguments) <= place or any(argument.star for argument in call.arguments[: place + 1]):
        return []
    target, rest = call.arguments[place].value, call.arguments[place + 1 :]
    if not rest and last_name(call.func) in _KEEPING:
        return []
    laid = isinstance(target, f.Call) and last_name(target.func) == "partial"
    if not isinstance(target, (f.Name, f.Attribute)) and not laid:
        return []
    if isinstance(call.func, f.Attribute) and call.func.name in _MAPS:
        rest = _each(call, tuple(argument for argument in rest if argument.keyword is None), whole=True)
    return [f.Call(call.span, target, rest, call.site)]


def _pooled(call: f.Call) -> list[f.Call]:
    """What `pool.apply_async(send, (url,), {})` calls, and `pool.starmap(send, [(url,)])`."""
    given = [argument for argument in call.arguments if not argument.star]
    if not given or given[0].keyword or not isinstance(given[0].value, (f.Name, f.Attribute)):
        return []
    target, named = given[0].value, {argument.keyword: argument.value for argument in given if argument.keyword}
    first, second = (*(one.value for one in given[1:] if not one.keyword), None, None)[:2]
    if last_name(call.func) in _POOLED_EACH:
        rows = named.get("iterable", first)
        return [_apart(call, target, f.Each(-1, rows), None)] if rows is not None else []
    return [_apart(call, target, named.get("args", first), named.get("kwds", second))]


def _apart(call: f.Call, target: f.Expr, args: f.Expr | None, kwargs: f.Expr | None) -> f.Call:
    """A call whose arguments stand in a tuple and a dict."""
    given = [f.Argument(None, star, value) for star, value in (("*", args), ("**", kwargs)) if value is not None]
    return f.Call(call.span, target, tuple(given), call.site)


def last_name(expr: f.Expr) -> str | None:
    """The name an expression ends with, where it is a name or an attribute."""
    return expr.name if isinstance(expr, f.Attribute) else (expr.id if isinstance(expr, f.Name) else None)


def exhausted(call: f.Call) -> list[f.Expr]:
    """What a call like `list(…)` takes every element of."""
    known = last_name(call.func) == "deque" or (
        last_name(call.func) in _EXHAUSTING and _is_builtin(call.func, call.site)
    )
    return [argument.value for argument in call.arguments[:1] if known and not argument.star]


def mapped(call: f.Call, whole: set[int], dropped: set[int]) -> list[f.Call]:
    """What the built-in map calls: for each element where it stands among what is taken as a whole (by id), for any one
    elsewhere, for none where nobody gets it."""
    if last_name(call.func) != "map" or not _is_builtin(call.func, call.site) or id(call) in dropped:
        return []
    if len(call.arguments) < 2 or any(argument.keyword or argument.star for argument in call.arguments):
        return []
    return [
        f.Call(call.span, call.arguments[0].value, _each(call, call.arguments[1:], whole=id(call) in whole), call.site)
    ]


def _each(call: f.Call, given: tuple[f.Argument, ...], *, whole: bool) -> tuple[f.Argument, ...]:
    """The arguments of what a map calls, an element of each of what it is given, side by side."""
    rows = f.Call(-1, f.Imported(-1, "builtins", "zip", call.site), given, call.site)
    row = f.Each(-1, rows) if whole else f.Subscript(-1, rows, f.Opaque(-1), call.site)
    return tuple(
        f.Argument(None, "", f.Subscript(-1, row, f.Constant(-1, number), call.site)) for number in range(len(given))
    )


def _is_builtin(func: f.Expr, site: f.Site) -> bool:
    return isinstance(func, f.Name) and names.home(func.id, site) is None
