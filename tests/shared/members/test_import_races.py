"""Two people at two desks import at one moment: whoever comes second is told so, and nobody is in the ledger twice."""

import asyncio
from typing import Any

import pytest

from shared.kit.database.session import Database
from shared.kit.refusals import Conflict
from shared.kit.settings import Settings
from shared.kit.spreadsheets.table import Row
from shared.members.imports import service as importing
from shared.members.imports.models import ImportState, Outcome
from tests.factories.members import STAFF, make_platform
from tests.shared.members.desk import FOUNDED, Desk, book, row, stand_in_tokushima

NAMES = [f"つながる会{number}" for number in range(30)]


@pytest.fixture
async def desk(worker_database: Database, settings: Settings) -> Desk:
    tenant = await make_platform(worker_database)
    await stand_in_tokushima(worker_database, tenant)
    return Desk(worker_database, settings, tenant)


async def both(*steps: Any) -> list[type[BaseException] | None]:
    """At once; what each was refused with."""
    done = await asyncio.gather(*steps, return_exceptions=True)
    return [type(each) if isinstance(each, BaseException) else None for each in done]


def refused(results: list[type[BaseException] | None]) -> list[type[BaseException]]:
    return [each for each in results if each]


async def test_two_lists_of_the_same_organisations_make_each_of_them_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the index that lets one list at a time be written, both would create all of them."""
    monkeypatch.setattr("shared.members.imports.batches.WRITTEN_AT_ONCE", 5)
    jobs = [await desk.check(book([row(name, phone=phone) for name in NAMES])) for phone in ("", "088-621-2179")]
    starts = [desk.write(importing.start, job.id, actor=STAFF) for job in jobs]
    assert refused(await both(*starts)) == [Conflict]
    await asyncio.gather(desk.settle(), desk.settle())
    for job in jobs:
        await desk.write(importing.start, job.id, actor=STAFF)
        await desk.settle()
    assert sorted(await desk.names()) == sorted(NAMES)
    states = [await desk.view(job.id) for job in jobs]
    assert [each.state for each in states] == [ImportState.DONE] * 2
    assert sorted(each.counts[Outcome.NEW] for each in states) == [0, len(NAMES)]


async def test_one_list_that_two_people_start_runs_once(desk: Desk) -> None:
    job = await desk.check(book([row(name) for name in NAMES]))
    assert refused(await both(*(desk.write(importing.start, job.id, actor=STAFF) for _ in range(2)))) == []
    await asyncio.gather(desk.settle(), desk.settle())
    assert (sorted(await desk.names()), (await desk.view(job.id)).applied) == (sorted(NAMES), len(NAMES))


async def test_one_file_that_two_people_send_is_checked_once(desk: Desk) -> None:
    data = book([row(name) for name in NAMES])
    jobs = await asyncio.gather(desk.receive(data), desk.receive(data))
    meanings = (await desk.view(jobs[0])).meanings
    choices = {"meanings": meanings, "default_joined_on": FOUNDED, "visibility": {}}
    chosen = (desk.write(importing.choose, job, actor=STAFF, **choices) for job in jobs)
    assert refused(await both(*chosen)) == [Conflict]
    await desk.settle()
    states = sorted([(await desk.view(job)).state.value for job in jobs])
    assert states in (["CHECKED", "UPLOADED"], ["CHECKED", "DISCARDED"])


class Broken:
    """A list whose reading ends in the middle."""

    rows, sheet, encoding, unread, sha256 = 3, "会員名簿", "", None, "0" * 64
    notes: tuple[()] = ()

    def pieces(self) -> Any:
        yield [Row(1, ("団体名", "電話番号")), Row(2, ("つなぐ会", ""))]
        yield [Row(3, ("ひらく会", ""))]
        raise OSError("the disk is gone")


async def test_a_list_that_breaks_off_is_not_stored_at_all(desk: Desk) -> None:
    with pytest.raises(OSError, match="gone"):
        await desk.write(importing.receive, Broken(), file_name="会員名簿.xlsx", actor=STAFF)
    assert (await desk.jobs(), await desk.names()) == ([], [])
