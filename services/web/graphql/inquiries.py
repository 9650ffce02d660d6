"""問い合わせ: writing to an organisation whose address stays hidden."""

from typing import Annotated, Any

import msgspec
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID

from services.web.graphql.own import acted_for
from services.web.graphql.policies import PUBLIC, everyone, needs
from services.web.graphql.problems import Problem
from services.web.graphql.types import Info, plain
from services.web.graphql.writing import by, key_of, required
from services.web.limits import limit_inquiries
from shared.identity.policy import Permission
from shared.kit.idempotency import once
from shared.members import inquiries
from shared.members.inquiries import Door, InquiryDraft

strawberry.enum(Door, name="InquiryDoorWidth", description="どなたからも, 参加団体の方から, 受け取らない")


class InquiryView(msgspec.Struct, frozen=True):
    id: str
    organisation_id: str


@strawberry.type(description="An inquiry that goes to an organisation by letter; what it says is not kept here")
@everyone
class Inquiry:
    id: ID
    organisation_id: ID


@strawberry.input
class SendInquiryInput:
    organisation_id: ID
    name: str
    email: str = strawberry.field(description="Where the organisation answers to; it learns it")
    text: str
    idempotency_key: str | None = None


@strawberry.input
class OpenInquiriesInput:
    organisation_id: ID
    door: Door


class DoorView(msgspec.Struct, frozen=True):
    organisation_id: str
    door: Door


@strawberry.type(description="Who may write to an organisation")
@everyone
class InquiryDoor:
    organisation_id: ID
    door: Door


InquiryDoorResult = Annotated[InquiryDoor | Problem, strawberry.union("InquiryDoorResult")]
InquiryResult = Annotated[Inquiry | Problem, strawberry.union("InquiryResult")]


@strawberry.type
class InquiryMutations:
    @strawberry.mutation(
        graphql_type=InquiryResult,
        metadata=PUBLIC,
        description="By members, and by everybody to an organisation that has opened its door to everybody",
    )
    async def send_inquiry(self, info: Info, input: SendInquiryInput) -> InquiryView:
        ctx, wanted = info.context, required(input.organisation_id)
        draft = inquiries.checked(InquiryDraft(name=input.name, email=input.email, text=input.text))
        await limit_inquiries(ctx, organisation_id=wanted, email=draft.email, client_address=ctx.client_address)
        return await ctx.write(_send, info, input, draft)

    @strawberry.mutation(
        graphql_type=InquiryDoorResult,
        metadata=needs(Permission.SIGNED_IN),
        description="Who may write to the organisation; by its manager or the secretariat",
    )
    async def open_inquiries(self, info: Info, input: OpenInquiriesInput) -> DoorView:
        wanted = acted_for(info, input.organisation_id)
        await info.context.write(inquiries.open_door, actor=by(info), organisation_id=wanted, door=input.door)
        return DoorView(str(wanted), input.door)


async def _send(session: AsyncSession, info: Info, input: SendInquiryInput, draft: InquiryDraft) -> InquiryView:
    wanted = required(input.organisation_id)

    async def effect() -> dict[str, Any]:
        return {"id": str(await inquiries.send_inquiry(session, actor=by(info), organisation_id=wanted, draft=draft))}

    body = {"mutation": info.field_name, "input": plain(input)}
    answer = await once(session, actor=by(info).key, key=key_of(info, input), body=body, effect=effect)
    return InquiryView(answer["id"], str(wanted))
