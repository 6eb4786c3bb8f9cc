"""Hands text messages to Twilio by its REST API, and tells errors that pass from those that stay."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx

from bot.errors import AssistantError

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.sms.outbox import TextOut

STATUS_PATH: Final = "/webhooks/sms/status"
_SECONDS: Final = 20.0
# https://www.twilio.com/docs/api/errors. What the operator can mend, and what passes, is tried again.
_OPERATORS: Final = frozenset({20003, 20404, 20005, 21603, 21606, 21659, 21660, 21661, 21701, 21703})
_PASSING: Final = frozenset({20429, 20500, 20503, 21611, 14107, 30001, 30022})


class NotSent(AssistantError):  # noqa: N818 - reads as what it says
    """Twilio did not take a text. ``error`` is Twilio's number, if it gave one; ``for_good``: it never will."""

    def __init__(self, why: str, error: int | None = None, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.error = error
        self.for_good = for_good


def status_address(settings: Settings, text_id: str) -> str:
    """Return where Twilio tells how far a text is."""
    return f"{settings.public_url.rstrip('/')}{STATUS_PATH}?text={text_id}"


class Carrier:
    """Twilio's REST API for one account. Safe to share by threads."""

    def __init__(self, settings: Settings) -> None:
        account = settings.twilio_account_sid
        self._settings = settings
        self._messages = f"{settings.twilio_api_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._http = httpx.Client(auth=(account, settings.twilio_auth_token), timeout=_SECONDS, trust_env=False)

    def send(self, text: TextOut) -> str:
        """Hand a text over; return Twilio's id of it. Raises NotSent; its words hold no number."""
        settings = self._settings
        service = settings.sms_messaging_service
        sender = {"MessagingServiceSid": service} if service else {"From": settings.sms_number}
        form = {"To": text.number, **sender, "Body": text.text, "StatusCallback": status_address(settings, text.id)}
        try:
            response = self._http.post(self._messages, data=form)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotSent(f"TWILIO_API_URL cannot be reached: {type(error).__name__}") from error
        try:
            answer = response.json()
            if response.status_code == HTTPStatus.CREATED:
                return str(answer["sid"])
            code = int(answer.get("code") or 0)
        except (ValueError, TypeError, KeyError, AttributeError):
            code = 0
        raise _refusal(response.status_code, code)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _refusal(status: int, code: int) -> NotSent:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND} or code in _OPERATORS:
        return NotSent(
            f"Twilio refuses this account or number (status {status}, error {code}); see TWILIO_ACCOUNT_SID, "
            "TWILIO_AUTH_TOKEN and SMS_NUMBER.",
            code or None,
        )
    for_good = status == HTTPStatus.BAD_REQUEST and code not in _PASSING and code != 0
    return NotSent(f"Twilio answered with status {status}, error {code}", code or None, for_good=for_good)
