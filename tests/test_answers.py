"""answers: the second search of the same files gives the same without looking; anything else is looked at."""

import json
import shutil
from pathlib import Path

import pytest
from canaries import unused

from allo_keyscan import answers, modules
from allo_keyscan.cache import Cache
from allo_keyscan.calls.outcome import ModuleCalls, Searched
from allo_keyscan.catalog.api import api_rules
from allo_keyscan.modules import search

ROOT = Path(__file__).parents[1]
RULES = api_rules(str(ROOT / "rules"))
CASES = {path.name: path.read_bytes() for path in sorted((ROOT / "tests" / "cases" / "scopes").glob("*.py"))}
APP = b'import requests\nrequests.get("https://api.withallo.com/v2/api/tags")\n'
BROKEN = b'"https://api.withallo.com"\ndef f(:\n'


def test_an_answer_is_the_same_when_it_comes_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = CASES | {"app.py": APP, "broken.py": BROKEN, "test_app.py": APP}
    cache = Cache(str(tmp_path), "1")
    first = search(files, RULES, tests={"test_app.py"}, cache=cache)
    assert first.found is not None
    assert first.found.remarks
    assert first.found.unresolved
    assert [skip.path for skip in first.unread] == ["broken.py"]
    assert first.test_calls == 1
    monkeypatch.setattr(modules, "_searched", None)
    assert search(files, RULES, tests={"test_app.py"}, cache=cache) == first


def test_a_name_tells_apart_all_that_an_answer_depends_on(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    files = {"a.py": APP, "b.py": b"x"}
    names = [
        answers.name(files, (), str(rules)),
        answers.name(files, {"a.py"}, str(rules)),
        answers.name({"a.py": APP + b"x", "b.py": b""}, (), str(rules)),
        answers.name({"a.py": APP, "c.py": b"x"}, (), str(rules)),
        answers.name({"a.py": APP}, (), str(rules)),
        answers.name({"b.py": APP, "a.py": b"x"}, (), str(rules)),
    ]
    (rules / "api.toml").write_bytes((rules / "api.toml").read_bytes() + b"\n")
    names.append(answers.name(files, (), str(rules)))
    assert len(set(names)) == len(names)
    assert answers.name(dict(reversed(files.items())), (), str(rules)) == names[-1]


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"calls": [[1]]}', b'{"calls": 3}', b"\xff"])
def test_an_answer_that_is_none_is_made_again(tmp_path: Path, data: bytes) -> None:
    cache = Cache(str(tmp_path), "1")
    name = answers.name({"a.py": APP}, (), RULES.folder)
    cache.put(name, data)
    found = search({"a.py": APP}, RULES, cache=cache)
    assert [call.endpoint for call in found.found.calls if found.found] == ["/v2/api/tags"]  # type: ignore[union-attr]
    assert json.loads(cache.get(name) or b"") != data


def test_an_answer_that_speaks_of_a_key_is_not_kept(tmp_path: Path) -> None:
    (key,) = unused(1)
    for number, text in enumerate((key, key.upper())):
        cache = Cache(str(tmp_path / str(number)), "1")
        source = f'import requests\nrequests.get("https://api.withallo.com/v2/api/{text}/tags")\n'.encode()
        found = search({"a.py": source}, RULES, cache=cache)
        assert found.found is not None
        assert len(found.found.calls) == 1
        assert answers.get(cache, answers.name({"a.py": source}, (), RULES.folder)) is None


def test_nothing_found_is_an_answer_too(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path), "1")
    answers.put(cache, "n", Searched(ModuleCalls()), RULES.folder)
    assert answers.get(cache, "n") == Searched(ModuleCalls())
