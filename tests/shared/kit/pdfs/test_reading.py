"""What happens to a PDF on its way in."""

import io
import resource
from time import monotonic

import pytest
from PIL import Image

from shared.kit.pdfs.limits import MAX_BYTES
from shared.kit.pdfs.reading import is_pdf, read_first_page
from shared.kit.refusals import Refusal
from tests.factories import pdfs
from tests.factories.content import photograph


def test_the_first_page_becomes_a_picture_and_its_words_a_draft() -> None:
    page = read_first_page(pdfs.flyer("Otagai-sama"))
    picture = Image.open(io.BytesIO(page.image))
    assert (picture.format, page.pages, page.text.strip()) == ("JPEG", 1, "Otagai-sama")
    assert picture.size == (2120, 3000)


def test_a_scan_has_no_words() -> None:
    assert read_first_page(pdfs.flyer("")).text == ""


def test_the_bytes_decide_what_is_a_pdf() -> None:
    assert (is_pdf(pdfs.flyer()), is_pdf(b"\n\n" + pdfs.flyer())) == (True, True)
    assert (is_pdf(photograph()), is_pdf(b"<html>%PD"), is_pdf(b"")) == (False, False, False)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdfs.encrypted(), "PDF_LOCKED"),
        (b"%PDF-1.4\nnothing of a document", "PDF_BROKEN"),
        (pdfs.flyer(width=100_000, height=100_000), "PDF_PAGE_TOO_LARGE"),
        (pdfs.flyer(width=4, height=4), "PDF_PAGE_TOO_LARGE"),
        (pdfs.flyer() + b"\0" * MAX_BYTES, "FILE_TOO_LARGE"),
    ],
    ids=["encrypted", "broken", "a page of 100,000 points", "a page of nothing", "too large"],
)
def test_what_cannot_be_used_is_refused_with_words(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_first_page(data)
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_a_bomb_costs_this_process_nothing() -> None:
    data = pdfs.bomb()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, monotonic()
    try:
        page = read_first_page(data)
        assert len(page.image) < MAX_BYTES
    except Refusal as refusal:
        assert refusal.code in ("PDF_TOO_HEAVY", "PDF_BROKEN")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (grown < 100_000, monotonic() - began < 60) == (True, True)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_100_000
