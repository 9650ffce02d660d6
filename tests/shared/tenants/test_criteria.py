"""A platform's admission criteria, from its manifest to its desk."""

from pathlib import Path

import pytest

from shared.kit.database.session import NATIONAL, Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.members import criteria
from shared.members.screening_models import CriterionKind
from shared.tenants import bootstrap
from shared.tenants.bootstrap import read_all
from shared.tenants.manifest_reading import ManifestRefused
from tests.shared.tenants.roots import Root
from tests.tenants.applied import Applied

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
