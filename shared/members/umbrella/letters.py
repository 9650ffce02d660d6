"""What the registered children of an umbrella are written."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.notifications import queries as notifications
from shared.kit.post import LetterClass, Post
from shared.members.facts import RelayRequested
from shared.members.models import Organisation
from shared.members.umbrella.models import RelayReceipt, RelayRequest


async def pass_on(session: AsyncSession, fact: RelayRequested, letters: Post) -> None:
    """One letter to each receipt that is still open."""
    request = (await session.execute(select(RelayRequest).where(RelayRequest.id == fact.relay_request_id))).scalar_one()
    umbrella = select(Organisation.name).where(Organisation.id == request.organisation_id)
    name = (await session.execute(umbrella)).scalar_one()
    receipts = select(RelayReceipt).where(
        RelayReceipt.relay_request_id == request.id, RelayReceipt.confirmed_at.is_(None)
    )
    not_before = await notifications.not_before(session)
    for receipt in (await session.execute(receipts.order_by(RelayReceipt.id))).scalars():
        await letters.write(
            template="members/relay_request",
            to_email=receipt.email,
            to_name=receipt.name,
            about_id=request.id,
            letter_class=LetterClass.MUST_ARRIVE,
            dedupe_key=f"relay {receipt.id}",
            not_before=not_before,
            values={
                "umbrella": name,
                "subject": request.subject,
                "body": request.body,
                "receipt_key": receipt.receipt_key,
            },
        )
