"""Handing a letter over: to an SMTP server, or without one into a folder. Both with the same last step before the point
of no return, so that the row can say what a crash left behind.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings

from shared.kit import clock
from shared.kit.letter_text import Sender
from shared.kit.sending import Claim
from shared.kit.settings import Settings

#: For the headers: the default policy folds a long Japanese name and leaves a space inside it.
POLICY = policy.SMTP.clone(max_line_length=998)
#: Seconds. Their sum over one letter stays below the lease.
CONNECT, COMMAND, ANSWER = 10, 8, 45

#: Commits `HANDING_OVER`; raises when the letter is no longer ours.
LastStep = Callable[[], Awaitable[None]]


class Refused(Exception):
    """5xx: this letter will not be taken."""


class Deferred(Exception):
    """4xx: not now."""


class Unreachable(Exception):
    """No server, or it hung up before the final dot: certainly not accepted."""


class InDoubt(Exception):
    """The final dot was sent and no answer came."""


class Carrier(Protocol):
    """Returns when the letter has been accepted; raises one of the four above, or what `last_step` raised."""

    async def carry(self, letter: EmailMessage, sender: str, recipient: str, last_step: LastStep) -> None: ...


def carrier_for(settings: Settings) -> Carrier:
    """SMTP_URL: smtp://user:password@host:port, smtps://…, with ?starttls=1 or ?starttls=0 to insist. Absent: a folder."""
    return SmtpServer(settings.smtp_url) if settings.smtp_url else Folder(settings.local / "mail")


def message_of(letter: Claim, sender: Sender) -> EmailMessage:
    """Refused if any header value could end its header early."""
    try:
        return _message(letter, sender)
    except ValueError as error:
        raise Refused(f"not a mail: {error}") from error


def _message(letter: Claim, sender: Sender) -> EmailMessage:
    message = EmailMessage(policy.SMTP)
    # First, and by the usual policy: base64 in lines of 76. It also drops what Content-* headers there are.
    message.set_content(letter.body, cte="base64")
    for each in letter.attachments:
        kind, _, subtype = each["media_type"].partition("/")
        # Without the charset a mail program may take the bytes for ASCII.
        charset = {"charset": "utf-8"} if kind == "text" else {}
        data = each["text"].encode()
        message.add_attachment(data, kind, subtype, cte="base64", filename=each["name"], params=charset)
    message["From"] = _address(sender.name, sender.email)
    message["To"] = _address(letter.to_name or "", letter.to_email)
    message["Subject"] = letter.subject
    message["Date"] = letter.queued_at.astimezone(clock.JST)
    message["Message-ID"] = letter.message_id
    # Out-of-office robots do not answer these.
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "ja"
    for name, value in letter.headers.items():
        message[name] = value
    if letter.resent:
        message["X-Tsunagari-Resent"] = "yes"
    message.policy = POLICY
    return message


def _address(name: str, email: str) -> Address:
    local, _, domain = email.rpartition("@")
    return Address(name, local, domain)


class SmtpServer:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL must be smtp://host:port or smtps://host:port")
        starttls = parse_qs(parts.query).get("starttls", [None])[0]
        self.options: dict[str, object] = {
            "hostname": parts.hostname,
            "port": parts.port,
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": parts.scheme == "smtps",
            "start_tls": {None: None, "1": True, "0": False}[starttls] if parts.scheme == "smtp" else False,
        }

    async def carry(self, letter: EmailMessage, sender: str, recipient: str, last_step: LastStep) -> None:
        client = aiosmtplib.SMTP(timeout=COMMAND, **self.options)  # type: ignore[arg-type]
        try:
            await self._before_the_dot(client, letter.as_bytes(), sender, recipient)
            await last_step()
            if not client.is_connected:
                raise Unreachable("the server hung up before the final dot")
            await self._dot(client)
            await self._say_goodbye(client)
        finally:
            client.close()

    async def _before_the_dot(self, client: aiosmtplib.SMTP, body: bytes, sender: str, recipient: str) -> None:
        try:
            await client.connect(timeout=CONNECT)
            await client.mail(sender)
            await client.rcpt(recipient)
            answer = await client.execute_command(b"DATA")
            if answer.code != 354:
                raise aiosmtplib.SMTPDataError(answer.code, answer.message)
            await self._write(client, PERIOD_REGEX.sub(b"..", normalize_message_line_endings(body)))
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPConnectError, aiosmtplib.SMTPHeloError) as error:
            # A wrong password of ours, a server that serves nobody: no fault of the letter's.
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _verdict(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        except ValueError as error:
            # Only now: a certificate that does not hold is an OSError and a ValueError.
            raise Refused(f"not an address: {error}") from error

    async def _write(self, client: aiosmtplib.SMTP, body: bytes) -> None:
        if client.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("the server hung up")
        client.protocol.write(body)
        async with asyncio.timeout(COMMAND):
            await client.protocol._drain_helper()

    async def _dot(self, client: aiosmtplib.SMTP) -> None:
        try:
            answer = await client.execute_command(b".", timeout=ANSWER)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise InDoubt(f"{type(error).__name__}: {error}") from error
        if answer.code != 250:
            raise _verdict(answer.code, answer.message)

    async def _say_goodbye(self, client: aiosmtplib.SMTP) -> None:
        """The letter is accepted, whatever the server makes of our farewell."""
        try:
            await client.quit(timeout=1)
        except (aiosmtplib.SMTPException, OSError):
            client.close()


def _verdict(code: int, message: str) -> Exception:
    text = f"{code} {message}"[:500]
    if 500 <= code < 600:
        return Refused(text)
    # 421 is a server that closes down; codes outside the book say nothing about the letter either.
    return Deferred(text) if 400 <= code < 500 and code != 421 else Unreachable(text)


class Folder:
    """One file per letter, `<utc>-<id>.eml`, complete or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def carry(self, letter: EmailMessage, sender: str, recipient: str, last_step: LastStep) -> None:
        identity = letter["Message-ID"].strip("<>").partition("@")[0]
        file = self.folder / f"{clock.now():%Y%m%dT%H%M%S%fZ}-{identity}.eml"
        unfinished = file.with_suffix(".tmp")
        await asyncio.to_thread(self._write, unfinished, letter.as_bytes())
        try:
            await last_step()
            await asyncio.to_thread(unfinished.rename, file)
        finally:
            await asyncio.to_thread(unfinished.unlink, missing_ok=True)

    def _write(self, file: Path, body: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
