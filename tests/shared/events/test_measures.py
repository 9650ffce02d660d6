"""Typed counters: what is counted differently is neither added nor divided."""

from datetime import date

import pytest

from shared.events.measures import MeasureDraft, checked_measures, share, shares, total
from shared.kit.refusals import Refusal, Refusals

PLAYS = MeasureDraft(name="視聴回数", value=845, unit="回", as_of=date(2024, 11, 6))
REGISTERED = MeasureDraft(name="事前登録者数", value=884, unit="名")
CAME = MeasureDraft(name="事前登録者のうち出席した人数", value=612, unit="人")
VIEWERS = MeasureDraft(name="視聴者数", value=612, unit="人")


def test_plays_divided_by_people_is_no_rate_of_anything() -> None:
    with pytest.raises(Refusal, match="意味のある割合になりません") as refused:
        share(PLAYS, REGISTERED)
    assert refused.value.code == "DIFFERENT_MEASURES"
    assert shares([PLAYS, REGISTERED]) == []


def test_only_those_of_the_registered_who_came_are_a_part_of_them() -> None:
    found = share(CAME, REGISTERED)
    assert (found.name, found.percent, shares([PLAYS, REGISTERED, CAME, VIEWERS])) == (
        "事前登録した方の出席率",
        69.2,
        [found],
    )


@pytest.mark.parametrize("name", ["出席者数", "視聴者数"])
def test_walk_ins_and_links_are_no_part_of_the_registered(name: str) -> None:
    counted = MeasureDraft(name=name, value=612, unit="人")
    with pytest.raises(Refusal, match="意味のある割合になりません"):
        share(counted, REGISTERED)
    assert shares([REGISTERED, counted]) == []


def test_a_part_is_no_larger_than_its_whole() -> None:
    with pytest.raises(Refusal) as refused:
        share(MeasureDraft(name=CAME.name, value=900, unit="人"), REGISTERED)
    assert refused.value.code == "NOT_A_PART"


def test_one_counter_is_added_over_events_and_two_are_not() -> None:
    assert total([PLAYS, PLAYS]) == 1690
    with pytest.raises(Refusal, match="足し合わせられません"):
        total([PLAYS, VIEWERS])


@pytest.mark.parametrize(
    ("drafts", "field"),
    [
        ([MeasureDraft(name="視聴回数", value=845, unit="人")], "measures.0.unit"),
        ([MeasureDraft(name="参加者の満足", value=4)], "measures.0.unit"),
        ([PLAYS, PLAYS], "measures.1.name"),
        ([MeasureDraft(name="出席者数", value=-1)], "measures.0.value"),
        ([MeasureDraft(name=" ", value=1, unit="人")], "measures.0.name"),
    ],
)
def test_a_counter_without_sense_is_refused(drafts: list[MeasureDraft], field: str) -> None:
    with pytest.raises(Refusals) as refused:
        checked_measures(drafts)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_known_counter_brings_its_unit() -> None:
    assert [each.unit for each in checked_measures([MeasureDraft(name="出席団体数", value=54)])] == ["団体"]
