"""Numbers of members in the texts of events: told on the desk like those of every other text."""

from datetime import date

from shared.events import service
from shared.events.service import SessionDraft
from shared.events.stated_counts import disagreements
from shared.kit.database.session import Database
from shared.members.stated_counts import Place
from tests.factories.content import EDITOR, make_announcement
from tests.factories.events import make_event
from tests.factories.members import make_organisation, make_platform

JULY = date(2023, 7, 14)


async def test_an_event_that_states_another_number_is_told_with_the_rest(worker_database: Database) -> None:
    tenant = await make_platform(worker_database)
    await make_organisation(worker_database, tenant, joined_on=date(2023, 2, 20), name="つなぐ会")
    news = await make_announcement(worker_database, tenant, title="違う", body="令和5年7月14日現在、2団体です。")
    wrong = "令和5年7月14日現在、参加団体は4団体です。"
    described = await make_event(worker_database, tenant, sessions=(), description=wrong)
    parts = (SessionDraft(label="第1部", title="いまの姿", body=wrong),)
    programmed = await make_event(worker_database, tenant, sessions=parts, starts_at=described.starts_at)
    await make_event(worker_database, tenant, description="令和5年7月14日現在、1団体です。")
    await make_event(worker_database, tenant, published=False, description=wrong)
    moved = await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await service.cancel_event(session, actor=EDITOR, event_id=moved.id, reason=wrong)
    async with worker_database.read(tenant.id) as session:
        found = await disagreements(session)
    assert (found[0].place, found[0].key, found[0].stated) == (Place.ANNOUNCEMENT, str(news.id), 2)
    events = found[1:]
    assert {each.key for each in events} == {str(each.id) for each in (described, programmed, moved)}
    assert {(each.place, each.stated, each.counted, each.as_of) for each in events} == {(Place.EVENT, 4, 1, JULY)}
