"""`tsunagari account create`: the first administrator of a real installation, who then invites everybody else."""

import argparse
import asyncio

from services.cli.commands import add_command
from services.cli.database import running_database
from shared.identity import passwords, service
from shared.identity.models import Role
from shared.identity.policy import INSTALLATION
from shared.identity.tokens import new_password
from shared.kit.database import policies
from shared.kit.database.engine import create_engine
from shared.kit.database.session import Database
from shared.kit.refusals import Refusal
from shared.kit.settings import Settings
from shared.tenants import queries

GRANTABLE = (Role.SECRETARIAT_ADMIN, Role.SECRETARIAT, Role.OPERATOR, Role.NATIONAL_VIEWER)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    account = commands.add_parser("account", help="people: create")
    verbs = account.add_subparsers(required=True, metavar="VERB")
    create = add_command(verbs, "create", create_command, "an account with a role; prints its first password once")
    create.add_argument("--tenant", required=True, help="slug of the platform")
    create.add_argument("--role", required=True, choices=[role.value for role in GRANTABLE])
    create.add_argument("--email", required=True)
    create.add_argument("--name", required=True)


def create_command(settings: Settings, given: argparse.Namespace) -> int:
    with running_database(settings):
        try:
            print(asyncio.run(create_account(settings, given.tenant, Role(given.role), given.email, given.name)))
        except Refusal as refusal:
            print(refusal.message)
            return 1
    return 0


async def create_account(settings: Settings, slug: str, role: Role, email: str, name: str) -> str:
    """What to tell the person. An account that exists keeps its password and gets the role."""
    database = Database(create_engine(settings, policies.WORKER, pool_size=1))
    password = new_password()
    try:
        async with database.read(None) as session:
            tenant_id = next((host.id for host in await queries.all_hosts(session) if host.slug == slug), None)
        if tenant_id is None:
            raise Refusal("TENANT_UNKNOWN", f"There is no platform {slug!r}.")
        async with database.write(tenant_id) as session:
            digest = passwords.hash_password(password)
            account = await service.create_account(session, email=email, name=name, password_hash=digest)
            await service.assign_role(session, actor=INSTALLATION, account_id=account.id, role=role)
    finally:
        await database.close()
    if not account.created:
        return f"{email} had an account already; it now has the role {role} at {slug}. The password is unchanged."
    return f"{email} may sign in at {settings.tenant_url(slug)}/signin with the password {password}"
