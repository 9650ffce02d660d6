"""A member's flyer: the same rules as the secretariat's, and nobody else's pictures."""

import re

import httpx

from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories import pdfs
from tests.factories.content import make_media, photograph
from tests.services.web.pages.staff.forms import fields_of, open_form

NEW = "/member/events/new"
FORM = 'name="title"'


async def filled(user: httpx.AsyncClient, **fields: str) -> dict[str, str]:
    day = {"starts_at_year": "2030", "starts_at_month": "3", "starts_at_day": "2"}
    given = {"title": "炊き出しの日", "kind": "MEETING", "then": "save"}
    return await open_form(user, NEW, FORM) | given | day | fields


async def test_a_pdf_drafts_its_words_for_a_member_too(user: httpx.AsyncClient) -> None:
    file = ("flyer.pdf", pdfs.flyer("Soup Kitchen 2030-03-02"), "application/pdf")
    drafted = await user.post(NEW, data=await filled(user), files={"file": file})
    assert (drafted.status_code, "下書きを、PDFの文字から作りました" in drafted.text) == (422, True)
    sent = fields_of(drafted.text, FORM) | {"chosen_alt": "3月2日の炊き出しのチラシ", "then": "save"}
    assert (await user.post(NEW, data=sent)).status_code == 303
    item = re.findall(r"/member/events/([0-9a-f-]{36})", (await user.get("/member/news")).text)[0]
    kept = await open_form(user, f"/member/events/{item}", FORM)
    assert (kept["chosen_alt"], kept["title"]) == ("3月2日の炊き出しのチラシ", "炊き出しの日")
    answer = await user.post(f"/member/events/{item}", data=kept | {"without_flyer": "1", "then": "save"})
    assert answer.status_code == 303
    assert "chosen_alt" not in await open_form(user, f"/member/events/{item}", FORM)


async def test_the_secretariat_sees_the_flyer_before_it_is_public(
    user: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    file = ("flyer.pdf", pdfs.flyer(), "application/pdf")
    sent = await filled(user, alt="3月2日の炊き出しのチラシ", then="propose")
    assert (await user.post(NEW, data=sent, files={"file": file})).status_code == 303
    item = re.findall(r"/member/events/([0-9a-f-]{36})", (await user.get("/member/news")).text)[0]
    page = (await staff.get(f"/staff/proposals/{item}")).text
    assert ('alt="3月2日の炊き出しのチラシ"' in page, "もとのPDF（" in page) == (True, True)


async def test_a_broken_flyer_leaves_the_rest_of_the_form(user: httpx.AsyncClient) -> None:
    file = ("flyer.pdf", pdfs.encrypted(), "application/pdf")
    answer = await user.post(NEW, data=await filled(user, alt="チラシ"), files={"file": file})
    assert (answer.status_code, "パスワードを外して" in answer.text) == (422, True)
    assert fields_of(answer.text, FORM)["title"] == "炊き出しの日"


async def test_nobody_elses_picture_is_shown_or_reworded(
    user: httpx.AsyncClient, worker_database: Database, tenant: Tenant, settings: Settings
) -> None:
    picture = await make_media(worker_database, tenant, FileStore(settings), alt="事務局の写真", data=photograph())
    stolen = {"image_id": str(picture.id), "alt_of": str(picture.id), "chosen_alt": "書きかえた説明"}
    assert (await user.post(NEW, data=await filled(user) | stolen)).status_code == 303
    item = re.findall(r"/member/events/([0-9a-f-]{36})", (await user.get("/member/news")).text)[0]
    assert "chosen_alt" not in await open_form(user, f"/member/events/{item}", FORM)
    async with worker_database.read(tenant.id) as session:
        kept = await session.get_one(type(picture), (tenant.id, picture.id))
    assert kept.alt == "事務局の写真"
