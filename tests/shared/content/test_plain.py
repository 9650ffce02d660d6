from shared.content.plain import excerpt, plain_text


def test_the_marks_of_markdown_are_taken_off() -> None:
    source = "# 題\n\n本文と[申込](https://example.jp)と**強調**。\n\n- 一つ\n- 二つ\n\n![写真の説明](x.png)\n\n| 年 | 人 |\n|---|---|\n| 5 | 30 |"
    assert plain_text(source) == "題\n本文と申込と強調。\n一つ\n二つ\n写真の説明\n年\n人\n5\n30"


def test_raw_html_is_text_like_any_other() -> None:
    assert plain_text("<b>太字</b>") == "<b>太字</b>"


def test_an_excerpt_tells_and_does_not_list() -> None:
    assert excerpt("## 見出し\n\n本文。\n\n| 年 | 人 |\n|---|---|\n| 5 | 30 |\n\n続き。") == "本文。 続き。"


def test_an_excerpt_is_one_line_and_says_that_it_was_cut() -> None:
    assert excerpt("一行目\n\n二行目", 20) == "一行目 二行目"
    assert excerpt("あ" * 50, 10) == "あ" * 9 + "…"
