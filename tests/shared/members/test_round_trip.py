"""Whatever stands in the ledger: exported and imported again, it changes nothing."""

from datetime import date
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from shared.kit.database.session import Database
from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.reading import read_table
from shared.members.details import ApplicationDetails, check
from shared.members.imports.columns import guess_columns
from shared.members.imports.reading import read_ledger
from shared.members.queries import Named, OrganisationView
from shared.members.tags import KINDS
from shared.members.versions import CHANGEABLE, differences
from tests.shared.members.lists import World, as_file, make_world

_WORDS = st.text(alphabet="つなぐ会㈱髙﨑𠮷々ー・'=＝+＋-－@＠\"、,/／(（0１a", min_size=1, max_size=12)
_LINES = st.one_of(st.just(""), _WORDS, st.tuples(_WORDS, _WORDS).map("\n".join))
_NUMBERS = st.integers(min_value=1, max_value=99_999).map(str)
_DETAILS = st.builds(
    ApplicationDetails,
    # Alone ー or - would be nobody's name: lists write it for nothing.
    name=_WORDS.map(lambda words: f"{words}会"),
    kana=st.text(alphabet="アイウエオガッャー", max_size=9).map(lambda kana: f"カ{kana}"),
    corporate_number=st.sampled_from(["", "5050005005266"]),
    postal_code=st.sampled_from(["", "770-8570", "001-0001"]),
    phone=st.sampled_from(["", "088-621-2179", "03-1234-5678"]),
    email=st.sampled_from(["", "desk@npo.example"]),
    representative_name=st.one_of(st.just(""), _WORDS),
    contact_department=st.one_of(st.just(""), _WORDS),
    fields=st.sampled_from([(), ("childcare",), ("childcare", "disaster")]),
    category=st.sampled_from(["", "npo", "private"]),
    audiences=st.sampled_from([(), ("children",), ("youth", "carers")]),
    resources=st.sampled_from([(), ("people",), ("goods", "place")]),
    contact_name=st.one_of(st.just(""), _WORDS),
    contact_kana=st.sampled_from(["", "サキヤマ ハナ"]),
    people=st.one_of(st.just(""), _NUMBERS),
    founded_year=st.sampled_from(["", "1998", "2024"]),
    activities=_LINES,
    purpose=_LINES,
    appeal=_LINES,
)


@pytest.fixture(scope="module")
async def world(worker_database: Database) -> World:
    return await make_world(worker_database)


def view_of(details: ApplicationDetails, world: World) -> OrganisationView:
    """As the secretariat would read it from the ledger."""
    tagged = {name: list(getattr(details, name)) for name in KINDS}
    plain = {name: value or None for name, value in msgspec.structs.asdict(details).items()} | tagged
    names = {name: plain[name] for name in OrganisationView.__struct_fields__ if name in plain}
    numbers = {name: int(value) if (value := getattr(details, name)) else None for name in ("people", "founded_year")}
    category = next((each for each in world.profile.categories if each.slug == details.category), None)
    known = {
        "id": uuid4(),
        "summary": plain["activities"],
        "category": Named(category.id, category.slug, category.name) if category else None,
        "fields": [
            Named(each.id, each.slug, each.name) for each in world.profile.fields if each.slug in details.fields
        ],
        "municipality": None,
        "joined_on": date(2023, 2, 20),
        "demo": False,
    }
    return msgspec.convert(names | numbers | known, OrganisationView)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(typed=_DETAILS, as_csv=st.booleans())
def test_an_exported_organisation_reads_back_as_it_was(world: World, typed: ApplicationDetails, as_csv: bool) -> None:
    try:
        before = check(typed, world.profile, channel=None, municipalities=[])
    except Refusal:
        assume(False)
    view = view_of(before, world)
    data = as_file([view], csv=as_csv)
    table = read_table(data, "名簿.csv" if as_csv else "名簿.xlsx")
    reading = read_ledger(table, guess_columns(table), world.words, world.profile)
    assert [str(problem) for problem in reading.problems] == []
    row = reading.rows[0].details
    said = {name: getattr(row, name) for name in CHANGEABLE if name != "visibility" and getattr(row, name)}
    assert differences(before, msgspec.structs.replace(before, **said)) == {}
    assert reading.rows[0].joined_on == date(2023, 2, 20)
