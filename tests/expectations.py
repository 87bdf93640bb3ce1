"""Case projects: what their `# expect:` comments say, compared with what is reported. The format: cases/README.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path

import endpoint_programs

from allo_keyscan.catalog.api import api_rules
from allo_keyscan.model import Call, ScopesReport
from allo_keyscan.scopes import scopes_report

CASES = Path(__file__).parent / "cases"
PENDING = CASES / "pending.txt"
_FOLDER = endpoint_programs.RULES
Check = Callable[[], list[str]]
_CALL = re.compile(
    r"(?P<method>[A-Z]+) (?P<endpoint>\S+) \[(?P<scopes>[A-Z_, ]*)\] "
    r"(?P<certainty>definite\|possible|definite|possible)(?P<allowed>\?)?"
    r"(?: key=(?P<key>\S+))?(?: via=(?P<via>\S+))?(?: conflict=(?P<conflict>[A-Z_,]+))?"
)
_COMMENT = re.compile(r"#\s*expect: (?P<wanted>.*)")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing a line promises: a call (`what` is its spelling as far as it is always compared), or `unresolved`."""

    path: str
    line: int
    what: str
    allowed: bool  # may be reported, need not
    key: str | None = None
    via: str | None = None
    conflict: str | None = None

    @property
    def short(self) -> str:
        """Place and call, without what follows from them."""
        call = re.sub(r" \[.*?\]", "", self.what)
        return f"{self.path}:{self.line} {call}" + (f" {self.key}" if self.key else "")

    def allows(self, call: Call, *, states_via: bool) -> bool:
        """Whether a reported call is the one meant here."""
        either = self.what.removesuffix("definite|possible") + call.certainty
        if (call.path, call.line) != (self.path, self.line) or spelled(call) not in (self.what, either):
            return False
        via = ",".join(
            str(place.line) if place.path == call.path else f"{place.path}:{place.line}" for place in call.via
        )
        return (
            (self.key is None or fnmatchcase(call.key or "null", self.key))
            and (via == (self.via or "") if states_via else True)
            and (self.conflict is None or self.conflict == ",".join(call.conflict or ()))
        )


@dataclass(frozen=True, slots=True)
class Project:
    """One small project: a file or a folder under cases/, and what its lines promise."""

    name: str
    sources: tuple[tuple[str, bytes], ...]
    expectations: tuple[Expectation, ...]
    nothing: bool  # says `# expect: none`

    @property
    def states_via(self) -> bool:
        """Whether `via` is compared: where one expectation names it, all of the project's do."""
        return any(expectation.via is not None for expectation in self.expectations)


def spelled(call: Call) -> str:
    """A call as an expectation spells it, without the parts that are compared only where they are named."""
    return f"{call.method} {call.endpoint or 'null'} [{', '.join(call.scopes)}] {call.certainty}"


def _read(path: str, text: str) -> Iterator[Expectation | None]:
    for number, line in enumerate(text.splitlines(), 1):
        comment = _COMMENT.search(line)
        for one in comment["wanted"].strip().split("; ") if comment is not None else []:
            if one == "none":
                yield None
            elif one in ("unresolved", "unresolved?"):
                yield Expectation(path, number, "unresolved", one.endswith("?"))
            else:
                call = _CALL.fullmatch(one)
                if call is None:
                    raise ValueError(f"{path}:{number}: {one!r} is not an expectation")
                what = f"{call['method']} {call['endpoint']} [{call['scopes']}] {call['certainty']}"
                yield Expectation(
                    path, number, what, call["allowed"] is not None, call["key"], call["via"], call["conflict"]
                )


def _project(name: str, files: list[tuple[str, Path]]) -> Project:
    sources = tuple((path, file.read_bytes()) for path, file in files)
    read = [one for path, source in sources for one in _read(path, source.decode("utf-8"))]
    wanted = tuple(one for one in read if one is not None)
    if (None in read) == any(not one.allowed for one in wanted):
        raise ValueError(f"{name}: either expectations, or `# expect: none` once")
    return Project(name, sources, wanted, None in read)


def folder_project(name: str, folder: Path) -> Project:
    """The project of a folder: its Python files."""
    return _project(name, [(path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*.py"))])


def projects() -> list[Project]:
    """Every case: each file of cases/scopes, each folder of cases/projects; sorted by name."""
    files = [_project(f"scopes/{path.name}", [(path.name, path)]) for path in sorted((CASES / "scopes").glob("*.py"))]
    folders = sorted(path for path in (CASES / "projects").iterdir() if path.is_dir())
    return files + [folder_project(f"projects/{folder.name}", folder) for folder in folders]


@cache
def report(project: Project) -> ScopesReport:
    """What the analysis says of a project: its files at once, as the command reads them."""
    return scopes_report(project.sources, api_rules(_FOLDER))


def met(project: Project, expectation: Expectation) -> bool:
    """Whether what a line promises is reported."""
    found = report(project)
    if expectation.what == "unresolved":
        return any((one.path, one.line) == (expectation.path, expectation.line) for one in found.unresolved)
    return any(expectation.allows(call, states_via=project.states_via) for call in found.calls)


def unasked(project: Project, *, definite: bool) -> list[str]:
    """What is reported and no line names: `definite` calls, or (else) possible ones and unresolved ones."""
    found = report(project)
    calls = [
        f"{call.path}:{call.line} {spelled(call)} key={call.key} via={[tuple(place) for place in call.via]}"
        for call in found.calls
        if (call.certainty == "definite") is definite
        and not any(one.allows(call, states_via=project.states_via) for one in project.expectations)
    ]
    places = {(one.path, one.line) for one in project.expectations if one.what == "unresolved"}
    open_calls = [
        f"{one.path}:{one.line} unresolved: {one.reason}"
        for one in found.unresolved
        if not definite and (one.path, one.line) not in places
    ]
    return calls + open_calls


def missing(project: Project, expectation: Expectation) -> list[str]:
    """What a line promises, with what its line number has instead, where it is not reported."""
    if met(project, expectation):
        return []
    found = report(project)
    at = [repr(call) for call in found.calls if call.line == expectation.line]
    at += [repr(one) for one in found.unresolved if one.line == expectation.line]
    return [f"{expectation} is not in {at}"]


def checks() -> dict[str, Check]:
    """Every check by its id; it gives what is wrong, nothing where all is well.

    One for each expectation, two for each project (no more is reported), two for each library of endpoint_programs.
    """
    found: dict[str, Check] = {}
    for project in projects():
        for one in project.expectations:
            if not one.allowed:
                folder = project.name.startswith("projects/")
                place = f"{project.name}/{one.short}" if folder else f"scopes/{one.short}"
                found[place] = partial(missing, project, one)
        found[f"{project.name} nothing else is definite"] = partial(unasked, project, definite=True)
        found[f"{project.name} nothing else is said"] = partial(unasked, project, definite=False)
    for client in endpoint_programs.CLIENTS:
        for holes in (False, True):
            name = f"every endpoint through {client}, {'holes' if holes else 'samples'}"
            found[name] = partial(endpoint_programs.complaints, client, holes=holes)
    return found


def pending() -> dict[str, str]:
    """What the analysis does not do yet: check id -> reason."""
    lines = PENDING.read_text("utf-8").splitlines() if PENDING.exists() else []
    parted = [line.partition("  # ") for line in lines if line and not line.startswith("#")]
    return {name: reason for name, _, reason in parted}


def main() -> None:
    """Takes what passes now out of pending.txt (it adds nothing): `python tests/expectations.py`."""
    every, left = checks(), pending()
    kept = {name: reason for name, reason in left.items() if name in every and every[name]()}
    head = [line for line in PENDING.read_text("utf-8").splitlines() if line.startswith("#")]
    lines = head + [f"{name}  # {reason}" for name, reason in sorted(kept.items())]
    PENDING.write_text("\n".join(lines) + "\n", "utf-8")
    sys.stdout.write(f"{len(left) - len(kept)} taken out, {len(kept)} left\n")


if __name__ == "__main__":
    main()
