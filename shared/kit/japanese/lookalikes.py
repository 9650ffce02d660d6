"""Kanji that are taken for one another by eyes, by FAX and by conversion: 松原昭 was printed where 松原明 was meant."""

from shared.kit.japanese.folding import fold

#: Each group becomes its first character. To be extended as misprints are met; a pair too many costs a needless hint.
_GROUPS = (
    "明昭朋",
    "大太犬",
    "未末",
    "己已巳",
    "土士",
    "千干于",
    "人入",
    "日曰",
    "博薄簿",
    "崎埼碕",
    "藤籐",
    "徹撤",
    "幸辛",
    "田由甲申",
    "問間聞",
    "待侍持",
    "織識職",
    "孤弧狐",
    "緑縁録",
    "網綱",
    "祐裕佑",
    "晴清靖",
    "治冶",
    "亨享",
    "衛衡",
    "宣宜",
    "朗郎",
    "斉斎",
    "爪瓜",
    "荻萩",
    "管菅",
    "阪坂板",
    "福副",
    "若苦",
    "右石",
    "今令",
    "白自臼百",
    "牛午",
    "天夫失矢",
    "王玉主",
    "力刀",
    "木本",
    "陽揚楊",
    "伸仲",
    "弘広",
    "浩活",
    "鳥烏",
    "竜龍",
    "往住佳",
    "微徴",
    "貧貪",
    "援緩",
    "貸賃",
    "堀掘",
    "裁栽",
    "遣遺",
    "析折",
    "候侯",
    "栗粟",
    "連運",
)
_FIRST = {ord(other): group[0] for group in _GROUPS for other in group[1:]}


def confusable_key(text: str) -> str:
    """Equal for texts that differ only in spelling or in characters that look alike."""
    return fold(text).translate(_FIRST)


def one_edit_apart(one: str, other: str) -> bool:
    """Equal, or one character more, less or different."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    return one[same + (len(one) == len(other)) :] == other[same + 1 :]
