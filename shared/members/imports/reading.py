"""A member list from a spreadsheet, read row by row: good rows as the ledger wants them, problems by row and column.

Nothing is stored here. `read_ledger` is pure, so that a dry run and the run itself cannot differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from shared.kit.japanese import Unreadable
from shared.kit.japanese.folding import fold
from shared.kit.refusals import Refusal, Refusals
from shared.kit.spreadsheets.table import Row, Table, place_of
from shared.members import days
from shared.members.details import ApplicationDetails, check
from shared.members.imports import values
from shared.members.imports.columns import MEANINGS, REPEATABLE, ColumnGuess, rows_below
from shared.members.imports.values import Vocabulary
from shared.members.names import name_key
from shared.members.tags import AUDIENCES, RESOURCES
from shared.tenants.queries import Profile

#: Texts that go to 様式1's own checks as they stand.
_PLAIN = (
    "name", "kana", "representative_title", "representative_name", "representative_kana", "contact_department",
    "contact_name", "contact_kana", "email", "website", "people", "founded_year", "purpose", "activities", "area",
    "audience", "appeal",
)  # fmt: skip


class Remark(msgspec.Struct, frozen=True):
    """About one cell, or about a whole row when `place` is empty."""

    row: int
    place: str
    label: str
    value: str
    message: str

    def __str__(self) -> str:
        """`5行目（C5 電話番号「08862」）　電話番号が…`"""
        cell = " ".join(filter(None, [self.place, self.label])) + (f"「{self.value}」" if self.value else "")
        return f"{self.row}行目{f'（{cell}）' if cell else ''}　{self.message}"


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stay of one organisation, clean. `details` are as 様式1 would have them; `joined_on` None: the list does not say.

    `ledger_id` is the organisation that a list names by its 台帳ID, whatever it is called there.
    """

    number: int
    details: ApplicationDetails
    joined_on: date | None
    left_on: date | None
    ledger_id: UUID | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Two rows that share one are the same organisation: by 台帳ID, by 法人番号, else by name and place."""
        number = self.details.corporate_number
        given = [f"id {self.ledger_id}"] if self.ledger_id else []
        return (*given, *([f"number {number}"] if number else []), self._by_name)

    @property
    def _by_name(self) -> str:
        return f"name {name_key(self.details.name)} {self.details.municipality_code or fold(self.details.address)}"


class LedgerReading(msgspec.Struct, frozen=True):
    """`problems` keep their row out; `notes` say what was mended or left out in a row that is usable."""

    rows: list[LedgerRow]
    problems: list[Remark]
    notes: list[Remark]

    @property
    def refused(self) -> int:
        return len({problem.row for problem in self.problems})


def read_ledger(table: Table, columns: ColumnGuess, known: Vocabulary, profile: Profile) -> LedgerReading:
    """Every row below the header, in order. One bad row spoils no other."""
    reading = LedgerReading([], [], [])
    stays: dict[str, list[LedgerRow]] = {}
    for row in rows_below(table, columns):
        reader = _RowReader(row, columns.meanings, known, profile)
        ledger_row = reader.read()
        if ledger_row is not None:
            reader.refuse_overlap(ledger_row, [other for key in ledger_row.keys for other in stays.get(key, [])])
        reading.problems.extend(reader.problems)
        reading.notes.extend(reader.notes)
        if ledger_row is not None and not reader.problems:
            reading.rows.append(ledger_row)
            for key in ledger_row.keys:
                stays.setdefault(key, []).append(ledger_row)
    return reading


class _RowReader:
    def __init__(self, row: Row, meanings: Sequence[str], known: Vocabulary, profile: Profile) -> None:
        self._row, self._known, self._profile = row, known, profile
        self._columns: dict[str, list[int]] = {}
        for index, meaning in enumerate(meanings):
            if meaning:
                self._columns.setdefault(meaning, []).append(index)
        self.problems: list[Remark] = []
        self.notes: list[Remark] = []

    def read(self) -> LedgerRow | None:
        """None when there are problems; the notes of such a row stand, too."""
        joined_on, left_on = self._day("joined_on"), self._day("left_on")
        self._check_stay(joined_on, left_on)
        ledger_id = self._ledger_id()
        details = self._checked(self._details())
        if details is None or self.problems:
            return None
        return LedgerRow(
            number=self._row.number, details=details, joined_on=joined_on, left_on=left_on, ledger_id=ledger_id
        )

    def refuse_overlap(self, row: LedgerRow, others: Sequence[LedgerRow]) -> None:
        """The same organisation twice is a slip, unless it left before it came again."""
        for other in others:
            if overlap(row, other):
                self._problem(
                    "name", row.details.name, f"{other.number}行目と同じ団体です。どちらかを削除してください。"
                )
                return

    def _details(self) -> ApplicationDetails:
        fields: dict[str, Any] = {name: self._text(name) for name in _PLAIN}
        in_address, address = values.split_address(self._text("address"))
        postal_code = self._mended("postal_code", values.read_postal_code) or in_address
        if not fields["kana"]:
            fields["kana"] = self._guess_kana(fields["name"])
        return ApplicationDetails(
            **fields,
            postal_code=postal_code,
            address=address,
            corporate_number=self._corporate_number(),
            phone=self._mended("phone", values.read_phone),
            mobile=self._mended("mobile", values.read_phone),
            fax=self._mended("fax", values.read_phone),
            municipality_code=self._noted(
                "municipality", lambda text, notes: values.read_municipality(text, address, self._known, notes)
            ),
            category=self._noted("category", lambda text, notes: values.read_category(text, self._known, notes)),
            fields=self._fields(),
            audiences=self._tags("audiences", AUDIENCES),
            resources=self._tags("resources", RESOURCES),
            source=self._mended("source", values.read_source),
        )

    def _checked(self, details: ApplicationDetails) -> ApplicationDetails | None:
        """By the rules of 様式1, of which a list need not have more than the name."""
        codes = [details.municipality_code] if details.municipality_code else []
        try:
            return check(details, self._profile, channel=None, municipalities=codes)
        except Refusals as refused:
            for problem in refused.problems:
                self._refused(problem)
            return None

    def _refused(self, problem: Refusal) -> None:
        name = problem.field or "name"
        self._problem(name, self._text(name), problem.message)

    def _check_stay(self, joined_on: date | None, left_on: date | None) -> None:
        earliest, latest = days.earliest(self._profile), days.latest()
        for name, day in (("joined_on", joined_on), ("left_on", left_on)):
            if day and day > latest:
                self._problem(name, self._text(name), f"{MEANINGS[name]}は、1年より先の日付にはできません。")
            if day and day < earliest:
                self._problem(name, self._text(name), days.too_early(self._profile, MEANINGS[name]))
        if joined_on and left_on and left_on < joined_on:
            self._problem("left_on", self._text("left_on"), "退会日が加入日より前になっています。")

    def _day(self, name: str) -> date | None:
        day: date | None = None
        for index in self._columns.get(name, [])[:1]:
            notes: list[str] = []
            try:
                day = values.read_day(self._row.cell(index), notes)
            except Unreadable as problem:
                self._problem(name, self._text(name), str(problem))
            self._note(name, notes)
        return day

    def _guess_kana(self, name: str) -> str:
        if not name:
            return ""
        kana = values.guessed_kana(name)
        known = f"「{kana}」と推測しました。" if kana else "読みを推測できなかったため、空にしました。"
        self._note("kana", [f"カナがないため、{known}あとでご確認ください。"])
        return kana

    def _corporate_number(self) -> str:
        text = self._text("corporate_number")
        try:
            return values.read_corporate_number(text)
        except Unreadable as problem:
            self._problem("corporate_number", text, str(problem))
            return ""

    def _ledger_id(self) -> UUID | None:
        text = self._text("ledger_id")
        try:
            return values.read_ledger_id(text)
        except Unreadable as problem:
            self._problem("ledger_id", text, str(problem))
            return None

    def _mended(self, name: str, reader: Any) -> str:
        return self._noted(name, reader) if self._text(name) else ""

    def _noted(self, name: str, reader: Any) -> str:
        notes: list[str] = []
        text: str = reader(self._text(name), notes)
        self._note(name, notes)
        return text

    def _fields(self) -> tuple[str, ...]:
        notes: list[str] = []
        slugs = values.read_fields(self._texts("fields"), self._known, notes)
        self._note("fields", notes)
        return slugs

    def _tags(self, name: str, words: Mapping[str, str]) -> tuple[str, ...]:
        notes: list[str] = []
        slugs = values.read_tags(self._texts(name), words, MEANINGS[name], notes)
        self._note(name, notes)
        return slugs

    def _text(self, name: str) -> str:
        return "".join(self._texts(name)) if name in REPEATABLE else next(self._texts(name), "")

    def _texts(self, name: str) -> Iterator[str]:
        return (values.text_of(self._row.cell(index)) for index in self._columns.get(name, []))

    def _problem(self, name: str, value: str, message: str) -> None:
        self.problems.append(self._remark(name, value, message))

    def _note(self, name: str, messages: Sequence[str]) -> None:
        self.notes.extend(self._remark(name, "", message) for message in messages)

    def _remark(self, name: str, value: str, message: str) -> Remark:
        column = next(iter(self._columns.get(name, [])), None)
        place = "" if column is None else place_of(self._row.number, column)
        return Remark(self._row.number, place, MEANINGS.get(name, ""), value, message)


def overlap(one: LedgerRow, other: LedgerRow) -> bool:
    """Whether one organisation would be a member twice on some day; a row without 加入日 is about every day."""
    if one.ledger_id and other.ledger_id and one.ledger_id != other.ledger_id:
        return False
    if one.joined_on is None or other.joined_on is None:
        return True
    first, second = sorted((one, other), key=lambda row: row.joined_on or date.min)
    return first.left_on is None or second.joined_on is None or first.left_on > second.joined_on
