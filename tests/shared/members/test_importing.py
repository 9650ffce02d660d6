"""A list from its upload into the ledger, as the background writes it."""

from datetime import date

import pytest

from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Refusal
from shared.kit.settings import Settings
from shared.members import directory, filters, ledger, queries
from shared.members.imports import queries as import_queries
from shared.members.imports import service as importing
from shared.members.imports.models import ImportState, Outcome
from shared.members.imports.queries import ImportView
from shared.members.models import Visibility
from tests.factories.members import STAFF, make_organisation, make_platform
from tests.shared.members.desk import FOUNDED, Desk, book, row, stand_in_tokushima


@pytest.fixture
async def desk(worker_database: Database, settings: Settings) -> Desk:
    tenant = await make_platform(worker_database)
    await stand_in_tokushima(worker_database, tenant)
    return Desk(worker_database, settings, tenant)


def told(job: ImportView) -> tuple[ImportState, dict[str, int]]:
    return job.state, {outcome.value: count for outcome, count in job.counts.items() if count}


async def test_a_list_comes_into_the_ledger_and_the_search(desk: Desk) -> None:
    job = await desk.bring(
        book([row("つなぐ会"), row("ひらく会", joined="令和5年7月14日"), row("さる会", left=date(2024, 1, 1))])
    )
    assert told(job) == (ImportState.DONE, {"NEW": 3})
    assert await desk.names() == ["つなぐ会", "ひらく会"]
    counts = await desk.read(ledger.counts_on, [FOUNDED, date(2023, 7, 14), date(2024, 1, 1)])
    assert counts == {FOUNDED: 2, date(2023, 7, 14): 3, date(2024, 1, 1): 2}
    seen = (await desk.read(directory.listed, filters.Wanted(search="ひらく"), audience=Visibility.SECRETARIAT)).items
    assert [(each.name, each.phone, each.municipality, each.joined_on) for each in seen] == [
        ("ひらく会", "088-621-2179", "阿南市", date(2023, 7, 14))
    ]
    assert (seen[0].category.slug, [field.slug for field in seen[0].fields]) == ("npo", ["childcare", "disaster"])
    sources = (await desk.read(ledger.breakdown, FOUNDED)).sources
    assert [(part.value, part.count) for part in sources] == [("OPEN_CALL", 2)]


async def test_what_is_hidden_stays_hidden_unless_the_secretariat_says_otherwise(desk: Desk) -> None:
    await desk.bring(book([row("つなぐ会")]), visibility={"phone": "PUBLIC"})
    seen = (await desk.read(directory.listed)).items[0]
    assert (seen.phone, seen.address) == ("088-621-2179", None)


async def test_the_same_list_again_changes_nothing(desk: Desk) -> None:
    data = book([row("つなぐ会", number="5050005005266"), row("ひらく会"), row("さる会", left=date(2024, 1, 1))])
    await desk.bring(data)
    before = await desk.read(directory.listed)
    again = await desk.check(data)
    assert told(again) == (ImportState.CHECKED, {"UNCHANGED": 3})
    await desk.write(importing.start, again.id, actor=STAFF)
    await desk.settle()
    assert told(await desk.view(again.id)) == (ImportState.DONE, {"UNCHANGED": 3})
    assert await desk.read(directory.listed) == before


async def test_what_differs_is_changed_and_an_empty_cell_erases_nothing(desk: Desk) -> None:
    await desk.bring(book([row("NPO法人つなぐ会"), row("ひらく会")]))
    job = await desk.check(book([row("つなぐ会", phone="088-621-0000"), row("ひらく会", phone="")]))
    assert told(job) == (ImportState.CHECKED, {"CHANGED": 1, "UNCHANGED": 1})
    changed = (await desk.read(import_queries.import_rows, job.id, outcomes=[Outcome.CHANGED])).items
    assert [(each.number, each.changes) for each in changed] == [(2, ["団体名", "電話番号"])]
    await desk.write(importing.start, job.id, actor=STAFF)
    await desk.settle()
    found = (await desk.read(directory.listed, audience=Visibility.SECRETARIAT)).items
    assert [(each.name, each.phone) for each in found] == [("つなぐ会", "088-621-0000"), ("ひらく会", "088-621-2179")]


async def test_faulty_rows_are_named_and_the_good_ones_come_in(desk: Desk) -> None:
    rows = [
        row("つなぐ会"),
        row("", kana=""),
        row("ひらく会", number="1234567890123"),
        row("㈱髙﨑𠮷商店"),
        row("つなぐ会"),
    ]
    job = await desk.bring(book(rows))
    assert told(job) == (ImportState.DONE, {"NEW": 2, "FAULTY": 3})
    problems = await desk.messages(job)
    assert [each.split(" ")[0] for each in problems] == ["A3", "C4", "A6"]
    assert await desk.names() == ["つなぐ会", "㈱髙﨑𠮷商店"]


async def test_the_same_organisation_twice_is_found_across_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.members.imports.batches.CHECKED_AT_ONCE", 2)
    monkeypatch.setattr("shared.members.imports.batches.WRITTEN_AT_ONCE", 2)
    rows = [
        row("つなぐ会", left=date(2024, 1, 1)),
        row("ひらく会"),
        row("むすぶ会"),
        row("ひらく会"),
        row("つなぐ会", joined=date(2024, 6, 1)),
    ]
    job = await desk.bring(book(rows))
    assert (job.state, job.counts[Outcome.FAULTY], job.applied) == (ImportState.DONE, 1, 4)
    assert await desk.messages(job) == ["A5 3行目と同じ団体です。どちらかを削除してください。"]
    assert sorted(await desk.names()) == ["つなぐ会", "ひらく会", "むすぶ会"]
    counts = await desk.read(ledger.counts_on, [FOUNDED, date(2024, 2, 1), date(2024, 6, 1)])
    assert counts == {FOUNDED: 3, date(2024, 2, 1): 2, date(2024, 6, 1): 3}


async def test_the_days_of_the_ledger_are_never_overwritten(desk: Desk) -> None:
    await desk.bring(book([row("つなぐ会")]))
    job = await desk.check(book([row("つなぐ会", joined=date(2022, 1, 1))]))
    assert told(job) == (ImportState.CHECKED, {"FAULTY": 1})
    assert await desk.messages(job) == [
        "H2 台帳の加入日（令和5年2月20日）と違います。台帳の日付は取り込みでは変わりません。"
    ]


async def test_a_leaving_and_a_coming_back_keep_the_organisation(desk: Desk) -> None:
    await desk.bring(book([row("つなぐ会")]))
    known = (await desk.read(directory.listed)).items[0].id
    await desk.bring(book([row("つなぐ会", left=date(2024, 1, 1))]))
    assert await desk.names() == []
    await desk.bring(book([row("つなぐ会", joined=date(2024, 6, 1))]))
    assert [(each.id, each.joined_on) for each in (await desk.read(directory.listed)).items] == [
        (known, date(2024, 6, 1))
    ]


async def test_two_that_could_be_meant_are_asked_about(desk: Desk) -> None:
    for _ in range(2):
        await make_organisation(desk.database, desk.tenant, joined_on=FOUNDED, name="つなぐ会")
    job = await desk.check(book([row("つなぐ会")]))
    assert told(job) == (ImportState.CHECKED, {"FAULTY": 1})
    assert "どれか決められません" in (await desk.messages(job))[0]


async def test_without_a_day_the_chosen_one_counts(desk: Desk) -> None:
    await desk.bring(book([row("つなぐ会", joined="")]), default_joined_on=date(2023, 7, 14))
    assert (await desk.read(queries.member_count, date(2023, 7, 13))).count == 0
    assert (await desk.read(queries.member_count, date(2023, 7, 14))).count == 1


async def test_the_same_file_is_refused_while_the_first_runs_and_another_one_waits_for_its_turn(desk: Desk) -> None:
    data = book([row("つなぐ会")])
    first = await desk.receive(data)
    choices = {"meanings": (await desk.view(first)).meanings, "default_joined_on": FOUNDED, "visibility": {}}
    await desk.write(importing.choose, first, actor=STAFF, **choices)
    with pytest.raises(Conflict, match="同じファイル"):
        await desk.receive(data)
    await desk.settle()
    other = await desk.check(book([row("ひらく会")]))
    await desk.write(importing.start, first, actor=STAFF)
    with pytest.raises(Conflict, match="ほかの名簿"):
        await desk.write(importing.start, other.id, actor=STAFF)
    with pytest.raises(Conflict, match="同じファイル"):
        await desk.receive(data)
    await desk.write(importing.start, first, actor=STAFF)
    await desk.settle()
    await desk.write(importing.start, other.id, actor=STAFF)
    await desk.settle()
    assert sorted(await desk.names()) == ["つなぐ会", "ひらく会"]


async def test_columns_are_remembered_for_lists_with_the_same_headers(desk: Desk) -> None:
    headers = ["グループ", "れんらく"]
    job = await desk.view(await desk.receive(book([["つなぐ会", "088-621-2179"]], headers)))
    assert job.meanings == ["", ""]
    with pytest.raises(Refusal, match="団体名"):
        await desk.write(
            importing.choose, job.id, meanings=["", "phone"], default_joined_on=FOUNDED, visibility={}, actor=STAFF
        )
    choices = {"meanings": ["name", "phone"], "default_joined_on": FOUNDED, "visibility": {}}
    await desk.write(importing.choose, job.id, actor=STAFF, **choices)
    await desk.settle()
    again = await desk.view(await desk.receive(book([["ひらく会", ""]], headers)))
    assert again.meanings == ["name", "phone"]


async def test_an_import_that_was_given_up_leaves_nothing(desk: Desk) -> None:
    job = await desk.check(book([row("つなぐ会")]))
    await desk.write(importing.discard, job.id, actor=STAFF)
    assert (await desk.read(import_queries.import_rows, job.id)).total == 0
    assert (await desk.names(), await desk.read(import_queries.imports)) == ([], [])
    with pytest.raises(Conflict):
        await desk.write(importing.start, job.id, actor=STAFF)
