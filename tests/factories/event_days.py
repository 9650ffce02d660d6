"""The day of an event with everything that is known of it: who came, where they sat, what they watched, what they got."""

from datetime import timedelta
from uuid import UUID

from shared.events.attendance import certificates, check_in, online, tables, viewing
from shared.events.attendance.check_in import Scan
from shared.events.attendance.models import Basis
from shared.events.registrations.models import Attendance
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration

RULE = {"title": "修了証", "body": "次の講座を修了されたことを証します。", "issuer": "会長　試験 太郎"}


async def plant_event_day(database: Database, tenant: Tenant, title: str) -> list[UUID]:
    """With the words zqholder, zqdoor and zqstream in what nobody else may read. Returns the ids of what is private."""
    now = clock.now()
    event = await make_event(
        database, tenant, title=title, online=True, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2)
    )
    guest = await make_registration(database, tenant, event.id, name="zqholder")
    viewer = await make_registration(database, tenant, event.id, name="zqholder", attendance=Attendance.ONLINE)
    async with database.write(tenant.id) as session:
        for place in ("東口", "zqdoor"):
            scan = Scan(given=guest.code, place=place)
            await check_in.scan(session, actor=SECRETARIAT, event_id=event.id, scan=scan)
        await tables.compose(session, actor=SECRETARIAT, event_id=event.id, size=4, basis=Basis.PRESENT)
        await viewing.set_addresses(
            session,
            actor=SECRETARIAT,
            event_id=event.id,
            stream_url="https://zqstream.example/live",
            archive_url="",
            archive_until=None,
        )
        await viewing.record_play(session, registration_id=viewer.id)
        await certificates.set_rule(session, actor=SECRETARIAT, event_id=event.id, **RULE)
        [made] = await certificates.issue(session, actor=SECRETARIAT, event_id=event.id, platform=tenant.slug)
        await online.record_viewers(session, actor=SECRETARIAT, event_id=event.id)
    return [guest.id, made.id, event.id]
