"""SVG: a program in disguise, so only drawings that cannot act are taken, and they are served sandboxed besides."""

import re

from lxml import etree

from shared.content.pictures import Picture, check_size
from shared.kit.refusals import Refusal

_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_FORBIDDEN = {"script", "foreignObject", "iframe", "embed", "object", "handler", "listener", "audio", "video"}
_ADDRESS = re.compile(r"url\(\s*['\"]?\s*(?!['\"]?#)|@import|javascript:|expression\(", re.IGNORECASE)


def clean_drawing(data: bytes) -> Picture:
    """The same bytes, once they are known to be harmless. Raises Refusal for the field `file`."""
    check_size(data)
    root = _parsed(data)
    for element in root.iter():
        _check(element)
    width, height = _extent(root)
    return Picture("image/svg+xml", "svg", width, height, dict.fromkeys(("original", "1200", "thumb"), data))


def _parsed(data: bytes) -> etree._Element:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refused("DOCTYPE や ENTITY を含む")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise _refused("XML として読めない") from None
    # Once more, because the bytes may have been UTF-16.
    if root.getroottree().docinfo.doctype:
        raise _refused("DOCTYPE を含む")
    if root.tag != f"{{{_SVG}}}svg":
        raise _refused("svg 要素で始まらない")
    return root


def _check(element: etree._Element) -> None:
    if isinstance(element, etree._ProcessingInstruction):
        raise _refused("処理命令を含む")
    if isinstance(element, etree._Comment):
        return
    name = etree.QName(element)
    if name.localname in _FORBIDDEN or name.namespace == "http://www.w3.org/1999/xhtml":
        raise _refused(f"{name.localname} 要素を含む")
    if name.localname == "style" and _ADDRESS.search(element.text or ""):
        raise _refused("外部を参照するスタイルを含む")
    for attribute, value in element.attrib.items():
        _check_attribute(str(attribute), str(value))


def _check_attribute(name: str, value: str) -> None:
    local = etree.QName(name).localname.lower()
    if local.startswith("on"):
        raise _refused(f"イベント属性（{local}）を含む")
    if (name == _XLINK_HREF or local in ("href", "src")) and not value.strip().startswith("#"):
        raise _refused(f"外部への参照（{value[:40]}）を含む")
    if _ADDRESS.search(re.sub(r"[\s\0]", "", value)):
        raise _refused(f"外部への参照（{value[:40]}）を含む")


def _extent(root: etree._Element) -> tuple[int, int]:
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    sides = box[2:] if len(box) == 4 else [root.get("width") or "", root.get("height") or ""]
    try:
        width, height = (round(float(re.sub(r"px$", "", side))) for side in sides)
    except (ValueError, OverflowError):
        raise _refused("viewBox も幅と高さもない") from None
    if width < 1 or height < 1:
        raise _refused("幅か高さが0の")
    return width, height


def _refused(what: str) -> Refusal:
    return Refusal("DRAWING_REFUSED", f"{what}SVGは使えません。図形だけのファイルにしてください。", "file")
