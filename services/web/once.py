"""A form that was sent twice (two clicks, a reload) has its effect once."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.web.form_token import new_form_key
from services.web.forms import Form, FormExpired
from shared.identity.policy import Actor
from shared.kit import idempotency

__all__ = ["FIELD", "new_form_key", "once_per_form"]

#: The hidden field that tells two forms with the same words apart: `forms.once()` writes it, new for each page that is shown.
FIELD = "form_key"


async def once_per_form(
    session: AsyncSession, *, actor: Actor, form: Form, effect: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """What `effect` gave the first time that this form of this page was sent. Gone back to and changed, it is another one.

    All citizens are one actor, and people say the same words of different things: so the address counts, and the key of the
    page. A form without a key is not one of ours, or older than this rule: it is shown again, with one.
    """
    if not form.text(FIELD):
        raise FormExpired
    sent = await form.fingerprint()
    return await idempotency.once(session, actor=actor.key, key=f"form {sent}", body=sent, effect=effect)
