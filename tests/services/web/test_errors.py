"""What went wrong: worth trying again or not, and told to the log without the keys that addresses hold."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from services.web.site import Site
from shared.kit.database.session import Database
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

KEY = "zqkeyofaperson"
ERRORS = [("55P03", 503, "5"), ("57014", 503, "5"), ("40P01", 503, "5"), ("40001", 503, "5"), ("P0001", 500, None)]

Failing = Callable[[str], None]


@pytest.fixture
def failing(site: Site) -> Iterator[Failing]:
    """From now on the database answers with this SQLSTATE when it is asked for registrations."""
    engine, states = site.database.engine.sync_engine, [""]

    def instead(connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> tuple[str, Any]:
        if not states[0] or "registration" not in statement:
            return statement, values
        return f"DO $$ BEGIN RAISE EXCEPTION 'a test' USING ERRCODE = '{states[0]}'; END $$", ()

    event.listen(engine, "before_cursor_execute", instead, retval=True)
    yield lambda state: states.__setitem__(0, state)
    event.remove(engine, "before_cursor_execute", instead)


@pytest.mark.parametrize(("state", "status", "retry"), ERRORS)
async def test_a_crowd_is_told_to_come_back_and_a_defect_to_tell_us(
    client_for: ClientFor,
    worker_database: Database,
    site: Site,
    failing: Failing,
    state: str,
    status: int,
    retry: str | None,
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    failing(state)
    answer = await client_for(tenant).get(f"/registrations/{KEY}")
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry)
    assert ("ただいま混み合っています" in answer.text) == (status == 503)


async def test_the_log_names_the_route_and_never_the_key(
    client_for: ClientFor, worker_database: Database, site: Site, failing: Failing
) -> None:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    failing("P0001")
    with capture_logs() as said:
        await client_for(tenant).get(f"/registrations/{KEY}")
    [entry] = [each for each in said if each["event"] == "unexpected"]
    assert (entry["path"], KEY in str(entry)) == ("/registrations/{key}", False)
