"""A manifest's pictures as they are kept: drawings as they are, photographs upright, without metadata, in three sizes."""

import hashlib
from functools import lru_cache

from shared.kit import pictures
from shared.kit.drawings import read_drawing
from shared.kit.pictures import Picture


@lru_cache(maxsize=256)
def picture_of(name: str, data: bytes) -> Picture:
    """Of bytes that have passed the checks of `manifest_media`."""
    return read_drawing(data) if name.lower().endswith(".svg") else pictures.read(data)


def key_of(picture: Picture, tenant_id: int, size: str) -> str:
    """Where these bytes lie in the file store: named by their content, so they never change."""
    digest = hashlib.sha256(picture.sizes[size]).hexdigest()
    return f"{tenant_id}/manifest/{digest[:32]}.{picture.suffix}"
