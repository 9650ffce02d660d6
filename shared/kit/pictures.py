"""Raster pictures: sniffed, bounded, turned upright, stripped of everything but pixels, in three sizes."""

import io
import threading
from typing import Any

import msgspec
from PIL import Image, ImageOps

from shared.kit.refusals import Refusal

MAX_BYTES = 10 * 1024 * 1024
#: A small file may unfold to gigabytes; a photograph of a good telephone has 12 to 50 million points.
MAX_PIXELS = 50_000_000
#: The largest picture takes 200 MB while it is worked on; two at once would be felt.
_ONE_AT_A_TIME = threading.Lock()
# Pillow's own limit is looser and warns where ours refuses: `_upright` looks at the header before any pixel is unpacked.
Image.MAX_IMAGE_PIXELS = None
#: The name is the contract's; nobody needs more of a photograph than fills a large screen, or of a flyer than can be read.
LONGEST_SIDE = {"original": 3000, "1200": 1200, "thumb": 400}

_CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"quality": 85},
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
    with _ONE_AT_A_TIME:
        kind, image = _upright(data)
        original = _within(image, LONGEST_SIDE["original"])
        sizes = {name: _encoded(_within(original, side), kind) for name, side in LONGEST_SIDE.items()}
        return Picture(_CONTENT_TYPES[kind], _SUFFIXES[kind], original.width, original.height, sizes)


def check_size(data: bytes) -> None:
    check_length(len(data))


def check_length(size: int) -> None:
    """Of a file that need not be read for it."""
    if size > MAX_BYTES:
        megabytes = -(-size * 10 // (1024 * 1024)) / 10
        raise Refusal(
            "FILE_TOO_LARGE",
            f"画像やPDFは10MBまでです（選ばれたファイルは{megabytes:g}MB）。縮小してから、もう一度お選びください。",
            "file",
        )
    if not size:
        raise Refusal("FILE_EMPTY", "ファイルが空です。もう一度お選びください。", "file")


def _upright(data: bytes) -> tuple[str, Image.Image]:
    """Its kind, and the pixels alone, as a camera held upright would have taken them."""
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
    # A JPEG can be unpacked at a half or a quarter of its size.
    opened.draft(None, (LONGEST_SIDE["original"], LONGEST_SIDE["original"]))
    return str(opened.format), _pixels(opened)


def _pixels(image: Image.Image) -> Image.Image:
    transparent = image.format != "JPEG" and image.has_transparency_data
    mode = "RGBA" if transparent else "RGB"
    unconverted = image.mode
    try:
        ImageOps.exif_transpose(image, in_place=True)
        # Only where needed: each of these is a copy of all pixels.
        if image.mode != mode:
            image = image.convert(mode)
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise _not_an_image() from None
    # EXIF, GPS and comments go. The colour profile stays, as long as the colours are still those that it describes.
    profile = image.info.get("icc_profile") if image.mode == unconverted else None
    image.info = {"icc_profile": profile} if profile else {}
    return image


def _within(image: Image.Image, side: int) -> Image.Image:
    """Never larger than it was."""
    scale = min(1.0, side / max(image.size))
    if scale == 1.0:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, icc_profile=image.info.get("icc_profile"), **_OPTIONS[kind])
    return out.getvalue()


def _not_an_image() -> Refusal:
    return Refusal(
        "NOT_AN_IMAGE",
        "この形式の画像は使えません。PNG・JPEG・WebPのファイルをお選びください（拡張子だけを変えたファイルは読み取れません）。",
        "file",
    )
