"""The processes of an installation, each by its own command: web, background (scheduler and worker in one), worker, scheduler."""

import argparse
import os

import uvicorn

from services.cli.commands import add_command
from shared.kit.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add_command(commands, "web", web, "serve the pages and GraphQL")
    add_command(commands, "background", background, "scheduler and worker in one process: all that a small place needs")
    add_command(commands, "worker", worker, "only the worker; needs BROKER_URL")
    add_command(commands, "scheduler", scheduler, "only the scheduler and the relay; needs BROKER_URL")


def web(settings: Settings, given: argparse.Namespace) -> None:
    """`WEB_WORKERS` processes (default 1) on `BIND` (default 127.0.0.1), behind a reverse proxy in real installations.

    `TRUSTED_PROXIES` are the addresses whose X-Forwarded-For is believed (the client's address, for rate limits); the host
    is always the request's own.
    """
    trusted = os.environ.get("TRUSTED_PROXIES", "")
    uvicorn.run(
        "services.web.main:app",
        factory=True,
        host=os.environ.get("BIND", "127.0.0.1"),
        port=settings.port,
        workers=int(os.environ.get("WEB_WORKERS", "1")),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted or None,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=8,
    )


def background(settings: Settings, given: argparse.Namespace) -> None:
    from services.background import main  # noqa: PLC0415 - dramatiq is not loaded for other commands

    main()


def worker(settings: Settings, given: argparse.Namespace) -> None:
    from services.worker.main import main  # noqa: PLC0415 - dramatiq is not loaded for other commands

    main()


def scheduler(settings: Settings, given: argparse.Namespace) -> None:
    from services.scheduler.main import main  # noqa: PLC0415 - dramatiq is not loaded for other commands

    main()
