"""What the search finds of a platform itself: its page /about."""

from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import search
from shared.tenants import queries
from shared.tenants.bootstrap_search import ABOUT


async def index_about(session: AsyncSession) -> None:
    """After an edit of the profile, in its transaction. The same words as those of the manifest's first version."""
    profile = await queries.profile(session)
    words = [profile.name, *profile.aliases, profile.slogan, profile.vision, profile.lead]
    words += [part for item in profile.items for part in (item.title, item.body, *item.points)]
    words += [field.name for field in profile.fields]
    await search.put(
        session,
        kind="page",
        object_id=ABOUT,
        path="/about",
        title=f"{profile.short_name}について",
        body="\n".join(filter(None, words)),
    )
