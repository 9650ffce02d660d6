"""法人格: whoever compares, sorts or lists names knows the same ones."""

import pytest

from shared.kit.japanese.legal_forms import ABBREVIATIONS, LEGAL_FORMS
from shared.members.directory import row_of
from shared.members.names import name_key


@pytest.mark.parametrize("form", [*LEGAL_FORMS, *ABBREVIATIONS])
def test_a_name_is_the_same_with_its_legal_form_and_without(form: str) -> None:
    assert {name_key(name) for name in (f"{form}つなぐ会", f"つなぐ会{form}", f"{form}　つなぐ会")} == {
        name_key("つなぐ会")
    }


@pytest.mark.parametrize("reading", LEGAL_FORMS.values())
def test_the_directory_sorts_by_what_follows_the_legal_form(reading: str) -> None:
    assert [row_of(f"{reading}{name}") for name in ("ツナグカイ", "　アワカイ")] == ["た", "あ"]
