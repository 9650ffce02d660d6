"""Typed counters: 845 plays are not 845 people. What may be added, and what may be divided, is written here and nowhere else."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

import msgspec

from shared.kit.japanese.normalise import clean_text
from shared.kit.refusals import Refusal, Refusals

#: The counters that every platform knows, each with its only unit.
UNITS = {
    "事前登録者数": "名",
    "事前登録者のうち出席した人数": "人",
    "出席者数": "人",
    "出席団体数": "団体",
    "視聴回数": "回",
    "視聴者数": "人",
}
#: A share has a meaning only where the one is a part of the other: those who came, of the very people who had registered.
#: 出席者数 is none (who came without registering is in it), 視聴者数 is none (one link may be a whole party's).
_SHARES = (("事前登録者のうち出席した人数", "事前登録者数", "事前登録した方の出席率"),)
MOST = 20
LARGEST = 1_000_000_000


class Counter(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def unit(self) -> str: ...


class MeasureDraft(msgspec.Struct, kw_only=True, frozen=True):
    """Without `unit` that of the name, if it is one of UNITS."""

    name: str
    value: int
    unit: str = ""
    as_of: date | None = None


class Share(msgspec.Struct, frozen=True):
    """A part in a whole, in percent with one decimal."""

    name: str
    part: str
    whole: str
    percent: float


def checked_measures(drafts: Sequence[MeasureDraft]) -> tuple[MeasureDraft, ...]:
    """Raises Refusals whose fields look like `measures.0.value`."""
    if len(drafts) > MOST:
        raise Refusal("TOO_MANY", f"数は{MOST}件までです。", "measures")
    cleaned = tuple(_cleaned(draft) for draft in drafts)
    problems = [problem for place, draft in enumerate(cleaned) if (problem := _problem(draft, place, cleaned))]
    if problems:
        raise Refusals(problems)
    return cleaned


def total(measures: Iterable[Counter]) -> int:
    """Of one counter over several events. Refusal when they count different things."""
    counted = list(measures)
    if len({(each.name, each.unit) for each in counted}) > 1:
        names = "と".join(dict.fromkeys(f"「{each.name}」（{each.unit}）" for each in counted))
        raise Refusal("DIFFERENT_MEASURES", f"{names}は、数えているものが違うため、足し合わせられません。")
    return sum(each.value for each in counted)


def share(part: Counter, whole: Counter) -> Share:
    """Refusal unless the part is a part of the whole: plays ÷ people is no rate of anything."""
    name = next((name for of, base, name in _SHARES if (of, base) == (part.name, whole.name)), None)
    if name is None:
        raise Refusal(
            "DIFFERENT_MEASURES",
            f"「{part.name}」（{part.unit}）を「{whole.name}」（{whole.unit}）で割っても、意味のある割合になりません。",
        )
    if whole.value == 0 or part.value > whole.value:
        raise Refusal("NOT_A_PART", f"「{part.name}」が「{whole.name}」の一部ではないため、割合を出せません。")
    return Share(name, part.name, whole.name, round(part.value * 100 / whole.value, 1))


def shares(measures: Iterable[Counter]) -> list[Share]:
    """All that have a meaning among the counters of one event."""
    known = {each.name: each for each in measures}
    found = []
    for part, whole, _ in _SHARES:
        if part in known and whole in known and 0 < known[whole].value >= known[part].value:
            found.append(share(known[part], known[whole]))
    return found


def _cleaned(draft: MeasureDraft) -> MeasureDraft:
    name = clean_text(draft.name)
    unit = clean_text(draft.unit) or UNITS.get(name, "")
    return msgspec.structs.replace(draft, name=name, unit=unit)


def _problem(draft: MeasureDraft, place: int, all_drafts: Sequence[MeasureDraft]) -> Refusal | None:
    def refuse(code: str, message: str, field: str) -> Refusal:
        return Refusal(code, f"{place + 1}行目: {message}", f"measures.{place}.{field}")

    if not draft.name or len(draft.name) > 60:
        return refuse("REQUIRED", "何の数かを60文字までで入力してください。", "name")
    if draft.name in [each.name for each in all_drafts[:place]]:
        return refuse("TWICE", f"「{draft.name}」が二度書かれています。一つにまとめてください。", "name")
    if not 0 <= draft.value <= LARGEST:
        return refuse("OUT_OF_RANGE", f"数は0から{LARGEST:,}までで入力してください。", "value")
    if not draft.unit or len(draft.unit) > 20:
        return refuse("REQUIRED", "単位（人、団体、回など）を入力してください。", "unit")
    if draft.name in UNITS and draft.unit != UNITS[draft.name]:
        message = (
            f"「{draft.name}」の単位は「{UNITS[draft.name]}」です。ほかのものを数えたときは、別の名前にしてください。"
        )
        return refuse("WRONG_UNIT", message, "unit")
    return None
