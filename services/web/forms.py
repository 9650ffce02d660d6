"""Forms: the token that proves a form is ours, and reading what was sent without trusting any of it."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile

from services.web.context import Context
from services.web.form_token import token_for
from shared.kit.refusals import Refusal, Refusals

FIELD = "csrf"


class FormExpired(Refusal):
    """Shown on the form's own page with everything that was typed."""

    def __init__(self) -> None:
        super().__init__(
            "FORM_EXPIRED",
            "画面を開いてから時間がたったため、送信できませんでした。入力内容は残っています。もう一度送信してください。",
        )


def same_origin(request: Request[Any, Any, Any], ctx: Context) -> bool:
    """A browser names where a POST comes from; programs name nothing and carry no cookies by accident."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    given = urlsplit(origin)
    return given.netloc in (urlsplit(ctx.tenant.base_url).netloc, request.headers.get("host"))


class Form:
    """What was sent: text fields cleaned of nothing, files unread. `genuine` is False when the token is missing or old.

    `path` is where it was sent to, and with that what it is about; empty for what never was a POST.
    """

    def __init__(self, data: FormMultiDict, genuine: bool, *, path: str = "") -> None:
        self._data = data
        self.genuine = genuine
        self.path = path

    def text(self, name: str) -> str:
        value = self._data.get(name, "")
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        return [value for value in self._data.getall(name, []) if isinstance(value, str)]

    def has(self, name: str) -> bool:
        """The field stood on the form, empty or not."""
        return name in self._data

    def checked(self, name: str) -> bool:
        return self.text(name) not in ("", "0", "off")

    def file(self, name: str) -> UploadFile | None:
        value = self._data.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def values(self) -> dict[str, str | list[str]]:
        """Everything typed, to show it again; a name that came several times is a list."""
        names = [name for name in self._data if name != FIELD]
        texts = {name: self.texts(name) for name in names}
        return {name: given[0] if len(given) == 1 else given for name, given in texts.items() if given}

    async def fingerprint(self) -> str:
        """Of everything that was sent, and where to: address, words, and what is in the files."""
        uploads = [(name, each) for name in self._data for each in self._data.getall(name) if not isinstance(each, str)]
        files = [(name, each.filename, await _digest(each)) for name, each in uploads]
        return hashlib.sha256(msgspec.json.encode([self.path, self.values(), files], order="sorted")).hexdigest()


async def _digest(upload: UploadFile) -> str:
    """Whoever reads it, before or after, finds it whole."""
    await upload.seek(0)
    digest = hashlib.sha256(await upload.read()).hexdigest()
    await upload.seek(0)
    return digest


async def read_form(request: Request[Any, Any, Any], ctx: Context) -> Form:
    """The only way by which pages read a POST: whoever does not look at `genuine` uses `read_genuine_form`."""
    data = await request.form()
    given = data.get(FIELD)
    secret_key, session_id = ctx.site.settings.secret_key, ctx.actor.session_id
    expected = token_for(secret_key, ctx.form_secret or "", ctx.tenant.id, session_id)
    genuine = (
        ctx.form_secret is not None
        and isinstance(given, str)
        and hmac.compare_digest(given.encode(), expected.encode())
        and same_origin(request, ctx)
    )
    return Form(data, genuine, path=request.url.path)


async def read_genuine_form(request: Request[Any, Any, Any], ctx: Context) -> Form:
    form = await read_form(request, ctx)
    if not form.genuine:
        raise FormExpired
    return form


class FormView:
    """A form as it is shown: what was typed so far, and the problems by field name (`""` is the form as a whole).

    Templates ask `view.value(name)`, `view.chosen(name, option)` and `view.problem(name)`; see macros/forms.html.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, refusal: Refusal | None = None) -> None:
        self._values = values or {}
        refusals = refusal.problems if isinstance(refusal, Refusals) else [refusal] if refusal else []
        self.problems: dict[str, str] = {each.field or "": each.message for each in refusals}

    def has(self, name: str) -> bool:
        return name in self._values

    def value(self, name: str) -> str:
        value = self._values.get(name)
        return "" if value is None else str(value)

    def chosen(self, name: str, option: object) -> bool:
        value = self._values.get(name)
        return str(option) in map(str, value) if isinstance(value, list) else str(value) == str(option)

    def problem(self, name: str) -> str | None:
        return self.problems.get(name)
