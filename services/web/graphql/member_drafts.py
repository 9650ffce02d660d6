"""投稿: members' own news and events, written as drafts, proposed to the secretariat, released or sent back by it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID, UNSET

from services.web.graphql.own import drafted_for
from services.web.graphql.paging import Connection, Piece, by_place, place_after
from services.web.graphql.policies import needs, only
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, as_uuid, given_values
from services.web.graphql.writing import by, create_command, required
from shared.content import queries as content
from shared.events import discarding, proposal_queries, proposals
from shared.events import queries as events
from shared.events.copies import draft_of
from shared.events.drafts import EventDraft
from shared.events.models import EventKind
from shared.events.proposal_queries import ProposalView, Stage
from shared.events.proposals import MEMBERS_FIELDS, ProposalKind
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound
from shared.members.policy import may_draft_for

strawberry.enum(ProposalKind, name="MemberDraftKind", description="お知らせ, 行事")
strawberry.enum(Stage, name="MemberDraftStatus", description="下書き, 確認待ち, 差戻し, 公開中, 公開終了")
_MEMBER, _RELEASE = Permission.ORGANISATION_DRAFT, Permission.ANNOUNCEMENT_WRITE


@strawberry.type(
    description="A member's own news or event, for those who write for it; the secretariat's once proposed"
)
@only(Permission.SIGNED_IN)
class MemberDraft:
    id: ID
    kind: ProposalKind
    stage: Stage = strawberry.field(name="status")
    organisation_id: ID
    organisation_name: str
    title: str
    body: str = strawberry.field(description="Markdown")
    starts_at: datetime | None = strawberry.field(description="An event's")
    proposed_at: datetime | None
    returned_message: str | None = strawberry.field(description="What the secretariat asks to mend")
    updated_at: datetime
    revision: int


@strawberry.input(
    description="Without `draftId` it is a new one. Pictures are added on the page; one that is there stays."
)
class SaveMemberNewsInput:
    organisation_id: ID
    title: str
    body: str = strawberry.field(description="Markdown")
    draft_id: ID | None = None
    revision: int | None = strawberry.field(default=None, description="Guards against another editor")
    propose: bool | None = strawberry.field(default=None, description="Asks the secretariat to release it")
    idempotency_key: str | None = None


@strawberry.input(
    description="Without `draftId` it is a new one; else what is left out stays. The organisation is its organiser."
)
class SaveMemberEventInput:
    organisation_id: ID
    title: str
    kind: EventKind
    starts_at: datetime
    ends_at: datetime | None = UNSET
    all_day: bool | None = UNSET
    venue: str | None = UNSET
    online: bool | None = UNSET
    description: str | None = strawberry.field(default=UNSET, description="Markdown")
    audience: str | None = UNSET
    how_to_apply: str | None = UNSET
    contact_phone: str | None = UNSET
    contact_email: str | None = UNSET
    draft_id: ID | None = None
    revision: int | None = strawberry.field(default=None, description="Guards against another editor")
    propose: bool | None = strawberry.field(default=None, description="Asks the secretariat to release it")
    idempotency_key: str | None = None


@strawberry.input
class DiscardMemberDraftInput:
    organisation_id: ID
    draft_id: ID


@strawberry.input
class ReleaseMemberDraftInput:
    id: ID
    revision: int | None = strawberry.field(
        default=None, description="Guards against what the member has changed since"
    )


@strawberry.input
class ReturnMemberDraftInput:
    id: ID
    message: str = strawberry.field(description="What the member is asked to mend")
    revision: int | None = strawberry.field(
        default=None, description="Guards against what the member has changed since"
    )


MemberDraftResult = Annotated[MemberDraft | Problem, strawberry.union("MemberDraftResult")]


@strawberry.type
class MemberDraftQueries:
    @strawberry.field(
        graphql_type=Connection[MemberDraft] | None,
        metadata=needs(Permission.SIGNED_IN),
        description="By the id of the organisation, what was changed last first; null unless one writes for it",
    )
    async def member_drafts(self, info: Info, id: ID, first: int = 20, after: str | None = None) -> Piece | None:
        wanted, offset = as_uuid(id), place_after(after)
        if wanted is None or not may_draft_for(by(info), wanted):
            return None
        page = await info.context.read(proposal_queries.of_organisation, wanted, first=max(0, first), offset=offset)
        return by_place(page.items, page.total, offset)

    @strawberry.field(
        graphql_type=Connection[MemberDraft],
        metadata=needs(_RELEASE),
        description="What waits for its release; whoever has waited longest comes first",
    )
    async def proposed_drafts(self, info: Info, first: int = 20, after: str | None = None) -> Piece:
        offset = place_after(after)
        page = await info.context.read(proposal_queries.waiting, first=max(0, first), offset=offset)
        return by_place(page.items, page.total, offset)


@strawberry.type
class MemberDraftMutations:
    @strawberry.mutation(
        graphql_type=MemberDraftResult, metadata=needs(_MEMBER), description="Nobody else reads it until it is released"
    )
    async def save_member_news(self, info: Info, input: SaveMemberNewsInput) -> ProposalView:
        wanted = drafted_for(info, input.organisation_id)

        async def effect(session: AsyncSession) -> UUID:
            known = await _own(session, wanted, input.draft_id, ProposalKind.NEWS)
            return await proposals.save_news(
                session,
                actor=by(info),
                organisation_id=wanted,
                announcement_id=known.id if known else None,
                revision=_revision(input.revision, known),
                title=input.title,
                body=input.body,
                image_id=await _image(session, known),
                propose=bool(input.propose),
            )

        return await info.context.write(create_command(info, input, effect, _whole))

    @strawberry.mutation(
        graphql_type=MemberDraftResult, metadata=needs(_MEMBER), description="Nobody else reads it until it is released"
    )
    async def save_member_event(self, info: Info, input: SaveMemberEventInput) -> ProposalView:
        wanted = drafted_for(info, input.organisation_id)

        async def effect(session: AsyncSession) -> UUID:
            known = await _own(session, wanted, input.draft_id, ProposalKind.EVENT)
            return await proposals.save_event(
                session,
                actor=by(info),
                organisation_id=wanted,
                event_id=known.id if known else None,
                revision=_revision(input.revision, known),
                draft=await _event_draft(session, known, input),
                propose=bool(input.propose),
            )

        return await info.context.write(create_command(info, input, effect, _whole))

    @strawberry.mutation(
        graphql_type=MemberDraftResult, metadata=needs(_MEMBER), description="Gone for good; answers with what it was"
    )
    async def discard_member_draft(self, info: Info, input: DiscardMemberDraftInput) -> ProposalView:
        return await info.context.write(_discard, info, input)

    @strawberry.mutation(
        graphql_type=MemberDraftResult, metadata=needs(_RELEASE), description="Public under the organisation's name"
    )
    async def release_member_draft(self, info: Info, input: ReleaseMemberDraftInput) -> ProposalView:
        return await info.context.write(_release, info, input)

    @strawberry.mutation(
        graphql_type=MemberDraftResult, metadata=needs(_RELEASE), description="The member may mend and propose it anew"
    )
    async def return_member_draft(self, info: Info, input: ReturnMemberDraftInput) -> ProposalView:
        return await info.context.write(_return, info, input)


async def _discard(session: AsyncSession, info: Info, input: DiscardMemberDraftInput) -> ProposalView:
    wanted = drafted_for(info, input.organisation_id)
    known = await proposal_queries.proposal(session, required(input.draft_id))
    if known is None or known.organisation_id != wanted:
        raise NotFound
    files = info.context.site.files
    await discarding.discard(session, files, known.kind, known.id, actor=by(info), organisation_id=wanted)
    return known


async def _release(session: AsyncSession, info: Info, input: ReleaseMemberDraftInput) -> ProposalView:
    known = await _sent(session, input.id)
    await proposals.release(session, known.kind, known.id, actor=by(info), revision=_revision(input.revision, known))
    return await _whole(session, known.id)


async def _return(session: AsyncSession, info: Info, input: ReturnMemberDraftInput) -> ProposalView:
    known = await _sent(session, input.id)
    await proposals.send_back(
        session,
        known.kind,
        known.id,
        actor=by(info),
        revision=_revision(input.revision, known),
        message=input.message,
    )
    return await _whole(session, known.id)


async def _own(session: AsyncSession, organisation_id: UUID, id: ID | None, kind: ProposalKind) -> ProposalView | None:
    """NotFound for what belongs to others, as for what does not exist."""
    if id is None:
        return None
    found = await proposal_queries.proposal(session, required(id))
    if found is None or found.kind is not kind or found.organisation_id != organisation_id:
        raise NotFound
    return found


async def _sent(session: AsyncSession, id: ID) -> ProposalView:
    """What a member has not sent yet is its own business."""
    found = await proposal_queries.proposal(session, required(id))
    if found is None or found.stage is Stage.DRAFT:
        raise NotFound
    return found


def _revision(given: int | None, known: ProposalView | None) -> int:
    if given is None:
        return known.revision if known else 0
    return given


async def _image(session: AsyncSession, known: ProposalView | None) -> UUID | None:
    item = await content.announcement(session, known.id, drafts=True) if known else None
    return item.image.id if item and item.image else None


async def _event_draft(session: AsyncSession, known: ProposalView | None, input: SaveMemberEventInput) -> EventDraft:
    said = {name: value for name, value in given_values(input).items() if name in MEMBERS_FIELDS}
    said = {name: value for name, value in said.items() if value is not None or name not in _NOT_NULL}
    before = await events.event(session, known.id, drafts=True) if known else None
    values: dict[str, Any] = said
    return msgspec.structs.replace(draft_of(before), **values) if before else EventDraft(**values)


#: Null means "as if left out" where a draft knows no null.
_NOT_NULL = ("all_day", "online", "description")


async def _whole(session: AsyncSession, item_id: UUID) -> ProposalView:
    await session.flush()
    found = await proposal_queries.proposal(session, item_id)
    assert found is not None  # noqa: S101 - just written
    return found
