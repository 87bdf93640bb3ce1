"""A repository with one key, of a known seed, in each place where git keeps text."""

from __future__ import annotations

import base64
import io
import os
import tarfile
import zipfile
from pathlib import Path

from checkout import PERSON, environment
from hooks.repositories import Repository
from samples import PREFIX, key

SETTINGS = '[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n'


class Hidden:
    """The repository, and for each hiding place its key and the path at which it must be reported."""

    def __init__(self, folder: Path, form: str = "sha1") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        settings = folder / "gitconfig"
        settings.write_text(SETTINGS)
        self.repo = Repository((folder / "repo").resolve(), environment(settings) | PERSON)
        self.repo.root.mkdir()
        self.repo.git("init", "-q", f"--object-format={form}")
        self.paths: dict[str, str] = {}
        self._files()
        self._merges()
        self._names()
        self._refs()
        self._loose()
        self._beside()

    def key(self, place: str, path: str) -> str:
        """The key of a place, which is reported at `path`; `{}` in it is the id of an object."""
        self.paths[place] = path
        return secret(place)

    def commit(self, name: str, content: bytes | str, *more: str) -> None:
        """One commit that sets one file."""
        self.repo.stage(name, content)
        self.repo.git("commit", "-q", "-m", "set", *more)

    def file(self, place: str, name: str, content: str = "{}\n") -> None:
        """A key in one version of a file, and the file without it in the next."""
        self.commit(name, content.format(self.key(place, name)))
        self.commit(name, "nothing here\n")

    def _files(self) -> None:
        self.commit("present.env", self.key("in the work tree", "present.env"))
        self.file("removed later", "removed.env")
        self.commit("deleted.env", self.key("in a deleted file", "deleted.env"))
        self.repo.git("rm", "-q", "deleted.env")
        self.repo.git("commit", "-q", "-m", "delete")
        self.commit(".gitattributes", "*.nodiff -diff\n*.conv diff=conv\n")
        self.file("without a diff", "a.nodiff")
        self.file("with a text conversion", "b.conv")
        self.commit("wide.txt", self.key("UTF-16", "wide.txt").encode("utf-16"))
        self.commit("nul.bin", b"\0\1\2 " + self.key("amid zeros", "nul.bin").encode() + b"\0" * 9)
        self.commit("encoded.yaml", b"k: " + base64.b64encode(self.key("base64", "encoded.yaml").encode()))
        self.commit("packed.zip", zipped(self.key("in a zip", "packed.zip")))
        self.commit("packed.tar.gz", tarred(zipped(self.key("in a zip in a tar", "packed.tar.gz"))))
        value = self.key("assembled in Python", "joined.py")
        self.commit("joined.py", f'KEY = "{PREFIX[:5]}" + "{value[5:]}"\n')
        os.symlink(self.key("a link's target", "link"), self.repo.root / "link")
        self.repo.git("add", "link")
        self.repo.git("commit", "-q", "-m", "link")
        os.unlink(self.repo.root / "link")
        self.commit("link", self.key("a link that became a file", "link"))
        self.commit("link", "nothing\n")

    def _merges(self) -> None:
        for name, ours in (("conflict", "ours\n"), ("evil", None)):
            self.repo.git("checkout", "-q", "-b", name)
            self.commit(f"{name}.txt" if ours else "other.txt", "theirs\n")
            self.repo.git("checkout", "-q", "main")
            self.commit(f"{name}.txt" if ours else "third.txt", ours or "x\n")
            self.repo.run("git", "merge", "-q", "--no-commit", "--no-ff", name)
            place = "resolving a conflict" if ours else "in a merge alone"
            self.repo.stage(f"{name}.txt", self.key(place, f"{name}.txt"))
            self.repo.git("commit", "-q", "-m", f"merge {name}")
            self.commit(f"{name}.txt", "gone\n")

    def _names(self) -> None:
        name = self.key("a file's name", "")
        self.paths["a file's name"] = f"docs/{masked(name)}.txt"
        self.commit(f"docs/{name}.txt", "x\n")
        name = self.key("a folder's name", "")
        self.paths["a folder's name"] = f"docs/{masked(name)}"
        self.commit(f"docs/{name}/x.txt", "y\n")
        self.commit("message.txt", "1\n", "-m", f"Uses {self.key('a message', '.git/objects/{}')}")
        self.commit("author.txt", "2\n", f"--author={self.key('an author', '.git/objects/{}')} <a@example.org>")
        self.repo.stage("committer.txt", "3\n")
        self.repo.git("commit", "-q", "-m", "c", GIT_COMMITTER_NAME=self.key("a committer", ".git/objects/{}"))

    def _refs(self) -> None:
        for place, ref in (
            ("on a remote-tracking branch", "refs/remotes/origin/topic"),
            ("on a pull request", "refs/pull/7/head"),
            ("under a tag alone", "refs/tags/v1"),
            ("on another branch", "refs/heads/other"),
        ):
            name = ref.replace("/", "-") + ".env"
            self.repo.git("checkout", "-q", "-b", "temporary")
            self.commit(name, self.key(place, name))
            self.repo.git("update-ref", ref, "HEAD")
            self.repo.git("checkout", "-q", "main")
            self.repo.git("branch", "-q", "-D", "temporary")
        self.repo.git("tag", "-a", "v2", "-m", f"Signed with {self.key('a tag message', '.git/objects/{}')}")
        name = self.key("a branch's name", "")
        self.paths["a branch's name"] = f".git/refs/heads/{masked(name)}"
        self.repo.git("branch", name)
        name = self.key("a tag's name", "")
        self.paths["a tag's name"] = f".git/refs/tags/{masked(name)}"
        self.repo.git("tag", name)
        self.repo.git("notes", "add", "-m", self.key("a note", self.repo.head or ""))

    def _loose(self) -> None:
        self.repo.write("present.env", self.key("stashed", "present.env"))
        self.repo.git("stash", "push", "-q")
        self.repo.write("untracked.env", self.key("stashed and not tracked", "untracked.env"))
        self.repo.git("stash", "push", "-q", "-u")
        self.commit("reset.env", self.key("in a reflog", "reset.env"))
        self.repo.git("reset", "-q", "--hard", "HEAD^")
        self.commit("amended.env", self.key("amended", "amended.env"))
        self.repo.stage("amended.env", "no\n")
        self.repo.git("commit", "-q", "--amend", "-m", "amended")
        self.repo.write("dangling", self.key("reached by nothing", ".git/objects/{}"))
        self.repo.git("hash-object", "-w", "dangling")
        (self.repo.root / "dangling").unlink()
        self.repo.stage("staged.env", self.key("in the index alone", "staged.env"))
        self.repo.write("staged.env", "no\n")
        other = self.repo.worktree("linked")
        other.stage("linked.env", self.key("in a worktree's index", "linked.env"))

    def _beside(self) -> None:
        self.repo.git("remote", "add", "origin", f"https://{self.key('a remote', '.git/config')}@example.org/x.git")
        header = self.key("a header", ".git/config")
        self.repo.git("config", "http.https://example.org/.extraHeader", f"Authorization: Api-Key {header}")
        self.repo.git("update-ref", "-m", self.key("a reflog's message", ".git/logs/HEAD"), "HEAD", "HEAD^")
        self.repo.write(
            ".git/hooks/post-commit", f"#!/bin/sh\ncurl -H {self.key('a hook', '.git/hooks/post-commit')}\n"
        )


def secret(place: str) -> str:
    """The key of a place."""
    return key(sum(ord(char) * (number + 1) for number, char in enumerate(place)))


def masked(value: str) -> str:
    """A key as reports show it."""
    return f"{PREFIX}…{value[-4:]}"


def zipped(text: str) -> bytes:
    """A zip with one file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.env", text)
    return held.getvalue()


def tarred(data: bytes) -> bytes:
    """A compressed tar with one file."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        member = tarfile.TarInfo("inner.zip")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return held.getvalue()
