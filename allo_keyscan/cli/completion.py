"""`allo-keyscan completion`: the script that has a shell complete this command's words, and what is completed.

The script is click's own. It runs `allo-keyscan` again for each word, with `_ALLO_KEYSCAN_COMPLETE` set, and that run
answers from the options, choices and callbacks (`files`, `folders`, cli/explain's names) of the command at hand alone.
"""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import get_completion_class

from allo_keyscan.cli import options
from allo_keyscan.cli.output import write
from allo_keyscan.errors import KeyscanError

SHELLS = {
    "bash": ("in ~/.bashrc", 'eval "$(allo-keyscan completion bash)"'),
    "zsh": ("in ~/.zshrc", 'eval "$(allo-keyscan completion zsh)"'),
    "fish": ("once", "allo-keyscan completion fish > ~/.config/fish/completions/allo-keyscan.fish"),
    "powershell": ("in $PROFILE", "allo-keyscan completion powershell | Out-String | Invoke-Expression"),
}
"""The shells that click knows; where the script is put to use in each, and how."""
_PROGRAM = "allo-keyscan"
_VARIABLE = "_ALLO_KEYSCAN_COMPLETE"  # click's name for this program


class _Shell(click.Choice[str]):
    """The name of a shell, also as `pwsh`."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert({"pwsh": "powershell"}.get(str(value), value), param, ctx)


_HOW = "\n".join(f"{name}, {where}:\n  {how}" for name, (where, how) in SHELLS.items())


@click.command("completion", epilog=f"\b\n{_HOW}", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("shell", type=_Shell(SHELLS), metavar="SHELL")
@options.rules
@options.manners
def command(shell: str, **_: Any) -> None:
    """Print the script that has SHELL (bash, zsh, fish, powershell) complete commands, options, values and files."""
    from allo_keyscan.cli.group import cli

    found = get_completion_class(shell)
    if found is None:
        raise KeyscanError(f"{shell}: the installed click does not know this shell: pip install -U click")
    write(found(cli, {}, _PROGRAM, _VARIABLE).source())
