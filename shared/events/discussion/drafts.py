"""What the secretariat writes down of a discussion, and what is checked before it is kept."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import msgspec

from shared.events.drafts import many_lines, one_line
from shared.events.models import FollowUpState
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import Refusal, Refusals

MOST_TOPICS = 12
MOST_OPINIONS = 120
MOST_TAGS = 10
LONGEST_TAG = 30
#: 対象, 方法, 時期.
TAG_FIELDS = {"targets": "対象", "methods": "方法", "timings": "時期"}
_BETWEEN_TAGS = re.compile(r"[、，,\n]")


class OpinionDraft(msgspec.Struct, kw_only=True, frozen=True):
    """As it was said: nothing is corrected. `gloss` stands in brackets behind it. With the `id` of one that is known it stays that one."""

    body: str
    gloss: str | None = None
    targets: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    timings: tuple[str, ...] = ()
    id: UUID | None = None


class TopicDraft(msgspec.Struct, kw_only=True, frozen=True):
    """討議の柱; its number is its place."""

    question: str
    theme: str | None = None
    conclusion: str | None = None
    opinions: tuple[OpinionDraft, ...] = ()
    id: UUID | None = None


class FollowUpDraft(msgspec.Struct, kw_only=True, frozen=True):
    """What is to become of these opinions. `result` is for everybody, `responsible` and `note` for the secretariat."""

    title: str
    opinion_ids: tuple[UUID, ...]
    state: FollowUpState = FollowUpState.NOT_STARTED
    responsible: str | None = None
    due_on: date | None = None
    result: str | None = None
    note: str | None = None
    published: bool = False
    linked_event_id: UUID | None = None
    announcement_id: UUID | None = None


def split_tags(text: str) -> tuple[str, ...]:
    """`SNS、新聞` as two; each once, in the order in which they were written."""
    tags = (clean_text(each) for each in _BETWEEN_TAGS.split(text))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def checked_topics(drafts: tuple[TopicDraft, ...]) -> tuple[TopicDraft, ...]:
    """Raises Refusals whose fields look like `topics.0.question` and `topics.0.opinions.1.body`."""
    if len(drafts) > MOST_TOPICS:
        raise Refusal("TOO_MANY", f"討議の柱は{MOST_TOPICS}件までです。", "topics")
    if sum(len(draft.opinions) for draft in drafts) > MOST_OPINIONS:
        raise Refusal("TOO_MANY", f"意見は、一つの行事に{MOST_OPINIONS}件までです。", "topics")
    cleaned = tuple(_cleaned_topic(draft) for draft in drafts)
    problems = [problem for place, draft in enumerate(cleaned) for problem in _topic_problems(draft, place)]
    if problems:
        raise Refusals(problems)
    return cleaned


def checked_follow_up(draft: FollowUpDraft) -> FollowUpDraft:
    """Raises Refusals that name its fields; `opinions` for the opinions."""
    cleaned = msgspec.structs.replace(
        draft,
        title=clean_text(draft.title),
        responsible=one_line(draft.responsible),
        result=many_lines(draft.result),
        note=many_lines(draft.note),
        opinion_ids=tuple(dict.fromkeys(draft.opinion_ids)),
    )
    problems = list(_follow_up_problems(cleaned))
    if problems:
        raise Refusals(problems)
    return cleaned


def _cleaned_topic(draft: TopicDraft) -> TopicDraft:
    return msgspec.structs.replace(
        draft,
        question=clean_text(draft.question),
        theme=one_line(draft.theme),
        conclusion=many_lines(draft.conclusion),
        opinions=tuple(
            msgspec.structs.replace(
                opinion,
                body=clean_lines(opinion.body),
                gloss=one_line(opinion.gloss),
                **{field: split_tags("、".join(getattr(opinion, field))) for field in TAG_FIELDS},
            )
            for opinion in draft.opinions
        ),
    )


def _topic_problems(draft: TopicDraft, place: int) -> Iterator[Refusal]:
    where, number = f"topics.{place}", f"柱{place + 1}"
    if not draft.question:
        yield Refusal("REQUIRED", f"{number}の問いを入力してください。", f"{where}.question")
    for field, label, longest in (("question", "問い", 300), ("theme", "テーマ", 300), ("conclusion", "まとめ", 3_000)):
        if len(getattr(draft, field) or "") > longest:
            message = f"{number}の{label}は{longest:,}文字までで入力してください。"
            yield Refusal("TOO_LONG", message, f"{where}.{field}")
    for index, opinion in enumerate(draft.opinions):
        yield from _opinion_problems(opinion, f"{where}.opinions.{index}", f"{number}の意見{index + 1}")


def _opinion_problems(draft: OpinionDraft, where: str, number: str) -> Iterator[Refusal]:
    if not draft.body:
        yield Refusal("REQUIRED", f"{number}を入力してください。使わない欄は削除します。", f"{where}.body")
    for field, longest in (("body", 1_000), ("gloss", 300)):
        if len(getattr(draft, field) or "") > longest:
            yield Refusal("TOO_LONG", f"{number}は{longest:,}文字までで入力してください。", f"{where}.{field}")
    for field, label in TAG_FIELDS.items():
        tags = getattr(draft, field)
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            message = f"{number}の{label}は、{LONGEST_TAG}文字までの言葉を{MOST_TAGS}個までにしてください。"
            yield Refusal("TOO_LONG", message, f"{where}.{field}")


def _follow_up_problems(draft: FollowUpDraft) -> Iterator[Refusal]:
    if not draft.title:
        yield Refusal("REQUIRED", "取り組むことを入力してください。", "title")
    if not draft.opinion_ids:
        yield Refusal("REQUIRED", "もとになった意見を一つ以上選んでください。", "opinions")
    if draft.published and draft.state is FollowUpState.DECLINED and not draft.result:
        yield Refusal("REQUIRED", "見送りを公開するときは、その理由を「その後」に書いてください。", "result")
    for field, label, longest in (
        ("title", "取り組むこと", 200),
        ("responsible", "担当", 100),
        ("result", "その後", 3_000),
        ("note", "事務局のメモ", 3_000),
    ):
        if len(getattr(draft, field) or "") > longest:
            yield Refusal("TOO_LONG", f"{label}は{longest:,}文字までで入力してください。", field)
