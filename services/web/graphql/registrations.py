"""参加申込: sent by anybody, read by the secretariat.

The `id` of a registration is its key: random, known to the person and to the secretariat. Who has it may change and cancel.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, UNSET, Parent

from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import PUBLIC, everyone, needs
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid, given_values
from services.web.graphql.writing import by, create_command, required
from services.web.limits import limit_changes, limit_registrations
from services.web.registering import registering
from shared.events.registrations import queries, service
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, RegistrationChannel, RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound, Refusal
from shared.tenants import queries as tenants

strawberry.enum(Attendance, description="会場, オンライン")
strawberry.enum(RegistrationStatus, description="確定, キャンセル待ち, 取消")
strawberry.enum(RegistrationChannel, description="ウェブ, 電話, FAX, 郵送, メール, 窓口, 当日, プログラム")

_READ, _WRITE = needs(Permission.REGISTRATION_READ), needs(Permission.REGISTRATION_WRITE)


@strawberry.type(
    description="参加申込. Whoever has just sent it reads its number and status; the rest is the secretariat's."
)
@everyone
class Registration:
    status: RegistrationStatus
    attendance: Attendance
    party_size: int = strawberry.field(description="People, the person included")
    waitlist_position: int | None = strawberry.field(description="From 1 among those who wait; null for all others")
    registered_at: datetime
    revision: int
    name: str = strawberry.field(metadata=_READ)
    kana: str | None = strawberry.field(metadata=_READ)
    email: str | None = strawberry.field(metadata=_READ)
    phone: str | None = strawberry.field(metadata=_READ)
    organisation_name: str | None = strawberry.field(metadata=_READ)
    companions: str | None = strawberry.field(metadata=_READ)
    needs: str | None = strawberry.field(metadata=_READ, description="参加への配慮")
    remarks: str | None = strawberry.field(metadata=_READ)
    channel: RegistrationChannel = strawberry.field(metadata=_READ)
    code: str = strawberry.field(metadata=_READ, description="On the ticket, read at the door")
    cancelled_at: datetime | None = strawberry.field(metadata=_READ)

    @strawberry.field(description="Random; who has it may change and cancel the registration")
    def id(parent: Parent[RegistrationView]) -> ID:
        return ID(parent.key)

    @strawberry.field(description="受付番号")
    def number(parent: Parent[RegistrationView]) -> str:
        return parent.called

    @strawberry.field
    def event_id(parent: Parent[RegistrationView]) -> ID:
        return ID(str(parent.event_id))


@strawberry.input
class RegistrationFilter:
    status: list[RegistrationStatus] | None = None
    attendance: list[Attendance] | None = None
    search: str | None = None


@strawberry.type
class RegistrationQueries:
    @strawberry.field(
        graphql_type=Connection[Registration],
        metadata=_READ,
        description="Confirmed ones by number, then the waiting list in its order, then the cancelled",
    )
    async def registrations(
        self,
        info: Info,
        event_id: ID,
        filter: RegistrationFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Piece:
        wanted, offset, event = filter or RegistrationFilter(), place_after(after), as_uuid(event_id)
        if event is None:
            return by_place([], 0, offset)
        page = await info.context.read(
            queries.registrations,
            event,
            statuses=wanted.status or (),
            ways=wanted.attendance or (),
            word=wanted.search or "",
            first=first,
            offset=offset,
        )
        return by_place(page.items, page.total, offset)

    @strawberry.field(graphql_type=Registration | None, metadata=_READ, description="By its id or that of its row")
    async def registration(self, info: Info, id: ID) -> RegistrationView | None:
        try:
            return await info.context.read(_known, id)
        except NotFound:
            return None


@strawberry.input
class RegisterForEventInput:
    event_id: ID
    name: str
    email: str | None = strawberry.field(default=None, description="Only the secretariat may leave it out")
    kana: str | None = None
    phone: str | None = None
    organisation_name: str | None = None
    attendance: Attendance | None = strawberry.field(default=None, description="The event's first way unless said")
    party_size: int | None = strawberry.field(default=None, description="People, the person included; 1 unless said")
    companions: str | None = strawberry.field(default=None, description="Names of the others, one per line")
    needs: str | None = strawberry.field(default=None, description="参加への配慮")
    home_tenant_slug: str | None = strawberry.field(default=None, description="The platform that the person comes from")
    idempotency_key: str | None = None


@strawberry.input(description="What is left out stays as it is")
class ChangeRegistrationInput:
    id: ID
    revision: int | None = strawberry.field(default=None, description="The one that was read")
    name: str | None = UNSET
    kana: str | None = UNSET
    email: str | None = strawberry.field(default=UNSET, description="Only the secretariat may change it")
    phone: str | None = UNSET
    organisation_name: str | None = UNSET
    attendance: Attendance | None = UNSET
    party_size: int | None = UNSET
    companions: str | None = UNSET
    needs: str | None = UNSET


@strawberry.input
class CancelRegistrationInput:
    id: ID


RegistrationResult = Annotated[Registration | Problem, strawberry.union("RegistrationResult")]


@strawberry.type
class RegistrationMutations:
    @strawberry.mutation(
        graphql_type=RegistrationResult, metadata=PUBLIC, description="Confirmed at once, or on the waiting list"
    )
    async def register_for_event(self, info: Info, input: RegisterForEventInput) -> RegistrationView:
        ctx, event_id = info.context, required(input.event_id)
        staff = ctx.actor.may(Permission.REGISTRATION_WRITE)
        if not staff:
            address = ctx.client_address
            await limit_registrations(ctx, event_id=event_id, email=input.email or "", client_address=address)

        async def effect(session: AsyncSession) -> UUID:
            home = await _home(session, input.home_tenant_slug)
            row = await service.register(
                session, actor=by(info), event_id=event_id, draft=_draft(input, home), channel=RegistrationChannel.API
            )
            return row.id

        return await registering(ctx, event_id, create_command(info, input, effect, queries.registration))

    @strawberry.mutation(
        graphql_type=RegistrationResult, metadata=PUBLIC, description="More people only where they fit"
    )
    async def change_registration(self, info: Info, input: ChangeRegistrationInput) -> RegistrationView:
        ctx = info.context
        if not ctx.actor.may(Permission.REGISTRATION_WRITE):
            await limit_changes(ctx, (await ctx.read(_of, info, input.id)).id)
        return await ctx.write(_change, info, input)

    @strawberry.mutation(
        graphql_type=RegistrationResult,
        metadata=PUBLIC,
        description="The seats go to those who wait, in the same transaction; again changes nothing",
    )
    async def cancel_registration(self, info: Info, input: CancelRegistrationInput) -> RegistrationView:
        return await info.context.write(_cancel, info, input)


async def _change(session: AsyncSession, info: Info, input: ChangeRegistrationInput) -> RegistrationView:
    before = await _of(session, info, input.id)
    kept = {name: getattr(before, name) for name in RegistrationDraft.__struct_fields__}
    given = {name: value for name, value in given_values(input).items() if name in kept}
    for name in ("party_size", "attendance"):
        if name in given and given[name] is None:
            del given[name]
    await service.change(
        session,
        actor=by(info),
        registration_id=before.id,
        draft=RegistrationDraft(**kept | given | {"name": given.get("name", before.name) or ""}),
        revision=input.revision,
    )
    return await queries.registration(session, before.id)


async def _cancel(session: AsyncSession, info: Info, input: CancelRegistrationInput) -> RegistrationView:
    before = await _of(session, info, input.id)
    await service.cancel(session, actor=by(info), registration_id=before.id)
    return await queries.registration(session, before.id)


async def _of(session: AsyncSession, info: Info, id: str) -> RegistrationView:
    """By its key for whoever has it; by the id in the tables, too, for the secretariat."""
    if as_uuid(id) is not None and not info.context.actor.may(Permission.REGISTRATION_WRITE):
        raise NotFound
    return await _known(session, id)


async def _known(session: AsyncSession, id: str) -> RegistrationView:
    stored = as_uuid(id)
    return await (queries.registration(session, stored) if stored else queries.registration_by_key(session, id))


async def _home(session: AsyncSession, slug: str | None) -> int | None:
    if not slug:
        return None
    known = await tenants.live_tenant_id(session, slug)
    if known is None:
        raise Refusal(
            "NOT_FOUND", "お住まいの地域のプラットフォームが見つかりません。選び直してください。", "home_tenant_slug"
        )
    return known


def _draft(input: RegisterForEventInput, home: int | None) -> RegistrationDraft:
    values: dict[str, Any] = {
        name: value for name, value in vars(input).items() if name in RegistrationDraft.__struct_fields__
    }
    size = 1 if input.party_size is None else input.party_size
    return RegistrationDraft(**values | {"party_size": size, "home_tenant_id": home})
