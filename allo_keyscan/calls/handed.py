"""Calls that hand a path of Allo's to something from another module: not followed, so said to be open.

`client.get("/v2/api/tags")` on an object that a project's own module made may be a call on Allo. Whoever defines it is
not looked at here, and a silent miss is worse than one open question.
"""

from __future__ import annotations

from allo_keyscan.calls import facts as f
from allo_keyscan.calls import routes
from allo_keyscan.calls.domain import Frame, Late, Made, Method, Ref
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules


def handed_over(engine: Engine, rules: ApiRules, call: f.Call, frame: Frame) -> str | None:
    """Why a call may be Allo's although its callee is not known; None where nothing speaks for it.

    The callee must come from a neighbouring module (a relative import) or speak of Allo by its name, and an argument
    must be the path of a known endpoint, on Allo's host or on none.
    """
    if not any(_may_be_path(argument.value) for argument in call.arguments):
        return None
    for path in _callees(engine, call, frame):
        name = path.rpartition(".")[2]
        if name[:1].isupper() or not (path.startswith(".") or rules.says_allo(path)):
            continue
        for argument in call.arguments:
            for text, _ in engine.texts(Late(argument.value, frame)):
                url = routes.take_apart(text, rules)
                if (url.host == "api" or url.relative) and url.segments and routes.match(url, None, rules):
                    return f"{url.shown()} is handed to {path.lstrip('.')}, of a module that is not followed"
    return None


def _may_be_path(expr: f.Expr) -> bool:
    return not isinstance(expr, f.Constant) or (isinstance(expr.value, str) and "/" in expr.value)


def _callees(engine: Engine, call: f.Call, frame: Frame) -> list[str]:
    """The dotted names of what a call calls, where that comes from another module."""
    found = []
    for value, _ in engine.evaluate(call.func, frame):
        if isinstance(value, Ref):
            found.append(value.path)
        elif isinstance(value, Method) and isinstance(value.receiver, (Made, Ref)):
            found.append(f"{value.receiver.path}.{value.name}")
    return found
