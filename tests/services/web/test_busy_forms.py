"""A form that meets a crowd comes back with everything that was typed, and one more press sends it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from services.web.site import Site
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.members import make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.pages import test_join as joining
from tests.services.web.pages import test_registration as registering
from tests.services.web.pages.test_join import hidden_fields

#: What the crowded database refuses: to write, to read what the form needs, and everything there is.
WRITING, READING, ALL = "INSERT INTO", "to_jsonb(event)", ""
Crowded = Callable[[str | None], None]


@pytest.fixture
def crowded(site: Site) -> Iterator[Crowded]:
    """From now on statements that hold this wait in vain for a lock; none any more with null."""
    engine, words = site.database.engine.sync_engine, dict[str, str | None](of=None)

    def instead(connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> tuple[str, Any]:
        if words["of"] is None or words["of"] not in statement:
            return statement, values
        return "DO $$ BEGIN RAISE EXCEPTION 'a test' USING ERRCODE = '55P03'; END $$", ()

    event.listen(engine, "before_cursor_execute", instead, retval=True)
    yield lambda of: words.__setitem__("of", of)
    event.remove(engine, "before_cursor_execute", instead)


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def visitor(client_for: ClientFor, platform: Tenant) -> httpx.AsyncClient:
    return client_for(platform)


def _fields(page: str) -> dict[str, Any]:
    """Also where the page has lost its dress."""
    return hidden_fields(page.replace("<main>", '<main id="main">'))


def _told(answer: httpx.Response) -> tuple[int, str | None, bool]:
    return answer.status_code, answer.headers.get("retry-after"), "この画面に残っています" in answer.text


@pytest.mark.parametrize("refused", [WRITING, READING, ALL])
async def test_a_registration_is_sent_again_by_one_press(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant, crowded: Crowded, refused: str
) -> None:
    event = await make_event(worker_database, platform)
    path = registering.path_of(event)
    sent = await registering.fill(visitor, path, action="send", companions="一人目\n「二人目」<&>")
    crowded(refused)
    answers = [await visitor.post(path, data=sent) for _ in range(2)]
    assert [_told(answer) for answer in answers] == [(503, "5", True)] * 2
    assert _fields(answers[1].text) == sent
    crowded(None)
    done = [await visitor.post(path, data=_fields(answer.text)) for answer in answers]
    assert [answer.status_code for answer in done] == [303, 303]
    [registration] = await registering.stored(worker_database, platform, event)
    assert (registration.name, registration.needs) == ("灯台 もと子", "手話通訳、託児\n子ども（2歳）を預けたいです。")


async def test_an_application_too(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant, crowded: Crowded
) -> None:
    sent = await joining.fill(visitor, name="込み合う会", action="send")
    crowded(WRITING)
    answer = await visitor.post("/join", data=sent)
    assert _told(answer) == (503, "5", True)
    crowded(None)
    assert (await visitor.post("/join", data=_fields(answer.text))).status_code == 303
    [application] = await joining.stored(worker_database, platform)
    assert application.organisation_name == "込み合う会"


async def test_what_holds_a_secret_is_not_written_into_a_page(visitor: httpx.AsyncClient, crowded: Crowded) -> None:
    crowded(ALL)
    answer = await visitor.post("/signin", data={"email": "a@example.jp", "password": "zq-secret"})
    assert ("zq-secret" in answer.text, "この画面に残っています" in answer.text) == (False, False)
