"""傘下団体: what is declared, who is registered, how far that reaches, and notices that are passed on."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from shared.kit import clock
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.kit.settings import Settings
from shared.members.models import Membership
from shared.members.notices import queries as notice_queries
from shared.members.umbrella import queries as umbrella
from shared.members.umbrella import service
from shared.members.umbrella.queries import Child, Reach
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, make_member, make_organisation, make_platform, settle
from tests.factories.name_use import manager_of

DAY = date(2023, 2, 20)


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


async def declare(database: Database, tenant: Tenant, organisation_id: UUID, **said: object) -> None:
    values = {"count": 700, "unit": "社", "approximate": True, "as_of": DAY} | said
    async with database.write(tenant.id) as session:
        await service.declare_affiliates(session, actor=STAFF, organisation_id=organisation_id, **values)  # type: ignore[arg-type]


async def register(database: Database, tenant: Tenant, parent: UUID, *names: str, email: str = "") -> None:
    async with database.write(tenant.id) as session:
        for name in names:
            await service.register_child(session, actor=STAFF, parent_id=parent, name=name, email=email)


async def reach(database: Database, tenant: Tenant) -> Reach:
    async with database.read(tenant.id) as session:
        return await umbrella.reach(session)


async def test_a_declared_number_keeps_its_day_its_unit_and_its_about(web_database: Database, platform: Tenant) -> None:
    parent = await make_member(web_database, platform)
    await declare(web_database, platform, parent)
    await declare(web_database, platform, parent, count=690, as_of=DAY + timedelta(days=365), approximate=False)
    await declare(web_database, platform, parent, count=705)
    async with web_database.read(platform.id) as session:
        kept = await umbrella.umbrella(session, parent)
        shown = await umbrella.affiliates(session, parent)
    assert [(row.words, row.as_of) for row in kept.declarations] == [("690社", date(2024, 2, 20)), ("約705社", DAY)]
    assert shown.declared is not None
    assert shown.declared.words == "690社"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 10**9}, "count"),
        ({"unit": ""}, "unit"),
        ({"as_of": date(2999, 1, 1)}, "as_of"),
    ],
)
async def test_a_number_that_cannot_be_is_refused(
    web_database: Database, platform: Tenant, said: dict[str, object], field: str
) -> None:
    parent = await make_member(web_database, platform)
    with pytest.raises(Refusal) as refused:
        await declare(web_database, platform, parent, **said)
    assert refused.value.field == field


async def test_children_are_organisations_or_names_and_each_is_registered_once(
    web_database: Database, platform: Tenant
) -> None:
    parent = await make_member(web_database, platform, name="食堂のネットワーク")
    child = await make_member(web_database, platform, name="NPO法人You&ゆう")
    await register(web_database, platform, parent, "npo法人ＹＯＵ＆ユウ", "ほかの 食堂")
    async with web_database.read(platform.id) as session:
        shown = await umbrella.affiliates(session, parent)
    assert shown.children == [Child("NPO法人You&ゆう", child), Child("ほかの 食堂", None)]
    for again in ("NPO法人You&ゆう", "ほかの食堂"):
        with pytest.raises(Conflict):
            await register(web_database, platform, parent, again)
    with pytest.raises(Refusal):
        await register(web_database, platform, parent, "食堂のネットワーク")


async def test_the_reach_counts_everybody_once(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    today = clock.today()
    assert (await reach(web_database, platform)).count == 0
    network = await make_member(web_database, platform, name="ネットワーク")
    association = await make_member(web_database, platform, name="協会")
    await make_member(web_database, platform, name="会員の食堂")
    await make_organisation(
        worker_database, platform, name="去った食堂", joined_on=today - timedelta(days=9), left_on=today
    )
    await register(web_database, platform, network, "会員の食堂", "去った食堂", "名だけの食堂")
    await register(web_database, platform, association, "名だけの 食堂", "会員の食堂", "もう一つの食堂")
    await declare(web_database, platform, network, count=55, unit="か所", approximate=False, as_of=DAY)
    await declare(web_database, platform, association, count=2, approximate=True)
    found = await reach(web_database, platform)
    # 3 members; 去った食堂, 名だけの食堂 and もう一つの食堂 beyond them; 55 - 3 that are not known by name, and none of the two.
    assert (found.members, found.registered, found.declared, found.count) == (3, 3, 52, 58)
    assert (found.approximate, found.as_of, found.declared_as_of) == (False, today, DAY)


async def test_a_name_that_becomes_a_member_is_still_counted_once(web_database: Database, platform: Tenant) -> None:
    network = await make_member(web_database, platform)
    await register(web_database, platform, network, "ひだまり食堂")
    before = await reach(web_database, platform)
    await make_member(web_database, platform, name="ひだまり 食堂")
    after = await reach(web_database, platform)
    assert [(each.members, each.registered) for each in (before, after)] == [(1, 1), (2, 0)]


async def test_a_notice_is_passed_on_and_confirmed_by_a_person(
    web_database: Database, platform: Tenant, settings: Settings
) -> None:
    network = await make_member(web_database, platform, name="ネットワーク")
    await make_member(web_database, platform, name="会員の食堂", email="member@dining.example")
    await register(web_database, platform, network, "会員の食堂", "黙った食堂")
    await register(web_database, platform, network, "名だけの食堂", email="name@dining.example")
    await register(web_database, platform, network, "同じ宛先の食堂", email="name@dining.example")
    await settle(settings, platform)
    async with web_database.write(platform.id) as session:
        await service.request_relay(
            session, actor=STAFF, organisation_id=network, subject="配布のお知らせ", body="エプロンを配ります。"
        )
    posted = await settle(settings, platform)
    letters = {letter.to_email: letter for letter in posted if letter.template == "members/relay_request"}
    assert sorted(letters) == ["member@dining.example", "name@dining.example"]
    letter = letters["name@dining.example"]
    assert letter.subject == "配布のお知らせ（ネットワーク からのお知らせ）"
    key = letter.body.rpartition("/relay/")[2].split()[0]
    async with web_database.write(platform.id) as session:
        await service.confirm_receipt(session, receipt_key=key)
        await service.confirm_receipt(session, receipt_key=key)
    async with web_database.read(platform.id) as session:
        [relay] = (await umbrella.umbrella(session, network)).relays
    assert {receipt.name: receipt.confirmed_at is not None for receipt in relay.receipts} == {
        "会員の食堂": False,
        "名だけの食堂": True,
    }
    assert relay.confirmed == 1


async def test_nothing_is_passed_on_to_children_that_have_left(
    web_database: Database, worker_database: Database, platform: Tenant, settings: Settings
) -> None:
    network = await make_member(web_database, platform, name="ネットワーク")
    await make_member(web_database, platform, name="残る食堂", email="stays@dining.example")
    gone = await make_member(web_database, platform, name="去る食堂", email="gone@dining.example")
    await register(web_database, platform, network, "残る食堂", "去る食堂")
    async with worker_database.write(platform.id) as session:
        await session.execute(
            update(Membership).where(Membership.organisation_id == gone).values(left_on=clock.today())
        )
    async with web_database.write(platform.id) as session:
        kept = await umbrella.umbrella(session, network)
        await service.request_relay(session, actor=STAFF, organisation_id=network, subject="件名", body="本文")
    assert ({entry.name: entry.reachable for entry in kept.entries}, kept.reachable) == (
        {"残る食堂": True, "去る食堂": False},
        1,
    )
    posted = [each for each in await settle(settings, platform) if each.template == "members/relay_request"]
    assert [letter.to_email for letter in posted] == ["stays@dining.example"]
    assert "ネットワーク" in posted[0].body.partition("----")[0]
    assert "ネットワーク" in posted[0].body.rpartition("----")[2]


async def test_each_verb_is_its_managers_and_leaves_a_line_in_the_record(
    web_database: Database, platform: Tenant
) -> None:
    network, other = await make_member(web_database, platform), await make_member(web_database, platform)
    actor = manager_of(network)
    said = {"count": 7, "unit": "社", "approximate": False, "as_of": DAY}
    async with web_database.write(platform.id) as session:
        await service.declare_affiliates(session, actor=actor, organisation_id=network, **said)  # type: ignore[arg-type]
        for name in ("潮の食堂", "丘の食堂"):
            await service.register_child(session, actor=actor, parent_id=network, name=name, email="a@dining.example")
        [entry] = [each for each in (await umbrella.umbrella(session, network)).entries if each.name == "潮の食堂"]
        await service.remove_child(session, actor=actor, parent_id=network, affiliation_id=entry.id)
        await service.request_relay(session, actor=actor, organisation_id=network, subject="件名", body="本文")
    async with web_database.read(platform.id) as session:
        noted = (
            select(AuditEntry.action, AuditEntry.summary)
            .where(AuditEntry.object_id == network, AuditEntry.actor_name == actor.name)
            .order_by(AuditEntry.id)
        )
        assert [tuple(row) for row in await session.execute(noted)] == [
            ("umbrella.declare", "2023-02-20 7社"),
            ("umbrella.register", "潮の食堂"),
            ("umbrella.register", "丘の食堂"),
            ("umbrella.remove", "潮の食堂"),
            ("umbrella.relay", "「件名」1件"),
        ]
        of_another = [
            service.declare_affiliates(session, actor=actor, organisation_id=other, **said),  # type: ignore[arg-type]
            service.register_child(session, actor=actor, parent_id=other, name="食堂"),
            service.remove_child(session, actor=actor, parent_id=other, affiliation_id=entry.id),
            service.request_relay(session, actor=actor, organisation_id=other, subject="件名", body="本文"),
            service.describe_for_directory(
                session,
                actor=actor,
                organisation_id=network,
                audiences=[],
                resources=[],
                address_confidential=False,
                reason="",
            ),
        ]
        for verb in of_another:
            with pytest.raises(Forbidden):
                await verb


async def test_tags_keep_what_was_and_a_secret_place_is_noted(web_database: Database, platform: Tenant) -> None:
    organisation = await make_member(web_database, platform, audiences=("youth",))

    async def describe(revision: int | None = None, **said: Any) -> None:
        secret: dict[str, Any] = {"address_confidential": True, "reason": "避難先"}
        values = {"audiences": ["women"], "resources": []} | secret | said
        async with web_database.write(platform.id) as session:
            await service.describe_for_directory(
                session, actor=STAFF, organisation_id=organisation, revision=revision, **values
            )

    async with web_database.read(platform.id) as session:
        read = (await umbrella.listing(session, organisation)).revision
    await describe(read)
    with pytest.raises(Conflict):
        await describe(read, audiences=["children"])
    await describe(address_confidential=False, reason="")
    async with web_database.read(platform.id) as session:
        [version] = await notice_queries.former_versions(session, organisation)
        found = await umbrella.listing(session, organisation)
        noted = select(AuditEntry.action).where(AuditEntry.object_id == organisation).order_by(AuditEntry.id)
        actions = [each for each in (await session.execute(noted)).scalars() if each.startswith("organisation.")]
    assert (version.details.audiences, version.replaced_by) == (("youth",), STAFF.name)
    assert (found.audiences, found.address_confidential, found.revision) == (["women"], False, read + 3)
    assert actions == ["organisation.change", "organisation.hide-address", "organisation.show-address"]


async def test_without_an_address_nothing_is_passed_on(web_database: Database, platform: Tenant) -> None:
    network = await make_member(web_database, platform)
    await register(web_database, platform, network, "名だけの食堂")
    with pytest.raises(Refusal) as refused:
        async with web_database.write(platform.id) as session:
            await service.request_relay(session, actor=STAFF, organisation_id=network, subject="件名", body="本文")
    assert refused.value.code == "NOBODY_REACHABLE"


async def test_another_platform_knows_nothing_of_it(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    network = await make_member(web_database, platform)
    await register(web_database, platform, network, "名だけの食堂")
    other = await make_platform(worker_database)
    async with web_database.read(other.id) as session:
        assert not await umbrella.affiliates(session, network)
        with pytest.raises(NotFound):
            await umbrella.umbrella(session, network)
        with pytest.raises(NotFound):
            await umbrella.letterhead(session, str(uuid4()))
    with pytest.raises(NotFound):
        await register(web_database, other, network, "名だけの食堂")
