"""Applies `tenants/`: reads all folders, refuses them together or brings every platform to what its files say."""

from pathlib import Path
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import clock, content_version
from shared.kit.database.session import NATIONAL, bound_to
from shared.kit.refusals import Conflict
from shared.taxonomy.vocabulary import Vocabulary, read_vocabulary, store_vocabulary
from shared.tenants.bootstrap_pictures import key_of, picture_of
from shared.tenants.bootstrap_rows import Key, rows_of, tenant_values
from shared.tenants.bootstrap_search import Document, documents_of, put, remove
from shared.tenants.bootstrap_sync import Known, Outcome, Say, as_json, bring_to, known_rows, report
from shared.tenants.bootstrap_template import NewTenant, checked, filled
from shared.tenants.manifest_checks import check_folders
from shared.tenants.manifest_reading import Folder, ManifestRefused, Problem, files_of, read_folder
from shared.tenants.models import Level, ManifestRow, Tenant
from shared.tenants.service import Actor, announce_hosts, create_tenant, refresh_relatives

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('tenants apply'))")
_ORDER = (Level.NATION, Level.PREFECTURE, Level.SUBREGION, Level.MUNICIPALITY)
#: The base of comparison for the tenant's own row, which has no UUID.
_TENANT_ROW = uuid5(NAMESPACE_URL, "tsunagari:tenant")


class Files(Protocol):
    async def put(self, key: str, data: bytes) -> None: ...


class Program(msgspec.Struct, frozen=True):
    """Who acts when files are applied."""

    name: str = "tsunagari tenant apply"
    account_id: UUID | None = None


PROGRAM = Program()


def read_all(root: Path) -> tuple[list[Folder], Vocabulary]:
    """Every tenant below `root` and the vocabularies; ManifestRefused with all mistakes of all files."""
    vocabulary = read_vocabulary(root / "vocabulary")
    folders: list[Folder] = []
    problems: list[Problem] = []
    unread: dict[str, Level] = {}
    for path in sorted(root.iterdir()):
        if path.is_dir() and path.name != "vocabulary" and not path.name.startswith(("_", ".")):
            folder, found = read_folder(files_of(path), name=f"{root.name}/{path.name}")
            problems += found
            if folder is not None:
                folders.append(folder)
            else:
                # It may be named as a parent: that would not be a mistake of its own.
                unread[path.name] = Level.NATION
    problems += check_folders(folders, vocabulary, elsewhere=unread)
    if problems:
        raise ManifestRefused(problems)
    return sorted(folders, key=lambda folder: (_ORDER.index(folder.manifest.level), folder.slug)), vocabulary


async def apply(session: AsyncSession, *, root: Path, files: Files, say: Say = print) -> int:
    """Bring all platforms to what `root` says, in the caller's transaction, bound to the nation. Returns how many changed.

    A second run reads the digests and stops there. Nothing is written when any file is refused.
    """
    folders, vocabulary = read_all(root)
    await session.execute(_ONE_AT_A_TIME)
    changes = await store_vocabulary(session, vocabulary)
    if changes:
        say(f"~ vocabulary {changes}件")
    return sum([await apply_folder(session, folder, files=files, say=say) for folder in folders])


async def launch(session: AsyncSession, *, actor: Actor, new: NewTenant, root: Path, files: Files) -> int:
    """A platform from the template, live when the caller's transaction (bound to the nation) commits. Returns its id.

    For the operator's page: nothing is written below `root`. Refusals name the fields of `NewTenant`.
    """
    vocabulary = read_vocabulary(root / "vocabulary")
    new = checked(new, vocabulary)
    rows = (await session.execute(select(Tenant.slug, Tenant.code, Tenant.level))).all()
    if new.slug in {row.slug for row in rows}:
        raise Conflict(f"「{new.slug}」は、ほかのプラットフォームで使われています。", "slug")
    if new.code in {row.code for row in rows}:
        raise Conflict(f"コード {new.code} のプラットフォームは、すでにあります。", "code")
    content = filled(root / "_template", new, vocabulary, slugs_by_code={row.code: row.slug for row in rows})
    folder, problems = read_folder(content, name=f"{root.name}/{new.slug}")
    if folder is not None:
        problems += check_folders([folder], vocabulary, elsewhere={row.slug: row.level for row in rows})
    if folder is None or problems:
        raise ManifestRefused(problems)
    await apply_folder(session, folder, actor=actor, files=files, say=lambda _: None)
    return (await session.execute(select(Tenant.id).where(Tenant.slug == new.slug))).scalar_one()


async def apply_folder(
    session: AsyncSession, folder: Folder, *, files: Files, say: Say, actor: Actor = PROGRAM
) -> bool:
    """One checked folder whose parent exists already. True when anything was written."""
    columns = (Tenant.id, Tenant.digest)
    row = (await session.execute(select(*columns).where(Tenant.slug == folder.slug))).one_or_none()
    if row is not None and row.digest == folder.digest:
        return False
    wanted = tenant_values(folder.manifest) | {"parent_id": await _parent_id(session, folder)}
    tenant_id = row.id if row is not None else await _launch(session, folder, wanted, actor, say)
    await _put_pictures(folder, tenant_id, files)
    async with bound_to(session, tenant_id):
        known = await known_rows(session)
        edited = await _own_row(
            session, tenant_id, wanted, known.pop(("tenant", folder.slug), None), launched=row is None
        )
        outcome = await _rows(session, folder, tenant_id, known)
        if outcome.anything or edited:
            await content_version.bump(session)
    await session.execute(update(Tenant).where(Tenant.id == tenant_id).values(digest=folder.digest))
    if edited:
        await refresh_relatives(session, tenant_id)
        await announce_hosts(session, folder.slug)
    if edited and row is not None:
        say(f"~ {folder.slug} tenant: {', '.join(edited)}")
    report(folder.slug, outcome, say)
    return bool(outcome.anything or edited)


async def _put_pictures(folder: Folder, tenant_id: int, files: Files) -> None:
    """Before the rows that name them. Without a commit they are merely not looked at."""
    for medium in folder.manifest.media:
        picture = picture_of(medium.file, folder.media[medium.file])
        for key, data in {key_of(picture, tenant_id, size): data for size, data in picture.sizes.items()}.items():
            await files.put(key, data)


async def _launch(session: AsyncSession, folder: Folder, wanted: dict[str, Any], actor: Actor, say: Say) -> int:
    given = {"id": NATIONAL} if folder.manifest.level is Level.NATION else {}
    say(f"+ {folder.slug} {folder.manifest.name}")
    return await create_tenant(session, actor=actor, columns=wanted | given)


async def _parent_id(session: AsyncSession, folder: Folder) -> int | None:
    if folder.manifest.parent is None:
        return None
    return (await session.execute(select(Tenant.id).where(Tenant.slug == folder.manifest.parent))).scalar_one()


async def _own_row(
    session: AsyncSession, tenant_id: int, wanted: dict[str, Any], before: Known | None, *, launched: bool
) -> list[str]:
    """Write the columns that the files changed since last time; all of them where no files have spoken yet."""
    now = as_json(wanted)
    key = ("tenant", wanted["slug"])
    applied = before.applied if before else {}
    changed = {name: value for name, value in wanted.items() if now[name] != applied.get(name, ...)}
    if before is None:
        session.add(ManifestRow(table_name=key[0], key=key[1], object_id=_TENANT_ROW, applied=now))
    elif changed:
        await session.execute(update(ManifestRow).where(_is(key)).values(applied=now))
    if changed and not launched:
        revised = {"revision": Tenant.revision + 1, "updated_at": clock.now()}
        await session.execute(update(Tenant).where(Tenant.id == tenant_id).values(**changed, **revised))
    return sorted(changed)


async def _rows(session: AsyncSession, folder: Folder, tenant_id: int, known: dict[Key, Known]) -> Outcome:
    documents = {key: known.pop(key) for key in list(known) if key[0] == "search_document"}
    outcome = await bring_to(session, rows_of(folder, tenant_id), known)
    await _search(session, folder, outcome.ids, documents)
    return outcome


async def _search(session: AsyncSession, folder: Folder, ids: dict[Key, UUID], before: dict[Key, Known]) -> None:
    """Put the documents whose words changed in the files, take away those whose thing has left them."""
    for object_id, document in documents_of(folder, ids):
        key = ("search_document", "/".join(document.about))
        now = as_json({name: getattr(document, name) for name in Document.__struct_fields__[1:]})
        known = before.pop(key, None)
        if known is None:
            await put(session, object_id, document)
            session.add(ManifestRow(table_name=key[0], key=key[1], object_id=object_id, applied=now))
        elif known.applied != now:
            await put(session, object_id, document)
            await session.execute(update(ManifestRow).where(_is(key)).values(applied=now))
    for key, gone in before.items():
        await remove(session, gone.object_id, gone.applied["kind"])
        await session.execute(delete(ManifestRow).where(_is(key)))


def _is(key: Key) -> ColumnElement[bool]:
    return (ManifestRow.table_name == key[0]) & (ManifestRow.key == key[1])


__all__ = ["Program", "apply", "apply_folder", "launch", "read_all"]
