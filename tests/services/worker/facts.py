"""Facts and reactions that exist only in tests, entered into the real table while a test runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

from services.worker import reactions
from shared.kit.outbox import Fact


class LampLit(Fact, frozen=True, kw_only=True):
    lamp_id: UUID


@contextmanager
def reacting(*functions: Any) -> Iterator[None]:
    """`LampLit` is followed by these functions."""
    with patch.dict(reactions.REACTIONS, {LampLit: functions}):
        yield
