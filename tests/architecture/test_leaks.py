"""Nothing of a platform is seen by those who may not: every page and every GraphQL field is asked, by all kinds of strangers.

Each secret carries a word that occurs nowhere else. The first test shows that the platform's own staff does meet every one of
them on this walk, so that the silence of the other tests means something.
"""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from sqlalchemy.dialects.postgresql import insert

from services.web.graphql.schema import build
from services.web.site import Site
from shared.content import service as content
from shared.events import proposals
from shared.identity import service as identity
from shared.identity.models import Role
from shared.identity.policy import Actor, Permission
from shared.identity.tokens import hash_of, new_token
from shared.kit import clock
from shared.kit.database.session import NATIONAL, Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.members import intake
from shared.members.models import Channel, Organisation, Visibility
from shared.members.name_use import files
from shared.members.notices import service as notices
from shared.members.umbrella import service as umbrellas
from shared.taxonomy.models import Municipality
from shared.tenants.models import Tenant
from tests.architecture.walking import Mutation, addresses, mutations, queries, queries_by_id, with_one_id
from tests.factories.after_events import plant_after_an_event
from tests.factories.content import EDITOR, make_announcement
from tests.factories.event_days import plant_event_day
from tests.factories.events import make_event, programme
from tests.factories.identity import make_account, signed_in
from tests.factories.letters import queue_letter
from tests.factories.members import make_application, make_member, make_platform
from tests.factories.name_use import DRAWING, make_name_use, manager_of, offer_name_use
from tests.factories.registrations import make_registration
from tests.factories.screening import PDF, make_pledge
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

SCHEMA = build()
TYPIST = Actor(name="事務局", client_id="typist", roles=frozenset({Role.SECRETARIAT}))
#: Public words that stand beside the secrets, to search for.
BAIT = "秘密の集い"
CANARIES = {
    "a draft of news": "zqdraft",
    "news that were withdrawn": "zqwithdrawn",
    "a draft of an event": "zqevent",
    "who will speak there": "zqspeaker",
    "a hidden telephone number": "088-697-4177",
    "a hidden contact": "zqcontact",
    "the kana of a hidden contact": "ゼクコンタクト",
    "a hidden address of mail": "zqhidden@member.example",
    "a shelter's address": "zqshelter",
    "a shelter's postal code": "779-4177",
    "the place where a shelter is": "zqvillage",
    "why it is kept secret": "zqdanger",
    "a notice to the children of an umbrella": "zqrelay",
    "who has applied": "zqapplicant",
    "the applicant's mail": "zqapplying@member.example",
    "what a change notice says": "zqchange",
    "why an organisation leaves": "zqleaving",
    "a letter's words": "zqletter",
    "a letter's receiver": "zqreceiver@member.example",
    "who comes to an event": "zqregistrant",
    "their mail": "zqregistered@member.example",
    "what they need": "zqneeds",
    "whom they bring": "zqcompanion",
    "what the secretariat notes of them": "zqregistrationnote",
    "a report's draft": "zqreportdraft",
    "a photograph without consent": "zqfaces",
    "what the secretariat notes of an opinion": "zqfollowupnote",
    "who has a certificate": "zqholder",
    "the door at which somebody came in": "zqdoor",
    "where an event is streamed": "zqstream",
    "an account's mail": "zqaccount@people.example",
    "an account's name": "zqperson",
    "a paper as it came": "zqscan",
    "news that a member drafts": "zqmemberdraft",
    "what a member wants the platform's name for": "zqpurpose",
    "a request for the name as it came on paper": "zqnamescan",
    "a logo that is handed out": "zqlogo",
}


#: Mutations by which a person speaks for himself or herself alone.
OF_ONESELF = {"signPledge"}


class Secrets(NamedTuple):
    """`private` are ids that only the staff may know something about; `known` are all."""

    tenant: Tenant
    private: list[UUID]
    known: list[UUID]


@pytest.fixture(scope="module")
async def secrets(worker_database: Database, settings: Settings) -> Secrets:
    tenant = await make_platform(worker_database)
    draft = await make_announcement(worker_database, tenant, published=False, title=f"{BAIT} zqdraft", body=BAIT)
    gone = await make_announcement(worker_database, tenant, title=f"{BAIT} zqwithdrawn", body=BAIT)
    async with worker_database.write(tenant.id) as session:
        await content.withdraw_announcement(session, actor=EDITOR, announcement_id=gone.id)
    first, second = programme()
    speaker = type(first.appearances[0])(person_name="zqspeaker")
    parts = (type(first)(title="第1部", appearances=(speaker,)), second)
    event = await make_event(worker_database, tenant, published=False, sessions=parts, title=f"{BAIT} zqevent")
    member = await make_member(
        worker_database,
        tenant,
        name=f"{BAIT}の会",
        phone="088-697-4177",
        contact_name="zqcontact",
        contact_kana="ゼクコンタクト",
        email="zqhidden@member.example",
    )
    shelter = await _shelter(worker_database, tenant)
    application = await make_application(
        worker_database, tenant, name="zqapplicant の会", email="zqapplying@member.example"
    )
    async with worker_database.write(tenant.id) as session:
        changes = {"contact_name": "zqchange"}
        change = await notices.submit_change(session, member, changes, channel=Channel.FAX, actor=TYPIST)
        leaving = await notices.submit_withdrawal(
            session, member, effective_on=clock.today(), reason="zqleaving", channel=Channel.FAX, actor=TYPIST
        )
    letter = await queue_letter(
        worker_database, settings, tenant.id, to_email="zqreceiver@member.example", values={"words": "zqletter"}
    )
    held = await make_event(worker_database, tenant, title=f"{BAIT}の日", party_limit=5)
    registration = await make_registration(
        worker_database,
        tenant,
        held.id,
        actor=TYPIST,
        name="zqregistrant",
        email="zqregistered@member.example",
        needs="zqneeds",
        companions="zqcompanion",
        party_size=2,
        remarks="zqregistrationnote",
    )
    account = await make_account(
        worker_database, tenant, Role.SECRETARIAT, email="zqaccount@people.example", name="zqperson"
    )
    private = [draft.id, gone.id, event.id, application, letter.id, account.id, change.id, leaving.id, registration.id]
    private += await _of_members(worker_database, settings, tenant, member, application)
    private += await plant_after_an_event(worker_database, settings, tenant, held.id)
    *of_the_day, today = await plant_event_day(worker_database, tenant, f"{BAIT}の午後")
    private += of_the_day
    return Secrets(tenant, private, [*private, member, shelter, held.id, today])


async def _of_members(
    database: Database, settings: Settings, tenant: Tenant, member: UUID, application: UUID
) -> list[UUID]:
    """Papers, a draft, and a request for the platform's name with its files."""
    store, paper = FileStore(settings), PDF.replace(b"<<>>", b"<<>> % zqscan")
    await offer_name_use(database, tenant)
    asked = await make_name_use(database, tenant, member, title=BAIT, purpose="zqpurpose")
    async with database.write(tenant.id) as session:
        scan = await intake.keep_scan(session, store, data=paper, actor=TYPIST, application_id=application)
        kept = await files.keep_scan(
            session, store, asked.id, data=paper.replace(b"zqscan", b"zqnamescan"), actor=TYPIST
        )
        drawing = DRAWING.replace(b"</svg>", b"<title>zqlogo</title></svg>")
        logo = await files.keep_logo(session, store, data=drawing, name="横組み", actor=TYPIST)
        draft = await proposals.save_news(
            session,
            actor=manager_of(member),
            organisation_id=member,
            title=f"{BAIT} zqmemberdraft",
            body=BAIT,
            propose=True,
        )
    return [scan.id, asked.id, kept.id, logo.id, draft]


async def _shelter(database: Database, tenant: Tenant) -> UUID:
    """It says itself that its address is public: that its place is confidential weighs more."""
    async with database.write(tenant.id) as session:
        place = {
            "code": "Q00019",
            "prefecture_code": "Q00000",
            "prefecture": "zqvillage",
            "name": "zqvillage",
            "kana": "ム",
        }
        await session.execute(insert(Municipality).values(place).on_conflict_do_nothing())
    shelter = await make_member(
        database,
        tenant,
        name=f"{BAIT}の家",
        address="zqshelter 1-2",
        postal_code="779-4177",
        visibility={"address": Visibility.PUBLIC},
    )
    async with database.write(tenant.id) as session:
        (await session.get_one(Organisation, (tenant.id, shelter))).municipality_code = "Q00019"
        await umbrellas.describe_for_directory(
            session,
            organisation_id=shelter,
            audiences=["women"],
            resources=["place"],
            address_confidential=True,
            reason="zqdanger",
        )
        await umbrellas.register_child(session, parent_id=shelter, name="小さな家", email="child@member.example")
        await umbrellas.request_relay(
            session, actor=EDITOR, organisation_id=shelter, subject="zqrelay", body="お知らせです。"
        )
    return shelter


@pytest.fixture(scope="module")
async def elsewhere(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
async def visitors(
    secrets: Secrets, elsewhere: Tenant, worker_database: Database, client_for: ClientFor, site: Site
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """By a name that says who knocks where."""
    await site._reload_hosts()
    async with worker_database.read(NATIONAL) as session:
        nation = await session.get_one(Tenant, NATIONAL)

    async def person(tenant: Tenant, role: Role, **more: Any) -> httpx.AsyncClient:
        account = await make_account(worker_database, tenant, role, **more)
        if tenant is secrets.tenant:
            await make_pledge(worker_database, tenant, account)
        return await signed_in(client_for(tenant), account)

    def going_to(tenant: Tenant, client: httpx.AsyncClient) -> httpx.AsyncClient:
        visitor = client_for(tenant)
        visitor.headers["cookie"] = f"tsunagari={client.cookies['tsunagari']}"
        return visitor

    foreign_staff = await person(elsewhere, Role.SECRETARIAT_ADMIN)
    operator = await person(nation, Role.OPERATOR)
    program = client_for(secrets.tenant)
    program.headers["authorization"] = f"Bearer {await _token(worker_database, elsewhere)}"
    yield {
        "own staff": await person(secrets.tenant, Role.SECRETARIAT_ADMIN),
        "a stranger": client_for(secrets.tenant),
        "a stranger elsewhere": client_for(elsewhere),
        "staff of another platform at home": foreign_staff,
        "staff of another platform here": going_to(secrets.tenant, foreign_staff),
        "a program of another platform": program,
        "a member": await person(
            secrets.tenant,
            Role.ORGANISATION_MANAGER,
            organisation_id=await _other_member(worker_database, secrets.tenant),
        ),
        "the operator": operator,
        "the operator here": going_to(secrets.tenant, operator),
        "the national viewer": await person(nation, Role.NATIONAL_VIEWER),
        "the nation's staff": await person(nation, Role.SECRETARIAT_ADMIN),
    }


async def _other_member(database: Database, tenant: Tenant) -> UUID:
    return await make_member(database, tenant)


async def _token(database: Database, tenant: Tenant) -> str:
    token = new_token()
    async with database.write(tenant.id) as session:
        await identity.ensure_client(
            session, client_id="robot", name="連携", secret_hash=hash_of(token).hex(), role=Role.SECRETARIAT
        )
        await identity.keep_token(session, client_id="robot", token=token)
    return token


async def everything_read_by(
    client: httpx.AsyncClient, app: Litestar, secrets: Secrets
) -> AsyncIterator[tuple[str, str]]:
    """Where, and what was answered: headers and body."""
    for address in [
        *addresses(app, secrets.known, [BAIT, secrets.tenant.slug]),
        f"/search?q={BAIT}",
        f"/organisations?q={BAIT}",
        f"/organisations?q={BAIT}&audience=women",
        "/organisations?municipality=Q00019",
        "/organisations?q=zqshelte",
    ]:
        if address.startswith("/static/"):
            continue
        answer = await client.get(address)
        assert answer.status_code < 500, (address, answer.text)
        yield address, f"{answer.headers} {answer.text}"
    for public_only in (True, False):
        for query in queries(SCHEMA, secrets.known, [BAIT], public_only=public_only):
            answer = await client.post("/graphql", json={"query": query})
            assert (answer.status_code, "UNEXPECTED" in answer.text) == (200, False), (query, answer.text)
            yield query, answer.text


async def test_the_staff_itself_meets_every_secret_on_this_walk(
    visitors: dict[str, httpx.AsyncClient], app: Litestar, secrets: Secrets
) -> None:
    read = "".join([text async for _, text in everything_read_by(visitors["own staff"], app, secrets)])
    assert [name for name, canary in CANARIES.items() if canary not in read] == []


@pytest.mark.parametrize(
    "who",
    [
        "a stranger",
        "a stranger elsewhere",
        "staff of another platform at home",
        "staff of another platform here",
        "a program of another platform",
        "a member",
        "the operator",
        "the operator here",
        "the national viewer",
        "the nation's staff",
    ],
)
async def test_others_meet_none_of_them(
    who: str, visitors: dict[str, httpx.AsyncClient], app: Litestar, secrets: Secrets
) -> None:
    async for where, text in everything_read_by(visitors[who], app, secrets):
        found = [name for name, canary in CANARIES.items() if canary in text]
        assert found == [], f"{who} reads {found} at {where}"


@pytest.mark.parametrize(
    "who", ["a stranger", "a stranger elsewhere", "staff of another platform at home", "the nation's staff"]
)
async def test_what_is_hidden_looks_like_what_is_not_there(
    who: str, visitors: dict[str, httpx.AsyncClient], app: Litestar, secrets: Secrets
) -> None:
    client = visitors[who]
    hidden = secrets.private if who == "a stranger" else secrets.known
    for address in with_one_id(app):
        missing = await _page(client, address, uuid4())
        for known in hidden:
            assert await _page(client, address, known) == missing, f"{who} can tell at {address} that {known} exists"
    for query in queries_by_id(SCHEMA):
        nothing = (await client.post("/graphql", json={"query": query % uuid4()})).content
        for known in hidden:
            assert (await client.post("/graphql", json={"query": query % known})).content == nothing


async def test_strangers_change_nothing(visitors: dict[str, httpx.AsyncClient]) -> None:
    lesser = [
        "a stranger",
        "staff of another platform here",
        "a program of another platform",
        "a member",
        "the operator",
    ]
    for who in lesser:
        for each in mutations(SCHEMA):
            answer = await visitors[who].post(
                "/graphql", json={"query": each.document, "variables": {"input": each.input}}
            )
            problem = answer.json()["data"][each.name]
            own = who in ("a member", "the operator") and each.name in OF_ONESELF
            forbidden = each.policy is not Permission.PUBLIC and not own
            assert (problem.get("code") == "FORBIDDEN") == forbidden, (who, each.name)


async def test_what_belongs_to_others_cannot_be_changed_and_looks_like_nothing(
    visitors: dict[str, httpx.AsyncClient], secrets: Secrets
) -> None:
    client = visitors["staff of another platform at home"]

    async def tried(each: Mutation, wanted: UUID) -> str:
        variables = {"input": each.input | {"id": str(wanted)}}
        return (await client.post("/graphql", json={"query": each.document, "variables": variables})).text

    for each in [each for each in mutations(SCHEMA) if each.takes_id]:
        missing = await tried(each, uuid4())
        assert "NOT_FOUND" in missing
        assert {await tried(each, known) for known in secrets.known} == {missing}


async def _page(client: httpx.AsyncClient, address: str, wanted: UUID) -> tuple[int, str, str]:
    answer = await client.get(address.format(wanted))
    location = answer.headers.get("location", "")
    return answer.status_code, location.replace(str(wanted), "ID"), answer.text.replace(str(wanted), "ID")
