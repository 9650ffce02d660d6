"""PDFs as they come from people: a flyer, a scan, and those that mean harm."""

import zlib

_HEAD = b"%PDF-1.4\n"


def flyer(text: str = "Tsunagari Seminar 2024-01-12", *, width: int = 595, height: int = 842) -> bytes:
    """One page of A4 with a line of text."""
    words = f"BT /F1 24 Tf 60 {height - 100} Td ({text}) Tj ET" if text else "0.2 0.5 0.4 rg 50 50 300 300 re f"
    return document(_page(width, height), stream(words.encode()))


def encrypted() -> bytes:
    """Locked with a password that nobody knows: the check of the empty one fails."""
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    return document(_page(595, 842), stream(b"BT ET"), lock=lock)


def bomb() -> bytes:
    """A small file with a picture of 30,000 by 30,000 points in it, and a page that wants it."""
    side = 30_000
    packed = zlib.compress(b"\0" * (side * side // 8), 9)
    head = f"<< /Type /XObject /Subtype /Image /Width {side} /Height {side} /ColorSpace /DeviceRGB /BitsPerComponent 8"
    picture = f"{head} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream"
    return document(_page(595, 842, b"/XObject << /I 6 0 R >>"), stream(b"595 0 0 842 0 0 cm /I Do"), picture)


def stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def document(page: bytes, *streams: bytes, lock: bytes = b"") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *streams,
        *([lock] if lock else []),
    ]
    out, places = _HEAD, []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    more = b" /Encrypt %d 0 R /ID [<31> <31>]" % len(objects) if lock else b""
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, more, len(out))
    )


def _page(width: int, height: int, resources: bytes = b"") -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> %s >> >>"
        % (width, height, resources)
    )
