"""What happens to a picture on its way in."""

import io

import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base

from shared.kit import pictures
from shared.kit.drawings import read_drawing
from shared.kit.refusals import Refusal
from tests.factories.content import photograph


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def with_gps() -> Image.Exif:
    """Taken in front of somebody's home, the camera turned by a quarter."""
    exif = Image.Exif()
    exif[Base.Make] = "Camera of Hanako"
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (34.0, 3.0, 56.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    return exif


def test_a_photograph_comes_out_in_three_sizes() -> None:
    picture = pictures.read(photograph(size=(1600, 900)))
    assert (picture.content_type, picture.width, picture.height) == ("image/jpeg", 1600, 900)
    assert {name: opened(data).size for name, data in picture.sizes.items()} == {
        "original": (1600, 900),
        "1200": (1200, 675),
        "thumb": (400, 225),
    }


def test_where_and_with_what_a_picture_was_taken_does_not_come_out() -> None:
    data = photograph(size=(300, 200), exif=with_gps())
    assert opened(data).getexif().get_ifd(IFD.GPSInfo) != {}
    for kept in pictures.read(data).sizes.values():
        assert dict(opened(kept).getexif()) == {}
        assert b"Hanako" not in kept


def test_a_picture_taken_with_the_camera_turned_stands_upright() -> None:
    picture = pictures.read(photograph(size=(300, 200), exif=with_gps()))
    assert (picture.width, picture.height, opened(picture.original).size) == (200, 300, (200, 300))


def test_colours_stay_what_they_were() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    Image.new("RGB", (900, 900), "#2f855a").save(out, "JPEG", icc_profile=profile)
    for kept in pictures.read(out.getvalue()).sizes.values():
        assert opened(kept).info["icc_profile"] == profile


def test_a_print_in_four_colours_becomes_one_for_screens() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (30, 20)).save(out, "JPEG")
    assert opened(pictures.read(out.getvalue()).original).mode == "RGB"


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(pictures.read(photograph(size=(120, 80))).sizes["1200"]).size == (120, 80)


@pytest.mark.parametrize(
    ("kind", "content_type"), [("PNG", "image/png"), ("WEBP", "image/webp"), ("JPEG", "image/jpeg")]
)
def test_the_bytes_say_what_a_picture_is(kind: str, content_type: str) -> None:
    assert pictures.read(photograph(kind)).content_type == content_type


def test_transparency_is_kept() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(pictures.read(out.getvalue()).original).mode == "RGBA"


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
        photograph()[:300],
        photograph("GIF"),
        photograph("TIFF"),
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
    ids=["html", "pdf", "broken-png", "half-a-jpeg", "gif", "tiff", "svg"],
)
def test_whatever_only_calls_itself_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        pictures.read(data)
    assert (refused.value.code, refused.value.field) == ("NOT_AN_IMAGE", "file")


def test_thirty_megabytes_are_refused_with_their_size() -> None:
    with pytest.raises(Refusal) as refused:
        pictures.read(b"\xff\xd8\xff" + bytes(30 * 1024 * 1024 - 3))
    assert refused.value.message == (
        "画像やPDFは10MBまでです（選ばれたファイルは30MB）。縮小してから、もう一度お選びください。"
    )


def test_a_small_file_that_would_unfold_to_gigabytes_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert len(out.getvalue()) < 1024 * 1024
    with pytest.raises(Refusal) as refused:
        pictures.read(out.getvalue())
    assert refused.value.code == "TOO_MANY_PIXELS"


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        pictures.read(b"")
    assert refused.value.code == "FILE_EMPTY"


def svg(inside: str, attributes: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 120 80" {attributes}>{inside}</svg>'
    ).encode()


def test_a_drawing_of_shapes_is_taken_as_it_is() -> None:
    data = svg(
        '<defs><path id="p" d="M0 0h9"/></defs><use href="#p"/><rect fill="url(#p)"/><style>rect{fill:red}</style>'
    )
    picture = read_drawing(data)
    assert (picture.content_type, picture.width, picture.height) == ("image/svg+xml", 120, 80)
    assert set(picture.sizes.values()) == {data}


@pytest.mark.parametrize(
    "data",
    [
        svg("<script>alert(1)</script>"),
        svg('<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>'),
        svg('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
        svg("", 'onload="alert(1)"'),
        svg('<a href="javascript:alert(1)"><rect/></a>'),
        svg('<a href="java&#9;script:alert(1)"><rect/></a>'),
        svg('<image href="https://tracker.example/pixel.png"/>'),
        svg('<image xlink:href="data:image/png;base64,AAAA"/>'),
        svg('<use href="//other.example/a.svg#b"/>'),
        svg('<rect style="fill:url(https://other.example/a)"/>'),
        svg("<style>@import 'https://other.example/a.css';</style>"),
        svg("<style>rect{fill:url(&quot;https://other.example/a&quot;)}</style>"),
        svg('<set attributeName="href" to="javascript:alert(1)"/>'),
        svg('<?xml-stylesheet href="https://other.example/a.xsl"?>'),
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("<text>&a;</text>"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE svg [<!ENTITY a "a">]>' + svg("").decode()).encode("utf-16"),
        b"<html/>",
        b"not xml",
        svg("").replace(b'viewBox="0 0 120 80"', b""),
        svg("").replace(b"120 80", b"0 0"),
    ],
)
def test_a_drawing_that_could_act_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_drawing(data)
    assert (refused.value.code, refused.value.field) == ("DRAWING_REFUSED", "file")


def test_an_instruction_before_the_drawing_is_refused_too() -> None:
    with pytest.raises(Refusal, match="処理命令"):
        read_drawing(b'<?xml-stylesheet href="https://other.example/a.xsl"?>' + svg(""))


def test_more_of_a_photograph_than_fills_a_large_screen_is_not_kept() -> None:
    picture = pictures.read(photograph(size=(6000, 4000)))
    assert (picture.width, picture.height, opened(picture.original).size) == (3000, 2000, (3000, 2000))
