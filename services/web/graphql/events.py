"""行事: reading them, preparing them, publishing them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, UNSET

from services.web.graphql.event_types import Event, Symposium
from services.web.graphql.paging import Connection, Piece, by_id, id_after
from services.web.graphql.policies import PUBLIC, needs
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid, given_values
from services.web.graphql.writing import by, create, required
from shared.events import queries, service
from shared.events.copies import draft_of
from shared.events.drafts import AppearanceDraft, EventDraft, SessionDraft
from shared.events.models import EventKind, EventState
from shared.events.views import EventView
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound


@strawberry.input(description="`from` and `to` bound the beginning; `to` itself is not included")
class EventFilter:
    from_: datetime | None = strawberry.field(default=None, name="from")
    to: datetime | None = None
    kind: EventKind | None = None
    status: list[EventState] | None = None
    upcoming: bool | None = strawberry.field(default=None, description="true: not over yet; false: over")


@strawberry.type
class EventQueries:
    @strawberry.field(
        graphql_type=Connection[Event], metadata=PUBLIC, description="Public events in the order of their days"
    )
    async def events(
        self, info: Info, filter: EventFilter | None = None, first: int = 20, after: str | None = None
    ) -> Piece:
        wanted = filter or EventFilter()
        page = await info.context.read(
            queries.listed,
            kind=wanted.kind,
            from_=wanted.from_,
            to=wanted.to,
            states=wanted.status,
            to_come=wanted.upcoming,
            first=first,
            after=id_after(after),
        )
        return by_id(page.items, page.total, page.more)

    @strawberry.field(
        graphql_type=Event | None, metadata=PUBLIC, description="Drafts too, for those who may write them"
    )
    async def event(self, info: Info, id: ID) -> EventView | None:
        return await _readable(info, id)

    @strawberry.field(graphql_type=Symposium | None, metadata=PUBLIC, description="An event of the kind SYMPOSIUM")
    async def symposium(self, info: Info, id: ID) -> EventView | None:
        found = await _readable(info, id)
        return found if found is not None and found.kind is EventKind.SYMPOSIUM else None


async def _readable(info: Info, id: str) -> EventView | None:
    wanted = as_uuid(id)
    drafts = info.context.actor.may(Permission.EVENT_WRITE)
    return await info.context.read(queries.event, wanted, drafts=drafts) if wanted else None


@strawberry.input
class AppearanceInput:
    person_name: str
    role_label: str | None = None
    affiliation: str | None = None
    summary: str | None = None


@strawberry.input
class SessionInput:
    title: str
    label: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    body: str | None = None
    appearances: list[AppearanceInput] | None = None


@strawberry.input
class CreateEventInput:
    title: str
    kind: EventKind
    starts_at: datetime
    ends_at: datetime | None = UNSET
    all_day: bool | None = UNSET
    theme: str | None = UNSET
    venue: str | None = UNSET
    online: bool | None = UNSET
    capacity: int | None = strawberry.field(default=UNSET, description="Seats in the hall; null is no limit")
    online_capacity: int | None = UNSET
    takes_registrations: bool | None = strawberry.field(
        default=UNSET, description="Whether people register here; true unless said"
    )
    registration_opens_at: datetime | None = UNSET
    registration_deadline: datetime | None = UNSET
    audience: str | None = UNSET
    how_to_apply: str | None = UNSET
    contact_phone: str | None = UNSET
    contact_email: str | None = UNSET
    organiser: str | None = UNSET
    accessibility: str | None = UNSET
    description: str | None = strawberry.field(default=UNSET, description="Markdown")
    description_easy: str | None = UNSET
    flyer_id: ID | None = UNSET
    questionnaire_url: str | None = strawberry.field(
        default=UNSET, description="https; people see it once the event has begun"
    )
    sessions: list[SessionInput] | None = UNSET
    idempotency_key: str | None = None


@strawberry.input(description="What is left out stays as it is; `sessions` replaces the whole programme")
class UpdateEventInput:
    id: ID
    revision: int | None = strawberry.field(
        default=None, description="The one that was read: guards against another editor"
    )
    reason: str | None = strawberry.field(default=None, description="Why it was moved, for the public history")
    title: str | None = UNSET
    kind: EventKind | None = UNSET
    starts_at: datetime | None = UNSET
    ends_at: datetime | None = UNSET
    all_day: bool | None = UNSET
    theme: str | None = UNSET
    venue: str | None = UNSET
    online: bool | None = UNSET
    capacity: int | None = UNSET
    online_capacity: int | None = UNSET
    takes_registrations: bool | None = UNSET
    registration_opens_at: datetime | None = UNSET
    registration_deadline: datetime | None = UNSET
    audience: str | None = UNSET
    how_to_apply: str | None = UNSET
    contact_phone: str | None = UNSET
    contact_email: str | None = UNSET
    organiser: str | None = UNSET
    accessibility: str | None = UNSET
    description: str | None = UNSET
    description_easy: str | None = UNSET
    flyer_id: ID | None = UNSET
    questionnaire_url: str | None = strawberry.field(
        default=UNSET, description="https; people see it once the event has begun"
    )
    sessions: list[SessionInput] | None = UNSET


@strawberry.input
class PublishEventInput:
    id: ID


@strawberry.input
class CancelEventInput:
    id: ID
    reason: str = strawberry.field(description="Shown on the event's page")


EventResult = Annotated[Event | Problem, strawberry.union("EventResult")]
_WRITE = needs(Permission.EVENT_WRITE)


@strawberry.type
class EventMutations:
    @strawberry.mutation(graphql_type=EventResult, metadata=_WRITE, description="A draft")
    async def create_event(self, info: Info, input: CreateEventInput) -> EventView:
        draft = EventDraft(**_set(input))

        async def effect(session: AsyncSession) -> UUID:
            row = await service.create_event(session, actor=by(info), draft=draft, sessions=_parts(input.sessions))
            return row.id

        return await create(info, input, effect, whole_event)

    @strawberry.mutation(graphql_type=EventResult, metadata=_WRITE, description="What is left out stays as it is")
    async def update_event(self, info: Info, input: UpdateEventInput) -> EventView:
        return await info.context.write(_update, info, input)

    @strawberry.mutation(
        graphql_type=EventResult, metadata=_WRITE, description="Opens registration when its time has come"
    )
    async def publish_event(self, info: Info, input: PublishEventInput) -> EventView:
        return await info.context.write(_publish, info, input)

    @strawberry.mutation(graphql_type=EventResult, metadata=_WRITE, description="中止: the page stays and says why")
    async def cancel_event(self, info: Info, input: CancelEventInput) -> EventView:
        return await info.context.write(_cancel, info, input)


async def _update(session: AsyncSession, info: Info, input: UpdateEventInput) -> EventView:
    wanted = required(input.id)
    before = await queries.event(session, wanted, drafts=True)
    if before is None:
        raise NotFound
    draft = msgspec.structs.replace(draft_of(before), **_set(input))
    await service.update_event(
        session, actor=by(info), event_id=wanted, draft=draft, revision=input.revision, reason=input.reason
    )
    if input.sessions is not UNSET:
        await service.set_sessions(session, actor=by(info), event_id=wanted, sessions=_parts(input.sessions))
    return await whole_event(session, wanted)


async def _publish(session: AsyncSession, info: Info, input: PublishEventInput) -> EventView:
    wanted = required(input.id)
    await service.publish_event(session, actor=by(info), event_id=wanted)
    return await whole_event(session, wanted)


async def _cancel(session: AsyncSession, info: Info, input: CancelEventInput) -> EventView:
    wanted = required(input.id)
    await service.cancel_event(session, actor=by(info), event_id=wanted, reason=input.reason)
    return await whole_event(session, wanted)


async def whole_event(session: AsyncSession, event_id: UUID) -> EventView:
    """After it was written."""
    found = await queries.event(session, event_id, drafts=True)
    assert found is not None  # noqa: S101 - just written
    return found


_DRAFTED = EventDraft.__struct_fields__
#: Null means "as if left out" where a draft knows no null.
_NOT_NULL = ("title", "kind", "starts_at", "all_day", "online", "takes_registrations", "description")


def _set(input: CreateEventInput | UpdateEventInput) -> dict[str, Any]:
    """The draft's fields that were said."""
    given = {name: value for name, value in given_values(input).items() if name in _DRAFTED}
    if given.get("flyer_id"):
        given["flyer_id"] = required(given["flyer_id"])
    return {name: value for name, value in given.items() if value is not None or name not in _NOT_NULL}


def _parts(sessions: list[SessionInput] | None) -> tuple[SessionDraft, ...]:
    return tuple(
        SessionDraft(
            title=each.title,
            label=each.label,
            starts_at=each.starts_at,
            minutes=each.minutes,
            body=each.body,
            appearances=tuple(AppearanceDraft(**vars(person)) for person in each.appearances or ()),
        )
        for each in sessions or ()
    )
