"""The typed counters of an event as they come out of its rows: each with its unit and its moment, none of another kind."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.measures import UNITS
from shared.kit import clock
from shared.kit.japanese.folding import fold


class CounterView(msgspec.Struct, frozen=True):
    """`meaning` says what was counted, for people; `needs_stream`: an event without one has no such number."""

    name: str
    value: int
    as_of: datetime
    meaning: str
    online: bool = False

    @property
    def unit(self) -> str:
        return UNITS[self.name]


class _Counted(msgspec.Struct, frozen=True):
    """`registrants`: people with a seat who registered before the door, those who still wait and those who cancelled left out.

    `came` is a part of them: who was found at the door or from afar, of each party no more people than had registered.
    """

    registrants: int
    came: int
    attendees: int
    plays: int
    viewers: int
    organisations: list[tuple[str | None, str | None]]


_COUNTED = text(
    """
    WITH registered AS (
      SELECT r.tenant_id, r.id, r.party_size FROM registration r
      WHERE r.event_id = :event AND r.status = 'CONFIRMED' AND r.channel <> 'WALK_IN')
    SELECT jsonb_build_object(
      'registrants', (SELECT coalesce(sum(party_size), 0) FROM registered),
      'came', (SELECT coalesce(sum(least(r.party_size, greatest(c.present, o.present))), 0) FROM registered r
        LEFT JOIN check_in c ON c.tenant_id = r.tenant_id AND c.registration_id = r.id
        LEFT JOIN online_attendance o ON o.tenant_id = r.tenant_id AND o.registration_id = r.id
        WHERE c.id IS NOT NULL OR o.id IS NOT NULL),
      'attendees', (SELECT coalesce(sum(c.present), 0) FROM check_in c WHERE c.event_id = :event),
      'plays', (SELECT count(*) FROM play p WHERE p.event_id = :event),
      'viewers', (SELECT count(DISTINCT p.registration_id) FROM play p WHERE p.event_id = :event),
      'organisations', (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(r.organisation_id, r.organisation_name)), '[]')
        FROM check_in c JOIN registration r ON r.tenant_id = c.tenant_id AND r.id = c.registration_id
        WHERE c.event_id = :event AND (r.organisation_id IS NOT NULL OR r.organisation_name IS NOT NULL)))::text
    """
).bindparams(bindparam("event", type_=Uuid))

#: What people write who belong to no organisation.
_NONE = {
    fold(words)
    for words in ("", "-", "なし", "無し", "無", "個人", "個人参加", "一般", "無所属", "所属なし", "該当なし")
}


async def counters(session: AsyncSession, event_id: UUID) -> list[CounterView]:
    """事前登録者 and who of them came, 出席者, 出席団体, 視聴回数, 視聴者, as of now. One organisation is one, however many of its people came."""
    row = (await session.execute(_COUNTED, {"event": event_id})).scalar_one()
    counted, now = msgspec.json.decode(row, type=_Counted), clock.now()
    return [
        CounterView(
            "事前登録者数",
            counted.registrants,
            now,
            "参加が確定した人数（取消、キャンセル待ち、当日に申し込んだ方を除く）",
        ),
        CounterView(
            "事前登録者のうち出席した人数",
            counted.came,
            now,
            "事前登録した方のうち、来場かオンラインでの参加を記録した人数",
        ),
        CounterView("出席者数", counted.attendees, now, "受付で来場を記録した人数（当日の方を含む）"),
        CounterView("出席団体数", _organisations(counted), now, "来場した方の団体の数（同じ団体は1つ）"),
        CounterView("視聴回数", counted.plays, now, "「視聴する」が押された回数（配信と後日視聴）", online=True),
        CounterView("視聴者数", counted.viewers, now, "「視聴する」を押した方の人数（何度押しても1人）", online=True),
    ]


def _organisations(counted: _Counted) -> int:
    """A name that somebody wrote without choosing the member is the member's, if the same name came with it."""
    members = {fold(name): member for member, name in counted.organisations if member and name}
    written = ((member, fold(name or "")) for member, name in counted.organisations)
    return len({member or members.get(name, name) for member, name in written if member or name not in _NONE})
