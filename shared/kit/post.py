"""Letters: mail as rows with a life of their own.

QUEUED -> CLAIMED (lease, attempt counted) -> HANDING_OVER -> SENT | UNCERTAIN | FAILED, or LAPSED when what it speaks of was
over or done before it left. A crash before the final SMTP dot
may be repeated without harm; after it nobody can know: what must arrive is sent once more under the same Message-ID and
marked, the rest waits for a human. `shared.kit.sending` makes these steps.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

import msgspec
from sqlalchemy import Index, UniqueConstraint, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from shared.kit.database.base import Base, TenantOwned
from shared.kit.database.session import tenant_of
from shared.kit.letter_text import Sender, check_address, compose
from shared.kit.outbox import wake
from shared.kit.refusals import Conflict, NotFound


class LetterState(StrEnum):
    QUEUED = "QUEUED"
    CLAIMED = "CLAIMED"
    HANDING_OVER = "HANDING_OVER"
    SENT = "SENT"
    UNCERTAIN = "UNCERTAIN"
    FAILED = "FAILED"
    LAPSED = "LAPSED"


class LetterClass(StrEnum):
    MUST_ARRIVE = "MUST_ARRIVE"
    AT_MOST_ONCE = "AT_MOST_ONCE"


_ACTIVE = text("state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER')")


class Letter(TenantOwned, Base):
    """One mail to one address. `dedupe_key` is what makes it one: (reason, object, address).

    `in_hand_until` is the relay's: the broker or a worker has it. `lease_until` is the worker's, beside CLAIMED and HANDING_OVER.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_letter_due", "tenant_id", "run_at", postgresql_where=_ACTIVE),
        Index(
            "ix_letter_in_hand",
            "tenant_id",
            "in_hand_until",
            postgresql_where=text("state IN ('QUEUED', 'CLAIMED', 'HANDING_OVER') AND in_hand_until IS NOT NULL"),
        ),
        Index("ix_letter_recipient", "tenant_id", "to_email", "queued_at", "id", postgresql_where=_ACTIVE),
        Index("ix_letter_about", "tenant_id", "about_id"),
        {"info": {"grants": {"svc_web": "SELECT, UPDATE", "svc_worker": "SELECT, INSERT, UPDATE, DELETE"}}},
    )

    template: Mapped[str] = mapped_column(comment="slice/name of the text file")
    letter_class: Mapped[LetterClass]
    dedupe_key: Mapped[str]
    about_id: Mapped[UUID | None] = mapped_column(comment="the application, registration … it speaks of")
    to_email: Mapped[str]
    to_name: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(default=list, comment="name, media type, text")
    message_id: Mapped[str]
    state: Mapped[LetterState] = mapped_column(default=LetterState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    resent: Mapped[bool] = mapped_column(default=False, comment="handed over twice, the second time marked as such")
    run_at: Mapped[datetime]
    worthless_after: Mapped[datetime | None] = mapped_column(comment="what it speaks of is over then: it is not sent")
    in_hand_until: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Attachment(msgspec.Struct, frozen=True):
    """A small text that goes with a letter: a calendar entry."""

    name: str
    media_type: str
    text: str


class LetterParts(TypedDict):
    template: str
    to_email: str
    to_name: str | None
    about_id: UUID | None
    letter_class: LetterClass
    dedupe_key: str
    values: dict[str, Any]
    worthless_after: NotRequired[datetime | None]
    not_before: NotRequired[datetime | None]
    attachments: NotRequired[Sequence[Attachment]]


class Post:
    """The desk at which the reactions to one fact write their letters: one session, one tenant, its sender."""

    def __init__(self, session: AsyncSession, sender: Sender) -> None:
        self.session = session
        self.sender = sender
        session.info["sender"] = sender

    async def write(self, **parts: Unpack[LetterParts]) -> Letter | None:
        """See `write_letter`."""
        return await write_letter(self.session, **parts)


async def write_letter(
    session: AsyncSession,
    *,
    template: str,
    to_email: str,
    to_name: str | None,
    about_id: UUID | None,
    letter_class: LetterClass,
    dedupe_key: str,
    values: dict[str, Any],
    worthless_after: datetime | None = None,
    not_before: datetime | None = None,
    attachments: Sequence[Attachment] = (),
) -> Letter | None:
    """Queue one letter in the transaction of the reaction; text, footer and Message-ID are fixed here.

    `template` "members/application_received" is `shared/members/mail/application_received.txt`. None when a letter with this
    `dedupe_key` exists already. ValueError for an address or a subject that could not stand in a header.

    `not_before`: it waits until then, and takes its place among the recipient's letters then; later ones go before it.
    """
    sender: Sender = session.info["sender"]
    check_address(to_email)
    text_of_letter = compose(template, sender, {"to_name": to_name, **values})
    letter_id = uuid7()
    statement = (
        insert(Letter)
        .values(
            tenant_id=tenant_of(session),
            id=letter_id,
            template=template,
            letter_class=letter_class,
            dedupe_key=dedupe_key,
            about_id=about_id,
            to_email=to_email,
            to_name=to_name,
            subject=text_of_letter.subject,
            body=text_of_letter.body,
            message_id=f"<{letter_id}@{sender.email.rpartition('@')[2]}>",
            attachments=[msgspec.to_builtins(each) for each in attachments],
            run_at=not_before or func.now(),
            worthless_after=worthless_after,
            # Not the transaction's begin: two letters of one transaction keep their order.
            queued_at=not_before or func.clock_timestamp(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "dedupe_key"])
        .returning(Letter)
    )
    letter = (await session.execute(statement)).scalar_one_or_none()
    await wake(session)
    return letter


async def send_again(session: AsyncSession, letter_id: UUID) -> None:
    """Staff have looked at an UNCERTAIN or FAILED letter: queue it anew, under the same Message-ID.

    An uncertain one may have arrived already, so its repetition is marked. NotFound; Conflict in every other state.
    """
    statement = select(Letter).where(Letter.tenant_id == tenant_of(session), Letter.id == letter_id).with_for_update()
    letter = (await session.execute(statement)).scalar_one_or_none()
    if letter is None:
        raise NotFound
    if letter.state not in (LetterState.UNCERTAIN, LetterState.FAILED):
        raise Conflict("このメールは送信済み、または送信待ちのため、再送の必要はありません。")
    letter.resent = letter.resent or letter.state is LetterState.UNCERTAIN
    letter.state, letter.attempts, letter.run_at, letter.error = LetterState.QUEUED, 0, func.now(), None
    # Anew in the order of its recipient, too; and the four days of an outage are counted from here.
    letter.queued_at = func.clock_timestamp()
    await session.flush()
    await wake(session)


class Backlog(msgspec.Struct, frozen=True):
    """What the staff should know about their outgoing mail. `oldest`: since when the longest waiting letter has waited."""

    waiting: int
    uncertain: int
    failed: int
    oldest: datetime | None


async def backlog(session: AsyncSession) -> Backlog:
    active = Letter.state.in_((LetterState.QUEUED, LetterState.CLAIMED, LetterState.HANDING_OVER))
    statement = select(
        func.count().filter(active),
        func.count().filter(Letter.state == LetterState.UNCERTAIN),
        func.count().filter(Letter.state == LetterState.FAILED),
        func.min(Letter.queued_at).filter(active),
    ).where(Letter.tenant_id == tenant_of(session))
    return Backlog(*(await session.execute(statement)).one())
