"""What comes after an event, through GraphQL."""

from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select

from shared.events.discussion import service as discussion
from shared.events.discussion.drafts import FollowUpDraft, OpinionDraft, TopicDraft
from shared.events.models import FollowUpState, Opinion
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_media
from tests.factories.events import make_event
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, data
from tests.services.web.graphql.test_writing import done, mutation

REPORT = mutation("publishEventReport", "id status report { body photos { caption credit image { alt } } }")
YESTERDAY = timedelta(days=-1)


async def test_a_report_is_published_with_the_photographs_that_may_be_shown(
    staff_for: StaffFor, worker_database: Database, town: Tenant, settings: Settings
) -> None:
    event = await make_event(worker_database, town, starts_at=clock.now() + YESTERDAY)
    shown, withheld = [await make_media(worker_database, town, FileStore(settings)) for _ in range(2)]
    photos = [
        {"imageId": str(shown.id), "alt": "話し合う4人", "credit": "事務局撮影", "consented": True},
        {"imageId": str(withheld.id), "caption": "横顔"},
    ]
    staff = await staff_for(town)
    values = {"id": str(event.id), "body": "30人が集まりました。", "photos": photos}
    answer = await done(staff, REPORT, values)
    assert answer["status"] == "REPORTED"
    assert answer["report"] == {
        "body": "30人が集まりました。",
        "photos": [{"caption": None, "credit": "事務局撮影", "image": {"alt": "話し合う4人"}}],
    }
    stale = await done(staff, REPORT, values | {"revision": 1})
    assert stale["code"] == "CONFLICT"


async def test_an_event_to_come_has_no_report(staff_for: StaffFor, worker_database: Database, town: Tenant) -> None:
    event = await make_event(worker_database, town)
    assert (await done(await staff_for(town), REPORT, {"id": str(event.id), "body": "まだ"}))["code"] == "NOT_YET"


async def test_opinions_are_read_with_their_tags_and_what_became_of_them(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    event = await make_event(worker_database, town, starts_at=clock.now() + YESTERDAY)
    voices = (
        OpinionDraft(body="SNSや新聞などのメディア。", methods=("SNS", "新聞")),
        OpinionDraft(body="頑固な人", gloss="支援を受け入れにくい人", targets=("支援を受け入れにくい人",)),
    )
    async with worker_database.write(town.id) as session:
        topics = (TopicDraft(question="どのような方法で周知するか", opinions=voices),)
        await discussion.set_topics(session, actor=EDITOR, event_id=event.id, topics=topics)
    async with worker_database.read(town.id) as session:
        known = {row.body: row.id for row in (await session.execute(select(Opinion))).scalars()}
    await _follow(worker_database, town, event.id, known["SNSや新聞などのメディア。"], published=True)
    await _follow(worker_database, town, event.id, known["頑固な人"], published=False)
    query = (
        f'{{ event(id: "{event.id}") {{ topics {{ opinions {{ body gloss targets methods timings status '
        "followUp { title status result event { id } } } } } }"
    )
    (topic,) = (await data(client_for(town), query))["event"]["topics"]
    first, second = topic["opinions"]
    assert (first["methods"], first["status"]) == (["SNS", "新聞"], "DONE")
    assert first["followUp"] == {"title": "発信する", "status": "DONE", "result": "しました。", "event": None}
    assert (second["targets"], second["status"], second["followUp"]) == (["支援を受け入れにくい人"], None, None)


async def _follow(database: Database, town: Tenant, event_id: UUID, opinion_id: UUID, *, published: bool) -> None:
    draft = FollowUpDraft(title="発信する", opinion_ids=(opinion_id,), state=FollowUpState.DONE, result="しました。")
    async with database.write(town.id) as session:
        draft = msgspec.structs.replace(draft, published=published)
        await discussion.save_follow_up(session, actor=EDITOR, event_id=event_id, draft=draft)


async def test_a_questionnaire_is_shown_once_the_event_has_begun(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    address = "https://forms.example.jp/seminar?a=1"
    coming = await make_event(worker_database, town, questionnaire_url=address)
    begun = await make_event(worker_database, town, questionnaire_url=address, starts_at=clock.now() + YESTERDAY)
    reader = client_for(town)
    for event, shown in ((coming, None), (begun, address)):
        answer = await data(reader, f'{{ event(id: "{event.id}") {{ questionnaireUrl }} }}')
        assert answer["event"]["questionnaireUrl"] == shown
        page = (await reader.get(f"/events/{event.id}")).text
        assert ("forms.example.jp" in page) == (shown is not None)
