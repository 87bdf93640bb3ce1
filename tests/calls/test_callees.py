"""Which callees may send, told from names: the ways on which an HTTP library's callable gets another one."""

from textwrap import dedent

import pytest

from allo_keyscan.calls import clients
from allo_keyscan.calls.analyze import analyze
from allo_keyscan.calls.callees import Callees
from allo_keyscan.calls.facts import Attribute, ModuleFacts
from allo_keyscan.calls.read import read_module
from allo_keyscan.catalog.api import ApiRules


def sending(source: str, rules: ApiRules) -> set[str]:
    """The names of the attributes that a module calls and that may send."""
    module = read_module("a.py", dedent(source).encode())
    assert isinstance(module, ModuleFacts)
    known = Callees([module], clients.sending(rules))
    funcs = [call.func for call in module.calls if isinstance(call.func, Attribute)]
    return {func.name for func in funcs if known.may_send(func)}


@pytest.mark.parametrize(
    "bound",
    [
        "class C:\n    def __init__(self, session):\n        self.ask = session.get",
        "class C:\n    ask = staticmethod(requests.get)",
        "class C:\n    @property\n    def ask(self):\n        return requests.get",
        "class C:\n    def __init__(self, ask):\n        self.ask = ask",
        "c = make()\nc.ask = requests.get if fast else slow",
        "c = SimpleNamespace(ask=requests.get)",
        "C = namedtuple('C', 'key, ask')",
        "setattr(c, 'ask', requests.get)",
        "class C:\n    fetch = requests.get\n    ask = fetch",
        "from other import get as ask",
        "class C:\n    def __getattr__(self, name):\n        return requests.get",
        "class C:\n    def __getattr__(self, name):\n        return partial(requests.request, name)",
    ],
)
def test_a_name_that_may_stand_for_a_librarys_callable_may_send(bound: str, rules: ApiRules) -> None:
    assert "ask" in sending(f"{bound}\n\ndef use(c):\n    c.ask(URL)\n", rules)


@pytest.mark.parametrize(
    "bound",
    [
        "",
        "class C:\n    def ask(self, url):\n        return requests.get(url)",
        "ask = 'text'",
        "class C:\n    ask = str.strip",
        "class C:\n    def __getattr__(self, name):\n        return getattr(self.inner, name)",
        "class C:\n    def __getattr__(self, name):\n        return _Resource(self, name)",
    ],
)
def test_a_function_of_the_program_or_a_text_is_none(bound: str, rules: ApiRules) -> None:
    assert sending(f"{bound}\n\ndef use(c):\n    c.ask(URL)\n    c.get(URL)\n", rules) == {"get"}


def test_a_callable_under_another_name_is_found_in_another_module(rules: ApiRules) -> None:
    files = {
        "kit.py": "import requests\n\nclass Kit:\n    def __init__(self):\n        self.ask = requests.get\n",
        "use.py": "from kit import Kit\n\ndef tags(kit):\n    kit.ask('https://api.withallo.com/v2/api/tags')\n\ntags(Kit())\n",
    }
    found = analyze(((path, text.encode()) for path, text in files.items()), rules)
    assert [(call.path, call.line, call.endpoint) for call in found.calls] == [("use.py", 4, "/v2/api/tags")]
