"""問い合わせ: somebody writes to an organisation without being shown its address.

Members may, everybody where the organisation has said so, nobody where it has said that, too. What was written lives in the letter
alone; that somebody has written stands in the record, without who and what, and is what 参加の成果 counts.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.notifications import queries as notifications
from shared.identity.policy import Actor
from shared.kit import audit, outbox
from shared.kit.content_version import bump
from shared.kit.editing import locked
from shared.kit.japanese import Unreadable, normalise
from shared.kit.post import LetterClass, Post
from shared.kit.refusals import Forbidden, NotFound, Refusal, Refusals
from shared.members import queries, versions
from shared.members.facts import InquirySent
from shared.members.models import Organisation, Visibility
from shared.members.policy import may_act_for
from shared.members.portal_queries import INQUIRY
from shared.members.visibility import is_member

#: In the organisation's `visibility`: who may write.
DOOR = "inquiries"
#: No platform can have counted any before.
COUNTED_SINCE = date(2026, 11, 22)
LONGEST_NAME, LONGEST_TEXT = 100, 2_000


class Door(StrEnum):
    """Who may write to an organisation; members unless it says otherwise, nobody where it has no address of mail."""

    EVERYBODY = "EVERYBODY"
    MEMBERS = "MEMBERS"
    CLOSED = "CLOSED"


_DOORS = {Visibility.PUBLIC: Door.EVERYBODY, Visibility.MEMBERS: Door.MEMBERS, Visibility.SECRETARIAT: Door.CLOSED}


#: As people choose between them.
DOORS = {
    Door.EVERYBODY: "どなたからも受け取る",
    Door.MEMBERS: "参加団体の方からだけ受け取る",
    Door.CLOSED: "受け取らない（事務局が取り次ぎます）",
}


class InquiryDraft(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    email: str
    text: str


async def door_of(session: AsyncSession, organisation_id: UUID) -> Door:
    """NotFound for what is not in the directory."""
    found = await queries.organisation(session, organisation_id)
    return _DOORS[found.inquiries] if found.inquiries else Door.CLOSED


def wanted_door(visibility: Mapping[str, str]) -> Door:
    """What the organisation has said, whether or not it has an address."""
    return _DOORS[Visibility(visibility.get(DOOR, Visibility.MEMBERS))]


async def open_door(session: AsyncSession, *, actor: Actor, organisation_id: UUID, door: Door) -> None:
    """By its manager, or by the secretariat for it."""
    if not may_act_for(actor, organisation_id):
        raise Forbidden
    organisation = await locked(session, Organisation, organisation_id)
    await versions.require_listed(session, organisation_id)
    if wanted_door(organisation.visibility) is door:
        return
    said = next(shown for shown, each in _DOORS.items() if each is door)
    organisation.visibility = {**organisation.visibility, DOOR: said.value}
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name or actor.key,
        action="organisation.inquiries",
        object_id=organisation_id,
        summary=DOORS[door],
    )
    await session.flush()
    await bump(session)


async def of_member(session: AsyncSession, actor: Actor) -> bool:
    """Somebody who signs in for an organisation that has not left."""
    return is_member(actor) and any([await versions.is_listed(session, each) for each in actor.organisation_ids])


async def send_inquiry(session: AsyncSession, *, actor: Actor, organisation_id: UUID, draft: InquiryDraft) -> UUID:
    """One letter to the organisation. Refusals name `name`, `email`, `text`; MEMBERS_ONLY and CLOSED the door."""
    door = await door_of(session, organisation_id)
    if door is Door.CLOSED:
        raise Refusal("CLOSED", "この団体への問い合わせは、事務局がお取り次ぎします。")
    member = await of_member(session, actor)
    if door is Door.MEMBERS and not member:
        raise Refusal(
            "MEMBERS_ONLY", "この団体への問い合わせは、参加団体の方だけが送れます。サインインしてお送りください。"
        )
    cleaned, inquiry_id = checked(draft), uuid4()
    # Neither who nor what: the record is kept longer than the letter's reader needs it.
    audit.note(
        session,
        actor_id=None,
        actor_name="参加団体の方" if member else "一般の方",
        action=INQUIRY,
        object_id=organisation_id,
    )
    fact = InquirySent(
        inquiry_id=inquiry_id,
        organisation_id=organisation_id,
        name=cleaned.name,
        email=cleaned.email,
        text=cleaned.text,
    )
    await outbox.record(session, fact)
    return inquiry_id


def checked(draft: InquiryDraft) -> InquiryDraft:
    problems: list[Refusal] = []
    name, words = normalise.clean_text(draft.name), normalise.clean_lines(draft.text).strip()
    email = ""
    if not 0 < len(name) <= LONGEST_NAME:
        problems.append(Refusal("REQUIRED", f"お名前を{LONGEST_NAME}字までで入力してください。", "name"))
    try:
        email = normalise.email(draft.email)
    except Unreadable:
        message = "返事を受け取るメールアドレスを、name@example.jp のように入力してください。"
        problems.append(Refusal("INVALID", message, "email"))
    if not 0 < len(words) <= LONGEST_TEXT:
        problems.append(Refusal("REQUIRED", f"問い合わせの内容を{LONGEST_TEXT:,}字までで入力してください。", "text"))
    if problems:
        raise Refusals(problems)
    return InquiryDraft(name=name, email=email, text=words)


async def pass_on(session: AsyncSession, fact: InquirySent, letters: Post) -> None:
    """To the address that the organisation has today; to nobody when it has left or has none any more."""
    try:
        if await door_of(session, fact.organisation_id) is Door.CLOSED:
            return
    except NotFound:
        return
    columns = (Organisation.email, Organisation.name)
    row = (await session.execute(select(*columns).where(Organisation.id == fact.organisation_id))).one()
    await letters.write(
        template="members/inquiry",
        to_email=row.email,
        to_name=row.name,
        about_id=fact.organisation_id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"inquiry {fact.inquiry_id}",
        values={"name": fact.name, "email": fact.email, "text": fact.text, "organisation_id": fact.organisation_id},
        not_before=await notifications.not_before(session),
    )
