"""`make bench`: ratios of two things measured in one run, with one server process and equal connections."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from services.cli.run import prepare
from shared.kit.database import embedded, policies
from shared.kit.database.engine import create_engine
from shared.kit.database.session import Database
from shared.kit.settings import ROOT, Settings
from tests.benchmarks import importing, lists, registering, search
from tests.benchmarks.load import Target, get, one_answer, post_json, requests_per_second
from tests.benchmarks.rows import make_events
from tests.benchmarks.statements import home_statements
from tests.running import Installation

CONNECTIONS = 16
SECONDS = 4.0
ROUNDS = 3
OURS, BARE = 8711, 8712
HOST = "tokushima.localhost"
QUERY = """query Events($from: DateTime) { events(first: 20, filter: {from: $from}) { nodes {
  id title kind startsAt venue organiser { name } sessions { label title appearances { personName roleLabel affiliation } } } } }"""


class Result(NamedTuple):
    what: str
    measured: str
    wanted: str
    good: bool


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="tsunagari-bench-", dir="/tmp"))
    try:
        results = [
            *asyncio.run(in_one_run(folder)),
            *starting(folder),
            *importing_a_list(folder),
            *searching(),
            *listing(),
        ]
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
    table = Table("what", "measured", "wanted", "")
    for result in results:
        table.add_row(result.what, result.measured, result.wanted, "ok" if result.good else "MISSED")
    Console().print(table)
    return int(not all(result.good for result in results))


async def in_one_run(folder: Path) -> list[Result]:
    os.environ |= {"LOCAL_DIR": str(folder), "RATE_LIMITS": "off", "PORT": str(OURS)}
    settings = Settings.from_environment()
    await prepare(settings)
    database = Database(create_engine(settings, policies.WORKER))
    tenant = await make_events(database)
    await database.close()
    os.environ |= {"BENCH_TENANT": str(tenant), "BENCH_DATABASE": embedded.url(folder)}
    with serving("ours", OURS) as process, serving("bare", BARE):
        await _same_rows()
        uncached = [body(f"2026-12-01T00:00:{n % 60:02}.{n:06}Z") for n in range(9973)]
        cached = [body("2026-12-01T00:00:00Z")]
        results = [
            await compare("20 events by GraphQL, uncached ÷ bare asyncpg", graphql(uncached), bare(uncached), 0.12),
            await compare("20 events by GraphQL, cached ÷ constant", graphql(cached), ours("/constant.txt"), 0.5),
            await compare("home page, cached ÷ constant page", ours("/"), ours("/constant.html"), 0.5),
        ]
        rushing = await _rush(settings, tenant)
        megabytes = psutil.Process(process.pid).memory_info().rss / 1e6
    statements = await home_statements(settings)
    return [
        *results,
        *rushing,
        Result("home page, uncached: SQL statements", str(statements), "at most 6", statements <= 6),
        Result("web process after the load", f"{megabytes:.0f} MB", "under 300 MB", megabytes < 300),
    ]


async def _rush(settings: Settings, tenant: int) -> list[Result]:
    database = Database(create_engine(settings, policies.WEB))
    found = await registering.measure(database, tenant, host=HOST, port=OURS)
    await database.close()
    ratio = found.ours / found.bare
    speed = f"{ratio:.2f}  ({found.ours:.0f}/s ÷ {found.bare:.0f}/s)"
    kept = "; ".join(found.faults) or "900 confirmed, the rest in order, nobody twice, one effect per key"
    return [
        Result("5,000 registrations for 900 seats by GraphQL ÷ bare asyncpg", speed, "at least 0.2", ratio >= 0.2),
        Result(
            f"10,000 replays of keys ({found.replays:.0f}/s), and what was promised", kept, "kept", not found.faults
        ),
    ]


def starting(folder: Path) -> list[Result]:
    """The second start of everything, to the first page."""
    begun = time.monotonic()
    with Installation(folder) as running:
        answer = running.get("tokushima", "/")
        seconds = time.monotonic() - begun
        answer.raise_for_status()
    return [Result("warm start to the first page", f"{seconds:.1f} s", "under 10 s", seconds < 10)]


def searching() -> list[Result]:
    """The directory of a large platform, alone and among all the others of the nation."""
    measured = asyncio.run(search.measure())
    slow = f"{measured.alone:.0f} ms"
    ratio = f"{measured.ratio:.2f}  ({measured.nation:.0f} ms ÷ {measured.alone:.0f} ms)"
    return [
        Result("search among 10,000 organisations of a tenant, p95", slow, "under 100 ms", measured.alone < 100),
        Result("the same among 200,000 of 1,788 tenants ÷ alone", ratio, "at most 1.2", measured.ratio <= 1.2),
    ]


def listing() -> list[Result]:
    """Ten times the members take ten times the work, and a little for the sorting."""
    return [
        Result(
            f"{each.what}, {search.LARGE:,} members ÷ {lists.SMALL:,}",
            f"{each.ratio:.1f}  ({each.large:.0f} ms ÷ {each.small:.0f} ms)",
            "at most 20",
            each.ratio <= 20,
        )
        for each in asyncio.run(lists.measure())
    ]


def importing_a_list(folder: Path) -> list[Result]:
    """Into an empty ledger; the memory is that of the importing process and of the reading one together."""
    embedded.start(folder, durable=True)
    found = importing.measured(importing.ROWS, importing.SLUG)
    long = importing.measured(importing.LONG, importing.SLUG_OF_LONG)
    rows, many = (f"{number:,} members from an Excel file" for number in (importing.ROWS, importing.LONG))
    held, most = f"{found.megabytes:.0f} MB", f"{long.megabytes:.0f} MB in {long.seconds:.0f} s"
    sums = f"{found.breakdown:.0f} ms"
    return [
        Result(rows, f"{found.seconds:.0f} s", "under 60 s", found.seconds < 60),
        Result(f"{rows}: memory of all processes", held, "under 300 MB", found.megabytes < 300),
        Result(f"{many}: memory of all processes", most, "under 400 MB", long.megabytes < 400),
        Result("the ledger's sums over 10,000 organisations", sums, "under 300 ms", found.breakdown < 300),
    ]


async def compare(what: str, ours: Target, other: Target, wanted: float) -> Result:
    """Alternating rounds; the median of the ratios, so that one hiccup decides nothing."""
    ratios = []
    for _ in range(ROUNDS):
        mine = await requests_per_second(ours, connections=CONNECTIONS, seconds=SECONDS)
        theirs = await requests_per_second(other, connections=CONNECTIONS, seconds=SECONDS)
        ratios.append((mine / theirs, mine, theirs))
    ratio, mine, theirs = sorted(ratios)[ROUNDS // 2]
    return Result(what, f"{ratio:.2f}  ({mine:.0f}/s ÷ {theirs:.0f}/s)", f"at least {wanted}", ratio >= wanted)


async def _same_rows() -> None:
    """Both servers must tell the same events, or the comparison is worth nothing."""
    question = [body("2026-12-01T00:00:00Z")]
    titles = []
    for target in (graphql(question), bare(question)):
        answer = json.loads(await one_answer(target))
        titles.append([node["title"] for node in answer["data"]["events"]["nodes"]])
    if titles[0] != titles[1] or len(titles[0]) != 20:
        raise RuntimeError(f"the servers disagree: {titles}")


def body(since: str) -> bytes:
    return json.dumps({"query": QUERY, "variables": {"from": since}}).encode()


def graphql(bodies: list[bytes]) -> Target:
    return Target("graphql", OURS, [post_json("/graphql", HOST, each) for each in bodies])


def bare(bodies: list[bytes]) -> Target:
    return Target("bare", BARE, [post_json("/", "localhost", each) for each in bodies])


def ours(path: str) -> Target:
    return Target(path, OURS, [get(path, HOST)])


@contextlib.contextmanager
def serving(name: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    application = f"tests.benchmarks.servers:{name}"
    command = [sys.executable, "-m", "uvicorn", "--factory", application, "--port", str(port), "--loop", "uvloop"]
    command += ["--http", "httptools", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.HTTPError):
            httpx.post(f"http://127.0.0.1:{port}/health/live", content=body("2026-12-01T00:00:00Z"), timeout=2)
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")


if __name__ == "__main__":
    raise SystemExit(main())
