"""Raster pictures: sniffed, bounded, turned upright, stripped of everything but pixels, in three sizes."""

import io
from typing import Any

import msgspec
from PIL import Image, ImageOps

from shared.kit.refusals import Refusal

MAX_BYTES = 10 * 1024 * 1024
#: A small file may unfold to gigabytes; a photograph of a good camera has 24 to 50 million points.
MAX_PIXELS = 60_000_000
# Pillow's own limit is looser and warns where ours refuses: `_upright` looks at the header before any pixel is unpacked.
Image.MAX_IMAGE_PIXELS = None
LONGEST_SIDE = {"1200": 1200, "thumb": 400}

_CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"quality": 85, "progressive": True},
    "WEBP": {"quality": 85, "method": 4},
}


class Picture(msgspec.Struct, frozen=True):
    """Ready to be kept. `sizes` has the bytes of "original", "1200" and "thumb"; all are of one content type."""

    content_type: str
    suffix: str
    width: int
    height: int
    sizes: dict[str, bytes]

    @property
    def original(self) -> bytes:
        return self.sizes["original"]


def read(data: bytes) -> Picture:
    """CPU-bound: to be called in a thread. Raises Refusal for the field `file`."""
    check_size(data)
    image = _upright(data)
    kind = image.info["kind"]
    sizes = {"original": _encoded(image, kind)}
    for name, side in LONGEST_SIDE.items():
        small = image.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        sizes[name] = _encoded(small, kind)
    return Picture(_CONTENT_TYPES[kind], _SUFFIXES[kind], image.width, image.height, sizes)


def check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        megabytes = -(-len(data) * 10 // (1024 * 1024)) / 10
        raise Refusal(
            "FILE_TOO_LARGE",
            f"画像は10MBまでです（選ばれたファイルは{megabytes:g}MB）。縮小してから、もう一度お選びください。",
            "file",
        )
    if not data:
        raise Refusal("FILE_EMPTY", "ファイルが空です。もう一度お選びください。", "file")


def _upright(data: bytes) -> Image.Image:
    """The pixels alone, as a camera held upright would have taken them."""
    try:
        opened = Image.open(io.BytesIO(data), formats=list(_CONTENT_TYPES))
    except (OSError, ValueError, SyntaxError):
        raise _not_an_image() from None
    if opened.width * opened.height > MAX_PIXELS:
        raise Refusal(
            "TOO_MANY_PIXELS",
            f"画像の縦横が大きすぎます（{opened.width}×{opened.height}）。長い辺を6000ピクセルほどに縮めてください。",
            "file",
        )
    return _pixels(opened)


def _pixels(opened: Image.Image) -> Image.Image:
    kind = str(opened.format)
    try:
        turned = ImageOps.exif_transpose(opened)
        transparent = kind != "JPEG" and turned.has_transparency_data
        image = turned.convert("RGBA" if transparent else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise _not_an_image() from None
    image.info = {"kind": kind}
    return image


def _encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    bare = image.copy()
    bare.info = {}
    bare.save(out, kind, **_OPTIONS[kind])
    return out.getvalue()


def _not_an_image() -> Refusal:
    return Refusal(
        "NOT_AN_IMAGE",
        "この形式の画像は使えません。PNG・JPEG・WebPのファイルをお選びください（拡張子だけを変えたファイルは読み取れません）。",
        "file",
    )
