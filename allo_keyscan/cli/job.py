"""What the process of one job does: an order in, the entry of one repository out. The other side is cli/many."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from typing import Any

ENTRY = "allo_keyscan.cli.job:main"


def order(path: str, given: Mapping[str, Any]) -> str:
    """The options of a command line, for one repository, as its process takes them."""
    return json.dumps({"path": path, "given": dict(given)})


def main() -> None:
    """Read the order, look at the repository, and write its entry as one line."""
    from allo_keyscan.many.process import end_with

    end_with(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    told = json.loads(sys.stdin.buffer.read())
    given = told["given"] | {"exclude": tuple(told["given"]["exclude"])}
    sys.stdout.buffer.write(_entry(told["path"], given).encode())
    sys.stdout.flush()


def _entry(path: str, given: dict[str, Any]) -> str:
    """One line of JSON, whatever happens; every key in it is masked."""
    from allo_keyscan.audit import stopped, unread
    from allo_keyscan.cli import defect
    from allo_keyscan.errors import KeyscanError
    from allo_keyscan.report import veiled_audit
    from allo_keyscan.report.audit_jsonl import line
    from allo_keyscan.report.redact import redact

    try:
        from allo_keyscan.cli.auditing import look

        one = look(path, given)
    except KeyscanError as error:
        one = unread(path, str(error))
    except KeyboardInterrupt:
        one = stopped(path, "interrupted before this repository was looked at", interrupted=True)
    except Exception as error:  # noqa: BLE001 (a defect met in one must not cost the findings of the others)
        one = unread(path, " ".join(defect(error).split()))
    return redact(line(veiled_audit(one)))
