"""The commands about text messages. What a command needs is imported inside it, so that ``--help`` answers at once."""
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.settings import Settings
    from bot.sms.simulator import Arrived

_PHONE: Final = "+15555550142"  # of nobody
_TO_TRY: Final = """\
Text messages are not set up. To try them without Twilio, put these lines into .env and start the assistant again:
  TWILIO_ACCOUNT_SID=AC00000000000000000000000000000000
  TWILIO_AUTH_TOKEN=any-words
  SMS_NUMBER=+15555550100
  TWILIO_API_URL=http://127.0.0.1:8010
  PUBLIC_URL=http://127.0.0.1:8000"""


def _settings() -> Settings:
    from bot.serving.logs import configure_logs
    from bot.settings import load_settings

    settings = load_settings()
    configure_logs(settings.log_level)
    return settings


@click.command("sms-simulator")
@click.option("--from", "number", default=_PHONE, show_default=True, help="The telephone's number.")
@click.option("--gateway", help="Where the gateway listens.  [default: HOST and PORT]")
@click.option("--script", type=click.File(encoding="utf-8"), help="Read lines from a file, and check what comes.")
@click.option("--wait", type=float, default=20.0, show_default=True, help="Seconds that a script waits for a text.")
@click.option("--opt-out", is_flag=True, help="Reply to stop words and block texts, as Twilio's Advanced Opt-Out does.")
def sms_simulator(number: str, gateway: str | None, script: Iterable[str] | None, wait: float, opt_out: bool) -> None:
    """Play Twilio: a telephone in the terminal that texts the assistant, which must be running."""
    settings = _settings()
    if not settings.has_sms:
        raise ConfigurationError(_TO_TRY)
    api = urlsplit(settings.twilio_api_url)
    if api.hostname not in {"127.0.0.1", "localhost"}:
        raise ConfigurationError("TWILIO_API_URL is not on this machine; set it to http://127.0.0.1:8010 to try it.")
    from bot.sms.simulated_phone import HELP, SimulatedPhone
    from bot.sms.simulator import Account, Simulator

    account = Account(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        settings.sms_number,
        settings.public_url,
        gateway or f"http://{settings.host}:{settings.port}",
    )

    def show(text: Arrived) -> None:
        click.echo(phone.shown(text))

    try:
        simulator = Simulator(account, api.port or 80, opt_out_handled=opt_out, tell=show)
    except OSError as error:
        raise ConfigurationError(f"TWILIO_API_URL: the port cannot be used ({error.strerror}).") from error
    with simulator:
        phone = SimulatedPhone(simulator, number, click.echo, wait)
        if script is None:
            click.echo(HELP)
        failed = phone.run(script or sys.stdin, is_script=script is not None)
    if failed:
        sys.exit(1)


@click.group()
def texts() -> None:
    """See conversations by text message."""


@texts.command("show")
@click.argument("conversation_id", metavar="CONVERSATION")
def texts_show(conversation_id: str) -> None:
    """Show a conversation with its telephone's number, and which conversations went before it."""
    settings = _settings()
    from bot.conversations.log import ConversationLog
    from bot.sms.phone_book import PhoneBook
    from bot.storage.encryption import cipher_of
    from bot.storage.engine import Database, make_engine

    database = Database(make_engine(settings.database))
    book = PhoneBook(database, cipher_of(settings))
    for number in book.numbers_of(conversation_id):
        click.echo(f"Telephone: {number}")
    for earlier in book.before(conversation_id):
        click.echo(f"Before: {earlier}")
    for message in ConversationLog(database).history(conversation_id):
        click.echo(f"{message.created_at:%Y-%m-%d %H:%M:%S} {message.author}: {message.text}")
