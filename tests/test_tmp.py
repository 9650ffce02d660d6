from sqlalchemy import text
from shared.tenants.models import *
from tests.factories.tenants import make_tenant
from shared.kit.database.session import Database
async def test_x(web_database: Database, worker_database: Database) -> None:
    t = await make_tenant(worker_database)
    async with web_database.write(t.id) as s:
        s.add(Page(slug="x", title="t", body="b", updated_at=t.created_at))
    async with web_database.read(1) as s:
        assert (await s.execute(text("select count(*) from page"))).scalar() == 0
    async with web_database.read(t.id) as s:
        assert (await s.execute(text("select count(*) from page"))).scalar() == 1
from shared.content.models import Page
