"""The token of a form: bound to a cookie of this browser and to the tenant, worthless anywhere else."""

import hashlib
import hmac
from uuid import UUID

COOKIE = "form"


def token_for(secret_key: str, form_secret: str, tenant_id: int, session_id: UUID | None) -> str:
    """Also bound to the sign-in: a neighbouring host could plant the cookie, but not the session."""
    message = f"form {tenant_id} {session_id} {form_secret}".encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()
