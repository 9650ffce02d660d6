"""A member list on its way through the secretariat's pages."""

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import httpx
import xlsxwriter

from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.members import settle
from tests.services.web.pages.staff.forms import fields_of

PATH = "/staff/members/import"


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("会員名簿")
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                else:
                    page.write(number, column, cell)
    return target.getvalue()


async def upload(client: httpx.AsyncClient, data: bytes, name: str = "会員名簿.xlsx") -> httpx.Response:
    sent = fields_of((await client.get(PATH)).text, 'type="file"')
    return await client.post(PATH, data=sent, files={"file": (name, data)})


async def send(client: httpx.AsyncClient, path: str, marker: str, **typed: str) -> httpx.Response:
    """Send the form on the page at `path` whose address ends with `marker`."""
    page = await client.get(path)
    found = re.search(rf'action="([^"]+{marker})"', page.text)
    assert found, (path, marker, page.text)
    return await client.post(found.group(1), data=fields_of(page.text, found.group(0)) | typed)


async def work(client: httpx.AsyncClient, settings: Settings, tenant: Tenant, path: str) -> str:
    """What the page says when the background is done with it."""
    for _ in range(1_000):
        page = (await client.get(path)).text
        if "data-progress" not in page:
            return page
        await settle(settings, tenant)
    raise AssertionError("the import does not end")


async def check(client: httpx.AsyncClient, settings: Settings, tenant: Tenant, path: str) -> str:
    """Take the columns as guessed; what the dry run says."""
    answer = await send(client, path, "/columns")
    assert answer.status_code == 303, answer.text
    return await work(client, settings, tenant, path)


async def bring(client: httpx.AsyncClient, settings: Settings, tenant: Tenant, data: bytes) -> tuple[str, str]:
    """Upload, take the columns as guessed, apply; the address and the last page."""
    path = (await upload(client, data)).headers["location"]
    await check(client, settings, tenant, path)
    assert (await send(client, path, "/apply")).status_code == 303
    return path, await work(client, settings, tenant, path)
