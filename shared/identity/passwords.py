"""Passwords: argon2id, and the same work for an account that does not exist."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

P = ParamSpec("P")
T = TypeVar("T")

#: OWASP's first choice for argon2id. 19 MiB each, two at a time: a rush of sign-ins costs 38 MiB, not the machine.
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
SHORTEST, LONGEST = 10, 200


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
