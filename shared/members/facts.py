"""What happens to applications and organisations."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.kit.outbox import Fact


class ApplicationReceived(Fact, frozen=True, kw_only=True):
    application_id: UUID


class ApplicationReturned(Fact, frozen=True, kw_only=True):
    """差戻し. An application may be returned several times; the step carries what was asked."""

    application_id: UUID
    step_id: UUID


class ApplicationMended(Fact, frozen=True, kw_only=True):
    """The applicant has sent a returned application again."""

    application_id: UUID
    step_id: UUID


class ApplicationApproved(Fact, frozen=True, kw_only=True):
    application_id: UUID


class ApplicationRejected(Fact, frozen=True, kw_only=True):
    application_id: UUID


class OrganisationJoined(Fact, frozen=True, kw_only=True):
    organisation_id: UUID


class NoticeReceived(Fact, frozen=True, kw_only=True):
    """A 変更届 or 退会届. `typed_in`: the secretariat did it itself, so nobody has to tell it."""

    notice_id: UUID
    kind: Literal["CHANGE", "WITHDRAWAL"]
    typed_in: bool


class NoticeAccepted(Fact, frozen=True, kw_only=True):
    notice_id: UUID
    kind: Literal["CHANGE", "WITHDRAWAL"]


class NoticeRefused(Fact, frozen=True, kw_only=True):
    notice_id: UUID
    kind: Literal["CHANGE", "WITHDRAWAL"]


class RelayRequested(Fact, frozen=True, kw_only=True):
    """A notice is to be passed on to the registered children of an umbrella organisation."""

    relay_request_id: UUID


class ImportCheckRequested(Fact, frozen=True, kw_only=True):
    """The rows of a member list after `after` are to be read and compared with the ledger, some at a time."""

    import_id: UUID
    after: int = 0


class ImportRequested(Fact, frozen=True, kw_only=True):
    """The rows of a checked member list after `after` are to be written into the ledger, some at a time."""

    import_id: UUID
    after: int = 0


class OrganisationsImported(Fact, frozen=True, kw_only=True):
    """A whole list is in the ledger; its organisations get no letters of welcome."""

    import_id: UUID


class ConfirmationDue(Fact, frozen=True, kw_only=True):
    """A year has passed since an organisation confirmed what stands about it; `on` is the day of the reminder."""

    organisation_id: UUID
    on: date


class InquirySent(Fact, frozen=True, kw_only=True):
    """Somebody has written to an organisation. The words go on in the letter; with it done, this row is forgotten."""

    inquiry_id: UUID
    organisation_id: UUID
    name: str
    email: str
    text: str
