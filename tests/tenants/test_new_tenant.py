"""`make new-tenant slug=kochi`: asked, written, checked, live at its host without a restart."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest

from services.cli import tenants as commands
from services.cli.new_tenant import Answers, write_new_tenant
from services.web.app import create_app
from shared.kit.refusals import Conflict, Refusals
from shared.kit.settings import ROOT, Settings
from shared.tenants.bootstrap import read_all


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the project's tenants, so that a trial does not write into them."""
    return shutil.copytree(ROOT / "tenants", tmp_path / "tenants")


@pytest.fixture
def here(settings: Settings, root: Path) -> Settings:
    return msgspec.structs.replace(settings, tenants=root)


@pytest.fixture
async def web(here: Settings) -> AsyncIterator[Any]:
    """A web process that runs on while platforms come and go."""
    app = create_app(here)
    await app.state.site.open()
    yield app
    await app.state.site.close()


async def answered(browser: httpx.AsyncClient, address: str) -> httpx.Response:
    """The notification travels by itself; 200 looks are ten seconds."""
    for _ in range(200):
        page = await browser.get(address)
        if page.status_code != 421:
            break
        await asyncio.sleep(0.05)
    return page


async def test_what_can_be_known_is_proposed_and_the_rest_is_asked(root: Path) -> None:
    asked: list[tuple[str, str]] = []

    def ask(label: str, proposal: str) -> str:
        asked.append((label, proposal))
        return proposal

    folder = write_new_tenant(root, Answers(slug="kochi", slogan="土佐の輪を、もっと大きく"), ask=ask)
    assert [label for label, _ in asked] == [
        "全国地方公共団体コード（6桁） 高知県（コウチケン）",
        "正式名",
        "キーカラー（#rrggbb、白い文字が読める濃い色）",
    ]
    assert asked[0][1] == "390003"
    kochi = next(known.manifest for known in read_all(root)[0] if known.slug == folder.name)
    assert (kochi.level, kochi.parent, kochi.region_name) == ("PREFECTURE", "national", "高知県")
    assert (kochi.slogan, kochi.name) == ("土佐の輪を、もっと大きく", "高知県孤独・孤立対策官民連携プラットフォーム")


async def test_a_town_comes_under_its_prefecture(root: Path) -> None:
    write_new_tenant(root, Answers(slug="naruto"), ask=lambda _, proposal: proposal)
    naruto = next(known.manifest for known in read_all(root)[0] if known.slug == "naruto")
    assert (naruto.code, naruto.level, naruto.parent) == ("362026", "MUNICIPALITY", "tokushima")


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (Answers(slug="kochi", code="390004"), "code"),
        (Answers(slug="kochi", code="990007"), "code"),
        (Answers(slug="kochi", key="#ffcc00"), "key"),
        (Answers(slug="Kochi!", code="390003"), "slug"),
    ],
)
async def test_wrong_answers_leave_no_folder_behind(root: Path, answers: Answers, field: str) -> None:
    with pytest.raises(Refusals) as refused:
        write_new_tenant(root, answers, ask=lambda _, proposal: proposal)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not (root / answers.slug).exists()


async def test_a_folder_is_never_overwritten(root: Path) -> None:
    with pytest.raises(Conflict):
        write_new_tenant(root, Answers(slug="tokushima"), ask=lambda _, proposal: proposal)


async def test_a_new_platform_is_live_within_seconds(web: Any, here: Settings, root: Path) -> None:
    await commands.apply_all(here, say=lambda _: None)
    address = here.tenant_url("kochi")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cast(Any, web))) as browser:
        assert (await browser.get(address)).status_code == 421
        begun = time.monotonic()
        write_new_tenant(root, Answers(slug="kochi"), ask=lambda _, proposal: proposal)
        await commands.apply_all(here, say=lambda _: None)
        page = await answered(browser, address)
        assert page.status_code == 200
        assert "ひとりにしない、つながる高知県へ" in page.text
        assert time.monotonic() - begun < 10
        for path in ("/about", "/charter", "/news", "/events", "/organisations", "/join", "/privacy", "/accessibility"):
            assert (await browser.get(address + path)).status_code == 200, path


async def test_the_commands_speak_in_lines_and_exit_codes(
    here: Settings, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await asyncio.to_thread(commands.check_command, here, cast(Any, None))
    assert "誤りはありません" in capsys.readouterr().out
    toml = root / "kamiyama" / "tenant.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('code = "363421"', 'code = "363422"'), encoding="utf-8")
    line = next(n for n, text in enumerate(toml.read_text().splitlines(), start=1) if "363422" in text)
    assert await asyncio.to_thread(commands.check_command, here, cast(Any, None)) == 1
    told = capsys.readouterr().err.splitlines()
    assert told == [
        f"tenants/kamiyama/tenant.toml:{line}: 全国地方公共団体コードの数字が正しくありません。もう一度お確かめください。",
        "1件の誤りがあるため、何も反映していません。",
    ]
