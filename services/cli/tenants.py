"""`tsunagari tenant apply | check | new | suspend | resume`: platforms from the command line."""

import argparse
import asyncio
import sys
from collections.abc import Callable

# Applying writes the tables of these slices by name, so they have to be known.
import shared.content.models
import shared.events.models
import shared.members.models
import shared.members.screening_models
import shared.members.umbrella.models  # noqa: F401
from services.cli.commands import add_command
from services.cli.database import running_database
from services.cli.new_tenant import Answers, words_of, write_new_tenant
from shared.kit.database import policies
from shared.kit.database.engine import create_engine
from shared.kit.database.session import NATIONAL, Database
from shared.kit.files import FileStore
from shared.kit.refusals import Refusal
from shared.kit.settings import Settings
from shared.tenants import bootstrap, service
from shared.tenants.manifest_reading import ManifestRefused

Say = Callable[[str], None]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tenant = commands.add_parser("tenant", help="platforms: apply, check, new, suspend, resume")
    verbs = tenant.add_subparsers(required=True, metavar="VERB")
    add_command(verbs, "apply", apply_command, "bring all platforms to what tenants/ says")
    add_command(verbs, "check", check_command, "read tenants/ and name every mistake; write nothing")
    new = add_command(verbs, "new", new_command, "a new platform from tenants/_template, live at once")
    new.add_argument("slug")
    for name, summary in (
        ("code", "全国地方公共団体コード (six digits)"),
        ("name", "official name"),
        ("slogan", "one line"),
        ("key", "key colour, #rrggbb"),
    ):
        new.add_argument(f"--{name}", help=summary)
    new.add_argument("--yes", action="store_true", help="take the proposals instead of asking")
    suspend = add_command(verbs, "suspend", suspend_command, "let a platform rest")
    suspend.add_argument("slug")
    suspend.add_argument("--reason", required=True)
    add_command(verbs, "resume", resume_command, "take a suspension back").add_argument("slug")


async def apply_all(settings: Settings, *, say: Say = print) -> int:
    """Apply `tenants/` in one transaction. Returns how many platforms changed; ManifestRefused when a file is wrong.

    What changed is said when it is committed, so what is said is true.
    """
    lines: list[str] = []
    database = Database(create_engine(settings, policies.WORKER, pool_size=1))
    try:
        async with database.write(NATIONAL) as session:
            files = FileStore(settings)
            changed = await bootstrap.apply(session, root=settings.tenants, files=files, say=lines.append)
    finally:
        await database.close()
    for line in lines:
        say(line)
    return changed


def apply_command(settings: Settings, given: argparse.Namespace) -> int:
    with running_database(settings):
        return _explained(lambda: _applied(settings))


def check_command(settings: Settings, given: argparse.Namespace) -> int:
    return _explained(lambda: _checked(settings))


def new_command(settings: Settings, given: argparse.Namespace) -> int:
    answers = Answers(slug=given.slug, code=given.code, name=given.name, slogan=given.slogan, key=given.key)
    asking = sys.stdin.isatty() and not given.yes

    def make() -> None:
        folder = write_new_tenant(settings.tenants, answers, ask=_ask if asking else _take)
        print(f"{settings.tenants.name}/{folder.name}/ にファイルを作りました。")
        with running_database(settings):
            _applied(settings)
        print(f"公開しました: {settings.tenant_url(folder.name)}")

    return _explained(make)


def suspend_command(settings: Settings, given: argparse.Namespace) -> int:
    with running_database(settings):
        return _explained(lambda: asyncio.run(_suspend(settings, given.slug, given.reason)))


def resume_command(settings: Settings, given: argparse.Namespace) -> int:
    with running_database(settings):
        return _explained(lambda: asyncio.run(_resume(settings, given.slug)))


def _applied(settings: Settings) -> None:
    changed = asyncio.run(apply_all(settings))
    print(f"{changed}件のプラットフォームを更新しました。" if changed else "変更はありません。")


def _checked(settings: Settings) -> None:
    folders, _ = bootstrap.read_all(settings.tenants)
    print(f"{len(folders)}件のプラットフォームのファイルに誤りはありません。")


async def _suspend(settings: Settings, slug: str, reason: str) -> None:
    database = Database(create_engine(settings, policies.WORKER, pool_size=1))
    async with database.write(NATIONAL) as session:
        await service.suspend_tenant(session, actor=bootstrap.Program("tsunagari"), slug=slug, reason=reason)
    await database.close()


async def _resume(settings: Settings, slug: str) -> None:
    database = Database(create_engine(settings, policies.WORKER, pool_size=1))
    async with database.write(NATIONAL) as session:
        await service.resume_tenant(session, actor=bootstrap.Program("tsunagari"), slug=slug)
    await database.close()


def _explained(work: Callable[[], None]) -> int:
    """Mistakes in files and refusals are said in words; everything else is a defect and keeps its traceback."""
    try:
        work()
    except ManifestRefused as refused:
        tell(refused)
        return 1
    except Refusal as refusal:
        print(*words_of(refusal), sep="\n", file=sys.stderr)
        return 1
    return 0


def tell(refused: ManifestRefused) -> None:
    """Every mistake with its file and line."""
    for problem in refused.problems:
        print(problem, file=sys.stderr)
    print(f"{len(refused.problems)}件の誤りがあるため、何も反映していません。", file=sys.stderr)


def _ask(label: str, proposal: str) -> str:
    return input(f"{label} [{proposal}]: " if proposal else f"{label}: ").strip() or proposal


def _take(label: str, proposal: str) -> str:
    return proposal
