"""Pictures of a manifest: declared, described, and harmless."""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO

from lxml import etree
from PIL import Image

from shared.tenants.manifest_lines import Path
from shared.tenants.manifest_reading import Folder

Mistake = tuple[Path, str]

CONTENT_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
_MOST_BYTES = 2 * 1024 * 1024
_SVG = "{http://www.w3.org/2000/svg}"
_FORBIDDEN = {"script", "foreignObject", "iframe", "embed", "object", "handler", "set"}


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


def svg_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the view box when the drawing has one."""
    root = etree.fromstring(data, parser=_parser())
    box = (root.get("viewBox") or "").replace(",", " ").split()
    width, height = box[2:4] if len(box) == 4 else (root.get("width", "0"), root.get("height", "0"))
    return round(float(width.removesuffix("px"))), round(float(height.removesuffix("px")))


def _harm(name: str, data: bytes) -> Iterator[str]:
    suffix = name.rpartition(".")[2].lower()
    if suffix not in CONTENT_TYPES:
        yield f"media/{name} は使えない形式です。SVG、PNG、JPEG、WebPのいずれかにしてください。"
    elif len(data) > _MOST_BYTES:
        yield f"media/{name} が大きすぎます。2MBまでにしてください。"
    elif suffix == "svg":
        yield from (f"media/{name}: {reason}" for reason in svg_mistakes(data))
    elif not _opens(data):
        yield f"media/{name} を画像として開けません。"


def svg_mistakes(data: bytes) -> Iterator[str]:
    """A drawing may only draw: no scripts, no handlers, nothing fetched from elsewhere."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        yield "SVGに文書型宣言は書けません。"
        return
    try:
        root = etree.fromstring(data, parser=_parser())
        if root.tag != f"{_SVG}svg" or min(svg_size(data)) <= 0:
            yield "大きさ（viewBox）のあるSVGではありません。"
    except (etree.XMLSyntaxError, ValueError):
        yield "SVGとして読み取れません。"
        return
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        tag = etree.QName(element).localname
        if tag in _FORBIDDEN:
            yield f"SVGに <{tag}> は書けません。"
        yield from (reason for name, value in element.attrib.items() if (reason := _attribute(str(name), str(value))))
        if tag == "style" and ("url(" in (element.text or "") or "@import" in (element.text or "")):
            yield "SVGのスタイルから外部のファイルは読み込めません。"


def _attribute(name: str, value: str) -> str | None:
    local = name.rpartition("}")[2].lower()
    if local.startswith("on"):
        return f"SVGに {local} のような動作の属性は書けません。"
    if local == "href" and not value.strip().startswith("#"):
        return "SVGから外部のものは参照できません。"
    if "url(" in value and "url(#" not in value:
        return "SVGから外部のものは参照できません。"
    return None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _opens(data: bytes) -> bool:
    try:
        with Image.open(BytesIO(data)) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
