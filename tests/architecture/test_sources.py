"""Rules about the source text that no linter knows. Each failure says why the rule is there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")])
MAX_LINES = 300
#: Functions that build SQL from constants of their own module, looked at one by one.
MAY_FORMAT_SQL = {
    "shared/tenants/queries.py",
    "shared/members/queries.py",
    "shared/members/directory.py",
    "shared/members/ledger.py",
    "shared/members/notice_queries.py",
    "shared/events/proposal_queries.py",
    "shared/members/access_log.py",
    "shared/members/freshness.py",
    "shared/members/organisations.py",
    "shared/members/portal_queries.py",
    "shared/members/umbrella.py",
    "shared/members/visibility.py",
    "shared/kit/outbox.py",
    "shared/kit/database/roles.py",
}


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


@pytest.mark.parametrize("file", SOURCES, ids=relative)
def test_a_file_has_one_purpose_and_at_most_300_lines(file: Path) -> None:
    lines = len(file.read_text().splitlines())
    assert lines <= MAX_LINES, f"{relative(file)} has {lines} lines: a room with two purposes?"


@pytest.mark.parametrize("file", SOURCES, ids=relative)
def test_sql_is_never_built_from_values(file: Path) -> None:
    if relative(file) in MAY_FORMAT_SQL:
        return
    formatted = [
        call.lineno
        for call in calls(ast.parse(file.read_text()))
        if (ast.unparse(call.func) in ("text", "sqlalchemy.text", "sa.text") or name_of(call) == "exec_driver_sql")
        and call.args
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        and "SET LOCAL app.tenant" not in ast.unparse(call.args[0])
        and "SET LOCAL ROLE" not in ast.unparse(call.args[0])
        and "advisory" not in ast.unparse(call.args[0])
    ]
    assert formatted == [], f"{relative(file)}: text(f'…') lets a value become SQL; bind it"


@pytest.mark.parametrize("file", SOURCES, ids=relative)
def test_nobody_commits_but_the_edges(file: Path) -> None:
    committing = [call.lineno for call in calls(ast.parse(file.read_text())) if name_of(call) == "commit"]
    assert committing == [], f"{relative(file)}: Context.write, the actors and the CLI begin and end transactions"


@pytest.mark.parametrize("file", SOURCES, ids=relative)
def test_engines_are_made_in_one_place(file: Path) -> None:
    makers = {"create_async_engine", "create_engine"}
    made = [c for c in calls(ast.parse(file.read_text())) if isinstance(c.func, ast.Name) and c.func.id in makers]
    allowed = relative(file).startswith("shared/kit/database/")
    assert allowed or all(name_of(call) == "create_engine" and "policies." in ast.unparse(call) for call in made)
