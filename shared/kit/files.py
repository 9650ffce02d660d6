"""The file store: a local folder by default, S3 by address. Paths carry the tenant; bytes never change once written."""

import contextlib
from pathlib import Path

import obstore
from obstore.store import LocalStore, from_url

from shared.kit.settings import Settings


class FileStore:
    """Keys look like `7/0199…/1200.webp`: tenant, object, size."""

    def __init__(self, settings: Settings) -> None:
        if settings.files_url:
            self._store = from_url(settings.files_url)
        else:
            folder: Path = settings.local / "files"
            folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(prefix=folder)

    async def put(self, key: str, data: bytes) -> None:
        await obstore.put_async(self._store, key, data)

    async def get(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        result = await obstore.get_async(self._store, key)
        return bytes(await result.bytes_async())

    async def remove(self, key: str) -> None:
        """What is gone already is no mistake."""
        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)
