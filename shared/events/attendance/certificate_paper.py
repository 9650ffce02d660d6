"""Certificates as PDF, one by one and all of an event as a zip that is written while it is sent."""

import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from shared.events import words
from shared.events.attendance.certificate_queries import CertificateView
from shared.kit.japanese import eras
from shared.kit.paper.qr import qr_code
from shared.kit.paper.typesetting import Document, typeset
from shared.tenants.queries import Profile

#: Of platforms without colours of their own.
_COLOR = "#31475e"


class Press(msgspec.Struct, frozen=True):
    """What all certificates of a platform share. `base_url` is its address."""

    profile: Profile
    base_url: str

    async def print(self, certificates: Sequence[CertificateView]) -> bytes:
        """One sheet each."""
        data = {
            "title": certificates[0].title,
            "platform": self.profile.name,
            "color": str(self.profile.theme.get("key") or _COLOR),
            "certificates": [self._sheet(each) for each in certificates],
        }
        return await typeset(Document.CERTIFICATE, data)

    async def zipped(self, certificates: Sequence[CertificateView]) -> AsyncIterator[bytes]:
        """Piece by piece: neither the sheets nor the zip are ever in memory as a whole."""
        pipe = _Pipe()
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in certificates:
                archive.writestr(f"{each.number}.pdf", await self.print([each]))
                yield pipe.taken()
        yield pipe.taken()

    def _sheet(self, one: CertificateView) -> dict[str, Any]:
        page = f"{self.base_url}/certificates"
        address = f"{page}/{one.code}"
        return {
            "number": one.number,
            "title": one.title,
            "name": one.name,
            "body": one.body,
            "event": one.event_title,
            "when": words.span(one.starts_at, one.ends_at, one.all_day),
            "date": eras.japanese_date(one.issued_on, weekday=False),
            "issuer": one.issuer,
            "again": f"再発行 {one.reissues}回目" if one.reissues else "",
            "address": page,
            "code": grouped(one.code),
            "qr": qr_code(address, f"証書を確かめるページ {address} の二次元コード"),
        }


def grouped(code: str) -> str:
    """`ACDE-FGHJ-KMNP-QRTW`: as it is printed and typed."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


class _Pipe(io.RawIOBase):
    """A file that is only written to, and emptied after each entry."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        given, self._written = bytes(self._written), bytearray()
        return given
