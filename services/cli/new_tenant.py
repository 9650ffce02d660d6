"""A new platform from `tenants/_template/`: proposes what it can know, asks for the rest, writes the files."""

import json
import shutil
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path
from string import Template

import jaconv
import msgspec

from shared.kit.japanese import Unreadable
from shared.kit.japanese.normalise import local_government_code
from shared.taxonomy.vocabulary import MunicipalityEntry, Vocabulary, read_vocabulary
from shared.tenants.bootstrap import read_all
from shared.tenants.contrast import ENOUGH, contrast, is_colour
from shared.tenants.manifest_reading import ManifestRefused, Problem

#: Asks one question with a proposal; an empty answer takes the proposal.
Ask = Callable[[str, str], str]

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


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What is known already; None is asked for."""

    slug: str
    code: str | None = None
    name: str | None = None
    slogan: str | None = None
    key: str | None = None


def write_new_tenant(root: Path, answers: Answers, *, ask: Ask) -> Path:
    """Make `root/<slug>/`; ManifestRefused, and no folder left behind, when the answers do not pass the checks."""
    folder = root / answers.slug
    if folder.exists():
        raise ManifestRefused([Problem(f"{root.name}/{answers.slug}", 1, "このフォルダーは、もうあります。")])
    values = _values(root, answers, read_vocabulary(root / "vocabulary"), ask)
    try:
        for path, content in filled(root / "_template", values).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        read_all(root)
    except ManifestRefused:
        shutil.rmtree(folder)
        raise
    return folder


def filled(template: Path, values: dict[str, str]) -> dict[str, bytes]:
    """The template's files with their blanks filled; inside TOML the values are escaped as its strings want it."""
    quoted = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
    found = sorted(path for path in template.rglob("*") if path.is_file() and path.suffix != ".txt")
    return {
        path.relative_to(template).as_posix(): Template(path.read_text(encoding="utf-8"))
        .substitute(quoted if path.suffix == ".toml" else values)
        .encode()
        for path in found
    }


def proposed_place(slug: str, vocabulary: Vocabulary) -> MunicipalityEntry | None:
    """`kochi` to 高知県: the prefecture, else the only municipality, whose reading in Latin letters is the slug."""
    wanted = _plain(slug)
    named = [entry for entry in vocabulary.municipalities.values() if wanted in _romanised(entry.kana)]
    prefectures = [entry for entry in named if entry.is_prefecture]
    return prefectures[0] if prefectures else named[0] if len(named) == 1 else None


def _values(root: Path, answers: Answers, vocabulary: Vocabulary, ask: Ask) -> dict[str, str]:
    place = _place(answers, vocabulary, ask)
    name = _line(answers.name, "正式名", f"{place.name}孤独・孤立対策官民連携プラットフォーム", ask)
    slogan = _line(answers.slogan, "スローガン", f"ひとりにしない、つながる{place.name}へ", ask)
    default_key, accent = _COLOURS[zlib.crc32(answers.slug.encode()) % len(_COLOURS)]
    return {
        "slug": answers.slug,
        "code": place.code,
        "level": "PREFECTURE" if place.is_prefecture else "MUNICIPALITY",
        "parent": _parent(root, place, vocabulary),
        "name": name,
        "short_name": f"{place.name}PF",
        "region_name": place.name,
        "slogan": slogan,
        "sender_email": f"noreply@{answers.slug}.tsunagari.example",
        "key": _key(answers.key, default_key, ask),
        "accent": accent,
        "motif": "rings",
    }


def _place(answers: Answers, vocabulary: Vocabulary, ask: Ask) -> MunicipalityEntry:
    near = proposed_place(answers.slug, vocabulary)
    label = f"全国地方公共団体コード{f'（{near.name} {near.kana}）' if near else ''}"
    code = answers.code or ask(label, near.code if near else "")
    try:
        found = vocabulary.municipalities.get(local_government_code(code))
    except Unreadable as error:
        raise _refused(answers.slug, str(error)) from error
    if found is None:
        raise _refused(answers.slug, f"{code} という都道府県・市区町村はありません。")
    return found


def _key(given: str | None, default: str, ask: Ask) -> str:
    """Asked again while the colour is too light: better here than after the files are written."""
    key = given or ask("キーカラー（#rrggbb、白い文字が読める濃い色）", default)
    while given is None and not (is_colour(key) and contrast(key, "#ffffff") >= ENOUGH):
        key = ask(f"もっと濃い色を選んでください（コントラスト比 {ENOUGH} 以上）", default)
    return key.lower()


def _parent(root: Path, place: MunicipalityEntry, vocabulary: Vocabulary) -> str:
    if not place.is_prefecture:
        prefecture = vocabulary.prefecture_code(place.code)
        folders, _ = read_all(root)
        return next((folder.slug for folder in folders if folder.manifest.code == prefecture), "national")
    return "national"


def _line(given: str | None, label: str, proposal: str, ask: Ask) -> str:
    return unicodedata.normalize("NFC", given or ask(label, proposal)).strip()


def _refused(slug: str, reason: str) -> ManifestRefused:
    return ManifestRefused([Problem(f"tenants/{slug}/tenant.toml", 1, reason)])


def _romanised(kana: str) -> set[str]:
    whole = jaconv.kana2alphabet(jaconv.kata2hira(kana))
    return {_plain(whole)} | {_plain(whole.removesuffix(suffix)) for suffix in _SUFFIXES if whole.endswith(suffix)}


def _plain(latin: str) -> str:
    """Long vowels are written in many ways: ou, oo, ō, o."""
    return latin.lower().replace("-", "").replace("ou", "o").replace("oo", "o").replace("uu", "u").replace("ō", "o")
