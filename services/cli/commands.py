"""How a module adds its commands to `tsunagari`."""

import argparse
from collections.abc import Callable

from shared.kit.settings import Settings

#: Takes the settings and what was typed; returns the exit code (None is 0).
Command = Callable[[Settings, argparse.Namespace], int | None]
Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, command: Command, summary: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(command=command)
    return parser
