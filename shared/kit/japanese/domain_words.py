"""Readings that the dictionary lacks or gets wrong. An empty reading means: nobody can be sure, write no furigana.

Given names get furigana only by `GIVEN_NAMES`, which holds what the people's own organisations publish: 裕美 may be
Hiromi or Yumi, and a wrong name is worse than none. Add freely.
"""

_TERMS = {
    "相利": "ソウリ",
    "相利評価表": "ソウリヒョウカヒョウ",
    "居場所": "イバショ",
    "孤育て": "コソダテ",
    "誰": "ダレ",
    "重層的": "ジュウソウテキ",
    "伴走": "バンソウ",
    "令和": "レイワ",
    "日本": "ニホン",
    "担い手": "ニナイテ",
    "我が事": "ワガコト",
    "官民": "カンミン",
    "要配慮者": "ヨウハイリョシャ",
    "社協": "シャキョウ",
    "宅建業": "タッケンギョウ",
    "放課後": "ホウカゴ",
    "楽笑": "ラクショウ",
    "合力": "",
}

_PLACES = {
    "阿南": "アナン",
    "小松島": "コマツシマ",
    "神山": "カミヤマ",
    "徳島": "トクシマ",
    "兵庫": "ヒョウゴ",
    "万代町": "バンダイチョウ",
    "三谷町": "ミヤチョウ",
    # Towns and villages of the two prefectures with demo platforms: elsewhere 町 may be まち, and gets no furigana.
    "勝浦町": "カツウラチョウ",
    "上勝町": "カミカツチョウ",
    "佐那河内村": "サナゴウチソン",
    "石井町": "イシイチョウ",
    "神山町": "カミヤマチョウ",
    "那賀町": "ナカチョウ",
    "牟岐町": "ムギチョウ",
    "美波町": "ミナミチョウ",
    "海陽町": "カイヨウチョウ",
    "松茂町": "マツシゲチョウ",
    "北島町": "キタジマチョウ",
    "藍住町": "アイズミチョウ",
    "板野町": "イタノチョウ",
    "上板町": "カミイタチョウ",
    "つるぎ町": "ツルギチョウ",
    "東みよし町": "ヒガシミヨシチョウ",
    "猪名川町": "イナガワチョウ",
    "多可町": "タカチョウ",
    "稲美町": "イナミチョウ",
    "播磨町": "ハリマチョウ",
    "市川町": "イチカワチョウ",
    "福崎町": "フクサキチョウ",
    "神河町": "カミカワチョウ",
    "太子町": "タイシチョウ",
    "上郡町": "カミゴオリチョウ",
    "佐用町": "サヨウチョウ",
    "香美町": "カミチョウ",
    "新温泉町": "シンオンセンチョウ",
}

_PARTS_OF_NAMES = {
    "大西": "オオニシ",
    "弥斗": "ミト",
    "星一": "セイイチ",
    "星一氏": "セイイチシ",
    "白桃": "",
    "さと美": "",
}

READINGS: dict[str, str] = {**_TERMS, **_PLACES, **_PARTS_OF_NAMES}
LONGEST = max(map(len, READINGS))

GIVEN_NAMES = {
    ("松原", "明"): "アキラ",
    ("大西", "連"): "レン",
    ("吉田", "建治"): "ケンジ",
    ("田中", "明美"): "アケミ",
    ("永井", "美佳"): "ミカ",
    ("奥山", "千鶴子"): "チヅコ",
}

# Several readings between which only the sense decides; as suffixes (専門家, 今後) they are safe.
UNSURE = frozenset(
    {"一日", "明日", "昨日", "何", "何に", "私", "辛い", "他", "後", "家", "市場", "上手", "人気", "会元"}
)
