"""`python -m allo_keyscan` and the `allo-keyscan` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from allo_keyscan.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
