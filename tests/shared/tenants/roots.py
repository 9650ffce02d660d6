"""Folders like `tenants/`, small enough to break one thing at a time."""

import itertools
import shutil
from pathlib import Path

from shared.kit.settings import ROOT
from shared.taxonomy.vocabulary import read_vocabulary

#: Municipalities of Okinawa and Kagoshima: codes that no manifest of the project uses.
_CODES = iter(
    code
    for code in read_vocabulary(ROOT / "tenants" / "vocabulary").municipalities
    if code[:2] in ("46", "47") and code[2:5] != "000"
)
_NUMBERS = itertools.count(1)

TENANT = """\
slug = "{slug}"
code = "{code}"
level = "MUNICIPALITY"
parent = "national"
name = "試験つながりプラットフォーム"
short_name = "試験PF"
region_name = "試験市"
slogan = "ひとりにしない"
lead = "試験のための集まりです。"
sender_email = "noreply@example.jp"

[theme]
key = "#1a3a6c"
accent = "#b45309"
motif = "rings"

[[contacts]]
purpose = "入会"
department = "福祉課"
phone = "088ー621ー2179"

[[pillars]]
label = "I"
title = "つながり"
initiatives = ["呼びかけ"]

[[fields]]
slug = "childcare"
name = "子育て"
national = "childcare"

[[categories]]
slug = "npo"
name = "NPO法人"
national = "npo"

[[media]]
file = "photo.svg"
alt = "机を囲む人たちの図"

[[announcements]]
key = "opening"
title = "設立しました"
published_on = 2026-04-01
image = "photo.svg"
event = "opening"
body = "よろしくお願いします。"

[[organisations]]
key = "club"
name = "おとなりの会"
kana = "オトナリノカイ"
category = "npo"
fields = ["childcare"]
municipality = "362042"
joined_on = 2026-04-02
"""

EVENT = """\
kind = "CEREMONY"
state = "REPORTED"
title = "設立の集い"
held_on = 2026-04-01

[[sessions]]
title = "講演"

[[sessions.appearances]]
person = "山田 花子"
role = "講師"
affiliation = "おとなりの会 代表"

[[photos]]
file = "photo.svg"

[[topics]]
question = "誰に届けるか"

[[topics.opinions]]
body = "働きざかりの人"

[[topics.opinions]]
body = "高齢者"
"""

CHARTER = """\
+++
title = "設置要綱"
+++
## 第1条（守秘義務）

会員は、知った秘密を漏らさない。
"""

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><circle cx="20" cy="15" r="9"/></svg>'


class Root:
    """A folder with the vocabularies, the real national platform, the template and one small platform."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tenants"
        real = ROOT / "tenants"
        for name in ("vocabulary", "national", "_template"):
            shutil.copytree(real / name, self.path / name)
        self.slug, self.code = f"trial{next(_NUMBERS)}", next(_CODES)
        self.write("tenant.toml", TENANT.format(slug=self.slug, code=self.code))
        self.write("events/opening.toml", EVENT)
        self.write("charter.md", CHARTER)
        self.write("media/photo.svg", SVG)

    def file(self, name: str) -> Path:
        return self.path / self.slug / name

    def write(self, name: str, text: str) -> None:
        self.file(name).parent.mkdir(parents=True, exist_ok=True)
        self.file(name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> int:
        """Returns the line on which `new` begins."""
        text = self.file(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1
