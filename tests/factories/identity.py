"""People with a sign-in, and browsers in which they are signed in."""

import itertools
import re
from functools import cache
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import update

from shared.identity import service
from shared.identity.models import Account, Role
from shared.identity.passwords import hash_password
from shared.identity.policy import INSTALLATION
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)


class MadeAccount(msgspec.Struct, frozen=True):
    id: UUID
    email: str
    name: str


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


async def make_account(
    database: Database,
    tenant: Tenant,
    role: Role | None,
    *,
    organisation_id: UUID | None = None,
    email: str | None = None,
    name: str | None = None,
    own_password: bool = True,
) -> MadeAccount:
    """Somebody with one role in `tenant` (or none), whose password is PASSWORD. `database` is the worker's.

    Without `own_password` it is a first password, which somebody has handed over.
    """
    number = next(_numbers)
    email, name = email or f"person{number}@people.example", name or f"試験 花子{number}"
    async with database.write(tenant.id) as session:
        account = await service.create_account(session, email=email, name=name, password_hash=_hash())
        if own_password:
            chosen = update(Account).where(Account.id == account.id).values(password_changed_at=clock.now())
            await session.execute(chosen)
        if role is not None:
            await service.assign_role(
                session, actor=INSTALLATION, account_id=account.id, role=role, organisation_id=organisation_id
            )
    return MadeAccount(account.id, email, name)


async def signed_in(client: httpx.AsyncClient, account: MadeAccount, *, cookie: str = "tsunagari") -> httpx.AsyncClient:
    """The same client with the session cookie of a real sign-in through the page."""
    answer = await sign_in(client, account.email)
    assert (answer.status_code, cookie in client.cookies) == (303, True), answer.text
    return client


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
    token = await form_token(client)
    return await client.post("/signin", data={"email": email, "password": password, "csrf": token, **fields})


async def form_token(client: httpx.AsyncClient, path: str = "/signin") -> str:
    """The hidden field of the form at `path`, good for every form of this browser."""
    page = await client.get(path)
    found = re.search(r'name="csrf"[^>]*value="([^"]+)"', page.text)
    assert found, f"no form at {path}: {page.status_code}"
    return found.group(1)
