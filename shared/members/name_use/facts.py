"""What happens to requests for the platform's name."""

from uuid import UUID

from shared.kit.outbox import Fact


class NameUseRequested(Fact, frozen=True, kw_only=True):
    """`typed_in`: the secretariat did it itself, so nobody has to tell it."""

    request_id: UUID
    typed_in: bool


class NameUseApproved(Fact, frozen=True, kw_only=True):
    request_id: UUID


class NameUseRefused(Fact, frozen=True, kw_only=True):
    request_id: UUID


class NameUseReported(Fact, frozen=True, kw_only=True):
    """結果報告: the organisation has told how it went."""

    request_id: UUID
    typed_in: bool
