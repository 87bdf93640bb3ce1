"""The case runner itself: what it must not let through."""

from pathlib import Path

import pytest
from expectations import Project, folder_project, missing, unasked

TAGS = "GET /v2/api/tags [TAGS_READ] definite"
HEAD = "import requests\nB = 'https://api.withallo.com/v2/api'\n"


def project(folder: Path, text: str) -> Project:
    (folder / "app.py").write_text(HEAD + text, "utf-8")
    return folder_project("p", folder)


def test_a_call_that_no_line_names_is_said(tmp_path: Path) -> None:
    found = project(tmp_path, f"requests.get(B + '/tags')  # expect: {TAGS}\nrequests.get(B + '/users')\n")
    (one,) = unasked(found, definite=True)
    assert one.startswith("app.py:4 GET /v2/api/users [USERS_READ] definite")
    assert unasked(found, definite=False) == []


def test_an_expectation_holds_for_its_line_certainty_and_endpoint_only(tmp_path: Path) -> None:
    for wanted in (TAGS.replace("definite", "possible"), TAGS.replace("tags", "users"), "unresolved"):
        found = project(tmp_path, f"requests.get(B + '/tags')  # expect: {wanted}\n")
        assert missing(found, found.expectations[0]) != []
        assert len(unasked(found, definite=True)) == 1
    found = project(tmp_path, f"# expect: {TAGS}\nrequests.get(B + '/tags')\n")
    assert missing(found, found.expectations[0]) != []


def test_key_and_via_are_compared_where_they_are_named(tmp_path: Path) -> None:
    wrapped = "def get(path):\n    return requests.get(B + path)\nget('/tags')  # expect: "
    for rest, fine in [
        ("", True),
        (" key=null", True),
        (" key=env:X", False),
        (" via=4", True),
        (" via=3", False),
        (" via=x.py:4", False),
    ]:
        found = project(tmp_path, wrapped + TAGS + rest + "\n")
        assert (missing(found, found.expectations[0]) == []) is fine, rest


def test_a_misspelt_expectation_and_a_project_without_any_are_refused(tmp_path: Path) -> None:
    for text in ("x = 1\n", "x = 1  # expect: GET /v2/api/tags definite\n", f"x = 1  # expect: none; {TAGS}\n"):
        with pytest.raises(ValueError, match="expect"):
            project(tmp_path, text)


def test_what_may_be_said_is_not_demanded_and_not_held_against(tmp_path: Path) -> None:
    found = project(tmp_path, f"# expect: none\nrequests.get(B + '/tags')  # expect: {TAGS}?\n")
    assert unasked(found, definite=True) == []
