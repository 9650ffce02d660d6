"""How people are mixed at tables. Pure and repeatable: the same people give the same tables.

Everybody is dealt like cards, field by field and organisation by organisation. So an organisation's people are spread as evenly
as can be, which makes the pairs of one organisation at one table as few as possible, and so do those of one main field. Then
people change places while that lessens the pairs that share any field and brings no pair of one organisation together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

#: Exchanges that are looked at. Beyond some two hundred people the dealt order is improved in part only.
MOST_LOOKS = 60_000
#: A pair of one organisation weighs more than any number of shared fields at a table.
_ORGANISATION = 1_000

Key = tuple[str, int]


class Person(NamedTuple):
    """`key` tells everybody apart; `organisation` is also what one party without an organisation shares."""

    key: Key
    organisation: str
    fields: tuple[str, ...] = ()


Tables = dict[int, list[Person]]


class Mix(NamedTuple):
    """The measure that a page explains. `least` is what no other tables of this number could undercut."""

    people: int
    tables: int
    smallest: int
    largest: int
    same_organisation: int
    least: int
    shared_field: int


def table_count(people: int, size: int) -> int:
    """Tables of at most `size`, unless that would leave somebody alone."""
    if people < 2:
        return people
    return min(-(-people // size), people // 2)


def compose(people: Iterable[Person], size: int) -> Tables:
    """Tables from 1; their sizes differ by one at most."""
    dealt = _dealing_order(people)
    count = table_count(len(dealt), size)
    tables: Tables = {number: dealt[number - 1 :: count] for number in range(1, count + 1)}
    _improve(tables)
    return tables


def regroup(people: Iterable[Person], seated: dict[Key, int], size: int) -> Tables:
    """After no-shows and walk-ins: as few people as possible change their table, and sizes differ by one at most.

    Tables are given up, those with the fewest people first, only where the rest would become too small for the work.
    """
    everybody = _dealing_order(people)
    kept: Tables = defaultdict(list)
    for person in everybody:
        if person.key in seated:
            kept[seated[person.key]].append(person)
    targets = _targets(kept, len(everybody), size)
    tables: Tables = {number: _staying(kept.get(number, []), room) for number, room in targets.items()}
    placed = {person.key for table in tables.values() for person in table}
    for person in everybody:
        if person.key not in placed:
            free = [number for number, room in targets.items() if len(tables[number]) < room]
            tables[min(free, key=lambda number: (_cost_at(person, tables[number]), number))].append(person)
    return dict(sorted(tables.items()))


def measure(tables: Tables) -> Mix:
    pairs = [pair for table in tables.values() for pair in combinations(table, 2)]
    sizes = [len(table) for table in tables.values() if table]
    members = Counter(person.organisation for table in tables.values() for person in table)
    return Mix(
        people=sum(sizes),
        tables=len(sizes),
        smallest=min(sizes, default=0),
        largest=max(sizes, default=0),
        same_organisation=sum(one.organisation == other.organisation for one, other in pairs),
        least=sum(_least_pairs(count, len(sizes)) for count in members.values()),
        shared_field=sum(_share(one, other) for one, other in pairs),
    )


def _dealing_order(people: Iterable[Person]) -> list[Person]:
    """Large groups first, so that the small ones fill up evenly; who has no field comes last."""
    every = list(people)
    of_field = Counter(person.fields[:1] for person in every)
    of_organisation = Counter(person.organisation for person in every)

    def place(person: Person) -> tuple[object, ...]:
        main = person.fields[:1]
        many = of_organisation[person.organisation]
        return not main, -of_field[main], main, -many, person.organisation, person.fields, person.key

    # People of one organisation may name it with and without its fields: they stay together by its first.
    return sorted(every, key=place)


def _targets(kept: Tables, people: int, size: int) -> dict[int, int]:
    """How many sit at which table: the fullest stay, and have the places that are left over."""
    count = len(kept)
    enough = count and people >= count * max(size - 1, 2)
    if not enough or people > count * size:
        count = table_count(people, size)
    numbers = sorted(kept, key=lambda number: (-len(kept[number]), number))[:count]
    spare = (number for number in range(1, people + len(kept) + 2) if number not in kept)
    while len(numbers) < count:
        numbers.append(next(spare))
    whole, rest = divmod(people, count) if count else (0, 0)
    return {number: whole + (place < rest) for place, number in enumerate(numbers)}


def _staying(table: Sequence[Person], room: int) -> list[Person]:
    """Who makes the most pairs with the others moves first."""
    staying = list(table)
    while len(staying) > room:
        staying.remove(max(staying, key=lambda person: (_cost_at(person, staying), person.key)))
    return staying


def _improve(tables: Tables) -> None:
    looks = 0
    for one, other in combinations(tables, 2):
        for here in range(len(tables[one])):
            for there in range(len(tables[other])):
                looks += 1
                if looks > MOST_LOOKS:
                    return
                _exchange(tables[one], here, tables[other], there)


def _exchange(one: list[Person], here: int, other: list[Person], there: int) -> None:
    first, second = one[here], other[there]
    if first.organisation == second.organisation:
        return
    before = _cost_at(first, one) + _cost_at(second, other)
    one[here], other[there] = second, first
    if _cost_at(second, one) + _cost_at(first, other) >= before:
        one[here], other[there] = first, second


def _cost_at(person: Person, table: Sequence[Person]) -> int:
    others = [each for each in table if each.key != person.key]
    together = sum(each.organisation == person.organisation for each in others)
    return _ORGANISATION * together + sum(_share(person, each) for each in others)


def _share(one: Person, other: Person) -> bool:
    return not set(one.fields).isdisjoint(other.fields)


def _least_pairs(people: int, tables: int) -> int:
    """Pairs that are left when `people` spread over `tables` as evenly as possible."""
    if not tables:
        return 0
    whole, rest = divmod(people, tables)
    return rest * (whole + 1) * whole // 2 + (tables - rest) * whole * (whole - 1) // 2
