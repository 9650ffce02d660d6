"""`tsunagari …`: one module per group of commands."""

import argparse

from services.cli import accounts, database, doctor, imports, processes, run, tenants
from services.cli.commands import Command
from shared.kit.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="tsunagari", description="つながり: platforms against loneliness and isolation"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (run, processes, database, tenants, accounts, imports, doctor):
        group.add_commands(commands)
    given = parser.parse_args(arguments)
    command: Command = given.command
    try:
        return command(Settings.from_environment(), given) or 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
