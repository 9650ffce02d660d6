"""What several stories do: read the post, take a file along."""

import base64
import email
import email.policy
import io
import time
from email.message import EmailMessage

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.fixtures import follow
from tests.running import Installation


def letters_to(running: Installation, address: str) -> list[EmailMessage]:
    found = [email.message_from_string(text, policy=email.policy.default) for text in running.letters()]
    return [each for each in found if address in str(each["to"])]


def letter_to(running: Installation, address: str, subject: str) -> EmailMessage:
    """Waits for the background process, which has its own pace."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for letter in letters_to(running, address):
            if subject in str(letter["subject"]):
                return letter
        time.sleep(0.2)
    raise AssertionError(
        f"no letter {subject!r} to {address}: {[str(x['subject']) for x in letters_to(running, address)]}"
    )


def let_letters_go_by_night(staff: Page, page_of_choice: str) -> None:
    """The administrator decides so: then nobody waits for the morning, whenever the story is told."""
    staff.goto(page_of_choice)
    staff.check("input[name=by_night][value='1']")
    follow(staff.locator("main form button[type=submit]"))
    expect(staff.locator("main [role=status]")).to_contain_text("保存しました")


def fetched(page: Page, path: str) -> bytes:
    """A file behind the sign-in, as the browser gets it when its link is pressed."""
    status, content = page.evaluate(
        """async path => {
            const answer = await fetch(path);
            const bytes = new Uint8Array(await answer.arrayBuffer());
            let text = "";
            for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
            return [answer.status, btoa(text)];
        }""",
        path,
    )
    assert status == 200, (path, status)
    return base64.b64decode(content)


def linked(page: Page, words: str) -> bytes:
    """The file that the link with these words leads to."""
    address = page.get_by_role("link", name=words, exact=True).first.get_attribute("href")
    assert address is not None
    return fetched(page, address)


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (1600, 900), "#1f4e79").save(stream, "PNG")
    return stream.getvalue()
