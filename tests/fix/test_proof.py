"""The proof refuses what would change more than a key, and what a key's place would not be any more."""

from __future__ import annotations

import pytest

from allo_keyscan.fix import Unprovable
from allo_keyscan.fix.config import _difference, _Scalar
from allo_keyscan.fix.proof import Stretch, comments, parsed, prove, still_compiles

READ = (("os.environ['N']", "value"),)


def stretch(text: str, value: str | None = None) -> Stretch:
    """The expression of the second line, from its fifth column to its eleventh."""
    return Stretch((2, 4), (2, 11), text, READ, value)


@pytest.mark.parametrize(
    ("old", "new", "one", "dropped", "right"),
    [
        ("\nk = 'value'\n", "import os\n\nk = os.environ['N']\n", stretch("os.environ['N']"), [], True),
        ("\nk = 'value'\n", "import os\n\nk = os.environ['N'] + 1\n", stretch("os.environ['N']"), [], False),
        ("\nk = 'value'\n", "import os\n\nk = os.environ['N']\nx = 1\n", stretch("os.environ['N']"), [], False),
        ("\nk = 'value'\n", "\nk = os.environ['N']\n", stretch("os.environ['N']"), [], False),
        ("\nk = 'other'\n", "import os\n\nk = os.environ['N']\n", stretch("os.environ['N']"), [], False),
        ("\nk = 'value'\n", "import os\n\nk = os.environ['M']\n", stretch("os.environ['M']"), [], False),
        ("\nk = 'value'\n", "import os\n\nk = f'{os.environ[\"N\"]}'\n", stretch("f'{os.environ[\"N\"]}'"), [], True),
        (
            "\nk = 'value'\n",
            "import os\n\nk = f'{os.environ[\"N\"]!r}'\n",
            stretch("f'{os.environ[\"N\"]!r}'"),
            [],
            False,
        ),
        ("\nk = a + 'lu'\n", "import os\n\nk = os.environ['N']\n", stretch("os.environ['N']", "value"), [], False),
        ("\nk = a + bcd\n", "import os\n\nk = os.environ['N']\n", stretch("os.environ['N']", "value"), [], True),
        (
            "\nk = a + bcd\nb = 1\n",
            "import os\n\nk = os.environ['N']\n",
            stretch("os.environ['N']", "value"),
            [3],
            True,
        ),
        ("\nk = a + bcd\nb()\n", "import os\n\nk = os.environ['N']\n", stretch("os.environ['N']", "value"), [3], False),
    ],
)
def test_what_is_proved(old: str, new: str, one: Stretch, dropped: list[int], right: bool) -> None:
    statement = "import os"
    if right:
        prove(parsed(old), new, [one], statement, dropped)
    else:
        with pytest.raises(Unprovable):
            prove(parsed(old), new, [one], statement, dropped)


def test_a_program_stays_one() -> None:
    future = "from __future__ import annotations\n"
    still_compiles(future, f"'text'\n{future}")
    still_compiles("return\n", f"import os\n{future}")
    with pytest.raises(Unprovable):
        still_compiles(future, f"import os\n{future}")


def test_comments_are_told_in_order() -> None:
    assert comments("a = 1  # one\r\n# two\n'# none'\n") == ["# one", "# two"]
    with pytest.raises(Unprovable):
        comments("a = (\n")


SAME = "the changed file would not say the same: write the variable there by hand"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (["a", "b K"], ["a", "b V"], ""),
        (["a", "K"], ["b", "V"], SAME),
        (["K", "K"], ["V", "V"], SAME),
        (["K K"], ["V K"], ""),
        (["K K"], ["V V"], SAME),
        (["K"], ["V", "x"], SAME),
        (["a"], ["a"], "it stands in a comment: delete it there"),
    ],
)
def test_one_value_of_a_document_differs(before: list[str], after: list[str], reason: str) -> None:
    old, new = ([_Scalar(str(number), text) for number, text in enumerate(texts)] for texts in (before, after))
    assert _difference(old, new, "K", "V", whole=False) == reason
    moved = [one._replace(where=f"x{one.where}") for one in new]
    assert _difference(old, moved, "K", "V", whole=False) == SAME


def test_a_value_that_must_be_the_key_alone() -> None:
    assert _difference([_Scalar("", "a K")], [_Scalar("", "a V")], "K", "V", whole=True) != ""
