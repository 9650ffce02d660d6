"""What an organisation says about itself is the same on every form, and stays the same on the way to the directory."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.members import export_lists, queries, versions
from shared.members.details import ApplicationDetails
from shared.members.exports import LEDGER_COLUMNS, member_headers, staff_headers, staff_row
from shared.members.filters import Wanted
from shared.members.models import CONTACT_COLUMNS, Organisation, Source, Visibility
from shared.members.versions import CHANGEABLE
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.test_join import fill

SAID: dict[str, Any] = {"audiences": ("children", "carers"), "resources": ("people", "place")}
KANA = {"representative_kana": "タカハシ アキラ", "contact_kana": "サキヤマ ハナ"}
#: The municipality is asked for where the platform has some to choose from.
ASKED = {*CHANGEABLE} - {"visibility", "municipality_code"} | {f"visibility_{column}" for column in CONTACT_COLUMNS}


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def member(worker_database: Database, platform: Tenant) -> UUID:
    return await make_member(worker_database, platform, name="つなぐ会", **SAID)


async def enter(
    client_for: ClientFor, database: Database, tenant: Tenant, role: Role, organisation_id: UUID | None = None
) -> httpx.AsyncClient:
    return await signed_in(
        client_for(tenant), await make_account(database, tenant, role, organisation_id=organisation_id)
    )


async def details_of(database: Database, tenant: Tenant, organisation_id: UUID) -> ApplicationDetails:
    async with database.read(tenant.id) as session:
        return await versions.details_of(session, organisation_id)


def names_on(page: str) -> set[str]:
    return set(re.findall(r'<(?:input|select|textarea)[^>]*? name="([^"]+)"', page))


async def test_every_form_asks_for_everything(
    client_for: ClientFor, worker_database: Database, platform: Tenant, member: UUID
) -> None:
    staff = await enter(client_for, worker_database, platform, Role.SECRETARIAT_ADMIN)
    manager = await enter(client_for, worker_database, platform, Role.ORGANISATION_MANAGER, member)
    pages = [
        (client_for(platform), "/join"),
        (staff, "/staff/applications/new"),
        (staff, f"/staff/notices/new/{member}/change"),
        (manager, "/member/profile"),
    ]
    missing = {path: ASKED - names_on((await client.get(path)).text) for client, path in pages}
    assert missing == {path: set() for _, path in pages}


async def test_what_is_ticked_on_the_web_survives_the_confirmation_and_the_approval(
    client_for: ClientFor, worker_database: Database, platform: Tenant
) -> None:
    visitor = client_for(platform)
    form = await fill(visitor, "/join", **{name: list(slugs) for name, slugs in SAID.items()})
    page = (await visitor.post("/join", data=form)).text
    assert ("子ども、家族の世話をする方" in page, "人、場所" in page) == (True, True)
    assert re.findall(r'name="(?:audiences|resources)" value="(\w+)"', page) == [
        "children",
        "carers",
        "people",
        "place",
    ]
    unknown = await visitor.post("/join", data=form | {"audiences": ["nobody"]})
    assert (unknown.status_code, "対象者の区分を一覧から選んでください" in unknown.text) == (422, True)


async def test_the_approval_carries_tags_and_kana_into_the_ledger(
    worker_database: Database, platform: Tenant, member: UUID
) -> None:
    details = await details_of(worker_database, platform, member)
    assert {name: getattr(details, name) for name in SAID | KANA} == SAID | KANA


async def test_a_notice_shows_the_tags_and_kana_that_differ(
    client_for: ClientFor, worker_database: Database, platform: Tenant, member: UUID
) -> None:
    manager = await enter(client_for, worker_database, platform, Role.ORGANISATION_MANAGER, member)
    opened = (await manager.get("/member/profile")).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', opened))
    sent: dict[str, Any] = hidden | {"action": "confirm", "audiences": ["elderly"], "resources": [], "name": "つなぐ会"}
    page = (await manager.post("/member/profile", data=sent | {"contact_kana": "さきやま　ハル"})).text
    for words in ("対象者の区分", "子ども、家族の世話をする方", "高齢の方", "提供できる資源", "サキヤマ ハル"):
        assert words in page, words


async def test_the_former_address_of_the_notice_leads_to_the_one_page(
    client_for: ClientFor, worker_database: Database, platform: Tenant, member: UUID
) -> None:
    manager = await enter(client_for, worker_database, platform, Role.ORGANISATION_MANAGER, member)
    answer = await manager.get("/member/change")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/member/profile?organisation={member}")
    page = (await manager.get("/member/profile")).text
    assert f'href="/member/withdraw?organisation={member}"' in page


@pytest.mark.parametrize(("shown", "audience"), [("PUBLIC", Visibility.PUBLIC), ("MEMBERS", Visibility.MEMBERS)])
async def test_the_kana_of_a_person_is_shown_to_whom_the_name_is(
    worker_database: Database, platform: Tenant, shown: str, audience: Visibility
) -> None:
    member = await make_member(worker_database, platform, visibility={"contact_name": shown})
    seen = []
    async with worker_database.read(platform.id) as session:
        for eyes in Visibility:
            view = await queries.organisation(session, member, eyes)
            seen.append((view.contact_kana, view.representative_kana))
    known, own = KANA["contact_kana"], KANA["representative_kana"]
    public = known if audience is Visibility.PUBLIC else None
    assert seen == [(public, None), (known, None), (known, own)]


async def test_only_the_secretariats_list_says_who_leaves_and_how_it_was_won(
    worker_database: Database, platform: Tenant, member: UUID
) -> None:
    found = {}
    async with worker_database.read(platform.id) as session:
        for audience in Visibility:
            [view] = await export_lists.all_members(session, Wanted(), audience=audience)
            found[audience] = (view.source, dict(zip(staff_headers(), staff_row(view), strict=True))["募集経路"])
    assert found == {
        Visibility.PUBLIC: (None, None),
        Visibility.MEMBERS: (None, None),
        Visibility.SECRETARIAT: (Source.OPEN_CALL, "公募（この指とまれ）"),
    }
    assert set(member_headers()) & LEDGER_COLUMNS.keys() == set()


def _migration() -> ModuleType:
    path = Path(__file__).parents[4] / "infra" / "migrations" / "versions" / "0004_member_details.py"
    spec = importlib.util.spec_from_file_location("member_details", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_who_was_approved_before_keeps_the_kana_of_its_form_unless_the_person_has_changed(
    worker_database: Database, platform: Tenant, member: UUID
) -> None:
    other = await make_member(worker_database, platform)
    async with worker_database.write(platform.id) as session:
        for each in (member, other):
            row = await session.get_one(Organisation, (platform.id, each))
            row.representative_kana = row.contact_kana = None
        row.contact_name = "次の担当"
    async with worker_database.write(platform.id) as session:
        await session.execute(text(_migration()._CARRY_OVER))
    kept = [await details_of(worker_database, platform, each) for each in (member, other)]
    assert [(each.representative_kana, each.contact_kana) for each in kept] == [
        (KANA["representative_kana"], KANA["contact_kana"]),
        (KANA["representative_kana"], ""),
    ]


async def test_an_ordinary_user_learns_of_the_secret_address_only_that_it_is_there(
    client_for: ClientFor, worker_database: Database, platform: Tenant, member: UUID
) -> None:
    async with worker_database.write(platform.id) as session:
        (await session.get_one(Organisation, (platform.id, member))).address_confidential = True
    secret = "万代町1丁目1番地"
    user = await enter(client_for, worker_database, platform, Role.ORGANISATION_USER, member)
    pages = {path: (await user.get(path)).text for path in ("/member", "/member/preview", "/member/preview?as=MEMBERS")}
    assert [path for path, page in pages.items() if secret in page] == []
    assert "非公開（登録済み）" in pages["/member/preview"]
    manager = await enter(client_for, worker_database, platform, Role.ORGANISATION_MANAGER, member)
    assert secret in (await manager.get("/member/profile")).text
