"""The form macros: every field has its label, its hint and its error tied to it, and shows again what was typed."""

from typing import Any

import pytest
from jinja2 import Environment
from lxml import html

from services.web.environment import make_environment
from services.web.forms import FormView
from shared.kit.refusals import Refusal, Refusals
from shared.kit.settings import Settings


@pytest.fixture(scope="module")
def environment() -> Environment:
    return make_environment(Settings(secret_key="tests-only"))


def rendered(environment: Environment, call: str, view: FormView) -> Any:
    source = '{% import "macros/forms.html" as forms %}<div>{{ ' + call + " }}</div>"
    return html.fromstring(environment.from_string(source).render(view=view, token=lambda: "abc"))


def refused(name: str) -> Refusal:
    return Refusals([Refusal("WRONG", "正しく入力してください。", name), Refusal("FORM_EXPIRED", "時間がたちました。")])


OPTIONS = '[("a", "ひとつ"), ("b", "ふたつ")]'
FIELDS = [
    'forms.text(view, "x", "名前", required=true, hint="例: つなぐ会")',
    'forms.area(view, "x", "名前", required=true, hint="例: つなぐ会")',
    f'forms.select(view, "x", "名前", {OPTIONS}, required=true, hint="例: つなぐ会")',
    'forms.file(view, "x", "名前", "image/png", required=true, hint="例: つなぐ会")',
]
GROUPS = [
    f'forms.radios(view, "x", "名前", {OPTIONS}, required=true, hint="例: つなぐ会")',
    f'forms.checks(view, "x", "名前", {OPTIONS}, required=true, hint="例: つなぐ会")',
    'forms.date(view, "x", "名前", required=true, hint="例: つなぐ会")',
]


@pytest.mark.parametrize("call", FIELDS)
def test_a_field_has_label_hint_and_error(environment: Environment, call: str) -> None:
    document = rendered(environment, call, FormView({}, refused("x")))
    field = document.xpath("//*[@id='x']")[0]
    assert document.xpath("string(//label[@for='x'])") == "名前※必須"
    assert field.get("aria-describedby") == "x-hint x-error"
    assert (field.get("aria-invalid"), field.get("aria-required")) == ("true", "true")
    assert document.xpath("string(//*[@id='x-error'])") == "エラー正しく入力してください。"


@pytest.mark.parametrize("call", GROUPS)
def test_a_group_has_a_legend_and_is_described(environment: Environment, call: str) -> None:
    document = rendered(environment, call, FormView({}, refused("x")))
    group = document.xpath("//fieldset[@id='x']")[0]
    assert group.xpath("string(legend)") == "名前※必須"
    assert group.get("aria-describedby") == "x-hint x-error"
    assert [len(label.xpath(".//input")) for label in group.xpath(".//label")] == [1] * len(group.xpath(".//input"))


@pytest.mark.parametrize("call", FIELDS + GROUPS)
def test_without_a_problem_nothing_is_called_wrong(environment: Environment, call: str) -> None:
    document = rendered(environment, call, FormView())
    assert document.xpath("//@aria-invalid | //*[@class='field__error']") == []


def test_what_was_typed_stands_there_again_as_text(environment: Environment) -> None:
    typed = "<script>\"'&"
    view = FormView({"x": typed, "many": ["a", "b"], "day_year": "令和8"})
    text = rendered(environment, 'forms.text(view, "x", "名前")', view)
    assert text.xpath("string(//input/@value)") == typed
    assert rendered(environment, 'forms.area(view, "x", "名前")', view).xpath("string(//textarea)").strip() == typed
    checks = rendered(environment, f'forms.checks(view, "many", "名前", {OPTIONS})', view)
    assert checks.xpath("//input[@checked]/@value") == ["a", "b"]
    day = rendered(environment, 'forms.date(view, "day", "日付")', view)
    assert day.xpath("//input/@value") == ["令和8", "", ""]


def test_a_password_is_never_shown_again(environment: Environment) -> None:
    document = rendered(environment, 'forms.text(view, "p", "パスワード", type="password")', FormView({"p": "secret"}))
    assert document.xpath("//input/@value") == []


def test_the_summary_leads_to_each_field_and_takes_the_focus(environment: Environment) -> None:
    document = rendered(environment, "forms.error_summary(view)", FormView({}, refused("x")))
    assert document.xpath("//a/@href") == ["#x"]
    assert [item.text_content() for item in document.xpath("//li")] == [
        "正しく入力してください。",
        "時間がたちました。",
    ]
    assert document.xpath("//section/@tabindex") == ["-1"]


def test_no_problem_no_summary(environment: Environment) -> None:
    assert rendered(environment, "forms.error_summary(view)", FormView()).xpath("//section") == []


def test_steps_say_in_words_where_one_is(environment: Environment) -> None:
    document = rendered(environment, 'forms.steps(2, 3, ["入力", "確認", "完了"])', FormView())
    assert document.xpath("string(//p)") == "全3ステップ中 2"
    assert document.xpath("//li[@aria-current='step']")[0].text_content() == "確認"


def test_a_form_carries_its_token(environment: Environment) -> None:
    document = rendered(environment, "forms.csrf(token)", FormView())
    assert document.xpath("//input[@type='hidden'][@name='csrf']/@value") == ["abc"]
