"""Tells Twilio's requests from others, by the signature over the public address and every field.

Twilio signs the fields' names and values one after the other, with nothing between them. So whoever holds a signed
request could move the border between a name and a value; hence the strict forms of the fields that something hangs on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from bot.sms.numbers import Handled, TextIn

_MOST_FIELDS: Final = 300
_FORM: Final = "application/x-www-form-urlencoded"
_SID: Final = re.compile(r"[SM]M[0-9a-f]{32}")
_DIGITS: Final = re.compile(r"\d{1,3}")
_ERROR: Final = re.compile(r"\d{1,6}")
_OPT_OUT_TYPE: Final = re.compile(r"[A-Z]{0,12}")
_WHOLE: Final = ("AccountSid", "Body", "ErrorCode", "MessageSid", "MessageStatus", "NumMedia", "OptOutType")
_HANDLED: Final[dict[str, Handled]] = {"STOP": "STOP", "START": "START", "HELP": "HELP"}


class Signatures:
    """Checks requests for one Twilio account and one public address."""

    def __init__(self, account_sid: str, auth_token: str, public_url: str) -> None:
        """``public_url``: the address that Twilio calls, without the path: what a proxy shows to the world."""
        self._account = account_sid
        self._validator = RequestValidator(auth_token)
        self._public = public_url.rstrip("/")

    def fields_of(
        self, path_and_query: str, content_type: str, body: bytes, signatures: Sequence[str]
    ) -> Mapping[str, str] | None:
        """Return the fields of a request that Twilio has signed for this very path; None for any other request."""
        if len(signatures) != 1 or content_type.partition(";")[0].strip().lower() != _FORM:
            return None
        try:
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
            )
        except ValueError:
            return None
        fields = dict(pairs)
        if len(fields) != len(pairs):  # Twilio sends no field twice, and its signature would not tell
            return None
        try:
            is_signed = self._validator.validate(self._public + path_and_query, fields, signatures[0])
        except ValueError:  # a name or value that UTF-8 cannot hold
            return None
        is_whole = not any(name.startswith(known) and name != known for name in fields for known in _WHOLE)
        return fields if is_signed and is_whole and fields.get("AccountSid") == self._account else None


def text_of(fields: Mapping[str, str]) -> TextIn | None:
    """Return the text message of a signed request; None if a field that is needed is missing or has another form."""
    if not {"MessageSid", "From", "To", "Body"} <= fields.keys() or not _SID.fullmatch(fields["MessageSid"]):
        return None
    pictures, handled = fields.get("NumMedia", "0"), fields.get("OptOutType", "").upper()
    if not _DIGITS.fullmatch(pictures) or not _OPT_OUT_TYPE.fullmatch(handled):
        return None
    return TextIn(
        sid=fields["MessageSid"],
        sender=fields["From"],
        words=fields["Body"],
        pictures=int(pictures),
        handled=_HANDLED.get(handled, ""),
    )


def progress_of(fields: Mapping[str, str]) -> tuple[str, str, int | None] | None:
    """Return Twilio's id of a sent text, how far it is, and the error's number; None if that is not what came."""
    sid, status, error = fields.get("MessageSid", ""), fields.get("MessageStatus", ""), fields.get("ErrorCode", "")
    if not _SID.fullmatch(sid):
        return None
    return sid, status, int(error) if _ERROR.fullmatch(error) else None
