"""Containers: what is inside comes out whole, under the right name, whatever wraps it and whatever is broken."""

import bz2
import gzip
import importlib.util
import io
import lzma
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import key

from allo_keyscan.model import Commit, Origin, Skipped
from allo_keyscan.sources.containers import Budget, Limits, members, sniff

KEY = key(length=20).encode()
ZSTD = importlib.util.find_spec("compression") is not None


def opened(data: bytes, name: str, limits: Limits | None = None) -> tuple[dict[str, bytes], list[Skipped]]:
    """Leaves by member name ("" for the container's own raw bytes) and what was skipped."""
    leaves: dict[str, bytes] = {}
    skips: list[Skipped] = []
    for item in members(io.BytesIO(data), Origin(name), limits or Limits(), Budget()):
        if isinstance(item, Skipped):
            skips.append(item)
            continue
        pieces = list(item.chunks)
        assert all(0 < len(piece) <= 1 << 20 for piece in pieces)
        key = item.origin.member or ""
        while key in leaves:
            key += "'"
        leaves[key] = b"".join(pieces)
    return leaves, skips


def files(data: bytes, name: str) -> dict[str, bytes]:
    """The leaves that are files, of a container in which nothing may be wrong."""
    leaves, skips = opened(data, name)
    assert skips == []
    return {key: value for key, value in leaves.items() if not key.endswith("(names)")}


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        archive.comment = comment
    return file.getvalue()


def tarred(entries: dict[str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def arred(entries: dict[str, bytes]) -> bytes:
    parts = [b"!<arch>\n"]
    for name, data in entries.items():
        held, body = (f"{name}/", data) if len(name) < 16 else (f"#1/{len(name)}", name.encode() + data)
        parts.append(f"{held:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(body):<10}`\n".encode() + body)
        parts.append(b"\n" * (len(body) % 2))
    return b"".join(parts)


def cpioed(entries: dict[str, bytes]) -> bytes:
    parts = []
    for name, data in [*entries.items(), ("TRAILER!!!", b"")]:
        raw = name.encode() + b"\0"
        fields = (0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        parts.append(b"070701" + b"".join(b"%08X" % field for field in fields) + raw + bytes(-(110 + len(raw)) % 4))
        parts.append(data + bytes(-len(data) % 4))
    return b"".join(parts)


def in_pdf(streams: list[tuple[str, bytes]]) -> bytes:
    parts = [b"%PDF-1.7\n"]
    for number, (entry, data) in enumerate(streams, 1):
        head = f"{number} 0 obj\n<< /Length {len(data)} {entry} >>\nstream\n".encode()
        parts.append(head + data + b"\nendstream\nendobj\n")
    return b"".join([*parts, b"trailer << /Info (", KEY, b") >>\n%%EOF\n"])


COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
}
ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {"zip": zipped, "tar": tarred, "deb": arred, "cpio": cpioed}


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (zipped({"a": KEY}), "x", "zip"),
        (zipped({}), "x", "zip"),
        (b"#!/usr/bin/env python3\n" + zipped({"a": KEY}), "x.pyz", "zip"),
        (tarred({"a": KEY}), "x", "tar"),
        (tarred({"a": KEY}, tarfile.PAX_FORMAT), "x", "tar"),
        (arred({"a": KEY}), "x", "ar"),
        (cpioed({"a": KEY}), "x", "cpio"),
        *((make(KEY), "x", name) for name, make in COMPRESSED.items()),
        (b"7z\xbc\xaf\x27\x1c\0\4", "x", "7z"),
        (b"%PDF-1.4\n", "x", "pdf"),
        (b"PK is how this prose begins", "x.zip", None),
        (b"BZh9 is no magic yet", "x.bz2", None),
        (b"]\0 brackets" + bytes(20), "x.lzma", None),
        (b"#!/bin/sh\necho\n", "x", None),
        (b"", "x.tar", None),
        (b"a" * 512, "x.tar", None),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)
def test_sniff_goes_by_the_first_bytes(data: bytes, name: str, expected: str | None) -> None:
    assert sniff(data[:512], name) == expected


def test_a_tar_from_before_posix_is_known_by_name_and_checksum() -> None:
    block = bytearray(tarred({"old": KEY})[:512])
    block[257:265] = bytes(8)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    data = bytes(block) + KEY + bytes(512 - len(KEY) + 1024)
    assert sniff(data[:512], "a.tar") == "tar"
    assert sniff(data[:512], "a.bin") is None
    assert files(data, "a.tar") == {"old": KEY}


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=str
)
def test_a_zip_of_each_method(method: int) -> None:
    large = bytes(range(256)) * 4096 + KEY
    leaves = files(zipped({"conf/app.env": KEY, "large": large, "empty": b""}, method), "a.zip")
    assert leaves == {"conf/app.env": KEY, "large": large, "empty": b""}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=str)
def test_a_tar_of_each_form_with_long_names(form: int) -> None:
    name = "d" * 90 + "/" + "f" * 90
    assert files(tarred({name: KEY, "b": b"2"}, form), "a.tar") == {name: KEY, "b": b"2"}
    if form != tarfile.USTAR_FORMAT:
        longer = "é" * 150
        assert files(tarred({longer: KEY, "b": b"2"}, form), "a.tar") == {longer: KEY, "b": b"2"}


def test_names_links_comments_and_pax_records_are_leaves_too() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "all"}) as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, KEY.decode()
        archive.addfile(link)
        plain = tarfile.TarInfo("plain")
        plain.pax_headers = {"SCHILY.xattr.user.token": KEY.decode()}
        archive.addfile(plain, io.BytesIO())
    leaves, skips = opened(file.getvalue(), "a.tar")
    assert skips == []
    assert leaves["(names)"] == b"link -> " + KEY + b"\nplain\n"
    assert leaves["(headers)"] == b"comment=all\nSCHILY.xattr.user.token=" + KEY + b"\n"
    assert leaves["plain"] == b""
    leaves, skips = opened(zipped({"d/": b"", "f": b"1"}, comment=KEY), "a.zip")
    assert leaves == {"f": b"1", "(comment)": KEY + b"\n", "(names)": b"d/\nf\n"}


def test_a_sparse_tar_gives_its_stored_parts() -> None:
    block = bytearray(tarred({"disk": KEY})[:512])
    block[156:157] = b"S"
    block[386:410] = b"%011o\0%011o\0" % (1 << 20, len(KEY))
    block[483:495] = b"%011o\0" % ((1 << 20) + len(KEY))
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    data = bytes(block) + KEY + bytes(512 - len(KEY)) + tarred({"next": b"1"})
    assert files(data, "a.tar") == {"disk": KEY, "next": b"1"}


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_compressed_files_and_what_their_content_is_called(suffix: str) -> None:
    compress = COMPRESSED[suffix]
    assert files(compress(KEY), f"logs/app.log.{suffix}") == {"app.log": KEY}
    assert files(compress(tarred({"d/f": KEY})), f"app.tar.{suffix}") == {"d/f": KEY}
    assert files(zipped({f"x.tar.{suffix}": compress(tarred({"d/f": KEY}))}), "a.zip") == {f"x.tar.{suffix}!d/f": KEY}
    assert files(compress(compress(KEY)), f"a.{suffix}") == {"a!a": KEY}
    if suffix != "lzma":
        assert files(compress(b"1") + compress(KEY) + bytes(512), f"a.{suffix}") == {"a": b"1" + KEY}


def test_a_gzip_gives_its_stored_name_and_comment() -> None:
    plain = gzip.compress(KEY)
    named = plain[:3] + bytes([8 | 16]) + plain[4:10] + b"inner.env\0" + b"a comment\0" + plain[10:]
    assert files(named, "blob") == {"inner.env": KEY, "(comment)": b"a comment"}


def test_a_deb_is_opened_down_to_its_files() -> None:
    data = arred(
        {
            "debian-binary": b"2.0\n",
            "control.tar.xz": lzma.compress(tarred({"./control": b"Package: x\n"})),
            "data.tar.gz": gzip.compress(tarred({"./etc/app.conf": KEY})),
        }
    )
    assert files(data, "x.deb") == {
        "debian-binary": b"2.0\n",
        "control.tar.xz!./control": b"Package: x\n",
        "data.tar.gz!./etc/app.conf": KEY,
    }


@pytest.mark.skipif(shutil.which("ar") is None, reason="needs the ar program")
def test_an_archive_the_ar_program_made(tmp_path: Path) -> None:
    name = "a_name_longer_than_sixteen_bytes.txt"
    (tmp_path / name).write_bytes(KEY + b"\n")
    (tmp_path / "b.txt").write_bytes(b"22")
    subprocess.run(["ar", "rc", "x.a", name, "b.txt"], cwd=tmp_path, check=True)
    assert files((tmp_path / "x.a").read_bytes(), "x.a") == {name: KEY + b"\n", "b.txt": b"22"}


@pytest.mark.skipif(shutil.which("zip") is None, reason="needs the zip program")
def test_a_streamed_and_an_encrypted_zip_the_zip_program_made(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(KEY * 50)
    streamed = subprocess.run(["zip", "-q", "-", "-fd", "a.txt"], cwd=tmp_path, check=True, capture_output=True).stdout
    assert files(streamed, "s.zip") == {"a.txt": KEY * 50}
    without_directory = streamed[: streamed.index(b"PK\x01\x02")]
    leaves, skips = opened(without_directory, "s.zip")
    assert leaves["a.txt"] == KEY * 50
    assert leaves[""] == without_directory
    assert skips == [Skipped("s.zip", "truncated or malformed: it has no central directory", incomplete=False)]
    subprocess.run(["zip", "-q", "-P", "secret", "e.zip", "a.txt"], cwd=tmp_path, check=True)
    subprocess.run(["zip", "-q", "-z", "e.zip"], cwd=tmp_path, check=True, input=b"words\n")
    leaves, skips = opened((tmp_path / "e.zip").read_bytes(), "e.zip")
    assert leaves == {"(names)": b"a.txt\n", "(comment)": b"words\n"}
    assert skips == [Skipped("e.zip!a.txt", "encrypted: contents not read", incomplete=False)]


def test_duplicates_odd_names_and_hidden_entries_of_a_zip() -> None:
    data = zipped({"a": b"1", "A": KEY, "../../etc/x": b"2", "/abs\x1b[0m": b"3"}).replace(b"A", b"a")
    assert files(data, "a.zip") == {"a": b"1", "a'": KEY, "../../etc/x": b"2", "/abs\x1b[0m": b"3"}
    dos = zipped({"xy": KEY}).replace(b"xy", b"\x81\xff")
    assert files(dos, "a.zip") == {"ü\xa0": KEY}
    hidden = zipped({"hidden": KEY})
    front = hidden[: hidden.index(b"PK\x01\x02")]
    leaves, skips = opened(front + zipped({"shown": b"1"}), "a.zip")
    assert (leaves["hidden"], leaves["shown"]) == (KEY, b"1")
    assert skips == [Skipped("a.zip", "its central directory leaves out entries", incomplete=False)]


def test_a_central_directory_that_lists_what_is_not_there() -> None:
    data = zipped({"a": b"1", "b": KEY})
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    lying = data[: second + 42] + struct.pack("<L", 7) + data[second + 46 :]
    leaves, skips = opened(lying, "a.zip")
    assert leaves["b"] == KEY
    assert skips[0] == Skipped("a.zip!b", "the central directory lists it where nothing is", incomplete=False)


def test_zip64_sizes_and_offsets() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("big", "w", force_zip64=True) as entry:
        entry.write(KEY)
    assert files(file.getvalue(), "a.zip") == {"big": KEY}


def test_a_stored_member_that_was_changed_is_given_and_told() -> None:
    data = zipped({"a": KEY, "b": b"2"}, zipfile.ZIP_STORED).replace(KEY, KEY[:-1] + b"X", 1)
    leaves, skips = opened(data, "a.zip")
    assert (leaves["a"], leaves["b"]) == (KEY[:-1] + b"X", b"2")
    assert skips == [Skipped("a.zip!a", "its checksum does not match", incomplete=False)]


@pytest.mark.parametrize("magic", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\0", b"\x04\x22\x4d\x18", b"MSCF\0\0\0\0"])
def test_formats_that_are_not_read_say_so(magic: bytes) -> None:
    data = zipped({"x": magic + KEY, "y": b"1"}, zipfile.ZIP_STORED)
    leaves, skips = opened(data, "a.zip")
    assert (leaves["x"], leaves["y"]) == (magic + KEY, b"1")
    assert [(skip.path, skip.incomplete) for skip in skips] == [("a.zip!x", False)]
    assert skips[0].reason.endswith(": contents not read")


@pytest.mark.skipif(not ZSTD, reason="this interpreter has no compression.zstd")
def test_zstandard_where_the_interpreter_has_it() -> None:
    zstd = importlib.import_module("compression.zstd")
    assert files(zstd.compress(tarred({"f": KEY})), "a.tar.zst") == {"f": KEY}


@pytest.mark.skipif(ZSTD, reason="this interpreter has compression.zstd")
def test_zstandard_where_the_interpreter_has_it_not() -> None:
    leaves, skips = opened(b"\x28\xb5\x2f\xfd" + KEY, "a.zst")
    assert leaves == {"": b"\x28\xb5\x2f\xfd" + KEY}
    assert skips == [Skipped("a.zst", "zstd: contents not read", incomplete=False)]


def test_a_key_split_over_the_runs_of_a_document_is_whole_in_its_text() -> None:
    xml = b"<w:p><w:r><w:t>t=ak_l</w:t></w:r><w:r><w:t>ive_" + KEY[8:] + b"&amp;&#65;</w:t></w:r></w:p><w:p/>"
    leaves = files(zipped({"word/document.xml": xml, "other.xml": xml}), "a.docx")
    assert leaves == {"word/document.xml": xml, "other.xml": xml, "word/document.xml text": b"t=" + KEY + b"&A\n"}
    long = b"<x>" + b"<w:t>a</w:t>" * 100_000 + xml + b"</x>"
    assert files(zipped({"content.xml": long}), "a.odt")["content.xml text"] == b"a" * 100_000 + b"t=" + KEY + b"&A\n"


def test_pdf_streams_filters_and_kerned_text() -> None:
    page = b"BT /F1 12 Tf 0 0 Td [(ak_l) -3 (ive_" + KEY[8:12] + b")] TJ <" + KEY[12:].hex().encode() + b"> Tj ET"
    flat = zlib.compress(page)
    leaves = files(
        in_pdf(
            [
                ("/Filter /FlateDecode", flat),
                ("/Filter [/ASCIIHexDecode /FlateDecode]", flat.hex().encode() + b">"),
                ("", KEY),
                ("/Filter /FlateDecode", zlib.compress(zipped({"attached": KEY}))),
            ]
        ),
        "a.pdf",
    )
    assert leaves.pop("(document)").endswith(KEY + b") >>\n%%EOF\n")
    assert leaves == {
        "stream 1": page,
        "stream 1 text": KEY + b"\n",
        "stream 2": page,
        "stream 2 text": KEY + b"\n",
        "stream 3": KEY,
        "stream 4!attached": KEY,
    }


def test_pdf_streams_that_cannot_be_read_are_told() -> None:
    leaves, skips = opened(in_pdf([("/Filter /LZWDecode", b"abc"), ("/Filter /FlateDecode", b"abc")]), "a.pdf")
    assert KEY in leaves["(document)"]
    assert skips == [
        Skipped("a.pdf!stream 1", "encoded with LZWDecode: contents not read", incomplete=False),
        Skipped("a.pdf!stream 2", "malformed compressed data (zlib.error)", incomplete=False),
    ]


def test_members_keep_the_commit_and_may_be_left_unread() -> None:
    commit = Commit("c0ffee", "a", "2026-01-01T00:00:00Z", "s")
    data = gzip.compress(tarred({"a": bytes(3 << 20), "b": KEY}))
    found = [
        item.origin
        for item in members(io.BytesIO(data), Origin("x.tgz", commit=commit), Limits(), Budget())
        if not isinstance(item, Skipped)
    ]
    assert found == [Origin("x.tgz", name, commit) for name in ("a", "b", "(names)")]


def test_importing_sniff_loads_no_format() -> None:
    code = "import sys; import allo_keyscan.sources.containers; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"zipfile", "tarfile", "lzma", "bz2", "zlib"} & set(loaded)


@st.composite
def nested(draw: st.DrawFn) -> tuple[bytes, str, str]:
    """A container holding one marker, its file name, and the member name the marker must be found under."""
    name, data, place = "f.txt", KEY, ""
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([*ARCHIVES, *COMPRESSED]))
        if kind in COMPRESSED:
            data = COMPRESSED[kind](data)
            joined = name.endswith(".tar")
            place = place if joined else f"{name}!{place}" if place else name
            name = f"{name}.{kind}"
        else:
            data = ARCHIVES[kind]({"0": draw(st.binary(max_size=40)).replace(KEY, b""), name: data, "z": b"end"})
            place = f"{name}!{place}" if place else name
            name = f"n.{kind}"
    return data, name, place


@settings(max_examples=150, deadline=None)
@given(nested())
def test_a_marker_in_a_tree_of_containers_is_found_in_its_own_place_only(tree: tuple[bytes, str, str]) -> None:
    data, name, place = tree
    leaves, _ = opened(data, name)
    assert [member for member, content in leaves.items() if KEY in content] == [place]
    assert leaves[place] == KEY
