"""authlib's authorization server, adapted: its core is synchronous, wants Title-Case headers and refuses plain http.

One server object serves one request: it knows the one client that was loaded for it, and collects the one token issued.
"""

from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from litestar.enums import MediaType
from litestar.response import Response

from shared.identity import passwords
from shared.identity.queries import ClientCredentials
from shared.identity.service import TOKEN_LIFE
from shared.identity.tokens import new_token

#: authlib checks for https itself. Whether we are served over TLS is the installation's matter, so it is told so.
_URI = "https://token.endpoint.invalid/auth/token"
_NEVER_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class WireRequest:
    """What came in, as plain values."""

    def __init__(self, parameters: dict[str, str], authorization: str | None) -> None:
        self.parameters = parameters
        self.headers = {"Authorization": authorization} if authorization else {}

    @property
    def client_id(self) -> str:
        """By HTTP Basic, else by the body: whichever authlib will look at first."""
        try:
            by_header, _ = extract_basic_authorization(self.headers)
        except ValueError:
            # Not UTF-8 below the base64; authlib would stumble over it, too.
            self.headers, by_header = {}, None
        given: str = by_header or self.parameters.get("client_id", "")
        return given if "\x00" not in given else ""


class _Client(ClientMixin):  # type: ignore[misc]
    """The row, or nobody: both cost one argon2, and both fail with the same words."""

    def __init__(self, known: ClientCredentials | None) -> None:
        self._hash = known.secret_hash if known else None

    def check_client_secret(self, client_secret: str) -> bool:
        return passwords.verify(client_secret, self._hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ClientCredentialsOnly.TOKEN_ENDPOINT_AUTH_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == ClientCredentialsOnly.GRANT_TYPE)


class ClientCredentialsOnly(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, wire: WireRequest) -> None:
        super().__init__("POST", _URI, headers=wire.headers)
        self.payload = BasicOAuth2Payload(wire.parameters)

    @property
    def form(self) -> dict[str, str]:
        form: dict[str, str] = self.payload.data
        return form


class TokenServer(AuthorizationServer):  # type: ignore[misc]
    """Answers one request; `issued` is the token to be kept afterwards."""

    def __init__(self, known: ClientCredentials | None) -> None:
        super().__init__()
        self._known = known
        self.issued: str | None = None
        self.register_grant(ClientCredentialsOnly)
        self.register_token_generator("default", self._generate)

    def query_client(self, client_id: str) -> _Client:
        return _Client(self._known)

    def _generate(self, **_: Any) -> dict[str, Any]:
        seconds = int(TOKEN_LIFE.total_seconds())
        return {"token_type": "Bearer", "access_token": new_token(), "expires_in": seconds}

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        self.issued = token["access_token"]

    def send_signal(self, name: str, *arguments: Any, **options: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: WireRequest) -> OAuth2Request:
        return _Request(request)

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response[Any]:
        return Response(body, status_code=status, media_type=MediaType.JSON, headers=dict(headers) | _NEVER_STORED)


def refused(error: str, description: str, status: int, headers: dict[str, str] | None = None) -> Response[Any]:
    """An error of RFC 6749, 5.2, for what never reaches authlib."""
    body = {"error": error, "error_description": description}
    return Response(body, status_code=status, media_type=MediaType.JSON, headers=_NEVER_STORED | (headers or {}))
