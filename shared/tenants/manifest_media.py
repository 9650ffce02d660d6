"""Pictures of a manifest: declared, described, and harmless."""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from shared.kit.drawings import drawing_mistakes
from shared.tenants.manifest_lines import Path
from shared.tenants.manifest_reading import Folder

Mistake = tuple[Path, str]

_SUFFIXES = ("svg", "png", "jpg", "jpeg", "webp")
_MOST_BYTES = 2 * 1024 * 1024


def media_mistakes(folder: Folder) -> Iterator[Mistake]:
    declared = {medium.file for medium in folder.manifest.media}
    for name in sorted(folder.media.keys() - declared):
        yield (), f"media/{name} が [[media]] に書かれていません。alt（説明）を付けて書き足してください。"
    places_of_alt = defaultdict(list)
    for index, medium in enumerate(folder.manifest.media):
        place: Path = ("media", index)
        if medium.alt.strip():
            places_of_alt[medium.alt.strip()].append(place)
        if not medium.alt.strip() and not medium.decorative:
            yield (
                (*place, "file"),
                f"{medium.file} に alt（説明）がありません。飾りなら decorative = true と書いてください。",
            )
        if medium.alt.strip() and medium.decorative:
            yield (*place, "decorative"), f"{medium.file} は、alt（説明）か decorative のどちらか一方にしてください。"
        if medium.file not in folder.media:
            yield (*place, "file"), f"media/{medium.file} がありません。"
        else:
            yield from ((place, reason) for reason in _harm(medium.file, folder.media[medium.file]))
    for alt, places in places_of_alt.items():
        for place in places[1:]:
            yield (
                (*place, "alt"),
                f"alt「{alt}」が別の画像と同じです。写っているものの違いが分かるように書いてください。",
            )


def _harm(name: str, data: bytes) -> Iterator[str]:
    suffix = name.rpartition(".")[2].lower()
    if suffix not in _SUFFIXES:
        yield f"media/{name} は使えない形式です。SVG、PNG、JPEG、WebPのいずれかにしてください。"
    elif len(data) > _MOST_BYTES:
        yield f"media/{name} が大きすぎます。2MBまでにしてください。"
    elif suffix == "svg":
        yield from (f"media/{name}: {reason}" for reason in drawing_mistakes(data))
    elif not _opens(data):
        yield f"media/{name} を画像として開けません。"


def _opens(data: bytes) -> bool:
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
