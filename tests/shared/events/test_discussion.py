"""What people said, and what became of it."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from shared.events.discussion import queries, service
from shared.events.discussion.drafts import FollowUpDraft, OpinionDraft, TopicDraft, split_tags
from shared.events.discussion.queries import DeskTopic
from shared.events.models import Event
from shared.events.views import quoted
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, NotFound, Refusals
from shared.kit.settings import ROOT
from shared.tenants.manifest_events import EventFile
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.shared.looking import found

FIRST = TopicDraft(question="だれに", opinions=(OpinionDraft(body="頑固な人"), OpinionDraft(body="ヤングケアラー")))
SECOND = TopicDraft(question="どのように", opinions=(OpinionDraft(body="緑の羽などの象徴的なシンボルの活用。"),))


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    return await make_event(worker_database, tenant, starts_at=clock.now() - timedelta(days=1))


async def write(database: Database, event: Event, *topics: TopicDraft) -> list[DeskTopic]:
    async with database.write(event.tenant_id) as session:
        await service.set_topics(session, actor=EDITOR, event_id=event.id, topics=topics)
        return await queries.desk_topics(session, event.id)


def drafts(topics: list[DeskTopic]) -> list[TopicDraft]:
    """As they are stored."""
    return [msgspec.convert(msgspec.to_builtins(topic), TopicDraft) for topic in topics]


def bodies(topics: list[DeskTopic]) -> list[list[str]]:
    return [[opinion.body for opinion in topic.opinions] for topic in topics]


async def follow(database: Database, event: Event, *opinions: UUID) -> UUID:
    async with database.write(event.tenant_id) as session:
        draft = FollowUpDraft(title="声をかける", opinion_ids=opinions)
        return (await service.save_follow_up(session, actor=EDITOR, event_id=event.id, draft=draft)).id


async def followed(database: Database, event: Event) -> list[list[str]]:
    async with database.read(event.tenant_id) as session:
        listed = await queries.follow_ups(session, event_id=event.id)
    return [[voice.body for voice in each.voices] for each in listed.items]


async def test_opinions_change_their_place_and_their_topic_and_stay_who_they_are(
    web_database: Database, event: Event
) -> None:
    before = await write(web_database, event, FIRST, SECOND)
    first, second = drafts(before)
    moved = msgspec.structs.replace(second, opinions=(first.opinions[1], *second.opinions))
    rest = msgspec.structs.replace(first, opinions=first.opinions[:1])
    after = await write(web_database, event, moved, rest)
    assert bodies(after) == [["ヤングケアラー", "緑の羽などの象徴的なシンボルの活用。"], ["頑固な人"]]
    assert after[0].opinions[0].id == before[0].opinions[1].id
    alone = await write(web_database, event, drafts(after)[0])
    assert bodies(alone) == [["ヤングケアラー", "緑の羽などの象徴的なシンボルの活用。"]]


async def test_an_opinion_is_found_and_a_follow_up_lives_as_long_as_its_last_opinion(
    web_database: Database, tenant: Tenant, event: Event
) -> None:
    (topic,) = await write(web_database, event, FIRST)
    await follow(web_database, event, topic.opinions[0].id, topic.opinions[1].id)
    assert await found(web_database, tenant, "ヤングケアラー") == [f"/events/{event.id}"]
    (draft,) = drafts([topic])
    await write(web_database, event, msgspec.structs.replace(draft, opinions=draft.opinions[1:]))
    assert await followed(web_database, event) == [["ヤングケアラー"]]
    await write(web_database, event)
    assert await followed(web_database, event) == []


async def test_an_opinion_has_one_follow_up(web_database: Database, event: Event) -> None:
    (topic,) = await write(web_database, event, FIRST)
    stubborn, young = (opinion.id for opinion in topic.opinions)
    await follow(web_database, event, stubborn, young)
    await follow(web_database, event, young)
    assert sorted(await followed(web_database, event)) == [["ヤングケアラー"], ["頑固な人"]]


async def test_another_events_opinions_are_not_taken(web_database: Database, tenant: Tenant, event: Event) -> None:
    other = await make_event(web_database, tenant, starts_at=clock.now() - timedelta(days=3))
    (topic,) = await write(web_database, other, FIRST)
    with pytest.raises(NotFound):
        await write(web_database, event, *drafts([topic]))


async def test_what_has_not_begun_has_no_discussion(web_database: Database, tenant: Tenant) -> None:
    coming = await make_event(web_database, tenant)
    with pytest.raises(Conflict):
        await write(web_database, coming, FIRST)


async def test_a_topic_without_a_question_is_refused_where_it_stands(web_database: Database, event: Event) -> None:
    with pytest.raises(Refusals) as refused:
        await write(web_database, event, FIRST, TopicDraft(question="", opinions=(OpinionDraft(body=""),)))
    assert [problem.field for problem in refused.value.problems] == [
        "topics.1.question",
        "topics.1.opinions.0.body",
    ]


def test_tags_are_split_where_people_split_them() -> None:
    assert split_tags("SNS、新聞，テレビ, SNS\n ") == ("SNS", "新聞", "テレビ")


def test_words_are_quoted_once() -> None:
    assert quoted("頑固な人") == "「頑固な人」"
    assert quoted("「孤独・孤立」の学習会、勉強会を開く。") == "「孤独・孤立」の学習会、勉強会を開く。"


def test_the_first_exchanges_opinions_stand_in_the_demo_as_they_were_said_and_each_is_tagged() -> None:
    file = ROOT / "tenants" / "tokushima" / "events" / "information-exchange-1.toml"
    topics = msgspec.toml.decode(file.read_bytes(), type=EventFile).topics
    assert [len(topic.opinions) for topic in topics] == [7, 12]
    opinions = [opinion for topic in topics for opinion in topic.opinions]
    assert [opinion.body for opinion in opinions if not (opinion.targets or opinion.methods or opinion.timings)] == []
    assert all(opinion.targets for opinion in topics[0].opinions)
