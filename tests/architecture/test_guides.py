"""What the guides say is there is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "infra/manuals/secretariat.md").read_text(encoding="utf-8")
PAGES = "".join(
    path.read_text(encoding="utf-8")
    for folder in ("services/web", "shared")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".html", ".py")
)


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found.group(1)


@pytest.mark.parametrize(
    "title", ["入会の申請を受ける", "行事を申込から修了証まで進める", "後援名義の申請を受ける", "通知の受け取り方"]
)
def test_what_the_secretariat_is_told_to_press_stands_on_a_page(title: str) -> None:
    labels = re.findall("「(.+?)」", section(title))
    assert labels
    assert [label for label in labels if label not in PAGES] == []


def test_an_event_is_led_through_all_its_pages() -> None:
    nav = (ROOT / "services/web/templates/staff/events/day.html").read_text(encoding="utf-8")
    named = re.findall(r'\("[\w-]+", "([^"]+)"\)', nav)
    told = section("行事を申込から修了証まで進める")
    assert [label for label in named if f"「{label}」" not in told] == []


def test_the_table_of_nouns_names_each_once_and_where_it_lives() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| .+? \| (.+?) \| .+? \|$", readme.split("## The nouns")[1], re.MULTILINE)
    nouns = [noun for noun, _ in rows]
    assert sorted(nouns) == sorted({*nouns})
    places = [place for _, cell in rows for place in re.findall(r"`((?:shared|tenants)/[\w/.]+)`", cell)]
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []
