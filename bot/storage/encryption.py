"""Encryption of contact data at rest: AES-256-GCM under the keys of CONTACT_KEYS, the first of which encrypts.

A stored value is ``v1.<key id>.<nonce and ciphertext, base64url>``. The key id tells which of several keys opens it, so
that a key can be replaced step by step (docs/operations.md); it is authenticated with the rest.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import functools
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import AssistantError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.settings import Settings

KEY_BYTES: Final = 32
VERSION: Final = "v1."
KEY_ID_AT: Final = len(VERSION)  # where a stored value tells its key
KEY_ID_LENGTH: Final = 8
_NONCE_BYTES: Final = 12
_STORED: Final = re.compile(r"v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{38,})")
_FILE: Final = "contact-key"
_INFO: Final = "encrypted"


@dataclass(frozen=True)
class Sealed:
    """How a column holds encrypted values: with a keyed hash in another column, or inside JSON."""

    hash_column: str
    inside: str


def encrypted(hash_column: str = "", inside: str = "") -> dict[str, Sealed]:
    """Return the ``info`` of a column that holds encrypted values, by which the rotation of keys finds it.

    ``hash_column`` names the column of the same table that holds the keyed hash of the same text, if there is one.
    ``inside``: the column holds JSON, and the encrypted value, if there is one, is under this name in it.
    """
    return {_INFO: Sealed(hash_column, inside)}


def sealed_of(column: Any) -> Sealed | None:
    """Return what ``encrypted`` was told for this SQLAlchemy column; None for a column that is not encrypted."""
    found: Sealed | None = column.info.get(_INFO)
    return found


class CannotDecrypt(AssistantError):  # noqa: N818 - reads as what it says
    """A stored value was changed, or none of the keys in CONTACT_KEYS is the one that encrypted it."""


class Cipher:
    """Encrypts short texts, and hashes them with a key so that equal ones can be found. Safe to share by threads."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """``keys``: 32 bytes each, the one that encrypts first. Raises ValueError for none or another length."""
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a cipher needs one or more keys of {KEY_BYTES} bytes")
        # One key, three uses: each has a key of its own, so that what one gives away is of no use to the other.
        self._ids = [_derived(key, "id").hex()[:KEY_ID_LENGTH] for key in keys]
        self._boxes = dict(zip(self._ids, (AESGCM(_derived(key, "encrypt")) for key in keys), strict=True))
        self._hash_keys = [_derived(key, "hash") for key in keys]

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys, the one that encrypts first."""
        return tuple(self._ids)

    def encrypt(self, text: str) -> str:
        """Return the text encrypted by the first key; twice the same text gives two different values."""
        head = f"{VERSION}{self._ids[0]}"
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._boxes[self._ids[0]].encrypt(nonce, text.encode("utf-8", "surrogatepass"), head.encode())
        return f"{head}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"

    def decrypt(self, stored: str) -> str:
        """Return the text of a stored value.

        Raises CannotDecrypt if the value was changed, was never encrypted, or its key is not among ours.
        """
        match = _STORED.fullmatch(stored)
        if match is None:
            raise CannotDecrypt("A stored contact is not encrypted; run 'python -m bot db upgrade'.")
        box = self._boxes.get(match[1])
        if box is None:
            raise CannotDecrypt(
                f"A stored contact was encrypted by the key {match[1]}, which is not among those of CONTACT_KEYS; put "
                "that key back behind the others."
            )
        try:
            raw = base64.urlsafe_b64decode(match[2] + "=" * (-len(match[2]) % 4))
            head = f"{VERSION}{match[1]}".encode()
            return box.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], head).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            raise CannotDecrypt("A stored contact was changed; restore the database from a backup.") from None

    def is_current(self, stored: str) -> bool:
        """Tell whether a stored value is encrypted by the first key, so that the others are not needed for it."""
        return stored.startswith(f"{VERSION}{self._ids[0]}.")

    def keyed_hash(self, text: str) -> str:
        """Return the HMAC-SHA256 of the text under the first key, in 64 hexadecimal digits."""
        return _hashed(self._hash_keys[0], text)

    def keyed_hashes(self, text: str) -> tuple[str, ...]:
        """Return the keyed hash under each key, the first key's first: look for any of them until keys are rotated."""
        return tuple(_hashed(key, text) for key in self._hash_keys)


def new_key() -> str:
    """Return a new random key as CONTACT_KEYS holds it: 32 bytes in base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def parse_keys(text: str) -> list[bytes]:
    """Return the keys of a comma-separated list. Raises ValueError for one that is not 32 bytes in base64."""
    keys = []
    for each in text.split(","):
        plain = each.strip().translate(str.maketrans("+/", "-_"))
        try:
            key = base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise ValueError(
                "each key must be 32 bytes in base64, as 'openssl rand -base64 32' makes them, separated by commas"
            )
        keys.append(key)
    return keys


def cipher_of(settings: Settings) -> Cipher:
    """Return the cipher of CONTACT_KEYS; where it is unset, of a key file in the data folder, made at the first call.

    Raises ConfigurationError for a wrong key, or a key file that can neither be read nor made.
    """
    if settings.contact_keys:
        return _cipher(settings.contact_keys, "CONTACT_KEYS")
    return _cipher(_key_in(settings.data_folder), f"CONTACT_KEYS is not set, and in {settings.data_folder / _FILE}")


@functools.lru_cache(maxsize=8)
def _cipher(keys: str, where: str) -> Cipher:
    try:
        return Cipher(parse_keys(keys))
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}.") from None


def _key_in(folder: Path) -> str:
    file = folder / _FILE
    try:
        if not file.exists():
            _make(file)
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The key of contact data, {file}, can neither be read nor made ({error}); set CONTACT_KEYS, or give this "
            "user access to the file."
        ) from error


def _make(file: Path) -> None:
    """Write a new key, whole or not at all; of several processes at once, one does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}-{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(new_key() + "\n")
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first; its key is never replaced
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, f"parkview-assistant contact data: {purpose}".encode(), hashlib.sha256).digest()


def _hashed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
