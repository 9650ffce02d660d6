"""How faces register people: whoever is registered already is told by mail, and nobody else is."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context
from shared.events.registrations import service
from shared.events.registrations.service import AlreadyRegistered

T = TypeVar("T")


async def registering(ctx: Context, event_id: UUID, command: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Raises AlreadyRegistered, which says nothing but "see your mail", after the letter to the registered person is asked for."""
    try:
        async with ctx.site.turnstile.of(event_id):
            return await ctx.write(command)
    except AlreadyRegistered as known:
        await ctx.write(service.remind_of_registration, event_id=known.event_id, known_as=known.known_as)
        raise
