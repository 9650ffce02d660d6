"""Which column of somebody's list means what: guessed from Japanese headers, so that mostly nothing needs to be chosen."""

import hashlib
import re
from collections.abc import Sequence

import msgspec

from shared.kit.japanese.folding import fold
from shared.kit.refusals import Refusal
from shared.kit.spreadsheets.table import Cell, Row, Table
from shared.members.details import LABELS
from shared.members.imports.values import is_ledger_id

#: What a column can mean, and how a person calls it when choosing. The first ones are fields of 様式1.
MEANINGS: dict[str, str] = {
    **{
        name: label
        for name, label in LABELS.items()
        if name not in ("visibility", "charter_version", "consent", "municipality_code")
    },
    "municipality": "市町村",
    "joined_on": "加入日",
    "left_on": "退会日",
    "ledger_id": "台帳ID",
}
#: An address or the fields may be spread over several columns; of everything else the first column counts.
REPEATABLE = frozenset({"address", "fields", "audiences", "resources"})
#: Headers that resemble others and mean none of ours.
_NOTHING = ""

_SPELLINGS: dict[str, str] = {
    "name": "団体名 名称 団体名称 団体 会員名 会員団体名 法人名 組織名 機関名 参加団体 参加団体名 構成団体 構成団体名 団体企業名 企業名 企業団体名 正式名称 加盟団体名 name",
    "kana": "カナ フリガナ ヨミ 読み 読み仮名 ヨミガナ 団体名カナ 団体名フリガナ 団体名ヨミ 団体カナ 団体フリガナ 名称カナ 名称フリガナ kana",
    "corporate_number": "法人番号 法人ナンバー 法人no 登録番号法人",
    "postal_code": "〒 郵便番号 郵便 〒番号 郵便no zip",
    "address": "住所 所在地 事務所所在地 事務局所在地 主たる事務所 住所1 住所2 連絡先住所 番地 建物名 ビル名 方書",
    "municipality": "市町村 市町村名 市区町村 市区町村名 自治体 自治体名 所在市町村",
    "phone": "電話 電話番号 tel ℡ 連絡先電話 連絡先電話番号 固定電話 代表電話 連絡先tel 電話番号1 連絡先",
    "mobile": "携帯 携帯電話 携帯番号 携帯電話番号 mobile",
    "fax": "FAX FAX番号 ファックス ファクス ファクシミリ ファックス番号",
    "email": "メール メールアドレス Eメール 電子メール e-mail mail emailアドレス Eメールアドレス メアド 電子メールアドレス アドレス",
    "website": "HP ホームページ URL ウェブサイト サイト webサイト web HPアドレス ホームページアドレス ホームページurl sns",
    "category": "区分 団体区分 団体種別 種別 種類 分類 構成団体の区分 団体の区分 団体の種別 会員区分 カテゴリー 法人種別",
    "fields": "分野 活動分野 活動の分野 支援分野 取組分野 関連分野",
    "joined_on": "加入日 入会日 参加日 登録日 加入年月日 入会年月日 参加年月日 登録年月日 加入 入会 承認日 加盟日",
    "left_on": "退会日 退会年月日 脱退日 脱会日 退会 退会年月",
    "source": "募集経路 参加のきっかけ きっかけ 経路 募集方法 募集区分 入会のきっかけ 加入経路 入会経路",
    "representative_title": "代表者役職 代表者の役職 代表者職名 代表役職 役職 職名 代表者肩書 肩書",
    "representative_name": "代表者 代表者名 代表者氏名 代表者の氏名 代表 代表名 理事長 理事長名 会長名",
    "representative_kana": "代表者カナ 代表者フリガナ 代表者名カナ 代表者名フリガナ 代表者氏名カナ 代表者氏名フリガナ",
    "contact_department": "担当部署 担当課 部署 部署名 所属 連絡担当者の部署 担当者所属 担当者部署 課名",
    "contact_name": "担当者 担当者名 担当者氏名 連絡担当者 連絡担当者名 連絡責任者 担当 窓口 窓口担当者 連絡担当者の氏名 事務担当者",
    "contact_kana": "担当者カナ 担当者フリガナ 担当者名カナ 担当者氏名フリガナ 連絡担当者カナ 連絡責任者フリガナ",
    "people": "構成員数 構成員の人数 会員数 人数 構成人数 職員数 従業員数",
    "founded_year": "設立年 設立した年 設立 設立年月日 設立年月 設立日 創立 創立年",
    "purpose": "目的 団体の目的 設立目的 設立の目的",
    "activities": "主な活動 活動内容 事業内容 概要 活動概要 主な活動内容 団体概要 主な事業 活動 取組内容",
    "area": "活動エリア 活動地域 活動しているエリア 活動範囲 対象地域",
    "audiences": "対象者の区分 対象者区分 対象区分 対象者の種別 対象者種別 対象者分類",
    "resources": "提供できる資源 提供資源 提供可能な資源 資源 提供できるもの 協力できること",
    "audience": "対象者 対象 支援対象 活動の対象となる方 支援対象者 活動対象",
    "ledger_id": "台帳id 台帳のid",
    "appeal": "PR 一言PR 一言 団体からの一言 メッセージ ひとことpr 自己pr",
    _NOTHING: "番号 no 備考 メモ 代表者住所 担当者住所 更新日 受付日 受付番号 会員番号 団体番号 団体コード 市町村コード 会費 議決権 整理番号 最終確認日",
}

_BRACKETS = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
_ORNAMENTS = re.compile(r"[※*:●○◎■□◆◇★☆]|必須|任意|ご記入|記入欄")
_LAST_NUMBER = re.compile(r"[0-9]+$")
_SHORTEST_INSIDE = 2
_SEARCHED_ROWS, _LOOKED_AT = 15, 100
_FEWEST_COLUMNS = 2


class ColumnGuess(msgspec.Struct, frozen=True):
    """`header` is the number of the row that was taken for it; `meanings` has one entry per column, empty for none of ours."""

    header: int
    titles: tuple[str, ...]
    meanings: tuple[str, ...]

    @property
    def key(self) -> str:
        """The same list next month has the same headers: under this a mended mapping can be remembered."""
        return hashlib.sha256("\n".join(map(fold, self.titles)).encode()).hexdigest()


class NoHeader(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "HEADER_NOT_FOUND",
            "見出しの行が見つかりませんでした。「団体名」「電話番号」のような見出しを1行に並べてください。",
            "file",
        )


def guess_columns(table: Table) -> ColumnGuess:
    """The row among the first ones with most known headers, 団体名 among them: titles and remarks often stand above it."""
    candidates = [(row, meanings_of(row.cells)) for row in table.rows[:_SEARCHED_ROWS]]
    named = [(row, meanings) for row, meanings in candidates if "name" in meanings]
    if not named:
        raise NoHeader
    row, meanings = max(named, key=lambda each: sum(map(bool, each[1])))
    meanings = _with_ledger_ids(table, row.number, meanings)
    if len(row.cells) >= _FEWEST_COLUMNS and not any(each for each in meanings if each != "name"):
        raise NoHeader
    return ColumnGuess(row.number, tuple(_title(cell) for cell in row.cells), meanings)


def _with_ledger_ids(table: Table, header: int, meanings: tuple[str, ...]) -> tuple[str, ...]:
    """Whatever stands above them (ID, 会員番号): ids of the ledger are known by their look."""
    if "ledger_id" in meanings:
        return meanings
    for column, meaning in enumerate(meanings):
        cells = [row.cell(column) for row in table.rows[:_LOOKED_AT] if row.number > header]
        filled = [cell for cell in cells if cell]
        if not meaning and filled and all(map(is_ledger_id, filled)):
            return (*meanings[:column], "ledger_id", *meanings[column + 1 :])
    return meanings


def meanings_of(headers: Sequence[Cell]) -> tuple[str, ...]:
    taken: set[str] = set()
    meanings = []
    for header in headers:
        meaning = _meaning(_title(header))
        if meaning in taken:
            meaning = _NOTHING
        if meaning not in REPEATABLE:
            taken.add(meaning)
        meanings.append(meaning)
    return tuple(meanings)


def chosen(guess: ColumnGuess, meanings: Sequence[str]) -> ColumnGuess:
    """The guess as a person has mended it; refuses what the columns cannot mean."""
    if len(meanings) != len(guess.meanings) or any(each and each not in MEANINGS for each in meanings):
        raise Refusal("INVALID_INPUT", "列の意味を一覧から選んでください。", "meanings")
    if "name" not in meanings:
        raise Refusal("INVALID_INPUT", "「団体名」の列を選んでください。", "meanings")
    for meaning in set(meanings) - REPEATABLE - {_NOTHING}:
        if meanings.count(meaning) > 1:
            raise Refusal("INVALID_INPUT", f"「{MEANINGS[meaning]}」の列は一つだけ選んでください。", "meanings")
    return msgspec.structs.replace(guess, meanings=tuple(meanings))


def rows_below(table: Table, guess: ColumnGuess) -> list[Row]:
    return [row for row in table.rows if row.number > guess.header]


def _title(header: Cell) -> str:
    return header if isinstance(header, str) else header.isoformat()


def _meaning(title: str) -> str:
    """Exactly one of the spellings; else without brackets and numbers; else the spelling that ends the header: 団体の所在地."""
    plain = _plain(title)
    bare = _plain(_BRACKETS.sub("", fold(title)))
    for form in (plain, bare, _LAST_NUMBER.sub("", bare)):
        if form in _MEANINGS:
            return _MEANINGS[form]
    endings = [spelling for spelling in _MEANINGS if len(spelling) >= _SHORTEST_INSIDE and bare.endswith(spelling)]
    return _MEANINGS[max(endings, key=len)] if endings else _NOTHING


def _plain(title: str) -> str:
    return re.sub(r"[()\[\]/・.。、,ー]", "", _ORNAMENTS.sub("", fold(title)))


_MEANINGS: dict[str, str] = {
    _plain(spelling): meaning for meaning, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
