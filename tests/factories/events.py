"""Events, prepared and published as the secretariat does it."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from shared.events import service
from shared.events.models import Event, EventKind
from shared.events.service import AppearanceDraft, EventDraft, SessionDraft
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR

_numbers = itertools.count(1)


def event_draft(**fields: Any) -> EventDraft:
    """A seminar in a month, with what is required and a little more."""
    starts_at = fields.pop("starts_at", (clock.now() + timedelta(days=30)).replace(minute=30, second=0, microsecond=0))
    values: dict[str, Any] = {
        "title": f"試験のセミナー{next(_numbers)}",
        "kind": EventKind.SEMINAR,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "venue": "試験会館 大ホール",
        "organiser": "試験町 福祉課",
    }
    return EventDraft(**values | fields)


def programme() -> tuple[SessionDraft, ...]:
    speaker = AppearanceDraft(person_name="試験 太郎", role_label="講師", affiliation="試験大学")
    return (
        SessionDraft(label="第1部", title="話を聞く", minutes=90, appearances=(speaker,)),
        SessionDraft(label="第2部", title="話し合う"),
    )


async def make_event(
    database: Database,
    tenant: Tenant,
    *,
    published: bool = True,
    sessions: Sequence[SessionDraft] | None = None,
    **fields: Any,
) -> Event:
    """Public unless `published=False`, with a programme of two parts unless told otherwise."""
    parts = programme() if sessions is None else sessions
    async with database.write(tenant.id) as session:
        event = await service.create_event(session, actor=EDITOR, draft=event_draft(**fields), sessions=parts)
        if published:
            await service.publish_event(session, actor=EDITOR, event_id=event.id)
    return event
