"""What a person reads of `scopes`: for each key the scopes it needs, and for each scope the calls that need it."""

from __future__ import annotations

from allo_keyscan.model import Call, KeyNeeds, ScopesReport
from allo_keyscan.needs.keys import listed
from allo_keyscan.report.text import printable

_BOLD, _DIM, _RED, _YELLOW, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[0m"


def render(report: ScopesReport, *, color: bool = False, **_: object) -> str:
    """A section a key, then what is unresolved, then what there is to act on."""
    paint = (lambda code, text: f"{code}{text}{_RESET}") if color else (lambda _code, text: text)
    lines: list[str] = []
    for key in report.keys:
        name = key.key if key.key is not None else "key not known"
        lines.append(paint(_BOLD, f"{printable(name)}: {counted(key)}"))
        calls = [call for call in report.calls if call.key == key.key]
        for need in key.needs:
            missing = "  (missing)" if need.scope in key.missing else ""
            lines.append(f"  {need.scope}{paint(_RED, missing) if missing else ''}")
            lines.extend(f"    {_site(call)}" for call in need.calls)
        free = [call for call in calls if call.endpoint is not None and not call.scopes]
        if free:
            lines.append("  no scope needed")
            lines.extend(f"    {_site(call)}" for call in free)
        unknown = [call for call in calls if call.endpoint is None]
        if unknown:
            lines.append(paint(_YELLOW, "  endpoint not known"))
            lines.extend(f"    {_site(call)}" for call in unknown)
        if key.excess:
            lines.append(paint(_YELLOW, f"  not needed: {', '.join(key.excess)}"))
        if key.not_observed:
            may = f"(may be needed at {printable(listed(key.blockers))})"
            lines.append(paint(_YELLOW, f"  not observed: {', '.join(key.not_observed)} {may}"))
        lines.append("")
    if report.unresolved:
        lines.append(paint(_BOLD, "unresolved"))
        lines.extend(f"  {printable(one.path)}:{one.line}: {printable(one.reason)}" for one in report.unresolved)
        lines.append("")
    for one in report.findings:
        if one.rule == "unresolved-call":
            continue  # the section above names it
        place = f"{printable(str(one.origin))}:{one.start.line}:{one.start.column}"
        lines.append(f"{paint(_BOLD, place)}: {one.code} {one.rule}: {printable(one.message)}")
    return "\n".join(lines).rstrip("\n") + "\n" if lines else "no calls on the API\n"


def counted(key: KeyNeeds) -> str:
    """How far the list of a key's scopes goes: from how many calls, and how many are open."""
    calls = f"{key.calls} call{'' if key.calls == 1 else 's'}"
    return f"required scopes, from {calls}; {key.unresolved} unresolved"


def _site(call: Call) -> str:
    via = "".join(f" via {printable(place.path)}:{place.line}" for place in call.via)
    notes = remarks(call)
    said = f"  ({'; '.join(notes)})" if notes else ""
    target = call.endpoint or printable(call.url)
    return f"{printable(call.path)}:{call.line}:{call.column}: {call.method} {target}{said}{via}"


def remarks(call: Call) -> list[str]:
    """What a reader should know of how sure a call and its scope are."""
    notes = [] if call.certainty == "definite" else ["possible"]
    if call.basis == "inferred":
        notes.append("scope inferred")
    if call.conflict:
        notes.append(f"another page says {', '.join(call.conflict)}")
    return notes
