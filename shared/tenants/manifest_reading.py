"""Reads a tenant's folder into typed values, and collects every mistake instead of stopping at the first."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shared.tenants.manifest import CharterHead, Manifest, MembersFile, OrganisationEntry, PageHead, Strict
from shared.tenants.manifest_events import EventFile
from shared.tenants.manifest_lines import LineIndex
from shared.tenants.manifest_lines import Path as Place
from shared.tenants.manifest_shape import differences

T = TypeVar("T", bound=Strict)

#: Raise when the same files must be applied anew because their meaning has changed.
FORMAT = "1"
#: Around the front matter of Markdown files.
FENCE = "+++"


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake: which file, which line, and what to do."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class ManifestRefused(Exception):
    """Nothing has been applied. `problems` are all that were found in the run."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Source:
    """A text file that knows its name and the lines of its keys."""

    def __init__(self, name: str, text: str, *, offset: int = 0) -> None:
        self.name = name
        self.text = text
        self._index = LineIndex(text, offset=offset)

    def problem(self, place: Place, reason: str) -> Problem:
        return Problem(self.name, self._index.line(place), reason)


class Document(msgspec.Struct, frozen=True):
    """A Markdown file with its decoded front matter."""

    source: Source
    head: Any
    body: str


class Folder(msgspec.Struct, frozen=True):
    """All files of one tenant, decoded. `paths` names those, too, that could not be read."""

    source: Source
    manifest: Manifest
    charters: list[Document]
    pages: dict[str, Document]
    easy_pages: dict[str, str]
    events: dict[str, tuple[Source, EventFile]]
    members: list[tuple[Source, MembersFile]]
    media: dict[str, bytes]
    paths: frozenset[str]
    digest: str

    @property
    def slug(self) -> str:
        return self.manifest.slug

    @property
    def organisations(self) -> list[OrganisationEntry]:
        """Those of tenant.toml, then those of members/*.toml."""
        return [*self.manifest.organisations, *(entry for _, file in self.members for entry in file.organisations)]


def read_folder(files: dict[str, bytes], *, name: str) -> tuple[Folder | None, list[Problem]]:
    """`files` by path inside the folder; `name` is how the folder is called in messages (`tenants/kochi`)."""
    problems: list[Problem] = []
    texts = {path: _text(f"{name}/{path}", data, problems) for path, data in files.items() if not _is_media(path)}
    source = Source(f"{name}/tenant.toml", texts.get("tenant.toml", ""))
    if "tenant.toml" not in texts:
        return None, [Problem(source.name, 1, "tenant.toml がありません。tenants/_template を写して始めてください。")]
    problems += [
        Problem(f"{name}/{path}", 1, "この場所のファイルは読み込まれません。名前と置き場所を確かめてください。")
        for path in files
        if not _known(path)
    ]
    manifest = _decode(source, Manifest, problems)
    charters = _documents(name, texts, r"charter(-\d+)?\.md", CharterHead, problems)
    page_files = _documents(name, texts, r"pages/[a-z0-9-]+\.md", PageHead, problems)
    events = _events(name, texts, problems)
    members = _members(name, texts, problems)
    if manifest is None:
        return None, problems
    easy = {_stem(path).removesuffix(".easy"): text for path, text in texts.items() if path.endswith(".easy.md")}
    folder = Folder(
        source=source,
        manifest=manifest,
        charters=list(charters.values()),
        pages={_stem(path): document for path, document in page_files.items()},
        easy_pages=easy,
        events=events,
        members=members,
        media={path.removeprefix("media/"): data for path, data in files.items() if _is_media(path)},
        paths=frozenset(files),
        digest=digest_of(files),
    )
    return folder, problems


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below the folder but hidden ones and `*.txt`, by its path inside."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    inside = {path.relative_to(folder).as_posix(): path for path in found}
    return {
        name: path.read_bytes()
        for name, path in inside.items()
        if not name.endswith(".txt") and not any(part.startswith(".") for part in name.split("/"))
    }


def digest_of(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256(FORMAT.encode())
    for path in sorted(files):
        digest.update(f"{path}\0{len(files[path])}\0".encode())
        digest.update(files[path])
    return digest.hexdigest()


def _events(name: str, texts: dict[str, str], problems: list[Problem]) -> dict[str, tuple[Source, EventFile]]:
    events: dict[str, tuple[Source, EventFile]] = {}
    for path, text in texts.items():
        if path.startswith("events/"):
            source = Source(f"{name}/{path}", text)
            event = _decode(source, EventFile, problems)
            if event is not None:
                events[_stem(path)] = (source, event)
    return events


def _members(name: str, texts: dict[str, str], problems: list[Problem]) -> list[tuple[Source, MembersFile]]:
    members: list[tuple[Source, MembersFile]] = []
    for path in sorted(texts):
        if path.startswith("members/"):
            source = Source(f"{name}/{path}", texts[path])
            file = _decode(source, MembersFile, problems)
            if file is not None:
                members.append((source, file))
    return members


def _documents(
    name: str, texts: dict[str, str], pattern: str, head: type[Strict], problems: list[Problem]
) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    for path in sorted(texts):
        if not re.fullmatch(pattern, path):
            continue
        front, fence, body = texts[path].removeprefix(FENCE).partition(f"\n{FENCE}")
        if not texts[path].startswith(FENCE) or not fence:
            problems.append(
                Problem(f"{name}/{path}", 1, f"先頭に {FENCE} の行ではさんだ見出し（title など）が必要です。")
            )
            continue
        source = Source(f"{name}/{path}", front)
        decoded = _decode(source, head, problems)
        if decoded is not None:
            documents[path] = Document(source, decoded, body.strip("\n") + "\n")
    return documents


def _decode(source: Source, kind: type[T], problems: list[Problem]) -> T | None:
    try:
        data = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+)", str(error))
        reason = f"TOMLとして読み取れません（{_toml_reason(str(error))}）。"
        problems.append(Problem(source.name, int(where[1]) if where else 1, reason))
        return None
    found = [source.problem(place, reason) for place, reason in differences(data, kind)]
    problems += found
    return None if found else msgspec.convert(data, kind)


def _toml_reason(message: str) -> str:
    for english, japanese in {
        "Cannot overwrite a value": "同じ項目が二度書かれています",
        "Invalid date": "実在しない日付か時刻です",
        "Cannot declare": "同じ表が二度書かれています",
        "Illegal character": "使えない文字があります",
    }.items():
        if message.startswith(english):
            return japanese
    return message


def _text(name: str, data: bytes, problems: list[Problem]) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        problems.append(Problem(name, 1, "文字コードがUTF-8ではありません。UTF-8で保存し直してください。"))
        return ""


def _is_media(path: str) -> bool:
    return path.startswith("media/")


def _known(path: str) -> bool:
    return _is_media(path) or bool(
        re.fullmatch(
            r"tenant\.toml|charter(-\d+)?\.md|pages/[a-z0-9-]+(\.easy)?\.md|(events|members)/[a-z0-9-]+\.toml", path
        )
    )


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
