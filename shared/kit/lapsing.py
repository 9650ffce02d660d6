"""Letters that must not go any more, because what they say has become untrue while they waited."""

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.database.session import tenant_of
from shared.kit.post import Letter, LetterState

_ENDED = (LetterState.SENT, LetterState.LAPSED)


async def let_lapse(session: AsyncSession, *conditions: ColumnElement[bool]) -> None:
    """Those that wait lapse at once. What a worker has in hand goes its way; if it comes back it is not tried again.

    Nor does anybody send again what had failed before.
    """
    mine = Letter.tenant_id == tenant_of(session)
    # In one order, so that two who call letters back at once do not wait for each other in a circle.
    untrue = (
        select(Letter.id).where(mine, Letter.state.not_in(_ENDED), *conditions).order_by(Letter.id).with_for_update()
    )
    lapsed = case((Letter.state == LetterState.QUEUED, LetterState.LAPSED), else_=Letter.state)
    await session.execute(
        update(Letter)
        .where(mine, Letter.id.in_(untrue))
        .values(state=lapsed, worthless_after=func.now())
        .execution_options(synchronize_session=False)
    )
