"""郵便番号 as people write them, and the places that they stand for."""

from pathlib import Path

import pytest

from shared.kit.japanese import Unreadable
from shared.kit.settings import ROOT
from shared.taxonomy import postal
from shared.taxonomy.postal import PostalAddress

VOCABULARY = ROOT / "tenants" / "vocabulary"


@pytest.mark.parametrize("text", ["7740001", "774-0001", "〒７７４ー０００１", "774 0001"])
def test_any_spelling_of_a_code_leads_to_its_town(text: str) -> None:
    assert postal.find(VOCABULARY, text) == PostalAddress("774-0001", "362042", "徳島県阿南市辰巳町")


def test_the_code_of_one_office_leads_to_its_street() -> None:
    assert postal.find(VOCABULARY, "770-8570") == PostalAddress("770-8570", "362018", "徳島県徳島市万代町1丁目")


def test_a_ward_of_a_designated_city_belongs_to_the_city() -> None:
    found = postal.find(VOCABULARY, "650-0011")
    assert found == PostalAddress("650-0011", "281000", "兵庫県神戸市中央区下山手通")


def test_a_code_of_several_towns_says_only_what_is_certain() -> None:
    assert postal.find(VOCABULARY, "761-4106") == PostalAddress("761-4106", "373222", "香川県小豆郡土庄町")
    assert postal.find(VOCABULARY, "498-0000") == PostalAddress("498-0000", "", "")


def test_unknown_codes_and_what_is_no_code() -> None:
    assert postal.find(VOCABULARY, "999-9999") is None
    with pytest.raises(Unreadable):
        postal.find(VOCABULARY, "770")


def test_without_the_file_no_address_is_known(tmp_path: Path) -> None:
    assert postal.find(tmp_path, "774-0001") is None
