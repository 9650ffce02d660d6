"""The background process as the fault tests start it: the real one, with two facts more and a shorter lease.

FAULT_LEASE is seconds. The reaction takes two advisory locks on its way, so that a test which holds one of them can stop the
process at that step, and kill it there.
"""

import asyncio
import os
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services import background
from services.worker.reactions import REACTIONS
from shared.kit.outbox import Fact
from shared.kit.post import LetterClass, Post, write_letter
from shared.kit.settings import Settings

BEFORE_LETTER, BEFORE_COMMIT = 910_001, 910_002


class AlarmRaised(Fact, frozen=True, kw_only=True):
    """Followed by one letter to `<alarm_id>@example.jp`."""

    alarm_id: UUID
    letter_class: LetterClass


async def write(session: AsyncSession, fact: AlarmRaised, letters: Post) -> None:
    await session.execute(_PASS, {"lock": BEFORE_LETTER})
    await write_letter(
        session,
        template="kit/trial",
        to_email=f"{fact.alarm_id.hex}@example.jp",
        to_name=None,
        about_id=fact.alarm_id,
        letter_class=fact.letter_class,
        dedupe_key=f"alarm {fact.alarm_id}",
        values={"words": "警報"},
    )
    await session.execute(_PASS, {"lock": BEFORE_COMMIT})


_PASS = text("SELECT pg_advisory_xact_lock_shared(:lock)")
_TABLE: dict[type[Fact], Any] = {AlarmRaised: (write,)}


def main() -> None:
    REACTIONS.update(_TABLE)
    lease = timedelta(seconds=float(os.environ["FAULT_LEASE"]))
    asyncio.run(background.run(Settings.from_environment(), lease=lease))


if __name__ == "__main__":
    main()
