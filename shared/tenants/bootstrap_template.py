"""A new platform's files from `tenants/_template/`: what can be proposed is proposed, the blanks are filled."""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from string import Template

import jaconv
import msgspec

from shared.kit.japanese import Unreadable
from shared.kit.japanese.normalise import clean_text, local_government_code
from shared.kit.refusals import Refusal, Refusals
from shared.taxonomy.vocabulary import MunicipalityEntry, Vocabulary
from shared.tenants.contrast import ENOUGH, contrast, is_colour
from shared.tenants.manifest_checks import is_slug
from shared.tenants.manifest_reading import FENCE

#: Key and accent of platforms that have not chosen yet: different slugs get different dresses.
_COLOURS = (
    ("#1f4e79", "#d98e04"),
    ("#5b2a6e", "#e0a23c"),
    ("#7a2e2e", "#d6a45a"),
    ("#2e5d3a", "#e08e45"),
    ("#0f5c6e", "#e3b04b"),
    ("#3d3a7c", "#e58a6a"),
    ("#6b3f12", "#4f9d9d"),
    ("#8a2150", "#d9a441"),
)
_SUFFIXES = ("ken", "fu", "to", "shi", "ku", "chou", "machi", "mura", "son")
_LONGEST = 120


class NewTenant(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator says of a new platform."""

    slug: str
    code: str
    name: str
    slogan: str
    key: str


def proposal(slug: str, vocabulary: Vocabulary, *, code: str | None = None) -> NewTenant:
    """What can be known from the slug (or the code) alone; `code` is empty when no place fits."""
    place = vocabulary.municipalities.get(code) if code else place_of(slug, vocabulary)
    region = place.name if place else slug
    return NewTenant(
        slug=slug,
        code=place.code if place else "",
        name=f"{region}孤独・孤立対策官民連携プラットフォーム",
        slogan=f"ひとりにしない、つながる{region}へ",
        key=_colours(slug)[0],
    )


def place_of(slug: str, vocabulary: Vocabulary) -> MunicipalityEntry | None:
    """`kochi` to 高知県: the prefecture, else the only municipality, whose reading in Latin letters is the slug."""
    wanted = _plain(slug)
    named = [entry for entry in vocabulary.municipalities.values() if wanted in _romanised(entry.kana)]
    prefectures = [entry for entry in named if entry.is_prefecture]
    return prefectures[0] if prefectures else named[0] if len(named) == 1 else None


def checked(new: NewTenant, vocabulary: Vocabulary) -> NewTenant:
    """Cleaned, or refused field by field."""
    problems: list[Refusal] = []
    slug, code, key = new.slug.strip().lower(), new.code, new.key.strip().lower()
    if not is_slug(slug) or slug == "national":
        message = "英小文字で始まる3文字以上の英小文字・数字・ハイフンにしてください。"
        problems.append(Refusal("INVALID", message, "slug"))
    try:
        code = local_government_code(code)
        if code not in vocabulary.municipalities:
            problems.append(Refusal("UNKNOWN_CODE", f"{code} という都道府県・市区町村はありません。", "code"))
    except Unreadable as error:
        problems.append(Refusal("INVALID", str(error), "code"))
    if not is_colour(key):
        problems.append(Refusal("INVALID_COLOUR", "色は #1a3a6c のように、# と6桁の16進数で入力してください。", "key"))
    elif contrast(key, "#ffffff") < ENOUGH:
        message = f"白い文字が読みにくい色です。コントラスト比 {ENOUGH} 以上の濃い色を選んでください。"
        problems.append(Refusal("LOW_CONTRAST", message, "key"))
    lines = {name: clean_text(getattr(new, name)) for name in ("name", "slogan")}
    for name, label in (("name", "正式名"), ("slogan", "スローガン")):
        if not 0 < len(lines[name]) <= _LONGEST:
            problems.append(Refusal("INVALID", f"{label}を{_LONGEST}字までで入力してください。", name))
    if problems:
        raise Refusals(problems)
    return NewTenant(slug=slug, code=code, key=key, **lines)


def filled(
    template: Path, new: NewTenant, vocabulary: Vocabulary, *, slugs_by_code: Mapping[str, str]
) -> dict[str, bytes]:
    """The template's files with their blanks filled. `slugs_by_code`: platforms that may be the parent."""
    values = _values(new, vocabulary, slugs_by_code)
    found = sorted(path for path in template.rglob("*") if path.is_file() and path.suffix != ".txt")
    texts = {path.relative_to(template).as_posix(): path.read_text(encoding="utf-8") for path in found}
    return {name: _substituted(name, text, values).encode() for name, text in texts.items()}


def _substituted(name: str, text: str, values: dict[str, str]) -> str:
    """Inside the strings of TOML (a whole file, or the head of a page) values are escaped as in those of JSON."""
    quoted = {blank: json.dumps(value, ensure_ascii=False)[1:-1] for blank, value in values.items()}
    end = len(text) if name.endswith(".toml") else text.find(FENCE, len(FENCE)) if text.startswith(FENCE) else 0
    return Template(text[:end]).substitute(quoted) + Template(text[end:]).substitute(values)


def _values(new: NewTenant, vocabulary: Vocabulary, slugs_by_code: Mapping[str, str]) -> dict[str, str]:
    place = vocabulary.municipalities[new.code]
    above = None if place.is_prefecture else slugs_by_code.get(vocabulary.prefecture_code(place.code))
    return {
        "slug": new.slug,
        "code": place.code,
        "level": "PREFECTURE" if place.is_prefecture else "MUNICIPALITY",
        "parent": above or "national",
        "name": new.name,
        "short_name": f"{place.name}PF",
        "region_name": place.name,
        "slogan": new.slogan,
        "sender_email": f"noreply@{new.slug}.tsunagari.example",
        "key": new.key,
        "accent": _colours(new.slug)[1],
        "motif": "rings",
    }


def _colours(slug: str) -> tuple[str, str]:
    return _COLOURS[zlib.crc32(slug.encode()) % len(_COLOURS)]


def _romanised(kana: str) -> set[str]:
    whole = jaconv.kana2alphabet(jaconv.kata2hira(kana))
    return {_plain(whole)} | {_plain(whole.removesuffix(suffix)) for suffix in _SUFFIXES if whole.endswith(suffix)}


def _plain(latin: str) -> str:
    """Long vowels are written in many ways: ou, oo, ō, o."""
    return latin.lower().replace("-", "").replace("ou", "o").replace("oo", "o").replace("uu", "u").replace("ō", "o")
