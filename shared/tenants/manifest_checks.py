"""What a manifest must fulfil beyond its shape: references, codes, colours, dates, pictures."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from shared.kit.japanese import Unreadable, normalise
from shared.taxonomy.vocabulary import Vocabulary
from shared.tenants.contrast import ENOUGH, contrast, is_colour
from shared.tenants.manifest import CategoryEntry, Manifest, OrganisationEntry
from shared.tenants.manifest_event_checks import event_mistakes
from shared.tenants.manifest_lines import Path
from shared.tenants.manifest_media import media_mistakes
from shared.tenants.manifest_reading import Folder, Problem
from shared.tenants.models import Level

Mistake = tuple[Path, str]
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_RANK = {Level.NATION: 0, Level.PREFECTURE: 1, Level.SUBREGION: 2, Level.MUNICIPALITY: 3}
_NATION = "000000"


def check_folders(
    folders: Sequence[Folder], vocabulary: Vocabulary, *, elsewhere: Mapping[str, Level] | None = None
) -> list[Problem]:
    """Everything that is wrong in these folders, by themselves and with each other.

    `elsewhere`: platforms that exist without being among these folders, and so may be parents.
    """
    levels = {**(elsewhere or {}), **{folder.slug: folder.manifest.level for folder in folders}}
    problems = list(_twice_among(folders))
    for folder in folders:
        mistakes = chain(
            _identity(folder, vocabulary),
            _parent(folder.manifest, levels),
            _theme(folder.manifest),
            _contacts(folder.manifest),
            _lists(folder.manifest, vocabulary),
            _announcements(folder),
            media_mistakes(folder),
        )
        problems += [folder.source.problem(place, reason) for place, reason in mistakes]
        problems += _members(folder, vocabulary)
        problems += _charters(folder)
        for source, event in folder.events.values():
            found = event_mistakes(event, {medium.file for medium in folder.manifest.media})
            problems += [source.problem(place, reason) for place, reason in found]
    return problems


def is_slug(text: str) -> bool:
    """What may stand as a label of a host name; short names are left for the house itself."""
    return bool(_SLUG.fullmatch(text))


def _twice_among(folders: Sequence[Folder]) -> Iterator[Problem]:
    for name in ("slug", "code", "host"):
        values = Counter(getattr(folder.manifest, name) for folder in folders)
        for folder in folders:
            value = getattr(folder.manifest, name)
            if value is not None and values[value] > 1:
                yield folder.source.problem(
                    (name,), f"「{name}」の {value} は、ほかのプラットフォームでも使われています。"
                )


def _identity(folder: Folder, vocabulary: Vocabulary) -> Iterator[Mistake]:
    manifest = folder.manifest
    if manifest.slug != folder.source.name.split("/")[-2]:
        yield ("slug",), "slug はフォルダーの名前と同じにしてください。"
    if not is_slug(manifest.slug):
        yield ("slug",), "slug には英小文字、数字、ハイフンを使ってください（3文字以上、英字で始める）。"
    if manifest.host is not None and manifest.host != manifest.host.lower():
        yield ("host",), "host は小文字で、ポート番号を付けずに書いてください。"
    yield from _code(manifest, vocabulary)
    yield from _readable(manifest.sender_email, normalise.email, ("sender_email",))


def _code(manifest: Manifest, vocabulary: Vocabulary) -> Iterator[Mistake]:
    """全国地方公共団体コード: six digits whose last is the check digit, and one that exists. A sub-region has none."""
    if manifest.level is Level.NATION:
        if manifest.code != _NATION:
            yield ("code",), f"全国のコードは {_NATION} です。"
    elif manifest.level is not Level.SUBREGION:
        yield from _readable(manifest.code, normalise.local_government_code, ("code",))
        known = vocabulary.municipalities.get(manifest.code)
        if known is None and _is_code(manifest.code):
            yield ("code",), f"{manifest.code} という都道府県・市区町村はありません。"
        if known is not None and known.is_prefecture != (manifest.level is Level.PREFECTURE):
            yield ("code",), f"{manifest.code} は{known.name}のコードで、level の {manifest.level} と合いません。"


def _parent(manifest: Manifest, levels: Mapping[str, Level]) -> Iterator[Mistake]:
    if manifest.level is Level.NATION:
        if manifest.parent is not None:
            yield ("parent",), "全国プラットフォームに parent は書けません。"
        return
    above = levels.get(manifest.parent or "")
    if above is None:
        yield ("parent",), f"parent の「{manifest.parent or ''}」というプラットフォームはありません。"
    elif _RANK[above] >= _RANK[manifest.level]:
        yield ("parent",), f"parent の「{manifest.parent}」は、このプラットフォームより広い地域ではありません。"


def _theme(manifest: Manifest) -> Iterator[Mistake]:
    theme = manifest.theme
    for name in ("key", "accent", "ground"):
        if not is_colour(getattr(theme, name) or theme.key):
            yield ("theme", name), "色は #1a3a6c のように、# と6桁の16進数で書いてください。"
            return
    ratio = contrast(theme.key, "#ffffff")
    if ratio < ENOUGH:
        yield (
            ("theme", "key"),
            f"白とのコントラスト比が {math.floor(ratio * 100) / 100} です。{ENOUGH} 以上になる濃い色にしてください。",
        )
    files = {medium.file for medium in manifest.media}
    for name in ("mark", "hero", "pattern"):
        if getattr(theme, name) is not None and getattr(theme, name) not in files:
            yield ("theme", name), f"「{getattr(theme, name)}」が [[media]] にありません。"


def _contacts(manifest: Manifest) -> Iterator[Mistake]:
    for index, contact in enumerate(manifest.contacts):
        for name, read in _READERS.items():
            value = getattr(contact, name, None)
            if value is not None:
                yield from _readable(value, read, ("contacts", index, name))
        if contact.valid_from and contact.valid_to and contact.valid_to < contact.valid_from:
            yield ("contacts", index, "valid_to"), "valid_to が valid_from より前の日付です。"


def _lists(manifest: Manifest, vocabulary: Vocabulary) -> Iterator[Mistake]:
    yield from _twice([field.slug for field in manifest.fields], "fields", "slug")
    yield from _twice([entry.key for entry in manifest.announcements], "announcements", "key")
    yield from _twice([criterion.slug for criterion in manifest.criteria], "criteria", "slug")
    yield from _twice([medium.file for medium in manifest.media], "media", "file")
    yield from _twice([(figure.name, figure.as_of) for figure in manifest.figures], "figures", "name")
    for index, field in enumerate(manifest.fields):
        if field.national is not None and field.national not in vocabulary.field_slugs:
            yield ("fields", index, "national"), f"全国の分野に「{field.national}」はありません。"
    for index, criterion in enumerate(manifest.criteria):
        if not is_slug(criterion.slug):
            yield (
                ("criteria", index, "slug"),
                "slug には英小文字、数字、ハイフンを使ってください（3文字以上、英字で始める）。",
            )
    categories = list(_flat(manifest.categories, ("categories",)))
    counts = Counter(category.slug for _, category in categories)
    for place, category in categories:
        if counts[category.slug] > 1:
            yield (*place, "slug"), f"区分の slug「{category.slug}」が重なっています。"
        if category.national is not None and category.national not in vocabulary.category_slugs:
            yield (*place, "national"), f"全国の区分に「{category.national}」はありません。"


def _members(folder: Folder, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Of tenant.toml and of members/*.toml; a key is one organisation's in all of them."""
    seen: set[str] = set()
    own = (folder.source, folder.manifest.organisations)
    for source, entries in [own, *((source, file.organisations) for source, file in folder.members)]:
        for place, reason in _organisations(entries, folder.manifest, vocabulary):
            yield source.problem(place, reason)
        for index, entry in enumerate(entries):
            if entry.key in seen:
                yield source.problem(("organisations", index, "key"), f"「{entry.key}」が二度書かれています。")
            seen.add(entry.key)


def _organisations(
    entries: Sequence[OrganisationEntry], manifest: Manifest, vocabulary: Vocabulary
) -> Iterator[Mistake]:
    categories = {category.slug for _, category in _flat(manifest.categories, ())}
    fields = {field.slug for field in manifest.fields}
    for index, entry in enumerate(entries):
        place: Path = ("organisations", index)
        if entry.category is not None and entry.category not in categories:
            yield (*place, "category"), f"区分「{entry.category}」が [[categories]] にありません。"
        for field in entry.fields:
            if field not in fields:
                yield (*place, "fields"), f"分野「{field}」が [[fields]] にありません。"
        if entry.municipality is not None and entry.municipality not in vocabulary.municipalities:
            yield (*place, "municipality"), f"市区町村コード「{entry.municipality}」はありません。"
        for name, read in _READERS.items():
            value = getattr(entry, name, None)
            if value is not None:
                yield from _readable(value, read, (*place, name))
        if entry.left_on and (entry.joined_on is None or entry.left_on < entry.joined_on):
            yield (*place, "left_on"), "left_on は joined_on 以後の日付にしてください。"
        if entry.website and not re.match(r"https?://", entry.website):
            yield (*place, "website"), "website は https:// から書いてください。"


def _announcements(folder: Folder) -> Iterator[Mistake]:
    files = {medium.file for medium in folder.manifest.media}
    for index, entry in enumerate(folder.manifest.announcements):
        if entry.image is not None and entry.image not in files:
            yield ("announcements", index, "image"), f"「{entry.image}」が [[media]] にありません。"
        if entry.event is not None and f"events/{entry.event}.toml" not in folder.paths:
            yield ("announcements", index, "event"), f"events/{entry.event}.toml がありません。"


def _charters(folder: Folder) -> Iterator[Problem]:
    versions = Counter(document.head.version for document in folder.charters)
    for document in folder.charters:
        if versions[document.head.version] > 1:
            yield document.source.problem(("version",), f"設置要綱の第{document.head.version}版が二つあります。")
        if "守秘義務" not in document.body:
            yield document.source.problem(("title",), "設置要綱に守秘義務の条がありません。")
    for slug in folder.easy_pages:
        if f"pages/{slug}.md" in folder.paths:
            continue
        name = f"{folder.source.name.rpartition('/')[0]}/pages/{slug}.easy.md"
        yield Problem(name, 1, f"もとになる pages/{slug}.md がありません。")


_READERS: dict[str, Callable[[str], str]] = {
    "phone": normalise.phone,
    "mobile": normalise.phone,
    "fax": normalise.phone,
    "email": normalise.email,
    "postal_code": normalise.postal_code,
    "kana": normalise.katakana,
    "corporate_number": normalise.corporate_number,
}


def _readable(value: str, read: Callable[[str], str], place: Path) -> Iterator[Mistake]:
    try:
        read(value)
    except Unreadable as error:
        yield place, str(error)


def _is_code(code: str) -> bool:
    return not list(_readable(code, normalise.local_government_code, ()))


def _twice(values: Iterable[Any], table: str, name: str) -> Iterator[Mistake]:
    seen: set[Any] = set()
    for index, value in enumerate(values):
        if value in seen:
            shown = value if isinstance(value, str) else "・".join(map(str, value))
            yield (table, index, name), f"「{shown}」が二度書かれています。"
        seen.add(value)


def _flat(categories: Iterable[CategoryEntry], place: Path) -> Iterator[tuple[Path, CategoryEntry]]:
    for index, category in enumerate(categories):
        yield (*place, index), category
        yield from _flat(category.children, (*place, index, "children"))
