"""How mutations write: as the request's actor, once for each idempotency key."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.web.graphql.types import Info, as_uuid, plain
from shared.identity.policy import Actor
from shared.kit.idempotency import once
from shared.kit.refusals import NotFound, Refusal

T = TypeVar("T")
LONGEST_KEY = 200


def by(info: Info) -> Actor:
    return info.context.actor


def required(id: str) -> UUID:
    """The id of something that must be there."""
    wanted = as_uuid(id)
    if wanted is None:
        raise NotFound
    return wanted


def key_of(info: Info, input: Any) -> str | None:
    """Said in the input, else by the header `Idempotency-Key`."""
    key: str | None = input.idempotency_key or info.context.idempotency_key
    if key is not None and len(key) > LONGEST_KEY:
        raise Refusal("IDEMPOTENCY_KEY_TOO_LONG", f"キーは{LONGEST_KEY}文字までです。", "idempotency_key")
    return key


async def create(
    info: Info,
    input: Any,
    effect: Callable[[AsyncSession], Awaitable[UUID]],
    whole: Callable[[AsyncSession, UUID], Awaitable[T]],
) -> T:
    """The thing that `effect` makes, or the one that it made when this key came before."""
    return await info.context.write(create_command(info, input, effect, whole))


def create_command(
    info: Info,
    input: Any,
    effect: Callable[[AsyncSession], Awaitable[UUID]],
    whole: Callable[[AsyncSession, UUID], Awaitable[T]],
) -> Callable[[AsyncSession], Awaitable[T]]:
    """The same, to be run by whoever has something to add."""
    key, body = key_of(info, input), {"mutation": info.field_name, "input": plain(input)}

    async def command(session: AsyncSession) -> T:
        async def remembered() -> dict[str, Any]:
            return {"id": str(await effect(session))}

        answer = await once(session, actor=info.context.actor.key, key=key, body=body, effect=remembered)
        return await whole(session, UUID(answer["id"]))

    return command
