"""A wrong manifest is refused with file, line and reason, and all mistakes of a run are told together."""

import shutil
from pathlib import Path

import pytest

from shared.tenants.bootstrap import read_all
from shared.tenants.manifest_reading import ManifestRefused
from tests.shared.tenants.roots import CHARTER, EVENT, Root


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def problems(root: Root) -> list[tuple[str, int, str]]:
    with pytest.raises(ManifestRefused) as refused:
        read_all(root.path)
    inside = f"tenants/{root.slug}/"
    return [(problem.file.removeprefix(inside), problem.line, problem.reason) for problem in refused.value.problems]


def test_a_right_manifest_passes(root: Root) -> None:
    folders, _ = read_all(root.path)
    assert [folder.slug for folder in folders] == ["national", root.slug]


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        (
            'slogan = "ひとりにしない"',
            'slogun = "ひとりにしない"',
            0,
            "「slogun」という項目はありません。「slogan」のことではありませんか。",
        ),
        (
            'title = "つながり"',
            'titel = "つながり"',
            -2,
            "必要な項目「title」がありません。",
        ),
        ('level = "MUNICIPALITY"', 'level = "VILLAGE"', 0, "「level」に「VILLAGE」という値は使えません。"),
        (
            "joined_on = 2026-04-02",
            'joined_on = "2026-04-02x"',
            0,
            "「joined_on」は引用符を付けず、日付（例: 2023-02-20）で書いてください。",
        ),
        (
            "joined_on = 2026-04-02",
            "joined_on = 2026-02-30",
            0,
            "TOMLとして読み取れません（実在しない日付か時刻です）。",
        ),
        ('parent = "national"', 'parent = "atlantis"', 0, "parent の「atlantis」というプラットフォームはありません。"),
        (
            'key = "#1a3a6c"',
            'key = "#7fa8d9"',
            0,
            "白とのコントラスト比が 2.46 です。4.5 以上になる濃い色にしてください。",
        ),
        ('key = "#1a3a6c"', 'key = "navy"', 0, "色は #1a3a6c のように、# と6桁の16進数で書いてください。"),
        (
            'phone = "088ー621ー2179"',
            'phone = "088-621"',
            0,
            "電話番号が正しくありません。市外局番から入力してください。例：088-621-2179",
        ),
        ('national = "childcare"', 'national = "childcares"', 0, "全国の分野に「childcares」はありません。"),
        ('national = "npo"', 'national = "npos"', 0, "全国の区分に「npos」はありません。"),
        ('category = "npo"', 'category = "nopo"', 0, "区分「nopo」が [[categories]] にありません。"),
        ('fields = ["childcare"]', 'fields = ["youth"]', 0, "分野「youth」が [[fields]] にありません。"),
        ('municipality = "362042"', 'municipality = "362043"', 0, "市区町村コード「362043」はありません。"),
        (
            "joined_on = 2026-04-02",
            "joined_on = 2026-04-02\nleft_on = 2026-04-01",
            1,
            "left_on は joined_on 以後の日付にしてください。",
        ),
        (
            'alt = "机を囲む人たちの図"',
            "",
            -1,
            "photo.svg に alt（説明）がありません。飾りなら decorative = true と書いてください。",
        ),
        (
            'alt = "机を囲む人たちの図"',
            'alt = "机を囲む人たちの図"\n\n[[media]]\nfile = "photo.svg"\nalt = "机を囲む人たちの図"',
            4,
            "alt「机を囲む人たちの図」が別の画像と同じです。写っているものの違いが分かるように書いてください。",
        ),
        ('image = "photo.svg"', 'image = "foto.svg"', 0, "「foto.svg」が [[media]] にありません。"),
        ('event = "opening"', 'event = "closing"', 0, "events/closing.toml がありません。"),
    ],
)
def test_mistakes_in_tenant_toml(root: Root, old: str, new: str, at: int, reason: str) -> None:
    line = root.replace("tenant.toml", old, new) + at
    assert ("tenant.toml", line, reason) in problems(root)


def test_a_wrong_check_digit_is_refused_at_its_line(root: Root) -> None:
    line = root.replace("tenant.toml", f'code = "{root.code}"', 'code = "360006"')
    reason = "全国地方公共団体コードの数字が正しくありません。もう一度お確かめください。"
    assert problems(root) == [("tenant.toml", line, reason)]


def test_a_code_must_be_of_the_tenants_level(root: Root) -> None:
    line = root.replace("tenant.toml", f'code = "{root.code}"', 'code = "390003"')
    assert problems(root) == [("tenant.toml", line, "390003 は高知県のコードで、level の MUNICIPALITY と合いません。")]


def test_a_slug_is_the_folders_name_and_used_once(root: Root) -> None:
    line = root.replace("tenant.toml", f'slug = "{root.slug}"', 'slug = "national"')
    found = problems(root)
    assert ("tenant.toml", line, "slug はフォルダーの名前と同じにしてください。") in found
    assert ("tenant.toml", line, "「slug」の national は、ほかのプラットフォームでも使われています。") in found


def test_slugs_inside_a_file_are_used_once(root: Root) -> None:
    root.replace("tenant.toml", "[[fields]]\n", '[[fields]]\nslug = "childcare"\nname = "育児"\n\n[[fields]]\n')
    assert [reason for _, _, reason in problems(root)] == ["「childcare」が二度書かれています。"]


def test_a_childs_line_is_found_below_its_parent(root: Root) -> None:
    more = (
        '\n[[categories.children]]\nslug = "club"\nname = "会"\n\n[[categories.children]]\nslug = "club"\nname = "団"\n'
    )
    line = root.replace("tenant.toml", 'national = "npo"\n', 'national = "npo"\n' + more)
    reason = "区分の slug「club」が重なっています。"
    assert problems(root) == [("tenant.toml", line + 3, reason), ("tenant.toml", line + 7, reason)]


def test_lines_are_right_after_long_texts(root: Root) -> None:
    root.replace("tenant.toml", 'body = "よろしくお願いします。"', 'body = """\n[[pillars]]\ntitle = "これは本文"\n"""')
    line = root.replace("tenant.toml", 'kana = "オトナリノカイ"', 'kana = "お隣の会"')
    reason = "フリガナはカタカナで入力してください（「隣」は使えません）。"
    assert problems(root) == [("tenant.toml", line, reason)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('file = "photo.svg"', 'file = "picture.svg"', "「picture.svg」が tenant.toml の [[media]] にありません。"),
        (
            "held_on = 2026-04-01",
            "held_on = 2026-04-01\nheld_until = 2026-03-31",
            "held_until が held_on より前の日付です。",
        ),
        (
            "held_on = 2026-04-01",
            "held_on = 2026-04-01\nends = 10:00:00",
            "ends を書くときは starts も書いてください。",
        ),
        ('role = "講師"', 'rolle = "講師"', "「rolle」という項目はありません。「role」のことではありませんか。"),
        ('kind = "CEREMONY"', 'kind = "PARTY"', "「kind」に「PARTY」という値は使えません。"),
    ],
)
def test_mistakes_in_an_event(root: Root, old: str, new: str, reason: str) -> None:
    line = root.replace("events/opening.toml", old, new) + new.count("\n")
    assert problems(root) == [("events/opening.toml", line, reason)]


@pytest.mark.parametrize(
    ("svg", "reason"),
    [
        ("<script>1</script>", "SVGに <script> は書けません。"),
        ("<foreignObject/>", "SVGに <foreignObject> は書けません。"),
        ('<rect onclick="x()"/>', "SVGに onclick のような動作の属性は書けません。"),
        ('<use href="https://example.org/a.svg#b"/>', "SVGから外部のものは参照できません。"),
        ('<rect style="fill:url(https://example.org/a)"/>', "SVGから外部のものは参照できません。"),
    ],
)
def test_a_drawing_may_only_draw(root: Root, svg: str, reason: str) -> None:
    root.write("media/photo.svg", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{svg}</svg>')
    assert [found for _, _, found in problems(root)] == [f"media/photo.svg: {reason}"]


def test_a_picture_that_lies_about_its_kind_is_refused(root: Root) -> None:
    root.write("media/photo.png", "これは画像ではありません")
    root.replace("tenant.toml", 'file = "photo.svg"', 'file = "photo.png"')
    assert "media/photo.png を画像として開けません。" in [reason for _, _, reason in problems(root)]


def test_a_picture_that_is_not_declared_is_refused(root: Root) -> None:
    root.write("media/other.svg", "<svg/>")
    reason = "media/other.svg が [[media]] に書かれていません。alt（説明）を付けて書き足してください。"
    assert [found for _, _, found in problems(root)] == [reason]


def test_a_charter_needs_its_secrecy_article_and_its_head(root: Root) -> None:
    root.write("charter.md", CHARTER.replace("守秘義務", "雑則"))
    assert problems(root) == [("charter.md", 2, "設置要綱に守秘義務の条がありません。")]
    root.write("charter.md", "# 要綱\n")
    assert problems(root) == [("charter.md", 1, "先頭に +++ の行ではさんだ見出し（title など）が必要です。")]


def test_files_in_unknown_places_are_named(root: Root) -> None:
    root.write("event/opening.toml", EVENT)
    reason = "この場所のファイルは読み込まれません。名前と置き場所を確かめてください。"
    assert problems(root) == [("event/opening.toml", 1, reason)]


def test_mistakes_of_spelling_do_not_hide_others_and_cause_none(root: Root) -> None:
    """The event cannot be read: the news that names it is right all the same, and the colour is still looked at."""
    event = root.replace("events/opening.toml", 'title = "講演"', 'titel = "講演"')
    colour = root.replace("tenant.toml", 'key = "#1a3a6c"', 'key = "#7fa8d9"')
    assert [(file, line) for file, line, _ in problems(root)] == [
        ("events/opening.toml", event - 1),
        ("events/opening.toml", event),
        ("tenant.toml", colour),
    ]


def test_a_child_of_an_unreadable_platform_is_not_blamed(root: Root) -> None:
    child = root.path / "child"
    shutil.copytree(root.path / root.slug, child)
    text = (child / "tenant.toml").read_text(encoding="utf-8")
    text = text.replace(f'slug = "{root.slug}"', 'slug = "child"').replace(root.code, "452017")
    (child / "tenant.toml").write_text(text.replace('parent = "national"', f'parent = "{root.slug}"'), encoding="utf-8")
    line = root.replace("tenant.toml", 'level = "MUNICIPALITY"', 'level = "VILLAGE"')
    assert problems(root) == [("tenant.toml", line, "「level」に「VILLAGE」という値は使えません。")]


def test_all_mistakes_of_all_files_are_told_together(root: Root) -> None:
    first = root.replace("tenant.toml", 'slogan = "ひとりにしない"', 'slogun = "ひとりにしない"')
    second = root.replace("tenant.toml", 'purpose = "入会"', "purpose = 3")
    third = root.replace("events/opening.toml", 'title = "講演"', 'titel = "講演"')
    assert [(file, line) for file, line, _ in problems(root)] == [
        ("events/opening.toml", third - 1),
        ("events/opening.toml", third),
        ("tenant.toml", first),
        ("tenant.toml", second),
    ]
