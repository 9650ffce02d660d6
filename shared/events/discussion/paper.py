"""The sheet that participants take home: every opinion as it was said, and what became of it."""

from typing import Any

from shared.events import words as event_words
from shared.events.discussion.drafts import TAG_FIELDS
from shared.events.discussion.words import STATES
from shared.events.views import EventView, OpinionView, TopicView
from shared.kit.paper.typesetting import Document, typeset


async def render_discussion(event: EventView, *, platform: str, address: str) -> bytes:
    """A tagged PDF in A4."""
    return await typeset(Document.DISCUSSION, _data(event, platform, address))


def _data(event: EventView, platform: str, address: str) -> dict[str, Any]:
    voices = sum(len(topic.opinions) for topic in event.topics)
    where = event_words.where(event)
    return {
        "title": f"話し合いで出た意見　{event.title}",
        "platform": platform,
        "note": "　".join(part for part in (event_words.when(event), where, f"{voices}の意見") if part),
        "foot": f"意見は、出た言葉のまま載せています。かっこの中は補足です。\n{address}",
        "topics": [
            _topic(topic, number, event.topics[number - 2].theme if number > 1 else None)
            for number, topic in enumerate(event.topics, 1)
        ],
        "after": [
            {"state": STATES[each.state], "title": each.title, "result": each.result or ""}
            for each, _ in event.follow_ups
        ],
    }


def _topic(topic: TopicView, number: int, theme_above: str | None) -> dict[str, Any]:
    """A theme that several of them share is said once."""
    return {
        "number": f"討議の柱{number}（{len(topic.opinions)}の意見）",
        "theme": (topic.theme or "") if topic.theme != theme_above else "",
        "question": topic.question,
        "conclusion": topic.conclusion or "",
        "voices": [_voice(opinion) for opinion in topic.opinions],
    }


def _voice(opinion: OpinionView) -> dict[str, str]:
    gloss = f"（{opinion.gloss}）" if opinion.gloss else ""
    tags = [f"{label}：{'、'.join(getattr(opinion, field))}" for field, label in TAG_FIELDS.items()]
    said = [tag for tag in tags if not tag.endswith("：")]
    return {"words": f"{opinion.said}{gloss}", "tags": "　".join(said)}
