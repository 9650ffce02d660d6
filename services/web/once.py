"""A form that was sent twice (two clicks, a reload) has its effect once."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.forms import Form
from shared.identity.policy import Actor
from shared.kit import idempotency

#: The hidden field that tells two forms with the same words apart.
FIELD = "form_key"


def new_form_key() -> str:
    return secrets.token_urlsafe(12)


async def once_per_form(
    session: AsyncSession, *, actor: Actor, form: Form, effect: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """What `effect` gave the first time. A form that was gone back to and changed is another one."""
    sent = form.values()
    digest = hashlib.sha256(msgspec.json.encode(sent, order="sorted")).hexdigest()
    return await idempotency.once(session, actor=actor.key, key=f"form {digest}", body=sent, effect=effect)
