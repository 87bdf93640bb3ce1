"""The one way git is run: as a reader that cannot write, fetch, page, or start a program named by the repository.

The repository's own safety settings stand: `safe.directory` is never overridden. A process is started with
`os.posix_spawn` where there is one: without `subprocess` a hook's start is 3 to 7 ms shorter (a bare Python takes 9).
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from allo_keyscan.errors import KeyscanError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Thread

PIECE = 1 << 20  # bytes of one piece of a blob, and of the pipe from git (a 64 KiB pipe costs 15 % of a history scan)
_DIRECT = 8 << 10  # bytes a fresh pipe takes on every system without a reader

_OPTIONS = (
    f"--no-pager -c core.fsmonitor=false -c core.hooksPath={os.devnull}"
    " -c protocol.allow=never -c log.showSignature=false -c core.commitGraph=false -c core.deltaBaseCacheLimit=32m"
).split()
_SETTINGS = {
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_REMOVED = """
    GIT_ASKPASS GIT_DIFF_OPTS GIT_EXTERNAL_DIFF GIT_GLOB_PATHSPECS GIT_ICASE_PATHSPECS GIT_LITERAL_PATHSPECS
    GIT_NOGLOB_PATHSPECS GIT_PROXY_COMMAND GIT_SSH GIT_SSH_COMMAND LANGUAGE SSH_ASKPASS
"""
# `git rev-parse --local-env-vars` without the configuration, which may hold the user's safe.directory.
_OF_ONE_REPOSITORY = """
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_CONFIG GIT_DIR GIT_GRAFT_FILE GIT_IMPLICIT_WORK_TREE
    GIT_INDEX_FILE GIT_INTERNAL_SUPER_PREFIX GIT_NAMESPACE GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_REPLACE_REF_BASE
    GIT_SHALLOW_FILE GIT_WORK_TREE
"""
_RELATIVE_TO_START = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")
_DAMAGED_INDEX = (
    "index file corrupt",
    "bad signature",
    "bad index file",
    "index file smaller",
    "index uses",
    "cache en",
)


class GitError(KeyscanError):
    """git is missing, refuses, or fails; the message names the repository and the remedy."""


def is_git_dir(path: str) -> bool:
    """Whether `path` looks like a git directory (a `.git` or a bare repository), by git's own three signs."""
    if not os.path.lexists(os.path.join(path, "HEAD")):
        return False
    if os.path.exists(os.path.join(path, "commondir")):
        return True
    return os.path.isdir(os.path.join(path, "refs")) and (
        "GIT_OBJECT_DIRECTORY" in os.environ or os.path.isdir(os.path.join(path, "objects"))
    )


def is_root(path: str) -> bool:
    """Whether `path` is the top of a work tree: it holds a git directory, or a `.git` file that points to one."""
    entry = os.path.join(path, ".git")
    return os.path.isfile(entry) or is_git_dir(entry)


def find_root(path: str) -> str | None:
    """The top of the work tree around `path` (a file or directory), absolute and with links resolved, or None.

    Walks upward without running git. GIT_WORK_TREE (with GIT_DIR) counts for what lies below it.
    """
    start = os.path.realpath(path)
    root = _upward(start)
    if root is None and "GIT_DIR" in os.environ:
        own = _own_root()
        if start == own or start.startswith(os.path.join(own, "")):
            return own
    return root


def _upward(here: str) -> str | None:
    while not is_root(here):
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent
    return here


def _own_root() -> str:
    """The work tree that git's environment variables speak of: what git itself would take from the current folder."""
    tree = os.environ.get("GIT_WORK_TREE")
    here = os.path.realpath(os.curdir if tree is None else tree)
    return here if tree is not None else _upward(here) or here


def is_own(root: str) -> bool:
    """Whether git's environment variables (GIT_DIR, GIT_INDEX_FILE ...), where set, speak of the work tree `root`."""
    if os.environ.keys().isdisjoint(_OF_ONE_REPOSITORY.split()):
        return True
    return _own_root() == os.path.realpath(root)


def environment(*, own: bool) -> dict[str, str]:
    """The environment git gets; without `own`, nothing in it speaks of one repository."""
    gone = _REMOVED.split() if own else (_REMOVED + _OF_ONE_REPOSITORY).split()
    kept = {name: value for name, value in os.environ.items() if name not in gone and name[:9] != "GIT_TRACE"}
    for name in _RELATIVE_TO_START:
        if name in kept:
            kept[name] = os.path.abspath(kept[name])
    kept.update(_SETTINGS)
    return kept


class Child:
    """A running git. `stdout` is read by the caller; standard error is gathered aside; `finish` or `close` ends it."""

    __slots__ = ("_errors", "_feed", "_gathered", "_kill", "_threads", "_wait", "args", "cwd", "stdout")

    def __init__(
        self,
        args: Sequence[str],
        cwd: str,
        *,
        stdin: bytes | None = None,
        own: bool = True,
        into: int | None = None,
        asked: bool = False,
        indexless: bool = False,
        placed: bool = False,
    ) -> None:
        """Start `git ARGS` in `cwd`, fed with `stdin`; it writes to the file `into` where one is given (not Windows).

        `asked`: its input stays open for `ask`. `indexless`: it finds no index, so a damaged one cannot stop it.
        `placed`: `cwd` is the top of the work tree, whatever the repository's own configuration says of that.

        Raises GitError where there is no git on PATH.
        """
        self.args = tuple(args)
        self.cwd = cwd
        self._errors: list[bytes] = []
        self._gathered: list[bytes] | None = None
        self._threads: list[Thread] = []
        literal = (
            () if args[0] == "check-ignore" else ("--literal-pathspecs",)
        )  # it takes paths, and refuses the option
        there = (f"--work-tree={cwd}",) if placed else ()
        argv = ["git", "-C", cwd, *_OPTIONS, *there, *literal, *args]
        env = environment(own=own)
        if indexless:  # a name that nobody can have laid there
            env["GIT_INDEX_FILE"] = os.path.join(cwd, f"no-index-{os.urandom(16).hex()}")
        try:
            feed, self.stdout, errors, self._wait, self._kill = _spawn(argv, env, into)
        except FileNotFoundError:
            raise GitError(
                f"{cwd}: git is not on PATH: install git; files alone are read without it, with --no-gitignore"
            ) from None
        except OSError as error:
            raise GitError(f"{cwd}: git cannot be started: {error.strerror}") from None
        self._aside(lambda: self._errors.append(errors.read()), errors)
        self._feed = feed if asked else None
        if asked:
            return
        if stdin is not None and len(stdin) > _DIRECT:
            self._aside(lambda: _pour(feed, stdin), feed)
        else:
            _pour(feed, stdin or b"")

    def _aside(self, work: Callable[[], None], stream: BinaryIO) -> None:
        from threading import Thread

        def task() -> None:
            with stream:
                work()

        thread = Thread(target=task, daemon=True)
        thread.start()
        self._threads.append(thread)

    def ask(self, data: bytes, *, last: bool = False) -> None:
        """Write to its input, and close that after the `last`; whether git took it, its answer shows."""
        if self._feed is None:
            return
        if last:
            _pour(self._feed, data)
            self._feed = None
            return
        with suppress(BrokenPipeError):
            self._feed.write(data)
            self._feed.flush()

    def gather(self) -> None:
        """Have its output taken in meanwhile, until `collect` asks for it."""
        gathered = self._gathered = []
        self._aside(lambda: gathered.append(self.stdout.read()), self.stdout)

    def ended(self) -> bool:
        """Whether it can say nothing more."""
        return not self._threads[0].is_alive()

    def finish(self) -> tuple[int, str]:
        """Wait for the end: the exit code, and what was said on standard error."""
        self.ask(b"", last=True)
        self.stdout.close()
        code = self._wait()
        for thread in self._threads:
            thread.join()
        return code, b"".join(self._errors).decode("utf-8", "replace")

    def close(self) -> None:
        """End it now, whatever it is doing."""
        self._kill()
        self.finish()

    def collect(self) -> tuple[int, bytes, str]:
        """All of standard output, between exit code and standard error."""
        try:
            if self._gathered is None:
                output = self.stdout.read()
            else:
                for thread in self._threads:
                    thread.join()
                output = b"".join(self._gathered)
        except BaseException:
            self.close()
            raise
        code, errors = self.finish()
        return code, output, errors

    def error(self, code: int, errors: str) -> GitError:
        """What went wrong, in words that name the repository and the remedy."""
        return _error(self.args, self.cwd, code, errors)


def run(args: Sequence[str], cwd: str, *, stdin: bytes | None = None, own: bool = True, placed: bool = False) -> bytes:
    """The standard output of `git ARGS` in `cwd` (see Child). Raises GitError where git exits with anything but 0."""
    code, output, errors = Child(args, cwd, stdin=stdin, own=own, placed=placed).collect()
    if code:
        raise _error(args, cwd, code, errors)
    return output


def attempt(args: Sequence[str], cwd: str, *, stdin: bytes | None = None, own: bool = True) -> tuple[int, bytes, str]:
    """The exit code, standard output and standard error of `git ARGS`; raises GitError only where there is no git."""
    return Child(args, cwd, stdin=stdin, own=own).collect()


_Started = tuple[BinaryIO, BinaryIO, BinaryIO, "Callable[[], int]", "Callable[[], None]"]


def _spawn(argv: list[str], env: dict[str, str], into: int | None = None) -> _Started:
    """Start a process: its input, output and errors, how to wait for it, how to kill it."""
    if sys.platform == "win32":
        return _popen(argv, env)
    import signal

    pipes = (os.pipe(), os.pipe(), os.pipe())
    (in_read, in_write), (out_read, out_write), (err_read, err_write) = pipes
    _widen(out_read)
    theirs = (in_read, out_write if into is None else into, err_write)
    actions = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(theirs)]
    try:
        pid = os.posix_spawnp(argv[0], argv, env, file_actions=actions, setsigdef=[signal.SIGPIPE])
    except BaseException:
        for end in (in_write, out_read, err_read):
            os.close(end)
        raise
    finally:
        for end in (in_read, out_write, err_write):
            os.close(end)
    ended: list[int] = []

    def wait() -> int:
        if not ended:
            ended.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        return ended[0]

    def kill() -> None:
        if not ended:
            os.kill(pid, signal.SIGKILL)

    return os.fdopen(in_write, "wb"), os.fdopen(out_read, "rb", PIECE), os.fdopen(err_read, "rb"), wait, kill


def _popen(argv: list[str], env: dict[str, str]) -> _Started:
    """The same through `subprocess`, for Windows."""
    import subprocess

    argv = [_git_on_path(env), *argv[1:]]
    pipe = subprocess.PIPE
    child = subprocess.Popen(argv, bufsize=PIECE, stdin=pipe, stdout=pipe, stderr=pipe, env=env)  # noqa: S603
    return (
        cast("BinaryIO", child.stdin),
        cast("BinaryIO", child.stdout),
        cast("BinaryIO", child.stderr),
        child.wait,
        child.kill,
    )


def _git_on_path(env: dict[str, str]) -> str:
    """Windows looks into the current folder first, which may be the scanned one: look along PATH alone."""
    for folder in env.get("PATH", "").split(os.pathsep):
        found = os.path.join(folder, "git.exe")
        if os.path.isabs(folder) and os.path.isfile(found):
            return found
    raise FileNotFoundError("git.exe")


def _widen(pipe: int) -> None:
    if sys.platform == "linux":
        from fcntl import F_SETPIPE_SZ, fcntl

        with suppress(OSError):  # the user's share of pipe memory may be used up
            fcntl(pipe, F_SETPIPE_SZ, PIECE)


def _pour(stream: BinaryIO, data: bytes) -> None:
    """Write all and close; a git that ended early has its say through its exit code."""
    try:
        stream.write(data)
        stream.close()
    except BrokenPipeError:
        try:
            stream.close()
        except BrokenPipeError:
            return


def _error(args: Sequence[str], cwd: str, code: int, errors: str) -> GitError:
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith("fatal: ")), lines[0] if lines else f"exit code {code}")
    said = said.removeprefix("fatal: ").removeprefix("error: ")
    if "dubious ownership" in errors or "unsafe repository" in errors:
        return GitError(
            f"{cwd}: repository owned by someone else, and git refuses to read it: if you trust it, run: "
            f"git config --global --add safe.directory {find_root(cwd) or cwd}"
        )
    if "not a git repository" in errors:
        remedy = ": name a repository, or run this inside one" if " (or any " in said else ""
        return GitError(f"{cwd}: {said.partition(' (or any ')[0]}{remedy}")
    if any(sign in errors for sign in _DAMAGED_INDEX):
        return GitError(f"{cwd}: git's index is damaged ({said}): remove the index file and run: git reset")
    return GitError(f"{cwd}: git {args[0]} failed: {said}")
