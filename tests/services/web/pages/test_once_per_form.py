"""Two clicks are one effect; two forms with the same words are two. Every form that promises the first is proved for the second."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select

from services.web import once
from services.web.site import Site
from shared.content.models import Announcement
from shared.events.models import Event
from shared.events.registrations import queries
from shared.events.registrations.models import Registration
from shared.identity.models import Role
from shared.kit.database.base import TenantOwned
from shared.kit.database.session import Database
from shared.members.models import ChangeNotice
from shared.members.name_use.models import NameUseLogo, NameUseRequest, NameUseScan
from shared.members.umbrella import service as umbrellas
from shared.members.umbrella.models import RelayRequest
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.factories.name_use import DRAWING, make_name_use, offer_name_use
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.factories.screening import PDF, picture
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import open_form

ADMINISTRATOR, MANAGER = Role.SECRETARIAT_ADMIN, Role.ORGANISATION_MANAGER
CHILD: dict[str, Any] = {"name": "同じ名の食堂", "email": "child@example.jp"}
WHO: dict[str, Any] = {
    "name": "山田 花子",
    "email": "hanako@example.jp",
    "phone": "088-621-1111",
    "kana": "ヤマダ ハナコ",
}


class Case(msgspec.Struct, frozen=True):
    """`pages` are two forms, on which the same is typed; `action` is where they are sent to, when not to their own page."""

    role: Role
    pages: tuple[str, str]
    marker: str
    table: type[TenantOwned]
    typed: dict[str, str] = {}
    files: dict[str, Any] = {}
    action: str = ""


DAY = {"starts_on_year": "2027", "starts_on_month": "4", "starts_on_day": "3"}
MOMENT = {"starts_at_year": "2027", "starts_at_month": "4", "starts_at_day": "3", "starts_at_time": "10:00"}
NEWS = {"title": "同じ題", "body": "同じ文", "then": "save"}
ASKED = {"channel": "FAX", "title": "同じ催し", "place": "公民館", "purpose": "交流", **DAY}
SCAN, LOGO = {"scan": ("a.pdf", PDF, "application/pdf")}, {"file": ("a.png", picture("PNG"), "image/png")}
CASES: dict[str, Callable[[dict[str, UUID]], Case]] = {
    "news of a member": lambda _: Case(MANAGER, ("/member/news/new",) * 2, 'name="title"', Announcement, NEWS),
    "event of a member": lambda _: Case(
        MANAGER, ("/member/events/new",) * 2, 'name="title"', Event, {"title": "同じ", "kind": "WORKSHOP", **MOMENT}
    ),
    "entry of a member": lambda _: Case(
        MANAGER, ("/member/profile",) * 2, 'name="phone"', ChangeNotice, {"phone": "088-621-2222"}
    ),
    "relay": lambda ids: Case(
        ADMINISTRATOR,
        (f"/staff/organisations/{ids['organisation']}/umbrella",) * 2,
        'name="subject"',
        RelayRequest,
        {"subject": "同じ件名", "body": "同じ本文"},
        action=f"/staff/organisations/{ids['organisation']}/umbrella/relay",
    ),
    "name use on paper": lambda ids: Case(
        ADMINISTRATOR,
        (f"/staff/name-use/new/{ids['organisation']}", f"/staff/name-use/new/{ids['second']}"),
        'name="purpose"',
        NameUseRequest,
        ASKED,
        SCAN,
    ),
    "scan": lambda ids: Case(
        ADMINISTRATOR,
        (f"/staff/name-use/{ids['asked']}",) * 2,
        'name="scan"',
        NameUseScan,
        files=SCAN,
        action=f"/staff/name-use/{ids['asked']}/scans",
    ),
    "logo": lambda _: Case(
        ADMINISTRATOR,
        ("/staff/name-use/settings",) * 2,
        'name="file"',
        NameUseLogo,
        {"name": "横組み"},
        LOGO,
        "/staff/name-use/logos",
    ),
    "news": lambda _: Case(ADMINISTRATOR, ("/staff/news/new",) * 2, 'name="title"', Announcement, NEWS),
    "registration by telephone": lambda ids: Case(
        ADMINISTRATOR,
        (f"/staff/events/{ids['event']}/registrations/new", f"/staff/events/{ids['other']}/registrations/new"),
        'name="needs_words"',
        Registration,
        {"name": "山田 花子", "phone": "088-621-1111"},
    ),
}


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await offer_name_use(worker_database, tenant)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def ids(worker_database: Database, platform: Tenant) -> dict[str, UUID]:
    organisation = await make_member(worker_database, platform, name="食堂ネットワーク")
    return {
        "organisation": organisation,
        "second": await make_member(worker_database, platform, name="食堂の会"),
        "asked": (await make_name_use(worker_database, platform, organisation, starts_on=date(2027, 4, 3))).id,
        "event": (await make_event(worker_database, platform, takes_registrations=True)).id,
        "other": (await make_event(worker_database, platform, takes_registrations=True)).id,
    }


async def _count(database: Database, tenant: Tenant, table: type[TenantOwned]) -> int:
    async with database.read(tenant.id) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("name", CASES)
async def test_two_clicks_are_one_and_two_forms_are_two(
    client_for: ClientFor, worker_database: Database, platform: Tenant, ids: dict[str, UUID], name: str
) -> None:
    case = CASES[name](ids)
    own: dict[str, Any] = {"organisation_id": ids["organisation"]} if case.role is MANAGER else {}
    client = await signed_in(client_for(platform), await make_account(worker_database, platform, case.role, **own))
    async with worker_database.write(platform.id) as session:
        await umbrellas.register_child(session, actor=SECRETARIAT, parent_id=ids["organisation"], **CHILD)
    before = await _count(worker_database, platform, case.table)
    forms = [(page, await open_form(client, page, case.marker) | case.typed) for page in case.pages]
    files: dict[str, Any] = {"files": case.files} if case.files else {}
    for page, form in (forms[0], forms[0], forms[1], forms[1]):
        answer = await client.post(case.action or page, data=form, **files)
        assert answer.status_code == 303, answer.text
    assert await _count(worker_database, platform, case.table) - before == 2


@pytest.mark.parametrize(
    ("case", "other"),
    [("scan", ("a.pdf", picture("PNG"), "application/pdf")), ("logo", ("a.png", DRAWING, "image/png"))],
)
async def test_the_same_form_with_another_file_is_another_one(
    client_for: ClientFor, worker_database: Database, platform: Tenant, ids: dict[str, UUID], case: str, other: Any
) -> None:
    known = CASES[case](ids)
    client = await signed_in(client_for(platform), await make_account(worker_database, platform, ADMINISTRATOR))
    form = await open_form(client, known.pages[0], known.marker) | known.typed
    [field] = known.files
    for file in (known.files[field], other):
        answer = await client.post(known.action, data=form, files={field: file})
        assert answer.status_code == 303
    assert await _count(worker_database, platform, known.table) == 2


async def _phones(database: Database, tenant: Tenant, *registrations: Registration) -> list[tuple[str | None, int]]:
    async with database.read(tenant.id) as session:
        found = [await queries.registration(session, each.id) for each in registrations]
    return [(each.phone, each.revision) for each in found]


async def test_one_person_at_two_events_changes_both_with_the_same_words(
    client_for: ClientFor, worker_database: Database, platform: Tenant, ids: dict[str, UUID]
) -> None:
    first, second = [
        await make_registration(worker_database, platform, ids[each], **WHO) for each in ("event", "other")
    ]
    visitor = client_for(platform)
    for registration in (first, second):
        path = f"/registrations/{registration.key}/change"
        form = await open_form(visitor, path, 'name="needs_words"') | {"phone": "088-621-2222"}
        answers = [await visitor.post(path, data=form) for _ in range(2)]
        assert [answer.headers.get("location", "")[-12:] for answer in answers] == ["done=changed"] * 2
    assert await _phones(worker_database, platform, first, second) == [("088-621-2222", 2)] * 2


async def test_what_was_changed_back_can_be_changed_again(
    client_for: ClientFor, worker_database: Database, platform: Tenant, ids: dict[str, UUID]
) -> None:
    registration = await make_registration(worker_database, platform, ids["event"], **WHO)
    path, visitor = f"/registrations/{registration.key}/change", client_for(platform)
    for phone in ("088-621-2222", "088-621-1111", "088-621-2222", "088-621-1111"):
        form = await open_form(visitor, path, 'name="needs_words"') | {"phone": phone}
        assert (await visitor.post(path, data=form)).status_code == 303
        assert (await _phones(worker_database, platform, registration))[0][0] == phone


async def test_a_form_without_its_key_is_shown_again_with_one(
    client_for: ClientFor, worker_database: Database, platform: Tenant, ids: dict[str, UUID]
) -> None:
    registration = await make_registration(worker_database, platform, ids["event"], **WHO)
    path, visitor = f"/registrations/{registration.key}/change", client_for(platform)
    form = await open_form(visitor, path, 'name="needs_words"')
    del form[once.FIELD]
    answer = await visitor.post(path, data=form)
    assert (answer.status_code, len(re.findall(r'name="form_key" value="[\w-]{16}"', answer.text))) == (422, 1)
