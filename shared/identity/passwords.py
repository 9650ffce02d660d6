"""Passwords: argon2id, the same work for an account that does not exist, and what is too easy to guess."""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from shared.kit.refusals import Refusal

P = ParamSpec("P")
T = TypeVar("T")

#: OWASP's first choice for argon2id. 19 MiB each, two at a time: a rush of sign-ins costs 38 MiB, not the machine.
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
SHORTEST, LONGEST = 12, 200

#: What leads every list of stolen passwords, written once, twice, or with digits around it.
_COMMON_WORDS = """
    password passw0rd pass passwort admin administrator root user guest test tester secret letmein welcome login master
    iloveyou sunshine princess dragon monkey shadow football baseball superman batman trustno1 whatever freedom hello
    qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qwertyasdfgh qazwsx qazwsxedc abc abcd abcdef abcdefg abcdefgh
    sakura nippon nihon japan tokyo tokushima hyogo anan aishiteru arigato doraemon pokemon pikachu naruto
    himitsu tsunagari kodoku koritsu platform jimukyoku changeme default temporary
    パスワード あいうえお さくら ひみつ つながり
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz" * 2, "qwertyuiopasdfghjklzxcvbnm" * 2)
_FEWEST_DIFFERENT = 5


def check(password: str, *, about: Iterable[str] = ()) -> None:
    """Refusal, in the name of `password`, for what is too short, too long, or what others would try first.

    `about` are words that belong to the person: an own name or address is nobody's secret.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"パスワードは{SHORTEST}文字以上{LONGEST}文字以内にしてください。"
        raise Refusal("PASSWORD_LENGTH", message, "password")
    if _easy(password, {_bare(word.partition("@")[0]) for word in about}):
        message = "このパスワードは、ほかの人に推測されやすいものです。関係のない言葉をいくつかつなげてみてください。"
        raise Refusal("PASSWORD_COMMON", message, "password")


def _easy(password: str, own: set[str]) -> bool:
    bare = _bare(password)
    core = bare.strip("0123456789")
    if len(set(bare)) < _FEWEST_DIFFERENT or any(bare in run or bare[::-1] in run for run in _RUNS):
        return True
    return any(word and core.replace(word, "") == "" for word in _COMMON | own)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())


def hash_password(password: str) -> str:
    return _HASHER.hash(_composed(password))


def verify(password: str, kept: str | None) -> bool:
    """Takes as long when nothing is kept: nobody learns from the clock whether an address is known."""
    matches = _HASHER.verify(_composed(password), kept or _nobodys_hash())
    return matches and kept is not None


async def in_thread(work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """For whatever hashes: two at a time, beside the event loop. To be called without a database connection in hand."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(work, *arguments, **options))


async def verify_in_thread(password: str, kept: str | None) -> bool:
    return await in_thread(verify, password, kept)


async def hash_in_thread(password: str) -> str:
    return await in_thread(hash_password, password)


def _composed(password: str) -> str:
    """Full-width letters typed by accident are the same password; the rest of an overlong one is not hashed."""
    return unicodedata.normalize("NFKC", password[: LONGEST + 1])


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")
