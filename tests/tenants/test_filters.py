"""Whoever looks for a partner finds all five filters at work in the demonstration, and no tag that a document does not bear out."""

import pytest

from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import directory, tags
from tests.tenants.applied import Applied, apply_all

#: What the documents say of the organisations that they name.
NAMED = {
    "徳島の子育てに伴走する会マチノワ": (["parents"], []),
    "とくしま子ども食堂ネットワーク": (["children"], []),
    "徳島県宅地建物取引業協会": ([], ["information"]),
    "社会福祉法人 徳島県手をつなぐ育成会 スカイピア": (["disabled"], ["goods"]),
    "NPO法人You&ゆう": ([], []),
    "徳島県自殺予防協会": ([], []),
}


@pytest.fixture(scope="module")
async def applied(worker_database: Database, settings: Settings) -> None:
    await apply_all(worker_database, settings)


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize("slug", ["tokushima", "hyogo"])
async def test_all_five_filters_offer_a_choice_with_counts(web_database: Database, slug: str) -> None:
    platform = await (await Applied.of(web_database, slug)).profile()
    async with web_database.read(platform.id) as session:
        browsed = await directory.browse(session)
    kinds = (browsed.fields, browsed.categories, browsed.municipalities, browsed.audiences, browsed.resources)
    assert [len(facets) > 3 and all(facet.count for facet in facets) for facets in kinds] == [True] * 5


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize("slug", ["tokushima", "hyogo", "anan", "komatsushima", "kamiyama", "national"])
async def test_every_tag_is_one_of_the_words(web_database: Database, slug: str) -> None:
    organisations = await (await Applied.of(web_database, slug)).organisations()
    used = {tag for each in organisations for tag in (*each.audiences, *each.resources)}
    assert used - tags.AUDIENCES.keys() - tags.RESOURCES.keys() == set()


@pytest.mark.usefixtures("applied")
async def test_a_named_organisation_bears_only_tags_of_the_documents(web_database: Database) -> None:
    organisations = await (await Applied.of(web_database, "tokushima")).organisations()
    assert {each.name: (each.audiences, each.resources) for each in organisations if not each.demo} == NAMED
