"""The token that opens a conversation."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32  # 256 bits


def new_token() -> str:
    """Return a new token: 256 bits from the operating system's CSPRNG, as URL-safe text."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return the SHA-256 of the token in hexadecimal, the only form that is stored.

    No salt and no slow hash: they protect what people choose, and nobody guesses 256 random bits.
    """
    # A caller can send half a surrogate pair, which plain UTF-8 would answer with an error.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
