"""Who calls a function: which calls need not be asked, told from their names; the ways on which a name leads to one."""

from __future__ import annotations

from textwrap import dedent

import pytest
from expectations import Project, projects

from allo_keyscan.calls import callers, clients, unread
from allo_keyscan.calls.analyze import analyze
from allo_keyscan.calls.collect import read_module
from allo_keyscan.calls.facts import ModuleFacts
from allo_keyscan.calls.layout import Layout
from allo_keyscan.calls.link import Program
from allo_keyscan.calls.values import Engine
from allo_keyscan.catalog.api import ApiRules

SENDING = """
import requests
from functools import partial
from types import SimpleNamespace
def ask(path):
    return requests.get("https://api.withallo.com" + path)
"""
TAGS = "('/v2/api/tags')"


def program_of(sources: dict[str, bytes], entry: list[str]) -> Program:
    def load(path: str) -> ModuleFacts | None:
        module = read_module(path, sources[path])
        return module if isinstance(module, ModuleFacts) else None

    program = Program(Layout(sources), load)
    program.include(entry)
    return program


def known(sources: dict[str, bytes], rules: ApiRules) -> dict[tuple[str, str, int], list[int]]:
    """The places of the calls of each function, as numbers of their modules."""
    program = program_of(sources, sorted(path for path in sources if path.endswith(".py")))
    engine = Engine(program, delegates=clients.delegates(rules))
    modules = [*program.modules.values()]
    engine.index_callers(unread.names(program, sources))
    return {
        (module.path, scope.qualname, scope.span): sorted(call.span for call, _ in engine.callers(scope))
        for module in modules
        for scope in (*module.functions, *module.classes)
    }


@pytest.mark.parametrize("project", projects(), ids=lambda project: project.name)
def test_callers_are_those_found_when_every_call_is_asked(
    project: Project, rules: ApiRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = known(dict(project.sources), rules)
    monkeypatch.setattr(callers, "_OF_PYTHON", frozenset())
    assert found == known(dict(project.sources), rules)


@pytest.mark.parametrize(
    ("made", "call"),
    [
        ("class C:\n    def update(self, path):\n        ask(path)", f"C().update{TAGS}"),
        ("class C:\n    update = ask", f"C.update{TAGS}"),
        ("class C:\n    def __init__(self):\n        self.update = ask", f"C().update{TAGS}"),
        ("class C:\n    def __init__(self):\n        self.update = lambda path: ask(path)", f"C().update{TAGS}"),
        ("class C:\n    def __call__(self, path):\n        ask(path)\nclass D:\n    update = C()", f"D().update{TAGS}"),
        ("class C:\n    def __getattr__(self, name):\n        return partial(ask)", f"C().update{TAGS}"),
        (
            "class Ask:\n    def __call__(self, path):\n        ask(path)\n"
            "class C:\n    def __getattr__(self, name):\n        return Ask()",
            f"C().update{TAGS}",
        ),
        ("class C:\n    pass\nc = C()\nc.update = ask", f"c.update{TAGS}"),
        ("class C:\n    pass\nc = C()\nsetattr(c, 'update', ask)", f"c.update{TAGS}"),
        ("c = SimpleNamespace(update=ask)", f"c.update{TAGS}"),
        ("ways = {'update': ask}\nc = SimpleNamespace(**ways)", f"c.update{TAGS}"),
    ],
)
def test_a_call_by_a_name_that_python_uses_too_is_a_call_of_the_programs_own(
    made: str, call: str, rules: ApiRules
) -> None:
    source = f"{SENDING}{made}\n{call}\n"
    told = analyze([("a.py", source.encode())], rules)
    last = source.count("\n")
    assert [(one.endpoint, one.certainty) for one in told.calls] == [("/v2/api/tags", "definite")]
    assert told.calls[0].line == last


def test_a_librarys_method_calls_the_one_that_a_subclass_has_in_its_place(rules: ApiRules) -> None:
    source = dedent("""
        import requests
        class Session(requests.Session):
            def request(self, method, path):
                return requests.request(method, "https://api.withallo.com" + path)
        Session().get("/v2/api/tags")
    """)
    told = analyze([("a.py", source.encode())], rules)
    assert [(one.method, one.endpoint, one.certainty) for one in told.calls] == [("GET", "/v2/api/tags", "definite")]


SETTINGS = """
class Settings:
    def __init__(self):
        self.base = ""
    {update}
current = Settings()
"""
BASE = "https://api.withallo.com"
METHOD = "def update(self, base):\n        self.base = base"


@pytest.mark.parametrize(
    ("update", "ways"),
    [
        (METHOD, "from settings import current as given"),
        (METHOD, "import settings\ngiven = settings.current"),
        (METHOD, "from middle import current as given"),
        (METHOD, "from kit import settings\ngiven = settings.current"),
        (METHOD.replace("update", "_set") + "\n    update = _set", "from settings import current as given"),
    ],
)
def test_a_method_in_a_file_that_is_not_read_yet_has_its_callers(update: str, ways: str, rules: ApiRules) -> None:
    settings = SETTINGS.format(update=update).encode()
    files = {
        "app.py": f"import requests\n{ways}\ndef use(it):\n    it.update('{BASE}')\nuse(given)\n"
        "requests.get(given.base + '/v2/api/tags')\n".encode(),
        "settings.py": settings,
        "middle.py": b"from settings import *\n",
        "kit/__init__.py": b"",
        "kit/settings.py": settings,
    }
    told = analyze(files.items(), rules, entry=["app.py"])
    assert [(one.endpoint, one.certainty) for one in told.calls] == [("/v2/api/tags", "definite")]


def test_names_of_files_not_read_are_those_given_to_something() -> None:
    unread_source = dedent("""
        def pop(): ...
        class count: ...
        copy = pop
        index: int
        setattr(count, "insert", pop)
        make(remove=pop)
        "a format of nothing".split(".")
        if copy == index.join(): pass
    """)
    sources = {"app.py": b"import a.b\n", "a/__init__.py": b"title = 1\n", "a/b.py": unread_source.encode()}
    found = unread.names(program_of(sources, ["app.py"]), sources)
    assert found == {"pop", "count", "copy", "index", "insert", "remove", "title"}
    assert unread.names(program_of(sources, [*sources]), sources) == set()
