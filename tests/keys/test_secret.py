"""A raw key shows itself nowhere."""

from __future__ import annotations

import pickle
import traceback

from samples import PREFIX, body, key

from allo_keyscan.catalog import rules_dir
from allo_keyscan.catalog.keys import key_rules
from allo_keyscan.keys.detect import Detector
from allo_keyscan.keys.secret import Redactor, Secret

SECRET = Secret(key().encode(), PREFIX.encode())
MASKED = f"{PREFIX}…{body()[-4:]}"


def test_every_way_to_print_it_is_masked() -> None:
    assert {repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r}", "%s" % SECRET} == {MASKED, f"Secret({MASKED})"}  # noqa: UP031
    assert f"{SECRET:>40}" == MASKED.rjust(40)


def test_pickling_keeps_only_the_mask() -> None:
    data = pickle.dumps([SECRET])
    assert body()[:20].encode() not in data
    assert pickle.loads(data) == [MASKED]


def test_a_traceback_with_it_is_masked() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        said = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert MASKED in said
    assert body()[:20] not in said


def test_a_short_body_shows_nothing() -> None:
    assert Secret((PREFIX + "Q8vX2mLp").encode(), PREFIX.encode()).masked == f"{PREFIX}…"


def test_the_fingerprint_is_of_rule_value_and_place_alone() -> None:
    same = Secret(key().encode(), PREFIX.encode())
    assert SECRET.fingerprint("leaked-key", "a.py") == same.fingerprint("leaked-key", "a.py")
    others = {
        SECRET.fingerprint("client-side-key", "a.py"),
        SECRET.fingerprint("leaked-key", "b.py"),
        Secret(key(1).encode()).fingerprint("leaked-key", "a.py"),
        SECRET.fingerprint("leaked-key", "a.py"),
    }
    assert len(others) == 4
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in others)


def test_names_of_files_hide_keys_in_any_encoding() -> None:
    detector = Detector(rules_dir())
    hexed = key().encode().hex()
    assert detector.hide(f"a/{key()}/{hexed}.txt") == f"a/{MASKED}/{MASKED}.txt"
    assert detector.hide("a/\udcff/é.txt") == "a/\udcff/é.txt"


def test_the_redactor_masks_what_others_wrote() -> None:
    redact = Redactor(key_rules(rules_dir()).forms)
    assert redact(f"cannot open {key()}.txt and {key(1)}") == f"cannot open {MASKED}.txt and {PREFIX}…{body(1)[-4:]}"
    assert redact(f"{PREFIX}…3A9F") == f"{PREFIX}…3A9F"
