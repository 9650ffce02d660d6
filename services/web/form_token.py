"""The token of a form: bound to a cookie of this browser and to the tenant, worthless anywhere else."""

import hashlib
import hmac

COOKIE = "form"


def token_for(secret_key: str, form_secret: str, tenant_id: int) -> str:
    message = f"form {tenant_id} {form_secret}".encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()
