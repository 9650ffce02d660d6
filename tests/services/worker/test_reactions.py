"""THE table fits together: each reaction takes the fact that it stands beside."""

import inspect
from typing import get_args, get_type_hints

from services.worker.reactions import REACTIONS
from shared.kit.outbox import Fact
from shared.kit.post import Post


def test_each_reaction_is_written_for_its_fact() -> None:
    for fact, reactions in REACTIONS.items():
        for reaction in reactions:
            _, taken, letters, returned = get_type_hints(reaction).values()
            assert inspect.iscoroutinefunction(reaction)
            assert fact in (get_args(taken) or (taken,)), f"{reaction.__qualname__} does not take {fact.__name__}"
            assert returned is type(None)
            assert issubclass(Post, letters), f"{reaction.__qualname__} wants other letters than the post's"


def test_facts_of_slices_that_nobody_reacts_to_are_known_too() -> None:
    assert {"AnnouncementPublished", "AnnouncementWithdrawn"} <= set(Fact.kinds)
