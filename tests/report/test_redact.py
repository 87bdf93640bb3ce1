"""Every text of a value has its keys masked, however deep it stands and however often it is shared."""

from __future__ import annotations

from samples import key

from allo_keyscan.model import Place, Skipped
from allo_keyscan.report.redact import cleaned


def test_texts_at_any_depth_are_masked_and_types_are_kept() -> None:
    value = (Skipped(f"a/{key()}.txt", "unreadable"), (Place(f"b/{key(2)}.py", 3), 7, None))
    skipped, (place, *rest) = cleaned(value)
    assert (type(skipped), type(place), rest) == (Skipped, Place, [7, None])
    assert key() not in repr(skipped)
    assert (key(2) in place.path, place.line) == (False, 3)


def test_what_many_findings_share_is_masked_once() -> None:
    """An audit of one key in 800 places took 12 s for its 800 findings, which share what is said of the key."""
    value: object = (f"leak {key()}",)
    for _ in range(200):  # 2**200 ways through it
        value = (value, value)
    masked = cleaned(value)
    while isinstance(masked, tuple) and len(masked) == 2:
        assert masked[0] is masked[1]
        masked = masked[0]
    assert isinstance(masked, tuple)
    assert key() not in masked[0]
