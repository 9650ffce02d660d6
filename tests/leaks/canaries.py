"""What is planted: each secret carries a word that occurs nowhere else."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from shared.content import service as content
from shared.events import proposals
from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.members import intake, versions
from shared.members.models import Channel, Organisation, Visibility
from shared.members.name_use import files
from shared.members.notices import service as notices
from shared.members.screening_models import Criterion
from shared.members.umbrella import service as umbrellas
from shared.taxonomy.models import Municipality
from shared.tenants.models import Tenant
from tests.factories.after_events import plant_after_an_event
from tests.factories.content import EDITOR, make_announcement
from tests.factories.event_days import plant_event_day
from tests.factories.events import make_event, programme
from tests.factories.identity import make_account
from tests.factories.letters import queue_letter
from tests.factories.members import make_application, make_member, make_platform
from tests.factories.name_use import DRAWING, make_name_use, manager_of, offer_name_use
from tests.factories.notifications import note_for_desk
from tests.factories.registrations import make_registration
from tests.factories.screening import PDF

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
    "where a shelter was before": "zqformer",
    "where a shelter moves to": "zqmoving",
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
    "what is made sure of before an approval": "zqcriterion",
    "who has written to an organisation": "zqinquirer",
    "what the desk will be told in the morning": "zqmorning",
}


#: What the platform's own staff does not meet either before it has signed 守秘義務の誓約.
AFTER_THE_PLEDGE = (
    "a shelter's address",
    "a shelter's postal code",
    "the place where a shelter is",
    "where a shelter was before",
    "where a shelter moves to",
    "a paper as it came",
    "a request for the name as it came on paper",
)


class Secrets(NamedTuple):
    """`private` are ids that only the staff may know something about; `known` are all. `papers`: of what, and which."""

    tenant: Tenant
    papers: list[tuple[UUID, UUID]]
    private: list[UUID]
    known: list[UUID]


async def plant(worker_database: Database, settings: Settings) -> Secrets:
    """A platform with a word of `CANARIES` in every place that is not everybody's."""
    tenant = await make_platform(worker_database)
    async with worker_database.write(tenant.id) as session:
        session.add(Criterion(slug="canary", name="zqcriterion", required=False, ordinal=1))
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
    shelter, moving = await _shelter(worker_database, tenant)
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
    inquiry = await queue_letter(
        worker_database,
        settings,
        tenant.id,
        to_email="asked@member.example",
        template="members/inquiry",
        about_id=member,
        values={"name": "zqinquirer", "email": "i@citizen.example", "text": BAIT, "organisation_id": member},
    )
    account = await make_account(
        worker_database, tenant, Role.SECRETARIAT, email="zqaccount@people.example", name="zqperson"
    )
    private = [
        draft.id,
        gone.id,
        event.id,
        application,
        letter.id,
        inquiry.id,
        account.id,
        change.id,
        leaving.id,
        registration.id,
    ]
    private.append(moving)
    private.append(await note_for_desk(worker_database, tenant, "zqmorning"))
    papers, of_members = await _of_members(worker_database, settings, tenant, member, application)
    private += of_members
    private += await plant_after_an_event(worker_database, settings, tenant, held.id)
    *of_the_day, today = await plant_event_day(worker_database, tenant, f"{BAIT}の午後")
    private += of_the_day
    return Secrets(tenant, papers, private, [*private, member, shelter, held.id, today])


async def _of_members(
    database: Database, settings: Settings, tenant: Tenant, member: UUID, application: UUID
) -> tuple[list[tuple[UUID, UUID]], list[UUID]]:
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
    return [(application, scan.id), (asked.id, kept.id)], [scan.id, asked.id, kept.id, logo.id, draft]


async def _shelter(database: Database, tenant: Tenant) -> tuple[UUID, UUID]:
    """Itself, and a notice of its that waits. It says itself that its address is public: that its place is confidential weighs more."""
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
        address="zqformer 9",
        postal_code="779-4177",
        visibility={"address": Visibility.PUBLIC},
    )
    async with database.write(tenant.id) as session:
        await versions.change(session, shelter, {"address": "zqshelter 1-2"}, actor=TYPIST)
        (await session.get_one(Organisation, (tenant.id, shelter))).municipality_code = "Q00019"
        await session.flush()
        await umbrellas.describe_for_directory(
            session,
            actor=TYPIST,
            organisation_id=shelter,
            audiences=["women"],
            resources=["place"],
            address_confidential=True,
            reason="zqdanger",
        )
        await umbrellas.register_child(
            session, actor=TYPIST, parent_id=shelter, name="小さな家", email="child@member.example"
        )
        await umbrellas.request_relay(
            session, actor=TYPIST, organisation_id=shelter, subject="zqrelay", body="お知らせです。"
        )
        moving = {"address": "zqmoving 3-4"}
        notice = await notices.submit_change(session, shelter, moving, channel=Channel.FAX, actor=TYPIST)
    return shelter, notice.id
