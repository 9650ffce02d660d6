"""Which column means what, in the words that secretariats use."""

import pytest

from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.table import Row, Table
from shared.members.imports.columns import chosen, guess_columns, meanings_of


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("団体名", "name"),
        ("団体名※必須", "name"),
        ("１．団体名称", "name"),
        ("会員名（正式名称）", "name"),
        ("ﾌﾘｶﾞﾅ", "kana"),
        ("団体名（フリガナ）", "kana"),
        ("ふりがな", "kana"),
        ("法人番号（13桁）", "corporate_number"),
        ("〒", "postal_code"),
        ("郵便 番号", "postal_code"),
        ("住所", "address"),
        ("事務所の所在地", "address"),
        ("TEL", "phone"),
        ("ＴＥＬ", "phone"),
        ("電話番号（代表）", "phone"),
        ("担当者電話番号", "phone"),
        ("ＦＡＸ番号", "fax"),
        ("Ｅ－ｍａｉｌ", "email"),
        ("担当者メールアドレス", "email"),
        ("HPアドレス", "website"),
        ("団体の種別", "category"),
        ("活動分野1", "fields"),
        ("加入年月日", "joined_on"),
        ("退会日", "left_on"),
        ("募集経路", "source"),
        ("代表者氏名", "representative_name"),
        ("連絡担当者", "contact_name"),
        ("市町村名", "municipality"),
        ("構成員数", "people"),
        ("設立年月日", "founded_year"),
        ("No.", ""),
        ("備考", ""),
        ("会員番号", ""),
        ("市町村コード", ""),
        ("", ""),
        ("好きな食べ物", ""),
    ],
)
def test_headers_are_understood(header: str, meaning: str) -> None:
    assert meanings_of([header]) == (meaning,)


def test_without_a_header_it_is_said_what_is_missing() -> None:
    with pytest.raises(Refusal) as refused:
        guess_columns(Table([Row(1, ("つなぐ会", "088-621-2179"))], []))
    assert refused.value.code == "HEADER_NOT_FOUND"


def test_a_person_mends_the_guess() -> None:
    guess = guess_columns(Table([Row(1, ("団体名", "電話番号", "窓口の電話"))], []))
    assert chosen(guess, ["name", "", "phone"]).meanings == ("name", "", "phone")
    for wrong in (["", "", "phone"], ["name", "phone", "phone"], ["name", "phone"], ["name", "phone", "shoe_size"]):
        with pytest.raises(Refusal):
            chosen(guess, wrong)


def test_a_list_is_known_again_by_its_headers() -> None:
    first, again, other = (
        guess_columns(Table([Row(number, titles)], []))
        for number, titles in ((1, ("団体名", "TEL")), (4, ("団体名", "ＴＥＬ")), (1, ("団体名", "FAX")))
    )
    assert (first.key == again.key, first.key == other.key) == (True, False)
