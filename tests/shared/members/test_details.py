"""様式1: what is cleaned, and every problem at once."""

from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kit.refusals import Refusals
from shared.members.details import ApplicationDetails, check
from shared.members.models import Channel
from shared.tenants.queries import CategoryView, CharterView, FieldView, Profile
from tests.factories.members import filled

MUNICIPALITIES = ["362042"]


def profile() -> Profile:
    """Only what the form depends on."""
    empty = dict.fromkeys(Profile.__struct_fields__)
    return Profile(
        **empty
        | {
            "fields": [FieldView(uuid4(), "childcare", "子育て", 1, [], None)],
            "categories": [CategoryView(uuid4(), "npo", None, "NPO法人", None, False, 1, None)],
            "charters": [CharterView(2, "設置要綱", None, "")],
        }  # type: ignore[arg-type]
    )


def checked(**changes: object) -> ApplicationDetails:
    return check(filled(**changes), profile(), channel=Channel.WEB, municipalities=MUNICIPALITIES)


def problems(**changes: object) -> dict[str | None, str]:
    with pytest.raises(Refusals) as refused:
        checked(**changes)
    return {problem.field: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("name", "　㈱髙﨑𠮷ふぁーむ ", "㈱髙﨑𠮷ふぁーむ"),
        ("kana", "ｶﾌﾞｼｷｶﾞｲｼｬﾀｶｻｷ", "カブシキガイシャタカサキ"),
        ("kana", "とくしまこどもしょくどう", "トクシマコドモショクドウ"),
        ("corporate_number", "５００００１２０１０００８", "5000012010008"),
        ("postal_code", "〒７７０ー８５７０", "770-8570"),
        ("postal_code", "7708570", "770-8570"),
        ("phone", "088ー621ー2179", "088-621-2179"),
        ("mobile", "０９０１２３４５６７８", "090-1234-5678"),
        ("email", " Tsunagu@NPO.Example ", "Tsunagu@npo.example"),
        ("website", "www.example.jp/会", "https://www.example.jp/会"),
        ("people", "１，２００人", "1200"),
        ("founded_year", "平成１０年", "1998"),
        ("founded_year", "1998", "1998"),
        ("activities", "一行目\r\n二行目", "一行目\n二行目"),
    ],
)
def test_what_is_typed_becomes_what_is_stored(field: str, typed: str, stored: str) -> None:
    assert getattr(checked(**{field: typed}), field) == stored


def test_cleaning_twice_changes_nothing() -> None:
    once = checked()
    assert check(once, profile(), channel=Channel.WEB, municipalities=MUNICIPALITIES) == once


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "あ" * 10_000),
        ("name", "\x00\u200b"),
        ("kana", ""),
        ("kana", "漢字の名前"),
        ("corporate_number", "5000012010009"),
        ("corporate_number", "12345"),
        ("postal_code", "770"),
        ("municipality_code", "999999"),
        ("phone", "00000"),
        ("fax", "電話と同じ"),
        ("email", "tsunagu@"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("website", "javascript:alert(1)"),
        ("website", "https://[::1"),
        ("category", "nobody"),
        ("fields", ("childcare", "nobody")),
        ("fields", ()),
        ("people", "たくさん"),
        ("people", "-3"),
        ("founded_year", "むかし"),
        ("founded_year", "2999"),
        ("activities", "あ" * 2001),
        ("source", "NOBODY"),
        ("charter_version", 1),
        ("charter_version", None),
        ("consent", False),
    ],
)
def test_a_wrong_field_is_named_alone(field: str, typed: object) -> None:
    assert list(problems(**{field: typed})) == [field]


def test_all_problems_come_at_once_in_the_order_of_the_form() -> None:
    found = problems(name="", kana="", email="nobody", corporate_number="1", consent=False)
    assert list(found) == ["name", "kana", "corporate_number", "email", "consent"]


def test_a_visibility_that_does_not_exist_is_refused_and_an_unknown_column_ignored() -> None:
    assert list(problems(visibility={"phone": "EVERYBODY"})) == ["visibility_phone"]
    assert checked(visibility={"phone": "PUBLIC", "secret": "PUBLIC"}).visibility == {"phone": "PUBLIC"}


def test_one_way_to_telephone_is_enough_on_the_web() -> None:
    assert checked(phone="", mobile="090-1234-5678").phone == ""
    assert list(problems(phone="", mobile="")) == ["phone"]


def test_paper_may_leave_open_what_the_web_asks_for() -> None:
    paper = ApplicationDetails(name="あわ会", kana="アワカイ")
    assert check(paper, profile(), channel=Channel.FAX, municipalities=[]) == paper


_typed = st.fixed_dictionaries(
    {
        field.name: st.one_of(st.text(max_size=30), st.text("0123456789０９-ー年月カあ@.a ", max_size=15))
        for field in msgspec.structs.fields(ApplicationDetails)
        if field.type is str
    }
)


@given(typed=_typed)
def test_whatever_is_typed_is_either_refused_by_field_or_clean_for_good(typed: dict[str, str]) -> None:
    details = ApplicationDetails(**typed)  # type: ignore[arg-type]
    try:
        cleaned = check(details, profile(), channel=Channel.FAX, municipalities=MUNICIPALITIES)
    except Refusals as refused:
        assert {problem.field for problem in refused.problems} <= set(typed)
        return
    assert check(cleaned, profile(), channel=Channel.FAX, municipalities=MUNICIPALITIES) == cleaned


@settings(max_examples=30)
@given(text=st.text(min_size=1))
def test_each_field_alone_is_cleaned_for_good(text: str) -> None:
    for field in msgspec.structs.fields(ApplicationDetails):
        if field.type is str:
            try:
                cleaned = checked(**{field.name: text})
            except Refusals as refused:
                assert {problem.field for problem in refused.problems} == {field.name}
            else:
                assert check(cleaned, profile(), channel=Channel.WEB, municipalities=MUNICIPALITIES) == cleaned
