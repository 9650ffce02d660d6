"""SVG: a program in disguise, so only drawings that cannot act are taken, and they are served sandboxed besides."""

import re
from collections.abc import Iterator

from lxml import etree

from shared.kit.pictures import Picture, check_size
from shared.kit.refusals import Refusal

_SVG = "{http://www.w3.org/2000/svg}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_FORBIDDEN = {"script", "foreignObject", "iframe", "embed", "object", "handler", "listener", "set", "audio", "video"}
_ADDRESS = re.compile(r"url\((?!['\"]?#)|@import|javascript:|expression\(", re.IGNORECASE)
_SPACE = re.compile(r"[\s\0]")


def read_drawing(data: bytes) -> Picture:
    """The same bytes for every size, once they are known to be harmless. Raises Refusal for the field `file`."""
    check_size(data)
    for mistake in drawing_mistakes(data):
        raise Refusal("DRAWING_REFUSED", f"{mistake}図形だけのファイルにしてください。", "file")
    width, height = _extent(_parsed(data))
    return Picture("image/svg+xml", "svg", width, height, dict.fromkeys(("original", "1200", "thumb"), data))


def drawing_mistakes(data: bytes) -> Iterator[str]:
    """A drawing may only draw: no scripts, no handlers, nothing fetched from elsewhere."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        yield "SVGに文書型宣言は書けません。"
        return
    try:
        root = _parsed(data)
    except etree.XMLSyntaxError:
        yield "SVGとして読み取れません。"
        return
    # Once more, because the bytes may have been UTF-16.
    if root.getroottree().docinfo.doctype:
        yield "SVGに文書型宣言は書けません。"
    if root.tag != f"{_SVG}svg" or min(_extent(root)) < 1:
        yield "大きさ（viewBox）のあるSVGではありません。"
    for node in (*root.xpath("preceding-sibling::node()"), *root.iter()):
        yield from _mistakes_of(node)


def _mistakes_of(node: etree._Element) -> Iterator[str]:
    if isinstance(node, etree._ProcessingInstruction):
        yield "SVGに処理命令は書けません。"
    if not isinstance(node.tag, str):
        return
    name = etree.QName(node).localname
    if name in _FORBIDDEN or node.tag.startswith(_XHTML):
        yield f"SVGに <{name}> は書けません。"
    if name == "style" and _ADDRESS.search(_SPACE.sub("", "".join(node.itertext()))):
        yield "SVGのスタイルから外部のファイルは読み込めません。"
    for attribute, value in node.attrib.items():
        yield from _mistakes_of_attribute(etree.QName(attribute).localname.lower(), _SPACE.sub("", str(value)))


def _mistakes_of_attribute(name: str, value: str) -> Iterator[str]:
    if name.startswith("on"):
        yield f"SVGに {name} のような動作の属性は書けません。"
    elif (name in ("href", "src") and not value.startswith("#")) or _ADDRESS.search(value):
        yield "SVGから外部のものは参照できません。"


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def _extent(root: etree._Element) -> tuple[int, int]:
    """Width and height in pixels, from the view box when the drawing has one; 0 when it does not say."""
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    width, height = box[2:] if len(box) == 4 else (root.get("width", "0"), root.get("height", "0"))
    try:
        return round(float(width.removesuffix("px"))), round(float(height.removesuffix("px")))
    except (ValueError, OverflowError):
        return 0, 0
