"""What the pages of events say of the number of members, held against the ledger together with everything else that is public."""

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer

from shared.events.models import EventState
from shared.members import stated_counts
from shared.members.stated_counts import MOST_TEXTS, Disagreement, Place, PublicText

_PUBLIC = text(
    f"""
    SELECT e.id, e.title, array_remove(ARRAY[e.title, e.theme, e.description, e.description_easy, r.body, r.body_easy]
      || ARRAY(SELECT concat_ws(chr(10), s.title, s.body) FROM session s
        WHERE s.tenant_id = e.tenant_id AND s.event_id = e.id ORDER BY s.ordinal)
      || ARRAY(SELECT c.summary FROM event_change c
        WHERE c.tenant_id = e.tenant_id AND c.event_id = e.id ORDER BY c.ordinal), NULL) AS texts
    FROM event e LEFT JOIN event_report r
      ON r.tenant_id = e.tenant_id AND r.event_id = e.id AND r.published_at IS NOT NULL
    WHERE e.state <> '{EventState.DRAFT}' ORDER BY e.starts_at DESC LIMIT :most
    """
).bindparams(bindparam("most", type_=Integer))


async def disagreements(session: AsyncSession) -> list[Disagreement]:
    """Of the whole platform: its profile, figures, news and pages, and its events with their published reports."""
    rows = await session.execute(_PUBLIC, {"most": MOST_TEXTS})
    events = [PublicText(Place.EVENT, str(row.id), row.title, "\n".join(row.texts)) for row in rows]
    return await stated_counts.disagreements(session, events)
