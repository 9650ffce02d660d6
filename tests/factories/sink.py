"""A mail server that keeps what it is given, refuses what it is told to, and can stand still at a stage."""

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """`answers` maps MAIL, RCPT or DATA to the answer to give instead of yes. Its server runs in a thread of its own."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}
        self._held: dict[str, threading.Event] = {}
        self._reached: dict[str, threading.Event] = {}

    @contextmanager
    def holding(self, stage: str) -> Iterator[threading.Event]:
        """Stand still at MAIL, or at DATA: there the mail is accepted and kept, but the sender is not told."""
        self._held[stage], self._reached[stage] = threading.Event(), threading.Event()
        try:
            yield self._reached[stage]
        finally:
            self._held.pop(stage).set()

    async def _pause(self, stage: str) -> None:
        held = self._held.get(stage)
        if held is not None:
            self._reached[stage].set()
            await asyncio.to_thread(held.wait, 30)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._pause("MAIL")
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content: Any = envelope.original_content
        self.mails.append(email.message_from_bytes(content, _class=EmailMessage, policy=policy.default))
        self.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos[0]))
        await self._pause("DATA")
        return "250 OK"


@contextmanager
def mail_server(sink: Sink, **options: Any) -> Iterator[str]:
    """Its address, as SMTP_URL wants it. `options` are aiosmtpd's: TLS, authentication."""
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), ready_timeout=5, **options)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
