"""Platforms that can receive applications, filled forms, and organisations in the directory."""

import itertools
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.worker.actors import deliver, post
from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.content_version import bump
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow, OutboxState
from shared.kit.post import Letter, LetterState
from shared.kit.settings import Settings
from shared.members.details import ApplicationDetails
from shared.members.models import Channel, Membership, Organisation, Visibility
from shared.members.organisations import put_into_search
from shared.members.service import approve_application, submit_application
from shared.taxonomy.models import Municipality
from shared.tenants.models import Category, Charter, Contact, Field, Tenant
from tests.factories.tenants import make_tenant
from tests.factories.worker import workbench

STAFF = Actor(name="事務局 里子", client_id="staff", roles=frozenset({Role.SECRETARIAT}))
#: A canary: hidden wherever a form does not say otherwise.
HIDDEN_PHONE = "088-621-2179"
_numbers = itertools.count(1)


async def make_platform(database: Database, **columns: Any) -> Tenant:
    """A live tenant with two 分野, a tree of 区分, a 設置要綱 and a desk for applications. `database` is the worker's."""
    tenant = await make_tenant(database, **columns)
    async with database.write(tenant.id) as session:
        await session.execute(
            insert(Municipality)
            .values(
                [
                    {
                        "code": "360007",
                        "prefecture_code": "360007",
                        "prefecture": "徳島県",
                        "name": "徳島県",
                        "kana": "トクシマケン",
                    },
                    {
                        "code": "362042",
                        "prefecture_code": "360007",
                        "prefecture": "徳島県",
                        "name": "阿南市",
                        "kana": "アナンシ",
                    },
                ]
            )
            .on_conflict_do_nothing()
        )
        private = Category(slug="private", name="民間団体", ordinal=1)
        session.add_all(
            [
                private,
                Field(slug="childcare", name="子育て", ordinal=1),
                Field(slug="disaster", name="防災", ordinal=2),
                Charter(version=2, title="設置要綱", adopted_on=date(2024, 4, 1), body="第1条　目的"),
                Contact(
                    purpose="入会",
                    department="地域共生課",
                    phone="088-621-2913",
                    email="desk@pref.example",
                    postal_code="770-8570",
                    address="徳島市万代町1丁目1番地",
                    ordinal=1,
                ),
            ]
        )
        await session.flush()
        session.add(Category(slug="npo", name="NPO法人", ordinal=2, parent_id=private.id))
        await session.flush()
        await bump(session)
    return tenant


def filled(**changes: Any) -> ApplicationDetails:
    """様式1 as a careful applicant fills it; each call is another organisation."""
    number = next(_numbers)
    details = ApplicationDetails(
        name=f"NPO法人つなぐ会{number}",
        kana="エヌピーオーホウジンツナグカイ",
        postal_code="770-8570",
        address="徳島市万代町1丁目1番地",
        municipality_code="362042",
        representative_title="理事長",
        representative_name="髙橋 明",
        representative_kana="タカハシ アキラ",
        contact_department="総務",
        contact_name="﨑山 花",
        contact_kana="サキヤマ ハナ",
        phone=HIDDEN_PHONE,
        email=f"tsunagu{number}@npo.example",
        website="https://tsunagu.example/",
        category="npo",
        fields=("childcare",),
        people="12",
        founded_year="1998",
        purpose="だれもが立ち寄れる場所をつくる",
        activities="毎週、子ども食堂を開いています。",
        area="徳島市内",
        audience="子どもと、その家族",
        appeal="気軽にのぞいてください。",
        source="OPEN_CALL",
        visibility={"representative_name": Visibility.PUBLIC},
        charter_version=2,
        consent=True,
    )
    return msgspec.structs.replace(details, **changes)


async def make_application(database: Database, tenant: Tenant, **changes: Any) -> UUID:
    async with database.write(tenant.id) as session:
        details = filled(**changes)
        return (await submit_application(session, details, channel=Channel.WEB, actor=Actor())).id


async def make_member(database: Database, tenant: Tenant, *, joined_on: date | None = None, **changes: Any) -> UUID:
    """An organisation that applied and was approved; the id of the organisation."""
    application_id = await make_application(database, tenant, **changes)
    async with database.write(tenant.id) as session:
        day = joined_on or clock.today()
        view = await approve_application(session, application_id, effective_on=day, actor=STAFF)
    assert view.organisation_id is not None
    return view.organisation_id


async def make_organisation(
    database: Database, tenant: Tenant, *, joined_on: date | None, left_on: date | None = None, **columns: Any
) -> UUID:
    """A bare row as a manifest makes it; without `joined_on` it is in no ledger."""
    now = clock.now()
    async with database.write(tenant.id) as session:
        organisation = Organisation(created_at=now, updated_at=now, **columns)
        session.add(organisation)
        await session.flush()
        if joined_on:
            session.add(
                Membership(organisation_id=organisation.id, joined_on=joined_on, left_on=left_on, created_at=now)
            )
            await session.flush()
        await put_into_search(session, organisation.id)
        await bump(session)
    return organisation.id


async def _waiting_facts(database: Database, tenant: Tenant) -> list[UUID]:
    async with database.read(tenant.id) as session:
        waiting = select(OutboxRow.id).where(OutboxRow.state == OutboxState.WAITING, OutboxRow.attempts == 0)
        return list(await session.scalars(waiting.order_by(OutboxRow.id)))


async def _asleep(database: Database, tenant: Tenant) -> set[UUID]:
    """Letters that wait for the morning since an earlier call."""
    async with database.read(tenant.id) as session:
        waiting = select(Letter.id).where(Letter.state == LetterState.QUEUED, Letter.run_at > func.now())
        return set(await session.scalars(waiting))


async def settle(settings: Settings, tenant: Tenant) -> list[Letter]:
    """Let the worker react to the tenant's facts and post its letters; those posted by this call, oldest first.

    Other tests' facts stay where they are, which `run_until_idle` would have to work off first.
    """
    async with workbench(settings) as bench:
        asleep = await _asleep(bench.database, tenant)
        # A reaction may record the next fact.
        while facts := await _waiting_facts(bench.database, tenant):
            for fact_id in facts:
                await deliver(bench, tenant.id, fact_id)
        async with bench.database.read(tenant.id) as session:
            queued = select(Letter).where(Letter.state == LetterState.QUEUED).order_by(Letter.queued_at)
            letters = [each for each in (await session.execute(queued)).scalars() if each.id not in asleep]
        for letter in letters:
            await post(bench, tenant.id, letter.id)
    return letters
