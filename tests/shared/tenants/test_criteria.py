"""A platform's admission criteria, from its manifest to its desk."""

from pathlib import Path
from uuid import UUID

import pytest

from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit.database.session import NATIONAL, Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.members import criteria, screening, service
from shared.members.checklist import CriterionDraft, replace_checklist
from shared.members.details import ApplicationDetails
from shared.members.models import Channel
from shared.members.screening import Finding
from shared.members.screening_models import CheckResult, CriterionKind
from shared.tenants import bootstrap
from shared.tenants.bootstrap import read_all
from shared.tenants.manifest_reading import ManifestRefused
from tests.shared.tenants.roots import Root
from tests.tenants.applied import Applied

ADMIN = Actor(name="阿波 緑", client_id="admin", roles=frozenset({Role.SECRETARIAT_ADMIN}))
TWO = """
[[criteria]]
slug = "area"
name = "試験市で活動している"

[[criteria]]
slug = "{slug}"
name = "推薦"
kind = "{kind}"
required = false
"""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def write(root: Root, *, slug: str = "recommendation", kind: str = "RECOMMENDATION") -> None:
    last = "joined_on = 2026-04-02\n"
    root.replace("tenant.toml", last, last + TWO.format(slug=slug, kind=kind))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"slug": "area"}, "「area」が二度書かれています。"),
        ({"slug": "推薦"}, "slug には英小文字、数字、ハイフンを使ってください（3文字以上、英字で始める）。"),
        ({"kind": "GUESS"}, "「kind」に「GUESS」という値は使えません。"),
    ],
)
def test_a_wrong_criterion_is_refused(root: Root, given: dict[str, str], reason: str) -> None:
    write(root, **given)
    with pytest.raises(ManifestRefused) as refused:
        read_all(root.path)
    assert [problem.reason for problem in refused.value.problems] == [reason]


async def test_the_checklist_is_that_of_the_manifest(root: Root, worker_database: Database, settings: Settings) -> None:
    write(root)
    async with worker_database.write(NATIONAL) as session:
        await bootstrap.apply(session, root=root.path, files=FileStore(settings), say=lambda _: None)
    applied = await Applied.of(worker_database, root.slug)
    async with worker_database.read((await applied.profile()).id) as session:
        known = await criteria.criteria(session)
    assert [(each.slug, each.name, each.kind, each.required) for each in known] == [
        ("area", "試験市で活動している", CriterionKind.STATEMENT, True),
        ("recommendation", "推薦", CriterionKind.RECOMMENDATION, False),
    ]


async def test_what_the_secretariat_has_edited_survives_the_files(
    root: Root, worker_database: Database, settings: Settings
) -> None:
    write(root)
    files = FileStore(settings)

    async def apply() -> list[tuple[str, str, bool]]:
        async with worker_database.write(NATIONAL) as session:
            await bootstrap.apply(session, root=root.path, files=files, say=lambda _: None)
        applied = await Applied.of(worker_database, root.slug)
        async with worker_database.read((await applied.profile()).id) as session:
            return [(each.slug, each.name, each.required) for each in await criteria.criteria(session)]

    await apply()
    tenant = await (await Applied.of(worker_database, root.slug)).profile()
    application_id = await _checked_application(worker_database, tenant.id)
    async with worker_database.write(tenant.id) as session:
        wanted = [
            CriterionDraft(slug="recommendation", name="参加団体の推薦", required=True),
            CriterionDraft(slug="area", name="市内で活動している"),
        ]
        await replace_checklist(session, actor=ADMIN, revision=tenant.revision, wanted=wanted)
    edited = [("recommendation", "参加団体の推薦", True), ("statement-1", "市内で活動している", True)]
    root.replace("tenant.toml", 'slogan = "ひとりにしない"', 'slogan = "つながる"')
    assert await apply() == edited
    # The files speak of the line that was retired: it still says what the application was checked against.
    root.replace("tenant.toml", "試験市で活動している", "試験市に事務所がある")
    assert await apply() == edited
    async with worker_database.read(tenant.id) as session:
        checks = {check.slug: check.name for check in await criteria.checks(session, application_id)}
    assert checks["area"] == "試験市で活動している"


async def _checked_application(database: Database, tenant_id: int) -> UUID:
    async with database.write(tenant_id) as session:
        details = ApplicationDetails(name="海辺の会", kana="ウミベノカイ", contact_name="花")
        application = await service.submit_application(session, details, channel=Channel.FAX, actor=ADMIN)
        finding = Finding(criterion="area", result=CheckResult.MET)
        await screening.record_findings(session, application.id, [finding], actor=ADMIN)
    return application.id
