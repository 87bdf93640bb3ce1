"""The floor of reading from Python: open, read and close every tracked file in two processes, and nothing else.

python benchmarks/bare.py DIR [search]      # with `search`: the multi-literal pass as well, whatever it finds
"""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from collections.abc import Callable, Sized

_BATCH = 128
_BUFFER = 256 << 10


def main(tree: str, search: bool) -> None:
    """Read all files, in this process and a forked one."""
    listed = subprocess.run(("git", "-C", tree, "ls-files", "-z"), capture_output=True, check=True).stdout
    names = os.fsdecode(listed).split("\0")[:-1]
    view = memoryview(mmap.mmap(-1, _BUFFER, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    hits = _search() if search else len
    tokens, filler = os.pipe()
    os.write(filler, b"".join(number.to_bytes(4, "little") for number in range(-(-len(names) // _BATCH))))
    worker = os.fork()
    os.close(filler)
    while token := os.read(tokens, 4):
        start = int.from_bytes(token, "little") * _BATCH
        for name in names[start : start + _BATCH]:
            try:
                handle = os.open(f"{tree}/{name}", os.O_RDONLY | os.O_NOFOLLOW)
            except OSError:
                continue
            while got := os.readv(handle, (view,)):
                hits(view[:got])
                if got < _BUFFER:
                    break
            os.close(handle)
    if worker:
        os.waitpid(worker, 0)
    else:
        os._exit(0)


def _search() -> Callable[[memoryview], Sized]:
    from allo_keyscan.catalog import rules_dir
    from allo_keyscan.keys.detect import Detector

    return Detector(rules_dir()).hits


if __name__ == "__main__":
    main(sys.argv[1], "search" in sys.argv[2:])
