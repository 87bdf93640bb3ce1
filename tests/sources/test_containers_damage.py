"""Containers made to break or to flood the reader: no exception, the readable part out, bounded time and memory."""

import bz2
import gzip
import io
import lzma
import random
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import key

from allo_keyscan.model import Origin, Skipped
from allo_keyscan.sources.containers import Budget, Limits, members

KEY = key(length=20).encode()
NOISE = random.Random(7).randbytes(3000)
SECONDS = 60  # for what takes at most four on a machine that does nothing else


def opened(data: bytes | BinaryIO, name: str, limits: Limits | None = None) -> tuple[dict[str, bytes], list[Skipped]]:
    """Leaves by member name ("" for raw bytes), of those longer than 1 MiB the beginning, and what was skipped."""
    leaves: dict[str, bytes] = {}
    skips: list[Skipped] = []
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    for item in members(file, Origin(name), limits or Limits(), Budget()):
        if isinstance(item, Skipped):
            skips.append(item)
            continue
        content = b""
        for piece in item.chunks:
            assert 0 < len(piece) <= 1 << 20
            if len(content) < 1 << 20:
                content += piece
        leaves.setdefault(item.origin.member or "", content)
    return leaves, skips


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(entries: dict[str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def zeros_in_zip(total: int) -> bytes:
    """A zip of one member of `total` zeros, made by repeating the compressed form of 1 MiB of them."""
    part = zlib.compressobj(9, zlib.DEFLATED, -15)
    unit = part.compress(bytes(1 << 20)) + part.flush(zlib.Z_FULL_FLUSH)
    body = unit * (total >> 20) + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    wide = struct.pack("<HHQQ", 1, 16, total, len(body))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 8, 0, 0, 0, 2**32 - 1, 2**32 - 1, 1, len(wide)) + b"z" + wide
    sizes = (0, 2**32 - 1, 2**32 - 1, 1, len(wide))
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, 0) + b"z" + wide
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + len(body), 0)
    return local + body + central + end


SAMPLES = {
    "a.zip": zipped({"first": KEY, "n.gz": gzip.compress(NOISE), "last": NOISE + KEY}),
    "s.zip": zipped({"first": KEY, "n.tar": tarred({"x": KEY}), "word/document.xml": b"<w:t>a"}, zipfile.ZIP_STORED),
    "l.zip": zipped({"first": KEY, "last": NOISE}, zipfile.ZIP_LZMA),
    "a.tar": tarred({"first": KEY, "n.zip": zipped({"x": KEY}), "last": NOISE}),
    "p.tar": tarred({"first": KEY, "é" * 120: NOISE}, tarfile.PAX_FORMAT),
    "a.tar.gz": gzip.compress(tarred({"first": KEY, "last": NOISE})),
    "a.tar.bz2": bz2.compress(tarred({"first": KEY, "last": NOISE})),
    "a.tar.xz": lzma.compress(tarred({"first": KEY, "last": NOISE})),
    "a.tlz": lzma.compress(tarred({"first": KEY, "last": NOISE}), lzma.FORMAT_ALONE),
    "a.a": b"!<arch>\n%-16s%-32d%-10d`\n" % (b"first/", 0, len(KEY)) + KEY
    + b"%-16s%-32d%-10d`\n" % (b"last/", 0, len(NOISE)) + NOISE,
    "a.pdf": b"%PDF-1.4\n1 0 obj <</Filter/FlateDecode>>\nstream\n" + zlib.compress(b"BT (" + KEY + b") Tj ET " + NOISE)
    + b"\nendstream endobj\n<< /Encryp >>",
}  # fmt: skip


@pytest.mark.parametrize("name", ["a.zip", "s.zip", "l.zip", "a.tar", "p.tar", "a.tar.gz", "a.tar.xz", "a.tlz", "a.a"])
def test_a_truncated_container_gives_what_stands_before_the_end(name: str) -> None:
    whole = SAMPLES[name]
    lengths = sorted({*range(min(1200, len(whole))), *range(1200, len(whole), 61), len(whole) - 1})
    shortest = next(length for length in lengths if KEY in opened(whole[:length], name)[0].get("first", b""))
    assert shortest < len(whole) / 2
    for length in lengths:
        leaves, skips = opened(whole[:length], name)
        assert not any(skip.incomplete for skip in skips)
        if length >= shortest:
            assert leaves["first"].startswith(KEY)
        if length < len(whole) - 11_000:
            assert skips or length < 600


def test_a_truncated_gzip_gives_every_byte_before_the_end_and_its_raw_bytes() -> None:
    text = b"".join(b"line %d\n" % number for number in range(20_000))
    cut = gzip.compress(text)[:-2000]
    leaves, skips = opened(cut, "a.log.gz")
    assert leaves["a.log"] == zlib.decompressobj(31).decompress(cut)
    assert leaves[""] == cut
    assert skips == [Skipped("a.log.gz", "truncated: the compressed data ends early", incomplete=False)]


def test_damage_in_deflate_costs_no_byte_before_it() -> None:
    part = zlib.compressobj(9, zlib.DEFLATED, 31)
    good = part.compress(NOISE * 20 + KEY) + part.flush(zlib.Z_FULL_FLUSH)
    leaves, skips = opened(good + b"\xff" * 9, "a.gz")
    assert leaves["a"] == NOISE * 20 + KEY
    assert skips == [Skipped("a.gz", "malformed compressed data (zlib.error)", incomplete=False)]


def test_damage_in_one_member_leaves_the_others() -> None:
    data = bytearray(zipped({"a": b"1", "n.tar.gz": gzip.compress(tarred({"f": NOISE * 9, "g": KEY})), "z": KEY}))
    data[data.index(b"n.tar.gz") + 1500] ^= 0xFF
    leaves, skips = opened(bytes(data), "a.zip")
    assert (leaves["a"], leaves["z"]) == (b"1", KEY)
    assert leaves["n.tar.gz!f"][:1000] == NOISE[:1000]
    assert {skip.path for skip in skips} <= {"a.zip!n.tar.gz", "a.zip!n.tar.gz!f"}
    assert skips


def test_a_damaged_tar_gives_the_rest_raw() -> None:
    data = bytearray(tarred({"a": b"1", "b": b"2", "c": KEY}))
    data[1024 + 20] ^= 1
    leaves, skips = opened(bytes(data), "a.tar")
    assert leaves["a"] == b"1"
    assert leaves[""] == bytes(data[1024:])
    assert skips == [Skipped("a.tar", "malformed header", incomplete=False)]


@pytest.mark.parametrize(
    "start", [b"PK\3\4", b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\0", b"!<arch>\n", b"070701", bytes(257) + b"ustar"]
)
def test_what_only_begins_like_a_container_is_a_leaf_as_it_stands(start: bytes) -> None:
    data = start + b" is not one " * 60 + KEY
    leaves, skips = opened(data, "odd")
    assert KEY in leaves[""]
    assert [skip.path for skip in skips] == ["odd"]
    leaves, skips = opened(gzip.compress(data), "odd.gz")
    assert KEY in leaves.get("odd", leaves.get("", b""))
    assert not any(skip.incomplete for skip in skips)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_bit_flips_never_raise(name: str, data: st.DataObject) -> None:
    broken = bytearray(SAMPLES[name])
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=6)):
        broken[at] ^= 1 << data.draw(st.integers(0, 7))
    opened(bytes(broken), name, Limits(bytes=1 << 26))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.binary(max_size=200), st.integers(0, 200))
def test_a_container_with_other_bytes_in_it_never_raises(name: str, other: bytes, at: int) -> None:
    opened(SAMPLES[name][:at] + other + SAMPLES[name][at:], name, Limits(bytes=1 << 26))


def test_reasons_hold_nothing_of_the_data() -> None:
    for name, whole in SAMPLES.items():
        for cut in range(0, len(whole), 97):
            broken = whole[:cut] + KEY + whole[cut + len(KEY) :]
            _, skips = opened(broken, name, Limits(bytes=1 << 26))
            assert not any(KEY[3:].decode() in skip.reason for skip in skips)


def test_a_file_that_cannot_be_read_is_told() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= 1 << 18:
                raise PermissionError("no")
            return super().read(size)

    leaves, skips = opened(Failing(tarred({"a": KEY, "b": NOISE * 200})), "a.tar")
    assert leaves["a"] == KEY
    assert skips == [Skipped("a.tar", "could not be read (PermissionError)", incomplete=True)]


def test_a_bomb_is_left_and_the_next_member_read() -> None:
    inner = zeros_in_zip(10 << 30)
    data = zipped({"bomb.zip": inner, "after": KEY}, zipfile.ZIP_STORED)
    begun = time.monotonic()
    leaves, skips = opened(data, "a.zip")
    assert time.monotonic() - begun < SECONDS
    assert leaves["after"] == KEY
    assert skips == [Skipped("a.zip!bomb.zip!z", "expands more than 1,000 times: the rest was not read")]


def test_bombs_in_bombs_end() -> None:
    layer = zipped({"0.dll": bytes(64 << 20)})
    for _ in range(4):
        layer = zipped({f"lib {number}.zip": layer for number in range(16)})
    begun = time.monotonic()
    leaves, skips = opened(zipped({"first": KEY, "x": layer}), "42.zip")
    assert time.monotonic() - begun < SECONDS
    assert leaves["first"] == KEY
    assert skips[-1].reason == "contents of more than 1,000 times the file's size: the rest was not read"
    assert skips[-1].incomplete


def test_depth_is_bounded_and_the_container_there_is_a_leaf() -> None:
    layers = [KEY]
    for _ in range(30):
        layers.append(gzip.compress(layers[-1]))
    leaves, skips = opened(layers[-1], "q.gz")
    assert leaves == {"q!q!q!q!q!q": layers[-7]}
    assert skips == [Skipped("q.gz!q!q!q!q!q!q", "nested deeper than 6 containers: not opened")]
    assert opened(layers[2], "q.gz", Limits(depth=2)) == ({"q!q": KEY}, [])


def test_a_tar_that_claims_ten_gigabytes() -> None:
    info = tarfile.TarInfo("big")
    info.size = 10 << 30
    for data, name in ((info.tobuf() + KEY, "a.tar"), (gzip.compress(info.tobuf() + KEY), "a.tgz")):
        leaves, skips = opened(data, name)
        assert leaves["big"] == KEY
        assert skips == [Skipped(f"{name}!big", "truncated: the archive ends inside this member", incomplete=False)]


def test_the_number_of_members_is_bounded() -> None:
    data = zipped({f"m{number}": b"%d" % number for number in range(50)})
    leaves, skips = opened(data, "a.zip", Limits(members=20))
    assert [name for name in leaves if name != "(names)"] == [f"m{number}" for number in range(20)]
    assert skips == [Skipped("a.zip", "more than 20 members: the rest was not read")]
    _, skips = opened(gzip.compress(b"") * 50 + gzip.compress(KEY), "a.gz", Limits(members=20))
    assert skips == [Skipped("a.gz", "more than 20 members: the rest was not read")]


def test_the_bytes_and_the_seconds_are_bounded() -> None:
    data = zipped({"a": NOISE, "b": NOISE, "c": NOISE}, zipfile.ZIP_STORED)
    leaves, skips = opened(data, "a.zip", Limits(bytes=4000))
    assert (leaves["a"], "c" in leaves) == (NOISE, False)
    assert skips == [Skipped("a.zip!b", "more than 4,000 bytes of contents: the rest was not read")]
    _, skips = opened(data, "a.zip", Limits(seconds=0.0))
    assert skips == [Skipped("a.zip", "more than 0 seconds: the rest was not read")]


def test_what_does_not_fit_into_memory_is_opened_at_its_beginning() -> None:
    inner = zipped({"first": KEY, "noise": NOISE * 400, "last": KEY}, zipfile.ZIP_STORED)
    leaves, skips = opened(zipped({"in.zip": inner, "after": KEY}), "a.zip", Limits(nested_bytes=1 << 19))
    assert (leaves["in.zip!first"], leaves["after"]) == (KEY, KEY)
    assert leaves["in.zip"] == inner[: len(leaves["in.zip"])]
    assert skips[0] == Skipped(
        "a.zip!in.zip", "larger than what may be held in memory: only the beginning was opened", incomplete=True
    )
    xml = b"<w:t>a</w:t>" * 60_000
    leaves, skips = opened(zipped({"word/a.xml": xml}), "a.docx", Limits(nested_bytes=1 << 19))
    assert leaves["word/a.xml"] == xml
    assert leaves["word/a.xml text"].strip(b"a") == b""
    assert [(skip.path, skip.incomplete) for skip in skips] == [("a.docx!word/a.xml", True)]


def overlapping(data: bytes, times: int) -> bytes:
    """A zip that lists one entry many times."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(data), 0, 1, 0) + b"x" + data
    sizes = (0, len(data), 0, 1, 0)
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, 0) + b"x"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, times % 9999, times % 9999, len(central) * times, len(local), 0)
    return local + central * times + end


def damaged_late() -> bytes:
    part = zlib.compressobj(9, zlib.DEFLATED, -15)
    return part.compress(NOISE * 20) + part.flush(zlib.Z_FULL_FLUSH) + b"\7" * 9


FLOODS: dict[str, tuple[Callable[[], bytes], bool]] = {
    "overlap.zip": (lambda: overlapping(damaged_late(), 20_000), True),
    "nothing.zip": (lambda: overlapping(b"\0\0\0\xff\xff" * 200_000, 300), False),
    "magic.zip": (lambda: b"PK\3\4" * (4 << 20), True),
    "open.pdf": (lambda: b"%PDF-1.4\nstream\nBT " + b"\\(" * (2 << 20) + b"endstream\n", False),
    "streams.pdf": (lambda: b"%PDF-1.4\n" + b"stream\nx\nendstream\n" * 120_000, True),
    "empties.gz": (lambda: gzip.compress(b"") * 120_000, True),
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods_end_in_bounded_time(name: str) -> None:
    make, capped = FLOODS[name]
    data = make()
    begun = time.monotonic()
    _, skips = opened(data, name)
    assert time.monotonic() - begun < SECONDS
    assert any(skip.incomplete for skip in skips) == capped


MEASURED = """
import re, sys
from allo_keyscan.model import Origin, Skipped
from allo_keyscan.sources.containers import Budget, Limits, members
with open(sys.argv[1], "rb") as file:
    for item in members(file, Origin("x"), Limits(), Budget()):
        if isinstance(item, Skipped): print(item.reason)
        else:
            for piece in item.chunks: pass
with open("/proc/self/status") as status:  # ru_maxrss would begin with the parent's
    print(int(re.search(r"VmHWM:\\s*(\\d+)", status.read())[1]) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("kind", ["zeros", "members", "nested"])
def test_memory_stays_bounded(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    if kind == "zeros":
        data, reason = zeros_in_zip(10 << 30), "expands more than 1,000 times"
    elif kind == "members":
        data, reason = overlapping(b"\3\0", 120_000), "more than 100,000 members"
    else:
        big = zipped({"r": NOISE * 25_000, "s": KEY}, zipfile.ZIP_STORED)
        data = zipped({"w.zip": zipped({"a.zip": big, "b.zip": big}, zipfile.ZIP_STORED)}, zipfile.ZIP_STORED)
        reason = "larger than what may be held in memory"
    path = tmp_path_factory.mktemp("bomb") / "x"
    path.write_bytes(data)
    run = subprocess.run([sys.executable, "-c", MEASURED, path], check=True, capture_output=True, text=True)
    *reasons, mebibytes = run.stdout.splitlines()
    assert any(line.startswith(reason) for line in reasons)

    assert int(mebibytes) < 200
