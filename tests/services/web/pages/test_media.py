"""/media/<name or id>/<size>: bytes, and what comes with them."""

import io
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from services.web.site import Site
from shared.content.media import store_drawing
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import make_media, photograph
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'


@pytest.fixture
async def tenant(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_tenant(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def reader(client_for: ClientFor, tenant: Tenant) -> httpx.AsyncClient:
    return client_for(tenant)


async def test_a_picture_comes_in_the_size_that_was_asked_for(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    media = await make_media(worker_database, tenant, site.files, data=photograph("PNG"))
    for size, width in (("original", 1600), ("1200", 1200), ("thumb", 400)):
        answer = await reader.get(f"/media/{media.id}/{size}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert Image.open(io.BytesIO(answer.content)).width == width


async def test_an_address_that_names_the_bytes_may_be_kept_for_ever_and_no_other(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    media = await make_media(worker_database, tenant, site.files, name="hero.jpg")
    kept = await reader.get(f"/media/{media.id}/1200?v={media.sha256[:12]}")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    for asked_again in ("/media/hero.jpg/1200", f"/media/{media.id}/1200", f"/media/{media.id}/1200?v=000000000000"):
        answer = await reader.get(asked_again)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, no-cache")


async def test_whoever_has_it_already_gets_no_second_copy(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    media = await make_media(worker_database, tenant, site.files)
    first = await reader.get(f"/media/{media.id}/thumb")
    again = await reader.get(f"/media/{media.id}/thumb", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other_size = await reader.get(f"/media/{media.id}/1200", headers={"if-none-match": first.headers["etag"]})
    assert other_size.status_code == 200


async def test_a_drawing_is_served_where_it_cannot_act(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    async with worker_database.write(tenant.id) as session:
        await store_drawing(session, site.files, name="mark.svg", data=DRAWING, alt="", decorative=True)
    answer = await reader.get("/media/mark.svg/thumb")
    assert (answer.content, answer.headers["content-type"]) == (DRAWING, "image/svg+xml")
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


async def test_a_foreign_picture_answers_like_a_missing_one(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    foreign = await make_media(worker_database, await make_tenant(worker_database), site.files, name="only-there.jpg")
    given = (str(foreign.id), "only-there.jpg", str(uuid4()), "nothing")
    answers = [await reader.get(f"/media/{each}/1200") for each in given]
    assert [answer.status_code for answer in answers] == [404] * 4
    # The page names its own address, nothing else differs.
    assert len({answer.text.replace(each, "…") for answer, each in zip(answers, given, strict=True)}) == 1


async def test_there_are_three_sizes_and_no_others(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    media = await make_media(worker_database, tenant, site.files)
    for size in ("huge", "..", "%2e%2e%2fsecret"):
        assert (await reader.get(f"/media/{media.id}/{size}")).status_code == 404


async def test_a_name_that_nobody_could_give_is_missing_too(reader: httpx.AsyncClient) -> None:
    for name in ("%00", "%ff", "a%2fb", "x" * 5_000):
        assert (await reader.get(f"/media/{name}/thumb")).status_code == 404, name


async def test_a_picture_that_has_lost_its_bytes_is_a_404(
    reader: httpx.AsyncClient, worker_database: Database, tenant: Tenant, site: Site
) -> None:
    media = await make_media(worker_database, tenant, site.files)
    (site.settings.local / "files" / media.sizes["thumb"]).unlink()
    assert (await reader.get(f"/media/{media.id}/thumb")).status_code == 404
