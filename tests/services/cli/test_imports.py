"""A member list from the command line."""

from datetime import date

import pytest

from services.cli import imports
from services.cli.main import main
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import queries
from shared.members.imports.models import Outcome
from shared.tenants.models import Tenant
from tests.factories.members import make_platform
from tests.factories.worker import workbench

LIST = "団体名,フリガナ,電話番号,入会日\nつなぐ会,ツナグカイ,088-621-2179,令和5年2月20日\nひらく会,ヒラクカイ,でんわ,\n"


async def count(database: Database, tenant: Tenant, day: date) -> int:
    async with database.read(tenant.id) as session:
        return (await queries.member_count(session, day)).count


async def test_the_good_rows_are_written_and_the_check_alone_writes_nothing(
    worker_database: Database, settings: Settings
) -> None:
    tenant = await make_platform(worker_database)
    day = date(2023, 2, 20)
    counts = []
    async with workbench(settings) as bench:
        for only_check in (True, False):
            job = await imports.bring(
                bench,
                tenant.id,
                data=LIST.encode("cp932"),
                file_name="名簿.csv",
                joined_on=day,
                only_check=only_check,
            )
            assert (job.counts[Outcome.NEW], job.counts[Outcome.FAULTY], job.stuck) == (1, 1, False)
            counts.append(await count(worker_database, tenant, day))
    assert counts == [0, 1]


def test_the_command_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["import", "members", "--help"])
    assert "--tenant" in capsys.readouterr().out
