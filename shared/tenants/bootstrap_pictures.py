"""A manifest's pictures as they are kept: drawings as they are, photographs upright, without metadata, in three sizes."""

import hashlib
from functools import lru_cache
from io import BytesIO

import msgspec
from PIL import Image, ImageOps

from shared.tenants.manifest_media import CONTENT_TYPES, svg_size

_LONGEST_SIDE = {"original": 2400, "1200": 1200, "thumb": 400}
_OPTIONS = {"JPEG": {"quality": 85, "progressive": True}, "WEBP": {"quality": 85}, "PNG": {}}


class Picture(msgspec.Struct, frozen=True):
    """`sizes` has the bytes of "original", "1200" and "thumb"; a drawing is its own thumb."""

    content_type: str
    suffix: str
    width: int
    height: int
    sizes: dict[str, bytes]

    def key(self, tenant_id: int, size: str) -> str:
        """Where these bytes lie in the file store: named by their content, so they never change."""
        digest = hashlib.sha256(self.sizes[size]).hexdigest()
        return f"{tenant_id}/manifest/{digest[:32]}.{self.suffix}"


@lru_cache(maxsize=256)
def picture_of(name: str, data: bytes) -> Picture:
    """Of bytes that have passed the checks of `manifest_media`."""
    suffix = name.rpartition(".")[2].lower()
    if suffix == "svg":
        width, height = svg_size(data)
        return Picture(CONTENT_TYPES[suffix], suffix, width, height, dict.fromkeys(_LONGEST_SIDE, data))
    with Image.open(BytesIO(data)) as opened:
        upright = ImageOps.exif_transpose(opened)
        kind = str(opened.format)
    sizes = {size: _encoded(upright, side, kind) for size, side in _LONGEST_SIDE.items()}
    with Image.open(BytesIO(sizes["original"])) as original:
        return Picture(CONTENT_TYPES[suffix], suffix, *original.size, sizes)


def _encoded(image: Image.Image, side: int, kind: str) -> bytes:
    """Pixels alone: where a photograph was taken is nobody's business."""
    copy = image.convert("RGB") if kind == "JPEG" else image.convert("RGBA")
    copy.thumbnail((side, side))
    copy.info.clear()
    target = BytesIO()
    copy.save(target, kind, **_OPTIONS[kind])
    return target.getvalue()
