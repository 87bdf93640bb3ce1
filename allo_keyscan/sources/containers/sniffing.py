"""Which container format a file's first bytes announce. Called for every file of a tree, so the common no must cost
nothing.
"""

from __future__ import annotations

STARTS = frozenset(
    {b"PK", b"#!", b"\x1f\x8b", b"\x1f\x9d", b"\x1f\xa0", b"BZ", b"\xfd7", b"]\0", b"(\xb5", b"!<", b"07", b"%P"}
    | {b"7z", b"Ra", b"\x04\x22", b"MS", b"LZ"}
)
"""The first two bytes of every container but a tar."""

_MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\x1f\x8b\x08", "gz"),
    (b"\xfd7zXZ\0", "xz"),
    (b"(\xb5\x2f\xfd", "zst"),
    (b"!<arch>\n", "ar"),
    (b"070701", "cpio"),
    (b"070702", "cpio"),
    (b"%PDF-", "pdf"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"MSCF\0\0\0\0", "cab"),
    (b"\x1f\x9d", "compress"),
    (b"\x1f\xa0", "compress"),
    (b"LZIP\x01", "lzip"),
)
_BZ2_BLOCKS = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")


def sniff(head: bytes, name: str) -> str | None:
    """The format id of a file that begins with `head` (512 bytes suffice), or None where it is no container.

    `name` is looked at only for a tar from before POSIX, which has no magic.
    """
    if head[:2] in STARTS:
        return _by_magic(head) or _tar(head, name)
    if len(head) > 262 and (head[257:262] == b"ustar" or name.endswith(".tar")):
        return _tar(head, name)
    return None


def _by_magic(head: bytes) -> str | None:
    for magic, format_id in _MAGICS:
        if head.startswith(magic):
            return format_id
    if head.startswith(b"BZh") and head[3:4] in b"123456789" and head[4:10] in _BZ2_BLOCKS:
        return "bz2"
    if head.startswith(b"#!") and b"\nPK\x03\x04" in head:
        return "zip"  # an executable zip: `python -m zipapp -p`
    return "lzma" if head.startswith(b"]\0") and _is_lzma_alone(head) else None


def _is_lzma_alone(head: bytes) -> bool:
    """The old format has no magic: a dictionary of 2^n or 2^n + 2^(n-1) bytes and a size that can be are its mark."""
    if len(head) < 14 or head[13]:
        return False
    dictionary, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    usual = (
        dictionary >= 4096
        and dictionary.bit_count() <= 2
        and (dictionary & (dictionary >> 1) or dictionary.bit_count() == 1)
    )
    return bool(usual) and (size == (1 << 64) - 1 or size < 1 << 38)


def _tar(head: bytes, name: str) -> str | None:
    if head[257:262] == b"ustar":
        return "tar"
    return "tar" if name.endswith(".tar") and tar_checksum_holds(head[:512]) else None


def tar_checksum_holds(block: bytes) -> bool:
    """Whether a block of 512 bytes carries the checksum of a tar header."""
    if len(block) < 512:
        return False
    digits = block[148:156].strip(b" \0")
    if not digits or digits.strip(b"01234567"):
        return False
    stated, rest = int(digits, 8), (block[:148], b" " * 8, block[156:512])
    if sum(map(sum, rest)) == stated:
        return True
    signed = sum(value - 256 if value > 127 else value for part in rest for value in part)
    return signed == stated  # old writers summed signed characters
