"""Cells of somebody's list, read as what they mean: what Excel has damaged is mended, and the mending is told."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from shared.kit.japanese import Unreadable, eras, normalise
from shared.kit.japanese.folding import fold
from shared.kit.japanese.sudachi import words
from shared.kit.spreadsheets.harmless import as_typed
from shared.kit.spreadsheets.table import Cell
from shared.members.models import Source
from shared.members.words import SOURCES
from shared.taxonomy.queries import MunicipalityView
from shared.tenants.queries import CategoryView, Profile

_EMPTY_WORDS = frozenset(
    {"-", "--", "ー", "―", "－", "なし", "無し", "無", "ナシ", "×", "不明", "n/a", "未定", "該当なし"}
)
_SEPARATORS = re.compile(r"[、,，/／;；\n|｜]")
_SOFT_SEPARATORS = re.compile(r"[・\s]")
_PATH = re.compile(r"[>＞→/／]")
_POSTAL_IN_ADDRESS = re.compile(r"\s*〒?\s*([0-9０-９]{3}[-‐ー−－]?[0-9０-９]{4})[\s　]*(.+)", re.DOTALL)
_EXPONENT = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_LEDGER_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SERIAL_OF_A_DAY = re.compile(r"[2-6][0-9]{4}")
_FIRST_DAY_OF_EXCEL = date(1899, 12, 30)
_BEFORE_THE_TOWN = re.compile(r"^(?:.{2,3}?[都道府県])?(?:.{1,5}?郡)?")

_SOURCE_WORDS: dict[Source, str] = {
    Source.OPEN_CALL: "この指とまれ 公募 募集 一般公募 応募",
    Source.DIRECT_MAIL: "DM ダイレクトメール DM郵送 郵送 ダイレクト郵送 案内郵送",
    Source.FREE_PAPER: "フリーペーパー 広報紙 広報誌 チラシ",
    Source.PERSONAL: "個別勧誘 勧誘 声かけ 個別 訪問 事務局",
    Source.REFERRAL: "紹介 他団体紹介 会員紹介 推薦",
    Source.SYMPOSIUM: "シンポ シンポジウム セミナー イベント 研修会 講演会",
    Source.OTHER: "その他 そのほか 他",
}


class Vocabulary(msgspec.Struct, frozen=True):
    """The tenant's words, folded: to slugs, to codes."""

    categories: dict[str, str]
    fields: dict[str, str]
    municipalities: dict[str, str]


def vocabulary(profile: Profile, municipalities: Iterable[MunicipalityView]) -> Vocabulary:
    fields = {
        key: field.slug
        for field in profile.fields
        for key in (fold(field.slug), *map(fold, field.aliases), fold(field.name))
    }
    towns = {fold(each.name): each.code for each in municipalities}
    return Vocabulary(_category_words(profile.categories), fields, towns)


def _category_words(categories: Sequence[CategoryView]) -> dict[str, str]:
    """A name that stands twice in the tree means neither alone; its path (民間団体/NPO) always means one."""
    by_id = {each.id: each for each in categories}
    found: dict[str, set[str]] = {}
    for category in categories:
        above = by_id.get(category.parent_id) if category.parent_id else None
        for words_of in (category.slug, category.name, f"{above.name}/{category.name}" if above else category.name):
            found.setdefault(fold(words_of), set()).add(category.slug)
    return {key: slugs.pop() for key, slugs in found.items() if len(slugs) == 1}


def text_of(cell: Cell) -> str:
    """As typed, without the apostrophe that an export has put before a sign; words for nothing are nothing."""
    if isinstance(cell, date):
        return cell.isoformat()
    text = as_typed(cell).strip()
    return "" if unicodedata.normalize("NFKC", text).casefold() in _EMPTY_WORDS else text


def read_day(cell: Cell, notes: list[str]) -> date | None:
    """和暦, 西暦, a real date, or the number that Excel shows when a date has lost its format."""
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    plain = normalise.digits(text)
    if _SERIAL_OF_A_DAY.fullmatch(plain):
        day = _FIRST_DAY_OF_EXCEL + timedelta(days=int(plain))
        notes.append(f"Excelの日付の番号とみて、{eras.japanese_date(day, weekday=False)}と読みました。")
        return day
    return eras.read_date(text) if text else None


def read_phone(text: str, notes: list[str]) -> str:
    """With the 0 that Excel takes from the front of a number."""
    plain = unicodedata.normalize("NFKC", text)
    if plain.isascii() and plain.isdigit() and len(plain) in (9, 10) and not plain.startswith("0"):
        notes.append("先頭の0が消えていたため、補いました。")
        return normalise.phone(f"0{plain}")
    return text


def read_postal_code(text: str, notes: list[str]) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if plain.isascii() and plain.isdigit() and len(plain) in (5, 6):
        notes.append("先頭の0が消えていたため、補いました。")
        return plain.zfill(7)
    return text


def read_corporate_number(text: str) -> str:
    if _EXPONENT.fullmatch(normalise.digits(text)):
        raise Unreadable(
            "法人番号が、Excelで「5.05E+12」のような表示になっています。セルの書式を「文字列」にして、入力し直してください。"
        )
    return text


def read_ledger_id(text: str) -> UUID | None:
    """As an export has written it; of other numbers nobody could say whom they mean."""
    if text and not _LEDGER_ID.fullmatch(text):
        raise Unreadable("台帳IDを読み取れません。台帳から保存したままの値にするか、空にしてください。")
    return UUID(text) if text else None


def is_ledger_id(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_LEDGER_ID.fullmatch(text_of(cell)))


def split_address(address: str) -> tuple[str, str]:
    """Postal code and the rest, where the two stand in one cell."""
    match = _POSTAL_IN_ADDRESS.fullmatch(address)
    return (match[1], match[2]) if match else ("", address)


def read_source(text: str, notes: list[str]) -> str:
    if not text:
        return ""
    key = fold(text)
    if key in _SOURCES:
        return _SOURCES[key]
    for word, source in _SOURCES.items():
        if len(word) > 1 and word in key:
            return source
    notes.append(f"「{text}」という経路は一覧にないため、「{SOURCES[Source.OTHER]}」としました。")
    return Source.OTHER


def read_category(text: str, known: Vocabulary, notes: list[str]) -> str:
    if not text:
        return ""
    path = [part for part in _PATH.split(text) if part.strip()]
    for key in (fold(text), fold("/".join(path[-2:])), *(fold(part) for part in path[-1:])):
        if key in known.categories:
            return known.categories[key]
    notes.append(f"「{text}」という区分は一覧にないか、一つに決まらないため、空にしました。")
    return ""


def read_fields(texts: Iterable[str], known: Vocabulary, notes: list[str]) -> tuple[str, ...]:
    """Names may hold the ・ that others use between names, so the longer reading is tried first."""
    slugs: list[str] = []
    for part in (part.strip() for text in texts for part in _SEPARATORS.split(text)):
        if not part:
            continue
        pieces = [part] if fold(part) in known.fields else _SOFT_SEPARATORS.split(part)
        for piece in filter(None, pieces):
            slug = known.fields.get(fold(piece))
            if slug is None:
                notes.append(f"「{piece}」という分野は一覧にないため、外しました。")
            elif slug not in slugs:
                slugs.append(slug)
    return tuple(slugs)


def read_tags(texts: Iterable[str], words: Mapping[str, str], label: str, notes: list[str]) -> tuple[str, ...]:
    """Words may hold the ・ that others use between words, so the longer reading is tried first."""
    known = {fold(each): slug for slug, word in words.items() for each in (slug, word)}
    slugs: list[str] = []
    for part in (part.strip() for text in texts for part in _SEPARATORS.split(text)):
        for piece in [part] if fold(part) in known else _SOFT_SEPARATORS.split(part):
            slug = known.get(fold(piece))
            if piece and slug is None:
                notes.append(f"「{piece}」は{label}の一覧にないため、外しました。")
            elif slug and slug not in slugs:
                slugs.append(slug)
    return tuple(slugs)


def read_municipality(text: str, address: str, known: Vocabulary, notes: list[str]) -> str:
    """From its own column, else from the beginning of the address."""
    if text:
        code = known.municipalities.get(fold(text)) or _town_at_start(text, known)
        if not code:
            notes.append(f"「{text}」という市町村が見つからないため、空にしました。")
        return code or ""
    return _town_at_start(address, known)


def _town_at_start(address: str, known: Vocabulary) -> str:
    plain = unicodedata.normalize("NFKC", address).replace(" ", "")
    starts = (plain, _BEFORE_THE_TOWN.sub("", plain, count=1))
    for start in map(fold, starts):
        towns = [town for town in known.municipalities if start.startswith(town)]
        if towns:
            return known.municipalities[max(towns, key=len)]
    return ""


def guessed_kana(name: str) -> str:
    """How the name is probably read; empty when that is not known for every word."""
    spoken = "".join(word.reading or word.surface for word in words(name))
    try:
        return normalise.katakana(spoken)
    except Unreadable:
        return ""


_SOURCES: dict[str, Source] = {
    **{fold(label): source for source, label in SOURCES.items()},
    **{fold(source.value): source for source in Source},
    **{fold(word): source for source, listed in _SOURCE_WORDS.items() for word in listed.split()},
}
