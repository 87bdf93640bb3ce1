"""`allo-keyscan fix`: hard-coded keys become environment variables."""

from __future__ import annotations

from typing import Any

import click

from allo_keyscan.cli import options
from allo_keyscan.cli.fixed import deliver
from allo_keyscan.cli.fixing import Fixed, fix


@click.command("fix", context_settings={"help_option_names": ["-h", "--help"]})
@options.paths()
@click.option("--write", is_flag=True, help="Change the files; without it only a diff is shown.")
@click.option("--name", metavar="NAME", help="The variable of the first key; the others are NAME_2, NAME_3, …")
@click.option(
    "--style",
    type=click.Choice(["environ", "getenv", "settings"]),
    default="environ",
    show_default=True,
    help='os.environ["NAME"], os.getenv("NAME"), or --expression.',
)
@click.option("--expression", metavar="CODE", help="Of --style settings: settings.{lower} (or {name}: in capitals).")
@click.option("--import", "statement", metavar="CODE", help="What imports it: from app.config import settings")
@click.option(
    "--write-env", help="With --write: put the keys themselves into FILE (mode 600), if git ignores it.", **options.FILE
)
@click.option("--no-example", is_flag=True, help="Leave .env.example alone.")
@click.option("--no-history", is_flag=True, help="Do not look for the keys in git's history.")
@options.text_or_json
@options.to_file
@options.baseline("Findings that are accepted, and stay: see `allo-keyscan baseline`.")
@options.allow_incomplete
@options.where
@options.looking
@options.settings
@options.manners
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Take hard-coded keys out of PATHS (files and folders; "." by default).

    In Python a key becomes an expression that reads an environment variable, in the configuration of programs that fill
    in variables it becomes one of those. It finds what `scan` finds; what comments, settings or the baseline silence,
    placeholders and example keys stay. The diff is for reading: keys in it are masked, so it cannot be applied.

    A change is made where it is proved that nothing else changes; everything else is refused, with the reason.
    .env.example gets the variables with empty values. Neither .gitignore nor .env is changed: what they lack is said.

    Exits 0 where there is nothing to take out (with --write: where nothing is left), 1 where there is something, or
    something was refused, 2 where it could not run, and 3 where something could not be looked at.
    """
    done: Fixed = fix(paths, given)
    return deliver(done, given)
