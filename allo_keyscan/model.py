"""The nouns every layer shares: frozen values, none of which ever holds a raw key.

They are named tuples: each dataclass costs a hook 1 ms at its start, each of these 0.2 ms.

Lines and columns start at 1 and columns count Unicode code points. Paths are relative to the scanned root and use `/`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
Confidence = Literal["high", "medium", "low"]
Basis = Literal["guide", "page", "overview", "security-scheme", "inferred", "unknown"]
"""Where an endpoint's scope was read."""
Certainty = Literal["definite", "possible"]

SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")


def documented(basis: Basis) -> Literal["documented", "inferred", "unknown"]:
    """A basis as JSON shows it: what is neither inferred nor unknown stands in the API's documentation."""
    return basis if basis in ("inferred", "unknown") else "documented"


class Commit(NamedTuple):
    """The commit a blob was read from; `date` is ISO 8601."""

    sha: str
    author: str
    date: str
    summary: str


class Origin(NamedTuple):
    """Where bytes came from: a path, perhaps a member inside it (`inner/path.txt`, nested ones joined by `!`)."""

    path: str
    member: str | None = None
    commit: Commit | None = None

    def inside(self, member: str) -> Origin:
        """The origin of one member of this archive."""
        return Origin(self.path, member if self.member is None else f"{self.member}!{member}", self.commit)

    @property
    def name(self) -> str:
        """The innermost file name's path: what a file type is judged by."""
        return self.path if self.member is None else self.member.rsplit("!", 1)[-1]

    def __str__(self) -> str:
        return self.path if self.member is None else f"{self.path}!{self.member}"


class Position(NamedTuple):
    """A place between two code points; both fields start at 1."""

    line: int
    column: int


class Held(NamedTuple):
    """A path at which a key stands or stood, from the first commit that has it there to the last; None: no commit."""

    path: str
    member: str | None = None
    first: Commit | None = None
    last: Commit | None = None

    def __str__(self) -> str:
        return self.path if self.member is None else f"{self.path}!{self.member}"


class Life(NamedTuple):
    """Where a key lives in a repository: `first` brought it, `last` is the newest commit that still has it.

    `branches`, `tags`, `remotes` (remote-tracking branches) and `others` (stashes, notes, reflogs, other refs) have it
    somewhere in their history; `tips` are those of them whose newest commit still has it in a file.
    """

    first: Commit | None = None
    last: Commit | None = None
    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    remotes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    tips: tuple[str, ...] = ()
    in_index: bool = False
    in_work_tree: bool = False
    places: tuple[Held, ...] = ()
    advice: str = ""

    @property
    def pushed(self) -> bool:
        """Whether a remote-tracking branch has it."""
        return bool(self.remotes)

    @property
    def unreachable(self) -> bool:
        """Whether no name leads to it: no ref, no reflog, no index, no file."""
        return not (self.branches or self.tags or self.remotes or self.others or self.in_index or self.in_work_tree)


class Finding(NamedTuple):
    """One thing to act on. `excerpt` is the line with every key masked; `caret` is where the finding stands in it.

    `chain` are the places of a call's wrappers, the one that sends last. `key` is the identity of the value alone.
    """

    rule: str
    code: str
    severity: Severity
    confidence: Confidence
    origin: Origin
    start: Position
    end: Position
    masked: str
    fingerprint: str
    encoding: str | None
    message: str
    excerpt: str = ""
    caret: tuple[int, int] = (0, 0)
    chain: tuple[Place, ...] = ()
    key: str = ""
    life: Life | None = None


class Skipped(NamedTuple):
    """What could not be looked at, or not wholly; `incomplete` says whether the run's clean answer suffers from it."""

    path: str
    reason: str
    incomplete: bool = True


class Place(NamedTuple):
    """A line of a Python file on the way from a call to Allo's host."""

    path: str
    line: int


class Call(NamedTuple):
    """One call on Allo's API and one endpoint it may reach (`endpoint` None: Allo's host, but no known endpoint)."""

    path: str
    line: int
    column: int
    method: str
    endpoint: str | None
    url: str
    scopes: tuple[str, ...]
    basis: Basis
    conflict: tuple[str, ...] | None
    certainty: Certainty
    client: str
    key: str | None
    via: tuple[Place, ...] = ()


class Unresolved(NamedTuple):
    """A call that may be Allo's and whose endpoint is not known, with the reason in words."""

    path: str
    line: int
    reason: str


class Remark(NamedTuple):
    """What is wrong with how a call is made, by the name of its finding; `severity` None is the finding's own."""

    kind: str
    call: Call
    detail: str
    severity: Severity | None = None


class ScopeNeed(NamedTuple):
    """A scope, and every call that needs it or a scope that it implies."""

    scope: str
    calls: tuple[Call, ...]


class KeyNeeds(NamedTuple):
    """What one key needs: `key` names where it comes from (`env:ALLO_API_KEY`), None where that is not known.

    `excess` are the scopes it has that no call can need; `not_observed` those that no call seen here needs, while the
    calls at `blockers` may.
    """

    key: str | None
    required_scopes: tuple[str, ...]
    missing: tuple[str, ...]
    excess: tuple[str, ...]
    calls: int
    unresolved: int
    not_observed: tuple[str, ...] = ()
    blockers: tuple[Place, ...] = ()
    needs: tuple[ScopeNeed, ...] = ()


class Suppressed(NamedTuple):
    """Findings that were seen and not reported, by what silenced them."""

    comments: int = 0
    baseline: int = 0
    config: int = 0

    def plus(self, other: Suppressed) -> Suppressed:
        """Both together."""
        return Suppressed(self.comments + other.comments, self.baseline + other.baseline, self.config + other.config)


class Summary(NamedTuple):
    """What was looked at."""

    files: int = 0
    bytes: int = 0
    objects: int = 0
    commits: int = 0

    def plus(self, other: Summary) -> Summary:
        """Both together."""
        return Summary(
            self.files + other.files,
            self.bytes + other.bytes,
            self.objects + other.objects,
            self.commits + other.commits,
        )


class Report(NamedTuple):
    """The whole answer of `scan`, sorted; the same input gives an equal report."""

    findings: tuple[Finding, ...] = ()
    placeholders: int = 0
    suppressed: Suppressed = Suppressed()
    skipped: tuple[Skipped, ...] = ()
    summary: Summary = Summary()
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything asked for was looked at."""
        return not self.interrupted and not any(skip.incomplete for skip in self.skipped)


class Tests(NamedTuple):
    """The test files of a project, which are left out of its needs, and the calls on Allo's API in them."""

    files: int = 0
    calls: int = 0


class ScopesReport(NamedTuple):
    """The whole answer of `scopes`, sorted."""

    calls: tuple[Call, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    keys: tuple[KeyNeeds, ...] = ()
    required_scopes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    summary: Summary = Summary()
    suppressed: Suppressed = Suppressed()
    tests: Tests = Tests()

    @property
    def complete(self) -> bool:
        """Whether everything asked for was looked at."""
        return not any(skip.incomplete for skip in self.skipped)


class PipelineReport(NamedTuple):
    """The whole answer of `ci`: keys in new commits and the work tree, and scopes, None where they were not looked at.

    `declared` says whether the scopes that keys have are known, so that findings about them count.
    """

    scan: Report
    scopes: ScopesReport | None = None
    declared: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything asked for was looked at."""
        return self.scan.complete and (self.scopes is None or self.scopes.complete)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, of both."""
        return (*self.scan.findings, *(self.scopes.findings if self.scopes is not None else ()))

    @property
    def counted(self) -> Report:
        """What decides how the run ends: findings of scopes only where some are declared."""
        if self.scopes is None:
            return self.scan
        checked = self.findings if self.declared else self.scan.findings
        return self.scan._replace(findings=checked, skipped=(*self.scan.skipped, *self.scopes.skipped))


class Looked(NamedTuple):
    """What one part of a repository (its work tree, or its history) gave beside findings."""

    placeholders: int = 0
    suppressed: Suppressed = Suppressed()
    summary: Summary = Summary()


class Leak(NamedTuple):
    """One distinct key of a repository, wherever it stands: `finding` is the gravest of its findings, with its life.

    `here` are its findings in the work tree, by place; `past` those in what git keeps, each path where it stood first.
    `used_as` are names by which code sends it: its own literal, and those (`env:ALLO_API_KEY`) that are set to it at
    one of these places.
    """

    finding: Finding
    here: tuple[Finding, ...] = ()
    past: tuple[Finding, ...] = ()
    used_as: tuple[str, ...] = ()

    @property
    def life(self) -> Life:
        """Where it lives, and what to do about it."""
        return self.finding.life or Life()


class Audited(NamedTuple):
    """What an audit says of one repository; `path` is how it was named.

    `notes` are findings that are no keys. `scopes` is None where calls were not looked at, and `error` says why nothing
    was looked at at all, "" where something was. `declared` says whether the scopes that keys have are known, `head` is
    the current commit. `fail_on` is the least severity that counts in it, or `never`; `attempts` says how often it was
    begun.
    """

    path: str
    head: Commit | None = None
    leaks: tuple[Leak, ...] = ()
    notes: tuple[Finding, ...] = ()
    scopes: ScopesReport | None = None
    declared: bool = False
    skipped: tuple[Skipped, ...] = ()
    work_tree: Looked = Looked()
    history: Looked = Looked()
    bare: bool = False
    interrupted: bool = False
    error: str = ""
    fail_on: str = "warning"
    attempts: int = 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything to act on: one finding a key, then the others."""
        return (*(leak.finding for leak in self.leaks), *self.notes, *(self.scopes.findings if self.scopes else ()))

    @property
    def suppressed(self) -> Suppressed:
        """What was silenced, wherever; a key that is silenced in the work tree and in the history counts twice."""
        found = self.work_tree.suppressed.plus(self.history.suppressed)
        return found if self.scopes is None else found.plus(self.scopes.suppressed)

    @property
    def failing(self) -> bool:
        """Whether it has a finding as grave as `fail_on` says."""
        levels: tuple[str, ...] = (*SEVERITIES, "never")
        least = levels.index(self.fail_on)
        return any(levels.index(one.severity) >= least for one in self.findings)

    @property
    def complete(self) -> bool:
        """Whether everything was looked at."""
        return not self.error and not self.interrupted and not any(skip.incomplete for skip in self.skipped)


class Shard(NamedTuple):
    """One of `of` parts of a list of repositories, from 1; `names` is a digest of the whole list."""

    number: int
    of: int
    names: str = ""

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class AuditReport(NamedTuple):
    """The whole answer of `audit`, one entry a repository, in the order in which they were named.

    `shards` are the parts of a list that it covers, none where the list was not divided; `skipped` is what is missing
    of the report itself, such as another shard.
    """

    repositories: tuple[Audited, ...] = ()
    shards: tuple[Shard, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all of every repository was looked at."""
        return not self.skipped and all(one.complete for one in self.repositories)
