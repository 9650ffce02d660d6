"""THE table of what happens when. The leader keeps it; every entry may run again without harm."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec
import structlog
from croniter import croniter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.registrations.reminders import remind_of_tomorrow
from shared.events.registrations.retention import forget_registrants
from shared.events.timekeeping import keep_events_in_time
from shared.identity.invitations import forget_old_invitations
from shared.identity.notifications import digest
from shared.identity.retention import blot_out_links, forget_expired_sessions, forget_expired_tokens
from shared.kit import clock
from shared.kit.database.lost import is_lost
from shared.kit.database.session import Database
from shared.kit.retention import forget_done_facts, forget_idempotency_keys, forget_rate_limits
from shared.members.freshness import ask_for_confirmation
from shared.members.notices.service import let_withdrawals_take_effect
from shared.statistics.service import publish_counts
from shared.tenants.models import Tenant

Step = Callable[[AsyncSession], Awaitable[object]]

log = structlog.get_logger("tsunagari.timetable")


class Entry(msgspec.Struct, frozen=True):
    """`when` is a cron line in Japanese time. `at_start`: also when a leader begins, so that a night spent off is made up."""

    when: str
    step: Step
    #: Once in the session of each tenant; else once, in no tenant's.
    each_tenant: bool = True
    at_start: bool = False


TIMETABLE = (
    Entry("* * * * *", keep_events_in_time, at_start=True),
    Entry("*/10 * * * *", forget_rate_limits, each_tenant=False),
    Entry("7 * * * *", forget_expired_sessions),
    Entry("12 * * * *", forget_expired_tokens),
    Entry("17 * * * *", forget_idempotency_keys),
    Entry("22 * * * *", blot_out_links),
    Entry("30 3 * * *", forget_done_facts),
    Entry("40 3 * * *", forget_old_invitations),
    Entry("50 3 * * *", forget_registrants),
    Entry("55 3 * * *", digest.forget_old_notifications),
    Entry("0 0 * * *", let_withdrawals_take_effect, at_start=True),
    Entry("30 8 * * *", digest.gather, at_start=True),
    Entry("30 9 * * *", ask_for_confirmation, at_start=True),
    Entry("0 10 * * *", remind_of_tomorrow, at_start=True),
    Entry("10 0 * * *", publish_counts, at_start=True),
)


async def keep_timetable(database: Database, timetable: Sequence[Entry] = TIMETABLE) -> None:
    """For ever, until cancelled. A failing entry is reported and waits for its next time."""
    upcoming = {entry: next_time(entry.when) for entry in timetable}
    for entry in timetable:
        if entry.at_start:
            await run(database, entry)
    while True:
        entry = min(upcoming, key=lambda candidate: upcoming[candidate])
        await asyncio.sleep(max(0.0, (upcoming[entry] - clock.now()).total_seconds()))
        await run(database, entry)
        upcoming[entry] = next_time(entry.when)


async def run(database: Database, entry: Entry) -> None:
    """One transaction per tenant: a failing tenant does not stop the others, a lost database stops all."""
    tenants = await _tenants(database) if entry.each_tenant else [None]
    for tenant_id in tenants:
        try:
            async with database.write(tenant_id) as session:
                await entry.step(session)
        except Exception as error:
            if is_lost(error):
                raise
            log.error("timetable entry failed", entry=entry.step.__name__, tenant=tenant_id, exc_info=error)


async def _tenants(database: Database) -> list[int | None]:
    async with database.read(None) as session:
        return list(await session.scalars(select(Tenant.id).order_by(Tenant.id)))


def next_time(when: str) -> datetime:
    """The next moment of a cron line, read as a clock in Japan."""
    moment: datetime = croniter(when, clock.now().astimezone(clock.JST)).get_next(datetime)
    return moment
