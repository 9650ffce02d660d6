"""What is checked before an event is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events.drafts import AppearanceDraft, SessionDraft, checked_event, checked_sessions
from shared.kit import clock
from shared.kit.refusals import Refusal, Refusals
from tests.factories.events import event_draft

NOON = datetime(2027, 4, 1, 12, tzinfo=clock.JST)


def fields_at_fault(**changes: Any) -> list[str | None]:
    with pytest.raises(Refusals) as refused:
        checked_event(event_draft(starts_at=NOON, **changes))
    return [problem.field for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": "　"}, ["title"]),
        ({"title": "あ" * 201}, ["title"]),
        ({"ends_at": NOON - timedelta(minutes=1)}, ["ends_at"]),
        ({"capacity": -1}, ["capacity"]),
        ({"online_capacity": 2_000_000_000}, ["online_capacity"]),
        ({"registration_deadline": NOON + timedelta(days=2)}, ["registration_deadline"]),
        (
            {"registration_opens_at": NOON - timedelta(days=1), "registration_deadline": NOON - timedelta(days=2)},
            ["registration_opens_at"],
        ),
        ({"contact_phone": "電話ください"}, ["contact_phone"]),
        ({"contact_email": "who@"}, ["contact_email"]),
        ({"title": "", "capacity": -5, "contact_phone": "1"}, ["title", "capacity", "contact_phone"]),
    ],
)
def test_every_mistake_is_named(changes: dict[str, Any], fields: list[str]) -> None:
    assert fields_at_fault(**changes) == fields


def test_a_year_that_nobody_means_is_refused() -> None:
    with pytest.raises(Refusals) as refused:
        checked_event(event_draft(starts_at=datetime(6, 1, 12, tzinfo=UTC), ends_at=None))
    assert refused.value.field == "starts_at"


def test_what_is_typed_is_stored_clean() -> None:
    draft = checked_event(
        event_draft(
            title="  第2回\nセミナー ",
            theme="",
            how_to_apply="電話で\r\nどうぞ",
            contact_phone="088ー621ー2179",
            contact_email="　pf＠example.jp",
        )
    )
    assert (draft.title, draft.theme, draft.how_to_apply) == ("第2回 セミナー", None, "電話で\nどうぞ")
    assert (draft.contact_phone, draft.contact_email) == ("088-621-2179", "pf@example.jp")


def test_a_time_without_offset_is_one_of_japan() -> None:
    draft = checked_event(event_draft(starts_at=datetime(2027, 4, 1, 12), ends_at=None))  # noqa: DTZ001
    assert draft.starts_at == NOON


def test_no_limit_is_not_the_same_as_no_seat() -> None:
    assert checked_event(event_draft(capacity=None)).capacity is None
    assert checked_event(event_draft(capacity=0)).capacity == 0


def test_mistakes_in_the_programme_say_where_they_are() -> None:
    people = (AppearanceDraft(person_name="試験 太郎"), AppearanceDraft(person_name=" "))
    parts = (SessionDraft(title="話"), SessionDraft(title="", minutes=0, appearances=people))
    with pytest.raises(Refusals) as refused:
        checked_sessions(parts)
    assert [problem.field for problem in refused.value.problems] == [
        "sessions.1.title",
        "sessions.1.minutes",
        "sessions.1.appearances.1.person_name",
    ]


def test_a_programme_has_an_end() -> None:
    with pytest.raises(Refusal, match="60件まで"):
        checked_sessions(tuple(SessionDraft(title="話") for _ in range(61)))


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://forms.example.jp/a?b=1", True),
        ("http://forms.example.jp/a", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://somebody:secret@forms.example.jp/", False),
        ("https://forms.example.jp/a b", False),
    ],
)
def test_a_questionnaire_is_reached_by_https_only(address: str, taken: bool) -> None:
    draft = event_draft(questionnaire_url=address)
    if taken:
        assert checked_event(draft).questionnaire_url == address
        return
    with pytest.raises(Refusals) as refused:
        checked_event(draft)
    assert [problem.field for problem in refused.value.problems] == ["questionnaire_url"]
