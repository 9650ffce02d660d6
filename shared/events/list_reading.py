"""Somebody's list of events, in the standard's columns or nearly: rows read as what they mean."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar

import msgspec

from shared.events.models import EventKind
from shared.events.open_data import CARE, ONLINE, ONLINE_TOO, STANDING
from shared.kit import clock
from shared.kit.japanese import Unreadable, eras, normalise
from shared.kit.japanese.folding import fold
from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.table import Cell, Row, Table
from shared.members.imports.values import read_day, read_phone, text_of

T = TypeVar("T")
#: What a column can mean, with the headers of the standard's editions and of lists that people keep.
SPELLINGS = {
    "number": "NO ID 番号 イベントID",
    "code": "都道府県コード又は市区町村コード 全国地方公共団体コード",
    "title": "イベント名 名称 行事名 催し名 件名",
    "starts_on": "開始日 開催日 日付 月日",
    "ends_on": "終了日",
    "starts": "開始時間 開始時刻 時間 時刻",
    "ends": "終了時間 終了時刻",
    "remark": "開始日時特記事項 日時備考",
    "description": "説明 内容 概要",
    "fee": "料金(基本) 料金 参加費",
    "fee_details": "料金(詳細)",
    "contact_phone": "連絡先電話番号 電話番号 電話 問い合わせ電話",
    "contact_email": "連絡先メールアドレス メールアドレス",
    "organiser": "主催者 主催 主催団体",
    "venue": "場所名称 会場 場所 開催場所 会場名",
    "address": "住所 所在地_連結表記 所在地 会場住所",
    "building": "方書 建物名等(方書)",
    "access": "アクセス方法 アクセス",
    "parking": "駐車場情報 駐車場",
    "capacity": "定員 会場の定員",
    "closes_on": "参加申込終了日 申込期限日 申込締切日 締切日 申込締切",
    "closes": "参加申込終了時間 申込期限時刻",
    "how_to_apply": "参加申込方法 申込方法",
    "audience": "対象者 対象 参加条件",
    "url": "URL ホームページ",
    "note": "備考",
    "category": "カテゴリー イベント種類 種類 区分",
}
_MEANINGS = {fold(spelling): meaning for meaning, listed in SPELLINGS.items() for spelling in listed.split()}
#: What stands in our description because the standard's column has no field here.
_ADDED = {"fee": "料金", "fee_details": "料金の詳細", "access": "アクセス", "parking": "駐車場"}
_KINDS = {
    EventKind.SYMPOSIUM: ("シンポジウム", "フォーラム"),
    EventKind.WORKSHOP: ("ワークショップ",),
    EventKind.INFORMATION_EXCHANGE: ("情報交換", "交流会", "意見交換"),
    EventKind.COURSE: ("講座", "教室", "養成"),
    EventKind.CEREMONY: ("式典", "設立総会", "表彰"),
    EventKind.SEMINAR: ("セミナー", "講演", "研修", "勉強会"),
    EventKind.MEETING: ("会議", "会合", "総会", "例会"),
}
_SEARCHED_ROWS = 15
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})")
_CLOCK = re.compile(r"(\d{1,2}:\d{2}):00")
_FRACTION = re.compile(r"0?\.\d+")
_SEATS = re.compile(r"(?:先着|各|約|定員)?([0-9][0-9,]*)(?:名|人)?(?:程度|まで)?")
_END_OF_DAY = time(23, 59)


class Line(msgspec.Struct):
    """One row: what it says of an event's fields, and what is wrong with it. `problems` are pairs of header and sentence."""

    row: int
    number: str = ""
    code: str = ""
    title: str = ""
    kind: EventKind | None = None
    values: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    notes: list[str] = []


class NoHeader(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "HEADER_NOT_FOUND",
            "見出しの行が見つかりませんでした。「イベント名」と「開始日」の見出しがある一覧を選んでください。",
            "file",
        )


def read_list(table: Table, *, base_url: str) -> list[Line]:
    """Raises Refusal when it is no list of events. `base_url` is ours: our own addresses are not taken for somebody's."""
    header = _header(table.rows)
    columns = _columns(header.cells)
    below = (row for row in table.rows if row.number > header.number)
    return [_LineReader(row, header, columns, base_url).line for row in below]


def _header(rows: Sequence[Row]) -> Row:
    for row in rows[:_SEARCHED_ROWS]:
        if {"title", "starts_on"} <= set(_columns(row.cells)):
            return row
    raise NoHeader


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    """By meaning; of two columns that mean the same the first counts."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        meaning = _MEANINGS.get(fold(str(cell)))
        if meaning:
            found.setdefault(meaning, column)
    return found


class _LineReader:
    def __init__(self, row: Row, header: Row, columns: dict[str, int], base_url: str) -> None:
        self._row, self._header, self._columns, self._base_url = row, header, columns, base_url
        self.line = Line(row.number)
        self._read()

    def _read(self) -> None:
        line = self.line
        line.number, line.code, line.title = (self._text(name) for name in ("number", "code", "title"))
        line.kind = _kind(f"{self._text('category')} {line.title}")
        if not line.title:
            self._problem("title", "イベント名がありません。")
        said: dict[str, Any] = {"title": line.title, "organiser": self._text("organiser")}
        said |= {name: self._text(name) for name in ("how_to_apply", "audience", "contact_email")}
        said["contact_phone"] = read_phone(self._text("contact_phone"), line.notes)
        said |= self._days() | self._place() | self._notes()
        said["capacity"] = self._seats()
        said["registration_deadline"] = self._deadline()
        line.values = {name: value for name, value in said.items() if value not in ("", None)}

    def _days(self) -> dict[str, Any]:
        first, begins = self._day("starts_on"), self._time("starts")
        last, ends = self._day("ends_on"), self._time("ends")
        if first is None:
            if not self._text("starts_on"):
                self._problem("starts_on", "開始日がありません。")
            return {}
        begins = begins or self._hidden_time("starts_on")
        if begins is None:
            if ends is not None:
                self.line.notes.append("開始時間がないため、終日の行事として読みました。")
            return {"starts_at": _at(first), "ends_at": _at(last) if last and last != first else None, "all_day": True}
        if ends is None and last and last > first:
            ends = self._hidden_time("ends_on") or _END_OF_DAY
        return {
            "starts_at": _at(first, begins),
            "ends_at": _at(last or first, ends) if ends else None,
            "all_day": False,
        }

    def _place(self) -> dict[str, Any]:
        venue = self._text("venue")
        if venue == ONLINE:
            return {"online": True}
        address = " ".join(filter(None, (self._text("address"), self._text("building"))))
        return {"venue": f"{venue}（{address}）" if venue and address else venue or address}

    def _notes(self) -> dict[str, Any]:
        """The description, with what has no field of its own; 備考 of ours is 参加への配慮."""
        parts = [self._text("description")]
        parts += [f"{label}：{text}" for name, label in _ADDED.items() if (text := self._text(name))]
        said: dict[str, Any] = {}
        for word in filter(None, self._text("remark").split("、")):
            if word == ONLINE_TOO:
                said["online"] = True
            elif word in STANDING.values():
                self.line.notes.append(
                    f"「{word}」は取り込みません。公開してから、行事のページで{word}にしてください。"
                )
            else:
                parts.append(f"日時：{word}")
        note = self._text("note")
        if note.startswith(CARE):
            said["accessibility"] = note.removeprefix(CARE)
        elif note:
            parts.append(note)
        url = self._text("url")
        if url and not url.startswith(f"{self._base_url}/events/"):
            parts.append(f"詳しくは {url}")
        return said | {"description": "\n\n".join(filter(None, parts))}

    def _seats(self) -> int | None:
        text = normalise.digits(self._text("capacity")).replace(" ", "")
        if not text:
            return None
        match = _SEATS.fullmatch(text)
        if match is None:
            self._problem("capacity", f"定員「{text}」を数として読めません。「120」のように入力してください。")
            return None
        return int(match[1].replace(",", ""))

    def _deadline(self) -> datetime | None:
        day = self._day("closes_on")
        return _at(day, self._time("closes") or self._hidden_time("closes_on") or _END_OF_DAY) if day else None

    def _day(self, name: str) -> date | None:
        cell = self._cell(name)
        if isinstance(cell, str) and (match := _MOMENT.fullmatch(text_of(cell))):
            cell = date.fromisoformat(match[1])
        return self._tried(name, lambda: read_day(cell, self.line.notes))

    def _time(self, name: str) -> time | None:
        text = normalise.digits(self._text(name))
        return self._tried(name, lambda: _clock_of(text)) if text else None

    def _hidden_time(self, name: str) -> time | None:
        """Of a cell that holds a day and an hour."""
        match = _MOMENT.fullmatch(self._text(name))
        return time.fromisoformat(match[2]) if match else None

    def _tried(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Unreadable as unreadable:
            self._problem(name, str(unreadable))
            return None

    def _problem(self, name: str, sentence: str) -> None:
        self.line.problems.append((self._name(name), sentence))

    def _name(self, name: str) -> str:
        return str(self._header.cell(self._columns[name])) if name in self._columns else name

    def _cell(self, name: str) -> Cell:
        return self._row.cell(self._columns[name]) if name in self._columns else ""

    def _text(self, name: str) -> str:
        return text_of(self._cell(name))


def _clock_of(text: str) -> time:
    """As people write it, as Excel keeps it, or the beginning of a span."""
    if _FRACTION.fullmatch(text):
        hour, minute = divmod(round(float(text) * 24 * 60), 60)
        return time(hour % 24, minute)
    if match := _CLOCK.fullmatch(text):
        return eras.read_time(match[1])
    try:
        return eras.read_time(text)
    except Unreadable:
        return eras.read_time_span(text)[0]


def _at(day: date, clocked: time | None = None) -> datetime:
    return datetime.combine(day, clocked or time(), clock.JST)


def _kind(words: str) -> EventKind | None:
    return next((kind for kind, known in _KINDS.items() if any(word in words for word in known)), None)
