"""Rarer forms of zip, tar, ar and PDF that the standard library does not write by itself, built here byte by byte."""

import base64
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import pytest
from samples import key

from allo_keyscan.model import Origin, Skipped
from allo_keyscan.sources.containers import Budget, Limits, members

KEY = key(length=20).encode()
FULL = 2**32 - 1


def opened(data: bytes, name: str) -> tuple[dict[str, bytes], list[Skipped]]:
    leaves: dict[str, bytes] = {}
    skips: list[Skipped] = []
    for item in members(io.BytesIO(data), Origin(name), Limits(), Budget()):
        if isinstance(item, Skipped):
            skips.append(item)
        else:
            leaves[item.origin.member or ""] = b"".join(item.chunks)
    leaves.pop("(names)", None)
    return leaves, skips


class Unseekable(io.BytesIO):
    """Makes zipfile write data descriptors, as for a pipe."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def entry(packed: bytes, method: int, content: bytes, wide: bool = False) -> bytes:
    """A zip of one entry `x`; with `wide`, sizes and offset stand in the zip64 field alone."""
    crc, shown = zlib.crc32(content), (FULL, FULL) if wide else (len(packed), len(content))
    extra = struct.pack("<HHQQQ", 1, 24, len(content), len(packed), 0) if wide else b""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, method, 0, 0, crc, *shown, 1, len(extra)) + b"x" + extra
    tail = (1, len(extra), 0, 0, 0, 0, FULL if wide else 0)
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, method, 0, 0, crc, *shown, *tail) + b"x" + extra
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    return local + packed + central + end


def block(name: bytes, kind: bytes, size: bytes, patch: dict[int, bytes] | None = None) -> bytes:
    """A ustar header with a right checksum."""
    header = bytearray(512)
    header[: len(name)], header[156:157], header[124 : 124 + len(size)] = name, kind, size
    header[257:265] = b"ustar\00000"
    for at, value in (patch or {}).items():
        header[at : at + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def test_output_that_ends_at_the_bounds_of_a_piece_is_whole() -> None:
    for size in range((1 << 18) - 300, (1 << 18) + 300, 7):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        content = bytes(size)
        packed = packer.compress(content) + packer.flush()
        assert opened(entry(packed, 8, content), "a.zip") == ({"x": content}, [])


def test_zip64_sizes_and_offset_stand_in_for_those_that_are_full() -> None:
    assert opened(entry(KEY, 0, KEY, wide=True), "a.zip") == ({"x": KEY}, [])


def test_lzma_in_a_zip_may_lack_its_end_mark() -> None:
    content = KEY * 30
    alone = lzma.compress(content, lzma.FORMAT_ALONE)
    properties, stream = alone[:5], alone[13:]
    for cut in range(len(stream), 0, -1):
        decoder = lzma.LZMADecompressor(lzma.FORMAT_ALONE)
        if decoder.decompress(alone[:13] + stream[:cut]) == content and not decoder.eof:
            break
    packed = b"\x09\x04" + struct.pack("<H", 5) + properties + stream[:cut]
    assert opened(entry(packed, 14, content), "a.zip") == ({"x": content}, [])
    assert opened(entry(packed[:-30], 14, content), "a.zip")[1] == [
        Skipped("a.zip!x", "truncated: the compressed data ends early", incomplete=False)
    ]


def test_methods_nobody_here_can_read_are_told() -> None:
    assert opened(entry(KEY, 9, KEY), "a.zip")[1] == [
        Skipped("a.zip!x", "compressed with deflate64: contents not read", incomplete=False)
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_entries_with_data_descriptors_with_and_without_the_central_directory(method: int) -> None:
    file = Unseekable()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a", KEY)
        archive.writestr("b", b"2" * 99)
    data = file.getvalue()
    assert opened(data, "a.zip") == ({"a": KEY, "b": b"2" * 99}, [])
    cut = data[: data.index(b"PK\1\2")]
    leaves, skips = opened(cut, "a.zip")
    assert leaves == {"a": KEY, "b": b"2" * 99, "": cut}
    assert skips == [Skipped("a.zip", "truncated or malformed: it has no central directory", incomplete=False)]


def test_a_stored_member_cut_short_is_named() -> None:
    data = entry(KEY, 0, KEY)[: 31 + 20]
    leaves, skips = opened(data, "a.zip")
    assert leaves == {"x": KEY[:20], "": data}
    assert skips[0] == Skipped("a.zip!x", "truncated: the archive ends inside this member", incomplete=False)


def test_unusual_extra_fields_are_a_leaf() -> None:
    info = zipfile.ZipInfo("a")
    info.extra = struct.pack("<HH", 0x7075, len(KEY)) + KEY
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, b"1")
    leaves, skips = opened(file.getvalue(), "a.zip")
    assert (leaves["a"], KEY in leaves["(extra)"], skips) == (b"1", True, [])


def test_a_tar_size_in_base_256() -> None:
    size = b"\x80" + len(KEY).to_bytes(11, "big")
    data = block(b"a", b"0", size) + padded(KEY) + block(b"b", b"0", b"%011o" % 1) + padded(b"2")
    assert opened(data, "a.tar") == ({"a": KEY, "b": b"2"}, [])


def test_a_sparse_tar_whose_map_goes_on_in_more_headers() -> None:
    sparse = block(b"a", b"S", b"%011o" % len(KEY), {257: b"ustar  \0", 482: b"\1"})
    more = bytearray(512)
    more[0:24] = b"%011o\0%011o\0" % (1 << 20, 4)
    data = sparse + bytes(more) + padded(KEY) + block(b"b", b"0", b"%011o" % 1) + padded(b"2")
    assert opened(data, "a.tar") == ({"a": KEY, "b": b"2"}, [])


def test_tars_one_after_the_other_and_a_hard_link() -> None:
    link = block(b"h", b"1", b"%011o" % len(KEY), {157: b"a"})
    data = block(b"a", b"0", b"%011o" % len(KEY)) + padded(KEY) + link + bytes(1024)
    assert opened(data + block(b"b", b"0", b"%011o" % 1) + padded(b"2"), "a.tar") == ({"a": KEY, "b": b"2"}, [])


def test_a_member_left_unread_hides_nothing_behind_it() -> None:
    noise = bytes(range(1, 256)) * 9000
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in (("a", noise), ("b", KEY)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    found: dict[str, bytes] = {}
    for item in members(file, Origin("a.tar"), Limits(), Budget()):
        assert not isinstance(item, Skipped)
        found[item.origin.member or ""] = next(item.chunks)
    assert (noise.startswith(found["a"]), found["b"], found["(names)"]) == (True, KEY, b"a\nb\n")


def test_an_encrypted_pdf_is_told_once() -> None:
    data = b"%PDF-1.4\n1 0 obj <<>> stream\n" + KEY + b"\nendstream endobj trailer <</Encrypt 2 0 R>>"
    leaves, skips = opened(data, "a.pdf")
    assert leaves == {"(document)": data.replace(KEY + b"\n", b"")}
    assert skips == [Skipped("a.pdf", "encrypted: the contents of its streams were not read", incomplete=False)]


def test_pdf_text_lines_escapes_spaces_and_base_85() -> None:
    page = b"BT (a\\050b\\)) Tj 0 -14 Td [(c)-300(d)] TJ (e) ' 1 0 0 1 9 9 Tm (f(g)h) Tj 1 0 0 1 50 9 Tm <69> Tj ET"
    encoded = base64.a85encode(page, adobe=True)[2:]
    data = b"%PDF-1.4\n1 0 obj <</Filter [/A85]>> stream\n" + encoded + b"\nendstream"
    leaves, skips = opened(data, "a.pdf")
    assert skips == []
    assert leaves["stream 1"] == page
    assert leaves["stream 1 text"] == b"a(b)\nc d\ne\nf(g)hi\n"
