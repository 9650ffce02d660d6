"""通知: what somebody is told because it concerns the work here, and how each wants to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned


class NotificationKind(StrEnum):
    """入会申請, 変更届・退会届, 団体からの投稿, 後援名義: for the desk. 投稿の結果: for people of an organisation."""

    APPLICATION = "APPLICATION"
    NOTICE = "NOTICE"
    POST = "POST"
    NAME_USE = "NAME_USE"
    POST_RESULT = "POST_RESULT"


class NotificationManner(StrEnum):
    """GATHERED: the first of a day at once, what follows in the morning letter. DAILY: the morning letter alone."""

    GATHERED = "GATHERED"
    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"
    NEVER = "NEVER"


DESK_KINDS = (
    NotificationKind.APPLICATION,
    NotificationKind.NOTICE,
    NotificationKind.POST,
    NotificationKind.NAME_USE,
)
PERSON_KINDS = (NotificationKind.POST_RESULT,)


class Notification(TenantOwned, Base):
    """One thing that one receiver is told, once per occasion. Without `told_at` it waits for the morning letter.

    What is done (`settled_at`) is not told any more.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("tenant_id", "receiver", "kind", "thing_id", "occasion"),
        Index(
            "ix_notification_waiting",
            "tenant_id",
            "receiver",
            postgresql_where=text("told_at IS NULL AND settled_at IS NULL"),
        ),
        Index("ix_notification_thing", "tenant_id", "thing_id"),
    )

    receiver: Mapped[str] = mapped_column(comment="mail address")
    receiver_name: Mapped[str | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), comment="null: the desk")
    kind: Mapped[NotificationKind]
    thing_id: Mapped[UUID] = mapped_column(comment="the application, notice, post … that it is about")
    occasion: Mapped[str] = mapped_column(comment="which of the thing's occasions: received, mended, reported")
    line: Mapped[str] = mapped_column(comment="how the morning letter says it")
    path: Mapped[str] = mapped_column(comment="the page on which it is dealt with")
    noted_at: Mapped[datetime]
    at_once: Mapped[bool] = mapped_column(comment="it had a letter of its own")
    told_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class NotificationChoice(TenantOwned, Base):
    """How the desk, or a person, wants to be told here. What is not said is GATHERED."""

    __tablename__ = "notification_choice"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id", postgresql_nulls_not_distinct=True),)

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), comment="null: the desk")
    manners: Mapped[dict[str, Any]] = mapped_column(comment="kind: manner")
    by_night: Mapped[bool] = mapped_column(
        default=False, comment="the desk's: letters of this platform that can wait go by night, too"
    )
    changed_at: Mapped[datetime]
