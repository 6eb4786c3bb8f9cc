"""Delivers notices: an e-mail by SMTP, a webhook by HTTP POST with a signature."""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final

import httpx

from bot.errors import AssistantError

if TYPE_CHECKING:
    from bot.notices.outbox import Notice, Way
    from bot.settings import Settings

SIGNATURE: Final = "X-Assistant-Signature"
_SECONDS: Final = 20.0


class NotDelivered(AssistantError):  # noqa: N818 - reads as what it says
    """The receiver did not take the notice; it is tried again."""


def ways(settings: Settings) -> tuple[Way, ...]:
    """Return the ways that are set up."""
    by_way: dict[Way, str] = {"email": settings.staff_email, "webhook": settings.staff_webhook_url}
    return tuple(way for way, target in by_way.items() if target)


def deliver(notice: Notice, settings: Settings) -> None:
    """Deliver a notice. Raises NotDelivered with the reason, naming the setting that can mend it."""
    if notice.way == "email":
        _send_email(notice, settings)
    else:
        _post(notice, settings)


def _send_email(notice: Notice, settings: Settings) -> None:
    message = EmailMessage()
    message["Subject"] = notice.content["subject"]
    message["From"] = settings.smtp_from
    message["To"] = settings.staff_email
    message["Message-ID"] = f"<{notice.id}@{settings.smtp_from.rpartition('@')[2]}>"  # a repeat can be told
    message.set_content(notice.content["text"])
    secure = ssl.create_default_context()
    try:
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=_SECONDS, context=secure
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_SECONDS)
        with server:
            if settings.smtp_security == "starttls":
                server.starttls(context=secure)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(f"SMTP_HOST {settings.smtp_host}:{settings.smtp_port}: {error}") from error


def _post(notice: Notice, settings: Settings) -> None:
    body = json.dumps({"id": notice.id, **notice.content}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if settings.staff_webhook_secret:
        headers[SIGNATURE] = "sha256=" + signature(body, settings.staff_webhook_secret)
    try:
        response = httpx.post(settings.staff_webhook_url, content=body, headers=headers, timeout=_SECONDS)
        response.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotDelivered(f"STAFF_WEBHOOK_URL: {error}") from error


def signature(body: bytes, secret: str) -> str:
    """Return the HMAC-SHA256 of a body in hexadecimal digits, by which a receiver knows that it comes from here."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
