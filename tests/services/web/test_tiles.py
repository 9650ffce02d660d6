"""The schematic maps show every place once, wherever the code is known or not."""

import csv
from pathlib import Path

import pytest

from services.web.tiles import Place, draw
from shared.tenants.models import Level

TABLE = Path(__file__).parents[3] / "tenants/vocabulary/municipalities.csv"
ROWS = list(csv.reader(TABLE.read_text(encoding="utf-8").splitlines()))
PREFECTURES = [row for row in ROWS if row[0][2:5] == "000" and row[0].isdigit()]


def places(prefecture: str) -> list[Place]:
    return [Place(row[0], row[2], 1) for row in ROWS if row[0][:2] == prefecture and row[0][2:5] != "000"]


@pytest.mark.parametrize(("code", "count"), [("360007", 24), ("280003", 41), ("390003", 34)])
def test_a_prefecture_shows_each_municipality_on_a_square_of_its_own(code: str, count: int) -> None:
    drawn = draw(places(code[:2]), level=Level.PREFECTURE, code=code)
    assert drawn is not None
    assert len(drawn.tiles) == len({(tile.x, tile.y) for tile in drawn.tiles}) == count
    assert all(tile.x + drawn.size <= drawn.width and tile.y + drawn.size <= drawn.height for tile in drawn.tiles)


def test_the_nation_shows_its_prefectures_about_where_they_lie() -> None:
    drawn = draw([Place(row[0], row[2], 0) for row in PREFECTURES], level=Level.NATION, code="000000")
    assert drawn is not None
    spots = {tile.name: (tile.x, tile.y) for tile in drawn.tiles}
    assert len(set(spots.values())) == 47
    assert spots["北海道"][1] < spots["東京都"][1] < spots["沖縄県"][1]
    assert spots["福岡県"][0] < spots["徳島県"][0] < spots["東京都"][0]


def test_arranged_maps_need_no_rows_for_the_rest() -> None:
    drawn = draw(places("36"), level=Level.PREFECTURE, code="360007")
    assert drawn is not None
    spots = {tile.name: (tile.x, tile.y) for tile in drawn.tiles}
    assert spots["三好市"][0] < spots["徳島市"][0]
    assert spots["鳴門市"][1] < spots["海陽町"][1]


@pytest.mark.parametrize(("count", "shade"), [(0, 0), (1, 1), (3, 2), (6, 3), (10, 3), (11, 4)])
def test_more_is_darker(count: int, shade: int) -> None:
    drawn = draw([Place("362042", "阿南市", count)], level=Level.PREFECTURE, code="360007")
    assert drawn is not None
    assert [tile.shade for tile in drawn.tiles] == [shade]


def test_a_single_municipality_has_no_map() -> None:
    assert draw([Place("362042", "阿南市", 3)], level=Level.MUNICIPALITY, code="362042") is None
