"""The key under which two spellings of one thing are the same: for comparing and searching, never for showing."""

import re
import unicodedata

import jaconv

# Kanji that one person writes in two ways; NFKC knows nothing of them. 斉/斎 or 竜/龍 stay apart: those are two names.
VARIANTS = str.maketrans(
    "髙﨑嵜𠮷濵濱邉邊澤齋齊廣國嶋嶌惠檮德瀨榮壽眞櫻圓學會藏實與兒靜條曾籠桒栁舘峯冨彌禮豐萬穗鷗縣區鐵驛號黑鄕槇",
    "高崎崎吉浜浜辺辺沢斎斉広国島島恵梼徳瀬栄寿真桜円学会蔵実与児静条曽篭桑柳館峰富弥礼豊万穂鴎県区鉄駅号黒郷槙",
)
_DASHES = str.maketrans(dict.fromkeys("-‐‑‒–—―−─", "ー"))
# Spaces, middle dots, controls, zero-width characters, variation selectors.
_SILENT = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f・·•‧\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e01ef]"
)


def fold(text: str) -> str:
    """孤独・孤立 and 孤独孤立, ｺﾄﾞﾓ and こども, ㈱ and (株), You＆ゆう and you&ゆう, 髙 and 高 become one.

    Katakana turns to hiragana, every dash to ー; spaces, middle dots and invisible characters go.
    """
    audible = _SILENT.sub("", unify(text))
    return unicodedata.normalize("NFKC", jaconv.kata2hira(audible).translate(_DASHES))


def unify(text: str) -> str:
    """Width, case and kanji variants unified, words and punctuation left standing: what the tokenizer is given."""
    return unicodedata.normalize("NFKC", text).casefold().translate(VARIANTS)
