"""What a request may use: its tenant, its actor, one way to read and one way to write."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Concatenate, ParamSpec, TypeVar

from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.form_token import token_for
from services.web.preferences import Preferences
from services.web.site import Site
from services.web.tenancy import TenantRef
from shared.identity.policy import ANONYMOUS, Actor
from shared.kit import content_version
from shared.tenants.queries import Profile

P = ParamSpec("P")
T = TypeVar("T")


class Context:
    """One per request, at `request.state.ctx`; handlers take it as the dependency `ctx`."""

    def __init__(self, site: Site, tenant: TenantRef, preferences: Preferences, form_secret: str | None) -> None:
        self.site = site
        self.tenant = tenant
        self.preferences = preferences
        self.actor: Actor = ANONYMOUS
        #: What was asked for, to mark it in the menu and to come back to it; both as the client sent them.
        self.path = "/"
        self.path_and_query = "/"
        #: The cookie that form tokens are bound to; None until a form is shown.
        self.form_secret = form_secret
        self.new_form_secret: str | None = None
        #: Of a GraphQL request: the header `Idempotency-Key`, and the peer.
        self.idempotency_key: str | None = None
        #: The answer shows what changes without a new content version (free seats): it is never kept.
        self.live = False
        self.client_address = ""
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._session: AsyncSession | None = None
        self._profile: Profile | None = None

    def form_token(self) -> str:
        """The hidden field of a form; asking for it makes the answer personal, so it sets a cookie and is never cached."""
        if self.form_secret is None:
            self.form_secret = self.new_form_secret = secrets.token_urlsafe(24)
        return token_for(self.site.settings.secret_key, self.form_secret, self.tenant.id, self.actor.session_id)

    async def profile(self) -> Profile:
        """The same for the whole request, until it writes."""
        if self._profile is None:
            self._profile = await self.site.profile(self.tenant.id)
        return self._profile

    async def read(
        self, query: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query on the request's read session. Sibling GraphQL fields queue here: asyncpg serves one at a time."""
        async with self._lock:
            if self._session is None:
                self._session = await self._stack.enter_async_context(self.site.database.read(self.tenant.id))
            return await query(self._session, *args, **kwargs)

    async def write(
        self, command: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a command in a transaction of its own; a failing commit fails the caller."""
        await self.release()
        async with self.site.database.write(self.tenant.id) as session:
            result = await command(session, *args, **kwargs)
            version = content_version.raised(session)
        if version is not None:
            self.site.cache.learn(self.tenant.id, version)
        self._profile = None
        return result

    async def release(self) -> None:
        """Give the connection back; nothing slow is done while one is held."""
        async with self._lock:
            self._session = None
            await self._stack.aclose()


#: How handlers ask for it: `async def home(ctx: Ctx)`.
Ctx = NamedDependency[Context]
