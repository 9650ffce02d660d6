"""What is asked for with 後援名義: fields as typed, and what they are once they have been read."""

import unicodedata
from datetime import date, timedelta
from typing import Any

import msgspec

from shared.kit import clock
from shared.kit.japanese import Unreadable, normalise
from shared.kit.refusals import Refusal, Refusals

SHORT, LONG = 200, 4000
#: A slip of the year must not become a permission for decades.
FURTHEST = timedelta(days=3 * 366)
LABELS = {
    "title": "行事・活動の名前",
    "starts_on": "始まる日",
    "ends_on": "終わる日",
    "place": "場所",
    "purpose": "目的と内容",
    "participants": "参加する人数の見込み",
    "fee": "参加費",
    "materials": "名義とロゴを使うもの",
    "answer_by": "返事が必要な日",
}
REQUIRED = ("title", "starts_on", "ends_on", "place", "purpose")
_SHORT = ("title", "place", "fee")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """As typed. An event of one day needs no `ends_on`; no `fee` means that it is free of charge."""

    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = ""
    purpose: str = ""
    participants: str = ""
    fee: str = ""
    materials: str = ""
    answer_by: date | None = None


def read(asked: Asked) -> dict[str, Any]:
    """Columns of the request. Raises Refusals with every problem."""
    problems: list[Refusal] = []
    values: dict[str, Any] = {
        name: _words(name, getattr(asked, name), problems) for name in ("title", "place", "fee", "purpose", "materials")
    }
    values |= {"starts_on": asked.starts_on, "ends_on": asked.ends_on or asked.starts_on, "answer_by": asked.answer_by}
    values["participants"] = people(asked.participants, "participants", problems)
    problems += [
        Refusal("REQUIRED", f"{LABELS[name]}を入力してください。", name)
        for name in REQUIRED
        if not values[name] and (name != "ends_on" or asked.starts_on)
    ]
    problems += _order(values)
    if problems:
        raise Refusals(problems)
    return values | {name: values[name] or None for name in ("fee", "materials")}


def people(typed: str, field: str, problems: list[Refusal]) -> int | None:
    """A number of persons; 50人 and ５０ are understood."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").strip().removeprefix("約").removesuffix("人").strip()
    if not plain:
        return None
    if plain.isascii() and plain.isdigit() and len(plain) < 8:
        return int(plain)
    problems.append(Refusal("INVALID_INPUT", "人数は、数字で入力してください。", field))
    return None


def _words(name: str, typed: str, problems: list[Refusal]) -> str:
    most = SHORT if name in _SHORT else LONG
    try:
        words = (normalise.clean_text(typed) if name in _SHORT else normalise.clean_lines(typed)).strip()
    except Unreadable as problem:
        problems.append(Refusal("INVALID_INPUT", str(problem), name))
        return typed
    if len(words) > most:
        problems.append(Refusal("TOO_LONG", f"{LABELS[name]}は{most}文字以内で入力してください。", name))
    return words


def _order(values: dict[str, Any]) -> list[Refusal]:
    starts, ends, today = values["starts_on"], values["ends_on"], clock.today()
    problems = []
    if starts and ends and ends < starts:
        problems.append(Refusal("INVALID_INPUT", "終わる日が、始まる日より前になっています。", "ends_on"))
    elif ends and ends < today:
        problems.append(Refusal("INVALID_INPUT", "終わった行事には使えません。日付をお確かめください。", "starts_on"))
    elif ends and ends > today + FURTHEST:
        problems.append(Refusal("INVALID_INPUT", "3年より先の日付です。年をお確かめください。", "ends_on"))
    return problems
