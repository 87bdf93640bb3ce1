"""Real-looking code under tests/cases/scopes: what each line says is expected of it, and nothing else."""

import re
from pathlib import Path

import pytest

from allo_keyscan.calls.analyze import analyze
from allo_keyscan.catalog.api import ApiRules
from allo_keyscan.model import Call

CASES = sorted((Path(__file__).parents[1] / "cases" / "scopes").glob("*.py"))
_CALL = re.compile(
    r"(?P<method>[A-Z]+) (?P<path>\S+) \[(?P<scopes>[A-Z_, ]*)\] (?P<certainty>definite|possible)"
    r"(?: key=(?P<key>\S+))?(?: via=(?P<via>[\d,]+))?(?: conflict=(?P<conflict>[A-Z_,]+))?"
)


def expected(text: str) -> set[tuple[int, str]]:
    """(line, expectation) of every `# expect:` comment, expectations in one spelling."""
    found = set()
    for number, line in enumerate(text.splitlines(), 1):
        _, mark, wanted = line.partition("# expect: ")
        for one in wanted.split("; ") if mark else []:
            assert one == "unresolved" or _CALL.fullmatch(one), f"line {number}: {one!r} is not an expectation"
            found.add((number, one))
    return found


def spelled(call: Call, wanted: set[tuple[int, str]]) -> tuple[int, str]:
    """A call as an expectation; its key is compared only where the line names one."""
    text = f"{call.method} {call.endpoint or 'null'} [{', '.join(call.scopes)}] {call.certainty}"
    named = any(line == call.line and one.startswith(text) and " key=" in one for line, one in wanted)
    text += f" key={call.key}" if named else ""
    text += f" via={','.join(str(place.line) for place in call.via)}" if call.via else ""
    text += f" conflict={','.join(call.conflict)}" if call.conflict else ""
    return call.line, text


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_line_gives_what_it_says(path: Path, rules: ApiRules) -> None:
    wanted = expected(path.read_text("utf-8"))
    found = analyze([(path.name, path.read_bytes())], rules)
    assert found.unparsed == ()
    got = {spelled(call, wanted) for call in found.calls}
    got |= {(item.call.line, "unresolved") for item in found.unresolved}
    assert got == wanted


def test_every_client_has_a_case_file(rules: ApiRules) -> None:
    """A new HTTP library comes with `tests/cases/scopes/<id>_….py`, in which it is the client of a call."""
    for client in rules.clients:
        named = [path for path in CASES if path.stem.startswith(client.id + "_")]
        assert named, f"no tests/cases/scopes/{client.id}_*.py"
        calls = analyze([(path.name, path.read_bytes()) for path in named], rules).calls
        assert client.id in {call.client for call in calls}
