"""Passwords, right and wrong."""

from shared.identity.passwords import hash_password, verify


def test_the_right_password_matches_and_a_wrong_one_does_not() -> None:
    kept = hash_password("山田の長い合言葉 2026")
    assert kept.startswith("$argon2id$")
    assert (verify("山田の長い合言葉 2026", kept), verify("山田の長い合言葉 2027", kept)) == (True, False)


def test_full_width_letters_typed_by_accident_are_the_same_password() -> None:
    assert verify("ｔｓｕｎａｇａｒｉ－demo", hash_password("tsunagari-demo"))


def test_nobody_has_no_password_not_even_the_one_that_is_compared_for_show() -> None:
    assert not verify("nobody has this password", None)


def test_an_overlong_password_is_not_cut_to_a_right_one() -> None:
    assert not verify("a" * 300, hash_password("a" * 200))
