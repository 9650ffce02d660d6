"""What every form carries unseen: a token, bound to a cookie of this browser and to the tenant, and a key of its own."""

import hashlib
import hmac
import secrets
from uuid import UUID

COOKIE = "form"


def token_for(secret_key: str, form_secret: str, tenant_id: int, session_id: UUID | None) -> str:
    """Also bound to the sign-in: a neighbouring host could plant the cookie, but not the session."""
    message = f"form {tenant_id} {session_id} {form_secret}".encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()


def new_form_key() -> str:
    """Tells two forms with the same words apart; proves nothing."""
    return secrets.token_urlsafe(12)
