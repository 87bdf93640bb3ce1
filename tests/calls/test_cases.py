"""Real-looking code under tests/cases: what each line says is expected of it, and nothing else (tests/cases/README.md).

What the analysis does not do yet stands in tests/cases/pending.txt, one check a line with the reason; an entry that
passes now fails here until it is taken out (`python tests/expectations.py` does that).
"""

import pytest
from expectations import CASES, checks, pending, projects, report

from allo_keyscan.calls.analyze import analyze
from allo_keyscan.catalog.api import ApiRules

CHECKS = checks()
PENDING = pending()


def _parameters() -> list[object]:
    return [
        pytest.param(
            name,
            id=name,
            marks=[pytest.mark.xfail(strict=True, reason=PENDING[name], raises=AssertionError)]
            if name in PENDING
            else [],
        )
        for name in CHECKS
    ]


@pytest.mark.parametrize("name", _parameters())
def test_case(name: str) -> None:
    assert CHECKS[name]() == []


@pytest.mark.parametrize("project", projects(), ids=lambda project: project.name)
def test_every_file_is_parsed(project) -> None:  # type: ignore[no-untyped-def]
    assert report(project).skipped == ()


def test_pending_names_checks_that_are_there() -> None:
    assert sorted(set(PENDING) - set(CHECKS)) == []
    assert [name for name, reason in PENDING.items() if not reason] == []


def test_every_client_has_a_case_file(rules: ApiRules) -> None:
    """A new HTTP library comes with `tests/cases/scopes/<id>_….py`, in which it is the client of a call."""
    for client in rules.clients:
        named = sorted((CASES / "scopes").glob(client.id + "_*.py"))
        assert named, f"no tests/cases/scopes/{client.id}_*.py"
        calls = analyze([(path.name, path.read_bytes()) for path in named], rules).calls
        assert client.id in {call.client for call in calls}
