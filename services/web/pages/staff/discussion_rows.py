"""討議の柱 and opinions as rows of a form: added, removed and moved by named buttons, without a script."""

from typing import Any

import msgspec

from services.web.forms import Form
from services.web.pages.arguments import as_id
from services.web.pages.staff.event_rows import change_list
from shared.events.discussion.drafts import (
    MOST_OPINIONS,
    MOST_TOPICS,
    TAG_FIELDS,
    OpinionDraft,
    TopicDraft,
    split_tags,
)
from shared.events.discussion.queries import DeskTopic

Values = dict[str, str]
TOPIC_FIELDS = ("id", "theme", "question", "conclusion")
OPINION_FIELDS = ("id", "body", "gloss", *TAG_FIELDS)


class TopicRow(msgspec.Struct):
    values: Values
    opinions: list[Values]


def stored_rows(topics: list[DeskTopic]) -> list[TopicRow]:
    return [
        TopicRow(
            {name: str(getattr(topic, name) or "") for name in TOPIC_FIELDS},
            [
                {"id": str(opinion.id), "body": opinion.body, "gloss": opinion.gloss or ""}
                | {field: "、".join(getattr(opinion, field)) for field in TAG_FIELDS}
                for opinion in topic.opinions
            ],
        )
        for topic in topics
    ]


def typed_rows(form: Form) -> list[TopicRow]:
    """Rows are numbered without gaps; what stands behind a gap was never on our form."""
    rows: list[TopicRow] = []
    while len(rows) <= MOST_TOPICS and form.has(f"topics.{len(rows)}.question"):
        place = f"topics.{len(rows)}"
        rows.append(TopicRow(_read(form, place, TOPIC_FIELDS), _opinions(form, place)))
    return rows


def _opinions(form: Form, place: str) -> list[Values]:
    found: list[Values] = []
    while len(found) <= MOST_OPINIONS and form.has(f"{place}.opinions.{len(found)}.body"):
        found.append(_read(form, f"{place}.opinions.{len(found)}", OPINION_FIELDS))
    return found


def _read(form: Form, place: str, names: tuple[str, ...]) -> Values:
    return {name: form.text(f"{place}.{name}") for name in names}


def change_rows(rows: list[TopicRow], button: str) -> None:
    """`topic.add`, `topic.up.1`, `opinion.add.0`, `opinion.remove.0.3` …; anything else changes nothing."""
    what, _, rest = button.partition(".")
    verb, _, place = rest.partition(".")
    numbers = [int(part) for part in place.split(".") if part.isascii() and part.isdigit() and len(part) < 4]
    if what == "topic":
        change_list(rows, verb, numbers, TopicRow(dict.fromkeys(TOPIC_FIELDS, ""), []))
    elif what == "opinion" and numbers and numbers[0] < len(rows):
        change_list(rows[numbers[0]].opinions, verb, numbers[1:], dict.fromkeys(OPINION_FIELDS, ""))


def flat(rows: list[TopicRow]) -> Values:
    """By the names of the form's fields."""
    found: Values = {}
    for index, row in enumerate(rows):
        found |= {f"topics.{index}.{name}": value for name, value in row.values.items()}
        for position, opinion in enumerate(row.opinions):
            found |= {f"topics.{index}.opinions.{position}.{name}": value for name, value in opinion.items()}
    return found


def without_empty(rows: list[TopicRow]) -> list[TopicRow]:
    """Rows that were opened and never filled say nothing."""
    filled = [TopicRow(row.values, [each for each in row.opinions if any(each.values())]) for row in rows]
    return [row for row in filled if row.opinions or any(row.values.values())]


def drafts_of(rows: list[TopicRow]) -> tuple[TopicDraft, ...]:
    return tuple(
        TopicDraft(
            id=as_id(row.values["id"]),
            question=row.values["question"],
            theme=row.values["theme"],
            conclusion=row.values["conclusion"],
            opinions=tuple(_opinion(each) for each in row.opinions),
        )
        for row in rows
    )


def _opinion(values: Values) -> OpinionDraft:
    tags: dict[str, Any] = {field: split_tags(values[field]) for field in TAG_FIELDS}
    return OpinionDraft(id=as_id(values["id"]), body=values["body"], gloss=values["gloss"], **tags)
