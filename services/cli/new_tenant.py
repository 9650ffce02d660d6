"""`tsunagari tenant new`: asks what it cannot know, writes `tenants/<slug>/` from the template."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from shared.kit.refusals import Conflict, Refusal, Refusals
from shared.taxonomy.vocabulary import Vocabulary, read_vocabulary
from shared.tenants.bootstrap import read_all
from shared.tenants.bootstrap_template import NewTenant, checked, filled, proposal
from shared.tenants.manifest_reading import ManifestRefused

#: Asks one question with a proposal; an empty answer takes the proposal.
Ask = Callable[[str, str], str]

_QUESTIONS = {
    "code": "全国地方公共団体コード（6桁）",
    "name": "正式名",
    "slogan": "スローガン",
    "key": "キーカラー（#rrggbb、白い文字が読める濃い色）",
}


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What was given on the command line; None is asked for."""

    slug: str
    code: str | None = None
    name: str | None = None
    slogan: str | None = None
    key: str | None = None


def write_new_tenant(root: Path, answers: Answers, *, ask: Ask) -> Path:
    """Make `root/<slug>/`. Refused, and no folder left behind, when the answers do not pass the checks."""
    folder = root / answers.slug
    if folder.exists():
        raise Conflict(f"{root.name}/{answers.slug}/ は、もうあります。")
    vocabulary = read_vocabulary(root / "vocabulary")
    folders, _ = read_all(root)
    parents = {known.manifest.code: known.slug for known in folders}
    new = checked(_asked(answers, vocabulary, ask), vocabulary)
    try:
        for path, content in filled(root / "_template", new, vocabulary, slugs_by_code=parents).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        read_all(root)
    except ManifestRefused:
        shutil.rmtree(folder)
        raise
    return folder


def _asked(answers: Answers, vocabulary: Vocabulary, ask: Ask) -> NewTenant:
    """The code comes first: from it the name of the place, and with it the other proposals."""
    given = {name: getattr(answers, name) for name in _QUESTIONS}
    near = proposal(answers.slug, vocabulary)
    place = vocabulary.municipalities.get(near.code)
    label = _QUESTIONS["code"] + (f" {place.name}（{place.kana}）" if place else "")
    code = given["code"] or ask(label, near.code)
    near = proposal(answers.slug, vocabulary, code=code)
    rest = {name: given[name] or ask(_QUESTIONS[name], getattr(near, name)) for name in ("name", "slogan", "key")}
    return NewTenant(slug=answers.slug, code=code, **rest)


def words_of(refusal: Refusal) -> list[str]:
    problems = refusal.problems if isinstance(refusal, Refusals) else [refusal]
    return [f"{problem.field}: {problem.message}" if problem.field else problem.message for problem in problems]
