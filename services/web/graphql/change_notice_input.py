"""The fields of 様式1 that a 変更届 may speak of."""

from typing import Any

import strawberry
from strawberry import ID

from services.web.graphql.contacts import ContactVisibilityInput
from services.web.graphql.types import given_values
from shared.members.models import Channel


@strawberry.input(
    description="What is left out stays as it is; an empty text clears it. `category` and `fields` are slugs or ids."
)
class SubmitChangeNoticeInput:
    organisation_id: ID
    name: str | None = None
    kana: str | None = None
    corporate_number: str | None = None
    postal_code: str | None = None
    address: str | None = None
    municipality_code: str | None = None
    representative_title: str | None = None
    representative_name: str | None = None
    representative_kana: str | None = None
    contact_department: str | None = None
    contact_name: str | None = None
    contact_kana: str | None = None
    phone: str | None = None
    mobile: str | None = None
    fax: str | None = None
    email: str | None = None
    website: str | None = None
    category: str | None = None
    fields: list[str] | None = None
    people: int | None = None
    founded_year: int | None = None
    purpose: str | None = None
    activities: str | None = None
    area: str | None = None
    audiences: list[str] | None = strawberry.field(default=None, description="対象者, as slugs or Japanese words")
    audience: str | None = strawberry.field(default=None, description="対象者, in words of one's own")
    resources: list[str] | None = strawberry.field(
        default=None, description="提供できる資源, as slugs or Japanese words"
    )
    appeal: str | None = None
    visibility: ContactVisibilityInput | None = None
    channel: Channel | None = strawberry.field(default=None, description="The secretariat's: how it came")
    accept: bool | None = strawberry.field(
        default=None, description="The secretariat's notices take effect at once unless this is false"
    )
    idempotency_key: str | None = None


def changes_of(input: SubmitChangeNoticeInput) -> dict[str, Any]:
    """The form as text, as people would have typed it."""
    others = ("organisation_id", "channel", "accept", "idempotency_key", "visibility")
    given = {name: value for name, value in given_values(input).items() if value is not None and name not in others}
    given |= {name: str(given[name]) for name in ("people", "founded_year") if name in given}
    if input.visibility is not None:
        given["visibility"] = {name: str(value) for name, value in vars(input.visibility).items() if value is not None}
    return given
