"""Rules about the source text that no linter knows. Each failure says why the rule is there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")])
MAX_LINES = 300
#: Statements that take no bind parameters; what they hold is an integer or a name of our own, looked at one by one.
CANNOT_BIND = {"shared/kit/database/session.py", "shared/kit/database/roles.py", "shared/kit/database/migrate.py"}
#: Statements put together by code out of pieces of SQL that stand in the same slice; values are bound. Looked at one by one.
COMPOSED = {
    "shared/members/directory.py",
    "shared/members/ledger.py",
    "shared/members/notices/queries.py",
    "shared/members/organisations.py",
    "shared/members/portal_queries.py",
    "shared/members/roster.py",
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


def is_constant(sql: ast.expr) -> bool:
    """A literal, or one composed of literals and CONSTANTS of a module: what is written, not what came in."""
    match sql:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.lstrip("_").isupper()
        case ast.Attribute(attr=name):
            return name.lstrip("_").isupper()
        case ast.JoinedStr(values=parts):
            return all(is_constant(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return is_constant(left) and is_constant(right)
    return False


@pytest.mark.parametrize("file", SOURCES, ids=relative)
def test_sql_is_never_built_from_values(file: Path) -> None:
    if relative(file) in CANNOT_BIND | COMPOSED:
        return
    formatted = [
        call.lineno
        for call in calls(ast.parse(file.read_text()))
        if (ast.unparse(call.func) in ("text", "sqlalchemy.text", "sa.text") or name_of(call) == "exec_driver_sql")
        and call.args
        and not is_constant(call.args[0])
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


#: Pages that show everything but the place to those who have not signed, and note the look themselves.
HOLD_BACK_THEMSELVES = {"services/web/pages/public/organisations.py", "services/web/pages/staff/organisations.py"}
#: What an organisation does not show to everybody, as it is read for the secretariat.
CONFIDENTIAL = {
    "application_queries.application",
    "intake.scan",
    "notice_queries.change_notice",
    "notice_queries.withdrawal_notice",
    "queries.change_notice",
    "queries.withdrawal_notice",
    "versions.details_at",
    "versions.details_of",
}
#: Shows of it the name alone, and the number on its paper.
NAMES_ALONE = {"show_entered", "_withdrawal_form", "_change_form"}


@pytest.mark.parametrize("file", [file for file in SOURCES if "services" in file.parts], ids=relative)
def test_the_pledge_and_the_line_of_who_has_looked_come_together(file: Path) -> None:
    if relative(file) in HOLD_BACK_THEMSELVES:
        return
    alone = {"pledges.require_pledge", "pledges.require_pledge_for", "access_log.note_view"}
    found = [ast.unparse(node) for node in ast.walk(ast.parse(file.read_text())) if _spelled(node) in alone]
    assert found == [], f"{relative(file)}: looking.look_at does both"


@pytest.mark.parametrize(
    "file",
    [file for file in SOURCES if "pages/staff/" in relative(file) or "web/graphql/" in relative(file)],
    ids=relative,
)
def test_the_secretariat_reads_what_is_confidential_only_where_it_has_looked(file: Path) -> None:
    if relative(file) in HOLD_BACK_THEMSELVES:
        return
    for function in ast.walk(ast.parse(file.read_text())):
        if not isinstance(function, ast.AsyncFunctionDef) or function.name in NAMES_ALONE:
            continue
        spelled = {_spelled(node) for node in ast.walk(function)}
        looks = {each for each in spelled if each.rpartition(".")[2].lstrip("_").startswith(("look_at", "looked_at"))}
        assert looks or not spelled & CONFIDENTIAL, f"{relative(file)}: {function.name} shows it without a look"


def _spelled(node: ast.AST) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=left), attr=right):
            return f"{left}.{right}"
        case ast.Name(id=name):
            return name
    return ""
