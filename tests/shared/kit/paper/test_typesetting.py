"""Sheets: tagged, in fonts that have the names, and deaf to what looks like commands."""

import asyncio
import json
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.kit.paper import coverage
from shared.kit.paper.coverage import FontsMissing, printable
from shared.kit.paper.qr import qr_code
from shared.kit.paper.typesetting import BOLD, REGULAR, Document, PrintingFailed, _press, _printable, typeset_now
from shared.kit.settings import ROOT
from tests.shared.kit.paper.pdf import pages, sizes


def values(*names: str, landscape: bool = True) -> dict[str, Any]:
    return {
        "title": "名簿",
        "platform": "試験プラットフォーム",
        "note": "令和6年4月26日現在",
        "foot": "名簿",
        "landscape": landscape,
        "columns": [{"label": "団体名", "width": 1}],
        "rows": [[name] for name in names],
        "empty": "該当する団体はありません。",
    }


def name_list(*names: str, landscape: bool = True) -> bytes:
    return typeset_now(Document.NAME_LIST, values(*names, landscape=landscape))


@pytest.mark.parametrize(
    "typed",
    [
        "#panic[x]",
        "#import",
        "[団体]",
        "#read(sheet.typ)",
        "*太字*_斜_`符`",
        "$x$",
        "</a>",
        "\\u{41}",
        '"引用"',
        "{{x}}",
        "//注",
        "@ref<label>",
        "=見出し",
        "-箇条",
    ],
)
def test_what_looks_like_typst_is_printed_as_typed(typed: str) -> None:
    assert typed in pages(name_list(typed))[0]


def test_names_that_few_fonts_hold_are_printed() -> None:
    text = pages(name_list("𠮷野", "髙橋", "﨑山", "㈱①Ⅳ", "邉邊𣘺濵", "鷗"))[0]
    for name in ("𠮷野", "髙橋", "﨑山", "㈱①Ⅳ", "邉邊𣘺濵", "鷗"):
        assert name in text


def test_what_no_font_holds_becomes_geta_and_what_cannot_be_seen_goes() -> None:
    assert printable("団体😀\ue000\u200b\u202e\x00\t終\n", REGULAR) == "団体〓〓 終\n"


@given(st.text(max_size=40))
@example("か\u3099が ㇷ゚")
@example("葛\U000e0100城\ufe0f👨\u200d👩\u200d👧")
@settings(max_examples=60, deadline=None)
def test_every_text_can_be_printed(text: str) -> None:
    assert _press(Document.NAME_LIST).print(json.dumps(_printable(values(text)))).startswith(b"%PDF-")


def test_a_process_that_fails_says_so() -> None:
    with pytest.raises(PrintingFailed):
        typeset_now(Document.LABELS, {})


def test_sheets_are_tagged_for_screen_readers_and_say_their_language_and_title() -> None:
    pdf = name_list("つなぐ会")
    for wanted in (b"pdfuaid:part>1<", b"/MarkInfo", b"/Marked true", b"/StructTreeRoot", b"/Lang"):
        assert wanted in pdf
    assert "名簿　試験プラットフォーム".encode() in pdf


def test_the_same_words_are_the_same_bytes() -> None:
    first = name_list("つなぐ会")
    time.sleep(1.1)
    assert name_list("つなぐ会") == first


def test_lists_are_a4_and_carry_their_head_over() -> None:
    pdf = name_list(*[f"団体{number}号" for number in range(1, 98)])
    assert set(sizes(pdf)) == {(297, 210)}
    assert all("団体名" in page for page in pages(pdf))
    assert "97団体97号" in pages(pdf)[-1]
    assert sizes(name_list("a", landscape=False)) == [(210, 297)]


def test_an_empty_list_says_so() -> None:
    assert "該当する団体はありません。" in pages(name_list())[0]


async def test_many_at_once_do_not_mix() -> None:
    names = [f"第{number}の会" for number in range(8)]
    printed = await asyncio.gather(*(asyncio.to_thread(name_list, name) for name in names))
    assert [name in pages(pdf)[0] for name, pdf in zip(names, printed, strict=True)] == [True] * 8


def test_fonts_that_are_not_installed_are_named() -> None:
    with pytest.raises(FontsMissing, match="npm ci"):
        printable("a", (ROOT / "node_modules" / "no-such-font.ttf",))


def test_a_qr_code_says_what_it_is() -> None:
    code = qr_code("R8-0001-7K", "受付番号R8-0001-7KのQRコード")
    assert (code["svg"].startswith("<svg"), code["alt"]) == (True, "受付番号R8-0001-7KのQRコード")


def test_both_weights_hold_the_same_characters() -> None:
    assert coverage._held(REGULAR) == coverage._held(BOLD)
