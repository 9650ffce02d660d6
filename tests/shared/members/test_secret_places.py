"""A shelter's own words never say where it is: not its introduction, not its news, whoever writes them."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from shared.events import discarding, proposals
from shared.events.proposals import ProposalKind
from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.refusals import Refusal, Refusals
from shared.kit.settings import Settings
from shared.members import lookalikes, portal, secret_places, versions
from shared.members.details import ApplicationDetails
from shared.members.imports.plans import plan_all
from shared.members.imports.reading import LedgerRow
from shared.members.models import Channel
from shared.members.notices import service as notices
from shared.members.secret_places import SecretPlace
from shared.members.umbrella import service as umbrella
from shared.tenants.models import Tenant
from tests.factories.identity import make_account
from tests.factories.members import filled, make_member, make_platform

STAFF = Actor(name="事務局 里子", client_id="staff", roles=frozenset({Role.SECRETARIAT}))
HOUSE = SecretPlace(
    address="徳島県徳島市万代町1丁目1番地 ひだまりハイツ203",
    postal_code="770-8570",
    municipality="徳島市",
    name="女性の家",
)


@pytest.mark.parametrize(
    "words",
    [
        "万代町1-1です",
        "万代町一丁目一番地",
        "徳島市万代町１丁目１番",
        "万代町 1 − 1 − 5",
        "ひだまりハイツにあります",
        "〒770-8570",
        "７７０８５７０",
    ],
)
def test_a_place_is_known_in_every_spelling(words: str) -> None:
    assert HOUSE.is_told_in(words)


@pytest.mark.parametrize(
    "words", ["", "万代町1丁目10番", "万代町の近く", "徳島市内", "088-770-8570", "1丁目1番地", "女性の家"]
)
def test_what_only_resembles_it_is_no_place(words: str) -> None:
    assert not HOUSE.is_told_in(words)


@pytest.mark.parametrize("address", ["", "徳島市", "1-1"])
def test_a_place_without_a_street_stops_nothing(address: str) -> None:
    assert not SecretPlace(address=address, municipality="徳島市").is_told_in("徳島市で1-1の話をします。")


@pytest.fixture
async def tenant(worker_database: Database) -> AsyncIterator[Tenant]:
    yield await make_platform(worker_database)


@pytest.fixture
async def shelter(worker_database: Database, tenant: Tenant) -> UUID:
    member = await make_member(worker_database, tenant, name="女性の家", address="徳島市万代町1丁目1番地")
    await hide(worker_database, tenant, member)
    return member


async def hide(database: Database, tenant: Tenant, member: UUID) -> None:
    async with database.write(tenant.id) as session:
        await umbrella.describe_for_directory(
            session,
            actor=STAFF,
            organisation_id=member,
            audiences=[],
            resources=[],
            address_confidential=True,
            reason="避難先",
        )


async def manager(database: Database, tenant: Tenant, organisation_id: UUID) -> Actor:
    account = await make_account(database, tenant, Role.ORGANISATION_MANAGER, organisation_id=organisation_id)
    return Actor(
        account_id=account.id,
        name=account.name,
        roles=frozenset({Role.ORGANISATION_MANAGER}),
        organisation_ids=frozenset({organisation_id}),
        managed_ids=frozenset({organisation_id}),
    )


async def test_neither_a_notice_nor_the_secretariat_writes_it_into_the_entry(
    worker_database: Database, tenant: Tenant, shelter: UUID
) -> None:
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Refusals) as refused:
            changes = {"appeal": "万代町1-1でお待ちしています。", "purpose": "〒770-8570"}
            await notices.submit_change(session, shelter, changes, channel=Channel.FAX, actor=STAFF)
        assert [each.field for each in refused.value.problems] == ["purpose", "appeal"]
        with pytest.raises(Refusal, match="所在地は非公開です"):
            await versions.change(session, shelter, {"activities": "万代町１丁目１"}, actor=STAFF)


async def test_other_words_and_other_organisations_are_free(
    worker_database: Database, tenant: Tenant, shelter: UUID
) -> None:
    open_one = await make_member(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        assert (await versions.change(session, shelter, {"appeal": "電話をください。"}, actor=STAFF)).appeal
        assert (await versions.change(session, open_one, {"appeal": "万代町1-1です。"}, actor=STAFF)).appeal


async def test_what_was_written_before_is_told_and_stops_no_new_telephone_number(
    worker_database: Database, tenant: Tenant
) -> None:
    member = await make_member(worker_database, tenant, address="徳島市万代町1丁目1番地", appeal="万代町1-1へどうぞ。")
    async with worker_database.read(tenant.id) as session:
        assert await secret_places.told_already(session, member) == []
    await hide(worker_database, tenant, member)
    async with worker_database.write(tenant.id) as session:
        assert [each.kind for each in await secret_places.told_already(session, member)] == ["organisation"]
        assert (await versions.change(session, member, {"phone": "088-621-2345"}, actor=STAFF)).phone == "088-621-2345"
        with pytest.raises(Refusal):
            await versions.change(session, member, {"address": "徳島市万代町1丁目1番地の5"}, actor=STAFF)


async def test_a_list_does_not_bring_it_in(worker_database: Database, tenant: Tenant, shelter: UUID) -> None:
    details = filled(name="女性の家", appeal="万代町1丁目1番地", address="徳島市万代町1丁目1番地")
    row = LedgerRow(number=2, details=details, joined_on=None, left_on=None)
    async with worker_database.write(tenant.id) as session:
        [plan] = await plan_all(session, [row], guessed=[], default_joined_on=None)
    assert (plan.organisation_id, plan.problem and plan.problem.field) == (shelter, "appeal")


async def test_its_news_and_events_do_not_tell_it(worker_database: Database, tenant: Tenant, shelter: UUID) -> None:
    actor = await manager(worker_database, tenant, shelter)
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Refusals) as refused:
            await proposals.save_news(
                session, actor=actor, organisation_id=shelter, title="お茶の会", body="場所は万代町1-1です。"
            )
        assert refused.value.field == "body"


async def test_the_secretariat_does_not_release_it_either(
    worker_database: Database, tenant: Tenant, settings: Settings
) -> None:
    member = await make_member(worker_database, tenant, address="徳島市万代町1丁目1番地")
    actor = await manager(worker_database, tenant, member)
    async with worker_database.write(tenant.id) as session:
        item = await proposals.save_news(
            session, actor=actor, organisation_id=member, title="お茶の会", body="万代町1-1です。", propose=True
        )
    await hide(worker_database, tenant, member)
    async with worker_database.write(tenant.id) as session:
        assert [each.kind for each in await secret_places.told_already(session, member)] == ["announcement"]
        with pytest.raises(Refusal, match="所在地は非公開です"):
            await proposals.release(session, ProposalKind.NEWS, item, actor=STAFF, revision=2)
        await discarding.discard(
            session, FileStore(settings), ProposalKind.NEWS, item, actor=actor, organisation_id=member
        )
        assert await secret_places.told_already(session, member) == []


async def test_the_organisations_own_form_says_so_beside_the_field(
    worker_database: Database, tenant: Tenant, shelter: UUID
) -> None:
    actor = await manager(worker_database, tenant, shelter)
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Refusals) as refused:
            await portal.edit_own(session, shelter, {"area": "万代町1-1の周り"}, revision=2, actor=actor)
    assert [each.field for each in refused.value.problems] == ["area"]


async def test_nobody_finds_out_the_place_by_typing_addresses(
    worker_database: Database, tenant: Tenant, shelter: UUID
) -> None:
    async with worker_database.read(tenant.id) as session:
        [alike] = await lookalikes.lookalikes_of(
            session, ApplicationDetails(name="女性の家", address="徳島市万代町1丁目1番地")
        )
    assert (alike.id, alike.same) == (shelter, ["団体名"])
