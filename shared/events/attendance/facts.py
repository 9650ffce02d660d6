"""What happened on the day of an event, and after it."""

from uuid import UUID

from shared.kit.outbox import Fact


class CertificateIssued(Fact, frozen=True, kw_only=True):
    """Once per registration: the people of one party have one mail address."""

    registration_id: UUID
