"""Answers for anonymous readers, kept in the process by (tenant, content version, what was asked).

A public write raises the tenant's version in its own transaction, so an entry of an older version is never served. Entries live
60 seconds at most, because pages also depend on the day ("next events").
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Hashable

import msgspec

MAX_BYTES = 64 * 1024 * 1024
MAX_AGE_SECONDS = 60.0


class Answer(msgspec.Struct, frozen=True):
    """A whole response: status, header lines and body. `etag` is quoted already."""

    version: int
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes
    stored_at: float


class PublicCache:
    """Least recently used entries leave first. Not shared between processes; each learns new versions by NOTIFY."""

    def __init__(self) -> None:
        self._versions: dict[int, int] = {}
        self._answers: OrderedDict[tuple[int, Hashable], Answer] = OrderedDict()
        self._bytes = 0
        self._trusted = False

    def version(self, tenant_id: int) -> int | None:
        """None when unknown: ask the database."""
        return self._versions.get(tenant_id) if self._trusted else None

    def learn(self, tenant_id: int, version: int) -> None:
        self._versions[tenant_id] = max(version, self._versions.get(tenant_id, 0))

    def trust(self) -> None:
        self._versions.clear()
        self._trusted = True

    def distrust(self) -> None:
        self._trusted = False

    def get(self, tenant_id: int, key: Hashable) -> Answer | None:
        answer = self._answers.get((tenant_id, key))
        if answer is None or answer.version != self.version(tenant_id):
            return None
        if time.monotonic() - answer.stored_at > MAX_AGE_SECONDS:
            return None
        self._answers.move_to_end((tenant_id, key))
        return answer

    def put(
        self, tenant_id: int, key: Hashable, version: int, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> Answer:
        """`version` must have been read before the data were."""
        etag = f'"{version}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'.encode()
        answer = Answer(version, status, headers, body, etag, time.monotonic())
        self._drop(self._answers.pop((tenant_id, key), None))
        self._answers[(tenant_id, key)] = answer
        self._bytes += len(body)
        while self._bytes > MAX_BYTES:
            self._drop(self._answers.popitem(last=False)[1])
        return answer

    def _drop(self, answer: Answer | None) -> None:
        if answer is not None:
            self._bytes -= len(answer.body)
