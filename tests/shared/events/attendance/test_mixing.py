"""Tables that mix: nobody alone, sizes even, and never more pairs of one organisation than need be."""

import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.attendance.mixing import Person, Tables, compose, measure, regroup

FIELDS = {"a": ("子育て",), "b": ("子育て", "居場所"), "c": ("防災",), "d": (), "e": ("居場所",)}
ORGANISATIONS = st.sampled_from(sorted(FIELDS))


def people_of(organisations: list[str]) -> list[Person]:
    return [Person((f"{number:04}", 0), name, FIELDS[name]) for number, name in enumerate(organisations)]


def seats_of(tables: Tables) -> dict[tuple[str, int], int]:
    return {person.key: number for number, table in tables.items() for person in table}


@given(st.lists(ORGANISATIONS, min_size=2, max_size=60), st.integers(2, 10))
@settings(max_examples=150, deadline=None)
def test_everybody_sits_once_nobody_alone_and_sizes_differ_by_one_at_most(names: list[str], size: int) -> None:
    people = people_of(names)
    tables = compose(people, size)
    mix = measure(tables)
    assert Counter(person.key for table in tables.values() for person in table) == Counter(each.key for each in people)
    assert mix.smallest >= 2
    assert mix.largest - mix.smallest <= 1
    assert mix.largest <= max(size, 3)
    assert mix.same_organisation == mix.least
    assert compose(list(reversed(people)), size) == tables


@given(st.lists(ORGANISATIONS, min_size=4, max_size=60), st.integers(2, 10), st.data())
@settings(max_examples=150, deadline=None)
def test_regrouping_seats_everybody_evenly_and_moves_no_more_than_it_must(
    names: list[str], size: int, data: st.DataObject
) -> None:
    people = people_of(names)
    before = seats_of(compose(people, size))
    absent = data.draw(st.sets(st.integers(0, len(people) - 1), max_size=len(people) - 2))
    walk_ins = [Person((f"w{number}", 0), "w", ()) for number in range(data.draw(st.integers(0, 5)))]
    here = [person for number, person in enumerate(people) if number not in absent] + walk_ins
    after = regroup(here, before, size)
    mix, seats = measure(after), seats_of(after)
    assert set(seats) == {person.key for person in here}
    assert mix.smallest >= 2
    assert mix.largest - mix.smallest <= 1
    still = Counter(before[person.key] for person in here if person.key in before)
    targets = sorted((len(table) for table in after.values()), reverse=True)
    most_kept = sum(
        min(there, room) for there, room in zip(sorted(still.values(), reverse=True), targets, strict=False)
    )
    assert sum(seats[person.key] == before.get(person.key) for person in here) == most_kept
    assert regroup(here, seats, size) == regroup(here, seats, size)


def test_one_no_show_of_a_full_room_moves_nobody() -> None:
    people = people_of([f"{'abcde'[number % 5]}" for number in range(40)])
    before = seats_of(compose(people, 4))
    after = seats_of(regroup(people[1:], before, 4))
    assert all(before[key] == number for key, number in after.items())


def test_fields_are_mixed_too() -> None:
    people = [Person((f"{n:02}", 0), f"organisation {n}", (("防災",), ("子育て",))[n % 2]) for n in range(16)]
    mix = measure(compose(people, 4))
    assert mix.shared_field == 8  # two of each field at each of four tables


def test_a_single_person_and_nobody_make_no_trouble() -> None:
    alone = people_of(["a"])
    assert compose([], 4) == {}
    assert compose(alone, 4) == {1: alone}
    assert regroup(alone, {}, 4) == {1: alone}
    assert regroup([], {("0000", 0): 1}, 4) == {}


def test_a_thousand_people_are_seated_in_seconds() -> None:
    people = people_of(["abcde"[number % 5] for number in range(1_000)])
    begun = time.monotonic()
    assert len(compose(people, 4)) == 250
    assert time.monotonic() - begun < 10
