"""A PDF that is given away: the same pages, and nothing of cameras and people beside them."""

import base64
import io
import zlib

import pypdfium2
import pytest
import typst
from PIL import Image

from shared.kit.pdfs.pictures import Odd, clean_jpeg, clean_jpeg2000
from shared.kit.pdfs.reading import read_first_page
from shared.kit.refusals import Refusal
from tests.factories import pdfs

PHOTO = pdfs.camera_jpeg()


def _pages(data: bytes) -> list[tuple[bytes, str]]:
    """What is seen and what is read of each page."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [
            (page.render(scale=1).to_pil().tobytes(), page.get_textpage().get_text_range()) for page in list(document)
        ]
    finally:
        document.close()


def _told(data: bytes) -> list[bytes]:
    return [each for each in pdfs.TELLTALES if each in data]


@pytest.mark.parametrize(
    "data",
    [
        pdfs.photo_flyer(PHOTO),
        pdfs.photo_flyer_in_object_streams(PHOTO),
        pdfs.photo_flyer(zlib.compress(PHOTO), filters=b"[/FlateDecode /DCTDecode]"),
        pdfs.photo_flyer(base64.a85encode(PHOTO) + b"~>", filters=b"[/ASCII85Decode /DCTDecode]"),
    ],
    ids=["plain", "in object streams", "packed", "as letters"],
)
def test_a_camera_and_an_author_are_gone_and_the_page_is_as_it_was(data: bytes) -> None:
    kept = read_first_page(data).document
    assert (_told(kept), _pages(kept)) == ([], _pages(data))
    document = pypdfium2.PdfDocument(kept)
    assert document.get_metadata_dict(skip_empty=True) == {"Title": "Winter (2) school"}
    document.close()


def test_tags_links_and_language_of_an_accessible_flyer_stay() -> None:
    words = b'#set document(title: "Tsudoi", author: "Hanako")\n#set text(lang: "ja")\n= Tsudoi\n#link("https://p.example")[p]'
    data = typst.compile(words, pdf_standards="ua-1")
    kept = read_first_page(data).document
    assert (b"Hanako" in data, _told(kept), _pages(kept)) == (True, [], _pages(data))
    assert [mark in kept for mark in (b"/StructTreeRoot", b"/Lang (ja)", b"(https://p.example)", b"/Title")] == [
        True
    ] * 4


def test_a_picture_keeps_its_light_and_its_colours_only() -> None:
    profile = b"ICC " * 40
    out = io.BytesIO()
    Image.radial_gradient("L").convert("CMYK").save(out, "JPEG", icc_profile=profile, comment=b"Hanako")
    for data in (PHOTO, out.getvalue()):
        before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(clean_jpeg(data)))
        assert (after.tobytes(), after.info.get("icc_profile")) == (before.tobytes(), before.info.get("icc_profile"))
        assert (_told(clean_jpeg(data)), dict(after.getexif())) == ([], {})


def test_a_jpeg_2000_loses_its_records() -> None:
    out = io.BytesIO()
    Image.radial_gradient("L").save(out, "JPEG2000")
    data = out.getvalue()
    record = b"xml <x:xmpmeta>Hanako</x:xmpmeta>"
    place = data.index(b"jp2c") - 4
    written = data[:place] + (len(record) + 4).to_bytes(4) + record + data[place:]
    assert clean_jpeg2000(written) == data


@pytest.mark.parametrize("data", [b"", b"GIF89a", PHOTO[:2] + b"\0" + PHOTO[2:], PHOTO[:30]])
def test_no_picture_is_guessed(data: bytes) -> None:
    with pytest.raises(Odd):
        clean_jpeg(data)


@pytest.mark.parametrize(
    "data",
    [pdfs.inline_photo_flyer(PHOTO), pdfs.photo_flyer(b"\0" + PHOTO)],
    ids=["in the midst of the page's words", "a picture behind something else"],
)
def test_what_cannot_be_cleaned_is_not_taken(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_first_page(data)
    assert (refused.value.code, refused.value.field) == ("PDF_NOT_CLEANED", "file")
