"""対象者 and 提供できる資源: the tags by which the directory is filtered, with their Japanese words in the order of the forms."""

from collections.abc import Iterable, Mapping

from shared.kit.refusals import Refusal

AUDIENCES: Mapping[str, str] = {
    "children": "子ども",
    "youth": "若者・学生",
    "parents": "子育て中の方・妊産婦",
    "elderly": "高齢の方",
    "men": "退職後・中高年の男性",
    "women": "困りごとのある女性",
    "disabled": "障がいのある方",
    "carers": "家族の世話をする方",
    "hikikomori": "ひきこもりの方と家族",
    "poor": "生活に困っている方",
    "foreigners": "外国にルーツのある方",
    "supporters": "支援する方",
    "anyone": "どなたでも",
}
RESOURCES: Mapping[str, str] = {
    "people": "人",
    "goods": "物",
    "money": "資金",
    "place": "場所",
    "information": "情報",
}

#: By the field of 様式1 that holds them.
KINDS: Mapping[str, Mapping[str, str]] = {"audiences": AUDIENCES, "resources": RESOURCES}


def slugs(given: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Tags by slug or by word; what is no tag stays, and is found nowhere."""
    by_word = {word: slug for slug, word in known.items()}
    return [by_word.get(each, each) for each in given]


def words_of(chosen: Iterable[str], known: Mapping[str, str]) -> str:
    """子ども、高齢の方"""
    return "、".join(known.get(slug, slug) for slug in chosen)


def checked(given: Iterable[str], known: Mapping[str, str], field: str) -> list[str]:
    """In the order of the forms, each once."""
    chosen = set(given)
    if chosen - known.keys():
        raise Refusal("TAG_UNKNOWN", "選択肢の中から選んでください。", field)
    return [slug for slug in known if slug in chosen]
