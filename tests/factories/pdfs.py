"""PDFs as they come from people: a flyer, a scan, and those that mean harm."""

import io
import zlib

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

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


#: What nobody should learn from a flyer: whose camera, whose computer, which place.
TELLTALES = (b"Camera of Hanako", b"Editor of Hanako", b"Comment of Hanako", b"Exif", b"xmpmeta", b"Hanako")


def camera_jpeg(size: tuple[int, int] = (300, 400)) -> bytes:
    """A photograph with its place, its camera's model, a comment, and a second photo behind it as some telephones write."""
    exif = Image.Exif()
    exif[Base.Model] = "Camera of Hanako"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (34.0, 3.0, 56.0)
    xmp = b"<x:xmpmeta>Editor of Hanako</x:xmpmeta>"
    photo = Image.radial_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif, comment=b"Comment of Hanako", xmp=xmp, progressive=True)
    photo.resize((60, 80)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def photo_flyer(jpeg: bytes, *, filters: bytes = b"/DCTDecode", words: bytes = b"Seminar") -> bytes:
    """A page of A4 with a photograph and a line, and a record of who made it; every object plain."""
    return _plain(_photo_objects(jpeg, filters, words))


def photo_flyer_in_object_streams(jpeg: bytes) -> bytes:
    """The same as programs of today write it: all but the streams packed together, found by a packed table."""
    objects = _photo_objects(jpeg, b"/DCTDecode", b"Seminar")
    loose = {number: body for number, body in objects.items() if b"stream\n" not in body}
    pack, table = len(objects) + 1, len(objects) + 2
    places, packed = b"", b""
    for number, body in loose.items():
        places += b"%d %d " % (number, len(packed))
        packed += body + b" "
    content = zlib.compress(places + packed)
    head = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    objects[pack] = head % (len(loose), len(places), len(content), content)
    out, rows = b"%PDF-1.7\n", [bytes(7)] * (table + 1)
    for number, body in objects.items():
        if number in loose:
            rows[number] = b"\2%s%s" % (pack.to_bytes(4), list(loose).index(number).to_bytes(2))
            continue
        rows[number] = b"\1%s\0\0" % len(out).to_bytes(4)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows[table] = b"\1%s\0\0" % len(out).to_bytes(4)
    found = zlib.compress(b"".join(rows))
    head = b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 2] /Root 1 0 R /Info 7 0 R /Filter /FlateDecode /Length %d >>"
    about = head % (table, table + 1, len(found))
    return out + about + b"\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (found, len(out))


def inline_photo_flyer(jpeg: bytes) -> bytes:
    """The photograph stands in the midst of the page's own words."""
    picture = b"q 300 0 0 400 60 60 cm BI /W 300 /H 400 /CS /RGB /BPC 8 /F /DCT ID " + jpeg + b"\nEI Q"
    packed = zlib.compress(picture)
    page = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    return document(_page(595, 842), page)


def _photo_objects(jpeg: bytes, filters: bytes, words: bytes) -> dict[int, bytes]:
    xmp = b"<x:xmpmeta><creator>Editor of Hanako</creator></x:xmpmeta>"
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 300 /Height 400 /ColorSpace /DeviceRGB /BitsPerComponent 8"
        b" /Filter %s /Length %d >>\nstream\n%s\nendstream" % (filters, len(jpeg), jpeg)
    )
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 8 0 R /Lang (ja) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _page(595, 842, b"/XObject << /I 6 0 R >>"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        stream(b"q 300 0 0 400 60 60 cm /I Do Q BT /F1 24 Tf 60 700 Td (%s) Tj ET" % words),
        picture,
        b"<< /Title (Winter \\(2\\) school) /Author (Hanako) /Producer (Editor of Hanako) >>",
        b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(xmp), xmp),
    )
    return dict(enumerate(bodies, 1))


def _plain(objects: dict[int, bytes]) -> bytes:
    out, places = _HEAD, []
    for number, body in objects.items():
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )


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
