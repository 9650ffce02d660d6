"""What happened to the news."""

from uuid import UUID

from shared.kit.outbox import Fact


class AnnouncementPublished(Fact, frozen=True, kw_only=True):
    """It can be read by everybody from now on."""

    announcement_id: UUID


class AnnouncementWithdrawn(Fact, frozen=True, kw_only=True):
    announcement_id: UUID
