"""Flyers on the staff's form: pictures, PDFs, and what is neither."""

import io
import re
import resource
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import httpx
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from shared.kit import clock
from shared.tenants.models import Tenant
from tests.factories import pdfs
from tests.factories.content import photograph
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form

NEW = "/staff/events/new"
JPEG = ("flyer.jpg", photograph("JPEG"), "image/jpeg")
PDF = ("../チラシ 第2回.pdf", pdfs.flyer("Seminar 2024-01-12 Rokin Hall"), "application/pdf")
File = tuple[str, bytes, str]


async def filled(staff: httpx.AsyncClient, **fields: str) -> dict[str, str]:
    day = (clock.now() + timedelta(days=30)).astimezone(clock.JST)
    given = {"title": "冬の学習会", "kind": "SEMINAR", "description": "灯台で学びます。", "then": "publish"}
    parts = {f"starts_at_{part}": str(getattr(day, part)) for part in ("year", "month", "day")}
    return await open_form(staff, NEW) | given | parts | fields


async def send(staff: httpx.AsyncClient, sent: dict[str, str], file: File | None = None) -> httpx.Response:
    return await staff.post(NEW, data=sent, files={"file": file or ("", b"", "application/octet-stream")})


async def public_page(client_for: ClientFor, tenant: Tenant, answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"].removeprefix("/staff").split("?")[0]
    return (await client_for(tenant).get(path)).text


def picture_of(page: str) -> dict[str, str]:
    """The attributes of the flyer's image."""
    tag = re.findall(r'<a class="figure__whole"[^>]*>(<img[^>]*>)', page)[0]
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}


async def test_a_flyer_is_shown_in_the_size_that_fits(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    answer = await send(staff, await filled(staff, alt="冬の学習会のチラシ"), JPEG)
    shown = picture_of(await public_page(client_for, tenant, answer))
    assert (shown["alt"], shown["width"], shown["height"]) == ("冬の学習会のチラシ", "1600", "900")
    assert re.findall(r" (\d+w)", shown["srcset"]) == ["400w", "1200w", "1600w"]
    for place in shown["srcset"].split(", "):
        address, width = place.split(" ")
        picture = Image.open(io.BytesIO((await client_for(tenant).get(address)).content))
        assert f"{picture.width}w" == width


async def test_where_a_flyer_was_photographed_does_not_leave_the_form(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    exif = Image.Exif()
    exif[Base.Make] = "Camera of Hanako"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (34.0, 3.0, 56.0)
    data = photograph("JPEG", exif=exif)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(IFD.GPSInfo) != {}
    answer = await send(staff, await filled(staff, alt="壁に貼ったチラシ"), ("a.jpg", data, "image/jpeg"))
    shown = picture_of(await public_page(client_for, tenant, answer))
    for address in [place.split(" ")[0] for place in shown["srcset"].split(", ")]:
        kept = (await client_for(tenant).get(address)).content
        assert (dict(Image.open(io.BytesIO(kept)).getexif()), b"Hanako" in kept) == ({}, False)


async def test_a_pdf_drafts_its_own_words_and_somebody_reads_them_first(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    drafted = await send(staff, await filled(staff), PDF)
    assert (drafted.status_code, "下書きを、PDFの文字から作りました" in drafted.text) == (422, True)
    sent = fields_of(drafted.text)
    assert (sent["chosen_alt"], sent["title"]) == ("Seminar 2024-01-12 Rokin Hall", "冬の学習会")
    answer = await send(
        staff, sent | {"chosen_alt": "1月12日にろうきんホールで開くセミナーのチラシ", "then": "publish"}
    )
    page = await public_page(client_for, tenant, answer)
    assert picture_of(page)["alt"] == "1月12日にろうきんホールで開くセミナーのチラシ"
    found = re.search(r'href="(/media/[^"]+\.pdf)">([^<]+)<', page)
    assert found is not None and re.fullmatch(r"チラシをダウンロード（PDF、\d+KB）", found[2])
    file = await client_for(tenant).get(found[1])
    assert (file.content[:5], file.headers["content-type"]) == (b"%PDF-", "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment")
    assert "%E3%83%81%E3%83%A9%E3%82%B7" in file.headers["content-disposition"]
    assert ".." not in file.headers["content-disposition"]


@pytest.mark.parametrize("make", [pdfs.photo_flyer, pdfs.photo_flyer_in_object_streams])
async def test_a_pdf_tells_nobody_where_its_photos_were_taken_and_who_made_it(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, make: Callable[[bytes], bytes]
) -> None:
    sent = make(pdfs.camera_jpeg())
    assert b"Camera of Hanako" in sent
    answer = await send(staff, await filled(staff, alt="冬の学習会"), ("a.pdf", sent, "application/pdf"))
    page = await public_page(client_for, tenant, answer)
    found = re.search(r'href="(/media/[^"]+\.pdf)">', page)
    assert found is not None
    file = await client_for(tenant).get(found[1])
    assert (file.status_code, [each for each in pdfs.TELLTALES if each in file.content]) == (200, [])


async def test_a_pdf_with_words_of_its_sender_is_taken_at_once(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    answer = await send(staff, await filled(staff, alt="冬の学習会"), PDF)
    assert picture_of(await public_page(client_for, tenant, answer))["alt"] == "冬の学習会"


async def test_a_flyer_may_say_that_it_is_decoration(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    answer = await send(staff, await filled(staff, decorative="1"), JPEG)
    assert picture_of(await public_page(client_for, tenant, answer))["alt"] == ""


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("flyer.jpg", b"<html>no picture</html>", "image/jpeg"), "この形式の画像は使えません"),
        (("flyer.pdf", b"<html>no pdf</html>", "application/pdf"), "この形式の画像は使えません"),
        (("flyer.pdf", b"\0" * 40 * 1024 * 1024, "application/pdf"), "10MBまでです（選ばれたファイルは40MB）"),
        (("flyer.pdf", b"%PDF-1.7 torn", "application/pdf"), "このPDFは壊れているようで"),
        (("flyer.pdf", pdfs.encrypted(), "application/pdf"), "パスワードを外して"),
        (("flyer.pdf", pdfs.flyer(width=100_000, height=100_000), "application/pdf"), "ページの縦横が大きすぎる"),
        (("flyer.pdf", pdfs.inline_photo_flyer(pdfs.camera_jpeg()), "application/pdf"), "撮影場所や機種の記録"),
        (("flyer.pdf", pdfs.flyer(""), "application/pdf"), "文字の情報がないため"),
        (("flyer.jpg", photograph("JPEG"), "image/jpeg"), "画像の説明（代替テキスト）を入力してください"),
    ],
    ids=[
        "lying type",
        "lying PDF",
        "40 MB",
        "broken PDF",
        "locked PDF",
        "PDF bomb",
        "a photo in the midst of the page",
        "a scan without words",
        "no words",
    ],
)
async def test_what_cannot_be_used_is_said_and_the_rest_of_the_form_is_kept(
    staff: httpx.AsyncClient, file: File, words: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    alt = "" if "画像の説明" in words or "文字の情報" in words else "学習会のチラシ"
    answer = await send(staff, await filled(staff, alt=alt), file)
    assert (answer.status_code, words in answer.text) == (422, True)
    kept = fields_of(answer.text)
    assert (kept["title"], kept["description"]) == ("冬の学習会", "灯台で学びます。")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


async def test_a_lying_type_of_a_good_picture_does_no_harm(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    answer = await send(staff, await filled(staff, alt="写真"), ("flyer.pdf", photograph("PNG"), "text/html"))
    address = picture_of(await public_page(client_for, tenant, answer))["src"]
    assert (await client_for(tenant).get(address)).headers["content-type"] == "image/png"


async def test_a_flyer_that_reads_like_another_picture_is_pointed_out(staff: httpx.AsyncClient) -> None:
    first = await send(staff, await filled(staff, alt="会場の様子"), JPEG)
    other = ("b.jpg", photograph("JPEG", colour="#884422"), "image/jpeg")
    second = await send(staff, await filled(staff, alt="会場の様子"), other)
    assert (first.status_code, second.status_code) == (303, 303)
    form = await staff.get(second.headers["location"])
    assert "ほかの画像と、同じ説明になっています" in form.text
    mended = fields_of(form.text) | {"chosen_alt": "第2回の会場。円卓が八つ並ぶ"}
    answer = await staff.post(second.headers["location"].split("?")[0], data=mended)
    assert "同じ説明になっています" not in (await staff.get(answer.headers["location"])).text
    emptied = fields_of(form.text) | {"chosen_alt": ""}
    assert "chosen_alt-error" in (await staff.post(second.headers["location"].split("?")[0], data=emptied)).text
