"""Ways to a mail server: what its address may say, and when nothing is handed over."""

import asyncio
import datetime
import email
import ipaddress
import ssl
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.kit.letter_text import Sender
from shared.kit.post import LetterClass
from shared.kit.sending import Claim
from shared.kit.smtp import Folder, InDoubt, Refused, SmtpServer, Unreachable, message_of
from tests.factories.sink import Sink, mail_server


def _letter() -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = "x"
    letter["Message-ID"] = "<1@town.example>"
    letter.set_content("x")
    return letter


async def _nothing() -> None:
    """The last step: the row says that the letter is being handed over."""


async def _carry(url: str) -> None:
    await SmtpServer(url).carry(_letter(), "a@town.example", "b@example.jp", _nothing)


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"post office", b"p@ss/word"), handled=False)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate that this process trusts, for as long as the test runs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize("query", ["", "?starttls=1"])
async def test_it_signs_in_over_starttls(certificate: ssl.SSLContext, query: str) -> None:
    sink = Sink()
    options = {"tls_context": certificate, "require_starttls": True, "authenticator": _login, "auth_required": True}
    with mail_server(sink, **options) as url:
        await _carry(url.replace("smtp://", "smtp://post%20office:p%40ss%2Fword@") + query)
    assert len(sink.mails) == 1


async def test_a_wrong_password_of_ours_is_no_fault_of_the_letters(certificate: ssl.SSLContext) -> None:
    sink = Sink()
    options = {"tls_context": certificate, "authenticator": _login, "auth_required": True}
    with mail_server(sink, **options) as url, pytest.raises(Unreachable, match="SMTPAuthenticationError"):
        await _carry(url.replace("smtp://", "smtp://post%20office:wrong@"))
    assert sink.mails == []


async def test_where_tls_is_insisted_on_nothing_goes_in_the_clear() -> None:
    sink = Sink()
    with mail_server(sink) as url, pytest.raises(Unreachable):
        await _carry(url + "?starttls=1")
    assert sink.mails == []


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    sink = Sink()
    with mail_server(sink, tls_context=certificate) as url, pytest.raises(Unreachable):
        await _carry(url + "?starttls=1")
    assert sink.mails == []


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL must be"):
        SmtpServer(url)


async def test_when_the_row_cannot_be_marked_the_letter_is_not_handed_over() -> None:
    class NoDatabase(Exception):
        pass

    async def fail() -> None:
        raise NoDatabase

    sink = Sink()
    with mail_server(sink) as url, pytest.raises(NoDatabase):
        await SmtpServer(url).carry(_letter(), "a@town.example", "b@example.jp", fail)
    assert sink.mails == []


async def test_a_server_that_hangs_up_after_the_dot_leaves_us_in_doubt() -> None:
    class HangsUp(Sink):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 OK"

    with mail_server(HangsUp()) as url, pytest.raises(InDoubt):
        await _carry(url)


async def test_a_server_that_hung_up_before_the_dot_has_accepted_nothing() -> None:
    class HangsUp(Sink):
        """After its yes to the recipient it waits for the body, and goes."""

        async def handle_RCPT(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
        ) -> str:
            assert isinstance(server.transport, asyncio.Transport)
            server.loop.call_later(0.1, server.transport.abort)
            return await super().handle_RCPT(server, session, envelope, address, options)

    async def slow() -> None:
        await asyncio.sleep(0.3)

    sink = HangsUp()
    with mail_server(sink) as url, pytest.raises(Unreachable, match="before the final dot"):
        await SmtpServer(url).carry(_letter(), "a@town.example", "b@example.jp", slow)
    assert sink.mails == []


async def test_a_folder_never_shows_half_a_letter(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    async def look() -> None:
        seen.append(_endings(tmp_path))

    await Folder(tmp_path).carry(_letter(), "a@town.example", "b@example.jp", look)
    assert seen == [[".tmp"]]
    assert _endings(tmp_path) == [".eml"]


def _endings(folder: Path) -> list[str]:
    return sorted(file.suffix for file in folder.iterdir())


def _claim(**values: Any) -> Claim:
    given: dict[str, Any] = {
        "to_name": "山田 花子",
        "subject": "知らせ",
        "body": "ことば\n" * 500,
        "headers": {},
        "attachments": [],
    }
    return Claim(
        id=uuid4(),
        attempt=1,
        letter_class=LetterClass.MUST_ARRIVE,
        to_email="a@example.jp",
        message_id="<1@town.example>",
        queued_at=datetime.datetime(2026, 11, 21, 15, 0, tzinfo=datetime.UTC),
        resent=False,
        **given | values,
    )


SENDER = Sender(
    name="とくしま孤独・孤立対策官民連携プラットフォーム（試験のための、たいへん長い名前）",
    email="noreply@town.example",
    base_url="https://town.example",
)


def test_a_letter_is_a_mail_that_every_server_takes() -> None:
    raw = message_of(_claim(), SENDER).as_bytes()
    headers, _, body = raw.partition(b"\r\n\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert max(len(line) for line in headers.split(b"\r\n")) <= 998
    assert raw.isascii()
    read = email.message_from_bytes(raw, policy=policy.default)
    assert read["From"].addresses[0].display_name == SENDER.name
    assert read["To"].addresses[0].display_name == "山田 花子"
    assert (read["Date"], read["Content-Language"], read["Auto-Submitted"]) == (
        "Sun, 22 Nov 2026 00:00:00 +0900",
        "ja",
        "auto-generated",
    )
    assert read["X-Tsunagari-Resent"] is None


@pytest.mark.parametrize("part", ["to_name", "subject"])
def test_a_header_cannot_be_broken_out_of(part: str) -> None:
    with pytest.raises(Refused):
        message_of(_claim(**{part: "x\r\nBcc: b@example.jp"}), SENDER)


def test_a_header_of_a_letters_own_cannot_be_broken_out_of() -> None:
    with pytest.raises(Refused):
        message_of(_claim(headers={"List-Unsubscribe": "<https://town.example>\r\nBcc: b@example.jp"}), SENDER)


def test_an_attachment_of_words_says_how_they_are_written() -> None:
    calendar = {"name": "event.ics", "media_type": "text/calendar", "text": "SUMMARY:情報交換会\r\n"}
    raw = message_of(_claim(attachments=[calendar]), SENDER).as_bytes()
    [attached] = email.message_from_bytes(raw, policy=policy.default).iter_attachments()
    assert (attached.get_content_charset(), attached.get_content()) == ("utf-8", calendar["text"])
